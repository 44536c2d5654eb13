"""The whole story as a chain of pages behind its current feed: RFC 5005, 4, and feed/README.md#the-archive.

Pages hold *listings*: the item that makes an entry lists it, and each that edits it openly lists it again. So a
corrected entry returns to the current feed, and later goes to a newer page too; of duplicates, readers take the one
that was updated last. The older page keeps the entry as it was listed there. Its bytes change only for quiet edits
(a typo), for a mark on a value that was corrected since, and if text is withdrawn: no page shows that any more.

What is of an archive (feed/README.md#archives) is in no current feed, so it has pages of its own among the others:
what became public at one instant ends a page at once.

Where a page ends depends only on the events as they were when they were listed. A redaction erases such an event, and
may so change where the pages of long texts end.
"""

import html
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from events.fold.development import correct, erase
from events.model.codec import canonical
from events.model.events import DevelopmentCorrected, DevelopmentReported, Erased
from events.public.sequence import PublicItem
from feed.entries.model import Entry
from feed.entries.plan import EntryPlan
from feed.entries.story import StoryEntries

LISTINGS_MAX = 50
WEIGHT_MAX = 180_000
"""In bytes, by estimate: no page is larger, unless it holds a single listing."""
WEIGHT_MIN = 2_000


class Listing(NamedTuple):
    """The listing of the entry of `plan` by the public item `number`."""

    number: int
    plan: EntryPlan


class Chain:
    """A story's listings, cut into pages.

    `full`  the pages that are archived, the one that was full first first
    `rest`  the news that is not archived yet: the current feed must hold it, so that no entry is missing
    """

    def __init__(self, entries: StoryEntries, items: Sequence[PublicItem], *, most: int = LISTINGS_MAX) -> None:
        self._entries = entries
        self._most = min(most, LISTINGS_MAX)
        listings = _listings(entries.plans)
        *news, self.rest = self._cut(listing for listing in listings if not listing.plan.backfill)
        # Each page, after the number of the item that makes it full: of news, of the first item on the next page.
        pages = [(page_after[0].number, page) for page, page_after in pairwise((*news, self.rest))]
        old = groupby((listing for listing in listings if listing.plan.backfill), lambda one: _moment(items, one))
        pages += [(page[-1].number, page) for _, batch in old for page in self._cut(batch)]
        pages.sort(key=itemgetter(0))
        self.full: tuple[tuple[Listing, ...], ...] = tuple(page for _, page in pages)
        self._full_at = [items[number - 1].sort_at for number, _ in pages]

    def full_by(self, at: datetime) -> int:
        """Return how many pages were full by `at`."""
        return bisect_right(self._full_at, at)

    @property
    def entries_waiting(self) -> int:
        """The number of entries that `rest` lists: the newest of the story, which its feed must hold."""
        return len({listing.plan.id for listing in self.rest})

    def plans(self, number: int) -> list[EntryPlan]:
        """Return the plans of the entries on the full page `number`, from 1. Some occur more than once."""
        return [listing.plan for listing in self.full[number - 1]]

    def page(self, number: int) -> tuple[Entry, ...]:
        """Return the entries of the full page `number`, from 1: the one listed last first, and each once."""
        last: dict[str, Listing] = {}
        for listing in reversed(self.full[number - 1]):
            last.setdefault(listing.plan.id, listing)
        return tuple(
            self._entries.as_listed(listing.plan, listing.number, self._report(listing, typos=True))
            for listing in last.values()
        )

    def _cut(self, listings: Iterable[Listing]) -> Iterator[tuple[Listing, ...]]:
        page: list[Listing] = []
        weight = 0
        for listing in listings:
            adds = self._entries.weights.get(listing) or self._entries.weights.setdefault(
                listing, self._weight(listing)
            )
            if page and (len(page) == self._most or weight + adds > WEIGHT_MAX):
                yield tuple(page)
                page, weight = [], 0
            page.append(listing)
            weight += adds
        yield tuple(page)

    def _weight(self, listing: Listing) -> int:
        """Return about how many bytes an entry took when it was listed: feeds escape its text twice."""
        is_report = listing.plan.kind == "report"
        event = self._report(listing, typos=False) if is_report else listing.plan.item.event
        if event is None or isinstance(event, Erased):
            return WEIGHT_MIN
        text = canonical(event.model_dump(exclude_defaults=True)).decode()
        return WEIGHT_MIN + len(html.escape(html.escape(text)).encode())

    def _report(self, listing: Listing, *, typos: bool) -> DevelopmentReported | None:
        """Return the report of an entry as it was when it was listed. With `typos`, later fixes of typos count too."""
        report: DevelopmentReported | None = None
        for item in self._entries.planner.texts.get(listing.plan.development, ()):
            since = item.number > listing.number
            match item.event:
                case DevelopmentReported() as event:
                    report = event
                case DevelopmentCorrected(level=level) as event if report and (
                    not since or (typos and level == "typo")
                ):
                    report = correct(report, event)
                case Erased() as event if report and not since:
                    report = erase(report, event)
                case _:
                    pass
        return report


def _moment(items: Sequence[PublicItem], listing: Listing) -> tuple[int, datetime]:
    item = items[listing.number - 1]
    return item.resets, item.at


def _listings(plans: Sequence[EntryPlan]) -> list[Listing]:
    """Return all listings, oldest first. Of those by one item, the new entry comes after those that it edits."""
    edits = [Listing(edit.number, plan) for plan in plans for edit in plan.edits]
    return sorted([*edits, *[Listing(plan.item.number, plan) for plan in plans]], key=itemgetter(0))
