"""How expectations fold: events/README.md#how-expectations-fold.

Statements are sorted by when they were made, so the order of recording does not matter. The status depends on `now` as
well: a promise falls overdue from time alone.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, Literal, NamedTuple, Self

from events.model.edtf import Bounds, When, due_ends_at, end_of_day
from events.model.parts import Expectation, Outcome

ExpectationStatus = Literal["open", "pending", "overdue", "partly_met", "met", "met_late", "missed", "cancelled"]
ExpectationHow = Literal["opened", "dated", "moved", "reworded", "resolved", "reopened", "overdue", "withdrawn"]
"""How an expectation changed."""
RESOLVED: frozenset[ExpectationStatus] = frozenset({"met", "met_late", "missed", "cancelled"})


class StatementOrder(NamedTuple):
    """When a statement counts, and what settles ties. `at` is not later than its report."""

    at: datetime
    reported_at: datetime
    position: int
    nth: int


class Statement(NamedTuple):
    """What one report says of one expectation: a (re)statement, or an outcome.

    `bounds` are the days on which it happened; `exact` is the instant, if the report states one.
    """

    order: StatementOrder
    bounds: Bounds | None
    exact: datetime | None
    development: str
    says: Expectation | Outcome


class DueChange(NamedTuple):
    """A former due date, the development that gave it, and whether the next one only made it precise."""

    due: When | None
    development: str
    how: Literal["dated", "moved"]


class Expected(NamedTuple):
    """An expectation, folded.

    what, by, due, wanted_by, condition: as last stated
    development: the development that stated it first
    stated_by, by_from, due_from, condition_from: those that gave `what`, `by`, `due` and `condition`
    history: the former due dates, oldest first
    outcome: the last one reported; `met` after the due date, or after a miss, is `met_late`
    resolved_by: the development that reported the outcome
    """

    id: str
    what: str
    development: str
    stated_by: str
    by: str | None = None
    due: When | None = None
    wanted_by: str | None = None
    condition: str | None = None
    due_from: str | None = None
    by_from: str | None = None
    condition_from: str | None = None
    history: tuple[DueChange, ...] = ()
    outcome: Literal["met", "met_late", "partly_met", "missed", "cancelled"] | None = None
    resolved_by: str | None = None

    @property
    def ends_at(self) -> datetime | None:
        """The instant at which its window has passed everywhere, or None if that has no end."""
        return None if self.due is None else due_ends_at(self.due)

    def quotes(self) -> frozenset[str]:
        """Return the developments whose words it is made of."""
        names = (self.development, self.stated_by, self.due_from, self.by_from, self.condition_from)
        return frozenset(name for name in names if name is not None)

    @property
    def settled(self) -> bool:
        """Whether nothing more is awaited: partly met is not settled."""
        return self.outcome in RESOLVED

    def status(self, now: datetime, running: "Running") -> ExpectationStatus:
        """Return the status at `now`, in a story that ran as `running` says."""
        if self.outcome is not None and self.outcome != "partly_met":
            return self.outcome
        overdue_at = running.overdue_at(self.ends_at)
        if overdue_at is not None and overdue_at <= now:
            return "overdue"
        if self.outcome is not None:
            return self.outcome
        return "open" if self.ends_at is None else "pending"


class Turn(NamedTuple):
    """That a story was closed, or reopened, at an instant, by the event at `position`."""

    at: datetime
    position: int
    closes: bool


class Running(NamedTuple):
    """When the story was closed and reopened, as (instant, closed) in order of time."""

    turns: tuple[tuple[datetime, bool], ...] = ()

    @classmethod
    def after(cls, turns: Iterable[Turn]) -> Self:
        """Return how a story ran that was closed and reopened at `turns`."""
        return cls(tuple([(turn.at, turn.closes) for turn in sorted(turns)]))

    @property
    def closed(self) -> bool:
        """Whether the story is closed after all its turns."""
        return bool(self.turns) and self.turns[-1][1]

    def overdue_at(self, ends_at: datetime | None) -> datetime | None:
        """Return when a window that ends at `ends_at` falls overdue: at its end, or when the story runs again."""
        if ends_at is None:
            return None
        before = bisect_left(self.turns, ends_at, key=itemgetter(0))
        if not before or not self.turns[before - 1][1]:
            return ends_at
        return next((at for at, closes in self.turns[before:] if not closes), None)


class ExpectationFold(NamedTuple):
    """An expectation after so many `statements`, the last of which is at `last`; `missed` since it was last awaited."""

    expected: Expected
    missed: bool
    statements: int
    last: StatementOrder

    @property
    def stated(self) -> Expected | None:
        """The expectation, None if no usable report says what is expected."""
        return self.expected if self.expected.stated_by else None


def fold_expectation(
    expectation: str, statements: Sequence[Statement], before: ExpectationFold | None = None
) -> ExpectationFold:
    """Return the fold of `statements`, continued from that of the first of them if the others were all made later."""
    new = sorted(statements[before.statements if before else 0 :], key=attrgetter("order"))
    if before is not None and new[0].order < before.last:
        return fold_expectation(expectation, statements)
    expected = before.expected if before else Expected(id=expectation, what="", development="", stated_by="")
    missed = before is not None and before.missed
    for statement in new:
        says, development = statement.says, statement.development
        if isinstance(says, Expectation):
            restated = _restate(expected, says, development)
            if expected.due_from is not None and restated.due != expected.due:
                change = DueChange(expected.due, expected.due_from, due_change(expected.due, restated.due))
                restated = restated._replace(history=(*expected.history, change))
            if restated.outcome != expected.outcome:
                missed = False
            expected = restated
        else:
            missed = missed or says == "missed"
            late = says == "met" and (missed or _is_late(expected.due, statement))
            expected = expected._replace(outcome="met_late" if late else says, resolved_by=development)
    return ExpectationFold(expected, missed, len(statements), new[-1].order)


def _restate(expected: Expected, says: Expectation, development: str) -> Expected:
    """Return `expected` with the fields that a report restates (events/README.md#restating-an-expectation)."""
    stated = says.model_fields_set
    fields: dict[str, Any] = {} if expected.development else {"development": development}
    if says.what is not None and says.what != expected.what:
        fields |= {"what": says.what, "stated_by": development}
    if "by" in stated and says.by != expected.by:
        fields |= {"by": says.by, "by_from": development}
    if "condition" in stated and says.condition != expected.condition:
        fields |= {"condition": says.condition, "condition_from": development}
    if "wanted_by" in stated:
        fields["wanted_by"] = says.wanted_by
    if "due" in stated and says.due != expected.due:
        fields |= {"due": says.due, "due_from": development}
        if expected.outcome in {"missed", "cancelled"}:
            # A promise that was broken or called off is awaited again once it has a new date.
            fields |= {"outcome": None, "resolved_by": None}
    return expected._replace(**fields)


def due_change(before: When | None, after: When | None) -> Literal["dated", "moved"]:
    """Return "dated" if a new due date makes the old one more precise, else "moved"."""
    if before is None:
        return "dated"
    if after is None:
        return "moved"
    return "dated" if after.bounds.within(before.bounds) else "moved"


def _is_late(due: When | None, statement: Statement) -> bool:
    """Return True if what `statement` reports as met cannot have happened within `due`."""
    ends_at = None if due is None else due_ends_at(due)
    if due is None or ends_at is None or due.bounds.latest is None:
        return False
    if statement.exact is not None:
        return statement.exact >= ends_at
    if statement.bounds is None:
        return statement.order.reported_at >= ends_at
    return statement.bounds.earliest is not None and statement.bounds.earliest > due.bounds.latest


def happened_at(bounds: Bounds | None, reported_at: datetime) -> datetime:
    """Return the instant by which something counts: the end of its last day, but not after its report."""
    if bounds is None or bounds.latest is None or bounds.latest >= reported_at.date():
        return reported_at
    return end_of_day(bounds.latest)
