"""Plans → entries, each as it is now or as an archive page listed it. Only entries that are asked for are rendered."""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from heapq import merge
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from events.changes import FactChanged
from events.fold.claims import AttributedClaim
from events.fold.facts import HistoryItem
from events.fold.state import Story
from events.fold.state_parts import Correction, Development
from events.model.addresses import public_url
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Speaker
from events.model.pictures import picture_name
from events.public.sequence import OverdueNotice, PublicItem, PublicStory
from events.wording.claims import corrected_claims, corrected_speakers
from events.wording.names import fact_names
from events.wording.redactions import NOT_SHOWN, WITHDRAWN, WITHHELD, Redactions
from feed.entries.builder import Address, EntryPlanner
from feed.entries.context import EntryContext
from feed.entries.corrected import CorrectedQuotes
from feed.entries.dependencies import REPORT_KINDS
from feed.entries.html import root
from feed.entries.model import Category, Enclosure, Entry, EntryKind, Outlet, Reply
from feed.entries.page_body import page_content
from feed.entries.pictures import FOLDER, without_former_pictures
from feed.entries.plan import MARKED_FIELDS, EntryPlan, only_adds
from feed.entries.wording import EntryText
from feed.languages.choice import words_for
from feed.languages.markup import markup_words

BREAKING_URGENCY_MAX = 2
IMPORTED_AFTER = timedelta(days=1)
"""A report recorded later than this is of an archive, if it is also older than the story here."""
WITHHELD_WORDS = {"withheld": WITHHELD, "canceled": WITHDRAWN}
CORRECTION_KINDS: frozenset[EntryKind] = frozenset({"correction", "retraction"})
"""What the feed of corrections holds."""

FORMER: Final = ("planner", "items", "corrected", "began_at", "rows", "weights", "steps")
"""What a pickle has: what later entries need of those before. It has no HTML, which a file could have from anybody."""


class SiteWords(NamedTuple):
    """The site's language, and the newsroom's own files, with the catalogues among them, by name."""

    language: str = "en"
    templates: Mapping[str, str] = MappingProxyType({})


ENGLISH_SITE: Final = SiteWords()


class HistoryRow(NamedTuple):
    """A row of the history as JSON, and the plan of the entry that it names."""

    plan: EntryPlan | None
    json: dict[str, Any]


