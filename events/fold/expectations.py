"""How expectations fold: what was promised, how its date moved, and how it came out (vocabulary 1.6).

Statements and resolutions speak in the order in which they happened, so the order of recording does not matter.
The status depends on `now` as well: a promise falls overdue from time alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from events.model.edtf import Bounds, When, due_ends_at, end_of_day
from events.model.parts import Expectation, Outcome

ExpectationStatus = Literal["open", "pending", "overdue", "partly_met", "met", "met_late", "missed", "cancelled"]
ExpectationHow = Literal["opened", "dated", "moved", "reworded", "resolved", "reopened", "overdue", "withdrawn"]
"""How an expectation changed."""
RESOLVED: frozenset[ExpectationStatus] = frozenset({"met", "met_late", "missed", "cancelled"})


class Happened(NamedTuple):
    """When a statement or a resolution counts: `at` is an instant no later than its report."""

    at: datetime
    reported_at: datetime
    position: int
    nth: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What one report says of one expectation: a (re)statement, or an outcome.

    `bounds` are the days on which it happened, `exact` the instant where one is stated.
    """

    happened: Happened
    bounds: Bounds | None
    exact: datetime | None
    development: str
    says: Expectation | Outcome


@dataclass(frozen=True, slots=True)
class DueChange:
    """A due date that no longer stands, the development that gave it, and how it went on."""

    due: When | None
    development: str
    how: Literal["dated", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An expectation, folded. `history` holds the former due dates, oldest first; `status` is as of no instant yet.

    `development` opened it, `stated_by` worded it, `due_from` gave its due date, `resolved_by` settled it; `ends_at`
    is when its window has passed everywhere.
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
        """The instant at which the window has ended everywhere, or None where it has no end."""
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


@dataclass(frozen=True, slots=True)
class Running:
    """When the story was closed and reopened: (instant, closed) in order of time."""

    turns: tuple[tuple[datetime, bool], ...] = ()

    @property
    def closed(self) -> bool:
        """Whether the story is closed after all its turns."""
        return bool(self.turns) and self.turns[-1][1]

    def overdue_at(self, ends_at: datetime | None) -> datetime | None:
        """Return when a window that ends at `ends_at` falls overdue: at its end, or when the story runs again."""
        if ends_at is None:
            return None
        closed = False
        for at, closes in self.turns:
            if at < ends_at:
                closed = closes
            elif not closed:
                break
            elif not closes:
                return at
        return None if closed else ends_at


def fold_expectation(expectation: str, statements: Iterable[Statement]) -> Expected | None:
    """Return the expectation that `statements` make, or None where no usable report says what is expected."""
    folding = _Folding()
    for statement in sorted(statements, key=lambda statement: statement.happened):
        if isinstance(statement.says, Expectation):
            folding.restate(statement.says, statement.development)
        else:
            folding.resolve(statement.says, statement)
    if folding.what is None or folding.opened_by is None or folding.stated_by is None:
        return None
    return Expected(
        id=expectation,
        what=folding.what,
        development=folding.opened_by,
        stated_by=folding.stated_by,
        by=folding.by,
        due=folding.due,
        due_from=folding.due_from,
        by_from=folding.by_from,
        condition_from=folding.condition_from,
        wanted_by=folding.wanted_by,
        condition=folding.condition,
        history=tuple(folding.history),
        outcome=folding.outcome,
        resolved_by=folding.resolved_by,
    )


class _Folding:
    def __init__(self) -> None:
        self.what: str | None = None
        self.by: str | None = None
        self.due: When | None = None
        self.wanted_by: str | None = None
        self.condition: str | None = None
        self.opened_by: str | None = None
        self.stated_by: str | None = None
        self.due_from: str | None = None
        self.by_from: str | None = None
        self.condition_from: str | None = None
        self.missed = False
        self.history: list[DueChange] = []
        self.outcome: Literal["met", "met_late", "partly_met", "missed", "cancelled"] | None = None
        self.resolved_by: str | None = None

    def restate(self, said: Expectation, development: str) -> None:
        given = said.model_fields_set
        if self.opened_by is None:
            self.opened_by = development
        if said.what is not None and said.what != self.what:
            self.what, self.stated_by = said.what, development
        if "by" in given and said.by != self.by:
            self.by, self.by_from = said.by, development
        if "condition" in given and said.condition != self.condition:
            self.condition, self.condition_from = said.condition, development
        if "wanted_by" in given:
            self.wanted_by = said.wanted_by
        if "due" in given:
            self._set_due(said.due, development)

    def _set_due(self, due: When | None, development: str) -> None:
        if due == self.due:
            return
        if self.due_from is not None:
            self.history.append(DueChange(self.due, self.due_from, due_change(self.due, due)))
        self.due, self.due_from = due, development
        if self.outcome in {"missed", "cancelled"}:
            # A promise that was broken or called off, and then given a new date, is awaited again.
            self.outcome = self.resolved_by = None
            self.missed = False

    def resolve(self, outcome: Outcome, statement: Statement) -> None:
        self.missed = self.missed or outcome == "missed"
        late = self.missed or _late(self.due, statement)
        self.outcome = "met_late" if outcome == "met" and late else outcome
        self.resolved_by = statement.development


def due_change(before: When | None, after: When | None) -> Literal["dated", "moved"]:
    """Return True if a new due date makes the old one precise, or moves it."""
    if before is None:
        return "dated"
    if after is None:
        return "moved"
    return "dated" if after.bounds.within(before.bounds) else "moved"


def _late(due: When | None, statement: Statement) -> bool:
    """Return True if what `statement` reports as met cannot have happened within `due`."""
    ends_at = None if due is None else due_ends_at(due)
    if due is None or ends_at is None or due.bounds.latest is None:
        return False
    if statement.exact is not None:
        return statement.exact >= ends_at
    if statement.bounds is None:
        return statement.happened.reported_at >= ends_at
    return statement.bounds.earliest is not None and statement.bounds.earliest > due.bounds.latest


def happened_at(bounds: Bounds | None, reported_at: datetime) -> datetime:
    """Return the instant by which something counts: the end of its last day, but not after its report."""
    if bounds is None or bounds.latest is None or bounds.latest >= reported_at.date():
        return reported_at
    return end_of_day(bounds.latest)
