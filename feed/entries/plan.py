"""The plan of an entry: the public item that makes it, and those that edit it in place."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from events.changes import AccountChanged, ClaimChange, ContradictionChanged, DenialChanged, FactChanged
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
"""A correction of these fields marks the values that it replaced, wherever an entry quotes them."""


@dataclass(slots=True, eq=False)
class EntryPlan:
    """What an entry is made of.

    `kind`, `id`, `anchor`, `published`, `updated`, `touched`  as in `Entry`
    `item`               the public item that the entry shows
    `listed_at`          the `sort_at` of the item of `updated`
    `changed_at`         the `sort_at` of the item of `touched`
    `listed`             the number of the item that listed it last
    `edits`              the items that edited it openly, and so listed it again, in order
    `quiet_edit`         the item that last changed its bytes quietly
    `pinned_at`          when it was last pinned or unpinned
    `removed`            True if its text was redacted
    `headline`           that of the report when a correction made the entry, with the typos in it that were fixed since
    `nth`                the number of its report among the reports of one minute, which are called by their time
    `backfill`           True if it is no news: no current feed lists it (feed/README.md#archives)
    """

    kind: EntryKind
    item: DevelopmentItem | OverdueNotice
    id: str
    anchor: str
    published: datetime
    updated: datetime
    touched: datetime
    listed: int
    listed_at: datetime
    changed_at: datetime
    edits: list[PublicItem] = field(default_factory=list)
    quiet_edit: PublicItem | None = None
    pinned_at: datetime | None = None
    removed: bool = False
    headline: str = ""
    nth: int = 1
    backfill: bool = False

    @property
    def development(self) -> str:
        """The development that it is about."""
        return self.item.development

    def edit(self, item: PublicItem, *, quietly: bool = False) -> None:
        """Note that `item` edits this entry: quietly, if readers need not look at it again."""
        self.touched, self.changed_at = item.at, item.sort_at
        if quietly:
            self.quiet_edit = item
        else:
            self.updated, self.listed, self.listed_at = self.date_of(item), item.number, item.sort_at
            self.edits.append(item)

    def date_of(self, item: PublicItem) -> datetime:
        """Return the date at which the entry shows that `item` made or edited it."""
        return item.shown_at if self.backfill else item.at

    def as_listed(self, number: int) -> "EntryPlan":
        """Return it as the item `number` listed it. Quiet edits since, and those that withdraw text, date it too."""
        edits = [item for item in self.edits if item.number <= number]
        lists = edits[-1] if edits else self.item
        since = [item for item in self.edits if item.number > number and _changes_old_listings(item)]
        changes = [lists, *since, *([] if self.quiet_edit is None else [self.quiet_edit])]
        return replace(
            self,
            edits=edits,
            listed=number,
            updated=self.date_of(lists),
            listed_at=lists.sort_at,
            touched=max(item.at for item in changes),
            changed_at=max(item.sort_at for item in changes),
        )

    def replaced_claims(self) -> set[AttributedClaim | None]:
        """Return the claims that a correction's entry quotes although they are corrected: it is about them."""
        if self.kind != "correction":
            return set()
        replaced = {change.was for change in self.item.changes if isinstance(change, FactChanged)}
        contradictions = (change for change in self.item.changes if isinstance(change, ContradictionChanged))
        accounts = (change for change in self.item.changes if isinstance(change, AccountChanged))
        return replaced | {
            *(change.claim for change in contradictions if change.ended),
            *(change.claim for change in accounts if change.how != "opened"),
        }

    def keys_of_own_changes(self) -> set[str]:
        """Return the keys of the facts whose changes tell what its own report claims."""
        claims: list[tuple[str, AttributedClaim | None]] = []
        for change in self.item.changes:
            match change:
                case FactChanged(key=key, now=now):
                    claims.append((key, now))
                case (
                    ContradictionChanged(key=key, claim=claim, ended=False)
                    | AccountChanged(key=key, claim=claim, how="opened")
                ):
                    claims.append((key, claim))
                case _:
                    pass
        return {key for key, claim in claims if claim is not None and claim.development == self.development}

    def fact_keys(self) -> set[str]:
        """Return the keys of the facts that its computed part shows."""
        return changed_keys(self.item) | {fact.key for fact in self.item.facts}

    def quoted_keys(self) -> set[str]:
        """Return the keys of those facts of which its computed part quotes a claim."""
        return changed_keys(self.item) | {fact.key for fact in self.item.facts if fact.quotable}

    def quoted_developments(self) -> set[str]:
        """Return the developments that its computed part quotes, or that its report answers."""
        quoting = (*self.item.changes, *self.item.expectations)
        claims = [claim for fact in self.item.facts for claim in fact.quotable]
        return {
            *(name for item in quoting for name in item.quotes()),
            *(name for claim in claims for name in (claim.development, claim.against) if name is not None),
            *answered_developments(self.item),
        }


def _changes_old_listings(item: PublicItem) -> bool:
    """Return True if an open edit by `item` also changes the entry on the archive pages that list it already.

    It does if it takes away text (a hold, a retraction, a redaction) or marks values that are quoted.
    """
    match item.event:
        case DevelopmentCorrected(set=amendment):
            return bool(MARKED_FIELDS & amendment.model_fields_set)
        case Erased(fields=fields):
            return bool(MARKED_FIELDS.intersection(fields))
        case _:
            return True


def changed_keys(item: PublicItem) -> set[str]:
    """Return the keys of the facts that `item` changed in a way that is told."""
    return {change.key for change in item.changes if isinstance(change, FactChanged | ClaimChange)}


def quoted_claims(item: PublicItem) -> Iterator[tuple[str, AttributedClaim]]:
    """Yield every claim that the entry of `item` or its row of the history quotes, with its key."""
    for change in item.changes:
        match change:
            case FactChanged():
                yield from ((change.key, claim) for claim in (change.was, change.now) if claim is not None)
            case ContradictionChanged() | AccountChanged() | DenialChanged():
                yield change.key, change.claim
            case _:
                pass
    touched = (fact for fact in item.touched_facts.values() if fact is not None)
    for fact in (*item.facts, *touched):
        yield from ((fact.key, claim) for claim in fact.quotable)


def only_adds(item: PublicItem) -> bool:
    """Return True if `item` adds to the end of a story, and neither corrects nor withdraws anything."""
    if item.backfill:
        return False  # it is older than what is there
    match item.event:
        case None:
            return True  # an overdue notice
        case DevelopmentReported() | DevelopmentPinned() | DevelopmentUnpinned() | StoryClosed() | StoryReopened():
            return True
        case _:
            return False


def part_of(item: PublicItem) -> DevelopmentReported | Amendment | None:
    """Return the report, or the fields that the correction replaces, if `item` is one."""
    part = item.event.set if isinstance(item.event, DevelopmentCorrected) else item.event
    return part if isinstance(part, DevelopmentReported | Amendment) else None


def answered_developments(item: PublicItem) -> set[str]:
    """Return the developments that the report or correction in `item` disputes or corroborates."""
    part = part_of(item)
    if part is None:
        return set()
    return {aim.development for aim in part.disputes} | {aim.development for aim in part.corroborates}
