"""Values, dates, people and the fields of a report: text that reads well within a sentence."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, assert_never

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
    CACHED_TEXTS_MAX,
    QUOTES,
    comma_list,
    date_words,
    day_words,
    dispute_words,
    instant_words,
    interval_words,
    listing,
    number_words,
    quoted,
    semicolon_list,
    status_words,
    time_words,
)
from events.wording.language import ENGLISH, Words
from events.wording.names import KEY_WORDS, FactNames

NO_PROMISES: Final[Mapping[str, str]] = MappingProxyType({})


@lru_cache(CACHED_TEXTS_MAX, typed=True)  # 1 equals True, and neither is the other in words
def value_words(
    value: Value | None,
    unit: str | None = None,
    of: Value | None = None,
    literal: str | None = None,
    words: Words = ENGLISH,
) -> str:
    """Return a claim's value: `53 of 53 people`, `1–52 (“some”)`, `at least 5`, `21–22 January 2015`, `yes`.

    Only numbers and ranges have a `unit` and a total (`of`). `literal` is quoted unless it adds nothing.
    """
    text = _bare_value(value, words)
    if not isinstance(value, bool | str | DateValue | None):
        if of is not None:
            text = words.gettext("{value} of {total}", value=text, total=_bare_value(of, words))
        text = with_unit(text, unit, words)
    return _with_literal(text, literal, words)


def with_unit(number: str, unit: str | None, words: Words = ENGLISH) -> str:
    """Return a number with its unit, if it has one: `53 people`, `1 person`, `12%`."""
    if number == "1" and unit in {"people", "persons"}:
        unit = "person"
    if unit == "%":
        return words.join(words.patterns.percent, number)
    return words.gettext("{value} {unit}", value=number, unit=unit) if unit else number


@lru_cache(CACHED_TEXTS_MAX)
def when_words(when: When, words: Words = ENGLISH) -> str:
    """Return an imprecise time: `7–31 January 2015 (“later this month”)`, `by 22 January 2015`, `about 2014`."""
    return _with_literal(_bare_when(when, words), when.literal, words)


@lru_cache(CACHED_TEXTS_MAX)
def due_words(due: When | None, words: Words = ENGLISH) -> str:
    """Return an expectation's due date: `due 21–22 January 2015`, `due by 5 May 2015`, `no date given`."""
    if due is None:
        return words.gettext("no date given")
    date = _dates(due, words)
    if due.start is None and due.end is not None:
        text = words.gettext("due by {date}", date=date)
    elif due.start is not None and due.end is None:
        text = words.gettext("due from {date}", date=date)
    else:
        text = words.gettext("due {date}", date=date)
    return _with_literal(text, due.literal, words, plain=_bare_when(due, words))


@lru_cache(CACHED_TEXTS_MAX)
def holding_words(when: When, words: Words = ENGLISH) -> str:
    """Return the time at which something holds: `as of 6 January 2015`, `by 6 January 2015`."""
    if (when.start is None) != (when.end is None):
        return when_words(when, words)
    text = words.gettext("as of {date}", date=_dates(when, words))
    return _with_literal(text, when.literal, words, plain=_bare_when(when, words))


def speaker_words(speaker: Speaker, words: Words = ENGLISH) -> str:
    """Return `Jen Psaki, spokeswoman (US State Department)`, or `senior US official, White House (unnamed)`.

    The organisation is left out if name or role already say it.
    """
    parts, org = [part for part in (speaker.name, speaker.role) if part], speaker.org or ""
    names = ", ".join(parts).casefold()
    if not names:
        return org if speaker.named else words.gettext("an unnamed person ({organisation})", organisation=org)
    who = comma_list(parts, words)
    if org and org.casefold() not in names:
        who = (
            words.gettext("{who} ({organisation})", who=who, organisation=org)
            if speaker.named
            else comma_list((who, org), words)
        )
    if speaker.named or _says_unnamed(names, words):
        return who
    return words.gettext("{who} (unnamed)", who=who)


