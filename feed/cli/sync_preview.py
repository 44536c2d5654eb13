"""What sync prints of its events: of a dry run each one, and how many there are of what; later, what is announced."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final

from events.model.edtf import When, due_ends_at
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported
from events.model.parts import Claim, Expectation
from events.wording.catalogue import day_words
from events.wording.values import due_words, speaker_words, value_words, when_words
from feed.cli.terminal.output import DOT, echo, quantity

NEWS_SHOWN: Final = 10


@dataclass(slots=True)
class Preview:
    """Prints the events of a dry run, one after the other, and counts them.

    promises: when each promise is due, by its story and id; outcomes: what became of those that are settled
    """

    now: datetime
    zone: tzinfo | None
    archived: int = 0
    announced: int = 0
    promises: dict[tuple[str, str], When | None] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], str] = field(default_factory=dict)

    def show(self, event: AnyEvent, archives: bool) -> None:  # noqa: FBT001 - as sync calls it
        """Print an event: what it is, and below it whether it is announced, and what it states."""
        development = getattr(event, "development", "")
        subject = f"{event.story}: {development}" if development else event.story
        headline = getattr(event, "headline", None)
        echo(f"{subject}: {event.type.replace('_', ' ')}{f': {headline}' if headline else ''}")
        echo(f"  {DOT.join(('archive' if archives else 'announced', *self._stated(event)))}")
        self.archived += archives
        self.announced += not archives
        if isinstance(event, DevelopmentReported):
            self.promises |= {(event.story, item.id or ""): item.due for item in event.expects}
            self.outcomes |= {(event.story, item.expectation or ""): item.outcome for item in event.resolves}

    def lines(self) -> Iterator[str]:
        """Yield how many events are announced, and what becomes of how many promises."""
        if self.archived:
            yield f"Archive: {quantity(self.archived, 'event')}, for the page and its history. No feed announces them."
        if self.announced:
            yield f"Announced by the next publication: {quantity(self.announced, 'event')}."
        promises = {*self.promises, *self.outcomes}
        if promises:
            counts = Counter(self.outcomes.get(promise, "open").replace("_", " ") for promise in promises)
            words = [f"{counts[outcome]:,} {outcome}" for outcome in _OUTCOMES if counts[outcome]]
            overdue = sum(self._is_overdue(promise) for promise in promises)
            late = f"; {overdue:,} overdue" if overdue else ""
            yield f"{quantity(len(promises), 'promise')}: {', '.join(words)}{late}."

    def _is_overdue(self, promise: tuple[str, str]) -> bool:
        due = self.promises.get(promise)
        is_awaited = self.outcomes.get(promise) in {None, "partly_met"}
        ends_at = due_ends_at(due) if due is not None and is_awaited else None
        return ends_at is not None and ends_at <= self.now

    def _stated(self, event: AnyEvent) -> Iterator[str]:
        match event:
            case DevelopmentReported() as report:
                if report.published_at is not None:
                    yield f"of {day_words(report.published_at.astimezone(self.zone or UTC).date())}"
                if report.happened is not None:
                    yield f"happened {when_words(report.happened)}"
                yield from (f"{_short_key(claim.key, report)}={_value(claim)}" for claim in report.facts)
                yield from (_expected(item, report.headline) for item in report.expects)
                yield from (item.outcome.replace("_", " ") for item in report.resolves)
                yield from (f"says {speaker_words(speaker)}" for speaker in report.said_by)
                yield from (source.name for source in report.sources)
            case DevelopmentCorrected(note=note) if note:
                yield note
            case _:
                pass


@dataclass(slots=True)
class News:
    """Collects what a run records that is announced, in a line each; `count` is how many there are."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def show(self, event: AnyEvent, archives: bool) -> None:  # noqa: FBT001 - as sync calls it
        """Take in an event that was recorded."""
        match event:
            case DevelopmentReported(headline=words):
                pass
            case DevelopmentCorrected(note=words, development=development):
                words = f"{development} corrected: {words}" if words else f"{development} corrected"
            case _:
                return
        self.count += not archives
        if not archives and len(self.first) < NEWS_SHOWN:
            self.first.append(words)

    def lines(self) -> Iterator[str]:
        """Yield a line for each of the first ones, and how many there are more."""
        yield from (f"  {line}" for line in self.first)
        if self.count > NEWS_SHOWN:
            yield f"  … and {self.count - NEWS_SHOWN:,} more"


_OUTCOMES = ("met", "partly met", "missed", "cancelled", "open")


def _expected(item: Expectation, headline: str) -> str:
    """Return what is promised, by whom and for when: `expects ferries run again, by Blue Line, due 1 May 2026`."""
    what = "this" if item.what == headline else item.what or item.id
    return ", ".join(filter(None, (f"expects {what}", f"by {item.by}" if item.by else "", due_words(item.due))))


def _short_key(key: str, report: DevelopmentReported) -> str:
    """Return the key of a fact without the name of its row, which stands before it."""
    row, _, rest = key.partition(".")
    return rest if rest and (report.development or "").startswith(row) else key


def _value(claim: Claim) -> str:
    return value_words(claim.value, claim.unit, claim.of)
