"""The public sequence → entries (publication 2.3): what becomes a new entry, and what edits an old one in place.

One pass along the sequence makes a `_Draft` for each entry and notes what later edits it. Rendering comes last and
only for the entries that a feed or page will show. An entry's id is a UUIDv5 of the newsroom and the event's id:
fixed for ever, and the same wherever the site stands.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid5

from events.changes import ExpectationChanged
from events.model import (
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
from events.telling import Hidden, expected_due, expected_what
from events.when import format_instant
from events.words import day_words, field_name_words, field_words, status_words
from feed import body
from feed.document import Category, Enclosure, Entry, EntryKind, Outlet, Reply

BREAKING_URGENCY_MAX = 2
HIDDEN_WORDS = {"withheld": "(withheld)", "canceled": "(withdrawn)"}
CORRECTION_KINDS: frozenset[EntryKind] = frozenset({"correction", "retraction"})


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


@dataclass(slots=True)
class _Edit:
    """Something that edits an entry in place: when, and the public item that tells it."""

    at: datetime
    item: PublicItem


@dataclass(slots=True)
class _Draft:
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
    edits: list[_Edit] = field(default_factory=list)
    removed: bool = False

    def edit(self, item: PublicItem, *, quietly: bool = False) -> None:
        """Note that `item` edits this entry. Quietly: its bytes change, and nobody need look again."""
        self.touched = item.at
        if not quietly:
            self.updated, self.listed = item.at, item.number
            self.edits.append(_Edit(item.at, item))


class StoryEntries:
    """All entries of one public story. `newest` renders them, newest listing first."""

    def __init__(self, public: PublicStory, address: Address) -> None:
        if public.state is None:
            raise ValueError("a story that is not public has no entries")
        self.story: Story = public.state
        self._address = address
        self._drafts: list[_Draft] = []
        self._reports: dict[str, _Draft] = {}
        self._retractions: dict[str, _Draft] = {}
        self._overdue: dict[str, list[_Draft]] = {}
        self._by_event: dict[str, _Draft] = {}
        self.revised_at: datetime | None = None
        self._rendered: dict[str, Entry] = {}
        for item in public.items:
            self._take(item)

    @cached_property
    def hidden(self) -> Hidden:
        """Give what stands for the text of developments that may not be quoted now."""
        return {item.id: HIDDEN_WORDS[item.status] for item in self.story.developments if item.status in HIDDEN_WORDS}

    def newest(self, most: int | None = None, *, kinds: frozenset[EntryKind] | None = None) -> tuple[Entry, ...]:
        """Give the `most` newest entries, of some `kinds` only where told, by their last listing."""
        drafts = [draft for draft in self._drafts if kinds is None or draft.kind in kinds]
        drafts.sort(key=lambda draft: draft.listed, reverse=True)
        return tuple(self._entry(draft) for draft in drafts[:most])

    # The sequence → drafts.

    def _take(self, item: PublicItem) -> None:
        if isinstance(item.what, Overdue):
            self._take_overdue(item, item.what)
            return
        match item.what.event:
            case DevelopmentReported() | Erased(was="development_reported"):
                self._reports[item.what.development or ""] = self._draft("report", item, item.what)
            case DevelopmentCorrected(level=level) | Erased(level=level):
                self._take_correction(item, item.what, level or "correction")
            case DevelopmentHeld():
                self._draft("withheld", item, item.what)
                self._edit_report(item, item.what)
            case DevelopmentReleased():
                self._draft("restored", item, item.what)
                self._edit_report(item, item.what)
            case DevelopmentRetracted():
                self._take_retraction(item, item.what)
            case EventRedacted():
                self._take_redaction(item, item.what)
            case StoryRevised():
                self.revised_at = item.at
            case _:
                pass  # pins, closing and reopening show on the page and in the state only
        self._tell_overdue(item)

    def _draft(self, kind: EntryKind, item: PublicItem, recorded: Recorded) -> _Draft:
        development = recorded.development or ""
        entry_id = self._address.entry_id(self.story.story, recorded.id)
        draft = _Draft(
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
        self._drafts.append(draft)
        self._by_event[recorded.id] = draft
        return draft

    def _edit_report(self, item: PublicItem, recorded: Recorded) -> None:
        """Edit the entry of the development that `recorded` is about, and quietly whatever quotes it."""
        development = recorded.development or ""
        report = self._reports[development]
        report.edit(item)
        for draft in self._drafts:
            if draft is not report and (draft.development == development or _quotes(draft, development)):
                draft.edit(item, quietly=True)

    def _take_correction(self, item: PublicItem, recorded: Recorded, level: str) -> None:
        report = self._reports[recorded.development or ""]
        if level == "correction":
            self._draft("correction", item, recorded)
        else:
            self._by_event[recorded.id] = report
        report.edit(item, quietly=level == "typo")

    def _take_retraction(self, item: PublicItem, recorded: Recorded) -> None:
        development = recorded.development or ""
        known = self._retractions.get(development)
        if known is None:
            self._retractions[development] = self._draft("retraction", item, recorded)
        else:
            known.edit(item)
        self._edit_report(item, recorded)

    def _take_redaction(self, item: PublicItem, recorded: Recorded) -> None:
        event = recorded.event
        if not isinstance(event, EventRedacted):
            return
        draft = self._by_event.get(event.event or "") or self._reports.get(event.development or "")
        if draft is None:
            return
        if draft.kind == "correction":
            draft.removed = True
            draft.edit(item)
            self._reports[draft.development].edit(item)
            return
        if draft.kind == "report" and event.event is not None and draft.item.what is not None:
            told_by = draft.item.what
            if isinstance(told_by, Recorded) and told_by.id != event.event:
                draft.edit(item)  # a clarification that made no entry of its own was redacted
                return
        draft.removed = True
        notice = self._draft("retraction", item, recorded)
        notice.development, notice.removed = draft.development, True
        self._retractions.setdefault(draft.development, notice)
        draft.edit(item)
        for other in self._drafts:
            if other not in (draft, notice) and (
                other.development == draft.development or _quotes(other, draft.development)
            ):
                other.edit(item, quietly=True)

    def _take_overdue(self, item: PublicItem, overdue: Overdue) -> None:
        expectation = overdue.expected.id
        # "/" stands in no event id, so a notice's name meets no event's.
        entry_id = self._address.entry_id(self.story.story, f"overdue/{expectation}/{format_instant(overdue.ends_at)}")
        draft = _Draft(
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
        self._drafts.append(draft)
        self._overdue.setdefault(expectation, []).append(draft)

    def _tell_overdue(self, item: PublicItem) -> None:
        """Edit the notices of expectations that have since been met, moved or withdrawn."""
        for change in item.changes:
            if isinstance(change, ExpectationChanged):
                for draft in self._overdue.get(change.id, ()):
                    draft.edit(item)

    # Drafts → entries.

    def _entry(self, draft: _Draft) -> Entry:
        if draft.id not in self._rendered:
            self._rendered[draft.id] = self._render(draft)
        return self._rendered[draft.id]

    def _render(self, draft: _Draft) -> Entry:
        development = self.story.development(draft.development)
        url = f"{self._address.page(self.story.story)}#{draft.anchor}"
        shown = _Shown(self, draft, development)
        told = _TELLERS[draft.kind](shown)
        report = None if told.withdrawn or development is None else development.report
        touched = draft.touched if self.revised_at is None else max(draft.touched, self.revised_at)
        return Entry(
            id=draft.id,
            kind=draft.kind,
            story=self.story.story,
            anchor=draft.anchor,
            url=url,
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
            withdrawn=told.withdrawn,
            erased=draft.removed and draft.kind != "retraction",
        )

    def _reply(self, development: str) -> Reply:
        return Reply(id=self._reports[development].id, url=self.link(development))

    def link(self, development: str) -> str:
        """Give the URL of a development's entry."""
        return f"{self._address.page(self.story.story)}#{development}"

    def corrections_of(self, item: PublicItem, development: str) -> tuple[Correction, ...]:
        """Give what the correction told by `item` replaced."""
        return tuple(made for made in self.story.corrections if made.development == development and made.at == item.at)

    def correction_entry(self, item: PublicItem) -> str | None:
        """Give the URL of the entry that tells of the correction `item`, where it has one of its own."""
        draft = self._by_event.get(item.what.id) if isinstance(item.what, Recorded) else None
        if draft is None or draft.kind != "correction":
            return None
        return f"{self._address.page(self.story.story)}#{draft.anchor}"

    def headline(self, development: str) -> str | None:
        """Give a development's headline, or None where it must not be shown."""
        known = self.story.development(development)
        return known.report.headline if known and known.report else None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the words of an entry are."""

    title: str
    summary: str
    content: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a teller looks at: all entries, the draft, and its development as it stands now."""

    entries: StoryEntries
    draft: _Draft
    development: Development | None

    @property
    def day(self) -> str:
        """Give the day of the report: what a withdrawn one is called by, since its headline is the claim."""
        return day_words(self.development.reported_at) if self.development else "an unknown day"

    @property
    def report(self) -> DevelopmentReported | None:
        """Give the report, or None where its text must not be shown."""
        return self.development.report if self.development else None


