"""An entry in the making: what makes it, and what has since edited it in place."""

from dataclasses import dataclass, field
from datetime import datetime

from events.expectations import Expected
from events.facts import Fact
from events.public import PublicItem
from feed.document import EntryKind


@dataclass(slots=True)
class Edit:
    """Something that edits an entry in place: when, and the public item that tells it."""

    at: datetime
    item: PublicItem


@dataclass(slots=True)
class Draft:
    """An entry in the making. `listed` is the number of the item that listed it last."""

    kind: EntryKind
    item: PublicItem
    development: str
    id: str
    anchor: str
    published: datetime
    updated: datetime
    touched: datetime
    listed: int
    edits: list[Edit] = field(default_factory=list)
    removed: bool = False

    def edit(self, item: PublicItem, *, quietly: bool = False) -> None:
        """Note that `item` edits this entry. Quietly: its bytes change, and nobody need look again."""
        self.touched = item.at
        if not quietly:
            self.updated, self.listed = item.at, item.number
            self.edits.append(Edit(item.at, item))

    def quotes(self, development: str) -> bool:
        """Tell whether its computed part quotes `development`."""
        return (
            any(development in change.quotes() for change in self.item.changes)
            or any(development in _words_of(expected) for expected in self.item.expected)
            or any(development in _voices(fact) for fact in self.item.facts)
        )


def _words_of(expected: Expected) -> tuple[str | None, ...]:
    """Give the developments that the words on an expectation come from."""
    return expected.development, expected.stated_by, expected.due_from


def _voices(fact: Fact) -> set[str]:
    """Give the developments that the words on a fact name: whose value it is, and who doubts it."""
    doubting = (*fact.denied_by, *fact.unconfirmed_by, *fact.withheld_by)
    return {voice.development for voice in (fact.current, *doubting) if voice is not None}
