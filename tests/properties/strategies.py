"""Random ledgers: steps that an editor might take, drawn by hypothesis and played through the real decide.

A step is data and knows no ledger: `Player` makes an event of it when its turn comes, with whatever developments there
are by then. So the same steps can be played on a `Scenario`, on a ledger on disk, in another order, or one short, and
a falsifying example reads as a list of steps. What decide refuses is skipped, as an editor would shrug and go on.

The wall clock goes on irregularly and now and then steps back; what is recorded does not (vocabulary 1.2).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from hypothesis import settings
from hypothesis import strategies as st

from events import recording
from events.errors import InvalidError, RefusedError
from events.model import AnyEvent, DevelopmentCorrected, DevelopmentReported, Recorded
from events.when import format_instant
from tests.builders import HOUR, START, STORY, Scenario

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

WEIGHTS: Mapping[Kind, int] = {
    "report": 8,
    "correct": 4,
    "hold": 2,
    "release": 3,
    "retract": 2,
    "pin": 1,
    "unpin": 1,
    "close": 1,
    "reopen": 1,
    "revise": 1,
}
TICK = timedelta(milliseconds=1)
GOES = tuple(timedelta(hours=hours) for hours in (1, 1, 3, 0, 0, 6, 24, 50, -3, -30))
LATE = tuple(timedelta(hours=hours) for hours in (1, 12, 24, 72))
EMBARGOES = tuple(START + timedelta(hours=6 * step) for step in range(1, 24))
DAYS = tuple((START + timedelta(days=day)).date().isoformat() for day in range(-4, 8))
WHENS: tuple[Any, ...] = (*DAYS, "2026-03", "2026-02-27/2026-03-03", "../2026-03-03", {"literal": "lately"})
DUES: tuple[Any, ...] = (*DAYS[4:], "2026-03-04/2026-03-07", {"edtf": "2026-03-05", "literal": "Thursday"}, "2026-03-05/..")
SPEAKERS: tuple[Any, ...] = (
    "Ann Lee, chief (Fire Service)",
    {"name": "Bo Ek", "org": "Harbour police"},  # the story's map makes these two one origin
    {"role": "mayor", "org": "City hall"},
    {"name": "Cy Day"},
    {"named": False, "role": "rescuer"},
    {"named": False, "role": "nurse", "org": "Clinic"},
    {"name": "Di Fox", "org": "Tug crew", "origin": "Shipping line"},
)
ORIGINS = {"City": ["Harbour police", "City hall"]}
SOURCES: tuple[Any, ...] = (
    {"name": "Agency A", "url": "https://a.example/1", "origin": "Agency A"},
    {"name": "Paper B", "url": "https://b.example/2"},
    {"name": "Paper C", "via": ["Agency A"]},
)
EXPECTATIONS = ("ferries", "inquiry", "talks")
AWKWARD = (
    "Plain words",
    "No",
    "1e3",
    "2026-03-04",
    "~",
    "<script>x</script> ]]> &amp;",
    "- a: b # c",
    "\u202eright to left\u202c",
    "“Quoted” — naïve \U0001f6a2",
    "'single' \"double\" \\back",
)
BODIES = ("One line.", "Two\nlines.\n", "\tTabbed and *starred*\r\nwith CR LF", "# Head\n\n- item\n- no: yes\n\n---\n")
VALUES: Mapping[str, tuple[Any, ...]] = {
    "hurt": (0, 1, 2, 3, 3, {"min": 1, "max": 3}, {"min": 2}, {"decimal": "2.0"}, {"max": 9}),
    "ships.lost": (1, 2, {"min": 1, "max": 2}),
    "cause": ("a spark", "A  Spark", "arson"),
    "harbour-open": (True, False),
    "reopens": ({"date": "2026-03-05"}, {"date": "2026-03-05/2026-03-08"}, {"date": "2026-03-09"}),
}


def runs(ci: int, long: int) -> settings:
    """Give how often a property is tried: `ci` times, or `long` times with `pytest --long` (tests/conftest.py)."""
    return settings(max_examples=long if settings.get_current_profile_name() == "long" else ci)


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


_embargoes = st.one_of(*[st.none()] * 4, st.sampled_from(EMBARGOES))
_lates = st.one_of(*[st.none()] * 2, st.sampled_from(LATE))
_indices = st.sampled_from((0, 0, 0, 1, 1, 2, 3, 5))
_keys = st.sampled_from(("hurt", "hurt", "hurt", *VALUES))
_stances = st.sampled_from(("asserts",) * 6 + ("denies", "denies", "cannot_confirm", "withholds"))


def _maybe(strategy: st.SearchStrategy[Any], *, one_in: int) -> st.SearchStrategy[Any]:
    return st.integers(1, one_in).flatmap(lambda n: strategy if n == one_in else st.none())


@st.composite
def claims(draw: st.DrawFn) -> dict[str, Any]:
    """Give one claim, of any stance; with or without unit, total, date and a speaker of its own."""
    key, stance = draw(_keys), draw(_stances)
    given: dict[str, Any] = {"key": key}
    if stance != "asserts":
        given["stance"] = stance
    if stance == "asserts" or draw(st.booleans()):
        given["value"] = draw(st.sampled_from(VALUES[key]))
    if draw(st.integers(0, 2)) == 2:
        given["as_of"] = draw(st.sampled_from(WHENS))
    if draw(st.integers(0, 4)) == 4:
        given["said_by"] = [draw(st.sampled_from(SPEAKERS))]
    if key == "hurt" and draw(st.integers(0, 5)) == 5:
        given |= draw(st.sampled_from(({"unit": "people"}, {"unit": "ships"}, {"of": 9}, {"literal": "a few"})))
    return given


@st.composite
def expectations(draw: st.DrawFn) -> dict[str, Any]:
    """Give an expectation: new, restated, dated, moved, or with its date cleared."""
    given: dict[str, Any] = {"id": draw(st.sampled_from(EXPECTATIONS))}
    if draw(st.booleans()):
        given["what"] = f"What of the {given['id']}"
    if draw(st.integers(0, 3)):
        given["due"] = draw(st.sampled_from((*DUES, None)))
    if draw(st.integers(0, 5)) == 5:
        given |= draw(st.sampled_from(({"by": "City hall"}, {"condition": "If it rains"}, {"by": None})))
    return given


_resolutions = st.fixed_dictionaries(
    {
        "expectation": st.sampled_from(EXPECTATIONS),
        "outcome": st.sampled_from(("met", "met", "partly_met", "missed", "cancelled")),
    }
)
_disputes = st.fixed_dictionaries(
    {"development": _indices, "kind": st.sampled_from(("denies", "denies", "cannot_confirm", "disagrees"))},
    optional={"keys": st.sampled_from((["hurt"], ["cause"])), "statement": st.sampled_from(AWKWARD)},
)
_corroborations = st.fixed_dictionaries(
    {"development": _indices},
    optional={"keys": st.sampled_from((["hurt"], ["cause"])), "verification": st.just(True), "method": st.just("visit")},
)
_facts = st.lists(claims(), min_size=1, max_size=2, unique_by=lambda claim: str(claim["key"]))
_speakers = st.lists(st.sampled_from(SPEAKERS), min_size=1, max_size=2, unique_by=str)
_sources = st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2, unique_by=str)
_expects = st.lists(expectations(), min_size=1, max_size=2, unique_by=lambda item: str(item["id"]))
_headlines = st.one_of(st.just("A report"), st.sampled_from(AWKWARD))
_quotes = st.just([{"text": "“It burns”,\nhe said.", "speaker": "Ann Lee, chief (Fire Service)"}])
_media = st.just([{"url": "https://a.example/p.jpg", "type": "image/jpeg", "alt": "Smoke", "length": 9}])


@st.composite
def _report_fields(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "headline": draw(_headlines),
        "facts": draw(st.one_of(_facts, _facts, st.just([]))),
        "said_by": draw(st.one_of(_speakers, _speakers, st.just([]))),
        "sources": draw(st.one_of(st.just([]), _sources)),
        "expects": draw(_maybe(_expects, one_in=3)),
        "resolves": draw(_maybe(st.lists(_resolutions, min_size=1, max_size=2, unique_by=str), one_in=4)),
        "corroborates": draw(_maybe(st.lists(_corroborations, min_size=1, max_size=1), one_in=5)),
        "disputes": draw(_maybe(st.lists(_disputes, min_size=1, max_size=2), one_in=5)),
        "happened": draw(_maybe(st.sampled_from(WHENS), one_in=4)),
        "said_on": draw(_maybe(st.sampled_from(WHENS), one_in=6)),
        **draw(st.sampled_from(({}, {}, {}, {"body": BODIES[0]}, {"body": BODIES[1]}, {"body": BODIES[2]}))),
        **draw(st.sampled_from(({}, {}, {}, {"urgency": 1}, {"body": BODIES[3], "urgency": 5}))),
        "quotes": draw(_maybe(_quotes, one_in=8)),
        "media": draw(_maybe(_media, one_in=8)),
    }


@st.composite
def _correction_fields(draw: st.DrawFn) -> dict[str, Any]:
    """Give what a correction sets, its level and note. `reported_at` is told as a span before its recording."""
    level = draw(st.sampled_from(("correction", "correction", "clarification", "typo")))
    note = {} if level == "typo" else {"note": draw(st.sampled_from(AWKWARD))}
    wordy = st.fixed_dictionaries({}, optional={"headline": _headlines, "body": st.sampled_from((*BODIES, None))})
    if level == "typo":
        return {"set": draw(wordy), "level": level, **note}
    chosen = draw(
        st.one_of(
            st.fixed_dictionaries({"facts": st.one_of(_facts, st.none())}),
            wordy,
            st.fixed_dictionaries({"said_by": st.one_of(_speakers, st.none())}),
            st.fixed_dictionaries({"sources": _sources}),
            st.fixed_dictionaries({"expects": st.one_of(_expects, st.none())}),
            st.fixed_dictionaries({"resolves": st.lists(_resolutions, max_size=1)}),
            st.fixed_dictionaries({"disputes": st.lists(_disputes, max_size=1)}),
            st.fixed_dictionaries({"corroborates": st.lists(_corroborations, max_size=1)}),
            st.fixed_dictionaries({"happened": st.sampled_from((*WHENS, None)), "reported_at": st.sampled_from(LATE)}),
        )
    )
    return {"set": chosen, "level": level, **note}


_revisions = st.sampled_from(
    (
        {"headline": "The fire, and what followed"},
        {"summary": "All that is known."},
        {"subjects": ["fire", "harbour"]},
        {"origins": {}},
        {"origins": {"Services": ["Fire Service", "Clinic"]}},
        {"language": "en-GB"},
    )
)


@st.composite
def steps(draw: st.DrawFn, kinds: Iterable[Kind] = WEIGHTS, *, embargoes: bool = True) -> Step:
    """Give one step of one of `kinds`."""
    kind = draw(st.sampled_from([kind for kind in kinds for _ in range(WEIGHTS.get(kind, 1))]))
    go, about = draw(st.sampled_from(GOES)), draw(_indices)
    embargo = draw(_embargoes) if embargoes else None
    match kind:
        case "report":
            fields = draw(_report_fields())
            late = draw(_lates)
            named = draw(st.booleans())
            return Step(kind, go, late=late, embargo=embargo, fields={**fields, "named": named})
        case "correct":
            return Step(kind, go, about, late=draw(_lates), embargo=embargo, fields=draw(_correction_fields()))
        case "retract":
            fields = {"reason": draw(st.sampled_from(AWKWARD)), "substitute": draw(st.sampled_from((False, False, True)))}
            return Step(kind, go, about, draw(_indices), late=draw(_lates), embargo=embargo, fields=fields)
        case "revise":
            return Step(kind, go, embargo=embargo, fields=draw(_revisions))
        case "close" | "reopen":
            return Step(kind, go, late=draw(_lates), embargo=embargo)
        case "redact":
            return Step(kind, go, about, fields={"event": draw(st.booleans())})
        case _:
            return Step(kind, go, about)


class Player:
    """Plays steps: makes each an event, hands it to `record` with the wall clock's time, and notes what there is.

    `record` gives what it recorded, or raises what the ledger raises. With `names` every id is given, so that two runs
    are alike to the byte. `last` is what was wanted last; `passed` is the last instant of a publication: what is recorded next bears a later one.
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
        """Give the instant that an append now must bear: 1.2, once more, by hand."""
        earliest = self.newest if self.passed is None else max(self.newest, self.passed + TICK)
        return max(self.wall, earliest)

    def publish(self) -> datetime:
        """Let publishing pass, and give its `now`."""
        self.passed = max(self.wall, self.newest, self.passed or self.newest)
        return self.passed

    def wanted(self, step: Step) -> AnyEvent:
        """Give the event that `step` means here; InvalidError where it cannot be one."""
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
                return recording.report(story, given.pop("headline"), **given, **own)
            case "correct":
                changed = {name: self._aimed(name, value) for name, value in step.fields["set"].items()}
                if "reported_at" in changed:
                    changed["reported_at"] = format_instant(at - changed["reported_at"])
                note = step.fields.get("note")
                return recording.correct(story, about, changed, note, level=step.fields["level"], **own)
            case "retract":
                if step.fields["substitute"]:
                    own["substitute"] = self._development(step.other)
                return recording.retract(story, about, step.fields["reason"], **own)
            case "revise":
                return recording.revise_story(story, **step.fields, **own)
            case "close":
                return recording.close_story(story, **own)
            case "reopen":
                return recording.reopen_story(story, **own)
            case "redact" if step.fields["event"] and self.redactable:
                event = self.redactable[-1 - min(step.about, len(self.redactable) - 1)]
                return recording.redact(story, "A court ordered it.", event=event, **own)
            case "redact":
                return recording.redact(story, "A court ordered it.", development=about, **own)
            case "hold" | "release" | "pin" | "unpin":
                return _SIMPLE[step.kind](story, about, **own)

    def _development(self, index: int) -> str:
        return self.developments[-1 - index] if index < len(self.developments) else f"none-{index}"

    def _aimed(self, name: str, given: Any) -> Any:
        """Give a field with places of developments made names."""
        if name not in {"corroborates", "disputes"} or not given:
            return given
        return [{**aim, "development": self._development(aim["development"])} for aim in given]


