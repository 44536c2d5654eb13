"""The items of the public sequence: an event that has become public, or a notice that time alone makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, cast

from events.changes import Change
from events.fold.expectations import ExpectationStatus, Expected
from events.fold.facts import Fact
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentEvent, Erased, Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What every public item has.

    `number`                its number in the story's public sequence, from 1
    `at`                    when it became public
    `resets`                how often the clock had been reset by then
    `sort_at`               its order among the items of all stories: not after a later reset of the clock
    `backfill`              True if it is about a report of an `archive`, news to nobody: events/README.md#archives
    `shown_at`              the date that readers see: `at`, or of an archive its own
    `changes`               what it changed of facts and expectations at that instant
    `facts`                 the facts that it speaks of, as they were then
    `expectations`          the expectations that it speaks of, as they were then
    `turned_keys`           the keys that it is the first to speak of, or that nobody speaks of after it
    `touched_facts`         every fact that it may have changed, as it is afterwards; None if nobody speaks of it
    `touched_expectations`  the same for expectations, each with its status
    """

    number: int
    at: datetime
    resets: int
    sort_at: datetime
    backfill: bool = False
    shown_at: datetime
    changes: tuple[Change, ...] = ()
    facts: tuple[Fact, ...] = ()
    expectations: tuple[Expected, ...] = ()
    turned_keys: tuple[str, ...] = ()
    touched_facts: Mapping[str, Fact | None] = field(default_factory=dict, hash=False)
    touched_expectations: Mapping[str, tuple[Expected, ExpectationStatus] | None] = field(
        default_factory=dict, hash=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _EventItem(_Item):
    """A public event. A report includes the corrections that were made before it became public."""

    recorded: Recorded

    @property
    def event(self) -> AnyEvent | Erased:
        """The event itself."""
        return self.recorded.event

    @property
    def key(self) -> str:
        """The permanent name of the item within its story: the event's id."""
        return self.recorded.id

    @property
    def kind(self) -> str:
        """The type of the event, as it was before any erasure."""
        return self.event.was if isinstance(self.event, Erased) else self.event.type


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryItem(_EventItem):
    """A public event of the story itself."""

    development: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentItem(_EventItem):
    """A public event about `development`. A redaction of one event is about that event's development."""

    development: str

    @property
    def event(self) -> DevelopmentEvent | Erased:
        """The event itself."""
        return cast("DevelopmentEvent | Erased", self.recorded.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueNotice(_Item):
    """The notice that the window of an expectation ended, at `ends_at`, without an outcome.

    `expectations` holds that one alone, as it was then. Once erased, its text is REMOVED, and it has no due date.
    """

    ends_at: datetime

    @property
    def expectation(self) -> Expected:
        """The expectation that is overdue."""
        return self.expectations[0]

    @property
    def development(self) -> str:
        """The development that opened the expectation."""
        return self.expectation.development

    @property
    def event(self) -> None:
        """None: time alone makes a notice."""
        return

    @property
    def key(self) -> str:
        """The permanent name of the notice within its story. No event id contains "/", so none equals it."""
        return f"overdue/{self.expectation.id}/{format_instant(self.ends_at)}"

    @property
    def kind(self) -> Literal["overdue"]:
        """The kind of every notice."""
        return "overdue"


PublicItem: TypeAlias = StoryItem | DevelopmentItem | OverdueNotice
"""One item of the public sequence: a numbered event or notice, and what it changed when it became public."""
