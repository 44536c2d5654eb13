"""The public sequence → plans of entries (publication 2.3): what becomes a new entry, and what edits an old one.

One pass along the sequence makes an `EntryPlan` for each entry and notes what later edits it. Its id is a UUIDv5 of
the newsroom and the event's id: fixed for ever, and the same wherever the site stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID, uuid5

from events.diff import ExpectationChanged
from events.model.events import (
    Amendment,
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    Erased,
    EventRedacted,
    StoryRevised,
)
from events.public.sequence import DevelopmentItem, OverdueNotice, PublicItem, StoryItem
from feed.entries.model import EntryKind
from feed.entries.plan import EntryPlan, Quotations, addressed, part_of

OWN_FIELDS = frozenset({"body", "media", "quotes", "urgency"})
"""What of a report stands in the entries about it alone, and is quoted nowhere else."""
BEARING_KINDS: frozenset[EntryKind] = frozenset({"report", "correction", "restored"})
"""What bears the sources, pictures and urgency of its report; the others tell of something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Who publishes, and where: the newsroom's id, and the site's base URL, which ends in "/"."""

    newsroom: UUID
    base_url: str

    def entry_id(self, story: str, name: str) -> str:
        """Return the permanent id of the entry that the event `name` of `story` makes."""
        return uuid5(self.newsroom, f"{story}/{name}").urn

    def page(self, story: str) -> str:
        """Return the URL of a story's page."""
        return f"{self.base_url}stories/{story}/"


