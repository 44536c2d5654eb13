"""Steps of an editor, and who plays them: on a scenario, on a ledger, in another order, or one short."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from events import commands
from events.errors import InvalidError, RefusedError
from events.fold.story import fold_of
from events.model.codec import decode, encode
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported, Erased, EventRedacted, Recorded
from tests.builders import SALT, START, STORY, Scenario

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
    """One thing that an editor does. `about` and `other` count back from the newest development.

    `go` moves the wall clock first; `late` is how long before its recording it was reported.
    """

    kind: Kind
    go: timedelta
    about: int = 0
    other: int = 0
    late: timedelta | None = None
    embargo: datetime | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


class Player:
    """Plays steps: makes each an event, hands it to `record` with the wall clock's time, and notes what there is.

    `record` gives what it recorded, or raises what the ledger raises. With `names` every id is given, so that two runs
    are alike to the byte. `last` is what was wanted last; `passed` is the last instant of a publication: what is
    recorded next bears a later one.
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
        self.taken = 0
        self.refused = 0
        self.last: AnyEvent | None = None

    def play(self, steps: Iterable[Step]) -> None:
        """Take `steps` in turn."""
        for step in steps:
            self.take(step)

    def take(self, step: Step) -> Recorded | None:
        """Take one step; None where it was refused."""
        self.wall += step.go
        try:
            self.last = self.wanted(step)
            recorded = self.record(self.last, self.recorded_at)
        except (InvalidError, RefusedError):
            self.refused += 1
            return None
        self.taken += 1
        self.newest = recorded.recorded_at
        if isinstance(recorded.event, DevelopmentReported):
            self.developments.append(recorded.development or "")
        if isinstance(recorded.event, DevelopmentReported | DevelopmentCorrected):
            self.redactable.append(recorded.id)
        return recorded

    @property
    def recorded_at(self) -> datetime:
        """The instant that an append now must bear: 1.2, once more, by hand."""
        earliest = self.newest if self.passed is None else max(self.newest, self.passed + TICK)
        return max(self.wall, earliest)

    def publish(self) -> datetime:
        """Let publishing pass, and give its `now`."""
        self.passed = max(self.wall, self.newest, self.passed or self.newest)
        return self.passed

    def wanted(self, step: Step) -> AnyEvent:
        """Return the event that `step` means here; InvalidError where it cannot be one."""
        story, about, at = self.story, self._development(step.about), self.recorded_at
        own: dict[str, Any] = {} if step.embargo is None else {"embargoed_until": step.embargo}
        if step.late is not None:
            own["reported_at"] = at - step.late
        number = self.taken + self.refused + 2
        if self.names:
            own["id"] = f"event-{number}"
        match step.kind:
            case "report":
                given = {name: self._aimed(name, value) for name, value in step.fields.items() if value}
                if given.pop("named", False) or self.names:
                    given["development"] = f"r{number}"
                return commands.report(story, given.pop("headline"), **given, **own)
            case "correct":
                changed = {name: self._aimed(name, value) for name, value in step.fields["set"].items()}
                if "reported_at" in changed:
                    changed["reported_at"] = format_instant(at - changed["reported_at"])
                note = step.fields.get("note")
                return commands.correct(story, about, changed, note, level=step.fields["level"], **own)
            case "retract":
                if step.fields["substitute"]:
                    own["substitute"] = self._development(step.other)
                return commands.retract(story, about, step.fields["reason"], **own)
            case "revise":
                return commands.revise_story(story, **step.fields, **own)
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

    def _aimed(self, name: str, given: Any) -> Any:
        """Return a field with places of developments made names."""
        if name not in {"corroborates", "disputes"} or not given:
            return given
        return [{**aim, "development": self._development(aim["development"])} for aim in given]


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

    def record(wanted: AnyEvent, at: datetime) -> Recorded:
        scenario.record(wanted, at=at)
        if isinstance(wanted, EventRedacted):
            _erase(scenario, wanted)
        return scenario.recorded[-1]

    return Player(record)


def _erase(scenario: Scenario, redaction: EventRedacted) -> None:
    """Erase bodies as the store does, those of what was erased before as well."""
    named = {
        name
        for name, about in scenario.fold.redactable.items()
        if name == redaction.event or about == redaction.development
    }
    scenario.recorded = [_erased(item) if item.id in named else item for item in scenario.recorded]
    scenario.fold = fold_of(STORY, scenario.recorded)


def _erased(item: Recorded) -> Recorded:
    return item if isinstance(item.event, Erased) else decode(replace(encode(item, salt=SALT), salt=None, body=None))


def opened(embargo: datetime | None = None) -> Scenario:
    """Return a story that has just been opened, with a map of origins."""
    own: dict[str, Any] = {} if embargo is None else {"embargoed_until": embargo}
    return Scenario(origins=ORIGINS, subjects=["fire"], **own)
