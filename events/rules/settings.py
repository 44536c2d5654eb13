"""What the ledger refuses of a story's settings of facts: events/README.md#settings. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from events.errors import Problem
from events.fold.development import DevelopmentFold
from events.fold.story import StoryFold
from events.model.edtf import format_instant
from events.model.settings import FactSettings
from events.model.values import DateValue

CHECK: Final = "facts"


def settings_problems(
    fold: StoryFold, facts: Mapping[str, FactSettings], *, embargoed_until: datetime | None, now: datetime
) -> Iterator[Problem]:
    """Yield what is wrong with new settings `facts` that become public at `embargoed_until`, or at once."""
    public_at = max(now, embargoed_until or now)
    for key, settings in facts.items():
        yield from _embargo_problems(fold.key_embargo(key), public_at, f"{key} is known only under embargo")
        if settings.settled is not None:
            yield from _settlement_problems(fold, key, settings.settled, public_at)
        kind = _kind_without_threshold(fold, key)
        if settings.threshold is not None and kind is not None:
            yield _problem(
                f"{key} is {kind}, and only a number can have a threshold ({settings.threshold}).",
                "Leave the threshold out: followers of the fact are told each change.",
            )


def _embargo_problems(known_at: datetime | None, public_at: datetime, subject: str) -> Iterator[Problem]:
    if known_at is not None and known_at > public_at:
        until = format_instant(known_at)
        yield _problem(
            f"{subject}, until {until}: its settings would reveal it.",
            f"Give them the same embargo or a later one: --embargo {until}",
        )


def _settlement_problems(fold: StoryFold, key: str, development: str, public_at: datetime) -> Iterator[Problem]:
    record = fold.records.get(development)
    if record is not None and _asserts(record, key):
        yield from _embargo_problems(record.embargoed_until, public_at, f"{development} is under embargo")
        return
    if record is None:
        message = f"there is no development {development}."
    elif record.withdrawn:
        message = f"{development} was withdrawn, so it settles nothing."
    else:
        message = f"{development} does not say what {key} is, so it cannot settle that."
    accounts = sorted(name for name, other in fold.records.items() if _asserts(other, key))
    remedy = f"Name one that does: {', '.join(accounts)}." if accounts else f"No report says what {key} is yet."
    yield _problem(message, remedy)


def _kind_without_threshold(fold: StoryFold, key: str) -> str | None:
    """Return what the current value of `key` is if it is no number, such as "a text"."""
    fact = fold.fact(key)
    match None if fact is None or fact.current is None else fact.current.value:
        case bool():
            return "true or false"
        case str():
            return "a text"
        case DateValue():
            return "a date"
        case _:
            return None


def _asserts(record: DevelopmentFold, key: str) -> bool:
    report = record.readable
    return report is not None and any(claim.key == key and claim.stance == "asserts" for claim in report.facts)


def _problem(message: str, remedy: str) -> Problem:
    return Problem(where="", check=CHECK, message=message, remedy=remedy)
