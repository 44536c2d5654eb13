"""A number that moves, as an SVG step line: readable in print, in the dark, without colour, and to a screen reader.

The line steps from value to value at the times of which the claims speak; a range shows as a band from its least to its
most. Every step has its mark, and its words as a title; the table beside the chart says the same. Styles are the
page's: the drawing takes its colours from there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from events.model.edtf import parse_when
from events.wording.values import day_words

WIDTH, HEIGHT = 560, 150
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 16, 24
STEPS_MIN = 2
STEPS_MAX = 60
SCHEDULE_ROWS_MAX = 8
SCHEDULE_ROW = 34
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One value: when it holds, from what to what (alike where it is exact), and its words."""

    at: datetime
    least: float
    most: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is drawn for one step: its place, the band below and above it, and its words."""

    x: float
    y: float
    top: float
    bottom: float
    band_x: float
    band_width: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What the template draws, in pixels of a WIDTH × HEIGHT box."""

    line: str
    marks: tuple[Mark, ...]
    first: str
    last: str
    least: str
    most: str
    base: float
    ceiling: float


def chart(history: Iterable[Mapping[str, Any]], words: Sequence[str]) -> Chart | None:
    """Return the chart of a fact's history, whose steps read as `words`; None where it is not a number that moves."""
    steps = [step for item, said in zip(history, words, strict=True) if (step := _step(item, said)) is not None]
    steps = sorted(steps, key=lambda step: step.at)[-STEPS_MAX:]
    if len({step.at for step in steps}) < STEPS_MIN:
        return None
    first, last = steps[0].at, steps[-1].at
    least, most = min(step.least for step in steps), max(step.most for step in steps)
    span, rise = (last - first).total_seconds(), (most - least) or 1.0

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
            words=step.words,
        )
        for step, end in zip(steps, ends, strict=True)
    )
    path = f"M{marks[0].x} {marks[0].y}" + "".join(f"H{mark.x}V{mark.y}" for mark in marks[1:]) + f"H{ends[-1]}"
    return Chart(
        line=path,
        marks=marks,
        first=day_words(first),
        last=day_words(last),
        least=_words(least),
        most=_words(most),
        base=y(least),
        ceiling=y(most),
    )


def _step(item: Mapping[str, Any], words: str) -> Step | None:
    ends, at = _ends(item.get("value")), _moment(item.get("as_of"))
    if ends is None or at is None or item.get("relation") == "withdrawn":
        return None
    return Step(at=at, least=ends[0], most=ends[1], words=words)


def _ends(value: object) -> tuple[float, float] | None:
    """Return the least and the most of a numeric value, alike where it is exact or open; None where it is no number."""
    match value:
        case {"min": least, "max": most}:
            ends = [_number(least), _number(most)]
        case {"min": end} | {"max": end} | end:
            ends = [_number(end)] * 2
    least, most = ends
    return None if least is None or most is None else (least, most)


def _number(value: object) -> float | None:
    match value:
        case bool():
            return None
        case int():
            return float(value)
        case {"decimal": str(text)}:
            return float(text)
        case _:
            return None


def _moment(as_of: object) -> datetime | None:
    """Return when a claim holds: its instant, or the noon of the last day of which it speaks."""
    if not isinstance(as_of, str | dict):
        return None
    when = parse_when(as_of)
    day = when.bounds.latest or when.bounds.earliest
    return when.exact or (None if day is None else datetime.combine(day, NOON))


def _words(number: float) -> str:
    return f"{number:,.10g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """When one promise is due, drawn: from the first to the last day of its window."""

    x: float
    y: int
    width: float
    status: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The windows of what is awaited, on one scale."""

    bars: tuple[Bar, ...]
    height: int
    first: str
    last: str


def schedule(awaited: Iterable[Mapping[str, Any]]) -> Schedule | None:
    """Return the schedule of expectations as the state tells them; None where fewer than two have a date."""
    dated = [(item, bounds) for item in awaited if (bounds := _window(item.get("due"))) is not None]
    dated = dated[:SCHEDULE_ROWS_MAX]
    if len(dated) < STEPS_MIN:
        return None
    first, last = min(begin for _, (begin, _) in dated), max(end for _, (_, end) in dated)
    span = max((last - first).days + 1, 1)

    def x(days: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * days / span, 1)

    bars = tuple(
        Bar(
            x=x((begin - first).days),
            y=SCHEDULE_ROW * row + 18,
            width=max(round(x((end - first).days + 1) - x((begin - first).days), 1), 3.0),
            status=str(item["status"]),
            words=str(item["what"]),
        )
        for row, (item, (begin, end)) in enumerate(dated)
    )
    return Schedule(bars=bars, height=SCHEDULE_ROW * len(bars) + BOTTOM, first=day_words(first), last=day_words(last))


def _window(due: object) -> tuple[date, date] | None:
    """Return the first and last day of a window that has at least one end."""
    if not isinstance(due, str | dict):
        return None
    bounds = parse_when(due).bounds
    begin, end = bounds.earliest or bounds.latest, bounds.latest or bounds.earliest
    return None if begin is None or end is None else (begin, end)
