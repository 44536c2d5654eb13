"""The public sequence → plans of entries: which items become a new entry, and which edit an old one.

feed/README.md#what-becomes-an-entry lists what each event becomes.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, assert_never
from uuid import UUID, uuid5

from events.fold.development import REMOVED
from events.fold.state_parts import substitutes
from events.model.events import (
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Erased,
    EventRedacted,
    StoryRevised,
)
from events.public.sequence import DevelopmentItem, OverdueNotice, PublicItem, StoryItem
from feed.entries.dependencies import (
    Readers,
    Ref,
    edit_reads,
    initial_reads,
    named_refs,
    published_refs,
    touches,
)
from feed.entries.model import EntryKind
from feed.entries.plan import EntryPlan, part_of

FOLLOW_UPS: frozenset[EntryKind] = frozenset({"correction", "withheld", "restored", "retraction"})
"""The entries about a report: of an archive's, they are news to those whose feed quoted it."""


class Address(NamedTuple):
    """Who publishes, and where: the newsroom's id, and the site's base URL, which ends in "/"."""

    newsroom: UUID
    base_url: str

    def entry_id(self, story: str, key: str) -> str:
        """Return the permanent id of the entry that shows the public item `key` of `story`."""
        return uuid5(self.newsroom, f"{story}/{key}").urn

    def page(self, story: str) -> str:
        """Return the URL of a story's page."""
        return f"{self.base_url}stories/{story}/"


