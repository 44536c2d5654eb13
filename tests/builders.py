"""Builders for given / when / then: a story in a few lines, in memory, through the real decide and fold.

    story = Scenario().report("d1", claim("hurt", 2), by="Fire chief (Port)").report("d2", claim("hurt", 3))
    assert story.state().fact("hurt").current.value == 3

Each step takes `at`, when it is recorded (default: an hour after the step before), and `reported`, when its source
reported it (default: when it is recorded).
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory
from typing import Any, Self, cast
from uuid import UUID

from freezegun import freeze_time

import events
import feed
from events import commands
from events.decide import decide
from events.fold.state import Story
from events.fold.story import StoryFold, fold_of
from events.fold.views import in_view
from events.ledger import Ledger
from events.model.codec import decode, encode
from events.model.edtf import instant
from events.model.events import AnyEvent, Erased, EventRedacted, EventUndone, Recorded
from events.public.redaction import published_notices
from events.public.sequence import PublicStory, public_story, same_in_public
from events.rules.assignment import Circumstances
from events.rules.undo import History
from events.store import open_store
from events.system import PRIVATE_MODE
from feed.config import new_config
from feed.entries.builder import Address
from feed.entries.model import Entry, EntryKind
from feed.entries.story import StoryEntries
from feed.ledger_table import ledger_table, with_ledger
from feed.paths import CONFIG_NAME, LEDGER_NAME
from feed.short_forms import parse_fact
from feed.site import Site
from feed.transparency.keys import Signer, make_key
from feed.transparency.note import sign_note, succession
from tests.stores import address_of

STORY = "harbour-fire"
NEWSROOM = UUID("6f1c1f0e-5d0c-4c5e-9a51-0d4f3f1f9b11")
BASE_URL = "https://news.example/"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SALT = "00" * 16

Time = datetime | str


def at(time: Time) -> datetime:
    """Return an instant: of RFC 3339, or the noon of a day."""
    if isinstance(time, datetime):
        return time
    return instant(time if "T" in time else f"{time}T12:00:00Z")


def claim(key: str, value: Any = None, **fields: Any) -> dict[str, Any]:
    """Return a claim: `claim("hurt", 2, as_of="2026-03-02")`."""
    return {"key": key} | ({} if value is None else {"value": value}) | fields


def frozen_at(time: Time) -> AbstractContextManager[object]:
    """Freeze the clock that the ledger reads, and leave the other modules their datetimes.

    Those of freezegun would stay in caches for later tests, and orjson cannot write them.
    """
    modules = [
        module.name for package in (events, feed) for module in iter_modules(package.__path__, f"{package.__name__}.")
    ]
    others = [name for name in modules if name != "events.system"]
    return cast("AbstractContextManager[object]", freeze_time(at(time), ignore=others))


class Scenario:
    """A story that grows by one event a step. Each method that records returns the scenario."""

    def __init__(self, story: str = STORY, *, start: Time = START, open_: bool = True, **header: Any) -> None:
        self.slug = story
        self.clock = at(start)
        self.recorded: list[Recorded] = []
        self.passed: datetime | None = None
        self.fold = StoryFold(story)
        self._names = count(1)
        if open_:
            self.record(commands.open_story(story, header.pop("headline", "Fire at the harbour"), **header), at=start)

    def record(self, event: AnyEvent, *, at: Time | None = None, reported: Time | None = None) -> Self:
        """Decide and record one event, and erase what it redacts; RefusedError as the ledger would."""
        self._advance(at)
        if reported is not None:
            event = event.model_copy(update={"reported_at": _instant(reported)})
        complete = decide(self.fold, event, self.circumstances())
        recorded = Recorded(len(self.recorded) + 1, self.fold.version + 1, self.clock, complete)
        self.recorded.append(recorded)
        if isinstance(complete, EventUndone):
            self.fold = fold_of(self.slug, self.recorded)
        else:
            self.fold.apply(recorded)
        if isinstance(complete, EventRedacted):
            self._erase(complete)
        return self

    def report(
        self,
        development: str | None = None,
        *facts: dict[str, Any] | str,
        headline: str | None = None,
        by: str | Iterable[str | dict[str, Any]] = (),
        source: str | dict[str, Any] | None = None,
        at: Time | None = None,
        reported: Time | None = None,
        **fields: Any,
    ) -> Self:
        """Report a development with claims: dicts (see `claim`) or short forms ("hurt=2:people")."""
        speakers = [by] if isinstance(by, str) else list(by)
        claims = [parse_fact(item) if isinstance(item, str) else item for item in facts]
        sources = [{"name": source} if isinstance(source, str) else source] if source else []
        fields = {"development": development, "said_by": speakers, "facts": claims, "sources": sources, **fields}
        fields = {name: field for name, field in fields.items() if field not in (None, [], ())}
        event = commands.report(self.slug, headline or f"Report {development or len(self.recorded)}", **fields)
        return self.record(event, at=at, reported=reported)

    def correct(self, development: str, at: Time | None = None, *, note: str = "It was wrong.", **changes: Any) -> Self:
        """Correct fields of a report; `level`, `reported` and `embargoed_until` are the correction's own."""
        own = {name: changes.pop(name) for name in ("level", "embargoed_until") if name in changes}
        reported = changes.pop("reported", None)
        return self.record(commands.correct(self.slug, development, changes, note, **own), at=at, reported=reported)

    def hold(self, development: str, at: Time | None = None, **fields: Any) -> Self:
        """Hold a development."""
        return self.record(commands.hold(self.slug, development, **fields), at=at)

    def release(self, development: str, at: Time | None = None, **fields: Any) -> Self:
        """Release a development."""
        return self.record(commands.release(self.slug, development, **fields), at=at)

    def retract(
        self, development: str, at: Time | None = None, *, reason: str = "It was wrong.", **fields: Any
    ) -> Self:
        """Retract a development."""
        return self.record(commands.retract(self.slug, development, reason, **fields), at=at)

    def redact(self, at: Time | None = None, *, reason: str = "A court ordered it.", **target: Any) -> Self:
        """Redact a development (`development=`) or an event (`event=`)."""
        return self.record(commands.redact(self.slug, reason, **target), at=at)

    def undo(self, development: str | None = None, at: Time | None = None, **fields: Any) -> Self:
        """Undo all about a development, or the last event."""
        return self.record(commands.undo(self.slug, development=development, **fields), at=at)

    def publish(self, at: Time | None = None) -> Self:
        """Let a publication pass: an undo of what is public by now is refused from here on."""
        self._advance(at)
        self.passed = self.clock
        return self

    def close(self, at: Time | None = None) -> Self:
        """Close the story."""
        return self.record(commands.close_story(self.slug), at=at)

    def reopen(self, at: Time | None = None) -> Self:
        """Reopen the story."""
        return self.record(commands.reopen_story(self.slug), at=at)

    def state(self, now: Time | None = None, *, as_of: Time | None = None, recorded_by: Time | None = None) -> Story:
        """Return the desk's state, as `Ledger.story` would."""
        fold = StoryFold(self.slug)
        for recorded in in_view(self.recorded, as_of=_optional(as_of), recorded_by=_optional(recorded_by)):
            fold.apply(recorded)
        return fold.state(now=_instant(now or as_of or recorded_by or self.clock))

    def public(self, now: Time | None = None) -> PublicStory:
        """Return what is public."""
        return public_story(self.slug, self.recorded, now=_instant(now or self.clock))

    def entries(self, now: Time | None = None) -> tuple[Entry, ...]:
        """Return all entries, newest listing first."""
        return StoryEntries(self.public(now), Address(newsroom=NEWSROOM, base_url=BASE_URL)).newest()

    def entry(self, development: str | None = "d1", *, kind: EntryKind = "report", now: Time | None = None) -> Entry:
        """Return the one entry of a kind: about a development, or about none, as overdue notices are."""
        address = development and f"{BASE_URL}stories/{self.slug}/#{development}"
        [entry] = [
            entry
            for entry in self.entries(now)
            if entry.kind == kind
            and (address is None or address in (entry.url, entry.in_reply_to and entry.in_reply_to.url))
        ]
        return entry

    def circumstances(self) -> Circumstances:
        """Return what decide needs beside the fold: the clock, and ids that are the same in each run."""
        return Circumstances(
            recorded_at=self.clock,
            clock=self.clock,
            actor="tester",
            event_id=lambda secret: f"{'secret' if secret else 'event'}-{next(self._names)}",
            neutral_id=lambda: f"neutral-{next(self._names)}",
            has_picture=lambda _: True,
            history=lambda _: History(
                events=tuple(self.recorded), passed=self.passed, restored=False, same_in_public=same_in_public
            ),
            noticed=lambda redaction: published_notices(
                self.slug, self.recorded, erased=self.fold.erased_by(redaction), now=self.clock
            ),
        )

    def _erase(self, redaction: EventRedacted) -> None:
        """Erase bodies as the store does, and fold again."""
        erased = self.fold.erased_by(redaction)
        self.recorded = [_erased(recorded) if recorded.id in erased else recorded for recorded in self.recorded]
        self.fold = fold_of(self.slug, self.recorded)

    def _advance(self, to: Time | None) -> None:
        if to is not None:
            self.clock = max(self.clock, _instant(to))
        elif self.recorded:
            self.clock += HOUR


