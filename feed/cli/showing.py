"""The layout of `show`: what is known of a story as styled lines for a terminal. It prints nothing and asks no clock.

Everything stands in two columns: a short left one to skim (a fact's name, a status, a day), and what there is to
say of it. Where there is room, facts get a column each for value, speaker and standing. No word of an event is ever
read as markup, and none reaches the terminal before `shell.shown`.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Final

from rich.console import Console
from rich.text import Text

from events.expectations import RESOLVED, Expected, Status
from events.facts import Fact, Verification, Voice
from events.state import Development, Dispute, KnownFact, Story, speakers_json
from events.telling import ARROW, NOBODY, expected_due, fact_standing, subject, voice_speakers, voice_value
from events.words import (
    day_words,
    due_words,
    field_name_words,
    field_words,
    instant_words,
    kind_words,
    speakers_words,
    status_words,
    when_words,
)
from feed.cli.shell import shown

WIDTH_MAX: Final = 120  # longer lines are hard to read, however wide the screen
WIDE_FROM: Final = 110
LEFT: Final = 20
INDENT: Final = 2
GAP: Final = 2
NOTE_INDENT: Final = 2
CORRECTED_CHARS_MAX: Final = 300
WIDE_SHARES: Final = (0.4, 0.3, 0.3)
"""What value, speaker and standing get of the room beside a fact's name."""

STRONG, FAINT, ALARM, DOUBT, GOOD, TITLE = "bold", "dim", "bold red", "yellow", "green", "bold cyan"
DOT: Final = " · "

_RANKS: Final[dict[Status, int]] = {
    "overdue": 0, "pending": 1, "partly_met": 2, "open": 3, "missed": 4, "cancelled": 5, "met_late": 6, "met": 7,
}  # fmt: skip
_STATUS_STYLES: Final[dict[Status, str]] = {
    "overdue": ALARM, "missed": "red", "partly_met": DOUBT, "pending": STRONG, "met": GOOD, "met_late": GOOD,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a reader asked for: a look back by reports, by our own records, and another day to judge due dates by."""

    as_of: datetime | None = None
    recorded_by: datetime | None = None
    now: datetime | None = None

    def __str__(self) -> str:
        """Give the view in words, "" for how things stand now."""
        parts = [
            self.as_of and f"as reported by {moment_words(self.as_of)}",
            self.recorded_by and f"as recorded by {moment_words(self.recorded_by)}",
            self.now and f"due dates seen from {moment_words(self.now)}",
        ]
        words = ", ".join(part for part in parts if part)
        return f"{words[:1].upper()}{words[1:]}." if words else ""


def story_lines(story: Story, *, view: View, console: Console) -> list[Text]:
    """Give the lines that show `story`, in the width of `console`."""
    page = _Page(console)
    _head(page, story, view)
    if not story.developments:
        page.blank()
        page.paragraph(piece(_nothing_yet(view)))
    _facts(page, story)
    _expected(page, story)
    _disputes(page, story)
    _timeline(page, story)
    _corrections(page, story)
    return page.lines


def moment_words(at: datetime) -> str:
    """Give an instant in words; midnight is the end of the day before, as it is where a day is asked for."""
    ended = at - timedelta(microseconds=1)
    return day_words(ended) if ended.date() != at.date() else instant_words(at)


def piece(text: str, style: str = "") -> Text:
    """Give `text` on one line, harmless and styled."""
    return Text(shown(" ".join(text.split())), style)


def by_urgency(story: Story) -> list[Expected]:
    """Give what is expected: overdue first, then by the end of its window; what is settled comes last."""

    def urgency(expected: Expected) -> tuple[int, bool, float, str]:
        ends_at = expected.ends_at
        return (
            _RANKS[story.status_of(expected)],
            ends_at is None,
            0.0 if ends_at is None else ends_at.timestamp(),
            expected.id,
        )

    return sorted(story.expectations, key=urgency)


class _Page:
    """Lines laid out one below the other in the width of a console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, WIDTH_MAX)
        self.lines: list[Text] = []
        self.right = max(self.width - INDENT - LEFT - GAP, LEFT)

    def blank(self) -> None:
        self.lines.append(Text())

    def title(self, text: str) -> None:
        self.blank()
        self.lines.append(Text(text, TITLE))
        self.blank()

    def paragraph(self, text: Text) -> None:
        self.lines += text.wrap(self.console, self.width)

    def entry(self, left: Text, *, first: Text, notes: Iterable[Text] = ()) -> None:
        """Put `left` beside `first`, and what is noted of it below, indented."""
        said = self.wrapped(first, self.right) + self.notes(notes)
        self._beside([self.wrapped(left, LEFT), said], [LEFT, self.right])

    def columns(self, cells: Sequence[Text], widths: Sequence[int], *, notes: Iterable[Text]) -> None:
        """Put `cells` side by side, and notes below all but the first of them."""
        self._beside([self.wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)], widths)
        self._beside([[], self.notes(notes)], [widths[0], self.right])

    def notes(self, notes: Iterable[Text]) -> list[Text]:
        return [
            Text(" " * NOTE_INDENT).append_text(line)
            for note in notes
            for line in self.wrapped(note, self.right - NOTE_INDENT)
        ]

    def wrapped(self, text: Text, width: int) -> list[Text]:
        return list(text.wrap(self.console, width))

    def _beside(self, columns: Sequence[Sequence[Text]], widths: Sequence[int]) -> None:
        for parts in zip_longest(*columns, fillvalue=Text()):
            line = Text(" " * INDENT)
            for part, width in zip(parts, widths, strict=True):
                line.append_text(part)
                line.append(" " * (width - part.cell_len + GAP))
            line.rstrip()
            self.lines.append(line)