class EntryPlanner:
    """Plans the entries of one public story along its sequence.

    `plans`       every entry, in the order in which they were made
    `reports`     each report's own entry, by development
    `texts`       the items that say what a report is, by development
    `quoted_keys` the facts of which some entry quotes a claim
    `revision`    the item that last changed the story's own words
    """

    def __init__(self, story: str, address: Address) -> None:
        self.plans: list[EntryPlan] = []
        self.reports: dict[str, EntryPlan] = {}
        self.texts: dict[str, list[DevelopmentItem]] = {}
        self.quoted_keys: set[str] = set()
        self.revision: StoryItem | None = None
        self._story = story
        self._address = address
        self._readers = Readers()
        self._published: set[Ref] = set()
        self._headlines: dict[str, str] = {}
        self._substitutes: dict[str, str] = {}
        self._reports_of_minute = Counter[datetime]()

    def take(self, items: Iterable[PublicItem]) -> None:
        """Take in the next `items` of the sequence."""
        for item in items:
            self._edit_readers(item)
            self._take(item)

    def _edit_readers(self, item: PublicItem) -> None:
        """Edit the entries that read what `item` touches."""
        touched = touches(item)
        openly = self._readers.of(touched.openly)
        quietly = self._readers.of(touched.quietly | self._naming_reports(item))
        for plan in openly:
            plan.edit(item)
            self._readers.add(plan, edit_reads(plan, item))
        for plan in quietly:
            plan.edit(item, quietly=True)

    def _naming_reports(self, item: PublicItem) -> set[Ref]:
        """Return references to the reports that name what `item` is the first to make public."""
        published = published_refs(item) - self._published
        self._published |= published
        naming = {plan.development for plan in self._readers.of(published)}
        return {Ref("report", name) for name in naming} | {Ref("development", name) for name in naming}

    def _take(self, item: PublicItem) -> None:
        """Plan the entry that `item` makes, if it makes one."""
        match item:
            case OverdueNotice():
                self._add("overdue", item)
            case StoryItem():
                # A closing shows on the story's page alone.
                self.revision = item if isinstance(item.event, StoryRevised) else self.revision
            case DevelopmentItem():
                self._take_development(item)
                self._readers.add(self.reports[item.development], named_refs(item))
            case _:
                assert_never(item)

    def _take_development(self, item: DevelopmentItem) -> None:
        self._take_headline(item)
        if isinstance(item.event, DevelopmentReported | DevelopmentCorrected | Erased):
            self.texts.setdefault(item.development, []).append(item)
        match item.event:
            case DevelopmentReported() | Erased(was="development_reported"):
                minute = item.recorded.reported_at.replace(second=0, microsecond=0)
                self._reports_of_minute[minute] += 1
                self.reports[item.development] = plan = self._add("report", item)
                plan.nth = self._reports_of_minute[minute]
            case DevelopmentCorrected(level="correction") | Erased(level="correction" | None):
                self._add("correction", item).headline = self._headlines.get(item.development, "")
            case DevelopmentCorrected() | Erased():
                self._readers.add(self.reports[item.development], {Ref("item", item.key)})  # it has no entry of its own
            case DevelopmentHeld():
                self._add("withheld", item)
            case DevelopmentReleased():
                self._add("restored", item)
            case DevelopmentRetracted(substitute=substitute):
                self._take_retraction(item, substitute)
            case EventRedacted(event=event):
                self._take_redaction(item, event)
            case DevelopmentPinned() | DevelopmentUnpinned():  # pages alone show it
                self.reports[item.development].pinned_at = item.at
            case _:
                assert_never(item.event)

    def _take_headline(self, item: DevelopmentItem) -> None:
        """Note a report's headline. A typo fixed in it is fixed in the titles of the corrections that have it."""
        before, part = self._headlines.get(item.development), part_of(item)
        if part is not None and part.headline is not None:
            self._headlines[item.development] = part.headline
        elif isinstance(item.event, Erased) and "headline" in item.event.fields:
            self._headlines[item.development] = REMOVED
        if isinstance(item.event, DevelopmentCorrected | Erased) and item.event.level == "typo":
            for plan in self._readers.of([Ref("development", item.development)]):
                if plan.kind == "correction" and plan.headline == before:
                    plan.headline = self._headlines.get(item.development, "")

    def _add(self, kind: EntryKind, item: DevelopmentItem | OverdueNotice) -> EntryPlan:
        entry_id = self._address.entry_id(self._story, item.key)
        backfill = item.backfill and not (kind in FOLLOW_UPS and self._is_known(item.development))
        shown_at = item.shown_at if backfill else item.at
        plan = EntryPlan(
            kind=kind,
            item=item,
            id=entry_id,
            anchor=item.development if kind == "report" else entry_id.removeprefix("urn:uuid:"),
            published=(item.event and item.event.published_at) or shown_at,
            updated=shown_at,
            touched=item.at,
            listed=item.number,
            listed_at=item.sort_at,
            changed_at=item.sort_at,
            backfill=backfill,
        )
        self.plans.append(plan)
        self.quoted_keys |= plan.quoted_keys()
        self._readers.add(plan, initial_reads(plan))
        return plan

    def _is_known(self, development: str) -> bool:
        """Return True if an entry that is news quotes the report of `development`, or is about it."""
        readers = self._readers.of([Ref("text", development), Ref("development", development)])
        return any(not plan.backfill for plan in readers)

    def _take_retraction(self, item: DevelopmentItem, substitute: str | None) -> None:
        """Plan a retraction; a second one, which only names the substitute, has edited the first."""
        retraction = Ref("retraction", item.development)
        if not self._readers.of([retraction]):
            self._add("retraction", item)
        if substitute is None:
            return
        self._substitutes[item.development] = substitute
        chain = tuple(substitutes(item.development, self._substitutes.get))
        replaced = Ref("substitute", item.development)
        for plan in self._readers.of([Ref("report", item.development), retraction, replaced]):
            self._readers.add(plan, {Ref("substitute", name) for name in chain})

    def _take_redaction(self, item: DevelopmentItem, event: str | None) -> None:
        """Mark the entry of the erased item as removed; a report that is erased gets a retraction besides."""
        report = self.reports[item.development]
        erased = event or report.item.key
        for plan in self._readers.of([Ref("item", erased)]):
            plan.removed = plan.removed or plan.item.key == erased
        if report.item.key == erased:
            self._add("retraction", item).removed = True
