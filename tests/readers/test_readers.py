"""Real readers poll a running story: what they fetch, which entries are unread, and what they show, at each stage.

tests/golden/readers has what each program did. It is the same in every format.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.model.events import AnyEvent
from feed.entries.builder import Address
from feed.short_forms import parse_expectation, parse_fact
from tests.builders import NEWSROOM, Clock, newsroom, reconfigured
from tests.certificates import certificate
from tests.conftest import Golden
from tests.golden.stories import html_lines
from tests.readers.programs import PROGRAMS, Program
from tests.server import Request, Server, serving

STORY = "harbour-fire"
DAY = "2026-03-02"
CASES = [(name, extension) for name, program in PROGRAMS.items() for extension in program.formats]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


class Desk:
    """A newsroom whose output is served, with one reader that is subscribed to its story's feed."""

    def __init__(self, folder: Path, server: Server, program: type[Program], extension: str) -> None:
        self.clock = Clock(f"{DAY}T08:00:00Z")
        self.site = newsroom(folder / "newsroom", self.clock, base_url=server.url)
        self.server = server
        self.path = f"stories/{STORY}/feed.{extension}"
        self.lines: list[str] = []
        (folder / "reader").mkdir()
        self._reader = folder / "reader"
        self._program = program

    def record(self, at: str, *events: AnyEvent) -> None:
        """Record events at a time of the day, and publish."""
        self.clock.go(f"{DAY}T{at}:00Z")
        with self.site.ledger() as ledger:
            ledger.append(*events)
        self.site.publish()

    def publish_at(self, time: str) -> None:
        """Publish what becomes due by `time`, as cron would."""
        self.clock.go(time)
        self.site.publish()

    def subscribe(self) -> Program:
        """Return a reader that is subscribed to the feed."""
        return self._program(self._reader, f"{self.server.url}{self.path}")

    def stage(self, name: str, program: Program, *look_at: str) -> list[str]:
        """Let the reader poll, note what it fetched and what some entries show; return the titles that were unread."""
        self.server.requests.clear()
        unread = program.poll()
        requests = [request for request in self.server.requests if request.path.endswith(self.path)]
        self.lines.append(f"== {name}: {', '.join(_answer(request) for request in requests)}")
        self.lines += [f"   unread: {title}" for title in unread] or ["   nothing unread"]
        for event in look_at:
            title, content = program.shown(Address(newsroom=NEWSROOM, base_url="").entry_id(STORY, event))
            self.lines.append(f"   {event} shows: {title}")
            lines = html_lines(content.replace(self.server.url, "https://news.example/"))
            self.lines += [f"     | {line}" for line in lines]
        return unread

    def move(self, server: Server) -> None:
        """Move the site to another server, to which the first one redirects."""
        self.site = reconfigured(self.site, f'"{self.server.url}"', f'"{server.url}"')
        self.site.publish()
        self.server.moved, self.server = server.url, server


def _answer(request: Request) -> str:
    return f"{request.status}, {'a body' if request.body_bytes else 'no bytes'}"


@pytest.fixture(params=CASES, ids=[" ".join(case) for case in CASES])
def case(request: pytest.FixtureRequest) -> tuple[type[Program], str]:
    name, extension = request.param
    missing = PROGRAMS[name].missing()
    if missing is not None:
        pytest.skip(f"{missing} is not installed")
    return PROGRAMS[name], extension


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def desk(
    case: tuple[type[Program], str],
    tmp_path: Path,
    stack: ExitStack,
    pem: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """Return a desk that has published three reports, and a fourth under an embargo. Readers trust `pem`."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    server = stack.enter_context(serving(tmp_path / "newsroom" / "public"))
    desk = Desk(tmp_path, server, *case)
    hurt, chief = parse_fact("hurt=2:people"), "Ana Ruiz, fire chief (Port)"
    desk.record("08:00", commands.open_story(STORY, "Fire at the harbour"))
    desk.record(
        "08:10",
        _report("d1", "Fire in a warehouse", facts=[parse_fact("warehouses.burning=1")]),
        _report("d2", "Two hurt, port says", facts=[hurt], said_by=[chief]),
        _report("d3", "Ferries suspended", expects=[parse_expectation("ferries: ferries run again @ 2026-03-03")]),
        _report("d4", "The owner is to be charged", embargoed_until=datetime(2026, 3, 2, 12, tzinfo=UTC)),
    )
    return desk


def test_reader_shows_each_change_as_unread_once(desk: Desk, pem: Path, stack: ExitStack, golden: Golden) -> None:
    program = desk.subscribe()

    assert len(desk.stage("first fetch", program, "d2")) == 3
    assert desk.stage("nothing new", program) == []
    assert desk.stage("nothing new again", program) == []
    assert [(request.status, request.body_bytes) for request in desk.server.requests] == [(304, 0)]
    desk.record("09:00", _report("d5", "Fire is out", facts=[parse_fact("warehouses.burning=0")]))
    assert desk.stage("a new development", program) == ["Fire is out"]
    three = {"headline": "Three hurt, port says", "facts": [parse_fact("hurt=3:people")]}
    desk.record("10:00", commands.correct(STORY, "d2", three, "The port first said two.", id="c1"))
    assert desk.stage("a correction", program, "d2") == ["Correction: Three hurt, port says"]
    desk.record("11:00", commands.retract(STORY, "d1", "The fire was on a ship.", substitute="d5"))
    assert desk.stage("a retraction", program, "d1") == ["Retracted: report of 2 March 2026, 08:10 UTC"]
    desk.publish_at("2026-03-02T12:00:00Z")
    assert desk.stage("an embargo lifts", program) == ["The owner is to be charged"]
    desk.publish_at("2026-03-05T12:00:00Z")
    assert desk.stage("a promise is overdue", program) == ["Overdue: ferries run again (due 3 March 2026)"]

    desk.move(stack.enter_context(serving(desk.site.root, certificate=pem)))
    assert desk.stage("the site moves to https and another host, and redirects", program) == []
    program.move(f"{desk.server.url}{desk.path}")
    assert desk.stage("subscribed at the new address", program, "d2") == []
    golden("\n".join(desk.lines) + "\n", f"readers/{program.name}.txt")


def test_reader_sees_nothing_of_an_archive_but_the_news_after_it(desk: Desk) -> None:
    program = desk.subscribe()
    feed = desk.site.root / desk.path
    assert len(desk.stage("first fetch", program)) == 3
    before = feed.read_bytes()
    reported_at = datetime(2021, 3, 2, tzinfo=UTC)
    old = (_report(f"old-{n}", f"Old {n}", archive=True, reported_at=reported_at) for n in range(120))
    desk.record("09:00", *old)
    assert desk.stage("an archive comes in", program) == []
    assert feed.read_bytes() == before
    desk.record("10:00", _report("d5", "Fire is out"))
    assert desk.stage("a new development", program) == ["Fire is out"]


def _report(development: str, headline: str, **fields: Any) -> AnyEvent:
    """Return a report whose event has the id of its development."""
    return commands.report(STORY, headline, development=development, id=development, **fields)