def _head(page: _Page, story: Story, view: View) -> None:
    page.paragraph(piece(story.headline, STRONG))
    told = [story.story, story.status]
    if story.developments:
        told += [_count(len(story.developments), "development"), f"updated {instant_words(story.updated_at)}"]
    page.paragraph(piece(DOT.join(told), FAINT))
    if str(view):
        page.paragraph(piece(str(view), FAINT))
    alarms = _alarms(story)
    if alarms:
        page.paragraph(piece(DOT.join(alarms), ALARM))
    if story.summary:
        page.blank()
        for text in story.summary.splitlines():
            page.paragraph(piece(text))


def _alarms(story: Story) -> list[str]:
    overdue = len(story.overdue)
    disputed = sum(known.fact.standing == "disputed" for known in story.facts.values())
    told = []
    if overdue:
        told.append(f"{overdue} OVERDUE")
    if disputed:
        told.append(f"{_count(disputed, 'fact')} DISPUTED")
    return told


def _nothing_yet(view: View) -> str:
    if view.as_of is not None:
        return f"Nothing has been reported by {moment_words(view.as_of)}."
    if view.recorded_by is not None:
        return f"Nothing had been recorded by {moment_words(view.recorded_by)}."
    return "Nothing has been reported yet."


def _facts(page: _Page, story: Story) -> None:
    if not story.facts:
        return
    page.title("WHAT IS KNOWN")
    wide = page.width >= WIDE_FROM
    room = page.right - 2 * GAP
    widths = [LEFT, *(int(room * share) for share in WIDE_SHARES)]
    for known in sorted(story.facts.values(), key=lambda known: known.fact.standing != "disputed"):
        fact = known.fact
        name = piece(subject(fact.key), STRONG)
        said = [] if fact.current is None else [_said(known, fact.current)]
        standing = [] if fact.standing is None else [_standing(fact)]
        notes = list(_fact_notes(fact))
        if wide:
            empty = Text()
            cells = [name, _value(known), said[0] if said else empty, standing[0] if standing else empty]
            page.columns(cells, widths, notes=notes)
        else:
            page.entry(name, first=_value(known), notes=[*said, *standing, *notes])


def _value(known: KnownFact) -> Text:
    """Give the value, and where it moved what it was before."""
    current = known.fact.current
    now = piece(voice_value(current), STRONG if current else FAINT)
    was = _moved_from(known)
    if was is not None:
        return Text.assemble(piece(voice_value(was), FAINT), f" {ARROW} ", now)
    if known.fact.relation == "withdrawn":
        return Text.assemble(now, piece(" (what was said has been taken back)", FAINT))
    return now