def _says_unnamed(text: str, words: Words) -> bool:
    """Return True if the words of a role already say that the speaker is not named."""
    stems = words.pgettext("words, separated by |, that say that somebody is not named", "unnamed|anonymous")
    return any(
        re.search(rf"\b{re.escape(stem)}\b" if stem.isascii() else re.escape(stem), text)
        for stem in {*stems.split("|"), "unnamed", "anonymous"}
    )


@lru_cache(CACHED_TEXTS_MAX)
def speakers_words(speakers: tuple[Speaker, ...], words: Words = ENGLISH) -> str:
    """Return all speakers in one phrase, each once; of none, the empty string.

    Speakers have commas of their own, so semicolons separate several: `A, spokeswoman; and B, senator`.
    """
    who = list(dict.fromkeys(speaker_words(speaker, words) for speaker in speakers))
    if len(who) > 1 and any(speaker.name and speaker.role for speaker in speakers):
        return words.gettext("{names}; and {name}", names=semicolon_list(who[:-1], words), name=who[-1])
    return listing(who, words)


def label_words(key: str, names: FactNames, words: Words = ENGLISH) -> str:
    """Return the name of a fact: the desk's label, otherwise the words of its key."""
    return names.labels.get(key) or words.key_words(names.words(key))


def field_words(
    value: object, words: Words = ENGLISH, names: FactNames = KEY_WORDS, promises: Mapping[str, str] = NO_PROMISES
) -> str:
    """Return what a corrected field of a report was, or is now: `nothing` if it was empty.

    `names` are of its facts; `promises` says in words what an expectation is, by its id.
    """
    match value:
        case None | () | "":
            return words.pgettext("value", "nothing")
        case tuple():
            return semicolon_list((field_words(item, words, names, promises) for item in value), words)
        case When():
            return when_words(value, words)
        case datetime():
            return instant_words(value, words)
        case Speaker():
            return speaker_words(value, words)
        case Claim():
            return _claim(value, words, names)
        case Quote():
            text = quoted(value.text, words)
            return words.gettext("{text} ({note})", text=text, note=speaker_words(value.speaker, words))
        case Resolution():
            outcome = status_words(value.outcome, words)
            promise = promises.get(value.expectation, value.expectation)
            return words.gettext("{name}: {value}", name=promise, value=outcome)
        case Expectation():
            return _promise(value, words, promises)
        case Source():
            return _source(value, words)
        case Media():
            return value.alt
        case Dispute():
            return value.statement or value.development
        case Corroboration():
            return value.development
        case _:
            return str(value)


def _source(source: Source, words: Words) -> str:
    text = source.title or source.name
    if not source.via:
        return text
    return words.join("{0} {1}", text, words.gettext("(crediting {names})", names=listing(source.via, words)))


def _claim(claim: Claim, words: Words, names: FactNames) -> str:
    value = "" if claim.value is None else value_words(claim.value, claim.unit, claim.of, claim.literal, words)
    if claim.stance == "asserts":
        text = value
    else:
        stance = dispute_words(claim.stance, words)
        text = words.gettext("{text} ({note})", text=stance, note=value) if value else stance
    return words.gettext("{name}: {value}", name=label_words(claim.key, names, words), value=text)


def _promise(expectation: Expectation, words: Words, promises: Mapping[str, str]) -> str:
    """Return what is expected, with the date, the debtor and the condition that a report states."""
    name = expectation.id or ""
    what = expectation.what or promises.get(name, name)
    stated = [due_words(expectation.due, words)] if "due" in expectation.model_fields_set else []
    if expectation.by is not None:
        stated.append(words.gettext("by {name}", name=expectation.by))
    if expectation.condition is not None:
        stated.append(words.gettext("on condition: {condition}", condition=expectation.condition))
    return words.gettext("{name}: {value}", name=what, value=comma_list(stated, words)) if stated else what


def _bare_value(value: Value | None, words: Words) -> str:
    match value:
        case None:
            return words.pgettext("value", "unknown")
        case bool():
            return words.pgettext("value", "yes") if value else words.pgettext("value", "no")
        case int():
            return number_words(value, words)
        case str():
            return value
        case DecimalValue(decimal):
            return number_words(decimal, words)
        case DateValue(date):
            return when_words(date, words)
        case Range():
            return _range(value, words)
        case _:
            assert_never(value)