_instant = at


def _optional(time: Time | None) -> datetime | None:
    return None if time is None else at(time)


def _erased(recorded: Recorded) -> Recorded:
    """Return the event as the store has it once the body is erased."""
    if isinstance(recorded.event, Erased):
        return recorded
    return decode(encode(recorded, salt=SALT)._replace(salt=None, body=None))


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: Time = START) -> None:
        self.now = at(now)

    def __call__(self) -> datetime:
        return self.now

    def go(self, to: Time | timedelta) -> datetime:
        """Move to an instant, or by a span."""
        self.now = self.now + to if isinstance(to, timedelta) else at(to)
        return self.now


@cache
def _empty_ledger() -> bytes:
    """Return what a new ledger's file holds: always the same. To make it takes as long as 30 events."""
    with TemporaryDirectory() as folder:
        open_store(Path(folder, LEDGER_NAME), create=True).close()
        return Path(folder, LEDGER_NAME).read_bytes()


def newsroom(folder: Path, clock: Clock | None = None, *, base_url: str = BASE_URL, title: str = "Test desk") -> Site:
    """Make a newsroom in `folder`, with an id that is always the same, and return it with `clock`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = new_config(NEWSROOM, created_at="2026-03-01T00:00:00Z", base_url=base_url, title=title)
    address = address_of(folder / LEDGER_NAME)
    text = text if isinstance(address, Path) else with_ledger(text, ledger_table(*address))
    (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    if isinstance(address, Path) and not address.exists():
        address.touch(PRIVATE_MODE)
        address.write_bytes(_empty_ledger())
    else:
        open_store(address, create=True).close()
    return Site.open(folder, clock=clock or Clock())


def new_ledger(folder: Path | str, clock: Clock, *, actor: str = "tester") -> Ledger:
    """Make a ledger in `folder`, without a newsroom."""
    return Ledger(open_store(address_of(Path(folder) / LEDGER_NAME), create=True), actor=actor, clock=clock)


def reconfigured(site: Site, was: str, now: str) -> Site:
    """Return the newsroom with `was` in its configuration replaced by `now`."""
    text = (site.folder / CONFIG_NAME).read_text(encoding="utf-8")
    assert was in text
    (site.folder / CONFIG_NAME).write_text(text.replace(was, now), encoding="utf-8")
    return Site.open(site.folder, clock=site.clock)


ORIGIN = "news.example/log"


def signing(site: Site, key: Path, *, by: Signer | None = None) -> Site:
    """Make a key in the new file `key`, signed by the key before it (`by`); return the newsroom that signs with it."""
    signer = make_key(key, origin=ORIGIN, newsroom=site.folder)
    before = by or signer
    with site.ledger() as ledger, ledger.store.writing() as writing:
        writing.add_log_key(sign_note(succession(signer.key), before.key, before.sign))
    config = site.folder / CONFIG_NAME
    text = config.read_text(encoding="utf-8").partition("[log]")[0]
    config.write_text(f'{text}[log]\nkey = "{key}"\norigin = "{ORIGIN}"\n', encoding="utf-8")
    return Site.open(site.folder, clock=site.clock)