class EntryPlanner:
    """The drafts of one public story, made along its sequence.

    `drafts` are in the order in which they were made, `reports` by development, `by_event` by the event that made each,
    or that a report's own draft tells. `revised_at` is when the story's own words changed last.
    """

    def __init__(self, story: str, items: Iterable[PublicItem], address: Address) -> None:
        self.drafts: list[EntryPlan] = []
        self.reports: dict[str, EntryPlan] = {}
        self.by_event: dict[str, EntryPlan] = {}
        self.revised_at: datetime | None = None
        self._story = story
        self._address = address
        self._retractions: dict[str, EntryPlan] = {}
        self._about: dict[str, list[EntryPlan]] = {}
        self._substituted: dict[str, set[str]] = {}
        self._named: set[tuple[str, str | None]] = set()
        self._telling: dict[str, list[EntryPlan]] = {}
        self._awaiting: dict[tuple[str, str | None], set[str]] = {}
        self._overdue: dict[str, list[EntryPlan]] = {}
        self._quoting = Quotations()
        for item in items:
            self._take(item)

    def _take(self, item: PublicItem) -> None:
        match item:
            case OverdueNotice():
                self._take_overdue(item)
                return
            case DevelopmentItem():
                self._take_development(item)
            case StoryItem():
                if isinstance(item.event, StoryRevised):
                    self.revised_at = item.at  # closing and reopening show on the story's page and in the state only
            case _:
                assert_never(item)
        self._edit_turned(item)
        self._edit_awaiting(item)
        self._await_named(item)
        self._tell_overdue(item)

    def _take_development(self, item: DevelopmentItem) -> None:
        match item.event:
            case DevelopmentReported() | Erased(was="development_reported"):
                self.reports[item.development] = self._draft("report", item)
                self._edit_substituted(item)
            case DevelopmentCorrected(level=level) | Erased(level=level):
                self._take_correction(item, level or "correction")
            case DevelopmentHeld():
                self._draft("withheld", item)
                self._edit_report(item)
            case DevelopmentReleased():
                self._draft("restored", item)
                self._edit_report(item)
            case DevelopmentRetracted(substitute=substitute):
                self._take_retraction(item, substitute)
            case EventRedacted() as event:
                self._take_redaction(item, event)
            case _:  # a pin, taken off or not
                self.reports[item.development].pinned_at = item.at  # shows on pages only

    def _draft(self, kind: EntryKind, item: DevelopmentItem) -> EntryPlan:
        development = item.development
        entry_id = self._address.entry_id(self._story, item.key)
        draft = EntryPlan(
            kind=kind,
            item=item,
            development=development,
            id=entry_id,
            anchor=development if kind == "report" else entry_id.removeprefix("urn:uuid:"),
            published=item.event.published_at or item.at,
            updated=item.at,
            touched=item.at,
            listed=item.number,
        )
        self._keep(draft)
        self._about.setdefault(development, []).append(draft)
        self.by_event[item.key] = draft
        for key in sorted(draft.keys()):
            self._telling.setdefault(key, []).append(draft)
        return draft

    def _keep(self, draft: EntryPlan) -> None:
        self.drafts.append(draft)
        self._quoting.add(draft, draft.quoted_developments())

    def _edit(self, draft: EntryPlan, item: PublicItem, *, quietly: bool = False) -> None:
        """Edit an entry. Aloud, it is listed again, and from now on also quotes what `item` addresses, and tells of."""
        draft.edit(item, quietly=quietly)
        if not quietly:
            told = {name for change in item.changes for name in change.quotes()}
            self._quoting.add(draft, told | addressed(item))

    def _edit_report(self, item: DevelopmentItem) -> None:
        """Edit the entry of the development that `item` is about, and quietly whatever quotes it."""
        development = item.development
        report = self.reports[development]
        self._edit(report, item)
        for draft in dict.fromkeys((*self._about[development], *self._quoting.of(development))):
            if draft is not report:
                draft.edit(item, quietly=True)
        self._edit_substituted(item, quietly=True)

    def _edit_siblings(self, item: DevelopmentItem, report: EntryPlan) -> None:
        """Edit quietly what else bears headline, sources or values of a `report` that `item` has changed."""
        part = part_of(item)
        redated = isinstance(part, Amendment) and part.reported_at is not None  # notices are titled by its day
        about = self._about[report.development]
        siblings = [draft for draft in about if redated or draft.kind in BEARING_KINDS]
        quotable = not isinstance(part, Amendment) or not part.model_fields_set <= OWN_FIELDS
        quoting = self._quoting.of(report.development) if quotable else ()
        for draft in dict.fromkeys((*siblings, *quoting)):
            if draft is not report and draft.item is not item:
                draft.edit(item, quietly=True)
        self._edit_substituted(item, quietly=True)

    def _edit_substituted(self, item: DevelopmentItem, *, quietly: bool = False) -> None:
        """Edit the retractions that point to the development of `item`: it is public now, or has another headline."""
        for development in sorted(self._substituted.get(item.development, ())):
            self._edit(self.reports[development], item, quietly=quietly)
            self._edit(self._retractions[development], item, quietly=quietly)

    def _edit_turned(self, item: PublicItem) -> None:
        """Edit quietly what tells of a key that nobody speaks of any more, or that somebody speaks of again."""
        for key in item.turned:
            for draft in self._telling.get(key, ()):
                if draft.item is not item:
                    draft.edit(item, quietly=True)

    def _edit_awaiting(self, item: PublicItem) -> None:
        """Edit quietly what had named a development or an expectation that `item` is the first to make public."""
        part = part_of(item)
        worded = [("expectation", said.id) for said in part.expects if said.what is not None] if part else []
        for name in [("development", item.development), *worded]:
            for development in sorted(self._awaiting.pop(name, ())):
                for draft in self._about[development]:
                    draft.edit(item, quietly=True)
            self._named.add(name)

    def _await_named(self, item: PublicItem) -> None:
        """Note what the report or correction that `item` tells says of what is not public yet."""
        part = part_of(item)
        if part is None or item.development is None:
            return
        named = {("development", aim.development) for aim in part.corroborates}
        named |= {("development", aim.development) for aim in part.disputes}
        named |= {("expectation", said.id or "") for said in part.expects}
        named |= {("expectation", said.expectation) for said in part.resolves}
        for name in named - self._named:
            self._awaiting.setdefault(name, set()).add(item.development)

    def _take_correction(self, item: DevelopmentItem, level: str) -> None:
        report = self.reports[item.development]
        if level == "correction":
            self._draft("correction", item)
        else:
            self.by_event[item.key] = report
        self._edit(report, item, quietly=level == "typo")
        self._edit_siblings(item, report)

    def _take_retraction(self, item: DevelopmentItem, substitute: str | None) -> None:
        development = item.development
        known = self._retractions.get(development)
        if known is None:
            self._retractions[development] = self._draft("retraction", item)
        else:
            self._edit(known, item)
        self._edit_report(item)
        if substitute is not None:
            self._substituted.setdefault(substitute, set()).add(development)

    def _take_redaction(self, item: DevelopmentItem, event: EventRedacted) -> None:
        development = item.development
        report = self.reports[development]
        for draft in self.drafts:
            draft.edit(item, quietly=True)  # what quoted the erased text cannot be told any more
        for expectation in event.noticed:
            for draft in self._overdue.get(expectation, ()):
                self._edit(draft, item)
        if event.event is not None and self._address.entry_id(self._story, event.event) != report.id:
            # A correction that made no entry of its own stands in the report's alone.
            draft = self.by_event.get(event.event, report)
            if draft is not report:
                draft.removed = True
                self._edit(draft, item)
            self._edit(report, item)
            self._edit_siblings(item, report)
            return
        report.removed = True
        notice = self._draft("retraction", item)
        notice.removed = True
        self._retractions.setdefault(development, notice)
        self._edit_report(item)

    def _take_overdue(self, item: OverdueNotice) -> None:
        entry_id = self._address.entry_id(self._story, item.key)
        draft = EntryPlan(
            kind="overdue",
            item=item,
            development=item.development,
            id=entry_id,
            anchor=entry_id.removeprefix("urn:uuid:"),
            published=item.at,
            updated=item.at,
            touched=item.at,
            listed=item.number,
        )
        self._keep(draft)
        self._overdue.setdefault(item.expectation.id, []).append(draft)

    def _tell_overdue(self, item: PublicItem) -> None:
        """Edit the notices of expectations that have since been met, moved or withdrawn."""
        for change in item.changes:
            if isinstance(change, ExpectationChanged):
                for draft in self._overdue.get(change.id, ()):
                    self._edit(draft, item)
