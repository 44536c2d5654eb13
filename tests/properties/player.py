"""Steps of an editor, and the player that takes them: on a scenario, on a ledger, in another order, or all but one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from events import commands
from events.errors import InvalidError, RefusedError
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported, Recorded
from tests.builders import START, STORY, Scenario

Kind = Literal[
    "report",
    "correct",
    "hold",
    "release",
    "retract",
    "pin",
    "unpin",
    "close",
    "reopen",
    "revise",
    "redact",
]
TICK = timedelta(milliseconds=1)
ORIGINS = {"City": ["Harbour police", "City hall"]}


@dataclass(frozen=True, slots=True)
class Step:
    """One action of an editor. `about` and `other` count back from the newest development.

    `go` moves the wall clock first; `late` is the time between the source's report and its recording.
    """

    kind: Kind
    go: timedelta
    about: int = 0
    other: int = 0
    late: timedelta | None = None
    embargo: datetime | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


class Player:
    """Takes steps: makes an event of each, and records it with `record` at the time of the wall clock.

    `record` returns what it recorded, or raises what the ledger raises. With `names` each event has an id of ours, so
    that two runs give the same bytes. `last` is the last event that was tried. `passed` is the instant of the last
    publication: events recorded after it have later instants.
    """

    def __init__(
        self, record: Callable[[AnyEvent, datetime], Recorded], *, names: bool = False, story: str = STORY
    ) -> None:
        self.record = record
        self.names = names
        self.story = story
        self.wall = START
        self.newest = START
        self.passed: datetime | None = None
        self.developments: list[str] = []
        self.redactable: list[str] = []
        self.recorded_count = 0
        self.refused = 0
        self.last: AnyEvent | None = None

    def play(self, steps: Iterable[Step]) -> None:
        """Take `steps` in turn."""
        for step in steps:
            self.take(step)

    def take(self, step: Step) -> Recorded | None:
        """Take one step; None if it was refused."""
        self.wall += step.go
        try:
            self.last = self.event_for(step)
            recorded = self.record(self.last, self.recorded_at)
        except (InvalidError, RefusedError):
            self.refused += 1
            return None
        self.recorded_count += 1
        self.newest = recorded.recorded_at
        if isinstance(recorded.event, DevelopmentReported):
            self.developments.append(recorded.development or "")
        if isinstance(recorded.event, DevelopmentReported | DevelopmentCorrected):
            self.redactable.append(recorded.id)
        return recorded

    @property
    def recorded_at(self) -> datetime:
        """The instant of an append now, by events/README.md#recorded-at."""
        earliest = self.newest if self.passed is None else max(self.newest, self.passed + TICK)
        return max(self.wall, earliest)

    def publish(self) -> datetime:
        """Return the instant of a publication now, and let it pass."""
        self.passed = max(self.wall, self.newest, self.passed or self.newest)
        return self.passed

    def event_for(self, step: Step) -> AnyEvent:
        """Return the event of `step`; InvalidError if there is none."""
        story, about, at = self.story, self._development(step.about), self.recorded_at
        own: dict[str, Any] = {} if step.embargo is None else {"embargoed_until": step.embargo}
        if step.late is not None:
            own["reported_at"] = at - step.late
        number = self.recorded_count + self.refused + 2
        if self.names:
            own["id"] = f"event-{number}"
        match step.kind:
            case "report":
                fields = {name: self._aimed(name, value) for name, value in step.fields.items() if value}
                if fields.pop("named", False) or self.names:
                    fields["development"] = f"r{number}"
                return commands.report(story, fields.pop("headline"), **fields, **own)
            case "correct":
                changes = {name: self._aimed(name, value) for name, value in step.fields["set"].items()}
                if "reported_at" in changes:
                    changes["reported_at"] = format_instant(at - changes["reported_at"])
                note = step.fields.get("note")
                return commands.correct(story, about, changes, note, level=step.fields["level"], **own)
            case "retract":
                if step.fields["substitute"]:
                    own["substitute"] = self._development(step.other)
                return commands.retract(story, about, step.fields["reason"], **own)
            case "revise":
                return commands.revise_story(story, **_revision(step.fields, about), **own)
            case "close":
                return commands.close_story(story, **own)
            case "reopen":
                return commands.reopen_story(story, **own)
            case "redact" if step.fields["event"] and self.redactable:
                event = self.redactable[-1 - min(step.about, len(self.redactable) - 1)]
                return commands.redact(story, "A court ordered it.", event=event, **own)
            case "redact":
                return commands.redact(story, "A court ordered it.", development=about, **own)
            case "hold" | "release" | "pin" | "unpin":
                return _SIMPLE[step.kind](story, about, **own)

    def _development(self, index: int) -> str:
        return self.developments[-1 - index] if index < len(self.developments) else f"none-{index}"

    def _aimed(self, name: str, value: Any) -> Any:
        """Return the value of a field, with the names of developments instead of how far back they are."""
        if name not in {"corroborates", "disputes"} or not value:
            return value
        return [{**aim, "development": self._development(aim["development"])} for aim in value]


def _revision(fields: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Return the fields of a revision; `settle` names a key that is settled on the development `about`."""
    key = fields.get("settle")
    return dict(fields) if key is None else {"facts": {key: {"settled": about}}}


def _pin(story: str, development: str, **own: Any) -> AnyEvent:
    return commands.pin(story, development).model_copy(update=own)


def _unpin(story: str, development: str, **own: Any) -> AnyEvent:
    return commands.unpin(story, development).model_copy(update=own)


_SIMPLE: Mapping[str, Callable[..., AnyEvent]] = {
    "hold": commands.hold,
    "release": commands.release,
    "pin": _pin,
    "unpin": _unpin,
}


def on_scenario(scenario: Scenario) -> Player:
    """Return a player that records on `scenario`."""

    def record(event: AnyEvent, at: datetime) -> Recorded:
        return scenario.record(event, at=at).recorded[-1]

    return Player(record)


def opened(embargo: datetime | None = None) -> Scenario:
    """Return a story that has an opening and a map of origins, and nothing else."""
    own: dict[str, Any] = {} if embargo is None else {"embargoed_until": embargo}
    return Scenario(origins=ORIGINS, subjects=["fire"], **own)
