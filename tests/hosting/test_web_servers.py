"""nginx and Caddy with the files that `config` prints: they send each file as feed/README.md#headers says."""

import gzip
import http.client
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from feed.health.live import live_problems
from feed.output.headers import Kind, hub_link, kind_of
from feed.paths import CONFIG_NAME
from feed.site import Site
from tests.builders import BASE_URL
from tests.sites import HUB, every_kind_of_file, output
from tests.web_servers import Reply, ask, caddy_command, free_port, nginx_command, printed, running

HOSTILE = "we ird \"q\" 'a';$x #é {% %h"
COMMANDS: dict[str, Callable[[Path, str], list[str]]] = {
    "nginx": nginx_command,
    "caddy": lambda folder, text: caddy_command(folder, "run", text),
}


@dataclass(frozen=True)
class Served:
    """A newsroom behind a web server. `files` are what it has published."""

    server: str
    site: Site
    files: dict[str, bytes]
    port: int
    base_url: str

    def get(self, path: str, **headers: str) -> Reply:
        """Ask for a path below the site's address."""
        return ask(self.port, urlsplit(self.base_url).path + path, **headers)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return every_kind_of_file(tmp_path_factory.mktemp("built") / "newsroom")


@contextmanager
def served(server: str, built: Site, folder: Path, path: str = "/", *, backend: int = 8000) -> Iterator[Served]:
    """Serve a copy of a newsroom in the new `folder`, at `path`. The dynamic path leads to the port `backend`."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}{path}"
    shutil.copytree(built.folder, folder)
    file = folder / CONFIG_NAME
    file.write_text(file.read_text(encoding="utf-8").replace(BASE_URL, base_url), encoding="utf-8")
    text = printed(folder, server).replace("127.0.0.1:8000", f"127.0.0.1:{backend}")
    work = folder.parent / "server"
    work.mkdir()
    with running(COMMANDS[server](work, text), port, work / "log"):
        yield Served(server, Site.open(folder, clock=built.clock), output(built), port, base_url)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def web(request: pytest.FixtureRequest, built: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(request.param, built, tmp_path_factory.mktemp(request.param) / "newsroom") as web:
        web.site.publish()
        yield replace(web, files=output(web.site))


def check_headers(web: Served, path: str, kind: Kind, reply: Reply) -> None:
    assert reply.headers["Content-Type"] == kind.content_type, path
    assert reply.headers["Cache-Control"] == kind.cache_control, path
    assert reply.headers["X-Content-Type-Options"] == "nosniff", path
    link = hub_link(web.base_url + path, HUB) if kind.is_topic else None
    assert reply.headers.get_all("Link") == (link and [link]), path


def check_every_file(web: Served) -> None:
    for path, data in web.files.items():
        kind = kind_of(path)
        assert kind is not None
        reply = web.get(path)
        assert (reply.status, reply.body) == (200, data), path
        check_headers(web, path, kind, reply)
        unchanged = web.get(path, If_None_Match=reply.headers["ETag"])
        assert (unchanged.status, unchanged.headers["Cache-Control"]) == (304, kind.cache_control), path


def test_each_file_is_sent_with_its_headers(web: Served) -> None:
    check_every_file(web)


def test_live_check_has_nothing_to_say(web: Served) -> None:
    assert live_problems(web.site, web.base_url) == ()


def test_folder_is_sent_as_its_page(web: Served) -> None:
    for folder in ("", "stories/valley-flood/"):
        reply = web.get(folder)
        assert reply.body == web.files[f"{folder}index.html"]
        assert (reply.headers["Content-Type"], reply.headers["Cache-Control"]) == (
            "text/html; charset=utf-8",
            "public, max-age=60",
        )
    moved = web.get("stories/valley-flood")
    assert (moved.status in {301, 308}, urlsplit(moved.headers["Location"]).path) == (True, "/stories/valley-flood/")


def test_text_is_compressed_and_not_sent_twice(web: Served) -> None:
    packed = 0
    for path, data in web.files.items():
        kind = kind_of(path)
        reply = web.get(path, Accept_Encoding="gzip")
        if reply.headers["Content-Encoding"] == "gzip":
            assert kind is not None
            assert kind.is_text
            assert gzip.decompress(reply.body) == data, path
            assert "Accept-Encoding" in reply.headers["Vary"]
            assert web.get(path, Accept_Encoding="gzip", If_None_Match=reply.headers["ETag"]).status == 304, path
            packed += 1
        else:
            assert len(data) < 1000 or not (kind and kind.is_text), path
    assert packed > 15


@pytest.mark.parametrize(
    "path",
    [
        ".writethru",
        "%2ewritethru",
        "stories/.hidden/feed.atom",
        "../ledger.db",
        "..%2fledger.db",
        "stories/../../ledger.db",
    ],
)
def test_what_is_not_public_is_not_sent(web: Served, path: str) -> None:
    hidden = web.site.root / "stories" / ".hidden"
    hidden.mkdir(exist_ok=True)
    (hidden / "feed.atom").write_bytes(b"secret")
    reply = web.get(path)
    assert reply.status in {400, 403, 404}
    assert b"secret" not in reply.body
    assert b"SQLite" not in reply.body


def test_missing_file_may_come_later(web: Served) -> None:
    """A 404 with the lifetime of an asset would hide the asset for a year."""
    reply = web.get("assets/style-00000000.css")
    assert (reply.status, reply.headers["Cache-Control"]) == (404, None)


def test_foreign_file_is_sent_by_its_extension(web: Served) -> None:
    (web.site.root / "robots.txt").write_bytes(b"User-agent: *\n")
    reply = web.get("robots.txt")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/plain")


def test_nginx_follows_no_link(built: Site, tmp_path: Path) -> None:
    with served("nginx", built, tmp_path / "newsroom") as web:
        (tmp_path / "secret.atom").write_bytes(b"secret")
        (web.site.root / "link.atom").symlink_to(tmp_path / "secret.atom")
        (web.site.root / "folder").symlink_to(tmp_path)
        for path in ("link.atom", "folder/secret.atom"):
            reply = web.get(path)
            assert (reply.status in {403, 404}, b"secret" in reply.body) == (True, False)


@pytest.mark.parametrize("server", list(COMMANDS))
def test_odd_paths_are_served_like_others(built: Site, tmp_path: Path, server: str) -> None:
    name = HOSTILE.replace("{", "") if server == "caddy" else HOSTILE
    with served(server, built, tmp_path / name, "/n%C3%A9ws%20$x/v;1/") as web:
        check_every_file(web)
        assert ask(web.port, "/feed.atom").status in {200, 404}  # of another site, or empty
        assert ask(web.port, "/feed.atom").body != web.files["feed.atom"]
        moved = ask(web.port, urlsplit(web.base_url).path[:-1])
        assert (moved.status, urlsplit(moved.headers["Location"]).path) == (301, urlsplit(web.base_url).path)
        moved = web.get("stories/valley-flood")
        assert unquote(moved.headers["Location"]).endswith("/néws $x/v;1/stories/valley-flood/")
        assert web.get(".writethru").status == 404


@pytest.mark.parametrize("server", list(COMMANDS))
def test_events_pass_at_once(built: Site, tmp_path: Path, server: str) -> None:
    behind = free_port()
    with served(server, built, tmp_path / "n", "/news/", backend=behind) as web:
        assert web.get("healthz").status == 502
        command = [sys.executable, "-m", "feed", "-C", str(web.site.folder), "serve", "--port", str(behind)]
        with running(command, behind, tmp_path / "serve.log"):
            with closing(http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)) as connection:
                connection.request("GET", "/news/~events")
                answer = connection.getresponse()
                # The stream stays open: what is read now was not kept back.
                assert "event: hello" in [answer.readline().decode().strip() for _ in range(3)]
            assert web.get("healthz").status == 200
            assert web.get("metrics").status == 404
