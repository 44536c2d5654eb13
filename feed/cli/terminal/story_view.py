"""The layout of `show`: what is known of a story, on a terminal or on paper. It asks no clock.

There are two columns: a short left one to skim (a fact's name, a status, a day), and the text. On a wide screen facts
have a column each for value, speaker and standing.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final

from rich.text import Text

from events.fold.claims import AttributedClaim
from events.fold.expectations import RESOLVED, ExpectationStatus, Expected
from events.fold.facts import Fact, Standing
from events.fold.known_fact import KnownFact
from events.fold.prominence import by_prominence
from events.fold.state import Story
from events.fold.state_parts import AttributedDispute, Correction
from events.model.settings import NO_SETTINGS
from events.wording.catalogue import (
    UNATTRIBUTED,
    day_words,
    dispute_words,
    field_name_words,
    instant_words,
    status_words,
)
from events.wording.changes import ARROW
from events.wording.claims import as_of_words, claim_speakers, target_words
from events.wording.expectations import expected_by, expected_condition, expected_due, promise_names
from events.wording.freshness import check_words
from events.wording.names import FactNames, fact_names
from events.wording.redactions import Redactions
from events.wording.stances import StanceKind, objections, verifications
from events.wording.standing import standing_line
from events.wording.values import due_words, field_words, speakers_words, when_words
from feed.cli.terminal.badges import badges, embargo_warning
from feed.cli.terminal.layout import Page, moment_words, piece
from feed.cli.terminal.output import ALARM, DOT, DOUBT, FAINT, GOOD, STRONG, console, quantity
from feed.cli.terminal.story_lead import headline, reporter, show_key_facts, show_latest, show_questions, value

WIDE_FROM: Final = 110
CORRECTED_CHARS_MAX: Final = 300
ALARM_CHARS_MAX: Final = 240
WIDE_SHARES: Final = (0.34, 0.36, 0.30)
"""The shares of value, speaker and standing of the width beside a fact's name."""
_STANCE_STYLES: Final[dict[StanceKind, str]] = {
    "contradicts": ALARM, "differs": DOUBT, "denies": ALARM, "denies_another_value": DOUBT,
    "cannot_confirm": DOUBT, "withholds": DOUBT, "verifies": DOUBT, "verifies_independently": GOOD,
}  # fmt: skip
_STATUS_STYLES: Final[dict[ExpectationStatus, str]] = {
    "overdue": ALARM, "missed": "red", "partly_met": DOUBT, "pending": STRONG, "met": GOOD, "met_late": GOOD,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The view that a reader asked for: as reported by an instant, as recorded by one, with due dates as of another."""

    as_of: datetime | None = None
    recorded_by: datetime | None = None
    now: datetime | None = None

    @property
    def has_version(self) -> bool:
        """Whether it shows the newest version, which a command can expect."""
        return self.as_of is None and self.recorded_by is None

    def __str__(self) -> str:
        """Return the view in words, "" for the present."""
        parts = [
            self.as_of and f"as reported by {moment_words(self.as_of)}",
            self.recorded_by and f"as recorded by {moment_words(self.recorded_by)}",
            self.now and f"due dates seen from {moment_words(self.now)}",
        ]
        words = ", ".join(part for part in parts if part)
        return f"{words[:1].upper()}{words[1:]}." if words else ""


NOW: Final = View()


def show_story(story: Story, *, view: View = NOW, before: Iterable[tuple[datetime, Story | None]] = ()) -> None:
    """Print what is known of `story` in `view`.

    `before` has what is known without what is under embargo until some instant, for each such instant; None if nothing
    is known then. What rests on an embargo is marked.
    """
    screen = console()
    pages = [(until, _page(Page(screen), state, view)) for until, state in before]
    page = _page(Page(screen, pages), story, view)
    if view.has_version:
        page.content += [Text(), piece(f"Version {story.version}, for --expected-version.", FAINT)]
    page.print()


def _page(page: Page, story: Story | None, view: View) -> Page:
    """Return `page`, with everything that is known of `story` on it."""
    if story is None:
        return page
    _head(page, story, view)
    if not story.developments:
        page.blank()
        page.paragraph(piece(_nothing_yet(view)))
    show_key_facts(page, story)
    show_latest(page, story)
    show_questions(page, story)
    _timeline(page, story)
    _facts(page, story)
    _expected(page, story)
    _disputes(page, story)
    _corrections(page, story)
    return page


def _head(page: Page, story: Story, view: View) -> None:
    page.paragraph(piece(story.headline, STRONG))
    facts = [story.story, story.status]
    if story.developments:
        facts += [quantity(len(story.developments), "development"), f"updated {instant_words(story.updated_at)}"]
    page.paragraph(piece(DOT.join(facts), FAINT))
    if str(view):
        page.paragraph(piece(str(view), FAINT))
    for alarm in _alarms(story):
        page.paragraph(piece(textwrap.shorten(alarm, ALARM_CHARS_MAX, placeholder=" …"), ALARM))
    if story.summary:
        page.blank()
        for text in story.summary.splitlines():
            page.paragraph(piece(text))


def _alarms(story: Story) -> Iterator[str]:
    """Yield what a reader must not miss."""
    if story.overdue:
        promises = promise_names(story)
        yield f"OVERDUE: {'; '.join(promises[expected.id] for expected in story.overdue)}"
    names = fact_names(story)
    disputed = [names.name(key) for key, item in story.facts.items() if item.fact.standing == "disputed"]
    if disputed:
        yield f"DISPUTED: {', '.join(disputed)}"
    differing = [names.name(key) for key, item in story.facts.items() if item.fact.differing_accounts]
    if differing:
        yield f"ACCOUNTS DIFFER: {', '.join(differing)}"


def _nothing_yet(view: View) -> str:
    if view.as_of is not None:
        return f"Nothing has been reported by {moment_words(view.as_of)}."
    if view.recorded_by is not None:
        return f"Nothing had been recorded by {moment_words(view.recorded_by)}."
    return "Nothing has been reported yet."


def _facts(page: Page, story: Story) -> None:
    if not story.facts:
        return
    page.title("ALL FACTS")
    names = fact_names(story)
    for item in by_prominence(story, hidden=True):
        fact = item.fact
        name, now = piece(names.name(fact.key), STRONG), value(item)
        notes = [*embargo_warning(story, fact), *_stances(fact), *_desk_notes(story, item)]
        if fact.current is None or fact.standing is None:
            page.entry(name, first=now, notes=notes, key=fact.key)
            continue
        claimant, standing = _claimant(item, fact.current), _standing(fact, fact.standing)
        if page.width >= WIDE_FROM:
            page.table_entry(name, cells=[now, claimant, standing], shares=WIDE_SHARES, notes=notes, key=fact.key)
        else:
            page.entry(name, first=now, notes=[claimant, standing, *notes], key=fact.key)


def _claimant(item: KnownFact, current: AttributedClaim) -> Text:
    """Return who says so, as of when, and since when."""
    first = item.first_index
    since = current.as_of if first is None else item.history[first].claim.as_of
    unchanged = "" if since == current.as_of else f", unchanged since {when_words(since)}"
    return piece(f"{claim_speakers(current)}, {as_of_words(current)}{unchanged}", FAINT)


def _standing(fact: Fact, standing: Standing) -> Text:
    return piece("DISPUTED", ALARM) if standing == "disputed" else piece(standing_line(fact), FAINT)


def _stances(fact: Fact) -> Iterator[Text]:
    for stance in (*objections(fact), *verifications(fact)):
        if not stance.label:
            yield piece(stance.text)
            continue
        style = _STANCE_STYLES[stance.kind]
        first, _, others = stance.label.partition(" ")
        label = f"{first.upper() if style == ALARM else first} {others}"
        yield Text.assemble((label, style), " ", piece(stance.text))


def _desk_notes(story: Story, item: KnownFact) -> Iterator[Text]:
    """Yield when the fact was checked last, and what the desk has set for it; with a label, its key too."""
    fact = item.fact
    if fact.key in story.checks:
        yield piece(check_words(story.checks[fact.key], item), FAINT)
    settings = story.settings.get(fact.key, NO_SETTINGS)
    notes = (
        f"key {fact.key}" if settings.label else "",
        "key fact" if settings.lead else "",
        "" if settings.order is None else f"order {settings.order}",
        "hidden on the page" if settings.hidden else "",
        "evolving" if settings.evolving else "",
        f"settled by {settings.settled}" if settings.settled else "",
        "followed" if settings.follow else "",
        f"threshold {settings.threshold}" if settings.threshold else "",
    )
    if any(notes):
        yield piece(DOT.join(note for note in notes if note), FAINT)


def _expected(page: Page, story: Story) -> None:
    if not story.expectations:
        return
    page.title("PROMISES AND DEADLINES")
    promises = promise_names(story)
    for expected in story.by_urgency:
        status = story.status_of(expected)
        words = "OVERDUE" if status == "overdue" else status_words(status)
        what = piece(promises[expected.id], FAINT if status in RESOLVED else STRONG)
        page.entry(
            Text(words, _STATUS_STYLES.get(status, "")),
            first=what,
            notes=_expected_notes(story, expected, status),
            key=expected.id,
        )


def _expected_notes(story: Story, expected: Expected, status: ExpectationStatus) -> Iterator[Text]:
    overdue_at = story.running.overdue_at(expected.ends_at)
    if status == "overdue" and overdue_at is not None:
        yield piece(f"overdue since {instant_words(overdue_at)}", ALARM)
    terms = [
        "" if status in RESOLVED and expected.due is None else _dues(expected),
        expected_by(expected),
        f"wanted by {expected.wanted_by}" if expected.wanted_by else "",
        expected_condition(expected),
        expected.id,
    ]
    yield piece(DOT.join(term for term in terms if term), FAINT)
    settling = story.development(expected.resolved_by) if expected.resolved_by else None
    if settling is not None:
        yield piece(f"{day_words(settling.reported_at)}: {headline(settling)}", FAINT)


def _dues(expected: Expected) -> str:
    """Return the due date, after those that it had before: `due 7–31 January 2015 → due 21–22 January 2015 (dated)`."""
    before = [due_words(change.due) for change in expected.history]
    first, *later = [*before, expected_due(expected)]
    moves = zip(later, expected.history, strict=True)
    return first + "".join(f" {ARROW} {due} ({change.how})" for due, change in moves)


def _disputes(page: Page, story: Story) -> None:
    if not story.disputes:
        return
    page.title("DISPUTES")
    redactions = Redactions(names=fact_names(story))
    for dispute in sorted(story.listed_disputes, key=lambda dispute: dispute.kind != "denies"):
        page.entry(
            piece(dispute_words(dispute.kind), ALARM if dispute.kind == "denies" else DOUBT),
            first=piece(target_words(dispute.target, redactions), STRONG),
            notes=_dispute_notes(dispute),
        )
    if more := sum(story.unlisted_disputes.values()):
        page.paragraph(piece(f"and {more} more", FAINT))


def _dispute_notes(dispute: AttributedDispute) -> Iterator[Text]:
    if dispute.statement:
        yield piece(dispute.statement)
    who = speakers_words(dispute.by) or UNATTRIBUTED.text
    yield piece(f"{who}{DOT}{dispute.by_development}", FAINT)


def _timeline(page: Page, story: Story) -> None:
    if not story.developments:
        return
    page.title("TIMELINE")
    before: datetime | None = None
    for development in reversed(story.developments):
        at = development.reported_at
        left = "" if at == before else f"{at:%H:%M} UTC"
        if before is None or at.date() != before.date():
            if before is not None:
                page.blank()
            left = f"{day_words(at)}\n{left}"
        before = at
        first = Text(" ").join([piece(headline(development), STRONG), *badges(story, development)])
        page.entry(Text(left, FAINT), first=first, notes=[reporter(development)], key=development.id, dated=True)


def _corrections(page: Page, story: Story) -> None:
    if not story.corrections:
        return
    page.title("CORRECTIONS")
    names, promises = fact_names(story), {expected.id: expected.what for expected in story.expectations}
    events = [list(fields) for _, fields in groupby(story.corrections, key=attrgetter("event"))]
    for fields in reversed(events):
        correction = fields[0]
        page.entry(
            piece(day_words(correction.at), FAINT),
            first=piece(correction.note or correction.level, STRONG),
            notes=[
                *(_was_now(field, names, promises) for field in fields),
                piece(f"{correction.level}{DOT}{correction.development}", FAINT),
            ],
            key=correction.event,
            dated=True,
        )


def _was_now(correction: Correction, names: FactNames, promises: Mapping[str, str]) -> Text:
    return Text.assemble(
        f"{field_name_words(correction.field)}: ",
        piece(_field(correction.was, correction.field, names, promises), FAINT),
        f" {ARROW} ",
        piece(_field(correction.now, correction.field, names, promises)),
    )


def _field(value: object, field: str, names: FactNames, promises: Mapping[str, str]) -> str:
    if field == "body":
        from feed.entries.html import replaced_words  # noqa: PLC0415 - the Markdown parser takes 0.15 s to import

        return textwrap.shorten(replaced_words(value, field), CORRECTED_CHARS_MAX, placeholder=" …")
    return textwrap.shorten(field_words(value, names=names, promises=promises), CORRECTED_CHARS_MAX, placeholder=" …")
