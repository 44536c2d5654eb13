"""What files for web servers say of a newsroom, and which newsrooms none can name."""

from typing import Any

import pytest

from events.errors import InvalidError
from tests.hosted import hosted


@pytest.mark.parametrize(
    ("base_url", "host", "port", "prefix"),
    [
        ("https://news.example/", "news.example", None, "/"),
        ("https://News.example:8443/a/b", "news.example", 8443, "/a/b/"),
        ("http://[::1]:8080/", "[::1]", 8080, "/"),
        ("https://nüws.example/n%C3%A9ws%20x/", "xn--nws-hoa.example", None, "/néws x/"),
    ],
)
def test_address_is_taken_apart(base_url: str, host: str, port: int | None, prefix: str) -> None:
    newsroom = hosted(base_url)
    assert (newsroom.host, newsroom.port, newsroom.prefix) == (host, port, prefix)


@pytest.mark.parametrize(
    ("folder", "name"), [("/srv/news", "news"), ("/srv/The Night Desk", "the-night-desk"), ("/srv/日本", "newsroom")]
)
def test_name_is_that_of_the_folder(folder: str, name: str) -> None:
    assert hosted(folder=folder).name == name


@pytest.mark.parametrize("char", ["\n", "\r", "\x00", "\x1b", "\x85", "\u2028", "\u202e", "\udce9"])
@pytest.mark.parametrize("field", ["folder", "root", "program", "also_written"])
def test_path_with_a_control_character_is_refused(char: str, field: str) -> None:
    path = f"/srv/a{char}b"
    fields: dict[str, Any] = {field: path if field in {"folder", "root"} else (path,)}
    with pytest.raises(InvalidError, match="a line break or another control character"):
        hosted(**fields)


@pytest.mark.parametrize("path", ["a//b", "a/../b", ".", "a%0Ab", "%2e%2e"])
def test_path_of_the_address_that_no_server_matches_is_refused(path: str) -> None:
    with pytest.raises(InvalidError, match=r"site\.base_url: config: no web server can match the path"):
        hosted(f"https://news.example/{path}/")


@pytest.mark.parametrize("port", [65536, 99999])
def test_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(InvalidError, match=rf"site\.base_url: config: {port} is not a port\."):
        hosted(f"https://news.example:{port}/")


def test_server_listens_beside_the_site() -> None:
    assert hosted("http://localhost:8000/").server_port == 8001
    assert hosted("https://news.example/").server_port == 8000


def test_publishing_needs_the_network_to_call_somebody() -> None:
    assert not hosted().needs_network
    assert hosted(hub="https://hub.example/").needs_network
    assert hosted(tables='[ledger]\nurl = "postgresql:///news"').needs_network
    assert hosted(tables='[heartbeat]\nurl = "env:SIGNAL"').needs_network
