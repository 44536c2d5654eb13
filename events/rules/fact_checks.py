"""What the ledger refuses of a check of a fact: events/README.md#fact_checked. Pure."""

from collections.abc import Iterator
from datetime import datetime

from events.errors import Problem, did_you_mean
from events.fold.story import StoryFold
from events.model.edtf import format_instant, latest_day_anywhere
from events.model.events import FactChecked


def fact_check_problems(fold: StoryFold, command: FactChecked, *, now: datetime) -> Iterator[Problem]:
    """Yield what is wrong with a check that is recorded at `now`."""
    key = command.key
    if fold.fact(key) is None:
        facts = fold.facts()
        close = did_you_mean(key, facts)
        hint = f"Did you mean {close}?" if close else f"To see the facts: writethru show {fold.story}"
        remedy = hint if facts else "Check a fact once it is reported."
        message = f"no report speaks of {key}."
        silent = [record for record in fold.records.values() if record.report is not None and key in record.report.keys]
        if silent:
            record = silent[-1]
            message = f"what is reported of {key} was {'withdrawn' if record.withdrawn else 'held'} with {record.id}."
            release = f"To release it: writethru release {fold.story} {record.id}"
            remedy = "Check a fact that counts." if record.withdrawn else release
        yield Problem(where="", check="key", message=message, remedy=remedy)
    if command.checked_on is not None:
        latest, at = command.reported_at or now, command.checked_on.exact
        day = command.checked_on.bounds.earliest
        if (at is not None and at > latest) or (day is not None and day > latest_day_anywhere(latest)):
            words = command.checked_on.edtf if at is None else format_instant(at)
            message = f"{words} is after it was reported, or in the future."
            yield Problem(where="", check="checked_on", message=message, remedy="Give the day on which it was checked.")
