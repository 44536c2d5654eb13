"""A desk at work on a real ledger, beside a slow and obvious model of what must happen (vocabulary 1.4 and 1.5).

The model is plain lists and dicts, written from the vocabulary and not from the code. Of each command it says which
checks refuse it, before the ledger is asked; afterwards it knows which ids there are, what state each development is
in, and, by going through all claims from the beginning, the value of every fact.

To stay obvious it leaves out what 1.5 says of ranges and units (test_facts.py has those): values are whole numbers,
and each claim has one speaker of a stated origin.
"""

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from events import recording
from events.errors import RefusedError, VersionConflictError
from events.ledger import Ledger
from events.model import AnyEvent, DevelopmentCorrected, DevelopmentReported, Recorded
from events.public import public_story
from events.when import format_instant
from tests.builders import HOUR, START, STORY, Clock
from tests.properties.strategies import TICK

KEYS = ("dead", "hurt")
ORGS = ("Clinic", "Fire Service", "Police")
NAMES = ("a", "b", "c", "d1", "d2", "d3", "d4")
PROMISES = ("e1", "e2", "ferries", "talks")
DAYS = tuple((START + timedelta(days=day)).date() for day in range(-3, 9))
STANCES = ("asserts", "asserts", "asserts", "denies", "cannot_confirm", "withholds")
KINDS = ("denies", "cannot_confirm", "disagrees")
LONG = settings.get_current_profile_name() == "long"

names = st.sampled_from(NAMES)
PLACES = 10
places = st.integers(
    0, PLACES - 1
)  # of a development or promise, counted from the newest one; the last is an unknown one
spans = st.sampled_from((0, 0, 1, 5, 24, 60, -2, -30)).map(lambda hours: hours * HOUR)
embargoes = st.one_of(st.none(), st.none(), st.none(), st.integers(1, 30).map(lambda step: START + step * 6 * HOUR))
reported_before = st.one_of(st.none(), st.sampled_from((-30 * HOUR, HOUR, 26 * HOUR, 80 * HOUR)))
claims = st.lists(
    st.fixed_dictionaries(
        {"key": st.sampled_from(KEYS), "stance": st.sampled_from(STANCES), "org": st.sampled_from(ORGS)},
        optional={"as_of": st.sampled_from(DAYS)},
    ).flatmap(lambda claim: st.integers(1, 3).map(lambda value: {**claim, "value": value})),
    max_size=2,
    unique_by=lambda claim: (claim["key"], claim["org"]),
)
aims = st.one_of(st.none(), st.none(), st.tuples(places, st.sampled_from(KINDS)))
expected = st.one_of(
    st.none(), st.none(), st.tuples(st.sampled_from((None, *PROMISES)), st.sampled_from((True, True, False)))
)
resolved = st.one_of(st.none(), st.none(), places)


@dataclass
class Report:
    """A development, as the model knows it."""

    position: int
    reported_at: datetime
    embargoed_until: datetime | None
    org: str
    headline: str
    claims: list[dict[str, Any]]
    disputes: tuple[str, str] | None
    held: bool = False
    retracted: bool = False
    redacted: bool = False
    pinned: bool = False
    substitute: str | None = None
    events: list[str] = field(default_factory=list)

    @property
    def gone(self) -> bool:
        return self.retracted or self.redacted

    @property
    def status(self) -> str:
        return "canceled" if self.gone else "withheld" if self.held else "usable"


