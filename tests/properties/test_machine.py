"""A desk at work on a real ledger, beside a slow and obvious model of what must happen (vocabulary 1.4 and 1.5).

The model is plain lists and dicts, written from the vocabulary and not from the code. Of each command it says which
checks refuse it, before the ledger is asked; afterwards it knows which ids there are, what state each development is
in, and, by going through all claims from the beginning, the value of every fact.

To stay obvious it leaves out what 1.5 says of ranges and units (test_facts.py has those): values are whole numbers,
and each claim has one speaker of a stated origin.
"""

import tempfile
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from events import commands
from events.errors import RefusedError, VersionConflictError
from events.ledger import Ledger
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported, Erased, Recorded
from events.public.sequence import public_story
from tests.builders import START, STORY, Clock
from tests.properties.commands import COMMANDS, KEYS, counted, given_to
from tests.properties.model import Report, brute_force
from tests.properties.player import TICK

LONG = settings.get_current_profile_name() == "long"


class Desk(RuleBasedStateMachine):
    """Commands at random, each first answered by the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.ledger = Ledger.create(self.folder.name, actor="tester", clock=self.clock)
        self.reports: dict[str, Report] = {}
        self.promises: set[str] = set()
        self.closed = False
        self.version = 0
        self.newest = START
        self.passed: datetime | None = None
        self.last: Recorded | None = None
        self.redacted_events: set[str] = set()

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    @initialize()
    def open(self) -> None:
        self.try_to(commands.open_story(STORY, "Fire at the harbour"), refused_by=set())

    @rule(seed=st.integers(1, 2**32 - 1))
    def act(self, seed: int) -> None:
        """Do what `seed` says. One number for a step keeps the steps many, and of all kinds; the note tells which."""
        random = Random(seed)
        command = random.choices(list(COMMANDS), list(COMMANDS.values()))[0]
        given = given_to(command, random)
        note(f"{command}: {given}")
        getattr(self, command)(**given)

    # What an editor does.

    def wait(self, span: timedelta) -> None:
        self.clock.go(span)

    def take_report(
        self,
        name: str | None,
        org: str,
        said: list[dict[str, Any]],
        late: timedelta | None,
        embargo: datetime | None,
        disputes: tuple[int, str] | None,
        confirms: int | None,
        expects: tuple[str | None, bool] | None,
        resolves: int | None,
    ) -> None:
        now = self.now
        disputed = (self.known(disputes[0]), disputes[1]) if disputes and self.reports else None
        confirmed = self.known(confirms) if confirms is not None and self.reports else None
        outcome = counted(sorted(self.promises), resolves) if resolves is not None and self.promises else None
        reported_at = now if late is None else now - late
        checks = self.parts_refused(said, reported_at, disputed, confirmed)
        checks |= {"closed"} if self.closed else set()
        checks |= {"development"} if name in self.reports else set()
        checks |= {"reported_at"} if reported_at > max(now, embargo or now) else set()
        stated = expects[0] if expects else None
        if expects and not expects[1] and stated not in self.promises:
            checks.add("expects")
        if outcome and outcome not in self.promises | {stated}:
            checks.add("resolves")
        wanted = commands.report(
            STORY,
            "A report",
            development=name,
            said_by=[{"role": "speaker", "org": org}],
            facts=_facts(said),
            reported_at=None if late is None else format_instant(reported_at),
            embargoed_until=embargo,
            disputes=[{"development": disputed[0], "kind": disputed[1]}] if disputed else None,
            corroborates=[{"development": confirmed}] if confirmed else None,
            expects=[_expectation(*expects)] if expects else None,
            resolves=[{"expectation": outcome, "outcome": "met"}] if outcome else None,
        )
        recorded = self.try_to(wanted, refused_by=checks)
        if recorded is None:
            return
        assert isinstance(recorded.event, DevelopmentReported)
        given = recorded.development or ""
        secret = embargo is not None and embargo > now
        if name is None and not secret:
            assert given == next(f"d{n}" for n in range(1, 99) if f"d{n}" not in self.reports)
        elif name is None:
            assert len(given) == 12
        else:
            assert given == name
        for item in recorded.event.expects:
            assert item.id is not None
            if stated is None and not secret:
                assert item.id == next(f"e{n}" for n in range(1, 99) if f"e{n}" not in self.promises)
            self.promises.add(item.id)
        self.reports[given] = Report(
            recorded.position,
            reported_at,
            embargo,
            org,
            "A report",
            said,
            disputed,
            confirmed,
            events=[recorded.id],
            first_reported_at=reported_at,
        )

    def correct_facts(
        self, place: int, said: list[dict[str, Any]], late: timedelta | None, embargo: datetime | None
    ) -> None:
        name = self.known(place)
        known, now = self.reports.get(name), self.now
        checks = self.unrepairable(name)
        changed: dict[str, Any] = {"facts": _facts(said)}
        reported_at = None if late is None else now - late
        if reported_at is not None:
            changed["reported_at"] = format_instant(reported_at)
        if known is not None and not checks:
            checks |= self.parts_refused(said, reported_at or known.reported_at, None, None)
            if said == known.claims and reported_at in (None, known.reported_at):
                checks.add("set")
            if reported_at is not None and reported_at > max(now, known.embargoed_until or now):
                checks.add("reported_at")
        wanted = commands.correct(STORY, name, changed, "It was wrong.", embargoed_until=embargo)
        recorded = self.try_to(wanted, refused_by=checks)
        if recorded is not None and known is not None:
            known.claims, known.reported_at = said, reported_at or known.reported_at
            known.events.append(recorded.id)

    def correct_headline(self, place: int, headline: str, level: str) -> None:
        name = self.known(place)
        known, checks = self.reports.get(name), self.unrepairable(name)
        if known is not None and not checks:
            checks |= {"set"} if headline == known.headline else set()
            if level == "typo" and headline.startswith("2") != known.headline.startswith("2"):
                checks.add("level")
        note = None if level == "typo" else "Misspelt."
        recorded = self.try_to(
            commands.correct(STORY, name, {"headline": headline}, note, level=level), refused_by=checks
        )
        if recorded is not None and known is not None:
            known.headline = headline
            known.events.append(recorded.id)

    def hold(self, place: int) -> None:
        name = self.known(place)
        known, checks = self.reports.get(name), self.unrepairable(name)
        checks |= {"hold"} if known and not known.gone and known.held else set()
        if self.try_to(commands.hold(STORY, name), refused_by=checks) and known:
            known.held = True

    def release(self, place: int) -> None:
        name = self.known(place)
        known, checks = self.reports.get(name), self.unrepairable(name)
        if known is not None and not known.gone:
            embargoed = known.embargoed_until is not None and known.embargoed_until > self.now
            checks |= set() if known.held or embargoed else {"release"}
        if self.try_to(commands.release(STORY, name), refused_by=checks) and known:
            if known.held:
                known.held = False
            else:
                known.embargoed_until = None

    def retract(self, place: int, other: int | None) -> None:
        name = self.known(place)
        substitute = None if other is None else self.known(other)
        known = self.reports.get(name)
        checks = self.unrepairable(name)
        if known is not None and known.retracted and not known.redacted and substitute is not None:
            checks = {"substitute"} if substitute == known.substitute else set()
        if substitute is not None and (substitute == name or substitute not in self.reports):
            checks.add("substitute")
        if self.try_to(commands.retract(STORY, name, "Untrue.", substitute=substitute), refused_by=checks) and known:
            known.retracted = True
            known.substitute = substitute or known.substitute

    def pin(self, place: int, *, pins: bool) -> None:
        name = self.known(place)
        known, checks = self.reports.get(name), self.unrepairable(name)
        checks |= {"pin"} if known and not known.gone and known.pinned == pins else set()
        if self.try_to((commands.pin if pins else commands.unpin)(STORY, name), refused_by=checks) and known:
            known.pinned = pins

    def close(self) -> None:
        if self.try_to(commands.close_story(STORY), refused_by={"close"} if self.closed else set()):
            self.closed = True

    def reopen(self) -> None:
        if self.try_to(commands.reopen_story(STORY), refused_by=set() if self.closed else {"reopen"}):
            self.closed = False

    def redact(self, place: int) -> None:
        name = self.known(place)
        known = self.reports.get(name)
        checks = {"development"} if known is None else {"redacted"} if known.redacted else set()
        if self.try_to(commands.redact(STORY, "A court ordered it.", development=name), refused_by=checks) and known:
            known.redact()
            self.redacted_events |= set(known.events)

    def redact_a_report(self, place: int) -> None:
        known = self.reports.get(self.known(place))
        if known is None:
            return
        event = known.events[0]
        checks = {"redacted"} if event in self.redacted_events else set()
        if self.try_to(commands.redact(STORY, "A court ordered it.", event=event), refused_by=checks):
            known.redact()
            self.redacted_events.add(event)

    def say_the_same_again(self) -> None:
        """Change nothing: the event is recorded already, and that is looked at before the version (1.4)."""
        if self.last is None or isinstance(self.last.event, Erased):
            return
        event = self.last.event
        [again] = self.ledger.append(event, expected_version=0)
        assert not again.new
        assert again.recorded == self.last

    def expect_another_version(self, off: int) -> None:
        with pytest.raises(VersionConflictError) as conflict:
            self.ledger.append(commands.revise_story(STORY, summary="New"), expected_version=self.version + off)
        assert conflict.value.actual == self.version

    def publish(self) -> None:
        self.passed = max(self.clock.now, self.newest, self.passed or self.newest)
        assert self.ledger.advance_publication_time() == self.passed

    # What must be true.

    @invariant()
    def knows_what_the_model_knows(self) -> None:
        if self.version == 0:
            return
        state = self.ledger.story(STORY)
        assert state.version == self.version
        assert state.status == ("closed" if self.closed else "open")
        told = {item.id: (item.status, item.pinned, item.substitute) for item in state.developments}
        assert told == {name: (known.status, known.pinned, known.substitute) for name, known in self.reports.items()}
        in_order = sorted(self.reports, key=lambda name: (self.reports[name].reported_at, self.reports[name].position))
        assert [item.id for item in state.developments] == in_order
        for key in KEYS:
            value, by, disputed, doubting = brute_force(self.reports, key)
            fact = state.fact(key)
            current = fact.current if fact else None
            assert (current.value if current else None) == value, key
            assert (current.development if current else None) == by, key
            # Who corroborates ends his denials and doubts too: that is left to test_facts.py.
            confirmed = any(known.confirms and known.status == "usable" for known in self.reports.values())
            if fact is not None and current is not None and not confirmed:
                assert (fact.standing == "disputed") == disputed, key
                assert {voice.development for voice in fact.unconfirmed_by} == doubting, key

    @invariant()
    def embargoed_and_held_reports_are_not_public(self) -> None:
        if self.version == 0:
            return
        now = max(self.clock.now, self.newest)
        public = public_story(STORY, self.ledger.events(STORY), now=now)
        shown = {item.id for item in public.state.developments if item.report} if public.state else set()
        for name, known in self.reports.items():
            embargoed = known.embargoed_until is not None and known.embargoed_until > now
            assert (name in shown) == (known.status == "usable" and not embargoed), name

    # The model.

    @property
    def now(self) -> datetime:
        after_passed = self.newest if self.passed is None else self.passed + TICK
        return max(self.clock.now, self.newest, after_passed)

    def try_to(self, wanted: AnyEvent, *, refused_by: set[str]) -> Recorded | None:
        """Append `wanted`, which the checks `refused_by` must refuse, and no others."""
        now = self.now
        if refused_by:
            with pytest.raises(RefusedError) as refused:
                self.ledger.append(wanted)
            assert {problem.check for problem in refused.value.problems} == refused_by
            return None
        [appended] = self.ledger.append(wanted)
        recorded = appended.recorded
        assert appended.new
        assert recorded.recorded_at == now
        assert recorded.version == recorded.position == self.version + 1
        self.version, self.newest = self.version + 1, now
        if isinstance(recorded.event, DevelopmentReported | DevelopmentCorrected):
            self.last = recorded
        elif wanted.type == "event_redacted":
            self.last = None  # it may have been erased
        return recorded

    def known(self, place: int) -> str:
        return counted(list(self.reports), place)

    def unrepairable(self, name: str) -> set[str]:
        known = self.reports.get(name)
        if known is None:
            return {"development"}
        return {"redacted"} if known.redacted else {"retracted"} if known.retracted else set()

    def parts_refused(
        self, said: list[dict[str, Any]], reported_at: datetime, disputes: tuple[str, str] | None, confirms: str | None
    ) -> set[str]:
        latest = (reported_at.astimezone(UTC) + timedelta(hours=14)).date()
        checks = {"as_of"} if any("as_of" in claim and claim["as_of"] > latest for claim in said) else set()
        checks |= {"disputes"} if disputes and disputes[0] not in self.reports else set()
        return checks | ({"corroborates"} if confirms and confirms not in self.reports else set())


def _facts(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"key": claim["key"], "stance": claim["stance"], "said_by": [{"role": "speaker", "org": claim["org"]}]}
        | ({"value": claim["value"]} if claim["stance"] == "asserts" else {})
        | ({"as_of": claim["as_of"].isoformat()} if "as_of" in claim else {})
        for claim in said
    ]


def _expectation(name: str | None, worded: bool) -> dict[str, Any]:  # noqa: FBT001 - drawn as a pair
    return ({"id": name} if name else {}) | ({"what": "Something"} if worded else {"due": "2026-03-09"})


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=200 if LONG else 25, stateful_step_count=50, deadline=None)
