"""`writethru serve` sends the published files, and nothing else."""

import gzip
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from feed.output.headers import kind_of
from feed.site import Site
from tests.served import Serving, serving
from tests.sites import HUB, every_kind_of_file, output

pytestmark = pytest.mark.slow

STORY = "valley-flood"
LARGE = "large.txt"
LARGE_BYTES = 5 * 1024 * 1024 + 1


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("served")
    site = every_kind_of_file(folder / "desk", base_url="https://news.example/updates/")
    (folder / "secret.txt").write_text("secret")
    (site.root / "out.txt").symlink_to(folder / "secret.txt")
    (site.root / "outside").symlink_to(folder)
    (site.root / "folder").mkdir()
    (site.root / ".git").mkdir()
    (site.root / ".git/config").write_text("secret")
    os.mkfifo(site.root / "pipe")
    (site.root / LARGE).write_bytes(b"x" * LARGE_BYTES)
    return site


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Serving]:
    with serving(site) as server:
        yield server


@pytest.mark.parametrize("prefix", ["/", "/updates/"])
def test_served_bytes_are_those_of_the_output(site: Site, server: Serving, prefix: str) -> None:
    files = {path: data for path, data in output(site).items() if not path.startswith(".")}
    for path, data in files.items():
        plain, packed = server.ask(prefix + path), server.ask(prefix + path, Accept_Encoding="br, gzip;q=0.5")
        assert (plain.status, plain.body, "content-encoding" in plain.headers) == (200, data, False), path
        is_packed = packed.headers.get("content-encoding") == "gzip"
        assert (gzip.decompress(packed.body) if is_packed else packed.body) == data, path
        assert len(packed.body) <= len(data)
        assert (plain.headers["etag"] != packed.headers["etag"]) == is_packed
    assert len(files) > 30


def test_each_kind_of_file_has_its_headers(site: Site, server: Serving) -> None:
    for path in output(site):
        kind = kind_of(path)
        if kind is None:
            continue
        headers = server.ask(f"/{path}").headers
        assert headers["content-type"] == kind.content_type
        assert headers["cache-control"] == kind.cache_control
        assert headers["x-content-type-options"] == "nosniff"
        assert headers.get("vary") == ("Accept-Encoding" if kind.is_text else None)
        assert ("link" in headers) == kind.is_topic
    link = server.ask("/feed.atom").headers["link"]
    assert link == f'<{HUB}>; rel="hub", <https://news.example/updates/feed.atom>; rel="self"'


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_a_client_has_is_not_sent_again(server: Serving, encoding: str) -> None:
    first = server.ask("/feed.atom", Accept_Encoding=encoding)
    tag = first.headers["etag"]
    for value in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = server.ask("/feed.atom", If_None_Match=value, Accept_Encoding=encoding)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag), value
        assert (again.headers["vary"], "link" in again.headers) == ("Accept-Encoding", True)
    assert server.ask("/feed.atom", If_Modified_Since=first.headers["last-modified"]).status == 304
    assert server.ask("/feed.atom", If_None_Match='"other"').status == 200
    old = first.headers["last-modified"]
    assert server.ask("/feed.atom", If_None_Match='"other"', If_Modified_Since=old).status == 200


@pytest.mark.parametrize("path", ["/feed.atom", f"/{LARGE}"])
def test_head_has_the_headers_of_get(server: Serving, path: str) -> None:
    head, get = server.ask(path, method="HEAD"), server.ask(path)
    ignored = {"date"}
    assert head.body == b""
    assert {name: value for name, value in head.headers.items() if name not in ignored} == {
        name: value for name, value in get.headers.items() if name not in ignored
    }


def test_changed_file_is_sent_at_once(site: Site, server: Serving) -> None:
    path = site.root / "notice.txt"
    for number in range(20):
        path.write_text(f"notice {number}")
        assert server.ask("/notice.txt").body == f"notice {number}".encode()
    path.unlink()
    assert server.ask("/notice.txt").status == 404


def test_folder_leads_to_its_page(server: Serving) -> None:
    moved = server.ask(f"/stories/{STORY}?since=2026-01-06")
    assert (moved.status, moved.headers["location"]) == (301, f"/stories/{STORY}/?since=2026-01-06")
    assert server.ask("/updates").headers["location"] == "/updates/"
    assert server.ask(f"/updates/stories/{STORY}/").body == server.ask(f"/stories/{STORY}/index.html").body
    assert server.ask("/").body == server.ask("/updates/index.html").body


REFUSED = [
    "/.writethru",
    "/updates/.writethru",
    "/%2ewritethru",
    "/.git/config",
    "/../ledger.db",
    "/updates/../../ledger.db",
    "/%2e%2e/ledger.db",
    "/..%2fledger.db",
    "/%2e%2e%2fledger.db",
    "/%252e%252e%252fledger.db",
    "/..%5cledger.db",
    "/stories/../../writethru.toml",
    "/stories/%2e%2e/%2e%2e/writethru.toml",
    "/./index.html",
    "//index.html",
    "//news.example/",
    "/index.html/",
    "/index.html/index.html",
    "/index.html%00",
    "/index.html%00.txt",
    "/stories%2Fvalley-flood%2Findex.html",
    "/out.txt",
    "/outside/secret.txt",
    "/outside",
    "/pipe",
    "/folder",
    "/folder/",
    "/stories/",
    "/" + "a" * 5_000,
    "/%ff%fe",
    "/ledger.db",
]


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_not_published_is_not_served(server: Serving, path: str) -> None:
    answer = server.ask(path)
    assert (answer.status, answer.body) == (404, b"There is no such file.\n")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_refused(server: Serving, method: str) -> None:
    answer = server.ask("/index.html", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


HOSTS = [
    ("news.example", 200),
    ("NEWS.example:443", 200),
    ("news.example.", 200),
    ("localhost:8000", 200),
    ("127.0.0.1", 200),
    ("127.9.9.9:1", 200),
    ("[::1]:8000", 200),
    ("evil.example", 421),
    ("news.example.evil.example", 421),
    ("evil.example#news.example", 421),
    ("news.example@evil.example", 421),
    ("news.example/x", 421),
    ("news.example:port", 421),
    ("192.0.2.1", 421),
    ("0.0.0.0", 421),
    ("", 421),
]


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_only_known_hosts_are_answered(server: Serving, host: str, status: int) -> None:
    answer = server.ask("/feed.atom", Host=host)
    assert answer.status == status
    if status != 200:
        assert answer.body.startswith(b"This site is not served under that name. To allow it, see [serve] hosts")


@pytest.mark.parametrize("hosts", [b"", b"Host: news.example\r\nHost: evil.example\r\n"])
def test_request_without_one_host_is_refused(server: Serving, hosts: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET /feed.atom HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n")
        assert connection.recv(100).split(b" ")[1] in {b"400", b"421"}


def test_range_gets_the_whole_file(site: Site, server: Serving) -> None:
    answer = server.ask("/feed.atom", Range="bytes=0-9")
    assert (answer.status, answer.body) == (200, (Path(site.root) / "feed.atom").read_bytes())
