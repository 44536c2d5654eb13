"""The promises of a story as events of a calendar (feed/README.md#calendars).

Each expectation that has, or had, a window is one event for ever. Its sequence and its date come from the public item
that last touched the expectation, so that they never fall, not even when words are erased.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from events.fold.expectations import Expected
from events.fold.state import Story
from events.model.events import EventRedacted, StoryRevised
from events.model.parts import Notice
from events.public.sequence import PublicItem
from events.wording.catalogue import quoted
from events.wording.expectations import expected_by, expected_condition, expected_due, expected_what, promise_names
from events.wording.language import Term
from events.wording.values import due_words
from feed.entries.builder import Address
from feed.entries.model import CalendarEvent
from feed.entries.story import StoryEntries

TITLES: Final = {
    "overdue": Term("title of a notice", "Overdue"),
    "partly_met": Term("title of a promise", "Met in part"),
    "met": Term("title of a promise", "Met"),
    "met_late": Term("title of a promise", "Met late"),
    "missed": Term("title of a promise", "Missed"),
    "cancelled": Term("title of a promise", "Cancelled"),
    "moved": Term("title of a promise", "Moved"),
    "withdrawn": Term("title of a notice", "No longer expected"),
    "withheld": Term("title of a promise", "Withheld pending checks"),
    "undated": Term("title of a promise", "Date withdrawn"),
}
"""What a title says first of a promise that is not just awaited."""


@dataclass(slots=True)
class _Touched:
    """What the public items did to an expectation.

    number, at: of the item that last touched it
    was_dated: whether it had a window, or may have had one that was erased; not one of an archive that had ended before
    stated_by: the development whose words it had last
    """

    number: int
    at: datetime
    was_dated: bool = False
    stated_by: str = ""


def calendar_events(entries: StoryEntries, items: Iterable[PublicItem], address: Address) -> tuple[CalendarEvent, ...]:
    """Return the event of each expectation of a story, by its first day."""
    story = entries.story
    current = {expected.id: expected for expected in story.expectations}
    names = promise_names(story, entries.redactions, entries.words)
    events = [
        _event(
            entries, current.get(name), names, touched, address, uid=address.entry_id(story.story, f"expected/{name}")
        )
        for name, touched in _touched_by(items).items()
        if touched.was_dated
    ]
    return tuple(sorted(events, key=lambda event: (event.starts_on, event.uid)))


def _touched_by(items: Iterable[PublicItem]) -> dict[str, _Touched]:
    """Return what `items` did to each expectation, by its id."""
    touched: dict[str, _Touched] = {}
    for item in items:
        event = item.event
        if not item.touched_expectations and not isinstance(event, EventRedacted | StoryRevised):
            continue
        # A redaction names what the erased words were about: nothing else does any more.
        erased = _erased(item, event.noticed) if isinstance(event, EventRedacted) else set()
        renamed = touched.keys() if isinstance(event, StoryRevised) else set()
        for name in erased | renamed | item.touched_expectations.keys():
            one = touched.setdefault(name, _Touched(item.number, item.at))
            one.number, one.at = item.number, max(one.at, item.at)
            after = item.touched_expectations.get(name)
            ends_at = None if after is None else after[0].ends_at
            one.was_dated |= name in erased or (ends_at is not None and not (item.backfill and ends_at <= item.at))
            one.stated_by = one.stated_by if after is None else after[0].stated_by
    return touched


def _erased(item: PublicItem, noticed: Mapping[str, Sequence[Notice]]) -> set[str]:
    """Return the expectations that may have been in the calendar, of those that a redaction erased."""
    return {name for name, notices in noticed.items() if not (item.backfill and notices)}


def _event(
    entries: StoryEntries,
    expected: Expected | None,
    names: Mapping[str, str],
    touched: _Touched,
    address: Address,
    *,
    uid: str,
) -> CalendarEvent:
    story, words = entries.story, entries.words
    page = address.page(story.story)
    day = touched.at.date()
    status, starts_on, ends_on, url = _withdrawn(touched, story), day, day, page
    what = words.gettext("a promise in the story {headline}", headline=quoted(story.headline, words))
    description: tuple[str, ...] = (story.headline,)
    if expected is not None:
        status, what = "undated", expected_what(expected, entries.redactions, words)
        url = f"{page}#{expected.stated_by}"
        bounds = None if expected.due is None else expected.due.bounds
        if bounds is not None and bounds.latest is not None:
            status, starts_on, ends_on = _status(expected, story), bounds.earliest or bounds.latest, bounds.latest
            description = (
                *_subject(what, names[expected.id]),
                *filter(None, _details(expected, entries)),
                story.headline,
            )
    title = TITLES.get(status)
    return CalendarEvent(
        uid=UUID(uid),
        sequence=touched.number,
        changed_at=touched.at.replace(microsecond=0),
        starts_on=starts_on,
        ends_on=ends_on,
        cancelled=status in {"cancelled", "withdrawn", "withheld", "undated"},
        summary=what if title is None else words.gettext("{name}: {value}", name=words.term(title), value=what),
        description="\n".join(description),
        language=entries.language,
        url=url,
    )


def _withdrawn(touched: _Touched, story: Story) -> str:
    """Return what became of a promise that no usable report states. What is held may be expected still."""
    report = story.development(touched.stated_by)
    return "withheld" if report is not None and report.status == "withheld" else "withdrawn"


def _status(expected: Expected, story: Story) -> str:
    status = story.status_of(expected)
    moved = any(change.how == "moved" for change in expected.history)
    return "moved" if moved and status in {"open", "pending"} else status


def _subject(what: str, name: str) -> Iterator[str]:
    """Yield the promise with the headline of its report, if other promises have the same words."""
    if name != what:
        yield name


def _details(expected: Expected, entries: StoryEntries) -> Iterator[str]:
    """Yield of whom it is expected, the dates that it had and has, and on what condition."""
    redactions, words = entries.redactions, entries.words
    yield expected_by(expected, redactions, words)
    former = [due_words(change.due, words) for change in expected.history]
    yield " → ".join([*former, expected_due(expected, redactions, words)])
    yield expected_condition(expected, redactions, words)
