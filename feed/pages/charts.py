"""A number that moves, as an SVG step line: readable in print, in the dark, without colour, and to a screen reader.

The line steps from value to value at the times of the reports; a range is a band from its least to its most.
Every step has a mark, with its words as a title; the table beside the chart says the same. Colours come from the page's
stylesheet.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from events.fold.claims import AttributedClaim
from events.fold.expectations import ExpectationStatus, Expected
from events.fold.facts import HistoryItem
from events.fold.known_fact import KnownFact
from events.model.edtf import Bounds
from events.model.text import folded
from events.model.values import DecimalValue, Range, Value
from events.wording.catalogue import day_words, instant_words, number_words
from events.wording.claims import claim_speakers, claim_value
from events.wording.language import ENGLISH, Words
from events.wording.values import with_unit

WIDTH, HEIGHT = 560, 170
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 22, 42
STEPS_MIN, BARS_MIN = 3, 2
STEPS_MAX = 60
SCHEDULE_ROWS_MAX = 8
SCHEDULE_ROW, BARS_BOTTOM = 34, 24
AXIS_GROUPED_FROM = 1_000  # no year stands beside an axis
HOURS_BELOW = timedelta(days=3)
"""A chart of less time says the hours of its ends."""


class Step(NamedTuple):
    """One value: the claim of it, when it was reported, its least and its most (the same if it is exact)."""

    claim: AttributedClaim
    at: datetime
    least: float
    most: float


class Mark(NamedTuple):
    """What is drawn for one step: its position, the band below and above it, and its words."""

    x: float
    y: float
    top: float
    bottom: float
    band_x: float
    band_width: float
    words: str


class Chart(NamedTuple):
    """What the template draws, in pixels of a WIDTH × HEIGHT box, and its captions."""

    line: str
    marks: tuple[Mark, ...]
    first: str
    last: str
    least: str
    most: str
    base: float
    ceiling: float


def chart(item: KnownFact, words: Words = ENGLISH) -> Chart | None:
    """Return the chart of a fact's history in the unit of its current value; None if it is not a number that moves.

    Two points need no chart: what it was and what it is now says as much.
    """
    unit = None if item.fact.current is None else item.fact.current.unit
    steps = _steps(item, unit)
    if len({step.at for step in steps}) < STEPS_MIN or len({(step.least, step.most) for step in steps}) == 1:
        return None
    return _drawing(steps, unit, words)


def _drawing(steps: list[Step], unit: str | None, words: Words) -> Chart:
    first, last = steps[0].at, steps[-1].at
    least, most = min(step.least for step in steps), max(step.most for step in steps)
    moment_words = instant_words if last - first < HOURS_BELOW else day_words
    span, rise = (last - first).total_seconds(), most - least

    def x(at: datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (at - first).total_seconds() / span, 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - least) / rise, 1)

    ends = [x(step.at) for step in steps[1:]] + [float(WIDTH - RIGHT)]
    marks = tuple(
        Mark(
            x=x(step.at),
            y=y((step.least + step.most) / 2),
            top=y(step.most),
            bottom=y(step.least),
            band_x=x(step.at),
            band_width=round(max(end - x(step.at), 3.0), 1),
            words=_step_words(step.claim, words),
        )
        for step, end in zip(steps, ends, strict=True)
    )
    return Chart(
        line=f"M{marks[0].x} {marks[0].y}" + "".join(f"H{mark.x}V{mark.y}" for mark in marks[1:]) + f"H{ends[-1]}",
        marks=marks,
        first=moment_words(first, words),
        last=moment_words(last, words),
        least=_number(least, unit, words),
        most=_number(most, unit, words),
        base=y(least),
        ceiling=y(most),
    )


def _steps(item: KnownFact, unit: str | None) -> list[Step]:
    """Return the newest steps of a fact's history in `unit`, in order of time. Other values are only in the table."""
    # A report of an earlier time that came in late moved nothing when it came.
    earliest_later = datetime.max.replace(tzinfo=UTC)
    in_time: list[Step] = []
    for entry in reversed(item.history):
        if entry.claim.order.reported_at > earliest_later or (step := _step(entry, unit)) is None:
            continue
        in_time.append(step)
        earliest_later = step.at
        if len(in_time) == STEPS_MAX:
            break
    return in_time[::-1]


def _step(item: HistoryItem, unit: str | None) -> Step | None:
    claim = item.claim
    ends = _ends(claim.value)
    if ends is None or item.relation == "withdrawn":
        return None
    if folded(claim.unit or "") != folded(unit or ""):
        return None  # one scale has one unit
    return Step(claim=claim, at=claim.order.reported_at, least=ends[0], most=ends[1])


def _step_words(claim: AttributedClaim, words: Words) -> str:
    value, who = claim_value(claim, words=words), claim_speakers(claim, words=words)
    text = words.gettext("{value}, {who}", value=value, who=who)
    return words.gettext("{name}: {value}", name=instant_words(claim.order.reported_at, words), value=text)


def _ends(value: Value | None) -> tuple[float, float] | None:
    """Return the least and the most of a number, the same if it is exact or open; None if it is no number."""
    match value:
        case Range(min=least, max=most):
            ends = [float(end) for end in (least, most) if end is not None]
            return ends[0], ends[-1]
        case DecimalValue(decimal=decimal):
            return float(decimal), float(decimal)
        case int() if not isinstance(value, bool):
            return float(value), float(value)
        case _:
            return None


def _number(number: float, unit: str | None, words: Words) -> str:
    text = number_words(f"{Decimal(f'{number:.10g}'):f}", words, grouped_from=AXIS_GROUPED_FROM)
    return with_unit(text, unit, words)


class Bar(NamedTuple):
    """The window of one expectation as a bar, from its first to its last day."""

    x: float
    y: int
    width: float
    status: str
    words: str


class Schedule(NamedTuple):
    """The windows of several expectations on one scale."""

    bars: tuple[Bar, ...]
    height: int
    first: str
    last: str


def schedule(
    awaited: Iterable[tuple[Expected, ExpectationStatus]], names: Mapping[str, str], words: Words = ENGLISH
) -> Schedule | None:
    """Return the schedule of expectations, each with its status; None if fewer than two have a date.

    `names` are what they are called, by their ids.
    """
    dated = [
        (expected, status, *_window(expected.due.bounds))
        for expected, status in awaited
        if expected.due is not None and expected.due.edtf is not None
    ][:SCHEDULE_ROWS_MAX]
    if len(dated) < BARS_MIN:
        return None
    first, last = min(begin for *_, begin, _ in dated), max(end for *_, end in dated)
    span = (last - first).days + 1

    def x(days: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * days / span, 1)

    bars = tuple(
        Bar(
            x=x((begin - first).days),
            y=SCHEDULE_ROW * row + 18,
            width=max(round(x((end - first).days + 1) - x((begin - first).days), 1), 3.0),
            status=status,
            words=names[expected.id],
        )
        for row, (expected, status, begin, end) in enumerate(dated)
    )
    ends = day_words(first, words), day_words(last, words)
    return Schedule(bars=bars, height=SCHEDULE_ROW * len(bars) + BARS_BOTTOM, first=ends[0], last=ends[1])


def _window(bounds: Bounds) -> tuple[date, date]:
    """Return the first and the last day of a window that has at least one end."""
    ends = [day for day in bounds if day is not None]
    return ends[0], ends[-1]