def _pin(story: str, development: str, **own: Any) -> AnyEvent:
    return recording.pin(story, development).model_copy(update=own)


def _unpin(story: str, development: str, **own: Any) -> AnyEvent:
    return recording.unpin(story, development).model_copy(update=own)


_SIMPLE: Mapping[str, Callable[..., AnyEvent]] = {
    "hold": recording.hold,
    "release": recording.release,
    "pin": _pin,
    "unpin": _unpin,
}


def on_scenario(scenario: Scenario) -> Player:
    """Give a player that records on `scenario`."""

    def record(wanted: AnyEvent, at: datetime) -> Recorded:
        if wanted.type == "event_redacted":
            given = wanted.model_dump(exclude_none=True, include={"id", "event", "development"})
            scenario.redact(at=at, reason=wanted.reason, **given)
        else:
            scenario.record(wanted, at=at)
        return scenario.recorded[-1]

    return Player(record)


def opened(embargo: datetime | None = None) -> Scenario:
    """Give a story that has just been opened, with a map of origins."""
    own: dict[str, Any] = {} if embargo is None else {"embargoed_until": embargo}
    return Scenario(origins=ORIGINS, subjects=["fire"], **own)


def played(drawn: Iterable[Step], embargo: datetime | None = None) -> Scenario:
    """Give the scenario that the steps make."""
    scenario = opened(embargo)
    on_scenario(scenario).play(drawn)
    return scenario


