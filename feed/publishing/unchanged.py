"""Which full pages of a story exist and would come out the same (feed/README.md#unchanged-pages)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NamedTuple

from events.fold.development import contradictory_claims
from events.fold.facts import Fact
from events.public.sequence import PublicItem
from feed.entries.plan import EntryPlan, answered_developments, only_adds
from feed.entries.story import StoryEntries
from feed.transparency.leaves import StoryLog
from feed.transparency.updates import NO_UPDATES, UpdatesFile


class PageContent(NamedTuple):
    """What a full page shows: entries, whole developments, and facts as they were, whose keys `keys` returns."""

    plans: Collection[EntryPlan] = ()
    developments: Collection[str] = ()
    keys: Callable[[], Collection[str]] = tuple


class PublishedPages(NamedTuple):
    """What the previous publication wrote of a story.

    items: how many public items it had
    files: its files by name
    updates: what it wrote of `updates.jsonl`, and that nobody has changed
    """

    items: int = 0
    files: frozenset[str] = frozenset()
    updates: UpdatesFile = NO_UPDATES

    def unchanged(
        self, pages: Mapping[str, PageContent], entries: StoryEntries, items: Sequence[PublicItem]
    ) -> frozenset[str]:
        """Return which of the full `pages` exist and would come out the same: no new item has touched what they show.

        None of them if a new item edits or withdraws something, since any page may quote that.
        """
        existing, new = pages.keys() & self.files, items[self.items :]
        if not new:
            return frozenset(existing)
        if not self._only_grows(items):
            return frozenset()
        changed = entries.changed_since(new[0].at)
        keys = {key for item in new for key in item.turned_keys}
        developments = _restated(items[: self.items], new, entries)
        return frozenset(
            name
            for name in existing
            if (not keys or keys.isdisjoint(pages[name].keys()))
            and developments.isdisjoint(pages[name].developments)
            and changed.isdisjoint(pages[name].plans)
        )

    def updates_with(self, log: StoryLog, items: Sequence[PublicItem]) -> UpdatesFile:
        """Return `updates.jsonl` for a story that has these `items` now."""
        return (self.updates if self._only_grows(items) else NO_UPDATES).extended(log)

    def _only_grows(self, items: Sequence[PublicItem]) -> bool:
        """Return True if new items only add to what was published, and the clock was not reset since."""
        before, new = items[: self.items], items[self.items :]
        return all(map(only_adds, new)) and (not before or before[-1].resets == items[-1].resets)


NOTHING_PUBLISHED: Final = PublishedPages()


def _restated(before: Sequence[PublicItem], new: Sequence[PublicItem], entries: StoryEntries) -> set[str]:
    """Return the developments that `new` items are about, aim at or substitute, or whose standing they change."""
    about = {item.development for item in new if item.development is not None}
    about |= {name for item in new for name in answered_developments(item)}
    about |= {item.id for item in entries.story.developments if item.substitute in about}
    touched = {key for item in new for key in item.touched_facts}
    sides = _contradicting(before, touched), _contradicting(new, touched)
    return about.union(*(sides[0][key] ^ sides[1][key] for key in touched))


def _contradicting(items: Sequence[PublicItem], keys: Collection[str]) -> dict[str, set[str]]:
    """Return the developments on either side of a contradiction about each of these keys, after `items`."""
    facts, left = dict[str, Fact | None].fromkeys(keys), {*keys}
    for item in reversed(items):
        if not left:
            break
        facts |= {key: item.touched_facts[key] for key in left & item.touched_facts.keys()}
        left -= item.touched_facts.keys()
    return {
        key: set() if fact is None else {claim.development for claim in contradictory_claims(fact)}
        for key, fact in facts.items()
    }
