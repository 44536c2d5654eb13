"""The client of heartbeats and of `check --live`: addresses, and one request that nobody waits for."""

import socket
import time
from contextlib import closing

import pytest

from feed.health import client
from feed.health.client import Request, connection, parse_address, target
from tests.server import answering, sends, slow_look_up

SECRET = "8f2c1b1e"


@pytest.mark.parametrize(
    "text", ["", "x", "ftp://a/", "http://", "http://[a", "http://a:b/", "http://a:0/", "http://a b/"]
)
def test_address_that_is_none_is_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=r"^this is no http or https address$"):
        parse_address(text)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://[::1]/", "::1", 80),
        ("https://[2001:db8::1]/", "2001:db8::1", 443),
        ("https://News.example:8443/x", "news.example", 8443),
    ],
)
def test_connection_goes_to_the_host_and_its_port(url: str, host: str, port: int) -> None:
    server = connection(parse_address(url), seconds=1)
    assert (server.host, server.port) == (host, port)


def test_request_without_a_body_is_answered() -> None:
    with answering(sends(b"")) as (url, requests):
        assert Request(parse_address(f"{url}?id=1")).failure() == ""
    assert [request["User-Agent"] for request in requests] == ["writethru"]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://a.example", "/"),
        ("https://a.example?k=1", "/?k=1"),
        ("https://a.example/?k=1#part", "/?k=1"),
        ("https://a.example/x/?k=1&l", "/x/?k=1&l"),
        ("https://a.example//x;y", "//x;y"),
    ],
)
def test_request_names_a_path_and_the_query(address: str, path: str) -> None:
    assert target(parse_address(address)) == path


@pytest.mark.parametrize("status", [301, 404, 500])
def test_request_that_is_refused_says_the_status(status: int) -> None:
    with answering(sends(b"", status, Location="https://elsewhere.example/")) as (url, requests):
        assert Request(parse_address(url)).failure() == f"its server answers {status}"
    assert len(requests) == 1


@pytest.mark.parametrize("path", [f"/{SECRET}", f"/{SECRET}é"])
def test_request_that_is_not_answered_quotes_no_address(path: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    failure = Request(parse_address(f"http://127.0.0.1:{port}{path}")).failure()
    assert failure.startswith("its server cannot be reached: ")
    assert SECRET not in failure


@pytest.mark.slow
def test_request_is_given_up_if_no_name_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "SECONDS_MAX", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", slow_look_up)
    began = time.monotonic()
    request = Request(parse_address("http://news.example/"))
    assert [request.failure() for _ in range(3)] == ["there was no answer within 0.2 s"] * 3
    assert time.monotonic() - began < 20
