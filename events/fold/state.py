"""The state of a story: what is known now, as a frozen value."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from events.fold.expectations import ExpectationStatus, Expected, Running
from events.fold.facts import Fact
from events.fold.freshness import FactCheck
from events.fold.known_fact import KnownFact
from events.fold.long_lists import listed, unlisted
from events.fold.state_json import (
    HistoryJson,
    check_json,
    correction_json,
    development_json,
    dispute_json,
    expected_json,
    fact_json,
    filled,
    history_json,
    settings_json,
    sources_json,
)
from events.fold.state_parts import AttributedDispute, Correction, Development
from events.fold.urgency import urgency_key
from events.model.edtf import format_instant, microseconds
from events.model.settings import NO_SETTINGS, FactSettings


class Story(NamedTuple):
    """A running story, folded. `version` is that of the newest event in it; statuses are as of `now`.

    `settings` are those that the desk made of facts, by key, also of keys that nobody has spoken of yet.
    `checks` has the newest check of each fact.
    """

    story: str
    version: int
    headline: str
    summary: str | None
    status: Literal["open", "closed"]
    language: str | None
    subjects: tuple[str, ...]
    settings: Mapping[str, FactSettings]
    checks: Mapping[str, FactCheck]
    opened_at: datetime
    updated_at: datetime
    now: datetime
    running: Running
    facts: Mapping[str, KnownFact]
    expectations: tuple[Expected, ...]
    disputes: tuple[AttributedDispute, ...]
    corrections: tuple[Correction, ...]
    developments: tuple[Development, ...]

    def fact(self, key: str) -> Fact | None:
        """Return what is known of `key`, or None if nobody has said anything of it."""
        item = self.facts.get(key)
        return item.fact if item else None

    def expectation(self, expectation: str) -> Expected | None:
        """Return one expectation by its id."""
        return next((item for item in self.expectations if item.id == expectation), None)

    def development(self, development: str) -> Development | None:
        """Return one development by its id."""
        return next((item for item in self.developments if item.id == development), None)

    def status_of(self, expected: Expected) -> ExpectationStatus:
        """Return the status of one of the story's expectations at `now`."""
        return expected.status(self.now, self.running)

    @property
    def overdue(self) -> tuple[Expected, ...]:
        """The expectations that are past their window and not settled, the longest overdue first."""
        return tuple(item for item in self.by_urgency if self.status_of(item) == "overdue")

    @property
    def listed_disputes(self) -> tuple[AttributedDispute, ...]:
        """The disputes as outputs list them: of each report as many as of a long list (events/README.md#long-lists)."""
        names = {id(dispute) for disputes in self._disputes_of.values() for dispute in listed(disputes)}
        return tuple(dispute for dispute in self.disputes if id(dispute) in names)

    @property
    def unlisted_disputes(self) -> dict[str, int]:
        """How many more disputes there are than are listed, by the id of the report that they are about."""
        counts = {development: unlisted(disputes) for development, disputes in self._disputes_of.items()}
        return {development: count for development, count in counts.items() if count}

    @property
    def _disputes_of(self) -> dict[str, list[AttributedDispute]]:
        disputes: dict[str, list[AttributedDispute]] = {}
        for dispute in self.disputes:
            disputes.setdefault(dispute.development, []).append(dispute)
        return disputes

    @property
    def by_urgency(self) -> tuple[Expected, ...]:
        """The expectations, the most urgent first, what is settled last."""
        return tuple(sorted(self.expectations, key=self._urgency))

    def _urgency(self, expected: Expected) -> tuple[Any, ...]:
        ends_us = None if expected.ends_at is None else microseconds(expected.ends_at)
        return urgency_key(self.status_of(expected), ends_us, expected.id)

    def _fact_json(self, key: str, item: KnownFact, history: HistoryJson) -> dict[str, Any]:
        settings, check = self.settings.get(key, NO_SETTINGS), self.checks.get(key)
        settled = None if settings.settled is None else self.development(settings.settled)
        checked = {} if check is None else check_json(check, item)
        return fact_json(item, history) | checked | settings_json(settings, settled)

    def as_json(
        self, developments: Iterable[Development] | None = None, *, history: HistoryJson = history_json
    ) -> dict[str, Any]:
        """Return the state as JSON (events/README.md#the-state-as-json), of all or only some of its developments.

        `history` returns the histories of facts, most of which may have been made before.
        """
        return filled(
            {
                "story": self.story,
                "headline": self.headline,
                "summary": self.summary,
                "status": self.status,
                "language": self.language,
                "subjects": list(self.subjects),
                "opened_at": format_instant(self.opened_at),
                "updated_at": format_instant(self.updated_at),
                "facts": {key: self._fact_json(key, item, history) for key, item in self.facts.items()},
                "expectations": [expected_json(item, self.status_of(item)) for item in self.expectations],
                "disputes": list(map(dispute_json, self.listed_disputes)),
                "unlisted_disputes": self.unlisted_disputes,
                "corrections": list(map(correction_json, self.corrections)),
                "developments": list(
                    map(development_json, self.developments if developments is None else developments)
                ),
                "sources": sources_json(self.developments),
            }
        )