def _moved_from(known: KnownFact) -> Voice | None:
    """Give the value that the current one took the place of: not one that another origin says beside it."""
    first = _first_said(known)
    if first is None or known.history[first].relation not in {"refines", "advances", "corrects"}:
        return None
    # A wider repetition has displaced nothing, so it is not what was known before.
    return next(item.voice for item in reversed(known.history[:first]) if item.relation != "repeats")


def _first_said(known: KnownFact) -> int | None:
    """Give where in the history the current value was first said, without another since; None where none is."""
    current = known.fact.current
    places = [place for place, item in enumerate(known.history) if item.voice is current]
    if current is None or not places:
        return None
    first = places[0]
    for place in range(first - 1, -1, -1):
        item = known.history[place]
        if item.voice.same(current):
            first = place
        elif item.relation != "repeats":
            break
    return first


def _said(known: KnownFact, current: Voice) -> Text:
    """Give who says so, and since when."""
    first = _first_said(known)
    since = "" if first is None else known.history[first].voice.as_of
    unchanged = f", unchanged since {when_words(since)}" if since not in {"", current.as_of} else ""
    return piece(f"{_who_and_when(current)}{unchanged}", FAINT)


def _standing(fact: Fact) -> Text:
    return piece(fact_standing(fact), ALARM if fact.standing == "disputed" else FAINT)


def _fact_notes(fact: Fact) -> Iterator[Text]:
    for voice in fact.contradicted_by:
        yield _marked("CONTRADICTED", ALARM, f"{voice_value(voice)}, says {_who_and_when(voice)}")
    for voice in fact.denied_by:
        yield _marked("DENIED", ALARM, f"by {_who_and_when(voice)}{_other_value(voice, fact)}")
    for voice in fact.unconfirmed_by:
        yield _marked("cannot confirm", DOUBT, f"{_who_and_when(voice)}{_other_value(voice, fact)}")
    for voice in fact.withheld_by:
        yield _marked("withheld", DOUBT, f"by {_who_and_when(voice)}")
    for verification in fact.verified_by:
        yield _verified(verification)


def _other_value(voice: Voice, fact: Fact) -> str:
    """Give what `voice` speaks of, where it is not the current value."""
    if voice.value is None or (fact.current is not None and voice.same(fact.current)):
        return ""
    return f"; this is about {voice_value(voice)}"


def _verified(verification: Verification) -> Text:
    support = verification.support
    side = "by its own side only" if verification.own_side else "independently"
    who = speakers_words(speakers_json(support.speakers)) or NOBODY
    method = f": {support.method}" if support.method else ""
    return _marked(f"verified {side}", DOUBT if verification.own_side else GOOD, f"{who}{method}")


def _marked(mark: str, style: str, text: str) -> Text:
    return Text.assemble((f"{mark}: " if style != ALARM else f"{mark} ", style), piece(text))


def _who_and_when(voice: Voice) -> str:
    when = when_words(voice.as_of)
    when = when if when.startswith(("by ", "from ")) else f"as of {when}"
    return f"{voice_speakers(voice)}, {when}"


def _expected(page: _Page, story: Story) -> None:
    if not story.expectations:
        return
    page.title("WHAT IS EXPECTED")
    for expected in by_urgency(story):
        status = story.status_of(expected)
        words = "OVERDUE" if status == "overdue" else status_words(status)
        what = piece(expected.what, FAINT if status in RESOLVED else STRONG)
        page.entry(
            Text(words, _STATUS_STYLES.get(status, "")),
            first=what,
            notes=_expected_notes(story, expected, status),
        )


def _expected_notes(story: Story, expected: Expected, status: Status) -> Iterator[Text]:
    overdue_at = story.running.overdue_at(expected.ends_at)
    if status == "overdue" and overdue_at is not None:
        yield piece(f"overdue since {instant_words(overdue_at)}", ALARM)
    told = [_dues(expected)]
    told += [f"by {expected.by}"] if expected.by else []
    told += [f"wanted by {expected.wanted_by}"] if expected.wanted_by else []
    told += [f"on condition: {expected.condition}"] if expected.condition else []
    yield piece(DOT.join([*told, expected.id]), FAINT)
    settling = story.development(expected.resolved_by) if expected.resolved_by else None
    if settling is not None:
        yield piece(f"{day_words(settling.reported_at)}: {_headline(settling)}", FAINT)


