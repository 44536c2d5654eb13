"""`check --live`: what is served at an address against this ledger. Exit code 9 where it differs."""

import gzip
import json
import shutil
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from events import commands
from events.errors import StoreBusyError
from feed.cli.exit_codes import DIFFERENT, USAGE
from feed.health import live
from tests.builders import BASE_URL, reconfigured
from tests.certificates import certificate
from tests.desk import FIRE, DeskRunner, wait_an_hour
from tests.server import Server, serving, slow_look_up
from tests.sites import restore_older_ledger

pytestmark = pytest.mark.slow  # each test has a server of its own

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Served:
    """A newsroom that is published, and the server of its output."""

    desk: DeskRunner
    server: Server

    def problems(self, url: str = "", *, code: int | None = None) -> dict[str, str]:
        """Return where and what `check --live` finds, by check."""
        result = self.desk.run("check", "--live", url or self.server.url, "--json")
        found = {item["check"]: f"{item['where']}: {item['message']}" for item in json.loads(result.stdout)}
        assert result.exit_code == ((DIFFERENT if found else 0) if code is None else code)
        return found

    def report(self, headline: str = "Three hurt") -> None:
        self.desk.record(commands.report(FIRE, headline))

    def answer(self, change: Callable[[str, str | None, Reply], Reply]) -> None:
        """Let the server answer otherwise: `change` takes the path, the ETag asked for, and the answer."""
        usual = self.server.answer
        self.server.__dict__["answer"] = lambda path, tag: change(path, tag, usual(path, tag))

    def header(self, ending: str, **headers: str) -> None:
        """Let the server send other headers with files whose paths have this ending."""
        other = {name.replace("_", "-"): text for name, text in headers.items()}
        self.answer(lambda path, _, reply: (reply[0], reply[1] | (other if path.endswith(ending) else {}), reply[2]))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "desk" / "public") as server:
        desk = DeskRunner(tmp_path / "desk")
        desk.site = reconfigured(desk.site, BASE_URL, server.url)
        desk.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Two hurt"))
        desk.site.publish()
        yield Served(desk, server)


@pytest.mark.slow
def test_live_site_that_is_this_ledgers_prints_nothing(served: Served) -> None:
    result = served.desk.run("check", "--live", served.server.url)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert served.desk.run("check", "--live").exit_code == 0  # the site's address
    paths = {request.path for request in served.server.requests}
    assert {"/", "/feed.atom", "/log/checkpoint", f"/stories/{FIRE}/", f"/stories/{FIRE}/state.json"} <= paths


def test_live_site_that_compresses_is_read(served: Served) -> None:
    served.answer(lambda _, __, reply: (reply[0], reply[1] | {"Content-Encoding": "gzip"}, gzip.compress(reply[2])))
    served.answer(lambda _, tag, reply: (304, reply[1], b"") if tag else reply)
    assert served.problems() == {}


def test_live_check_of_one_story_reads_no_other(served: Served) -> None:
    served.desk.record(commands.open_story("mill", "Mill"), commands.report("mill", "Shut"))
    served.desk.site.publish()
    (served.desk.site.root / "stories/mill/feed.rss").write_bytes(b"old")
    assert served.desk.run("check", "mill", "--live", served.server.url).exit_code == 0  # the copy is this output
    served.server.requests.clear()
    served.desk.run("check", FIRE, "--live", served.server.url)
    assert not [request for request in served.server.requests if "mill" in request.path]
    assert "harbor" in str(served.desk.run("check", "harbor", "--live", served.server.url).exception)


def stale_copy(served: Served) -> None:
    copy = served.desk.site.folder.parent / "copy"
    shutil.copytree(served.desk.site.root, copy)
    served.server.root = copy
    served.report()
    served.desk.site.publish()


def other_newsroom(served: Served) -> None:
    other = DeskRunner(served.desk.site.folder.parent / "other")
    other.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Nobody hurt"))
    other.site.publish()
    served.server.root = other.site.root


