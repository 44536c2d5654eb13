"""The pages of one story: the newest entries on its first page, all older ones on numbered pages.

Each numbered page has a hundred entries in the order in which they were created, page 1 the oldest. So an entry never
moves from one page to another, and a full page changes only with its entries.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from feed.entries.model import Entry
from feed.entries.plan import EntryPlan
from feed.entries.story import StoryEntries

PAGE_ENTRIES = 100


class Paging:
    """Divides a story's entries into its first page and `numbered` older ones. The first has all that those lack."""

    def __init__(self, entries: StoryEntries) -> None:
        self.story = entries.story
        self._entries = entries
        self._plans = entries.plans
        self.began_at, self.words = entries.began_at, entries.words
        self.numbered = max(0, len(self._plans) - 1) // PAGE_ENTRIES

    @cached_property
    def first(self) -> tuple[Entry, ...]:
        """The entries of the first page: those listed last, those on no older page, and pinned ones."""
        newest = self._entries.by_date[:PAGE_ENTRIES]
        others = (*self._plans[self.numbered * PAGE_ENTRIES :], *self._entries.pinned)
        ids = {plan.id for plan in (*newest, *others)}
        return tuple(self._entries.entry(plan) for plan in self._entries.by_date if plan.id in ids)

    def plans(self, number: int) -> Sequence[EntryPlan]:
        """Return the plans of the entries of the numbered page `number`, from 1, the oldest."""
        return self._plans[(number - 1) * PAGE_ENTRIES : number * PAGE_ENTRIES]

    def page(self, number: int) -> tuple[Entry, ...]:
        """Return the entries of a numbered page, newest first; what is of an archive stands where its date does."""
        plans = sorted(self.plans(number), key=lambda plan: plan.published if plan.archive else plan.item.sort_at)
        return tuple(self._entries.entry(plan) for plan in reversed(plans))

    @cached_property
    def elsewhere(self) -> Mapping[str, int]:
        """The numbered page of each entry that is not on the first page, by anchor."""
        here = {entry.anchor for entry in self.first}
        older = self._plans[: self.numbered * PAGE_ENTRIES]
        return {plan.anchor: index // PAGE_ENTRIES + 1 for index, plan in enumerate(older) if plan.anchor not in here}
