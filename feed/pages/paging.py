"""The pages of one story: the newest entries on its first page, all older ones on numbered pages behind it.

Numbered pages are cut over entries in the order in which they were made, a hundred each, from the oldest. So an entry
never moves from one to another, and a full page changes only with the entries on it.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from feed.entries.model import Entry
from feed.entries.plan import EntryPlan
from feed.entries.story import StoryEntries

PAGE_ENTRIES = 100


class Paging:
    """Cuts a story's entries into its first page and `numbered` older ones. The first holds whatever they do not."""

    def __init__(self, entries: StoryEntries) -> None:
        self.story = entries.story
        self._entries = entries
        self._plans = entries.plans
        self.numbered = max(0, len(self._plans) - 1) // PAGE_ENTRIES

    @cached_property
    def first(self) -> tuple[Entry, ...]:
        """The entries of the first page: those listed last, whatever no older page holds, and what is pinned."""
        newest = self._entries.newest(PAGE_ENTRIES)
        known = {entry.id for entry in newest}
        others = [self._entries.entry(plan) for plan in self._plans[self.numbered * PAGE_ENTRIES :]]
        others += [self._entries.entry(plan) for plan in self._entries.pinned]
        added = {entry.id: entry for entry in others if entry.id not in known}
        return tuple(sorted((*newest, *added.values()), key=lambda entry: -entry.listed))

    def plans(self, number: int) -> Sequence[EntryPlan]:
        """Return the entries in the making of the numbered page `number`, from 1, the oldest page."""
        return self._plans[(number - 1) * PAGE_ENTRIES : number * PAGE_ENTRIES]

    def page(self, number: int) -> tuple[Entry, ...]:
        """Return the entries of a numbered page, the newest first."""
        return tuple(self._entries.entry(plan) for plan in reversed(self.plans(number)))

    @cached_property
    def elsewhere(self) -> Mapping[str, int]:
        """The anchors of the entries that the first page does not hold, each with the page that does."""
        here = {entry.anchor for entry in self.first}
        older = self._plans[: self.numbered * PAGE_ENTRIES]
        return {plan.anchor: index // PAGE_ENTRIES + 1 for index, plan in enumerate(older) if plan.anchor not in here}
