"""A table at an address: asked for politely, read with limits, and never from where only this machine can look."""

import gzip
import socket
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from events.errors import InvalidError
from feed.fetch import Access, fetch, is_public
from feed.sync import table_address
from feed.sync.table_address import fetch_table
from tests.certificates import certificate
from tests.desk import DeskRunner
from tests.server import Answer, answering, sends
from tests.tables import MAP, csv_text

ROWS = {"A": {"What": "Woman detained"}}
LOOPBACK = ("127.0.0.1/32",)


def once_tagged(body: bytes) -> Answer:
    """Answer 304 to a request that has the tag."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("If-None-Match") == '"1"':
            sends(b"", 304)(handler)
        else:
            sends(body, ETag='"1"', Content_Type="text/csv")(handler)

    return answer


def unpacks_to_200_mib(handler: BaseHTTPRequestHandler) -> None:
    sends(gzip.compress(bytes(200 * 1024**2)), Content_Encoding="gzip")(handler)


def failure(url: str, allow: tuple[str, ...] = LOOPBACK) -> str:
    with pytest.raises(InvalidError) as error:
        fetch_table(url, validators={}, allow=allow, contact="https://news.example/")
    return str(error.value)


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    desk = DeskRunner(tmp_path)
    (desk.site.folder / "sync.toml").write_text(MAP.replace("\n[story]", 'allow = ["127.0.0.1/32"]\n\n[story]', 1))
    return desk


def test_table_at_an_address_is_read_again_only_if_it_changed(desk: DeskRunner) -> None:
    with answering(once_tagged(csv_text(ROWS).encode())) as (url, requests):
        assert "1 row read, 2 events recorded" in desk.output("sync", url)
        assert "0 rows read, 0 events recorded" in desk.output("sync", url)
    assert [request.get("If-None-Match") for request in requests] == [None, '"1"']
    assert requests[0]["User-Agent"] == "writethru (+https://news.example/)"


def test_ledger_from_a_backup_is_synced_from_the_whole_table(desk: DeskRunner, tmp_path: Path) -> None:
    with answering(once_tagged(csv_text(ROWS).encode())) as (url, requests):
        desk.output("backup", str(tmp_path / "empty.db"))
        desk.output("sync", url)
        ledger = desk.site.folder / "ledger.db"
        ledger.unlink()
        (tmp_path / "empty.db").rename(ledger)
        assert "2 events recorded" in desk.output("sync", url)
    assert "If-None-Match" not in requests[1]


def test_problems_are_named_again_though_the_table_has_not_changed(desk: DeskRunner) -> None:
    body = csv_text({"A": {"What": "One", "Hurt": "some"}}).encode()
    with answering(once_tagged(body)) as (url, _):
        assert [desk.run("sync", url).exit_code for _ in range(2)] == [1, 1]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.9", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.0.192",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::127.0.0.1",
    ],
)  # fmt: skip
def test_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "::ffff:127.0.0.1", "::1"])
def test_remedy_names_a_network_that_lets_the_address_in(host: str) -> None:
    access = Access(
        contact="", bytes_max=1, seconds_max=20, allow=(), how_to_allow="--allow NETWORK", too_large="It is large."
    )
    with pytest.raises(InvalidError) as error:
        fetch(f"http://{f'[{host}]' if ':' in host else host}:1/", access)
    assert is_public(host, [error.value.problems[0].remedy.removeprefix("--allow ")])


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_private_address_gets_no_connection() -> None:
    with answering(sends(b"ID\n")) as (url, requests):
        assert "127.0.0.1, which is not a public address" in failure(url, allow=())
        assert 'allow = ["127.0.0.1/32"]' in failure(url, allow=())
        assert "not a public address" in failure(url.replace("127.0.0.1", "localhost"), allow=())
        assert "not a public address" in failure(url.replace("127.0.0.1", "[::ffff:127.0.0.1]"), allow=())
    assert requests == []


def test_redirect_to_a_private_address_is_not_followed() -> None:
    with (
        answering(sends(b"ID\n"), "127.0.0.2") as (inside, requests),
        answering(sends(b"", 302, Location=inside)) as (url, _),
    ):
        assert "127.0.0.2, which is not a public address" in failure(url)
    assert requests == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (sends(b"", 302, Location="file:///etc/passwd"), "something else than a public http"),
        (sends(b"", 302, Location="/pub"), "redirects more than 5 times"),
        (sends(b"no", 404), "the server answers 404"),
        (sends(b"", 429, Retry_After="3600"), "left alone for 3600"),
        (sends(b"<html>", Content_Type="text/html; charset=utf-8"), "a web page, not a table"),
        (unpacks_to_200_mib, "more than 128 MiB"),
    ],
)
def test_answer_that_is_no_table_is_refused(answer: Answer, message: str) -> None:
    with answering(answer) as (url, _):
        assert message in failure(url)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte ten times a second."""
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        for _ in range(100):
            handler.wfile.write(b"a")
            time.sleep(0.1)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_server_that_never_ends_is_left(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path) if scheme == "https" else None
    if pem is not None:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setattr(table_address, "SECONDS_MAX", 0.5)
    begin = time.monotonic()
    with answering(drip, certificate=pem) as (url, _):
        assert "it takes more than 0.5 s" in failure(url)
    assert time.monotonic() - begin < 5


def test_server_that_connects_as_the_time_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def connect_late(self: socket.socket, address: Any) -> None:
        connect(self, address)
        time.sleep(0.7)

    monkeypatch.setattr(socket.socket, "connect", connect_late)
    monkeypatch.setattr(table_address, "SECONDS_MAX", 0.5)
    begin = time.monotonic()
    with answering(drip) as (url, _):
        assert "it takes more than 0.5 s" in failure(url)
    assert time.monotonic() - begin < 5
