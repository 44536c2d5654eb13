"""The layout of `show`: what is known of a story, on a terminal or on paper. It asks no clock.

Everything stands in two columns: a short left one to skim (a fact's name, a status, a day), and what there is to
say of it. Where there is room, facts get a column each for value, speaker and standing.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from rich.text import Text

from events.fold.claims import AttributedClaim
from events.fold.expectations import RESOLVED, ExpectationStatus, Expected
from events.fold.facts import Fact, KnownFact, Standing
from events.fold.state import Story
from events.fold.state_parts import AttributedDispute, Correction, Development
from events.wording.catalogue import (
    UNATTRIBUTED,
    day_words,
    dispute_words,
    field_name_words,
    instant_words,
    standing_words,
    status_words,
)
from events.wording.changes import ARROW
from events.wording.claims import as_of_words, claim_speakers, claim_value, fact_name
from events.wording.expectations import expected_due
from events.wording.stances import StanceKind, objections, verifications
from events.wording.values import due_words, field_words, speakers_words, when_words
from feed.cli.terminal.badges import badges, embargo_warning
from feed.cli.terminal.layout import DOT, Page, moment_words, piece
from feed.cli.terminal.output import ALARM, DOUBT, FAINT, GOOD, STRONG, console, quantity

WIDE_FROM: Final = 110
CORRECTED_CHARS_MAX: Final = 300
ALARM_CHARS_MAX: Final = 240
WIDE_SHARES: Final = (0.34, 0.36, 0.30)
"""What value, speaker and standing get of the room beside a fact's name."""
_STANCE_STYLES: Final[dict[StanceKind, str]] = {
    "contradicts": ALARM, "denies": ALARM, "cannot_confirm": DOUBT, "withholds": DOUBT,
    "verifies": DOUBT, "verifies_independently": GOOD,
}  # fmt: skip
_STATUS_STYLES: Final[dict[ExpectationStatus, str]] = {
    "overdue": ALARM, "missed": "red", "partly_met": DOUBT, "pending": STRONG, "met": GOOD, "met_late": GOOD,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a reader asked for: a look back by reports, by our own records, and another day to judge due dates by."""

    as_of: datetime | None = None
    recorded_by: datetime | None = None
    now: datetime | None = None

    def __str__(self) -> str:
        """Return the view in words, "" for how things stand now."""
        parts = [
            self.as_of and f"as reported by {moment_words(self.as_of)}",
            self.recorded_by and f"as recorded by {moment_words(self.recorded_by)}",
            self.now and f"due dates seen from {moment_words(self.now)}",
        ]
        words = ", ".join(part for part in parts if part)
        return f"{words[:1].upper()}{words[1:]}." if words else ""


NOW: Final = View()


def show_story(story: Story, *, view: View = NOW) -> None:
    """Print what is known of `story`; `view` says what was asked for."""
    page = Page(console())
    _head(page, story, view)
    if not story.developments:
        page.blank()
        page.paragraph(piece(_nothing_yet(view)))
    _facts(page, story)
    _expected(page, story)
    _disputes(page, story)
    _timeline(page, story)
    _corrections(page, story)
    page.print()


def _head(page: Page, story: Story, view: View) -> None:
    page.paragraph(piece(story.headline, STRONG))
    told = [story.story, story.status]
    if story.developments:
        told += [quantity(len(story.developments), "development"), f"updated {instant_words(story.updated_at)}"]
    page.paragraph(piece(DOT.join(told), FAINT))
    if str(view):
        page.paragraph(piece(str(view), FAINT))
    for alarm in _alarms(story):
        page.paragraph(piece(textwrap.shorten(alarm, ALARM_CHARS_MAX, placeholder=" …"), ALARM))
    if story.summary:
        page.blank()
        for text in story.summary.splitlines():
            page.paragraph(piece(text))


def _alarms(story: Story) -> Iterator[str]:
    """Yield what must not wait for the reader to come to it."""
    if story.overdue:
        yield f"OVERDUE: {'; '.join(expected.what for expected in story.overdue)}"
    disputed = [fact_name(key) for key, known in story.facts.items() if known.fact.standing == "disputed"]
    if disputed:
        yield f"DISPUTED: {', '.join(disputed)}"


def _nothing_yet(view: View) -> str:
    if view.as_of is not None:
        return f"Nothing has been reported by {moment_words(view.as_of)}."
    if view.recorded_by is not None:
        return f"Nothing had been recorded by {moment_words(view.recorded_by)}."
    return "Nothing has been reported yet."


def _facts(page: Page, story: Story) -> None:
    if not story.facts:
        return
    page.title("WHAT IS KNOWN")
    for known in sorted(story.facts.values(), key=lambda known: known.fact.standing != "disputed"):
        fact = known.fact
        name, value = piece(fact_name(fact.key), STRONG), _value(known)
        marks = [*embargo_warning(story, fact), *_fact_notes(fact)]
        if fact.current is None or fact.standing is None:
            page.entry(name, first=value, notes=marks)
        elif page.width >= WIDE_FROM:
            cells = [value, _said(known, fact.current), _standing(fact, fact.standing)]
            page.table_entry(name, cells=cells, shares=WIDE_SHARES, notes=marks)
        else:
            notes = [_said(known, fact.current), _standing(fact, fact.standing), *marks]
            page.entry(name, first=value, notes=notes)


def _value(known: KnownFact) -> Text:
    """Return the value, and where it moved what it was before."""
    current = known.fact.current
    now = piece(claim_value(current), STRONG if current else FAINT)
    was = _moved_from(known)
    if was is not None:
        return Text.assemble(piece(claim_value(was), FAINT), f" {ARROW} ", now)
    if known.fact.relation == "withdrawn":
        return Text.assemble(now, " ", piece("(what was said has been taken back)", FAINT))
    return now


def _moved_from(known: KnownFact) -> AttributedClaim | None:
    """Return the value that the current one took the place of: not one that another origin says beside it."""
    first = _first_said(known)
    if first is None or known.history[first].relation not in {"refines", "advances", "corrects"}:
        return None
    # A wider repetition has displaced nothing, so it is not what was known before.
    return next(item.claim for item in reversed(known.history[:first]) if item.relation != "repeats")


def _first_said(known: KnownFact) -> int | None:
    """Return where in the history the current value was first said, without another since; None where none is."""
    current = known.fact.current
    places = [place for place, item in enumerate(known.history) if item.claim is current]
    if current is None or not places:
        return None
    first = places[0]
    for place in range(first - 1, -1, -1):
        item = known.history[place]
        if item.claim.same(current):
            first = place
        elif item.relation != "repeats":
            break
    return first


def _said(known: KnownFact, current: AttributedClaim) -> Text:
    """Return who says so, and since when."""
    first = _first_said(known)
    since = current.as_of if first is None else known.history[first].claim.as_of
    unchanged = "" if since == current.as_of else f", unchanged since {when_words(since)}"
    return piece(f"{_who_and_when(current)}{unchanged}", FAINT)


def _standing(fact: Fact, standing: Standing) -> Text:
    return piece("DISPUTED", ALARM) if standing == "disputed" else piece(standing_words(standing, fact.origins), FAINT)


def _fact_notes(fact: Fact) -> Iterator[Text]:
    for stance in (*objections(fact), *verifications(fact)):
        style = _STANCE_STYLES[stance.kind]
        first, _, others = stance.label.partition(" ")
        label = f"{first.upper() if style == ALARM else first} {others}"
        yield Text.assemble((label, style), " ", piece(stance.text))


def _who_and_when(voice: AttributedClaim) -> str:
    return f"{claim_speakers(voice)}, {as_of_words(voice)}"


def _expected(page: Page, story: Story) -> None:
    if not story.expectations:
        return
    page.title("WHAT IS EXPECTED")
    for expected in story.by_urgency:
        status = story.status_of(expected)
        words = "OVERDUE" if status == "overdue" else status_words(status)
        what = piece(expected.what, FAINT if status in RESOLVED else STRONG)
        page.entry(
            Text(words, _STATUS_STYLES.get(status, "")),
            first=what,
            notes=_expected_notes(story, expected, status),
        )


def _expected_notes(story: Story, expected: Expected, status: ExpectationStatus) -> Iterator[Text]:
    overdue_at = story.running.overdue_at(expected.ends_at)
    if status == "overdue" and overdue_at is not None:
        yield piece(f"overdue since {instant_words(overdue_at)}", ALARM)
    told = [] if status in RESOLVED and expected.due is None else [_dues(expected)]
    told += [f"by {expected.by}"] if expected.by else []
    told += [f"wanted by {expected.wanted_by}"] if expected.wanted_by else []
    told += [f"on condition: {expected.condition}"] if expected.condition else []
    yield piece(DOT.join([*told, expected.id]), FAINT)
    settling = story.development(expected.resolved_by) if expected.resolved_by else None
    if settling is not None:
        yield piece(f"{day_words(settling.reported_at)}: {_headline(settling)}", FAINT)


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
    for dispute in sorted(story.disputes, key=lambda dispute: dispute.kind != "denies"):
        page.entry(
            piece(dispute_words(dispute.kind), ALARM if dispute.kind == "denies" else DOUBT),
            first=piece(_disputed(story, dispute), STRONG),
            notes=_dispute_notes(dispute),
        )


def _disputed(story: Story, dispute: AttributedDispute) -> str:
    development = story.development(dispute.development)
    return dispute.development if development is None else _headline(development)


def _dispute_notes(dispute: AttributedDispute) -> Iterator[Text]:
    if dispute.statement:
        yield piece(dispute.statement)
    who = speakers_words(dispute.by) or UNATTRIBUTED
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
        first = Text(" ").join([piece(_headline(development), STRONG), *badges(story, development)])
        page.entry(Text(left, FAINT), first=first, notes=[_reporter(development)])


def _reporter(development: Development) -> Text:
    report = development.report
    who = ""
    if report is not None:
        who = speakers_words(report.said_by) or ", ".join(source.name for source in report.sources)
        who = f"{who or UNATTRIBUTED}{DOT}"
    return piece(f"{who}{development.id}", FAINT)


def _headline(development: Development) -> str:
    return development.report.headline if development.report else "(withdrawn)"


def _corrections(page: Page, story: Story) -> None:
    if not story.corrections:
        return
    page.title("CORRECTIONS")
    made = [list(fields) for _, fields in groupby(story.corrections, _made_at_once)]
    for fields in reversed(made):
        one = fields[0]
        page.entry(
            piece(day_words(one.at), FAINT),
            first=piece(one.note or one.level, STRONG),
            notes=[*map(_replaced, fields), piece(f"{one.level}{DOT}{one.development}", FAINT)],
        )


def _made_at_once(correction: Correction) -> tuple[str, datetime, str | None, str]:
    """Return what the fields that one event corrected have in common."""
    return correction.development, correction.at, correction.note, correction.level


def _replaced(correction: Correction) -> Text:
    return Text.assemble(
        f"{field_name_words(correction.field)}: ",
        piece(_corrected(correction.was), FAINT),
        f" {ARROW} ",
        piece(_corrected(correction.now)),
    )


def _corrected(value: object) -> str:
    return textwrap.shorten(field_words(value), CORRECTED_CHARS_MAX, placeholder=" …")
