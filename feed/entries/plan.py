"""An entry in the making: what makes it, and what has since edited it in place."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from events.diff import ContradictionChanged, DenialChanged, FactChanged
from events.fold.claims import AttributedClaim
from events.model.events import (
    Amendment,
    DevelopmentCorrected,
    DevelopmentPinned,
    DevelopmentReported,
    DevelopmentUnpinned,
    Erased,
    StoryClosed,
    StoryReopened,
)
from events.public.sequence import DevelopmentItem, OverdueNotice, PublicItem
from feed.entries.model import EntryKind

MARKED_FIELDS = frozenset({"facts", "said_by"})
"""A correction of these marks the values that it replaced, wherever they are quoted."""


@dataclass(slots=True)
class Edit:
    """Something that edits an entry in place: when, and the public item that tells it."""

    at: datetime
    item: PublicItem

    @property
    def reaches_back(self) -> bool:
        """Whether it changes the entry where it was listed before, too.

        It may take away text (a hold, a retraction, a redaction), or mark values that no longer stand.
        """
        match self.item.event:
            case DevelopmentCorrected(set=amendment):
                return bool(MARKED_FIELDS & amendment.model_fields_set)
            case Erased(fields=fields):
                return bool(MARKED_FIELDS.intersection(fields))
            case _:
                return True


@dataclass(slots=True, eq=False)
class EntryPlan:
    """An entry in the making. `listed` is the number of the item that listed it last.

    `edits` are those that list it again, `edited_quietly_at` is when another one changed its bytes last, `pinned_at`
    when it was last pinned, or unpinned.
    """

    kind: EntryKind
    item: DevelopmentItem | OverdueNotice
    id: str
    anchor: str
    published: datetime
    updated: datetime
    touched: datetime
    listed: int
    edits: list[Edit] = field(default_factory=list)
    edited_quietly_at: datetime | None = None
    pinned_at: datetime | None = None
    removed: bool = False

    @property
    def development(self) -> str:
        """The development that it is about."""
        return self.item.development

    def edit(self, item: PublicItem, *, quietly: bool = False) -> None:
        """Note that `item` edits this entry. Quietly: its bytes change, and nobody need look again."""
        self.touched = item.at
        if quietly:
            self.edited_quietly_at = item.at
        else:
            self.updated, self.listed = item.at, item.number
            self.edits.append(Edit(item.at, item))

    def listings(self) -> Iterator[int]:
        """Yield the numbers of the items that list it: what made it, then what has edited it aloud."""
        yield self.item.number
        yield from sorted({edit.item.number for edit in self.edits} - {self.item.number})

    def as_listed(self, number: int) -> "EntryPlan":
        """Return it as the item `number` listed it: edited since only by what is quiet, or takes text away."""
        edits = [edit for edit in self.edits if edit.item.number <= number]
        updated = edits[-1].at if edits else self.item.at
        since = [edit.at for edit in self.edits if edit.item.number > number and edit.reaches_back]
        quietly = [] if self.edited_quietly_at is None else [self.edited_quietly_at]
        return replace(self, edits=edits, listed=number, updated=updated, touched=max([updated, *since, *quietly]))

    def quoted(self) -> Iterator[tuple[str, AttributedClaim]]:
        """Yield every value that its computed part quotes, with the key that it is of."""
        for change in self.item.changes:
            match change:
                case FactChanged():
                    yield from ((change.key, voice) for voice in (change.was, change.now) if voice is not None)
                case ContradictionChanged() | DenialChanged():
                    yield change.key, change.claim
                case _:
                    pass
        for fact in self.item.facts:
            yield from ((fact.key, voice) for voice in fact.claims)

    def fact_keys(self) -> set[str]:
        """Return the keys of the facts that its computed part shows."""
        changed = (ContradictionChanged, DenialChanged, FactChanged)
        told = {change.key for change in self.item.changes if isinstance(change, changed)}
        return told | {fact.key for fact in self.item.facts}

    def quoted_developments(self) -> set[str]:
        """Return the developments that its computed part quotes, or that its report says something of."""
        changed = {name for change in self.item.changes for name in change.quotes()}
        awaited = {name for expected in self.item.expected for name in expected.quotes()}
        voices = [voice for fact in self.item.facts for voice in fact.claims]
        said = {name for voice in voices for name in (voice.development, voice.against) if name is not None}
        return changed | awaited | said | addressed(self.item)


def only_adds(item: PublicItem) -> bool:
    """Return True if `item` adds to a story, and neither mends nor takes back what stood before."""
    match item.event:
        case None:
            return True  # an overdue notice
        case DevelopmentReported() | DevelopmentPinned() | DevelopmentUnpinned() | StoryClosed() | StoryReopened():
            return True
        case _:
            return False


def part_of(item: PublicItem) -> DevelopmentReported | Amendment | None:
    """Return what the report or correction says that `item` tells, if it tells one."""
    part = item.event.set if isinstance(item.event, DevelopmentCorrected) else item.event
    return part if isinstance(part, DevelopmentReported | Amendment) else None


def addressed(item: PublicItem) -> set[str]:
    """Return the developments that the report or correction in `item` disputes or corroborates."""
    part = part_of(item)
    if part is None:
        return set()
    return {aim.development for aim in part.disputes} | {aim.development for aim in part.corroborates}
