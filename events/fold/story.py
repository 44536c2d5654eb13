"""The fold: events in, the state of a story out. Linear, order-independent in facts and expectations, never raising.

`StoryFold` is mutable inside and continues where it stopped: folding a then b equals folding a+b. What it gives
(`state`) is frozen. It knows which keys, expectations and developments an event touched, so that "what changed"
costs what the event touched and not what the story holds.

One fold serves every view: the ledger's own order, what was reported or recorded by some instant, and the public
sequence. They differ only in which events are applied, and in which order.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, assert_never

from events.fold.attribution import OriginMap
from events.fold.contributions import aims, confirmed_keys, dispute_voices, statements, supports, voices
from events.fold.development import DevelopmentFold, corrected, corrections, naming_only, revised, with_removed
from events.fold.expectations import Expected, Running, Statement, fold_expectation
from events.fold.facts import Fact, FactFold, Standing
from events.fold.standing import development_standing
from events.fold.state import Correction, Development, Dispute, KnownFact, Story
from events.model import parts
from events.model.events import (
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Erased,
    EventRedacted,
    Recorded,
    StoryClosed,
    StoryOpened,
    StoryReopened,
    StoryRevised,
)
from events.model.parts import Dispute as DisputePart


@dataclass(slots=True)
class Touched:
    """The facts and expectations that events touched, each as it was before; None if it was unknown."""

    facts: dict[str, Fact | None] = field(default_factory=dict)
    expectations: dict[str, Expected | None] = field(default_factory=dict)


class StoryFold:
    """A story being folded. Apply events with `apply`; look with `state`, `fact`, `expected`.

    `records` holds every development by id; `updated_at` tells when something was reported last; `expectation_ids` has
    every expectation id ever used, `redactable` the development of every report and correction by event id, `redacted`
    those ids that were redacted.
    """

    def __init__(self, story: str) -> None:
        self.story = story
        self.version = 0
        self.header: StoryOpened | None = None
        self.records: dict[str, DevelopmentFold] = {}
        self.corrections: list[Correction] = []
        self._touched: Touched | None = None
        self.expectation_ids: set[str] = set()
        self._worded: set[str] = set()  # those of which somebody has said what is expected
        self._turns: list[tuple[datetime, int, bool]] = []
        self._opened_at: datetime | None = None
        self.updated_at: datetime | None = None
        self._origins = OriginMap({})
        self._keys: dict[str, FactFold] = {}
        self._statements: dict[str, list[Statement]] = {}
        self._expected: dict[str, Expected | None] = {}
        self._aimed_at: dict[str, set[str]] = {}
        self._free = {"d": 1, "e": 1}
        self.redactable: dict[str, str] = {}
        self.redacted: set[str] = set()

    @property
    def running(self) -> Running:
        """When the story was closed and reopened."""
        return Running(tuple((at, closes) for at, _, closes in sorted(self._turns)))

    @property
    def status(self) -> Literal["open", "closed"]:
        """Whether the story takes reports."""
        return "closed" if self.running.closed else "open"

    def apply(self, recorded: Recorded, *, at: datetime | None = None) -> None:
        """Take in an event. `at` is its instant in this view: when it was reported, unless another is given."""
        at = recorded.reported_at if at is None else at
        self.version = max(self.version, recorded.version)
        self.updated_at = at if self.updated_at is None else max(self.updated_at, at)
        event = recorded.event
        if isinstance(event, DevelopmentReported | DevelopmentCorrected | Erased):
            self.redactable[recorded.id] = event.development or ""
        match event:
            case StoryOpened() | StoryRevised() | StoryClosed() | StoryReopened():
                self._apply_to_story(event, recorded, at)
            case DevelopmentReported() | Erased(was="development_reported"):
                self._report(event, recorded)
            case EventRedacted():
                self._redact(event)
            case _:
                self._apply_to_development(event, at)

    @contextmanager
    def watch(self) -> Iterator[Touched]:
        """Collect what the events that are applied within touch. Unwatched folding does not pay for it."""
        self._touched = touched = Touched()
        try:
            yield touched
        finally:
            self._touched = None

    def free_id(self, letter: Literal["d", "e"]) -> str:
        """Return the next free assigned id: of a development ("d"), or of an expectation ("e")."""
        taken: Container[str] = self.records if letter == "d" else self.expectation_ids
        while f"{letter}{self._free[letter]}" in taken:
            self._free[letter] += 1  # ids are never freed, so the search need never start over
        return f"{letter}{self._free[letter]}"

    def facts(self) -> dict[str, Fact]:
        """Return what is known of every key, keys sorted."""
        return {key: fact for key in sorted(self._keys) if (fact := self._keys[key].fact()) is not None}

    def fact(self, key: str) -> Fact | None:
        """Return what is known of `key`."""
        known = self._keys.get(key)
        return None if known is None else known.fact()

    def expected(self, expectation: str) -> Expected | None:
        """Return one expectation, folded."""
        if expectation not in self._expected:
            said = self._statements.get(expectation)
            self._expected[expectation] = fold_expectation(expectation, said) if said else None
        return self._expected[expectation]

    def expectations(self) -> tuple[Expected, ...]:
        """Return every expectation that a usable report states, by id."""
        folded_ones = (self.expected(expectation) for expectation in sorted(self._statements))
        return tuple(expected for expected in folded_ones if expected is not None)

    def state(self, *, now: datetime, public: bool = False) -> Story:
        """Return the state at `now`. `public` leaves out the text of what is withheld, and what only the desk sees.

        Calling it before the story was opened is a mistake of the caller's: the ledger refuses such a view.
        """
        header, opened_at, updated_at = self.header, self._opened_at, self.updated_at
        if header is None or opened_at is None or updated_at is None:
            raise LookupError(self.story)
        facts = self.facts()
        shown = [self._development(record, facts, public=public) for record in self.records.values()]
        hidden = {item.id for item in shown if item.report is None}
        return Story(
            story=self.story,
            version=self.version,
            headline=header.headline,
            summary=header.summary,
            status=self.status,
            language=header.language,
            subjects=header.subjects,
            opened_at=opened_at,
            updated_at=updated_at,
            now=now,
            running=self.running,
            facts={key: KnownFact(fact=fact, history=self._keys[key].history()) for key, fact in facts.items()},
            expectations=self.expectations(),
            disputes=self._disputes(),
            corrections=tuple(
                naming_only(item, self.records, self._worded)
                for item in self.corrections
                if item.development not in hidden
            ),
            developments=tuple(sorted(shown, key=lambda item: self._place(item.id))),
        )

    def _apply_to_story(
        self,
        event: StoryOpened | StoryRevised | StoryClosed | StoryReopened,
        recorded: Recorded,
        at: datetime,
    ) -> None:
        match event:
            case StoryOpened():
                self.header, self._opened_at = event, at
                self._map_origins(event.origins)
            case StoryRevised():
                if self.header is not None:
                    self.header = revised(self.header, event)
                    if event.origins is not None:
                        self._map_origins(event.origins)
            case StoryClosed() | StoryReopened():
                self._turns.append((recorded.reported_at, recorded.position, isinstance(event, StoryClosed)))
            case _:
                assert_never(event)

    def _report(self, event: DevelopmentReported | Erased, recorded: Recorded) -> None:
        development = recorded.development or ""
        report = None if isinstance(event, Erased) else event
        self.records[development] = DevelopmentFold(
            id=development,
            recorded=recorded,
            report=report,
            reported_at=recorded.reported_at,
            embargoed_until=event.embargoed_until,
        )
        self._note_expectations(event.expectations if isinstance(event, Erased) else event.expects)
        self._refresh(development)

    def _redact(self, event: EventRedacted) -> None:
        development = event.development or self.redactable.get(event.event or "")
        record = self.records.get(development or "")
        self.redacted.update(
            name for name, about in self.redactable.items() if name == event.event or about == event.development
        )
        if record is None or (event.event is not None and event.event != record.recorded.id):
            return  # a redacted correction is told by its own place: the fields it set are removed there
        record.redacted, record.reason = True, event.reason
        self._refresh(record.id)

    def _apply_to_development(
        self,
        event: DevelopmentCorrected
        | DevelopmentHeld
        | DevelopmentReleased
        | DevelopmentRetracted
        | DevelopmentPinned
        | DevelopmentUnpinned
        | Erased,
        at: datetime,
    ) -> None:
        record = self.records.get(event.development)
        if record is None:
            return
        match event:
            case DevelopmentCorrected():
                self._correct(record, event, at)
            case Erased():
                if record.report is not None:
                    record.report = with_removed(record.report, event)
                self._note_expectations(event.expectations)
            case DevelopmentHeld():
                record.held, record.held_reason = True, event.reason
            case DevelopmentReleased():
                if record.held:
                    record.held, record.held_reason = False, None
                else:
                    record.embargoed_until = None
            case DevelopmentRetracted():
                record.retracted, record.reason = True, event.reason
                record.substitute = event.substitute or record.substitute
            case DevelopmentPinned() | DevelopmentUnpinned():
                record.pinned = isinstance(event, DevelopmentPinned)
                return
            case _:
                assert_never(event)
        self._refresh(record.id)

    def _correct(self, record: DevelopmentFold, event: DevelopmentCorrected, at: datetime) -> None:
        self._note_expectations(event.set.expects)
        if record.report is None:
            return
        before = record.report
        record.report = corrected(before, event)
        record.reported_at = event.set.reported_at or record.reported_at
        self.corrections.extend(corrections(before, record.report, event, at=at))

    def _note_expectations(self, said: Iterable[parts.Expectation | str]) -> None:
        for item in said:
            name, worded = (item, True) if isinstance(item, str) else (item.id, item.what is not None)
            if name is not None:
                self.expectation_ids.add(name)
                if worded:
                    self._worded.add(name)

    def _map_origins(self, origins: Mapping[str, Iterable[str]]) -> None:
        self._origins = OriginMap(origins)
        for development in self.records:
            self._take_out(self.records[development])
            self._put_in(self.records[development])

    def _refresh(self, development: str) -> None:
        """Fold `development` anew, and whatever depends on it: what it aims at, and what aims at it."""
        record = self.records[development]
        before, record.aims_at = record.aims_at, {aim.development for aim in aims(record.report)}
        for target in before:
            self._aimed_at[target].discard(development)
        for target in record.aims_at:
            self._aimed_at.setdefault(target, set()).add(development)
        for name in sorted({development, *before, *record.aims_at, *self._aimed_at.get(development, ())}):
            if name in self.records:
                self._take_out(self.records[name])
                self._put_in(self.records[name])

    def _touch(self, *, facts: Iterable[str] = (), expectations: Iterable[str] = ()) -> None:
        """Remember, for whoever watches, what these were before they change."""
        if self._touched is None:
            return
        for key in facts:
            if key not in self._touched.facts:
                self._touched.facts[key] = self.fact(key)
        for name in expectations:
            if name not in self._touched.expectations:
                self._touched.expectations[name] = self.expected(name)

    def _take_out(self, record: DevelopmentFold) -> None:
        self._touch(facts=record.keys, expectations=record.expectations)
        for key in record.keys:
            self._keys[key].remove(record.id)
            if self._keys[key].silent:
                del self._keys[key]
        for expectation in record.expectations:
            said = self._statements[expectation]
            self._statements[expectation] = [item for item in said if item.development != record.id]
            self._expected.pop(expectation, None)
        record.keys, record.expectations = set(), set()

    def _put_in(self, record: DevelopmentFold) -> None:
        report = record.usable
        if report is None:
            return
        place = self._place(record.id)
        confirmed = confirmed_keys(report, record.id, self._aiming(record), self._origins)
        for key, voice in voices(report, record.id, place, self._origins, confirmed=confirmed):
            self._key(record, key).add(voice)
        for dispute in report.disputes:
            target = self._disputed(dispute)
            if target is not None:
                for key, voice in dispute_voices(report, record.id, place, self._origins, dispute, target):
                    self._key(record, key).add(voice)
        for corroboration in report.corroborates:
            target = self._usable(corroboration.development)
            if target is not None:
                for key, support in supports(report, record.id, place, self._origins, corroboration, target):
                    self._key(record, key).support(support)
        for expectation, statement in statements(report, record.id, place):
            self._touch(expectations=(expectation,))
            self._statements.setdefault(expectation, []).append(statement)
            self._expected.pop(expectation, None)
            record.expectations.add(expectation)

    def _key(self, record: DevelopmentFold, key: str) -> FactFold:
        self._touch(facts=(key,))
        record.keys.add(key)
        return self._keys.setdefault(key, FactFold(key))

    def _disputed(self, dispute: DisputePart) -> DevelopmentReported | None:
        """Return the report that a dispute is about; for a denial even one that was taken back.

        Who denies a claim goes on denying it when another report repeats it, whatever became of the first (an
        editor's judgement against the letter of 1.5.10). What nobody claims any more, no denial of it is told.
        """
        record = self.records.get(dispute.development)
        if record is None:
            return None
        return record.report if dispute.kind == "denies" else record.usable

    def _usable(self, development: str) -> DevelopmentReported | None:
        record = self.records.get(development)
        return None if record is None else record.usable

    def _aiming(self, record: DevelopmentFold) -> list[DevelopmentReported]:
        """Return the usable reports that corroborate or dispute `record`."""
        names = sorted(self._aimed_at.get(record.id, ()))
        return [report for name in names if (report := self._usable(name)) is not None]

    def _place(self, development: str) -> tuple[datetime, int]:
        record = self.records[development]
        return record.reported_at, record.recorded.position

    def _disputes(self) -> tuple[Dispute, ...]:
        return tuple(
            Dispute(
                development=dispute.development,
                by_development=name,
                by=report.said_by,
                kind=dispute.kind,
                statement=dispute.statement,
            )
            for name in sorted(self.records, key=self._place)
            if (report := self._usable(name)) is not None
            for dispute in report.disputes
            if self._usable(dispute.development) is not None
        )

    def _development(self, record: DevelopmentFold, facts: dict[str, Fact], *, public: bool) -> Development:
        shown = record.usable if public else record.readable
        substitute = record.substitute if record.substitute in self.records else None
        return Development(
            id=record.id,
            status=record.status,
            standing=self._standing(record, facts),
            reported_at=record.reported_at,
            published_at=record.recorded.event.published_at,
            report=shown,
            reason=record.reason if record.withdrawn else record.held_reason,
            substitute=substitute,
            embargoed_until=None if public else record.embargoed_until,
            pinned=record.pinned,
            redacted=record.redacted,
        )

    def _standing(self, record: DevelopmentFold, facts: dict[str, Fact]) -> Standing:
        report = record.usable
        if report is None:
            return "reported"
        known = [fact for key in sorted(record.keys) if (fact := facts.get(key)) is not None]
        return development_standing(report, record.id, self._aiming(record), known, self._origins)


def fold_of(story: str, events: Iterable[Recorded]) -> StoryFold:
    """Return the fold of `events`, in the order given."""
    fold = StoryFold(story)
    for recorded in events:
        fold.apply(recorded)
    return fold
