"""Random commands on a real ledger, compared with a slow and obvious model of what must happen.

The model is plain lists and dicts, written from events/README.md and not from the code. Before each command it says
which checks must refuse it. Afterwards it has the ids, the status of each development and, by reading all claims from
the beginning, the value of each fact.

It leaves out ranges and units (test_facts.py has those): values are whole numbers, and each claim has one speaker of a
stated origin.
"""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from events import commands
from events.errors import RefusedError, VersionConflictError
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported, Erased, Recorded
from events.model.parts import Level
from events.public.sequence import public_story
from events.rules.clock import AHEAD_MAX
from tests.builders import START, STORY, Clock, new_ledger
from tests.postgres import Server
from tests.properties.commands import COMMANDS, KEYS, arguments, name_at
from tests.properties.model import Report, brute_force, name_accounts
from tests.properties.player import TICK
from tests.stores import ledgers_in

LONG = settings.get_current_profile_name() == "long"


class Desk(RuleBasedStateMachine):
    """A desk that runs random commands on its ledger and on the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.ledger = new_ledger(self.folder.name, self.clock)
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
        """Run the command that `seed` stands for. With one number a step, hypothesis draws many steps of all kinds."""
        random = Random(seed)
        command = random.choices(list(COMMANDS), list(COMMANDS.values()))[0]
        drawn = arguments(command, random)
        note(f"{command}: {drawn}")
        getattr(self, command)(**drawn)

    # What an editor does.

    def wait(self, span: timedelta) -> None:
        self.clock.go(span)

    def take_report(
        self,
        name: str | None,
        org: str,
        claims: list[dict[str, Any]],
        late: timedelta | None,
        embargo: datetime | None,
        disputes: tuple[int, str] | None,
        confirms: int | None,
        expects: tuple[str | None, bool] | None,
        resolves: int | None,
    ) -> None:
        now = self.now
        reported_at = now if late is None else now - late
        dispute = (self.name_at(disputes[0]), disputes[1]) if disputes and self.reports else None
        target = self.name_at(confirms) if confirms is not None and self.reports else None
        resolved = name_at(resolves, sorted(self.promises)) if resolves is not None and self.promises else None
        event = commands.report(
            STORY, "A report", development=name, said_by=[{"role": "speaker", "org": org}], facts=_facts(claims),
            reported_at=None if late is None else format_instant(reported_at), embargoed_until=embargo,
            disputes=[{"development": dispute[0], "kind": dispute[1]}] if dispute else (),
            corroborates=[{"development": target}] if target else (),
            expects=[_expectation(*expects)] if expects else (),
            resolves=[{"expectation": resolved, "outcome": "met"}] if resolved else (),
        )  # fmt: skip
        checks = self.parts_refused(claims, reported_at, dispute, target) | self.promises_refused(expects, resolved)
        checks |= {"closed"} if self.closed else set()
        checks |= {"development"} if name in self.reports else set()
        checks |= {"reported_at"} if reported_at > max(now, embargo or now) else set()
        recorded = self.try_to(event, refused_by=checks)
        if recorded is not None:
            secret = embargo is not None and embargo > now
            development = self.check_names(recorded, name, expects[0] if expects else None, secret=secret)
            self.reports[development] = Report(
                recorded.position, reported_at, embargo, org, "A report", claims, dispute, target,
                events=[recorded.id], first_reported_at=reported_at,
            )  # fmt: skip
            name_accounts(self.reports, development)

    def check_names(self, recorded: Recorded, name: str | None, promise: str | None, *, secret: bool) -> str:
        """Check the ids that the ledger assigned where the command had None; return that of the development."""
        assert isinstance(recorded.event, DevelopmentReported)
        development = recorded.development or ""
        if name is not None:
            assert development == name
        elif secret:
            assert len(development) == 12
        else:
            assert development == next(f"d{n}" for n in range(1, 99) if f"d{n}" not in self.reports)
        for expectation in recorded.event.expects:
            assert expectation.id is not None
            if promise is None and not secret:
                assert expectation.id == next(f"e{n}" for n in range(1, 99) if f"e{n}" not in self.promises)
            self.promises.add(expectation.id)
        return development

    def correct_facts(
        self, index: int, claims: list[dict[str, Any]], late: timedelta | None, embargo: datetime | None
    ) -> None:
        name = self.name_at(index)
        report, now = self.reports.get(name), self.now
        checks = self.unrepairable(name)
        changes: dict[str, Any] = {"facts": _facts(claims)}
        reported_at = None if late is None else now - late
        if reported_at is not None:
            changes["reported_at"] = format_instant(reported_at)
        if report is not None and not checks:
            checks |= self.parts_refused(claims, reported_at or report.reported_at, None, None)
            if claims == report.claims and reported_at in (None, report.reported_at):
                checks.add("set")
            if reported_at is not None and reported_at > max(now, report.embargoed_until or now):
                checks.add("reported_at")
        event = commands.correct(STORY, name, changes, "It was wrong.", embargoed_until=embargo)
        recorded = self.try_to(event, refused_by=checks)
        if recorded is not None and report is not None:
            report.claims, report.reported_at = claims, reported_at or report.reported_at
            report.events.append(recorded.id)
            name_accounts(self.reports, name)

    def correct_headline(self, index: int, headline: str, level: Level) -> None:
        name = self.name_at(index)
        report, checks = self.reports.get(name), self.unrepairable(name)
        if report is not None and not checks:
            checks |= {"set"} if headline == report.headline else set()
            if level == "typo" and headline.startswith("2") != report.headline.startswith("2"):
                checks.add("level")
        note = None if level == "typo" else "Misspelt."
        recorded = self.try_to(
            commands.correct(STORY, name, {"headline": headline}, note, level=level), refused_by=checks
        )
        if recorded is not None and report is not None:
            report.headline = headline
            report.events.append(recorded.id)

    def hold(self, index: int) -> None:
        name = self.name_at(index)
        report, checks = self.reports.get(name), self.unrepairable(name)
        checks |= {"hold"} if report and not report.withdrawn and report.held else set()
        if self.try_to(commands.hold(STORY, name), refused_by=checks) and report:
            report.held = True

    def release(self, index: int) -> None:
        name = self.name_at(index)
        report, checks = self.reports.get(name), self.unrepairable(name)
        if report is not None and not report.withdrawn:
            embargoed = report.embargoed_until is not None and report.embargoed_until > self.now
            checks |= set() if report.held or embargoed else {"release"}
        if self.try_to(commands.release(STORY, name), refused_by=checks) and report:
            if report.held:
                report.held = False
            else:
                report.embargoed_until = None

    def retract(self, index: int, other: int | None) -> None:
        name = self.name_at(index)
        substitute = None if other is None else self.name_at(other)
        report = self.reports.get(name)
        checks = self.unrepairable(name)
        if report is not None and report.retracted and not report.redacted and substitute is not None:
            checks = {"substitute"} if substitute == report.substitute else set()
        if substitute is not None and (substitute == name or substitute not in self.reports):
            checks.add("substitute")
        if self.try_to(commands.retract(STORY, name, "Untrue.", substitute=substitute), refused_by=checks) and report:
            report.retracted = True
            report.substitute = substitute or report.substitute

    def pin(self, index: int, *, pins: bool) -> None:
        name = self.name_at(index)
        report, checks = self.reports.get(name), self.unrepairable(name)
        checks |= {"pin"} if report and not report.withdrawn and report.pinned == pins else set()
        if self.try_to((commands.pin if pins else commands.unpin)(STORY, name), refused_by=checks) and report:
            report.pinned = pins

    def close(self) -> None:
        if self.try_to(commands.close_story(STORY), refused_by={"close"} if self.closed else set()):
            self.closed = True

    def reopen(self) -> None:
        if self.try_to(commands.reopen_story(STORY), refused_by=set() if self.closed else {"reopen"}):
            self.closed = False

    def redact(self, index: int) -> None:
        name = self.name_at(index)
        report = self.reports.get(name)
        checks = {"development"} if report is None else {"redacted"} if report.redacted else set()
        if self.try_to(commands.redact(STORY, "A court ordered it.", development=name), refused_by=checks) and report:
            report.redact()
            self.redacted_events |= set(report.events)

    def redact_a_report(self, index: int) -> None:
        report = self.reports.get(self.name_at(index))
        if report is None:
            return
        event = report.events[0]
        checks = {"redacted"} if event in self.redacted_events else set()
        if self.try_to(commands.redact(STORY, "A court ordered it.", event=event), refused_by=checks):
            report.redact()
            self.redacted_events.add(event)

    def append_again(self) -> None:
        """Append the last event again, with a wrong version: nothing changes (events/README.md#idempotence)."""
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
        if max(self.newest, self.passed or self.newest) - self.clock.now > AHEAD_MAX:
            with pytest.raises(RefusedError):
                self.ledger.advance_publication_time()
            return
        self.passed = max(self.clock.now, self.newest, self.passed or self.clock.now)  # newer by milliseconds at most
        assert self.ledger.advance_publication_time() == self.passed

    # What must be true.

    @invariant()
    def state_is_that_of_the_model(self) -> None:
        if self.version == 0:
            return
        state = self.ledger.story(STORY)
        assert state.version == self.version
        assert state.status == ("closed" if self.closed else "open")
        developments = {item.id: (item.status, item.pinned, item.substitute) for item in state.developments}
        assert developments == {
            name: (report.status, report.pinned, report.substitute) for name, report in self.reports.items()
        }
        in_order = sorted(self.reports, key=lambda name: (self.reports[name].reported_at, self.reports[name].position))
        assert [item.id for item in state.developments] == in_order
        for key in KEYS:
            value, by, disputed, doubting = brute_force(self.reports, key)
            fact = state.fact(key)
            current = fact.current if fact else None
            assert (current.value if current else None) == value, key
            assert (current.development if current else None) == by, key
            # A corroboration ends the denials and doubts of its origin too: test_facts.py has that.
            confirmed = any(report.confirms and report.status == "usable" for report in self.reports.values())
            # A denial without a value that named what was erased names what is left: test_unnamed_denials.py has that.
            confirmed |= any(report.redacted for report in self.reports.values())
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
        for name, report in self.reports.items():
            embargoed = report.embargoed_until is not None and report.embargoed_until > now
            assert (name in shown) == (report.status == "usable" and not embargoed), name

    # The model.

    @property
    def now(self) -> datetime:
        after_passed = self.newest if self.passed is None else self.passed + TICK
        return max(self.clock.now, self.newest, after_passed)

    def try_to(self, event: AnyEvent, *, refused_by: set[str]) -> Recorded | None:
        """Append `event`, which the checks `refused_by` must refuse, and no others."""
        now, until = self.now, event.embargoed_until
        if until is not None and until > self.clock.now and (now - self.clock.now > AHEAD_MAX or until <= now):
            refused_by = refused_by | {"clock"}
        if refused_by:
            with pytest.raises(RefusedError) as refused:
                self.ledger.append(event)
            assert {problem.check for problem in refused.value.problems} == refused_by
            return None
        [appended] = self.ledger.append(event)
        recorded = appended.recorded
        assert appended.new
        assert recorded.recorded_at == now
        assert recorded.version == recorded.position == self.version + 1
        self.version, self.newest = self.version + 1, now
        if isinstance(recorded.event, DevelopmentReported | DevelopmentCorrected):
            self.last = recorded
        elif event.type == "event_redacted":
            self.last = None  # it may have been erased
        return recorded

    def name_at(self, index: int) -> str:
        return name_at(index, list(self.reports))

    def unrepairable(self, name: str) -> set[str]:
        report = self.reports.get(name)
        if report is None:
            return {"development"}
        return {"redacted"} if report.redacted else {"retracted"} if report.retracted else set()

    def parts_refused(
        self, claims: list[dict[str, Any]], reported_at: datetime, dispute: tuple[str, str] | None, target: str | None
    ) -> set[str]:
        """Return the checks that refuse these parts of a report: `target` is the development that it corroborates."""
        latest = (reported_at.astimezone(UTC) + timedelta(hours=14)).date()
        checks = {"as_of"} if any("as_of" in claim and claim["as_of"] > latest for claim in claims) else set()
        checks |= {"disputes"} if dispute and dispute[0] not in self.reports else set()
        return checks | ({"corroborates"} if target and target not in self.reports else set())

    def promises_refused(self, expects: tuple[str | None, bool] | None, resolved: str | None) -> set[str]:
        """Return the checks that refuse what a report expects (a name, and whether with words) and what it resolves."""
        name, worded = expects or (None, True)
        checks = {"expects"} if not worded and name not in self.promises else set()
        return checks | ({"resolves"} if resolved and resolved not in self.promises | {name} else set())


def _facts(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"key": claim["key"], "stance": claim["stance"], "said_by": [{"role": "speaker", "org": claim["org"]}]}
        | ({"value": claim["value"]} if claim["stance"] == "asserts" else {})
        | ({"as_of": claim["as_of"].isoformat()} if "as_of" in claim else {})
        for claim in claims
    ]


def _expectation(name: str | None, worded: bool) -> dict[str, Any]:  # noqa: FBT001 - drawn as a pair
    return ({"id": name} if name else {}) | ({"what": "Something"} if worded else {"due": "2026-03-09"})


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=200 if LONG else 25, stateful_step_count=50, deadline=None)


class TestDeskInPostgres(Desk.TestCase):  # type: ignore[misc, valid-type]  # hypothesis makes the class
    settings = settings(max_examples=200 if LONG else 4, stateful_step_count=50, deadline=None)

    @pytest.fixture(autouse=True)
    def ledgers_there(self, postgres_server: Server) -> Iterator[None]:
        with ledgers_in(postgres_server.url):
            yield
