"""The public sequence in the order of what readers see as its dates: an archive's reports come in late, but are old.

events/README.md#archives. A story without an archive is told in the order in which it became public.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from events.fold.story import StoryFold
from events.model.events import StoryOpened
from events.public.sequence import DevelopmentItem, OverdueNotice, PublicItem


def dates_of(items: Sequence[PublicItem], entry_dates: Mapping[int, datetime]) -> dict[int, datetime]:
    """Return the date of each item, by number: that of `entry_dates`, if it has an entry.

    The opening is the oldest item, and no item is older than the report that it is about.
    """
    dates = {item.number: entry_dates.get(item.number, item.shown_at).replace(microsecond=0) for item in items}
    reported: dict[str, datetime] = {}
    for item in items:
        date = dates[item.number]
        if isinstance(item, DevelopmentItem):
            dates[item.number] = max(date, reported.setdefault(item.development, date))
        elif isinstance(item.event, StoryOpened):
            dates[item.number] = min(dates.values())
    return dates


def touched_by_date(story: str, items: Sequence[PublicItem], dates: Mapping[int, datetime]) -> Iterator[PublicItem]:
    """Yield `items`, each with what it touches if they happen in the order of `dates`."""
    fold = StoryFold(story)
    in_order = sorted(items, key=lambda item: (dates[item.number], item.number))
    touching = {item.number: _applied(item, fold, dates[item.number]) for item in in_order}
    return (touching[item.number] for item in items)


def _applied(item: PublicItem, fold: StoryFold, at: datetime) -> PublicItem:
    """Return `item` with what it touches in `fold`, to which it is applied."""
    if isinstance(item, OverdueNotice):
        expected = fold.expected(item.expectation.id)
        touched = {} if expected is None else {expected.id: (expected, expected.status(item.ends_at, fold.running))}
        return replace(item, touched_expectations={**item.touched_expectations, **touched})
    with fold.watch() as touched_names:
        fold.apply(item.recorded, at=at)
    expectations = {name: fold.expected(name) for name in touched_names.expectations}
    return replace(
        item,
        touched_facts={key: fold.fact(key) for key in touched_names.facts},
        touched_expectations={
            name: None if expected is None else (expected, expected.status(at, fold.running))
            for name, expected in expectations.items()
        },
    )
