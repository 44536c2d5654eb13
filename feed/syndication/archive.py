"""The whole story as a chain of pages behind its current feed: RFC 5005, 4, and feed/README.md#the-archive.

Pages hold *listings*: the item that makes an entry lists it, and each that edits it openly lists it again. So a
corrected entry returns to the current feed, and later goes to a newer page too; of duplicates, readers take the one
that was updated last. The older page keeps the entry as it was listed there. Its bytes change only for quiet edits
(a typo), for a mark on a value that was corrected since, and if text is withdrawn: no page shows that any more.

Where a page ends depends only on the events as they were when they were listed. A redaction erases such an event, and
may so change where the pages of long texts end.
"""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from events.fold.development import correct, erase
from events.model.codec import canonical
from events.model.events import DevelopmentCorrected, DevelopmentReported, Erased
from events.public.sequence import DevelopmentItem, PublicItem
from feed.entries.model import Entry
from feed.entries.plan import EntryPlan
from feed.entries.story import StoryEntries

LISTINGS_MAX = 50
WEIGHT_MAX = 180_000
"""In bytes, by estimate: no page is larger, unless it holds a single listing."""
WEIGHT_MIN = 2_000


@dataclass(frozen=True, slots=True)
class Listing:
    """The listing of the entry of `plan` by the public item `number`."""

    number: int
    plan: EntryPlan


class Chain:
    """A story's listings, cut into pages.

    `full`  the pages that are archived, oldest first
    `rest`  the listings that are not archived yet: the current feed must hold them, so that no entry is missing
    """

    def __init__(self, entries: StoryEntries, items: Iterable[PublicItem], *, most: int = LISTINGS_MAX) -> None:
        self._entries = entries
        self._texts = _texts(items)
        pages = list(self._cut(min(most, LISTINGS_MAX)))
        self.full: tuple[tuple[Listing, ...], ...] = tuple(pages[:-1])
        self.rest: tuple[Listing, ...] = pages[-1]

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

    def _cut(self, most: int) -> Iterator[tuple[Listing, ...]]:
        page: list[Listing] = []
        weight = 0
        for listing in _listings(self._entries.plans):
            adds = self._weight(listing)
            if page and (len(page) == most or weight + adds > WEIGHT_MAX):
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
        for item in self._texts.get(listing.plan.development, ()):
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


def _listings(plans: Iterable[EntryPlan]) -> list[Listing]:
    """Return all listings, oldest first. Of those by one item, the new entry comes after those that it edits."""
    listings = [Listing(number, plan) for plan in plans for number in plan.listings()]
    return sorted(listings, key=lambda listing: (listing.number, listing.plan.item.number))


def _texts(items: Iterable[PublicItem]) -> dict[str, Sequence[PublicItem]]:
    """Return, by development, the items that say what its report is."""
    texts: dict[str, list[PublicItem]] = {}
    for item in items:
        if isinstance(item, DevelopmentItem) and isinstance(
            item.event, DevelopmentReported | DevelopmentCorrected | Erased
        ):
            texts.setdefault(item.development, []).append(item)
    return {**texts}
