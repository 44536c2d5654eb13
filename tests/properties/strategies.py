"""Random ledgers: steps that an editor might take, drawn by hypothesis and decided by the real rules.

A step is data without a ledger: `Player` makes an event of it when its turn comes, with the developments that exist by
then. So the same steps can be taken on a `Scenario`, on a ledger on disk, in another order, or all but one, and a
falsifying example reads as a list of steps. Steps that decide refuses are skipped.

The wall clock moves irregularly, and sometimes back; `recorded_at` never does (events/README.md#recorded-at).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st

from tests.builders import HOUR, START, Scenario
from tests.properties.player import TICK, Kind, Step, on_scenario, opened

_Item = TypeVar("_Item")

WEIGHTS: Mapping[Kind, int] = {
    "report": 8,
    "correct": 4,
    "hold": 2,
    "release": 3,
    "retract": 2,
    "pin": 1,
    "unpin": 1,
    "close": 1,
    "reopen": 3,
    "revise": 1,
}
NOWS = tuple(START + timedelta(hours=hours) for hours in (0, 30, 99, 180, 400))
GOES = tuple(timedelta(hours=hours) for hours in (1, 1, 3, 0, 0, 6, 24, 50, -3, -30))
LATE = tuple(timedelta(hours=hours) for hours in (1, 12, 24, 72))
EMBARGOES = tuple(START + timedelta(hours=6 * step) for step in range(1, 24))
DAYS = tuple((START + timedelta(days=day)).date().isoformat() for day in range(-4, 8))
WHENS: tuple[Any, ...] = (*DAYS, "2026-03", "2026-02-27/2026-03-03", "../2026-03-03", {"literal": "lately"})
DUES: tuple[Any, ...] = (
    *DAYS[4:],
    "2026-03-04/2026-03-07",
    {"edtf": "2026-03-05", "literal": "Thursday"},
    "2026-03-05/..",
)
SPEAKERS: tuple[Any, ...] = (
    "Ann Lee, chief (Fire Service)",
    {"name": "Bo Ek", "org": "Harbour police"},  # the story's map makes these two one origin
    {"role": "mayor", "org": "City hall"},
    {"name": "Cy Day"},
    {"named": False, "role": "rescuer"},
    {"named": False, "role": "nurse", "org": "Clinic"},
    {"name": "Di Fox", "org": "Tug crew", "origin": "Shipping line"},
)
SOURCES: tuple[Any, ...] = (
    {"name": "Agency A", "url": "https://a.example/1", "origin": "Agency A"},
    {"name": "Paper B", "url": "https://b.example/2"},
    {"name": "Paper C", "via": ["Agency A"]},
)
EXPECTATIONS = ("ferries", "inquiry", "talks")
OUTCOMES = ("met", "met", "partly_met", "missed", "cancelled")
QUOTES = [{"text": "“It burns”,\nhe said.", "speaker": "Ann Lee, chief (Fire Service)"}]
MEDIA = [{"url": "https://a.example/p.jpg", "type": "image/jpeg", "alt": "Smoke", "length": 9}]
REVISIONS: tuple[dict[str, Any], ...] = (
    {"headline": "The fire, and what followed"},
    {"summary": "All that is known."},
    {"subjects": ["fire", "harbour"]},
    {"origins": {}},
    {"origins": {"Services": ["Fire Service", "Clinic"]}},
    {"language": "en-GB"},
    {"facts": {"hurt": {"follow": True, "threshold": 1}, "cause": {"lead": True}}},
    {"facts": {"hurt": {"threshold": None}, "ships.lost": {"follow": True, "threshold": "60%"}}},
    {"facts": {"hurt": {"label": "People hurt", "order": 1}, "cause": {"hidden": True, "label": "Why & <how>"}}},
    {"facts": {"hurt": {"label": None, "order": None, "lead": True}, "cause": {"hidden": None, "lead": None}}},
)
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
    """Return how many cases a property is tried on: `ci`, or `long` with `pytest --long` (tests/conftest.py)."""
    return settings(max_examples=long if settings.get_current_profile_name() == "long" else ci)


class Draws:
    """The small decisions of one step. All follow from `seed`; a bit of `allowed` permits each optional part.

    Hypothesis draws two integers for a step instead of a hundred. So ledgers are long, and it shrinks them by dropping
    steps and then parts of steps.
    """

    def __init__(self, seed: int, allowed: int) -> None:
        self._random = Random(seed)
        self._allowed = allowed

    def pick(self, choices: Sequence[_Item]) -> _Item:
        """Return one of `choices`."""
        return choices[int(self._random.random() * len(choices))]

    def some(self, choices: Sequence[_Item], most: int = 2) -> list[_Item]:
        """Return one to `most` of `choices`, each once."""
        return self._random.sample(choices, 1 + int(self._random.random() * most))

    def chance(self, share: float) -> bool:
        """Return True if an optional part exists: in about `share` of all cases."""
        allowed, self._allowed = self._allowed & 1, self._allowed >> 1
        return self._random.random() < share and bool(allowed)


RANDOMS = st.randoms(use_true_random=True)  # one number drawn, instead of one for each call
ALLOWED_BITS = 48
ABOUT = (0, 0, 0, 1, 1, 2, 3, 5)
STANCES = ("asserts",) * 6 + ("denies", "denies", "cannot_confirm", "withholds")


def _step(seed: int, allowed: int, kinds: Sequence[Kind], *, embargoes: bool) -> Step:
    draws = Draws(seed, allowed | 1 << ALLOWED_BITS)
    kind, go, about, other = draws.pick(kinds), draws.pick(GOES), draws.pick(ABOUT), draws.pick(ABOUT)
    embargo = draws.pick(EMBARGOES) if draws.chance(0.25) and embargoes else None
    late = draws.pick(LATE) if draws.chance(0.35) else None
    match kind:
        case "report":
            return Step(kind, go, late=late, embargo=embargo, fields=_report(draws))
        case "correct":
            return Step(kind, go, about, other, late=late, embargo=embargo, fields=_correction(draws))
        case "retract":
            fields = {"reason": draws.pick(AWKWARD), "substitute": draws.chance(0.4)}
            return Step(kind, go, about, other, late=late, embargo=embargo, fields=fields)
        case "revise":
            return Step(kind, go, embargo=embargo, fields=draws.pick(REVISIONS))
        case "close" | "reopen":
            return Step(kind, go, late=late, embargo=embargo)
        case "redact":
            return Step(kind, go, about, fields={"event": draws.chance(0.5)})
        case _:
            return Step(kind, go, about)


def _report(draws: Draws) -> dict[str, Any]:
    fields: dict[str, Any] = {"headline": draws.pick(AWKWARD) if draws.chance(0.5) else "A report"}
    optional: Mapping[str, tuple[float, Callable[[], Any]]] = {
        "facts": (0.7, lambda: _claims(draws)),
        "said_by": (0.7, lambda: draws.some(SPEAKERS)),
        "sources": (0.5, lambda: draws.some(SOURCES)),
        "expects": (0.4, lambda: _expects(draws)),
        "resolves": (0.3, lambda: _resolves(draws)),
        "corroborates": (0.25, lambda: [_corroboration(draws)]),
        "disputes": (0.25, lambda: [_dispute(draws)]),
        "happened": (0.25, lambda: draws.pick(WHENS)),
        "said_on": (0.15, lambda: draws.pick(WHENS)),
        "body": (0.4, lambda: draws.pick(BODIES)),
        "urgency": (0.15, lambda: draws.pick((1, 5))),
        "quotes": (0.1, lambda: QUOTES),
        "media": (0.1, lambda: MEDIA),
        "named": (0.5, lambda: True),
        "archive": (0.2, lambda: True),
    }
    for name, (share, make) in optional.items():
        if draws.chance(share):
            fields[name] = make()
    return fields


def _correction(draws: Draws) -> dict[str, Any]:
    """Return what a correction sets, its level and its note. `reported_at` is a span before the recording."""
    level = draws.pick(("correction", "correction", "clarification", "typo"))
    wordy: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: {"headline": draws.pick(AWKWARD)},
        lambda: {"body": draws.pick((*BODIES, None))},
    )
    weighty: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: {"facts": _claims(draws)},
        lambda: {"facts": _claims(draws)},
        lambda: {"facts": None},
        lambda: {"said_by": draws.pick((draws.some(SPEAKERS), None))},
        lambda: {"sources": draws.some(SOURCES)},
        lambda: {"expects": draws.pick((_expects(draws), None))},
        lambda: {"resolves": draws.pick((_resolves(draws), None))},
        lambda: {"disputes": draws.pick(([_dispute(draws)], None))},
        lambda: {"corroborates": draws.pick(([_corroboration(draws)], None))},
        lambda: {"happened": draws.pick((*WHENS, None))},
        lambda: {"reported_at": draws.pick(LATE)},
    )
    if level == "typo":
        return {"set": draws.pick(wordy)(), "level": level}
    return {"set": draws.pick((*wordy, *weighty))(), "level": level, "note": draws.pick(AWKWARD)}


def _claims(draws: Draws) -> list[dict[str, Any]]:
    keys = {draws.pick(("hurt", "hurt", "hurt", *VALUES)) for _ in range(1 + draws.chance(0.3))}
    return [_claim(draws, key) for key in sorted(keys)]


def _claim(draws: Draws, key: str) -> dict[str, Any]:
    claim: dict[str, Any] = {"key": key}
    stance = draws.pick(STANCES)
    if stance != "asserts":
        claim["stance"] = stance
    if stance == "asserts" or draws.chance(0.5):
        claim["value"] = draws.pick(VALUES[key])
    if draws.chance(0.35):
        claim["as_of"] = draws.pick(WHENS)
    if draws.chance(0.25):
        claim["said_by"] = [draws.pick(SPEAKERS)]
    if key == "hurt" and draws.chance(0.2):
        claim |= draws.pick(({"unit": "people"}, {"unit": "ships"}, {"of": 9}, {"literal": "a few"}))
    return claim


def _expects(draws: Draws) -> list[dict[str, Any]]:
    """Return expectations: new, restated, dated, moved, or with a field cleared."""
    return [
        {"id": name}
        | ({"what": f"What of the {name}"} if draws.chance(0.6) else {})
        | ({"due": draws.pick((*DUES, None))} if draws.chance(0.8) else {})
        | (draws.pick(({"by": "City hall"}, {"condition": "If it rains"}, {"by": None})) if draws.chance(0.2) else {})
        for name in draws.some(EXPECTATIONS)
    ]


def _resolves(draws: Draws) -> list[dict[str, Any]]:
    return [{"expectation": name, "outcome": draws.pick(OUTCOMES)} for name in draws.some(EXPECTATIONS)]


def _corroboration(draws: Draws) -> dict[str, Any]:
    return (
        {"development": draws.pick(ABOUT)}
        | ({"keys": draws.pick((["hurt"], ["cause"]))} if draws.chance(0.3) else {})
        | ({"verification": True, "method": "visit"} if draws.chance(0.4) else {})
    )


def _dispute(draws: Draws) -> dict[str, Any]:
    kind = draws.pick(("denies", "denies", "cannot_confirm", "disagrees"))
    return (
        {"development": draws.pick(ABOUT), "kind": kind}
        | ({"keys": draws.pick((["hurt"], ["cause"]))} if draws.chance(0.3) else {})
        | ({"statement": draws.pick(AWKWARD)} if draws.chance(0.5) else {})
    )


def played(drawn: Iterable[Step], embargo: datetime | None = None) -> Scenario:
    """Return the scenario after the steps."""
    scenario = opened(embargo)
    on_scenario(scenario).play(drawn)
    return scenario


def step_lists(
    kinds: Iterable[Kind] = WEIGHTS,
    *,
    redactions: bool = False,
    embargoes: bool = True,
    archives: bool = True,
    most: int = 28,
) -> st.SearchStrategy[list[Step]]:
    """Return lists of up to `most` steps of `kinds`; of redactions only with `redactions`."""
    weighted = [kind for kind in (*kinds, *(("redact",) if redactions else ())) for _ in range(WEIGHTS.get(kind, 1))]
    drawn = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**ALLOWED_BITS - 1))

    def made(numbers: list[tuple[int, int]]) -> list[Step]:
        # A seed of 0 is no step: so a list shrinks to fewer steps at the same length, and need not be short at first.
        steps = (_step(seed, allowed, weighted, embargoes=embargoes) for seed, allowed in numbers if seed)
        return [step if archives else without(step, "archive") for step in steps]

    return st.lists(drawn, min_size=most // 2, max_size=most).map(made)


def without(step: Step, *names: str) -> Step:
    """Return `step` without some fields."""
    return replace(step, fields={name: value for name, value in step.fields.items() if name not in names})


def scenarios(
    kinds: Iterable[Kind] = WEIGHTS, *, redactions: bool = False, embargoes: bool = True, most: int = 28
) -> st.SearchStrategy[Scenario]:
    """Return stories."""
    opening = st.one_of(*[st.none()] * 5, st.sampled_from(EMBARGOES[:6])) if embargoes else st.none()
    drawn = step_lists(kinds, redactions=redactions, embargoes=embargoes, most=most)
    return st.builds(played, drawn, opening)


def instants(scenario: Scenario, *, until: timedelta = 24 * HOUR) -> list[datetime]:
    """Return every instant at which something may change, from the opening until after the last change, sorted.

    Each comes with the tick before it: the end of an embargo or of a window (12:00Z), a recording, a report.
    """
    changes = {START, *EMBARGOES, EMBARGOES[-1] + until}
    for recorded in scenario.recorded:
        embargo = recorded.event.embargoed_until
        changes |= {recorded.recorded_at, recorded.reported_at, embargo or recorded.recorded_at}
    changes |= {datetime.fromisoformat(f"{day}T12:00:00Z") for day in DAYS}
    return sorted({near for at in changes for near in (at - TICK, at)})