def step_lists(
    kinds: Iterable[Kind] = WEIGHTS, *, redactions: bool = False, embargoes: bool = True, most: int = 14
) -> st.SearchStrategy[list[Step]]:
    """Give lists of steps, of all `kinds`, with redactions only where told."""
    chosen = (*kinds, *(("redact",) if redactions else ()))
    return st.lists(steps(chosen, embargoes=embargoes), min_size=1, max_size=most)


def scenarios(*, redactions: bool = False, embargoes: bool = True, most: int = 14) -> st.SearchStrategy[Scenario]:
    """Give whole stories."""
    opening = st.one_of(*[st.none()] * 5, st.sampled_from(EMBARGOES[:6])) if embargoes else st.none()
    return st.builds(played, step_lists(redactions=redactions, embargoes=embargoes, most=most), opening)


def instants(scenario: Scenario, *, until: timedelta = 24 * HOUR) -> list[datetime]:
    """Give every instant at which something may change, from the opening until after the last, sorted.

    Each comes with the tick before it: an embargo that ends, a window that ends at 12:00Z, a recording, a report.
    """
    found = {START, *EMBARGOES, EMBARGOES[-1] + until}
    for recorded in scenario.recorded:
        found |= {recorded.recorded_at, recorded.reported_at}
        found |= {recorded.event.embargoed_until} - {None}  # type: ignore[arg-type]
    found |= {datetime.fromisoformat(f"{day}T12:00:00Z") for day in DAYS}
    return sorted({near for at in found for near in (at - TICK, at)})