class StoryEntries:
    """All entries of one public story.

    `story`       the public state
    `items`       its public items, in order
    `plans`       the plan of every entry, in the order in which they were made
    `reports`     those of the reports themselves, by development
    `revised_at`  when the story's header changed last: it touches every entry
    `language`    the language of its texts: its own, or that of the site
    `words`       our words in that language, or English ones
    `rendered`    the entries that were asked for
    `weights`     what the archive has computed of each listing
    `rows`        the newest rows of the history, by the number of their item
    `steps`       the history of each fact, also as JSON, by key

    `former` are those when the sequence ended earlier. They cannot be used again: their plans go on.
    """

    def __init__(
        self,
        public: PublicStory,
        address: Address,
        *,
        site: SiteWords = ENGLISH_SITE,
        former: "StoryEntries | None" = None,
    ) -> None:
        if public.state is None:
            raise ValueError("a story that is not public has no entries")
        self.story: Story = public.state
        self.language = self.story.language or site.language
        self.words = words_for(self.language, site.templates)
        self._address = address
        planner = EntryPlanner(self.story.story, address) if former is None else former.planner
        new = public.items[0 if former is None else len(former.items) :]
        planned = len(planner.plans)
        planner.take(new)
        self.planner: EntryPlanner = planner
        self.items: tuple[PublicItem, ...] = public.items
        self._formerly_corrected = CorrectedQuotes() if former is None else former.corrected
        self.plans: Sequence[EntryPlan] = planner.plans
        self._new_plans = planner.plans[planned:]
        self._began_before = (former.began_at,) if former is not None and planned else ()
        self._revision = planner.revision
        self.revised_at = None if planner.revision is None else planner.revision.at
        self.reports: Mapping[str, EntryPlan] = planner.reports
        self._opened = public.items[0]
        self._news_at = next(item.sort_at for item in reversed(public.items) if not item.backfill)
        self.rendered: dict[EntryPlan, Entry] = {}
        self._unchanged: Mapping[EntryPlan, Entry] = {}
        self.weights: dict[object, int] = {}
        self.steps: dict[str, tuple[tuple[HistoryItem, ...], list[dict[str, Any]]]] = {}
        self.rows: Mapping[int, HistoryRow] = {}
        if former is not None:
            self.weights, self.steps = former.weights, former.steps
            self._take_unchanged(former, public.items, new)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FORMER} | {"rendered": {}}

    def _take_unchanged(self, former: "StoryEntries", items: Sequence[PublicItem], new: Sequence[PublicItem]) -> None:
        """Take over what the `new` items leave as it was: as with pages, feed/README.md#unchanged-pages."""
        changed = self.changed_since(new[0].at) if new else frozenset()
        self._unchanged = {plan: entry for plan, entry in former.rendered.items() if plan not in changed}
        if all(map(only_adds, new)):
            turned = {key for item in new for key in item.turned_keys}
            self.rows = {
                number: row
                for number, row in former.rows.items()
                if row.plan not in changed and turned.isdisjoint(items[number - 1].touched_facts)
            }

    @property
    def page(self) -> str:
        """The URL of the story's page."""
        return self._address.page(self.story.story)

    @property
    def speaks_otherwise(self) -> bool:
        """True if our words are not in the language of its texts, for which there is no catalogue."""
        return bool(markup_words(self.words, self.language).our_mark)

    @cached_property
    def _developments(self) -> dict[str, Development]:
        return {item.id: item for item in self.story.developments}

    @cached_property
    def _corrected_keys(self) -> set[str]:
        """The keys of the claims that corrections show as replaced."""
        values = (made.was for made in self.story.corrections if made.field == "facts")
        return {
            claim.key for value in values if isinstance(value, tuple) for claim in value if isinstance(claim, Claim)
        }

    def is_hidden(self, key: str) -> bool:
        """Return True if nobody speaks of `key` any more: its name alone may be the accusation that was withdrawn.

        The name of a fact that was corrected to nothing is no secret: the correction says what was wrong.
        """
        return key not in self.story.facts and key not in self._corrected_keys

    @cached_property
    def redactions(self) -> Redactions:
        """What must not be quoted now: the text of withdrawn developments, and values corrected since."""
        withheld = (item for item in self.story.developments if item.status in WITHHELD_WORDS)
        return Redactions(
            developments={item.id: WITHHELD_WORDS[item.status] for item in withheld},
            claims=self.corrected.claims,
            speakers=self.corrected.speakers,
            keys={key: NOT_SHOWN for key in self.planner.quoted_keys if self.is_hidden(key)},
            names=fact_names(self.story),
        )

    def redactions_of(self, quoted: Sequence[tuple[str, AttributedClaim]]) -> Redactions:
        """Return what of the `quoted` claims, each with its key, must not be quoted now."""
        return self.redactions._replace(
            claims=self.corrected_claims(quoted),
            speakers=self.corrected_speakers(quoted),
            keys={key: NOT_SHOWN for key, _ in quoted if self.is_hidden(key)},
        )

    @cached_property
    def corrected(self) -> CorrectedQuotes:
        """What the items quote of reports that were corrected since."""
        return self._formerly_corrected.of(self.items, self._corrected_reports)

    def corrected_claims(self, quoted: Iterable[tuple[str, AttributedClaim]]) -> dict[AttributedClaim, Claim | str]:
        """Return what replaces those of the `quoted` claims that were corrected since, each with its key."""
        return corrected_claims(quoted, self._corrected_reports)

    def corrected_speakers(
        self, quoted: Iterable[tuple[str, AttributedClaim]]
    ) -> dict[AttributedClaim, tuple[Speaker, ...]]:
        """Return who those of the `quoted` claims are of whose speakers were corrected since, each with its key."""
        return corrected_speakers(quoted, self._corrected_reports)

    @cached_property
    def _corrected_reports(self) -> dict[str, DevelopmentReported]:
        """The reports as they are now, by development, of which a correction changed what entries quote."""
        corrected = {made.development for made in self.story.corrections if made.field in MARKED_FIELDS}
        return {name: report for name in corrected if (report := self._developments[name].report) is not None}

    def newest(self, most: int | None = None, *, kinds: frozenset[EntryKind] | None = None) -> tuple[Entry, ...]:
        """Return the `most` newest entries that are news, of all or of some `kinds`, the one listed last first."""
        plans = [plan for plan in self._news if kinds is None or plan.kind in kinds]
        return tuple(self.entry(plan) for plan in plans[:most])

    @cached_property
    def _news(self) -> Sequence[EntryPlan]:
        """The plans of all news, the one listed last first."""
        # One item lists a correction and the report that it edits: the correction, which is new, comes first.
        news = (plan for plan in self.plans if not plan.backfill)
        return sorted(news, key=attrgetter("listed", "item.number"), reverse=True)

    @cached_property
    def by_date(self) -> Sequence[EntryPlan]:
        """All plans, newest first, as pages show them: news as feeds list it, what is of an archive by its own date."""
        backfill = [plan for plan in self.plans if plan.backfill]
        if not backfill:
            return self._news
        backfill.sort(key=lambda plan: (plan.published, plan.item.number), reverse=True)
        dates = {plan.id: plan.published if plan.backfill else plan.listed_at for plan in self.plans}
        return list(merge(self._news, backfill, key=lambda plan: dates[plan.id], reverse=True))

    def changed_at(self, most: int) -> datetime:
        """Return when the feed of the `most` newest entries last changed."""
        header = self._opened.sort_at if self._revision is None else self._revision.sort_at
        return max((plan.changed_at for plan in self._news[:most]), default=header)

    @property
    def news_at(self) -> datetime:
        """When the story last had news; if all of it is of an archive, the newest date in that."""
        if self.plans and not self._news:
            return max(self.dated(plan) for plan in self.plans)
        return self._news_at

    @property
    def pinned(self) -> tuple[EntryPlan, ...]:
        """The plans of the pinned entries."""
        return tuple(self.reports[item.id] for item in self.story.developments if item.pinned)

    def as_listed(self, plan: EntryPlan, number: int, report: DevelopmentReported | None) -> Entry:
        """Return the entry of `plan` as the item `number` listed it, with `report` as it was then.

        If its text is withdrawn or withheld now, it is so there too.
        """
        if number == plan.listed:
            return self.entry(plan)
        context, now = self._context, self._developments[plan.development]
        if report is not None:
            public_report = now.report and without_former_pictures(report, now.report)
            then = now._replace(report=public_report, reported_at=report.reported_at or now.reported_at)
            context = context._replace(developments=ChainMap({now.id: then}, self._developments))
        return self._render(plan.as_listed(number), context)

    def changed_since(self, at: datetime) -> frozenset[EntryPlan]:
        """Return the plans of the entries that may have changed, on a page or in a feed, since the second of `at`."""
        since = _whole(at)
        revised = self.revised_at is not None and self.revised_at >= since
        return frozenset(
            plan
            for plan in self.plans
            if revised or plan.touched >= since or (plan.pinned_at is not None and plan.pinned_at >= since)
        )

    def title(self, plan: EntryPlan) -> str:
        """Return the title of the entry of `plan`, without rendering the entry."""
        entry = self.rendered.get(plan)
        return EntryText(plan, self._context).title if entry is None else entry.title

    def entry(self, plan: EntryPlan) -> Entry:
        """Return the entry of `plan` as it is now."""
        if plan not in self.rendered:
            self.rendered[plan] = self._unchanged.get(plan) or self._render(plan, self._context)
        return self.rendered[plan]

    def dated(self, plan: EntryPlan) -> datetime:
        """Return the date that a page shows for an entry: in an imported archive, the date of the report."""
        item = plan.item
        if plan.backfill or isinstance(item, OverdueNotice) or item.event.published_at is not None:
            return _whole(plan.published)
        recorded = item.recorded
        imported = recorded.reported_at < min(self._opened.at, recorded.recorded_at - IMPORTED_AFTER)
        return _whole(recorded.reported_at if imported else plan.published)

    @cached_property
    def began_at(self) -> datetime:
        """The earliest date that an entry shows, or the date on which the story was opened."""
        return min((*self._began_before, *map(self.dated, self._new_plans)), default=self.story.opened_at)

    @cached_property
    def _context(self) -> EntryContext:
        corrections: dict[str, tuple[Correction, ...]] = {}
        for made in self.story.corrections:
            corrections[made.event] = (*corrections.get(made.event, ()), made)
        page = self.page
        return EntryContext(
            words=self.words,
            markup=markup_words(self.words, self.language),
            page=page,
            redactions=self.redactions,
            developments=self._developments,
            corrections=corrections,
            correction_urls={
                plan.item.key: f"{page}#{plan.anchor}" for plan in self.plans if plan.kind == "correction"
            },
            nth_reports={name: plan.nth for name, plan in self.reports.items()},
            expectations={expected.id for expected in self.story.expectations},
        )

    def _touched(self, plan: EntryPlan) -> datetime:
        return plan.touched if self._revision is None else max(plan.touched, self._revision.at)

    def _sort_instants(self, plan: EntryPlan) -> dict[str, datetime]:
        """Return what orders the entry of `plan` instead of its dates, if the clock was reset since."""
        changed_at = plan.changed_at if self._revision is None else max(plan.changed_at, self._revision.sort_at)
        instants = {"listed_at": (plan.listed_at, plan.updated), "changed_at": (changed_at, self._touched(plan))}
        return {name: _whole(sort_at) for name, (sort_at, at) in instants.items() if sort_at != at}

    def _render(self, plan: EntryPlan, context: EntryContext) -> Entry:
        text = EntryText(plan, context)
        body = text.body
        report = text.report if plan.kind in REPORT_KINDS and not text.withdrawn else None
        return Entry(
            id=plan.id,
            kind=plan.kind,
            story=self.story.story,
            anchor=plan.anchor,
            url=f"{self.page}#{plan.anchor}",
            title=text.title,
            summary=body.summary,
            content=root(body.content, self.language),
            published=_whole(plan.published),
            updated=_whole(plan.updated),
            touched=_whole(self._touched(plan)),
            listed=plan.listed,
            **self._sort_instants(plan),
            language=self.story.language,
            categories=_categories(self.story, report),
            outlets=tuple(Outlet(name=item.name, url=item.url and public_url(item.url)) for item in report.sources)
            if report
            else (),
            enclosures=tuple(
                Enclosure(**item.model_dump(exclude={"url", "sizes"}), url=self._media_url(item.url))
                for item in report.media
            )
            if report
            else (),
            in_reply_to=None if plan.kind in {"report", "overdue"} else self._reply(plan.development),
            pinned=plan.kind == "report" and text.development.pinned,
            edited=bool(plan.edits),
            withdrawn=text.withdrawn,
            erased=plan.removed and plan.kind != "retraction",
            page_title=_page_title(text),
            page_content=page_content(text, body),
            dated=self.dated(plan),
            key_event=plan.kind == "report" and not text.withdrawn and _is_key_event(plan, report),
            archive=plan.backfill,
        )

    def _media_url(self, url: str) -> str:
        name = picture_name(url)
        return public_url(url) if name is None else f"{self.page}{FOLDER}/{name}"

    def _reply(self, development: str) -> Reply:
        return Reply(id=self.reports[development].id, url=f"{self.page}#{development}")


def _page_title(text: EntryText) -> str:
    """Return the title with the language of our words in it, if they are not in that of the story."""
    return text.markup.html(text.title_in(text.markup)) if text.markup.our_mark else ""


def _is_key_event(plan: EntryPlan, report: DevelopmentReported | None) -> bool:
    """Return True if a report is breaking news, or moves a value that was known."""
    moved = (change for change in plan.item.changes if isinstance(change, FactChanged))
    return _is_breaking(report) or any(
        change.was is not None and change.now is not None and not change.was.same(change.now) for change in moved
    )


def _is_breaking(report: DevelopmentReported | None) -> bool:
    return report is not None and report.urgency is not None and report.urgency <= BREAKING_URGENCY_MAX


def _categories(story: Story, report: DevelopmentReported | None) -> tuple[Category, ...]:
    return (
        Category(term=story.story, label=story.headline),
        *(Category(term=subject) for subject in story.subjects),
        *((Category(term="breaking"),) if _is_breaking(report) else ()),
    )


def _whole(at: datetime) -> datetime:
    """Return `at` without its fraction of a second. Rounding up would date an entry in the future."""
    return at.replace(microsecond=0)