def _dues(expected: Expected) -> str:
    """Give the due date, after those that it had before: `due 7–31 January 2015 → due 21–22 January 2015 (dated)`."""
    before = [due_words(change.due and change.due.as_object()) for change in expected.history]
    first, *later = [*before, expected_due(expected)]
    moves = zip(later, expected.history, strict=True)
    return first + "".join(f" {ARROW} {due} ({change.how})" for due, change in moves)


def _disputes(page: _Page, story: Story) -> None:
    if not story.disputes:
        return
    page.title("DISPUTES")
    for dispute in sorted(story.disputes, key=lambda dispute: dispute.kind != "denies"):
        page.entry(
            piece(kind_words(dispute.kind), ALARM if dispute.kind == "denies" else DOUBT),
            first=piece(_disputed(story, dispute), STRONG),
            notes=_dispute_notes(dispute),
        )


def _disputed(story: Story, dispute: Dispute) -> str:
    development = story.development(dispute.development)
    return dispute.development if development is None else _headline(development)


def _dispute_notes(dispute: Dispute) -> Iterator[Text]:
    if dispute.statement:
        yield piece(dispute.statement)
    who = speakers_words(speakers_json(dispute.by)) or NOBODY
    yield piece(f"{who}{DOT}{dispute.by_development}", FAINT)


def _timeline(page: _Page, story: Story) -> None:
    if not story.developments:
        return
    page.title("TIMELINE")
    before: datetime | None = None
    for development in reversed(story.developments):
        at = development.reported_at
        left = "" if at == before else f"{at:%H:%M} UTC"
        if before is None or at.date() != before.date():
            left = f"{day_words(at)}\n{left}"
        before = at
        first = Text(" ").join([piece(_headline(development), STRONG), *_marks(story, development)])
        page.entry(Text(left, FAINT), first=first, notes=[_reporter(development)])


def _marks(story: Story, development: Development) -> Iterator[Text]:
    """Give what a reader must know before believing the line."""
    because = f": {development.reason}" if development.reason else ""
    if development.status == "canceled":
        substitute = f"; see {development.substitute}" if development.substitute else ""
        yield piece(f"[retracted{because}{substitute}]", ALARM)
    if development.status == "withheld":
        yield piece(f"[withheld{because}]", ALARM)
    if development.embargoed_until is not None and development.embargoed_until > story.now:
        yield piece(f"[embargoed until {instant_words(development.embargoed_until)}]", ALARM)
    if development.standing == "disputed":
        yield piece("[disputed]", ALARM)
    if any(correction.development == development.id for correction in story.corrections):
        yield piece("[corrected]", DOUBT)
    if development.pinned:
        yield piece("[pinned]", GOOD)


def _reporter(development: Development) -> Text:
    report = development.report
    who = ""
    if report is not None:
        who = speakers_words(speakers_json(report.said_by)) or ", ".join(source.name for source in report.sources)
        who = f"{who or NOBODY}{DOT}"
    return piece(f"{who}{development.id}", FAINT)


def _headline(development: Development) -> str:
    return development.report.headline if development.report else "(withdrawn)"


def _corrections(page: _Page, story: Story) -> None:
    if not story.corrections:
        return
    page.title("CORRECTIONS")
    for correction in reversed(story.corrections):
        note = f"{correction.level}: {correction.note}" if correction.note else correction.level
        page.entry(
            piece(day_words(correction.at), FAINT),
            first=Text.assemble(
                piece(f"{field_name_words(correction.field)}: ", STRONG),
                piece(_corrected(correction.field, correction.was), FAINT),
                f" {ARROW} ",
                piece(_corrected(correction.field, correction.now)),
            ),
            notes=[piece(note), piece(correction.development, FAINT)],
        )


def _corrected(field: str, value: object) -> str:
    return textwrap.shorten(field_words(field, value), CORRECTED_CHARS_MAX, placeholder=" …")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
