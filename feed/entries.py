"""The public sequence → entries (publication 2.3): what becomes a new entry, and what edits an old one in place.

One pass along the sequence makes a `Draft` for each entry and notes what later edits it. Rendering comes last and
only for the entries that a feed or page will show. An entry's id is a UUIDv5 of the newsroom and the event's id:
fixed for ever, and the same wherever the site stands.
"""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid5

from events.changes import ExpectationChanged
from events.model import (
    Amendment,
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    Erased,
    EventRedacted,
    Recorded,
    StoryRevised,
)
from events.public import Overdue, PublicItem, PublicStory
from events.state import Correction, Development, Story
from events.telling import Hidden, corrected_words
from events.when import format_instant
from feed.document import Category, Enclosure, Entry, EntryKind, Outlet, Reply
from feed.drafts import MARKED_FIELDS, Draft, Quotations, addressed, part_of
from feed.tellers import TELLERS, Shown

BREAKING_URGENCY_MAX = 2
NOT_SHOWN = "(not shown)"
HIDDEN_WORDS = {"withheld": "(withheld)", "canceled": "(withdrawn)"}
CORRECTION_KINDS: frozenset[EntryKind] = frozenset({"correction", "retraction"})
"""What the feed of corrections holds."""
OWN_FIELDS = frozenset({"body", "media", "quotes", "urgency"})
"""What of a report stands in the entries about it alone, and is quoted nowhere else."""
_AS_NOW: Mapping[str, Development] = {}
BEARING_KINDS: frozenset[EntryKind] = frozenset({"report", "correction", "restored"})
"""What bears the sources, pictures and urgency of its report; the others tell of something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Who publishes, and where: the newsroom's id, and the site's base URL, which ends in "/"."""

    newsroom: UUID
    base_url: str

    def entry_id(self, story: str, name: str) -> str:
        """Give the permanent id of the entry that the event `name` of `story` makes."""
        return uuid5(self.newsroom, f"{story}/{name}").urn

    def page(self, story: str) -> str:
        """Give the URL of a story's page."""
        return f"{self.base_url}stories/{story}/"


