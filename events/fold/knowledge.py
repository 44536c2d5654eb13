"""What usable reports contribute to facts and expectations, all together: the half of the fold that knows no events.

`StoryFold` stores developments in `records`, and calls `refresh` for each that changes.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from events.fold.attribution import OriginMap
from events.fold.contributions import Address, AttributedReport, aims
from events.fold.development import DevelopmentFold, development_standing, target_of
from events.fold.expectations import Expected, Statement, fold_expectation
from events.fold.facts import Fact, FactFold, FoldSettings, KnownFact, Standing, Support
from events.fold.forking import fork
from events.fold.state_parts import Aim, AimTarget
from events.model.events import DevelopmentReported
from events.model.parts import Dispute
from events.model.settings import FactSettings


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
        self._expected: dict[str, Expected | None] = {}
        self._aims: dict[str, frozenset[str]] = {}
        self._aimed_at_by: dict[str, frozenset[str]] = {}
        self._corroborates: dict[str, frozenset[str]] = {}
        self._touched: Touched | None = None

    def fork(self, records: Mapping[str, DevelopmentFold]) -> "Knowledge":
        """Return what continues from here with `records`, and leaves this as it is."""
        twin = fork(self)
        twin._records, twin._shared_facts = records, set(self._facts)  # noqa: SLF001 - an object of this class
        return twin

    @contextmanager
    def watch(self) -> Iterator[Touched]:
        """Collect what is touched within. Unwatched folding does not pay for it."""
        self._touched = touched = Touched()
        try:
            yield touched
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
            self._expected[expectation] = fold_expectation(expectation, statements) if statements else None
        return self._expected[expectation]

    def expectations(self) -> tuple[Expected, ...]:
        """Return every expectation that a usable report states, by id."""
        expectations = (self.expected(name) for name in sorted(self._statements))
        return tuple(expected for expected in expectations if expected is not None)

    def standing(self, record: DevelopmentFold) -> Standing:
        """Return the standing of a development."""
        report = self._attribute(record)
        if report is None:
            return "reported"
        facts = (self.fact(key) for key in sorted(self.contributions[record.id].keys))
        return development_standing(report, [fact for fact in facts if fact is not None])

    def targets(self, record: DevelopmentFold) -> dict[Aim, AimTarget]:
        """Return what each aim of a development is about, if it counts and the other development is usable."""
        return {
            aim: target_of(address, now)
            for aim in aims(record.usable)
            if (now := self.usable(aim.development)) is not None and (address := self._address(record, aim)) is not None
        }

    def map_origins(self, origins: Mapping[str, Iterable[str]]) -> None:
        """Use another map of origins, and fold every development again."""
        self._origins = OriginMap(origins)
        for record in self._records.values():
            self._take_out(record)
            self._put_in(record)

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

    def refresh(self, record: DevelopmentFold) -> None:
        """Fold `record` again, which has changed, and what depends on it: what it corroborates, and what aims at it.

        What it disputes contributes the same as before: the dispute is its own contribution.
        """
        before, corroborated = self._aims.get(record.id, frozenset()), self._corroborates.get(record.id, frozenset())
        self._aims[record.id] = targets = frozenset(aim.development for aim in aims(record.report))
        for target in before - targets:
            self._aimed_at_by[target] -= {record.id}
        for target in targets - before:
            self._aimed_at_by[target] = self._aimed_at_by.get(target, frozenset()) | {record.id}
        corroborations = () if record.report is None else record.report.corroborates
        self._corroborates[record.id] = corroborates = frozenset(aim.development for aim in corroborations)
        for name in sorted({record.id, *corroborated, *corroborates, *self._aimed_at_by.get(record.id, ())}):
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
            self._statements[name] = tuple(item for item in self._statements[name] if item.development != record.id)
            self._expected.pop(name, None)

    def _put_in(self, record: DevelopmentFold) -> None:
        """Add what `record` contributes, if it is usable."""
        report = self._attribute(record)
        if report is None:
            return
        claims = list(report.claims())
        for dispute in report.report.disputes:
            if (address := self._address(record, dispute)) is not None:
                outlived = self.usable(dispute.development) is None
                claims += report.disputing_claims(dispute, address.then, outlived=outlived)
        supports: list[tuple[str, Support]] = []
        for corroboration in report.report.corroborates:
            if (address := self._address(record, corroboration)) is not None:
                supports += report.supports(corroboration, address.then)
        statements = list(report.statements())
        keys = {key for key, _ in claims} | {key for key, _ in supports}
        expectations = {name for name, _ in statements}
        self._touch(keys, expectations)
        self.contributions[record.id] = Contributions(keys, expectations)
        for key, claim in claims:
            self._changeable(key).add(claim)
        for key, support in supports:
            self._changeable(key).support(support)
        for name, statement in statements:
            self._statements[name] = (*self._statements.get(name, ()), statement)
            self._expected.pop(name, None)

    def _touch(self, keys: Iterable[str], expectations: Iterable[str]) -> None:
        """Collect what these are before they change, if the fold is watched."""
        if self._touched is not None:
            facts, expected = self._touched.facts, self._touched.expectations
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
        if record.usable is None:
            return None
        return AttributedReport(
            report=record.usable,
            development=record.id,
            reported_at=record.reported_at,
            position=record.recorded.position,
            rules=record.recorded.rules,
            origins=self._origins,
            addressed_by=tuple(self._addresses(record)),
        )

    def _addresses(self, record: DevelopmentFold) -> Iterator[Address]:
        """Yield what usable reports aim at `record`."""
        for name in sorted(self._aimed_at_by.get(record.id, ())):
            for aim in aims(self.usable(name)):
                if aim.development == record.id and (address := self._address(self._records[name], aim)) is not None:
                    yield address

    def _address(self, by: DevelopmentFold, aim: Aim) -> Address | None:
        """Return what `by`, which is usable, aims at another report, None unless the aim counts.

        A denial outlives its report (events/README.md#a-denial-outlives-its-report).
        """
        target, report = self._records.get(aim.development), by.usable
        if target is None or report is None:
            return None
        outlives = isinstance(aim, Dispute) and aim.kind == "denies"
        then = target.when_aimed_at(by, aim)
        return None if then is None or not (outlives or target.usable) else Address(report, aim, then)
