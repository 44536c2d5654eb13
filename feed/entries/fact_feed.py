"""The entries of the feed of one fact: each says what moved since the entry before it.

feed/README.md#feeds-of-facts has the rules. A public item makes an entry if the fact's value or standing moved, or if
somebody begins or ceases to contradict or deny it, or to give a differing account. With a threshold, small moves of a
number add up until they exceed it. A correction or withdrawal of what an entry quotes makes an entry too: readers do
not show an edit of an old entry as new.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.changes import (
    ClaimChange,
    FactChange,
    FactChanged,
    change_texts,
)
from events.diff import fact_changes
from events.fold.claims import AttributedClaim
from events.fold.development import correct, erase
from events.fold.facts import Fact
from events.model.events import (
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentReported,
    DevelopmentRetracted,
    Erased,
    EventRedacted,
    StoryOpened,
    StoryRevised,
)
from events.model.settings import NO_SETTINGS, FactSettings, merge_settings
from events.model.values import distance, magnitude
from events.public.sequence import DevelopmentItem, OverdueNotice, PublicItem
from events.wording.catalogue import report_words, sentence_list
from events.wording.claims import claim_value, fact_name
from events.wording.language import Words
from events.wording.redactions import WITHDRAWN, Redactions
from feed.entries import html
from feed.entries.builder import Address
from feed.entries.model import Category, Entry, EntryKind, Tombstone
from feed.entries.story import StoryEntries
from feed.languages.markup import markup_words


@dataclass(slots=True, eq=False)
class FactPlan:
    """What an entry of a fact's feed is made of: a public item, and what moved since the entry before.

    `changes`   what moved
    `fact`      the fact afterwards; None if nobody speaks of it
    `corrected` the claims that the item corrected or withdrew, and that the feed had quoted
    `touched`   when its bytes last changed
    """

    item: PublicItem
    changes: tuple[FactChange, ...]
    fact: Fact | None
    corrected: tuple[AttributedClaim, ...]
    touched: datetime

    def claims(self) -> Iterator[AttributedClaim]:
        """Yield the claims that it quotes."""
        for change in self.changes:
            if isinstance(change, FactChanged):
                yield from (claim for claim in (change.was, change.now) if claim is not None)
            elif isinstance(change, ClaimChange):
                yield change.claim
        yield from () if self.fact is None else self.fact.quotable


class FactPlanner:
    """Plans the entries of one fact's feed along the public sequence: `plans`, in the order in which they were made.

    `quotations`  each entry that quotes a development, with the claim, by development
    `_fact`       the fact after the item at hand
    `_last`       the fact as the newest entry says it
    """

    def __init__(self, key: str, items: Iterable[PublicItem]) -> None:
        self.plans: list[FactPlan] = []
        self.quotations: dict[str, list[tuple[FactPlan, AttributedClaim]]] = {}
        self._key = key
        self._fact: Fact | None = None
        self._last: Fact | None = None
        self._settings: FactSettings = NO_SETTINGS
        self._reports: dict[str, DevelopmentReported | None] = {}
        for item in items:
            if not isinstance(item, OverdueNotice):
                self._take(item)

    def _take(self, item: PublicItem) -> None:
        has_settings = self._take_settings(item)
        corrected = self._corrected(item)
        if not (has_settings or corrected or self._key in item.touched_facts):
            return
        self._fact = item.touched_facts.get(self._key, self._fact)
        if item.backfill and not corrected:
            # Its followers are told with the next news. The first entry of a feed says what moved since the archive.
            self._last = self._last if self.plans else self._fact
            return
        changes = tuple(fact_changes(self._key, self._last, self._fact))
        if corrected or (changes and not self._is_small(changes)):
            self._last = self._fact
            self._add(FactPlan(item, changes, self._fact, corrected, item.at))

    def _add(self, plan: FactPlan) -> None:
        self.plans.append(plan)
        for claim in plan.claims():
            self.quotations.setdefault(claim.development, []).append((plan, claim))

    def _corrected(self, item: PublicItem) -> tuple[AttributedClaim, ...]:
        """Return the quoted claims that `item` corrects or withdraws, and note that the entries that quote them change.

        A typo corrects none.
        """
        if not isinstance(item, DevelopmentItem) or not self._take_report(item):
            return ()
        quotations = self.quotations.get(item.development, ())
        for plan, _ in quotations:
            plan.touched = item.at
        typo = isinstance(item.event, DevelopmentCorrected | Erased) and item.event.level == "typo"
        return () if typo else tuple(dict.fromkeys(claim for _, claim in quotations))

    def _take_settings(self, item: PublicItem) -> bool:
        """Note the settings of the fact after `item`. Return True if `item` has any."""
        if not isinstance(item.event, StoryOpened | StoryRevised) or self._key not in item.event.facts:
            return False
        change = {self._key: item.event.facts[self._key]}
        self._settings = merge_settings({self._key: self._settings}, change).get(self._key, NO_SETTINGS)
        return True

    def _take_report(self, item: DevelopmentItem) -> bool:
        """Note the report as `item` leaves it. Return True if `item` may change or withdraw its claim of the fact."""
        before = self._reports.get(item.development)
        match item.event:
            case DevelopmentReported() as report:
                self._reports[item.development] = report
                return False
            case DevelopmentCorrected() as correction if before is not None:
                after = self._reports[item.development] = correct(before, correction)
            case Erased() as erased if before is not None:
                after = self._reports[item.development] = erase(before, erased)
            case DevelopmentHeld() | DevelopmentRetracted() | EventRedacted():
                return True
            case _:
                return False
        return self._claims(before) != self._claims(after)

    def _claims(self, report: DevelopmentReported) -> list[object]:
        """Return what a report claims of the fact, and who says so."""
        claims = [claim for claim in report.facts if claim.key == self._key]
        return [(claim, claim.said_by or report.said_by) for claim in claims]

    def _is_small(self, changes: tuple[FactChange, ...]) -> bool:
        """Return True if only the number moved, and not beyond the threshold since readers were last told."""
        threshold = self._settings.threshold
        was, now = (fact.current if fact else None for fact in (self._last, self._fact))
        if threshold is None or was is None or now is None or was.value is None or now.value is None:
            return False
        if any(not isinstance(change, FactChanged) or change.standing_was != change.standing for change in changes):
            return False
        moved = distance(was.value, now.value)
        if moved is None or (was.unit, was.of) != (now.unit, now.of):
            return False
        return moved <= threshold.allowance(magnitude(was.value))


class FactEntries:
    """What the feed of the fact `key` shows.

    `key`, `name` its key, and what the fact is called; its name is no longer shown if nobody speaks of it any more
    `newest`      its entries, at most `most`, the newest first
    `tombstones`  of the entries about all erased events: these no longer say which fact they spoke of
    """

    def __init__(
        self, entries: StoryEntries, key: str, items: Sequence[PublicItem], address: Address, *, most: int
    ) -> None:
        plans = FactPlanner(key, items).plans[::-1][:most]
        redactions = entries.redactions_of([(key, claim) for plan in plans for claim in plan.claims()])
        self.key, self.name = key, fact_name(key, redactions, entries.words)
        self.newest = tuple(_entry(entries, key, plan, redactions, address) for plan in plans)
        redacted_at = {item.development: item.at for item in items if isinstance(item.event, EventRedacted)}
        self.tombstones = tuple(
            Tombstone(id=address.entry_id(entries.story.story, f"fact/{key}/{item.key}"), when=when)
            for item in items
            if isinstance(item.event, Erased)
            and not item.event.archive
            and (when := redacted_at.get(item.development)) is not None
        )


def _entry(entries: StoryEntries, key: str, plan: FactPlan, redactions: Redactions, address: Address) -> Entry:
    story, item, words = entries.story, plan.item, entries.words
    page = address.page(story.story)
    redactions = redactions.without_claims(_replaced(plan))  # its entry is about what was wrong
    texts = [text.line(words) for text in change_texts(plan.changes, redactions, words)]
    texts = texts or [_corrected_line(key, claim, redactions, words) for claim in plan.corrected[-1:]]
    texts = texts or [words.gettext(WITHDRAWN)]
    published = item.at if item.event is None else item.event.published_at or item.at
    touched = plan.touched if entries.revised_at is None else max(plan.touched, entries.revised_at)
    return Entry(
        id=address.entry_id(story.story, f"fact/{key}/{item.key}"),
        kind=_kind(plan),
        story=story.story,
        anchor=item.development or "",
        url=page if item.development is None else f"{page}#{item.development}",
        title=_title(_kind(plan), texts[0], words),
        summary=sentence_list(texts, words),
        content=_content(entries, plan, redactions, page),
        published=published.replace(microsecond=0),
        updated=item.at.replace(microsecond=0),
        touched=touched.replace(microsecond=0),
        listed=item.number,
        language=story.language,
        categories=(Category(term=story.story, label=story.headline),),
    )


def _kind(plan: FactPlan) -> EntryKind:
    """Return what the item did to what the feed had quoted; `report` if that stands."""
    match plan.item.event:
        case DevelopmentHeld() if plan.corrected:
            return "withheld"
        case DevelopmentRetracted() | EventRedacted() if plan.corrected:
            return "retraction"
        case _:
            return "correction" if plan.corrected else "report"


def _title(kind: EntryKind, change: str, words: Words) -> str:
    match kind:
        case "correction":
            return words.gettext("Correction: {headline}", headline=change)
        case "withheld":
            return words.gettext("Withheld pending checks: {report}", report=change)
        case "retraction":
            return words.gettext("Retracted: {report}", report=change)
        case _:
            return change


def _replaced(plan: FactPlan) -> list[AttributedClaim | None]:
    """Return the claims that a correction quotes although they are corrected."""
    if not plan.corrected:
        return []
    former = [change.was for change in plan.changes if isinstance(change, FactChanged)]
    beside = [change for change in plan.changes if isinstance(change, ClaimChange)]
    return [*former, *(change.claim for change in beside if change.ended)]


def _corrected_line(key: str, claim: AttributedClaim, redactions: Redactions, words: Words) -> str:
    """Return a value that the feed had quoted, and what it is now: it is no longer the newest one."""
    if redactions.key(key) is not None:
        return words.gettext(WITHDRAWN)
    now = claim_value(claim, redactions, words)
    was = claim_value(claim, redactions.without_claims([claim]), words)
    value = now if was == now else f"{was} {now}"
    return f"{fact_name(key, redactions, words)}: {value}"


def _content(entries: StoryEntries, plan: FactPlan, redactions: Redactions, page: str) -> str:
    """Return what moved, who says so, and a link to the report."""
    item, words = plan.item, markup_words(entries.words, entries.language)
    sections = [html.what_changed(words, plan.changes, redactions)]
    event = item.event
    if isinstance(event, DevelopmentCorrected) and plan.corrected and _is_readable(entries, event.development):
        sections.insert(0, html.note(words, words.gettext("Correction:"), event.note or ""))
    if plan.fact is not None:
        sections.append(html.who_says_so(words, (), (plan.fact,), redactions, own=item.development or ""))
    if isinstance(item, DevelopmentItem):
        name = report_words(item.recorded.reported_at, words=words)
        link = html.Link(f"{page}#{item.development}", name)
        sections.append(html.note(words, words.gettext("Original entry:"), link=link))
    return html.root("".join(sections), entries.language)


def _is_readable(entries: StoryEntries, development: str) -> bool:
    report = entries.story.development(development)
    return report is not None and report.report is not None