def _tell_report(shown: _Shown) -> _Told:
    report, development = shown.report, shown.development
    if report is None or development is None:
        return _tell_hidden(shown)
    hidden, item = shown.entries.hidden, shown.draft.item
    content = "".join(
        (
            "".join(_edit_notes(shown)),
            body.markdown(report.body) if report.body else "",
            body.quotes(report.quotes),
            body.media(report.media),
            body.what_changed(item.changes, hidden),
            body.who_says_so(report.said_by, item.facts, hidden, own=development.id),
            body.expected_next(item.expected, hidden),
            body.sources(report.sources),
        )
    )
    changed = ". ".join(str(change.told(hidden)) for change in item.changes)
    summary = body.summary(body.plain(report.body) if report.body else "", changed, report.headline)
    return _Told(report.headline, summary, content or body.note(report.headline))


def _edit_notes(shown: _Shown) -> Iterable[str]:
    """Give the notes on what has edited a report that stands, newest first."""
    for edit in reversed(shown.draft.edits):
        event = edit.item.what.event if isinstance(edit.item.what, Recorded) else None
        day = day_words(edit.at)
        match event:
            case DevelopmentCorrected(note=note, level=level):
                url = shown.entries.correction_entry(edit.item)
                yield body.note(
                    f"{status_words(level).capitalize()}, {day}:",
                    note or "",
                    link=(url and (url, "What was wrong")) or None,
                )
            case Erased():
                yield body.note(f"Correction, {day}:", "[removed]")
            case DevelopmentReleased():
                yield body.note(f"Restored, {day}:", "it was withheld pending checks, and stands.")
            case _:
                pass


