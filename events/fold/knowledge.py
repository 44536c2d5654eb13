"""What usable reports contribute to facts and expectations, all together: the half of the fold that knows no events.

`StoryFold` stores developments in `records`, and calls `refresh` for each that changes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import NamedTuple

from events.fold.aim_index import NO_NAMES, AimIndex
from events.fold.attribution import OriginMap
from events.fold.claims import AttributedClaim, FoldSettings, Order, Support
from events.fold.contributions import Address, AttributedReport, Doubt, aims, same_aim, unnamed_doubts
from events.fold.development import DevelopmentFold, contradictory_claims
from events.fold.expectations import ExpectationFold, Expected, Statement, fold_expectation
from events.fold.facts import Fact, FactFold
from events.fold.forking import fork
from events.fold.known_fact import KnownFact
from events.fold.state_parts import Aim
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Dispute
from events.model.settings import FactSettings
from events.model.text import folded


@dataclass(slots=True)
class Touched:
    """The facts and expectations that events touched, each as it was before; None if it was unknown."""

    facts: dict[str, Fact | None] = field(default_factory=dict)
    expectations: dict[str, Expected | None] = field(default_factory=dict)


class Contributions(NamedTuple):
    """The keys and expectations that a development contributes to."""

    keys: AbstractSet[str]
    expectations: AbstractSet[str]


NO_SETTINGS = FoldSettings()
NOTHING = Contributions(frozenset(), frozenset())


class Knowledge:
    """The facts and expectations of a story. `contributions` says which of them each usable development adds to."""

    def __init__(self, records: Mapping[str, DevelopmentFold]) -> None:
        self.contributions: dict[str, Contributions] = {}
        self._records = records
        self._origins = OriginMap({})
        self._settings: dict[str, FoldSettings] = {}
        self._facts: dict[str, FactFold] = {}
        self._shared_facts: set[str] = set()  # those that this fork copies before it changes them
        self._statements: dict[str, tuple[Statement, ...]] = {}
        self._folded: dict[str, ExpectationFold] = {}
        self._expected: dict[str, Expected | None] = {}
        self._unsettled: set[str] = set()  # those that are not known to be settled
        self._aims = AimIndex()
        self._named: dict[str, dict[Claim, frozenset[str]]] = {}
        self._latest_report = datetime.min.replace(tzinfo=UTC)  # when the latest report was reported
        self._doubts_of: dict[str, tuple[tuple[Order, str], ...]] = {}  # those without a value, by key, in order
        self._latest_doubt = self._latest_report  # when the latest of those was reported, even if it has changed since
        self._changed: set[str] = set()  # the developments that an event changed after their report
        self._newest = 0  # the position of the newest event that changed a development
        self._said_by: dict[str, set[str]] = {}  # developments by a speaker's folded name, once a map was changed
        self._touched: Touched | None = None
        self._watches_facts = True

    def fork(self, records: Mapping[str, DevelopmentFold]) -> "Knowledge":
        """Return what continues from here with `records`, and leaves this as it is."""
        shared, index = set(self._facts), self._aims.fork()
        return fork(self, _records=records, _shared_facts=shared, _aims=index, _said_by={})  # made when it is needed

    @contextmanager
    def watch(self, *, facts: bool = True) -> Iterator[Touched]:
        """Collect what is touched within, `facts` only if they are asked for. Unwatched folding does not pay for it."""
        self._touched, self._watches_facts = Touched(), facts
        try:
            yield self._touched
        finally:
            self._touched = None

    def facts(self) -> dict[str, KnownFact]:
        """Return what is known of every key, with its history, keys sorted."""
        return {
            key: KnownFact(fact=fact, history=self._facts[key].history())
            for key in sorted(self._facts)
            if (fact := self._facts[key].fact()) is not None
        }

    def fact(self, key: str) -> Fact | None:
        """Return what is known of `key`."""
        fold = self._facts.get(key)
        return None if fold is None else fold.fact()

    def expected(self, expectation: str) -> Expected | None:
        """Return one expectation, None if no usable report says what is expected."""
        if expectation not in self._expected:
            statements = self._statements.get(expectation)
            if statements:
                before = self._folded.get(expectation)
                self._folded[expectation] = fold_expectation(expectation, statements, before)
            expected = self._expected[expectation] = self._folded[expectation].stated if statements else None
            if expected is None or expected.settled:
                self._unsettled.discard(expectation)
        return self._expected[expectation]

    def expectations(self) -> tuple[Expected, ...]:
        """Return every expectation that a usable report states, by id."""
        return tuple(expected for name in sorted(self._statements) if (expected := self.expected(name)) is not None)

    def awaited(self) -> tuple[Expected, ...]:
        """Return those that are not settled. It costs what is not settled, and what has changed since it was asked."""
        expectations = [self.expected(name) for name in sorted(self._unsettled)]
        return tuple([expected for expected in expectations if expected is not None and not expected.settled])

    def contradictory(self) -> frozenset[str]:
        """Return the developments with a claim on either side of a contradiction."""
        facts = [fact for key in self._facts if (fact := self.fact(key)) is not None]
        return frozenset([claim.development for fact in facts for claim in contradictory_claims(fact)])

    def is_aimed_at(self, development: str) -> bool:
        """Return True if a report corroborates or disputes a development."""
        return bool(self._aims.at(development))

    def map_origins(self, origins: Mapping[str, Iterable[str]]) -> None:
        """Use another map of origins, and fold again what those say who have another origin by it."""
        before, self._origins = self._origins, OriginMap(origins)
        self._touch(self._facts, self._statements)
        if self._records and not self._said_by:
            for record in self._records.values():
                self._index_speakers(record)
        affected = NO_NAMES.union(*(self._said_by.get(name, NO_NAMES) for name in self._origins.differing(before)))
        for record in [record for record in self._records.values() if record.id in affected]:
            self._take_out(record)
            self._put_in(record)

    def _index_speakers(self, record: DevelopmentFold) -> None:
        """Note the names by which a map finds the origins of `record`. Those that a correction removes do no harm."""
        report = record.report
        speakers = () if report is None else (*report.said_by, *(by for claim in report.facts for by in claim.said_by))
        for name in {name for speaker in speakers for name in (speaker.org, speaker.name) if name is not None}:
            self._said_by.setdefault(folded(name), set()).add(record.id)

    def configure(self, facts: Mapping[str, FactSettings], position: int) -> None:
        """Fold by the settings that the event at `position` changed: the keys and settings that it names, no others."""
        for key, change in facts.items():
            settings = before = self._settings.get(key, NO_SETTINGS)
            if "evolving" in change.model_fields_set:
                settings = settings._replace(evolving=change.evolving)
            if "settled" in change.model_fields_set:
                settings = settings._replace(settled=change.settled, settled_at=position)
            if settings == before:
                continue
            self._settings[key] = settings
            if key in self._facts:
                self._touch([key], ())
                self._changeable(key).configure(settings)

    def refresh(self, record: DevelopmentFold, position: int) -> None:
        """Fold `record` again, which the event at `position` changed, and what depends on it.

        That is what it confirms, what aims at it, and what names its claims if it becomes known late.
        What it disputes contributes the same as before: the dispute is its own contribution.
        """
        comes_late, self._newest = position < self._newest, max(position, self._newest)
        self._latest_report = max(self._latest_report, record.reported_at)
        if position != record.recorded.position or len(record.versions) > 1:  # in public, a merged report has several
            self._changed.add(record.id)
        if self._said_by:
            self._index_speakers(record)
        self._refresh(record)
        for name in self._affected_doubts(record, comes_late=comes_late) if self._named else ():
            self._refresh(self._records[name], aims_again=True)

    def _affected_doubts(self, record: DevelopmentFold, *, comes_late: bool) -> list[str]:
        """Return the developments whose denials or doubts without a value may name `record`, as they did not before."""
        if record.report is None or record.redacted:
            return [name for name in self._named if name != record.id]
        # A doubt names nothing that was reported after it, and a new report without aims changes nothing else.
        is_plain = not comes_late and record.id not in self._changed and not aims(record.report)
        if is_plain and record.reported_at > self._latest_doubt:
            return []
        keys = {
            *self.contributions.get(record.id, NOTHING).keys,
            *(key for version in record.versions for key in version.report.keys),
        }
        keys &= self._doubts_of.keys()
        if not keys:
            return []
        earliest = None if comes_late else self.attributed(record, record.report).earliest
        later = {name for key in keys for name in self._doubting_after(key, earliest)} - {record.id}
        doubts = sorted((self._records[name] for name in later), key=lambda doubt: doubt.recorded.position)
        if not comes_late:
            doubts = [doubt for doubt in doubts if record.recorded.position > doubt.recorded.position]
        if is_plain:
            doubts = [doubt for doubt in doubts if record.reported_at <= doubt.reported_at]
        return [doubt.id for doubt in doubts]

    def _doubting_after(self, key: str, order: Order | None) -> Iterator[str]:
        """Yield the developments with a doubt about `key` without a value, in an order after `order`."""
        doubts = self._doubts_of[key]
        first = 0 if order is None else bisect_right(doubts, order, key=itemgetter(0))
        yield from (name for _, name in doubts[first:])

    def _refresh(self, record: DevelopmentFold, *, aims_again: bool = False) -> None:
        self._take_out(record)
        self._name(record, aims_again=aims_again)
        named = NO_NAMES.union(*self._named[record.id].values()) if record.id in self._named else NO_NAMES
        before, now = self._aims.update(record.id, record.report, named)
        # What it corroborates contributes the same claims, but they have other support.
        for target in before.corroborated | now.corroborated:
            self._touch(*self.contributions.get(target, NOTHING))
        affected = before.confirmed | now.confirmed | self._aims.at(record.id)
        for name in sorted({record.id, *affected}) if affected else (record.id,):
            if name in self._records:
                self._take_out(self._records[name])
                self._put_in(self._records[name])

    def usable(self, development: str) -> DevelopmentReported | None:
        """Return the report of a development, None unless it is usable."""
        record = self._records.get(development)
        return None if record is None else record.usable

    def _take_out(self, record: DevelopmentFold) -> None:
        """Remove what `record` contributes."""
        if record.id not in self.contributions:
            return
        keys, expectations = self.contributions.pop(record.id)
        self._touch(keys, expectations)
        for key in keys:
            self._changeable(key).remove(record.id)
            if self._facts[key].empty:
                del self._facts[key]
        for name in expectations:
            left = tuple(item for item in self._statements.pop(name) if item.development != record.id)
            self._statements |= {name: left} if left else {}
            self._folded.pop(name, None)
            self._expected.pop(name, None)
            self._unsettled.add(name)

    def _put_in(self, record: DevelopmentFold) -> None:
        """Add what `record` contributes, if it is usable."""
        report = self._attribute(record)
        if report is None:
            return
        claims = list(self._claims(record, report))
        supports: list[tuple[str, Support]] = []
        for corroboration in report.report.corroborates:
            if (address := self.address(record, corroboration)) is not None:
                supports += report.supports(corroboration, address.then)
        statements = list(report.statements())
        keys = {key for key, _ in (*claims, *supports)}
        expectations = {name for name, _ in statements} if statements else NO_NAMES
        self._touch(keys, expectations)
        self.contributions[record.id] = Contributions(keys, expectations)
        for key, claim in claims:
            self._changeable(key).add(claim)
        for key, support in supports:
            self._changeable(key).support(support)
        for name, statement in statements:
            self._statements[name] = (*self._statements.get(name, ()), statement)
            self._expected.pop(name, None)
            self._unsettled.add(name)

    def _touch(self, keys: Iterable[str], expectations: Iterable[str]) -> None:
        """Collect what these are before they change, if the fold is watched."""
        if self._touched is not None:
            facts, expected = self._touched.facts, self._touched.expectations
            if self._watches_facts:
                facts |= {key: self.fact(key) for key in keys if key not in facts}
            expected |= {name: self.expected(name) for name in expectations if name not in expected}

    def _changeable(self, key: str) -> FactFold:
        """Return the fold of `key`, to be changed: a fork copies it first."""
        if key in self._shared_facts:
            self._shared_facts.remove(key)
            self._facts[key] = self._facts[key].fork()
        elif key not in self._facts:
            self._facts[key] = FactFold(key, self._settings.get(key, NO_SETTINGS))
        return self._facts[key]

    def _attribute(self, record: DevelopmentFold) -> AttributedReport | None:
        report = record.usable
        return None if report is None else self.attributed(record, report)

    def attributed(self, record: DevelopmentFold, report: DevelopmentReported) -> AttributedReport:
        """Return a `report` of a development with what it needs to say what it contributes."""
        doubts = self._named.get(record.id)
        return AttributedReport(
            report=report,
            development=record.id,
            reported_at=record.reported_at,
            position=record.recorded.position,
            rules=record.recorded.rules,
            origins=self._origins,
            unnamed=frozenset([doubt for doubt, named in doubts.items() if not named]) if doubts else frozenset(),
            addressed_by=tuple(self._addresses(record)) if self._aims.at(record.id) else (),
        )

    def _addresses(self, record: DevelopmentFold) -> Iterator[Address]:
        """Yield what usable reports aim at `record`."""
        for name in sorted(self._aims.at(record.id)):
            for aim in aims(self.usable(name)):
                if aim.development == record.id and (address := self.address(self._records[name], aim)) is not None:
                    yield address

    def address(self, by: DevelopmentFold, aim: Aim) -> Address | None:
        """Return what `by`, which is usable, aims at another report, None unless the aim counts."""
        then = self._target(by, aim, aim.development, denies=isinstance(aim, Dispute) and aim.kind == "denies")
        return None if then is None or by.usable is None else Address(by.usable, aim, then)

    def _target(
        self, by: DevelopmentFold, aim: Aim | Claim, development: str, *, denies: bool
    ) -> DevelopmentReported | None:
        """Return the report that `by` is about with `aim`, as it was then, None unless that counts.

        A denial outlives its report (events/README.md#a-denial-outlives-its-report).
        """
        target = self._records.get(development)
        return None if target is None or not (denies or target.usable) else target.when_aimed_at(by, aim)

    def _claims(self, record: DevelopmentFold, report: AttributedReport) -> Iterator[tuple[str, AttributedClaim]]:
        """Yield all that a report says of facts, with the keys."""
        yield from report.claims()
        if report.report.disputes or record.id in self._named:
            yield from report.doubting_claims(self._doubts(record, report.report))

    def _doubts(self, record: DevelopmentFold, report: DevelopmentReported) -> Iterator[Doubt]:
        """Yield what `record`, which is usable, denies and doubts of others."""
        for dispute in report.disputes:
            then = self._target(record, dispute, dispute.development, denies=dispute.kind == "denies")
            if then is not None and dispute.kind != "disagrees":  # that is about the matter, not about the fact
                outlived = self.usable(dispute.development) is None
                yield Doubt(dispute.kind, dispute.keys, (), None, dispute.development, then, outlived)
        for doubt, developments in self._named.get(record.id, {}).items():
            for name in sorted(developments):
                then = self._target(record, doubt, name, denies=doubt.stance == "denies")
                if then is not None:
                    outlived = self.usable(name) is None
                    yield Doubt(doubt.stance, (doubt.key,), doubt.said_by, doubt.as_of, name, then, outlived)

    def _name(self, record: DevelopmentFold, *, aims_again: bool) -> None:
        """Note the developments that the denials and doubts of `record` without a value name, each when it is new."""
        report, before = record.report, self._named.pop(record.id, {})
        for key in {doubt.key for doubt in before}:
            self._doubts_of[key] = tuple(item for item in self._doubts_of[key] if item[1] != record.id)
        doubts = unnamed_doubts(report) if record.recorded.rules > 1 else ()
        if report is None or not doubts:
            return
        self._latest_doubt = max(self._latest_doubt, record.reported_at)
        attributed, named = self.attributed(record, report), dict[Claim, frozenset[str]]()
        for doubt in doubts:
            order = attributed.order_of(doubt)
            self._doubts_of[doubt.key] = tuple(sorted((*self._doubts_of.get(doubt.key, ()), (order, record.id))))
            names = next((names for other, names in before.items() if same_aim(other, doubt)), None)
            named[doubt] = self._accounts(record, doubt, order) if names is None or aims_again else names
        self._named[record.id] = named

    def _accounts(self, record: DevelopmentFold, doubt: Claim, order: Order) -> frozenset[str]:
        """Return the developments that gave the accounts of a key before the `doubt` of `record`, as these were then.

        `record` itself is not folded yet.
        """
        fold = self._fact_at(doubt.key, record.since(doubt), record)
        return frozenset(claim.development for claim in fold.accounts_before(order))

    def _fact_at(self, key: str, position: int, record: DevelopmentFold) -> FactFold:
        """Return the fold of `key` with what was reported by `record`, as it was before the event at `position`."""
        fold = self._facts.get(key) or FactFold(key, self._settings.get(key, NO_SETTINGS))
        at = record.reported_at
        names = self._changed | (fold.reported_after(at) if at < self._latest_report else set())
        others = [self._records[name] for name in sorted(names - {record.id})]
        thens = [(other, None if other.reported_at > at else other.usable_at(position)) for other in others]
        former = [(other, then) for other, then in thens if then != other.usable]
        if former:
            fold = fold.fork()
        for other, then in former:
            fold.remove(other.id)
            for claimed, claim in () if then is None else self._claims(other, self.attributed(other, then)):
                if claimed == key:
                    fold.add(claim)
        return fold
