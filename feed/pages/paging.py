"""The pages of one story: the newest entries on its first page, all older ones on numbered pages.

Each numbered page has a hundred entries in the order in which they were created, page 1 the oldest. So an entry never
moves from one page to another, and a full page changes only with its entries. `history.json` and `state.json` have
numbered pages that are cut in the same way.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeVar

from feed.entries.model import Entry
from feed.entries.plan import EntryPlan
from feed.entries.story import StoryEntries

PAGE_ENTRIES = 100
_NUMBERED: Final = re.compile("(.*?)(0|[1-9][0-9]{0,8})", re.DOTALL)
_Item = TypeVar("_Item")


def full_pages(count: int) -> range:
    """Return the numbers of the pages that `count` items fill, from 1. A page is cut once the next item exists."""
    return range(1, max(0, count - 1) // PAGE_ENTRIES + 1)


def on_page(items: Sequence[_Item], number: int) -> Sequence[_Item]:
    """Return those of `items`, the oldest first, that are on the numbered page `number`."""
    return items[(number - 1) * PAGE_ENTRIES : number * PAGE_ENTRIES]


def on_no_page(items: Sequence[_Item]) -> Sequence[_Item]:
    """Return those of `items`, the oldest first, that are on no numbered page yet."""
    return items[len(full_pages(len(items))) * PAGE_ENTRIES :]


class Paging:
    """Divides a story's entries into its first page and `numbered` older ones. The first has all that those lack."""

    def __init__(self, entries: StoryEntries) -> None:
        self.story = entries.story
        self._entries = entries
        self._plans = entries.plans
        self.began_at, self.words = entries.began_at, entries.words
        self.numbered = full_pages(len(self._plans))

    @cached_property
    def first(self) -> tuple[Entry, ...]:
        """The entries of the first page: those listed last, those on no older page, and pinned ones."""
        newest = self._entries.by_date[:PAGE_ENTRIES]
        others = (*on_no_page(self._plans), *self._entries.pinned)
        ids = {plan.id for plan in (*newest, *others)}
        return tuple(self._entries.entry(plan) for plan in self._entries.by_date if plan.id in ids)

    def plans(self, number: int) -> Sequence[EntryPlan]:
        """Return the plans of the entries of the numbered page `number`, from 1, the oldest."""
        return on_page(self._plans, number)

    def page(self, number: int) -> tuple[Entry, ...]:
        """Return the entries of a numbered page, newest first; what is of an archive stands where its date does."""
        plans = sorted(self.plans(number), key=lambda plan: plan.published if plan.backfill else plan.item.sort_at)
        return tuple(self._entries.entry(plan) for plan in reversed(plans))

    @cached_property
    def elsewhere(self) -> Mapping[str, int]:
        """The numbered page of each entry that is not on the first page, by anchor."""
        here = {entry.anchor for entry in self.first}
        older = ((number, plan) for number in self.numbered for plan in self.plans(number))
        return {plan.anchor: number for number, plan in older if plan.anchor not in here}


def anchor_runs(anchors: Iterable[str]) -> list[str | tuple[str, int, int]]:
    """Return anchors for the page's script, those with successive numbers together: d1 to d100 are ("d", 1, 100).

    One by one, the anchors of a story of 10,000 reports are a third of its compressed page.
    """
    runs: list[str | tuple[str, int, int]] = []
    for anchor in anchors:
        numbered = _NUMBERED.fullmatch(anchor)
        last = runs[-1] if runs else None
        if numbered is None:
            runs.append(anchor)
        elif isinstance(last, tuple) and (last[0], str(last[2] + 1)) == numbered.groups():
            runs[-1] = (last[0], last[1], last[2] + 1)
        else:
            runs.append((numbered[1], int(numbered[2]), int(numbered[2])))
    return runs