@dataclass(frozen=True)
class Said:
    """One claim, or one dispute of another's claim, when its turn comes."""

    order: tuple[date, datetime, int, int]
    development: str
    org: str
    stance: str
    value: int | None
    as_of: date | None
    against: str | None = None


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
        self.published: list[tuple[int, datetime, Any]] = []

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    @initialize()
    def open(self) -> None:
        self.try_to(recording.open_story(STORY, "Fire at the harbour"), refused_by=set())

    # What an editor does.

    @rule(span=spans)
    def wait(self, span: timedelta) -> None:
        self.clock.go(span)

    @rule(
        name=st.one_of(st.none(), st.none(), names),
        org=st.sampled_from(ORGS),
        said=claims,
        late=reported_before,
        embargo=embargoes,
        disputes=aims,
        confirms=st.one_of(st.none(), st.none(), places),
        expects=expected,
        resolves=resolved,
    )
    def report(
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
        disputed = None if disputes is None else (self.known(disputes[0]), disputes[1])
        confirmed = None if confirms is None else self.known(confirms)
        outcome = None if resolves is None else _counted(sorted(self.promises), resolves)
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
        wanted = recording.report(
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
            recorded.position, reported_at, embargo, org, "A report", said, disputed, events=[recorded.id]
        )

    @rule(place=places, said=claims, late=reported_before, embargo=embargoes)
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
        wanted = recording.correct(STORY, name, changed, "It was wrong.", embargoed_until=embargo)
        recorded = self.try_to(wanted, refused_by=checks)
        if recorded is not None and known is not None:
            known.claims, known.reported_at = said, reported_at or known.reported_at
            known.events.append(recorded.id)

    @rule(
        name=names,
        headline=st.sampled_from(("A report", "A Report", "2 reports")),
        level=st.sampled_from(("typo", "correction")),
    )
    def correct_headline(self, place: int, headline: str, level: str) -> None:
        name = self.known(place)
        known, checks = self.reports.get(name), self.unrepairable(name)
        if known is not None and not checks:
            checks |= {"set"} if headline == known.headline else set()
            if level == "typo" and headline.startswith("2") != known.headline.startswith("2"):
                checks.add("level")
        note = None if level == "typo" else "Misspelt."
        recorded = self.try_to(
            recording.correct(STORY, name, {"headline": headline}, note, level=level), refused_by=checks
        )
        if recorded is not None and known is not None:
            known.headline = headline
            known.events.append(recorded.id)

    @rule(place=places)
    def hold(self, place: int) -> None:
        name = self.known(place)
        known, checks = self.reports.get(name), self.unrepairable(name)
        checks |= {"hold"} if known and not known.gone and known.held else set()
        if self.try_to(recording.hold(STORY, name), refused_by=checks) and known:
            known.held = True

    @rule(place=places)
    def release(self, place: int) -> None:
        name = self.known(place)
        known, checks = self.reports.get(name), self.unrepairable(name)
        if known is not None and not known.gone:
            embargoed = known.embargoed_until is not None and known.embargoed_until > self.now
            checks |= set() if known.held or embargoed else {"release"}
        if self.try_to(recording.release(STORY, name), refused_by=checks) and known:
            if known.held:
                known.held = False
            else:
                known.embargoed_until = None

    @rule(place=places, other=st.one_of(st.none(), places))
    def retract(self, place: int, other: int | None) -> None:
        name = self.known(place)
        substitute = None if other is None else self.known(other)
        known = self.reports.get(name)
        checks = self.unrepairable(name)
        if known is not None and known.retracted and not known.redacted and substitute is not None:
            checks = {"substitute"} if substitute == known.substitute else set()
        if substitute is not None and (substitute == name or substitute not in self.reports):
            checks.add("substitute")
        if self.try_to(recording.retract(STORY, name, "Untrue.", substitute=substitute), refused_by=checks) and known:
            known.retracted = True
            known.substitute = substitute or known.substitute

    @rule(place=places, pins=st.booleans())
    def pin(self, place: int, *, pins: bool) -> None:
        name = self.known(place)
        known, checks = self.reports.get(name), self.unrepairable(name)
        checks |= {"pin"} if known and not known.gone and known.pinned == pins else set()
        if self.try_to((recording.pin if pins else recording.unpin)(STORY, name), refused_by=checks) and known:
            known.pinned = pins

    @rule()
    def close(self) -> None:
        if self.try_to(recording.close_story(STORY), refused_by={"close"} if self.closed else set()):
            self.closed = True

    @rule()
    def reopen(self) -> None:
        if self.try_to(recording.reopen_story(STORY), refused_by=set() if self.closed else {"reopen"}):
            self.closed = False

    @rule(place=places)
    def redact(self, place: int) -> None:
        name = self.known(place)
        known = self.reports.get(name)
        checks = {"development"} if known is None else {"redacted"} if known.redacted else set()
        if self.try_to(recording.redact(STORY, "A court ordered it.", development=name), refused_by=checks) and known:
            known.redacted = True
            self.redacted_events |= set(known.events)

    @precondition(lambda self: self.reports)
    @rule(data=st.data())
    def redact_a_report(self, data: st.DataObject) -> None:
        known = data.draw(st.sampled_from(list(self.reports.values())))
        event = known.events[0]
        checks = {"redacted"} if event in self.redacted_events else set()
        if self.try_to(recording.redact(STORY, "A court ordered it.", event=event), refused_by=checks):
            known.redacted = True
            self.redacted_events.add(event)

    @precondition(lambda self: self.last is not None)
    @rule()
    def say_the_same_again(self) -> None:
        """Change nothing: the event is recorded already, and that is looked at before the version (1.4)."""
        assert self.last is not None
        event = self.last.event
        if event.type == "erased":
            return
        [again] = self.ledger.append(event, expected_version=0)
        assert not again.new
        assert again.recorded == self.last

    @rule(off=st.sampled_from((-1, 1)))
    def expect_another_version(self, off: int) -> None:
        with pytest.raises(VersionConflictError) as conflict:
            self.ledger.append(recording.revise_story(STORY, summary="New"), expected_version=self.version + off)
        assert conflict.value.actual == self.version

    @rule()
    def publish(self) -> None:
        self.passed = max(self.clock.now, self.newest, self.passed or self.newest)
        assert self.ledger.pass_now() == self.passed

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
            value, by, disputed, doubting = self.brute_force(key)
            fact = state.fact(key)
            current = fact.current if fact else None
            assert (current.value if current else None) == value, key
            assert (current.development if current else None) == by, key
            if fact is not None and current is not None:
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
        return _counted(list(self.reports), place)

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

    def brute_force(self, key: str) -> tuple[int | None, str | None, bool, set[str]]:
        """Give a fact's value, whose it is, whether it is disputed, and whose word is that it cannot be confirmed.

        Every origin's last word counts (1.5.4): who denies or doubts what he said has taken it back, who withholds has
        not. Of those who still assert something the newest is right (1.5.2).
        """
        asserts: dict[str, Said] = {}
        denies: dict[str, list[Said]] = {}
        doubts: dict[str, Said] = {}
        for said in sorted(self.everything_said(key), key=lambda said: said.order):
            own = asserts.get(said.org)
            if said.stance == "asserts":
                asserts[said.org] = said
                denies[said.org] = [old for old in denies.get(said.org, []) if old.development == said.development]
                doubts.pop(said.org, None)
            elif said.stance in {"denies", "cannot_confirm"}:
                if own is not None and said.value in (None, own.value):
                    del asserts[said.org]
                if said.org in doubts and doubts[said.org].development != said.development:
                    del doubts[said.org]
                if said.stance == "denies":
                    denies.setdefault(said.org, []).append(said)
                else:
                    doubts[said.org] = said
        if not asserts:
            return None, None, False, set()
        current = max(asserts.values(), key=lambda said: said.order)
        others = {org for org in ORGS if asserts.get(org) is not current}
        disputed = any(
            other.value != current.value and _of_one_time(other, current)
            for org, other in asserts.items()
            if org in others
        ) or any(
            denial.value in (None, current.value) or denial.against == current.development
            for org in others
            for denial in denies.get(org, [])
        )
        return current.value, current.development, disputed, {doubts[org].development for org in others & doubts.keys()}

    def everything_said(self, key: str) -> list[Said]:
        found: list[Said] = []
        for name, known in self.reports.items():
            if known.status != "usable":
                continue
            reported_on = known.reported_at.date()
            for nth, claim in enumerate(known.claims):
                if claim["key"] == key:
                    latest = min(claim.get("as_of", reported_on), reported_on)
                    order = (latest, known.reported_at, known.position, nth)
                    value = claim["value"] if claim["stance"] == "asserts" else None
                    found.append(Said(order, name, claim["org"], claim["stance"], value, claim.get("as_of")))
            target = self.reports[known.disputes[0]] if known.disputes else None
            if known.disputes and target and target.status == "usable" and known.disputes[1] != "disagrees":
                nth = len(known.claims)
                for claim in (claim for claim in target.claims if claim["stance"] == "asserts"):
                    order = (reported_on, known.reported_at, known.position, nth)
                    nth += 1
                    if claim["key"] == key:
                        found.append(
                            Said(order, name, known.org, known.disputes[1], claim["value"], None, known.disputes[0])
                        )
        return found


def _counted(names: list[str], place: int) -> str:
    """Give the name at `place` from the end, the last ones again and again; at the last place one that is unknown."""
    return names[-1 - place % len(names)] if names and place < PLACES - 1 else "unknown"


def _of_one_time(one: Said, other: Said) -> bool:
    """Tell whether both speak of one time: of stated days that overlap, else reported on one day (1.5.6)."""
    if one.as_of is not None and other.as_of is not None:
        return one.order[0] == other.order[0]
    return one.order[1].date() == other.order[1].date()


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
TestDesk.settings = settings(max_examples=200 if LONG else 15, stateful_step_count=50 if LONG else 30, deadline=None)
