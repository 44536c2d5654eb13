"""Values, dates, people and the fields of a report in English: plain text that reads well within a sentence.

Nothing is escaped here: that is for those who write HTML.
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import assert_never

from events.model.edtf import Point, When
from events.model.parts import (
    Claim,
    Corroboration,
    Dispute,
    Expectation,
    Media,
    Quote,
    Resolution,
    Source,
    Speaker,
)
from events.model.values import DateValue, DecimalValue, Range, Value
from events.wording.catalogue import (
    DASH,
    MINUS,
    MONTHS,
    QUOTES,
    day_words,
    dispute_words,
    instant_words,
    key_words,
    listing,
    number_words,
    quoted,
    status_words,
)

_UNCERTAIN = {"": "", "?": "possibly ", "~": "about ", "%": "possibly about "}


def value_words(
    value: Value | None, unit: str | None = None, of: Value | None = None, literal: str | None = None
) -> str:
    """Return a claim's value: `53 of 53 people`, `1–52 (“some”)`, `at least 5`, `21–22 January 2015`, `yes`.

    Only numbers and ranges have a `unit` and a total (`of`). `literal` is quoted unless it adds nothing.
    """
    words = _bare_value(value)
    if not isinstance(value, bool | str | DateValue | None):
        if of is not None:
            words += f" of {_bare_value(of)}"
        if unit:
            words += unit if unit == "%" else f" {unit}"
    return _with_literal(words, literal)


def when_words(when: When) -> str:
    """Return an imprecise time: `7–31 January 2015 (“later this month”)`, `by 22 January 2015`, `about 2014`."""
    start, end = when.start, when.end
    if start is not None and end is not None:
        words = _point(start) if start is end else _interval(start, end)
    elif end is not None:
        words = f"by {_point(end)}"
    elif start is not None:
        words = f"from {_point(start)}"
    else:
        return quoted(when.literal or "")
    return _with_literal(words, when.literal)


def due_words(due: When | None) -> str:
    """Return an expectation's due date: `due 21–22 January 2015`, `due by 5 May 2015`, `no date given`."""
    return f"due {when_words(due)}" if due else "no date given"


def speaker_words(speaker: Speaker) -> str:
    """Return `Jen Psaki, spokeswoman (US State Department)`, or `senior US official, White House (unnamed)`.

    The organisation is left out if name or role already say it.
    """
    who, org = ", ".join(part for part in (speaker.name, speaker.role) if part), speaker.org or ""
    if not who:
        return org if speaker.named else f"an unnamed person ({org})"
    if org and org.casefold() not in who.casefold():
        who += f" ({org})" if speaker.named else f", {org}"
    if speaker.named or re.search(r"\b(unnamed|anonymous)\b", who, re.IGNORECASE):
        return who
    return f"{who} (unnamed)"


@lru_cache(maxsize=4096)
def speakers_words(speakers: tuple[Speaker, ...]) -> str:
    """Return all speakers in one phrase, each once; of none, the empty string.

    Speakers have commas of their own, so semicolons separate several: `A, spokeswoman; and B, senator`.
    """
    who = list(dict.fromkeys(map(speaker_words, speakers)))
    if len(who) > 1 and any(", " in words for words in who):
        return f"{'; '.join(who[:-1])}; and {who[-1]}"
    return listing(who)


def field_words(value: object) -> str:
    """Return what a corrected field of a report was, or is now: `nothing` if it was empty."""
    match value:
        case None | () | "":
            return "nothing"
        case tuple():
            return "; ".join(map(field_words, value))
        case When():
            return when_words(value)
        case datetime():
            return instant_words(value)
        case Speaker():
            return speaker_words(value)
        case Claim(stance="asserts"):
            return f"{key_words(value.key)}: {value_words(value.value, value.unit, value.of, value.literal)}"
        case Claim():
            return f"{key_words(value.key)}: {dispute_words(value.stance)}"
        case Quote():
            return f"{quoted(value.text)} ({speaker_words(value.speaker)})"
        case Resolution():
            return f"{value.expectation}: {status_words(value.outcome)}"
        case Expectation():
            return value.what or value.id or ""
        case Source():
            return value.title or value.name
        case Media():
            return value.alt
        case Dispute():
            return value.statement or value.development
        case Corroboration():
            return value.development
        case _:
            return str(value)


def _bare_value(value: Value | None) -> str:
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case int():
            return number_words(value)
        case str():
            return value
        case DecimalValue(decimal):
            return number_words(decimal)
        case DateValue(date):
            return when_words(date)
        case Range():
            return _range(value)
        case _:
            assert_never(value)


def _range(value: Range) -> str:
    if value.min is None:
        return f"at most {number_words(value.max)}"
    least = number_words(value.min)
    if value.max is None:
        return f"at least {least}"
    most = number_words(value.max)
    if least == most:
        return least
    return f"{least} to {most}" if MINUS in least + most else f"{least}{DASH}{most}"


def _with_literal(words: str, literal: str | None) -> str:
    if not literal or _plain(literal) in {_plain(words), ""} or quoted(literal) in words:
        return words
    return f"{words} ({quoted(literal)})"


def _plain(text: str) -> str:
    return " ".join(text.strip(QUOTES).casefold().split())


def _point(point: Point) -> str:
    """Return one end of a when, with its doubt."""
    return _UNCERTAIN[point.qualifier] + _date_words(point)


def _date_words(point: Point) -> str:
    at = point.first
    match point.precision:
        case "year":
            return str(at.year)
        case "month":
            return f"{MONTHS[at.month - 1]} {at.year}"
        case "day":
            return day_words(at)
        case "instant":
            return instant_words(at)
        case _:
            assert_never(point.precision)


def _interval(start: Point, end: Point) -> str:
    """Return both ends, each of their common parts once: `21–22 January 2015`, `about 2013–2014`."""
    first, last, doubt = _point(start), _point(end), _UNCERTAIN[start.qualifier]
    if first == last:
        return first
    if start.qualifier != end.qualifier:
        return f"{first} {DASH} {last}"
    last = last.removeprefix(doubt)
    if start.precision != end.precision:
        return f"{first} {DASH} {last}"
    begins, ends = start.first, end.first
    same_year, same_month = begins.year == ends.year, (begins.year, begins.month) == (ends.year, ends.month)
    match start.precision:
        case "year":
            return f"{first}{DASH}{last}"
        case "month" if same_year:
            return f"{doubt}{MONTHS[begins.month - 1]}{DASH}{last}"
        case "day" if same_month:
            return f"{doubt}{begins.day}{DASH}{last}"
        case "day" if same_year:
            return f"{doubt}{begins.day} {MONTHS[begins.month - 1]} {DASH} {last}"
        case "instant" if begins.date() == ends.date():
            return f"{doubt}{day_words(begins)}, {begins:%H:%M}{DASH}{ends:%H:%M} UTC"
        case _:
            return f"{first} {DASH} {last}"