class StoryEntries:
    """All entries of one public story. `newest` renders them, newest listing first."""

    def __init__(self, public: PublicStory, address: Address) -> None:
        if public.state is None:
            raise ValueError("a story that is not public has no entries")
        self.story: Story = public.state
        self._address = address
        self._drafts: list[Draft] = []
        self._reports: dict[str, Draft] = {}
        self._retractions: dict[str, Draft] = {}
        self._about: dict[str, list[Draft]] = {}
        self._substituted: dict[str, set[str]] = {}
        self._named: set[tuple[str, str | None]] = set()
        self._telling: dict[str, list[Draft]] = {}
        self._awaiting: dict[tuple[str, str | None], set[str]] = {}
        self._overdue: dict[str, list[Draft]] = {}
        self._by_event: dict[str, Draft] = {}
        self._quoting = Quotations()
        self.revised_at: datetime | None = None
        self._rendered: dict[str, Entry] = {}
        for item in public.items:
            self._take(item)

    @cached_property
    def _developments(self) -> dict[str, Development]:
        return {item.id: item for item in self.story.developments}

    @cached_property
    def _corrections(self) -> dict[str, tuple[Correction, ...]]:
        by_event: dict[str, tuple[Correction, ...]] = {}
        for made in self.story.corrections:
            by_event[made.event] = (*by_event.get(made.event, ()), made)
        return by_event

    @cached_property
    def _correction_urls(self) -> dict[str, str]:
        page = self._address.page(self.story.story)
        return {
            event: f"{page}#{draft.anchor}" for event, draft in self._by_event.items() if draft.kind == "correction"
        }

    @cached_property
    def hidden(self) -> Hidden:
        """Give what stands for what may not be quoted now: the text of developments, and values corrected since."""
        gone: dict[object, str] = {
            item.id: HIDDEN_WORDS[item.status] for item in self.story.developments if item.status in HIDDEN_WORDS
        }
        amended = {made.development for made in self.story.corrections if made.field in MARKED_FIELDS}
        for draft in self._drafts:
            for key, voice in draft.quoted():
                report = self._developments[voice.development].report if voice.development in amended else None
                words = None if report is None else corrected_words(key, voice, report)
                if words is not None:
                    gone[voice] = words
                if key not in self.story.facts:
                    gone["key", key] = NOT_SHOWN  # nobody claims it any more: its name may be the accusation itself
        return gone

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """Give every entry in the making, in the order in which they were made."""
        return tuple(self._drafts)

    def newest(self, most: int | None = None, *, kinds: frozenset[EntryKind] | None = None) -> tuple[Entry, ...]:
        """Give the `most` newest entries, of some `kinds` only where told, by their last listing."""
        drafts = [draft for draft in self._drafts if kinds is None or draft.kind in kinds]
        # What is told stands above what it edits: both are listed by one item.
        drafts.sort(key=lambda draft: (draft.listed, draft.item.number), reverse=True)
        return tuple(self.entry(draft) for draft in drafts[:most])

    @property
    def pinned(self) -> tuple[Draft, ...]:
        """Give the entries in the making that are pinned."""
        return tuple(self._reports[item.id] for item in self.story.developments if item.pinned)

    def as_listed(self, draft: Draft, number: int, report: DevelopmentReported | None) -> Entry:
        """Give the entry of `draft` as the item `number` listed it, when its report said what `report` says.

        What was withdrawn since is withdrawn there too, and what is withheld now is withheld.
        """
        if number == draft.listed:
            return self.entry(draft)
        known = self._developments.get(draft.development)
        then: dict[str, Development] = {}
        if known is not None and report is not None:
            shown = None if known.report is None else report
            then[known.id] = replace(known, report=shown, reported_at=report.reported_at or known.reported_at)
        return self._render(draft.as_listed(number), then)

    # The sequence → drafts.

    def _take(self, item: PublicItem) -> None:
        if isinstance(item.what, Overdue):
            self._take_overdue(item, item.what)
            return
        match item.what.event:
            case DevelopmentReported() | Erased(was="development_reported"):
                self._reports[item.what.development or ""] = self._draft("report", item, item.what)
                self._edit_substituted(item, item.what.development or "")
            case DevelopmentCorrected(level=level) | Erased(level=level):
                self._take_correction(item, item.what, level or "correction")
            case DevelopmentHeld():
                self._draft("withheld", item, item.what)
                self._edit_report(item)
            case DevelopmentReleased():
                self._draft("restored", item, item.what)
                self._edit_report(item)
            case DevelopmentRetracted(substitute=substitute):
                self._take_retraction(item, item.what, substitute)
            case EventRedacted() as event:
                self._take_redaction(item, item.what, event)
            case StoryRevised():
                self.revised_at = item.at
            case _:
                pass  # pins, closing and reopening show on the page and in the state only
        self._edit_turned(item)
        self._edit_awaiting(item)
        self._await_named(item)
        self._tell_overdue(item)

    def _draft(self, kind: EntryKind, item: PublicItem, recorded: Recorded) -> Draft:
        development = item.development or ""
        entry_id = self._address.entry_id(self.story.story, recorded.id)
        draft = Draft(
            kind=kind,
            item=item,
            development=development,
            id=entry_id,
            anchor=development if kind == "report" else entry_id.removeprefix("urn:uuid:"),
            published=recorded.event.published_at or item.at,
            updated=item.at,
            touched=item.at,
            listed=item.number,
        )
        self._keep(draft)
        self._about.setdefault(development, []).append(draft)
        self._by_event[recorded.id] = draft
        for key in sorted(draft.keys()):
            self._telling.setdefault(key, []).append(draft)
        return draft

    def _keep(self, draft: Draft) -> None:
        self._drafts.append(draft)
        self._quoting.add(draft, draft.quoted_developments())

    def _edit(self, draft: Draft, item: PublicItem, *, quietly: bool = False) -> None:
        """Edit an entry. Aloud, it is listed again, and from now on also quotes what `item` addresses."""
        draft.edit(item, quietly=quietly)
        if not quietly:
            self._quoting.add(draft, addressed(item))

    def _edit_report(self, item: PublicItem) -> None:
        """Edit the entry of the development that `item` is about, and quietly whatever quotes it."""
        development = item.development or ""
        report = self._reports[development]
        self._edit(report, item)
        for draft in dict.fromkeys((*self._about[development], *self._quoting.of(development))):
            if draft is not report:
                draft.edit(item, quietly=True)
        self._edit_substituted(item, development, quietly=True)

    def _edit_siblings(self, item: PublicItem, report: Draft) -> None:
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
        self._edit_substituted(item, report.development, quietly=True)

    def _edit_substituted(self, item: PublicItem, substitute: str, *, quietly: bool = False) -> None:
        """Edit the retractions that point to `substitute`, which has become public, or has another headline."""
        for development in sorted(self._substituted.get(substitute, ())):
            self._edit(self._reports[development], item, quietly=quietly)
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
        if part is None:
            return
        named = {("development", aim.development) for aim in part.corroborates}
        named |= {("development", aim.development) for aim in part.disputes}
        named |= {("expectation", said.id or "") for said in part.expects}
        named |= {("expectation", said.expectation) for said in part.resolves}
        for name in named - self._named:
            self._awaiting.setdefault(name, set()).add(item.development or "")

    def _take_correction(self, item: PublicItem, recorded: Recorded, level: str) -> None:
        report = self._reports[recorded.development or ""]
        if level == "correction":
            self._draft("correction", item, recorded)
        else:
            self._by_event[recorded.id] = report
        self._edit(report, item, quietly=level == "typo")
        self._edit_siblings(item, report)

    def _take_retraction(self, item: PublicItem, recorded: Recorded, substitute: str | None) -> None:
        development = recorded.development or ""
        known = self._retractions.get(development)
        if known is None:
            self._retractions[development] = self._draft("retraction", item, recorded)
        else:
            self._edit(known, item)
        self._edit_report(item)
        if substitute is not None:
            self._substituted.setdefault(substitute, set()).add(development)

    def _take_redaction(self, item: PublicItem, recorded: Recorded, event: EventRedacted) -> None:
        development = item.development or ""
        report = self._reports[development]
        for draft in self._drafts:
            draft.edit(item, quietly=True)  # what quoted the erased text cannot be told any more
        for expectation in event.noticed:
            for draft in self._overdue.get(expectation, ()):
                self._edit(draft, item)
        if event.event is not None and self._address.entry_id(self.story.story, event.event) != report.id:
            # A correction that made no entry of its own stands in the report's alone.
            draft = self._by_event.get(event.event, report)
            if draft is not report:
                draft.removed = True
                self._edit(draft, item)
            self._edit(report, item)
            self._edit_siblings(item, report)
            return
        report.removed = True
        notice = self._draft("retraction", item, recorded)
        notice.removed = True
        self._retractions.setdefault(development, notice)
        self._edit_report(item)

    def _take_overdue(self, item: PublicItem, overdue: Overdue) -> None:
        expectation = overdue.expected.id
        # "/" stands in no event id, so a notice's name meets no event's.
        entry_id = self._address.entry_id(self.story.story, f"overdue/{expectation}/{format_instant(overdue.ends_at)}")
        draft = Draft(
            kind="overdue",
            item=item,
            development=overdue.expected.development,
            id=entry_id,
            anchor=entry_id.removeprefix("urn:uuid:"),
            published=item.at,
            updated=item.at,
            touched=item.at,
            listed=item.number,
        )
        self._keep(draft)
        self._overdue.setdefault(expectation, []).append(draft)

    def _tell_overdue(self, item: PublicItem) -> None:
        """Edit the notices of expectations that have since been met, moved or withdrawn."""
        for change in item.changes:
            if isinstance(change, ExpectationChanged):
                for draft in self._overdue.get(change.id, ()):
                    self._edit(draft, item)

    # Drafts → entries.

    def entry(self, draft: Draft) -> Entry:
        """Give the entry of `draft`, as it stands now."""
        if draft.id not in self._rendered:
            self._rendered[draft.id] = self._render(draft)
        return self._rendered[draft.id]

    def _render(self, draft: Draft, then: Mapping[str, Development] = _AS_NOW) -> Entry:
        page = self._address.page(self.story.story)
        developments = ChainMap({**then}, self._developments)
        shown = Shown(draft, page, self.hidden, developments, self._corrections, self._correction_urls)
        development = shown.development
        told = TELLERS[draft.kind](shown)
        bears = draft.kind in BEARING_KINDS and not told.withdrawn
        report = development.report if development and bears else None
        touched = draft.touched if self.revised_at is None else max(draft.touched, self.revised_at)
        return Entry(
            id=draft.id,
            kind=draft.kind,
            story=self.story.story,
            anchor=draft.anchor,
            url=f"{page}#{draft.anchor}",
            title=told.title,
            summary=told.summary,
            content=told.content,
            published=_whole(draft.published),
            updated=_whole(draft.updated),
            touched=_whole(touched),
            listed=draft.listed,
            language=self.story.language,
            categories=_categories(self.story, report),
            outlets=tuple(Outlet(name=item.name, url=item.url) for item in report.sources) if report else (),
            enclosures=tuple(Enclosure(**item.model_dump()) for item in report.media) if report else (),
            in_reply_to=None if draft.kind in {"report", "overdue"} else self._reply(draft.development),
            pinned=bool(development and development.pinned and draft.kind == "report"),
            edited=bool(draft.edits),
            withdrawn=told.withdrawn,
            erased=draft.removed and draft.kind != "retraction",
        )

    def _reply(self, development: str) -> Reply:
        return Reply(id=self._reports[development].id, url=f"{self._address.page(self.story.story)}#{development}")


def _categories(story: Story, report: DevelopmentReported | None) -> tuple[Category, ...]:
    breaking = report is not None and report.urgency is not None and report.urgency <= BREAKING_URGENCY_MAX
    return (
        Category(term=story.story, label=story.headline),
        *(Category(term=subject) for subject in story.subjects),
        *((Category(term="breaking"),) if breaking else ()),
    )


def _whole(at: datetime) -> datetime:
    """Give `at` cut to its second: feeds bear no fractions, and no date may lie ahead."""
    return at.replace(microsecond=0)