def _range(value: Range, words: Words) -> str:
    if value.min is None:
        return words.gettext("at most {number}", number=number_words(value.max, words))
    least = number_words(value.min, words)
    if value.max is None:
        return words.gettext("at least {number}", number=least)
    most = number_words(value.max, words)
    if least == most:
        return least
    if str(value.min).startswith("-") or str(value.max).startswith("-"):
        return words.gettext("{least} to {most}", least=least, most=most)
    return words.gettext("{least}–{most}", least=least, most=most)


def _with_literal(text: str, literal: str | None, words: Words, *, plain: str | None = None) -> str:
    """Return `text` and in quotes the `literal` that it puts into words, unless the `plain` words say it already."""
    plain = text if plain is None else plain
    if (
        not literal
        or _plain(literal) in {_plain(plain), ""}
        or quoted(literal) in plain
        or quoted(literal, words) in plain
    ):
        return text
    return words.gettext("{text} ({note})", text=text, note=quoted(literal, words))


def _plain(text: str) -> str:
    return " ".join(text.strip(QUOTES).casefold().split())


def _bare_when(when: When, words: Words) -> str:
    """Return a time without its literal."""
    date = _dates(when, words)
    if when.start is None and when.end is not None:
        return words.gettext("by {date}", date=date)
    if when.start is not None and when.end is None:
        return words.gettext("from {date}", date=date)
    return date


def _dates(when: When, words: Words) -> str:
    """Return the dates of a time: one, both ends, or the literal in quotes."""
    start, end = when.start, when.end
    if start is not None and end is not None and start is not end:
        return _interval(start, end, words)
    point = start or end
    return quoted(when.literal or "", words) if point is None else _point(point, words)


def _point(point: Point, words: Words) -> str:
    """Return one end of a when, with its doubt."""
    return _doubted(point, _date_words(point, words), words)


def _doubted(point: Point, date: str, words: Words) -> str:
    match point.qualifier:
        case "?":
            return words.gettext("possibly {date}", date=date)
        case "~":
            return words.gettext("about {date}", date=date)
        case "%":
            return words.gettext("possibly about {date}", date=date)
        case _:
            return date


def _date_words(point: Point, words: Words) -> str:
    at = point.first
    match point.precision:
        case "year":
            return date_words(words.patterns.year, at, words)
        case "month":
            return date_words(words.patterns.month, at, words)
        case "day":
            return day_words(at, words)
        case "instant":
            return instant_words(at, words)
        case _:
            assert_never(point.precision)


def _interval(start: Point, end: Point, words: Words) -> str:
    """Return both ends, each of their common parts once: `21–22 January 2015`, `about 2013–2014`."""
    if start.qualifier != end.qualifier:
        return words.join(words.patterns.between, _point(start, words), _point(end, words))
    first, last = _date_words(start, words), _date_words(end, words)
    if first == last:
        return _point(start, words)
    return _doubted(start, _dates_between(start, end, words), words)


def _dates_between(start: Point, end: Point, words: Words) -> str:
    """Return two different dates as one."""
    patterns, begins, ends = words.patterns, start.first, end.first
    same_year, same_month = begins.year == ends.year, (begins.year, begins.month) == (ends.year, ends.month)
    pattern = ""
    match start.precision if start.precision == end.precision else None:
        case "year":
            pattern = patterns.years
        case "month" if same_year:
            pattern = patterns.months_of_year
        case "day" if same_month:
            pattern = patterns.days_of_month
        case "day" if same_year:
            pattern = patterns.days_of_year
        case "instant" if begins.date() == ends.date():
            return words.gettext(
                "{day}, {start}–{end} UTC",
                day=day_words(begins, words),
                start=time_words(begins, words),
                end=time_words(ends, words),
            )
        case _:
            return words.join(patterns.between, _date_words(start, words), _date_words(end, words))
    return interval_words(pattern, begins, ends, words)
