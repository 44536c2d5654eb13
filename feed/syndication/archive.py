"""The whole story as a chain of pages behind its current feed (RFC 5005, 4; publication 2.4.6).

The chain is cut over *listings*: an entry is listed by the item that made it, and again by each that edits it aloud.
So an old entry that is corrected returns to the current feed, and is archived again on a newer page; of duplicates the
most recently updated stands. On the page where it stood first it stays as it was, and that page's bytes stay too: they
change only for what edits quietly (a typo), for a mark on a value that was corrected since, and for what takes text
away: what we know to be wrong must not go on standing anywhere.

Where one page ends follows from the events alone, as they were when they were listed, and not from what became of the
bytes since. A redaction erases what it follows from: pages of long texts may be cut anew then.
"""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from events.fold.development import corrected, with_removed
from events.model.codec import canonical
from events.model.events import DevelopmentCorrected, DevelopmentReported, Erased, Event
from events.public.sequence import DevelopmentItem, PublicItem
from feed.entries.model import Entry
from feed.entries.plan import EntryPlan
from feed.entries.story import StoryEntries

LISTINGS_MAX = 50
WEIGHT_MAX = 180_000
"""In bytes, as they may come out: a page ends before it weighs more, unless it holds a single listing."""
WEIGHT_MIN = 2_000


@dataclass(frozen=True, slots=True)
class Listing:
    """That the public item `number` listed the entry of `plan`."""

    number: int
    plan: EntryPlan


class Chain:
    """A story's listings, cut into pages. `full` are those that are archived, oldest first; `rest` is not, yet.

    The current feed must hold all of `rest`: then nothing is missing between it and the newest full page.
    """

    def __init__(self, entries: StoryEntries, items: Iterable[PublicItem], *, most: int = LISTINGS_MAX) -> None:
        self._entries = entries
        self._texts = _texts(items)
        pages = list(self._cut(min(most, LISTINGS_MAX)))
        self.full: tuple[tuple[Listing, ...], ...] = tuple(pages[:-1])
        self.rest: tuple[Listing, ...] = pages[-1]

    @property
    def entries_waiting(self) -> int:
        """How many entries `rest` lists: the newest of the story, which its feed must hold."""
        return len({listing.plan.id for listing in self.rest})

    def plans(self, number: int) -> list[EntryPlan]:
        """Return the entries in the making of the full page `number`, some more than once."""
        return [listing.plan for listing in self.full[number - 1]]

    def page(self, number: int) -> tuple[Entry, ...]:
        """Return the entries of the full page `number` (from 1), newest listing first, each once."""
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
        """Return about how many bytes an entry took when it was listed: its text is escaped twice in a feed."""
        is_report = listing.plan.kind == "report"
        says = self._report(listing, typos=False) if is_report else listing.plan.item.event
        if not isinstance(says, Event) or isinstance(says, Erased):
            return WEIGHT_MIN
        text = canonical(says.model_dump(exclude_defaults=True)).decode()
        return WEIGHT_MIN + len(html.escape(html.escape(text)).encode())

    def _report(self, listing: Listing, *, typos: bool) -> DevelopmentReported | None:
        """Return what the report of an entry said when it was listed; with all `typos` mended, those since as well."""
        report: DevelopmentReported | None = None
        for item in self._texts.get(listing.plan.development, ()):
            since = item.number > listing.number
            match item.event:
                case DevelopmentReported() as event:
                    report = event
                case DevelopmentCorrected(level=level) as event if report and (
                    not since or (typos and level == "typo")
                ):
                    report = corrected(report, event)
                case Erased() as event if report and not since:
                    report = with_removed(report, event)
                case _:
                    pass
        return report


def _listings(plans: Iterable[EntryPlan]) -> list[Listing]:
    """Return all listings, oldest first; of what one item lists, what is told comes after what it edits."""
    listings = [Listing(number, plan) for plan in plans for number in plan.listings()]
    return sorted(listings, key=lambda listing: (listing.number, listing.plan.item.number))


def _texts(items: Iterable[PublicItem]) -> dict[str, Sequence[PublicItem]]:
    """Return, by development, the items that made and corrected its report."""
    texts: dict[str, list[PublicItem]] = {}
    for item in items:
        if isinstance(item, DevelopmentItem) and isinstance(
            item.event, DevelopmentReported | DevelopmentCorrected | Erased
        ):
            texts.setdefault(item.development, []).append(item)
    return {**texts}
