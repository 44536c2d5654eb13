"""What a desk at work is told to do next, and with what: drawn by chance, never looked up."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from tests.builders import HOUR, START

KEYS = ("dead", "hurt")
ORGS = ("Clinic", "Fire Service", "Police")
NAMES = ("a", "b", "c", "d1", "d2", "d3", "d4")
PROMISES = ("e1", "e2", "ferries", "talks")
DAYS = tuple((START + timedelta(days=day)).date() for day in range(-3, 4))
STANCES = ("asserts", "asserts", "asserts", "denies", "cannot_confirm", "withholds")
KINDS = ("denies", "cannot_confirm", "disagrees")

PLACES = 20
SPANS = (0, 0, 1, 5, 24, 60, -2, -30)
LATE = (None, None, None, None, 1, 1, 26, 80, 80, -30)
COMMANDS = {
    "take_report": 8,
    "correct_facts": 4,
    "hold": 3,
    "release": 3,
    "retract": 2,
    "wait": 2,
    "pin": 2,
    "publish": 2,
    "correct_headline": 2,
    "close": 1,
    "reopen": 8,
    "redact": 1,
    "redact_a_report": 1,
    "say_the_same_again": 1,
    "expect_another_version": 1,
}


def counted(names: list[str], place: int) -> str:
    """Return the name at `place` from the end, the last ones again and again; at the last place one that is unknown."""
    return names[-1 - place % len(names)] if names and place < PLACES - 1 else "unknown"


def given_to(command: str, random: Random) -> dict[str, Any]:
    """Return what a command is called with."""

    def maybe(share: float, choices: Sequence[Any]) -> Any:
        return random.choice(choices) if random.random() < share else None

    place, late = random.randrange(PLACES), random.choice(LATE)
    called: dict[str, Any] = {"place": place}
    match command:
        case "wait":
            return {"span": random.choice(SPANS) * HOUR}
        case "take_report":
            called = {
                "name": maybe(0.2, NAMES),
                "org": random.choice(ORGS),
                "disputes": (random.randrange(PLACES), random.choice(KINDS)) if random.random() < 0.3 else None,
                "confirms": maybe(0.06, range(PLACES)),
                "expects": (maybe(0.6, PROMISES), random.random() < 0.9) if random.random() < 0.3 else None,
                "resolves": maybe(0.15, range(PLACES)),
            }
        case "correct_headline":
            headline, level = (
                random.choice(("A report", "A Report", "2 reports")),
                random.choice(("typo", "correction")),
            )
            return {"place": place, "headline": headline, "level": level}
        case "retract":
            return {"place": place, "other": maybe(0.5, range(PLACES))}
        case "pin":
            return {"place": place, "pins": random.random() < 0.6}
        case "expect_another_version":
            return {"off": random.choice((-1, 1))}
        case "close" | "reopen" | "publish" | "say_the_same_again":
            return {}
        case _:
            pass
    if command in {"take_report", "correct_facts"}:
        called["said"] = _claims(random)
        called["late"] = None if late is None else late * HOUR
        called["embargo"] = START + random.randrange(1, 30) * 6 * HOUR if random.random() < 0.25 else None
    return called


def _claims(random: Random) -> list[dict[str, Any]]:
    """Return up to three claims, each of another origin or key: a report holds one of each (1.3)."""
    known_by = random.sample([(key, org) for key in KEYS for org in ORGS], random.randrange(4))
    return [
        {"key": key, "org": org, "stance": random.choice(STANCES), "value": random.randrange(1, 4)}
        | ({"as_of": random.choice(DAYS)} if random.random() < 0.5 else {})
        for key, org in known_by
    ]
