"""The entries of the feed of one fact: each says what moved since the entry before it.

feed/README.md#feeds-of-facts has the rules. A public item makes an entry if the fact's value or standing moved, or if a
doubt began or ended. With a threshold, small moves of a number add up until they exceed it. A correction or withdrawal
of what an entry quotes makes an entry too, or edits the entry that quotes it openly.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from events.changes import Change, FactChanged, change_texts
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
from events.wording.claims import fact_name
from events.wording.redactions import WITHDRAWN, Redactions
from feed.entries import html
from feed.entries.builder import Address
from feed.entries.model import Category, Entry, Tombstone
from feed.entries.story import StoryEntries
from feed.languages.markup import markup_words


@dataclass(slots=True, eq=False)
class FactPlan:
    """What an entry of a fact's feed is made of: a public item, and what moved since the entry before.

    `changes`   what moved
    `fact`      the fact afterwards; None if nobody speaks of it
    `corrects`  True if the item corrected or withdrew what the feed had quoted
    `updated`   when it last changed in a way that readers should see
    `touched`   when its bytes last changed
    `listed`    the number of the item that listed it last
    """

    item: PublicItem
    changes: tuple[Change, ...]
    fact: Fact | None
    corrects: bool
    updated: datetime
    touched: datetime
    listed: int

    def claims(self) -> Iterator[AttributedClaim]:
        """Yield the claims that it quotes."""
        for change in self.changes:
            if isinstance(change, FactChanged):
                yield from (claim for claim in (change.was, change.now) if claim is not None)
        yield from () if self.fact is None else self.fact.claims

    def quotes(self, development: str | None) -> bool:
        """Return True if it quotes a claim of `development`."""
        return any(development in change.quotes() for change in self.changes) or any(
            claim.development == development for claim in self.claims()
        )

    def edit(self, item: PublicItem, *, openly: bool) -> None:
        """Note that `item` edits this entry: openly, if readers should look at it again."""
        self.touched = item.at
        if openly:
            self.updated, self.listed = item.at, item.number


class FactPlanner:
    """Plans the entries of one fact's feed along the public sequence: `plans`, in the order in which they were made.

    `_fact`  the fact after the item at hand
    `_last`  the fact as the newest entry says it
    """

    def __init__(self, key: str, items: Iterable[PublicItem]) -> None:
        self.plans: list[FactPlan] = []
        self._key = key
        self._fact: Fact | None = None
        self._last: Fact | None = None
        self._settings: FactSettings = NO_SETTINGS
        self._reports: dict[str, DevelopmentReported | None] = {}
        for item in items:
            if not isinstance(item, OverdueNotice):
                self._take(item)

    def _take(self, item: PublicItem) -> None:
        self._take_settings(item)
        self._fact = item.touched_facts.get(self._key, self._fact)
        quoting: Sequence[FactPlan] = ()
        if isinstance(item, DevelopmentItem) and self._withdraws(item):
            quoting = [plan for plan in self.plans if plan.quotes(item.development)]
        typo = isinstance(item.event, DevelopmentCorrected | Erased) and item.event.level == "typo"
        corrects = bool(quoting) and not typo
        changes = tuple(fact_changes(self._key, self._last, self._fact))
        if changes and (corrects or not self._is_small(changes)):
            self._last = self._fact
            self.plans.append(FactPlan(item, changes, self._fact, corrects, item.at, item.at, item.number))
            corrects = False  # the new entry tells it
        for plan in quoting:
            plan.edit(item, openly=corrects and plan is quoting[-1])

    def _take_settings(self, item: PublicItem) -> None:
        if isinstance(item.event, StoryOpened | StoryRevised) and self._key in item.event.facts:
            change = {self._key: item.event.facts[self._key]}
            self._settings = merge_settings({self._key: self._settings}, change).get(self._key, NO_SETTINGS)

    def _withdraws(self, item: DevelopmentItem) -> bool:
        """Return True if `item` changes or withdraws what its development claims of the fact."""
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

    def _is_small(self, changes: tuple[Change, ...]) -> bool:
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
    `newest`      its entries, at most `most`, the one listed last first
    `tombstones`  of the entries about erased events, of whichever fact these spoke: nothing tells any more
    """

    def __init__(
        self, entries: StoryEntries, key: str, items: Sequence[PublicItem], address: Address, *, most: int
    ) -> None:
        plans = sorted(FactPlanner(key, items).plans, key=attrgetter("listed", "item.number"), reverse=True)[:most]
        redactions = entries.redactions_of([(key, claim) for plan in plans for claim in plan.claims()])
        self.key, self.name = key, fact_name(key, redactions, entries.words)
        self.newest = tuple(_entry(entries, key, plan, redactions, address) for plan in plans)
        redacted_at = {item.development: item.at for item in items if isinstance(item.event, EventRedacted)}
        self.tombstones = tuple(
            Tombstone(id=address.entry_id(entries.story.story, f"fact/{key}/{item.key}"), when=when)
            for item in items
            if isinstance(item.event, Erased) and (when := redacted_at.get(item.development)) is not None
        )


def _entry(entries: StoryEntries, key: str, plan: FactPlan, redactions: Redactions, address: Address) -> Entry:
    story, item, words = entries.story, plan.item, entries.words
    page = address.page(story.story)
    if plan.corrects:  # its entry is about what was wrong
        redactions = redactions.without_claims(
            [change.was for change in plan.changes if isinstance(change, FactChanged)]
        )
    texts = [text.line(words) for text in change_texts(plan.changes, redactions, words)]
    title = texts[0] if texts else words.gettext(WITHDRAWN)
    published = item.at if item.event is None else item.event.published_at or item.at
    touched = plan.touched if entries.revised_at is None else max(plan.touched, entries.revised_at)
    return Entry(
        id=address.entry_id(story.story, f"fact/{key}/{item.key}"),
        kind="correction" if plan.corrects else "report",
        story=story.story,
        anchor=item.development or "",
        url=page if item.development is None else f"{page}#{item.development}",
        title=words.gettext("Correction: {headline}", headline=title) if plan.corrects and texts else title,
        summary=sentence_list(texts, words) or title,
        content=_content(entries, plan, redactions, page),
        published=published.replace(microsecond=0),
        updated=plan.updated.replace(microsecond=0),
        touched=touched.replace(microsecond=0),
        listed=plan.listed,
        language=story.language,
        categories=(Category(term=story.story, label=story.headline),),
    )


def _content(entries: StoryEntries, plan: FactPlan, redactions: Redactions, page: str) -> str:
    """Return what moved, who says so, and a link to the report."""
    item, words = plan.item, markup_words(entries.words, entries.language)
    sections = [html.what_changed(words, plan.changes, redactions)]
    if plan.fact is not None:
        sections.append(html.who_says_so(words, (), (plan.fact,), redactions, own=item.development or ""))
    if isinstance(item, DevelopmentItem):
        name = report_words(item.recorded.reported_at, words=words)
        link = html.Link(f"{page}#{item.development}", name)
        sections.append(html.note(words, words.gettext("Original entry:"), link=link))
    return html.root("".join(sections), entries.language)