def missing_file(served: Served) -> None:
    copy = served.desk.site.folder.parent / "copy"
    shutil.copytree(served.desk.site.root, copy)
    served.server.root = copy
    (copy / "feed.atom").unlink()


def moved(served: Served) -> None:
    served.server.moved = "https://new.example/"


def altered(served: Served) -> None:
    served.answer(lambda path, _, reply: (reply[0], reply[1], reply[2] + b"<!-- -->" * (path == "/feed.atom")))


def never_ends(served: Served) -> None:
    served.answer(lambda path, _, reply: (reply[0], reply[1], b"x" * 10**7 if path == "/feed.json" else reply[2]))


def no_validators(served: Served) -> None:
    served.answer(lambda _, __, reply: (reply[0], {"Content-Type": reply[1]["Content-Type"]}, reply[2]))


def never_304(served: Served) -> None:
    usual = served.server.answer
    served.server.__dict__["answer"] = lambda path, _: usual(path, None)


Fault = Callable[[Served], object]
FAULTS: dict[str, tuple[Fault, str, str]] = {
    "a stale copy": (stale_copy, "checkpoint", "the served log has only 2 of 3 leaves"),
    "a stale copy of bytes": (stale_copy, "bytes", "other bytes are served"),
    "an older backup": (
        lambda served: restore_older_ledger(served.desk.site),
        "checkpoint",
        "the served log has 3 leaves, this ledger's only 2",
    ),
    "another newsroom": (other_newsroom, "checkpoint", "another log is served"),
    "a missing file": (missing_file, "missing", "feed.atom: the server answers 404"),
    "no output here": (lambda served: shutil.rmtree(served.desk.site.root), "output", "lacks this file"),
    "what waits": (lambda served: wait_an_hour(served.desk), "waiting", "due for more than five minutes"),
    "a redirect": (moved, "missing", "the server redirects"),
    "an altered file": (altered, "bytes", "feed.atom: other bytes"),
    "a file that never ends": (never_ends, "bytes", "feed.json: other bytes"),
    "a wrong type": (
        lambda served: served.header(".rss", Content_Type="text/plain"),
        "type",
        ".rss are served as text",
    ),
    "a wrong charset": (
        lambda served: served.header("/", Content_Type="text/html; charset=ISO-8859-1"),
        *("type", "it is served as iso-8859-1"),
    ),
    "no validators": (no_validators, "conditional", "neither ETag nor Last-Modified"),
    "no 304": (never_304, "conditional", "answered with 200, not with 304"),
    "a stuck cache": (
        lambda served: served.header("feed.atom", Age="90", Cache_Control="public, max-age=60"),
        *("age", "longer than the 60 s"),
    ),
    "no gzip": (lambda served: served.header("/", Content_Encoding="gzip"), "unreachable", "not gzip, as it says"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "check", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_live_site_that_differs_is_named(served: Served, fault: Fault, check: str, words: str) -> None:
    fault(served)
    problems = served.problems()
    assert words in problems[check]


def test_live_site_that_is_down_is_unreachable(served: Served) -> None:
    with serving(served.server.root) as other:
        url = other.url
    assert served.problems(url) == {"unreachable": f"{url}: it cannot be read: Connection refused."}


def test_live_site_that_never_answers_is_given_up(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "IDLE_SECONDS_MAX", 0.2)

    def dawdle(_: str, __: str | None, reply: Reply) -> Reply:
        time.sleep(1)
        return reply

    served.answer(dawdle)
    began = time.monotonic()
    assert "timed out" in served.problems()["unreachable"]
    assert time.monotonic() - began < 20


def test_live_site_that_never_ends_is_given_up(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SECONDS_MAX", 0.5)

    def dawdle(_: str, __: str | None, reply: Reply) -> Reply:
        time.sleep(0.2)
        return reply

    served.answer(dawdle)
    assert "the server took more than 0.5 s" in served.problems()["unreachable"]


def test_live_check_has_one_time_limit_for_all(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SECONDS_MAX", 1.0)

    def publish_slowly(_: str, __: str | None, reply: Reply) -> Reply:
        served.report()  # so it would look again
        served.desk.site.publish()
        time.sleep(0.3)
        return reply

    served.answer(publish_slowly)
    served.desk.site = reconfigured(served.desk.site, "127.0.0.1", "localhost")
    began = time.monotonic()
    assert "the server took more than 1 s" in served.problems()["unreachable"]
    assert time.monotonic() - began < 20


def test_live_check_ends_in_time_if_no_name_server_answers(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SECONDS_MAX", 0.5)
    monkeypatch.setattr(socket, "getaddrinfo", slow_look_up)
    began = time.monotonic()
    assert "the server took more than 0.5 s" in served.problems()["unreachable"]
    assert time.monotonic() - began < 20


def test_live_check_keeps_no_transaction_open_meanwhile(served: Served) -> None:
    results: set[tuple[int, int, int]] = set()

    def checkpoint(_: str, __: str | None, reply: Reply) -> Reply:
        served.report()
        with closing(sqlite3.connect(served.desk.site.folder / "ledger.db")) as ledger:
            results.add(ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
        return reply

    served.answer(checkpoint)
    assert served.problems() == {}
    assert results == {(0, 0, 0)}  # none was hindered by a reader


def test_live_error_of_tls_is_not_one_of_the_certificate(served: Served) -> None:
    problems = served.problems(served.server.url.replace("http:", "https:"))
    assert set(problems) == {"unreachable"}


def test_live_error_of_the_ledger_is_raised(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreBusyError("ledger.db", "another process is writing.", remedy="Try again.")

    monkeypatch.setattr(live, "PublicLog", fail)
    assert isinstance(served.desk.run("check", "--live").exception, StoreBusyError)


@pytest.mark.slow
def test_wrong_base_url_is_named(served: Served) -> None:
    with serving(served.server.root) as origin:
        assert served.problems(origin.url) == {}  # the server behind a cache: the site's address leads here too
    served.desk.site = reconfigured(served.desk.site, served.server.url, "http://localhost:1/")
    served.desk.site.publish()
    assert "every link leads to http://localhost:1/" in served.problems()["address"]


@pytest.mark.slow
def test_cache_may_be_behind_for_as_long_as_it_says(served: Served) -> None:
    stale_copy(served)
    served.header("", Age="20", Cache_Control="public, max-age=60")
    assert served.problems() == {}
    served.header("", Age="20", Cache_Control="public, max-age=10")
    assert set(served.problems()) == {"age", "bytes", "checkpoint"}


@pytest.mark.slow
def test_publication_during_the_check_is_no_difference(served: Served) -> None:
    published: list[bool] = []

    def publish_once(_: str, __: str | None, reply: Reply) -> Reply:
        if not published:
            published.append(True)
            served.report()
            served.desk.site.publish()
        return reply

    served.answer(publish_once)
    assert served.problems() == {}


@pytest.mark.parametrize(
    "url",
    [
        *("news.example", "ftp://news.example/", "https://", "http://[::1", "http://[x]/", "https://news.example:x/"),
        *("https://news.example:99999/", "https://a b/", "https://me:secret@news.example/", "https://news.example/?a"),
    ],
)
def test_live_takes_an_address(served: Served, url: str) -> None:
    result = served.desk.run("check", "--live", url)
    assert (result.exit_code, "--live takes an http or https address" in result.stderr) == (USAGE, True)


def test_live_certificate_must_be_trusted_and_last(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(served.desk.site.folder.parent, days=30)
    with serving(served.server.root, certificate=file) as server:
        assert "self-signed certificate" in served.problems(server.url)["certificate"]
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert served.problems(server.url) == {}
        now = time.time()
        monkeypatch.setattr("feed.health.live.time.time", lambda: now + 28 * 86_400)
        served.server = server
        served.header("", Connection="close")
        assert "the certificate ends in 48 hours" in served.problems(server.url)["certificate"]