def _tell_hidden(shown: _Shown) -> _Told:
    """Tell of a development whose text is gone, by the day of its report."""
    development = shown.development
    if development is None or development.status == "withheld":
        title = f"Withheld pending checks: report of {shown.day}"
        reason = (development.reason if development else None) or "The report is being checked."
        return _Told(title, reason, body.note("Withheld pending checks.", reason), withdrawn=True)
    label = "Removed" if shown.draft.removed else "Retracted"
    title = f"{label}: report of {shown.day}"
    reason = development.reason or ""
    content = body.note(f"{label}.", reason) + _substitute(shown, development)
    return _Told(title, body.summary(reason, title), content, withdrawn=True)


def _substitute(shown: _Shown, development: Development) -> str:
    if development.substitute is None:
        return ""
    headline = shown.entries.headline(development.substitute) or development.substitute
    return body.note("Read instead:", link=(shown.entries.link(development.substitute), headline))


def _tell_correction(shown: _Shown) -> _Told:
    report, draft = shown.report, shown.draft
    link = (shown.entries.link(draft.development), "The report")
    event = draft.item.what.event if isinstance(draft.item.what, Recorded) else None
    if report is None:
        title = f"Correction of a report that was taken back ({shown.day})"
        return _Told(title, title, body.note("(withdrawn)", link=link), withdrawn=True)
    if draft.removed or not isinstance(event, DevelopmentCorrected):
        title = f"Correction: {report.headline}"
        return _Told(title, "[removed]", body.note("Correction:", "[removed]", link=link), withdrawn=True)
    rows = [
        (
            field_name_words(made.field).capitalize(),
            field_words(made.field, made.was),
            field_words(made.field, made.now),
        )
        for made in shown.entries.corrections_of(draft.item, draft.development)
    ]
    hidden = shown.entries.hidden
    content = "".join(
        (
            body.note("Correction:", event.note or "", link=link),
            body.was_now(rows),
            body.what_changed(draft.item.changes, hidden),
            body.who_says_so(report.said_by, draft.item.facts, hidden, own=draft.development),
            body.sources(report.sources),
        )
    )
    return _Told(f"Correction: {report.headline}", body.summary(event.note or "", report.headline), content)


