"""Random stories of few speakers who contradict, confirm and deny each other, and correct what they have said."""

from collections.abc import Mapping
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.builders import HOUR, START, Scenario
from tests.properties.player import Kind, Step, on_scenario, opened

KINDS: Mapping[Kind, int] = {
    "report": 12, "correct": 7, "retract": 1, "hold": 1, "release": 2, "revise": 1, "redact": 1,
}  # fmt: skip
SPEAKERS = ("Ann Lee (Port)", "Bo Ek (Clinic)", "Cy Day (Army)", "Di Fox (Police)")
VALUES: Mapping[str, tuple[Any, ...]] = {
    "hurt": (2, 3, 4, 30, {"min": 2, "max": 4}, {"decimal": "3.0"}),
    "cause": ("a spark", "A  Spark", "wind"),
    "contact": (
        {"date": "2026-03-01T02:40:00Z"},
        {"date": "2026-03-01T01:19:00Z"},
        {"date": "2026-03-01T02:19:00+01:00"},
        {"date": "2026-03-01"},
    ),
}
REVISIONS: tuple[dict[str, Any], ...] = (
    {"facts": {"cause": {"evolving": True}}},
    {"facts": {"cause": {"evolving": None}}},
    {"facts": {"hurt": {"evolving": True}}},
    {"settle": "cause"},
    {"settle": "hurt"},
    {"origins": {"Services": ["Clinic", "Police"]}},
)
STANCES = ("asserts",) * 7 + ("denies", "cannot_confirm", "withholds")
AIMED_KINDS = ("denies", "denies", "cannot_confirm", "disagrees")


def disputed_stories(most: int = 14) -> st.SearchStrategy[Scenario]:
    """Return stories of up to `most` events."""
    seeds = st.lists(st.integers(0, 2**32 - 1), min_size=most // 2, max_size=most)
    return seeds.map(_played)


def _played(seeds: list[int]) -> Scenario:
    scenario = opened()
    on_scenario(scenario).play(_step(Random(seed)) for seed in seeds if seed)  # so that a list shrinks to fewer steps
    return scenario


def _step(random: Random) -> Step:
    [kind] = random.choices(list(KINDS), list(KINDS.values()))
    go, about = random.choice((1, 1, 3, 20)) * HOUR, random.choice((0, 1, 1, 2, 3))
    embargo = START + random.randrange(1, 60) * HOUR if random.random() < 0.15 else None
    match kind:
        case "report":
            return Step(kind, go, embargo=embargo, fields={"headline": "A report", **_said(random), **_aims(random)})
        case "correct":
            changes = random.choice((_facts, _facts, _said, _aims))(random) or {"headline": "Another"}
            fields = {"set": changes, "level": "correction", "note": "It was wrong."}
            return Step(kind, go, about, embargo=embargo, fields=fields)
        case "retract":
            return Step(kind, go, about, embargo=embargo, fields={"reason": "Wrong.", "substitute": False})
        case "revise":
            return Step(kind, go, about, fields=random.choice(REVISIONS))
        case "redact":
            return Step(kind, go, about, fields={"event": True})
        case _:
            return Step(kind, go, about)


def _said(random: Random) -> dict[str, Any]:
    speakers = random.sample(SPEAKERS, random.choice((1, 1, 1, 2)))
    return {"said_by": speakers, **(_facts(random) if random.random() < 0.7 else {})}


def _facts(random: Random) -> dict[str, Any]:
    keys = [key for key, share in (("hurt", 0.6), ("cause", 0.4), ("contact", 0.2)) if random.random() < share]
    return {"facts": [_claim(random, key) for key in keys or ["hurt"]]}


def _claim(random: Random, key: str) -> dict[str, Any]:
    claim: dict[str, Any] = {"key": key, "stance": random.choice(STANCES)}
    if claim["stance"] == "asserts" or random.random() < 0.6:
        claim["value"] = random.choice(VALUES[key])
    if key == "hurt" and random.random() < 0.3:
        claim |= random.choice(({"unit": "people"}, {"unit": "%"}, {"of": 9}, {"as_of": "2026-03-01"}))
    return claim


def _aims(random: Random) -> dict[str, Any]:
    aims: dict[str, Any] = {}
    if random.random() < 0.4:
        aims["corroborates"] = [_aim(random)]
    if random.random() < 0.4:
        aims["disputes"] = [_aim(random) | {"kind": random.choice(AIMED_KINDS)}]
    return aims


def _aim(random: Random) -> dict[str, Any]:
    keys = {"keys": [random.choice(("hurt", "hurt", "cause"))]} if random.random() < 0.3 else {}
    return {"development": random.choice((0, 0, 1, 2)), **keys}
