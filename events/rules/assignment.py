"""What the ledger assigns to an event: ids, the actor, times, and what a redaction, an undo or a reset refers to. Pure.

And when two events have the same content apart from that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from events.fold.story import StoryFold
from events.model.codec import plain
from events.model.events import (
    AnyEvent,
    ClockReset,
    DevelopmentCorrected,
    DevelopmentReported,
    Erased,
    EventRedacted,
    EventUndone,
    Recorded,
)
from events.model.parts import Expectation, Notice
from events.rules.undo import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the ledger knows and `decide` must not ask for.

    recorded_at: the instant of the append
    clock: what the machine's clock says; the ledger may be ahead of it
    published_until: the instant up to which something was published
    first_recorded_at: when another ledger recorded the event that is imported from it
    actor: who records, unless the command says so
    event_id: returns a new event id, one without a date if its argument is True
    neutral_id: returns a random slug
    noticed: returns the overdue notices of a redaction (`events.public.redaction.published_notices`)
    history: returns what an undo in a story is decided against
    has_picture: returns True if the newsroom has the picture of that name
    """

    recorded_at: datetime
    clock: datetime
    published_until: datetime | None = None
    first_recorded_at: datetime | None = None
    actor: str
    event_id: Callable[[bool], str]
    neutral_id: Callable[[], str]
    noticed: Callable[[EventRedacted], Mapping[str, tuple[Notice, ...]]]
    history: Callable[[str], History]
    has_picture: Callable[[str], bool]

    @property
    def latest(self) -> datetime:
        """The later of when it is recorded here, and when another ledger recorded it by a clock that was ahead."""
        return max(self.recorded_at, self.first_recorded_at or self.recorded_at)


def complete(fold: StoryFold, command: AnyEvent, circumstances: Circumstances) -> AnyEvent:
    """Return `command` with everything filled in that the caller left out."""
    secret = is_secret(fold, command, circumstances.recorded_at)
    neutral_id = circumstances.neutral_id if secret else None
    fields: dict[str, Any] = {
        "id": command.id or circumstances.event_id(secret),
        "actor": command.actor or circumstances.actor,
        "reported_at": command.reported_at or circumstances.recorded_at,
    }
    if isinstance(command, DevelopmentReported):
        fields["development"] = command.development or (neutral_id() if neutral_id else fold.free_id("d"))
        fields["expects"] = _with_ids(fold, command.expects, neutral_id)
    elif isinstance(command, DevelopmentCorrected) and command.set.expects:
        expects = _with_ids(fold, command.set.expects, neutral_id)
        fields["set"] = command.set.model_copy(update={"expects": expects})
    elif isinstance(command, EventRedacted):
        fields["noticed"] = dict(circumstances.noticed(command))
    elif isinstance(command, EventUndone) and command.development is None:
        fields["event"] = command.event or circumstances.history(command.story).last.id
    elif isinstance(command, ClockReset):
        fields["published_until"] = circumstances.published_until
    return command.model_copy(update=fields)


def is_secret(fold: StoryFold, command: AnyEvent, now: datetime) -> bool:
    """Return True if the command or its development is under embargo: then its ids must not reveal a date or number."""
    record = fold.records.get(getattr(command, "development", None) or "")
    until = (command.embargoed_until, record.embargoed_until if record else None)
    return any(at is not None and at > now for at in until)


def _with_ids(
    fold: StoryFold, expectations: tuple[Expectation, ...], neutral_id: Callable[[], str] | None
) -> tuple[Expectation, ...]:
    """Return `expectations`, each with an id of its own."""
    if all(item.id is not None for item in expectations):
        return expectations
    used = {item.id for item in expectations if item.id is not None}
    named: list[Expectation] = []
    numbers = count(int(fold.free_id("e").removeprefix("e")))
    for item in expectations:
        name = item.id or (neutral_id() if neutral_id else None)
        while name is None or (item.id is None and (name in used or name in fold.expectation_ids)):
            name = f"e{next(numbers)}"
        used.add(name)
        named.append(Expectation(**{**item.model_dump(exclude_unset=True), "id": name}))
    return tuple(named)


def same_content(command: AnyEvent, recorded: Recorded) -> bool:
    """Return True if `command` has the content of `recorded`. Fields that the caller left out do not count."""
    stored = recorded.event
    if isinstance(stored, Erased):
        return (command.type, command.story) == (stored.was, stored.story)
    fields: dict[str, Any] = {"id": stored.id, "actor": command.actor or stored.actor}
    if command.reported_at is None and stored.reported_at == recorded.recorded_at:
        fields["reported_at"] = stored.reported_at
    if isinstance(command, DevelopmentReported) and isinstance(stored, DevelopmentReported):
        fields["development"] = command.development or stored.development
        fields["expects"] = _with_ids_of(stored.expects, command.expects)
        fields["archive"] = stored.archive
    elif isinstance(command, DevelopmentCorrected) and isinstance(stored, DevelopmentCorrected) and command.set.expects:
        expects = _with_ids_of(stored.set.expects, command.set.expects)
        fields["set"] = command.set.model_copy(update={"expects": expects})
    elif isinstance(command, EventRedacted) and isinstance(stored, EventRedacted):
        fields["noticed"] = stored.noticed
    elif isinstance(command, EventUndone) and isinstance(stored, EventUndone) and command.development is None:
        fields["event"] = command.event or stored.event
    elif isinstance(command, ClockReset) and isinstance(stored, ClockReset):
        fields["published_until"] = stored.published_until
    return plain(command.model_copy(update=fields)) == plain(stored)


def _with_ids_of(stored: tuple[Expectation, ...], expectations: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
    """Return `expectations` with the ids that the ledger assigned to `stored`, which are the same ones in order."""
    if len(expectations) != len(stored):
        return expectations
    return tuple(
        Expectation(**{**item.model_dump(exclude_unset=True), "id": item.id or other.id})
        for item, other in zip(expectations, stored, strict=True)
    )