def _tell_withheld(shown: _Shown) -> _Told:
    event = shown.draft.item.what.event if isinstance(shown.draft.item.what, Recorded) else None
    reason = event.reason if isinstance(event, DevelopmentHeld) else None
    title = f"Withheld pending checks: report of {shown.day}"
    text = reason or "The report is being checked; until then its text is not shown."
    link = (shown.entries.link(shown.draft.development), "The report")
    return _Told(title, text, body.note("Withheld pending checks.", text, link=link))


def _tell_restored(shown: _Shown) -> _Told:
    headline = shown.report.headline if shown.report else f"report of {shown.day}"
    event = shown.draft.item.what.event if isinstance(shown.draft.item.what, Recorded) else None
    reason = event.reason if isinstance(event, DevelopmentReleased) else None
    text = reason or "The report was checked, and stands."
    link = (shown.entries.link(shown.draft.development), headline)
    return _Told(f"Restored: {headline}", text, body.note("Restored.", text, link=link))


def _tell_retraction(shown: _Shown) -> _Told:
    told = _tell_hidden(shown)
    link = (shown.entries.link(shown.draft.development), "Where it stood")
    return _Told(told.title, told.summary, told.content + body.note("", link=link))


def _tell_overdue(shown: _Shown) -> _Told:
    draft, hidden = shown.draft, shown.entries.hidden
    expected = draft.item.expected[0]
    what = expected_what(expected, hidden)
    due = expected_due(expected)
    since = "".join(
        body.note(
            f"Since then, {day_words(edit.at)}:",
            "; ".join(
                str(change.told(hidden))
                for change in edit.item.changes
                if isinstance(change, ExpectationChanged) and change.id == expected.id
            ),
        )
        for edit in reversed(draft.edits)
    )
    by = f" It was expected of {expected.by}." if expected.by and what == expected.what else ""
    text = f"{what}: {due}, and nothing of it has been reported.{by}"
    link = (shown.entries.link(expected.development), "Where it was promised")
    content = since + body.note("Overdue.", text, link=link)
    return _Told(f"Overdue: {what} ({due})", text, content)


_TELLERS: dict[EntryKind, Callable[[_Shown], _Told]] = {
    "report": _tell_report,
    "correction": _tell_correction,
    "withheld": _tell_withheld,
    "restored": _tell_restored,
    "retraction": _tell_retraction,
    "overdue": _tell_overdue,
}


def _quotes(draft: _Draft, development: str) -> bool:
    """Tell whether the computed part of an entry quotes `development`."""
    item = draft.item
    return (
        any(development in change.quotes() for change in item.changes)
        or any(development in (expected.development, expected.stated_by) for expected in item.expected)
        or any(fact.current is not None and fact.current.development == development for fact in item.facts)
    )


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
