"""The commands of a random desk and their arguments, drawn without looking at the desk."""

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

INDEXES = 20  # of names, from the end; the last is of a name that does not exist
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
    "append_again": 1,
    "expect_another_version": 1,
}


def name_at(index: int, names: list[str]) -> str:
    """Return the name at `index` from the end, in a circle; or for the last index one that does not exist."""
    return names[-1 - index % len(names)] if names and index < INDEXES - 1 else "unknown"


def arguments(command: str, random: Random) -> dict[str, Any]:
    """Return the arguments of a command."""
    match command:
        case "wait":
            return {"span": random.choice(SPANS) * HOUR}
        case "expect_another_version":
            return {"off": random.choice((-1, 1))}
        case "close" | "reopen" | "publish" | "append_again":
            return {}
        case "take_report":
            return _report(random)
        case "correct_facts":
            return {"index": random.randrange(INDEXES), **_times(random), "claims": _claims(random)}
        case "correct_headline":
            headline = random.choice(("A report", "A Report", "2 reports"))
            return {
                "index": random.randrange(INDEXES),
                "headline": headline,
                "level": random.choice(("typo", "correction")),
            }
        case "retract":
            return {"index": random.randrange(INDEXES), "other": _maybe(0.5, range(INDEXES), random)}
        case "pin":
            return {"index": random.randrange(INDEXES), "pins": random.random() < 0.6}
        case _:
            return {"index": random.randrange(INDEXES)}


def _report(random: Random) -> dict[str, Any]:
    dispute = (random.randrange(INDEXES), random.choice(KINDS))
    expectation = (_maybe(0.6, PROMISES, random), random.random() < 0.9)
    return {
        "name": _maybe(0.2, NAMES, random),
        "org": random.choice(ORGS),
        "claims": _claims(random),
        **_times(random),
        "disputes": dispute if random.random() < 0.3 else None,
        "confirms": _maybe(0.06, range(INDEXES), random),
        "expects": expectation if random.random() < 0.3 else None,
        "resolves": _maybe(0.15, range(INDEXES), random),
    }


def _times(random: Random) -> dict[str, Any]:
    late = random.choice(LATE)
    embargo = START + random.randrange(1, 30) * 6 * HOUR
    return {
        "late": None if late is None else late * HOUR,
        "embargo": embargo if random.random() < 0.25 else None,
    }


def _claims(random: Random) -> list[dict[str, Any]]:
    """Return up to three claims, each of another origin or key: a report has one of each."""
    pairs = random.sample([(key, org) for key in KEYS for org in ORGS], random.randrange(4))
    return [
        {"key": key, "org": org, "stance": random.choice(STANCES), "value": random.randrange(1, 4)}
        | ({"as_of": random.choice(DAYS)} if random.random() < 0.5 else {})
        for key, org in pairs
    ]


def _maybe(share: float, choices: Sequence[Any], random: Random) -> Any:
    return random.choice(choices) if random.random() < share else None
