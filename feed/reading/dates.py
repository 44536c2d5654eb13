"""Dated phrases of a sentence → intervals in EDTF. Pure; English.

A phrase that needs the day of publication ("Tuesday", "last month") is only resolved against a stated one. A day
without a year is the nearest one. If the tense of the sentence says otherwise, or two years are about as near, it is a
question: no year is chosen.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from feed.reading.tense import Tense, Tenses
from feed.reading.text import Stretch
from feed.reading.words import word_list

NEAR_DAYS: Final = 120
"""A day this near is at least twice as near as that of any other year."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COUNTS: Final = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTH: Final = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Jun\.|Jul\.|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_WEEKDAY: Final = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_SHORT_WEEKDAY: Final = rf"(?:{_WEEKDAY}|(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?)"
_DAY: Final = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:1[89]|20)\d\d"
_IN_YEAR: Final = rf"(?:,? (?P<year>{_YEAR}))?"
_AFTER: Final = (
    r"(?:(?<=\b[Ii]n )|(?<=[Ss]ince )|(?<=\b[Bb]y )|(?<=[Ff]rom )|(?<=[Uu]ntil )|(?<=[Bb]efore )|(?<=[Aa]fter )"
)
_COUNT: Final = "|".join(("a", *_COUNTS[1:]))
_NO_COUNT: Final = r"(?! (?!was|is|has|as|its|this|his)[a-z]+s\b)"  # "in 2000 homes"
_NO_UNIT: Final = r"(?= (?!(?:metre|meter|mile|foot|kilo|dollar|euro|pound|ton|square|seat|strong|people)\w*)[a-z])"
_NO_HABIT: Final = "".join(
    f"(?<!{word} )" for word in word_list("every each any Every Each Good Black Easter Ash Super Bloody Palm Cyber")
)
_CAPITAL: Final = r"[^\W\d_a-zß-ÿ]"
# "its Sunday Best soup" and "the Sunday Times" are names; "on Sunday Weil left" has none
_NO_NAME: Final = (
    r"(?:(?:(?<=[Oo]n )|(?<=[Ll]ast )|(?<=[Nn]ext )|(?<=[Bb]y )|(?<=[Ss]ince )|(?<=[Uu]ntil )|(?<=[Ff]rom ))"
    rf"(?={_WEEKDAY})|(?={_WEEKDAY}(?! {_CAPITAL})))"
)
# "as recently as 2018", "the brief war of 2019"
_SINCE: Final = r"(?<=recently as )|(?<=late as )|(?<=early as )|" + "|".join(
    f"(?<={word} of )"
    for word in word_list(
        "war crisis flood floods summer winter spring autumn election elections coup uprising revolution earthquake "
        "fire storm hurricane outbreak"
    )
)
_NO_LEAD: Final = (
    r"(?!(?:In|On|By|Since|From|Until|Early|Late|Mid|Last|Next|During|Through|Between|After|Before|This|And"
    rf"|{_WEEKDAY})\b)"
)
# Each rule's name, and its form. The first that fits a stretch reads it.
_FORMS: Final = tuple(
    (rule, re.compile(rf"(?<![\w-])(?:{form})(?![\w-])"))
    for rule, form in (
        ("an ISO 8601 day", rf"(?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"),
        (
            "from one day to another",
            (
                rf"(?:from|between) (?P<month>{_MONTH}) (?P<day>{_DAY}) (?:to|and|until|through) "
                rf"(?P<month2>{_MONTH}) (?P<day2>{_DAY}){_IN_YEAR}"
            ),
        ),
        ("two days of a month", rf"(?P<month>{_MONTH}) (?P<day>{_DAY})(?: and | to |-|–)(?P<day2>{_DAY}){_IN_YEAR}"),
        ("two days of a month", rf"(?P<day>{_DAY})(?: and | to |-|–)(?P<day2>{_DAY}) (?P<month>{_MONTH}){_IN_YEAR}"),
        # Not "In March 20 people died".
        (
            "a day of a month",
            rf"(?<!\b[Ii]n )(?:(?P<weekday>{_SHORT_WEEKDAY}),? )?(?P<month>{_MONTH}) (?P<day>{_DAY}){_IN_YEAR}",
        ),
        (
            "a day of a month",
            rf"(?:(?P<weekday>{_SHORT_WEEKDAY}),? )?(?P<day>{_DAY}) (?:of )?(?P<month>{_MONTH}){_IN_YEAR}",
        ),
        ("the end of a month", rf"(?P<third>[Ee]nd) of (?P<month>{_MONTH}){_IN_YEAR}"),
        ("a third of a month", rf"(?P<third>[Ee]arly|[Mm]id|[Ll]ate)[- ](?P<month>{_MONTH}){_IN_YEAR}"),
        ("a month", rf"(?P<month>{_MONTH}),? (?P<year>{_YEAR})"),
        (
            "a weekday of another week",
            rf"{_WEEKDAY},? (?:of )?(?:last|next) week|(?:[Ll]ast|[Nn]ext) week,? on {_WEEKDAY}",
        ),
        ("a part of this month", r"(?P<part>[Ee]arlier|[Ll]ater) this (?P<unit>week|month|year)"),
        ("this, last or next", r"(?P<which>[Tt]his|[Ll]ast|[Nn]ext) (?P<unit>week|month|year)"),
        ("a part of a day", r"(?P<near>[Tt]his) (?:morning|afternoon|evening)"),
        ("the day before or after", r"(?P<near>[Yy]esterday|[Tt]oday|[Tt]onight|[Tt]omorrow)"),
        ("ago", rf"(?P<count>\d\d?|{_COUNT}) (?P<unit>day|week|month|year)s? ago"),
        (
            "two weekdays",
            rf"(?:[Ff]rom|[Bb]etween) (?P<weekday>{_WEEKDAY}) (?:to|and|until|through) (?P<weekday2>{_WEEKDAY})",
        ),
        ("the nearest weekday", rf"{_NO_HABIT}(?:(?P<which>[Ll]ast|[Nn]ext) )?{_NO_NAME}(?P<weekday>{_WEEKDAY})"),
        ("a month", rf"{_AFTER}|(?<=\bof )|(?<=[Dd]uring ))(?P<month>{_MONTH})(?! {_CAPITAL})"),
        ("a third of a year", rf"(?P<third>[Ee]arly|[Mm]id|[Ll]ate)[- ](?P<year>{_YEAR}){_NO_COUNT}"),
        ("a year", rf"{_AFTER}|(?<=end of )|(?<=start of )|(?<=\bthe )|{_SINCE})(?P<year>{_YEAR}){_NO_COUNT}"),
        ("a year", rf"(?<=\b[Aa] )(?P<year>{_YEAR}){_NO_UNIT}"),
    )
)
# "on 12 October and died six days later": the same subject does both
_LATER: Final = re.compile(rf"\b(?P<count>\d\d?|{_COUNT}) (?P<unit>day|week)s? later\b")
_AND_THEN: Final = re.compile(
    r",? (?:and|but) (?:(?!\b(?:and|but|or|who|which|that|when|while|after|before|had|has|will|would|said|says"
    r"|told|announced|added|confirmed|about|around|nearly|almost|least|than|over|some|roughly|within)\b)[^,;:.\"“”])*"
    r"(?<!\bto )"
)
_ONE_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Dated:
    """A phrase that says when.

    phrase, at: its words, and where the sentence has them
    edtf: the interval; "" if it is a question
    rule: the rule that read it
    why: why it is a question
    """

    phrase: str
    at: int
    edtf: str
    rule: str
    why: str = ""


def dated_phrases(
    sentence: str, published: date | None, quotes: tuple[Stretch, ...] = (), names: frozenset[str] = frozenset()
) -> list[Dated]:
    """Return the dated phrases of a sentence.

    `quotes` are its stretches in quote marks, and `names` the months that the text has as names of somebody, too.
    """
    stretches: list[Stretch] = []
    phrases: list[Dated] = []
    tenses = Tenses(sentence)
    for rule, form in _FORMS:
        for match in form.finditer(sentence):
            stretch = Stretch(*match.span())
            if any(stretch.start < other.end and other.start < stretch.end for other in stretches):
                continue
            stretches.append(stretch)
            spoken = any(stretch.within(quote) for quote in quotes)
            if match[0] in names and rule == "a month":
                why = f"“{match[0]}” is a name in this article, too"
                phrases.append(Dated(match[0], match.start(), "", rule, why))
            else:
                phrases.append(_dated(match, rule, tenses, published, spoken=spoken))
    phrases.sort(key=lambda phrase: phrase.at)
    return sorted([*phrases, *_counted(sentence, phrases)], key=lambda phrase: phrase.at)


def _counted(sentence: str, phrases: list[Dated]) -> Iterator[Dated]:
    """Yield "six days later" of "fell ill on 12 October and died six days later", which counts from that day."""
    for match in _LATER.finditer(sentence):
        before = next((phrase for phrase in reversed(phrases) if phrase.at < match.start()), None)
        if before is None or not _ONE_DAY.fullmatch(before.edtf):
            continue
        if _AND_THEN.fullmatch(sentence, before.at + len(before.phrase), match.start()):
            span = _ago(match.groupdict(), date.fromisoformat(before.edtf), sign=1)
            yield Dated(match[0], match.start(), span.edtf, f"later, from “{before.phrase}”")


def months_that_are_names(text: str) -> frozenset[str]:
    """Return the months that are names in a text as well: "Roz May", "May Minerals"."""
    forms = (
        rf"(?<!\w){_NO_LEAD}{_CAPITAL}[\w’'-]+ ({_MONTH})(?!\w| \d)",
        rf"(?<!\d )(?<!\bIn )\b({_MONTH}) {_CAPITAL}[a-z]",
    )
    return frozenset(name for form in forms for name in re.findall(form, text))


class _Span(NamedTuple):
    """The first and last day of an interval, and its EDTF."""

    start: date
    end: date
    edtf: str

    def distance(self, day: date) -> int:
        """Return how many days it is from a day: 0 if it has it."""
        return max((self.start - day).days, (day - self.end).days, 0)


def _dated(match: re.Match[str], rule: str, tenses: Tenses, published: date | None, *, spoken: bool) -> Dated:
    parts = {name: text for name, text in match.groupdict().items() if text is not None}
    span, why = None, "it depends on how the week is counted"
    if "iso" in parts or "year" in parts:
        span = _of_year(parts, int(parts.get("year", 0)))
        why = "there is no such day"
    elif published is None:
        why = "the article does not say when it was published"
    elif spoken:
        why = "the quote does not say on which day it was spoken"
    elif "month" in parts:
        span, why = _nearest_year(parts, published, tenses.of(*match.span()))
    elif "weekday" in parts:
        span, why = _nearest_weekday(parts, published, tenses.of(*match.span()))
        if span is not None and "weekday2" in parts:
            span = _days(span.start, span.start + timedelta((_weekday(parts["weekday2"]) - span.start.weekday()) % 7))
    elif parts:
        span = _relative(parts, published)
    return Dated(match[0], match.start(), "" if span is None else span.edtf, rule, why if span is None else "")


def _of_year(parts: dict[str, str], year: int) -> _Span | None:
    """Return the interval of a phrase in a year; None if the year has no such day, or not on that weekday."""
    try:
        if "iso" in parts:
            return _days(date.fromisoformat(parts["iso"]))
        if "month" not in parts and "third" in parts:
            first = {"early": 1, "mid": 5, "late": 9}[parts["third"].casefold()]
            end = date(year, first + 3, monthrange(year, first + 3)[1])
            return _Span(date(year, first, 1), end, f"{year}-{first:02}/{year}-{first + 3:02}")
        if "month" not in parts:
            return _Span(date(year, 1, 1), date(year, 12, 31), str(year))
        month = _month(parts["month"])
        length = monthrange(year, month)[1]
        if "third" in parts:
            thirds = {"early": (1, 10), "mid": (11, 20), "late": (21, length), "end": (length, length)}
            first, last = thirds[parts["third"].casefold()]
            return _days(date(year, month, first), date(year, month, last))
        if "day" not in parts:
            return _Span(date(year, month, 1), date(year, month, length), f"{year}-{month:02}")
        start = end = date(year, month, _number(parts["day"]))
        if "day2" in parts:
            end = date(year, _month(parts.get("month2", parts["month"])), _number(parts["day2"]))
    except ValueError:
        return None
    wrong_weekday = "weekday" in parts and _weekday(parts["weekday"]) != start.weekday()
    return None if wrong_weekday or end < start else _days(start, end)


def _nearest_year(parts: dict[str, str], published: date, side: Tense) -> tuple[_Span | None, str]:
    """Return the interval in the nearest year, unless another year is possible."""
    years = (published.year - 1, published.year, published.year + 1)
    spans = [span for year in years if (span := _of_year(parts, year)) is not None]
    if not spans:
        return None, "no year near has that day"
    span = min(spans, key=lambda span: span.distance(published))
    if span.distance(published) > NEAR_DAYS:
        return None, "it does not say which year"
    if (span.start > published and side != "ahead") or (span.end < published and side in {"ahead", "unclear"}):
        return None, "the sentence does not say whether it is past or to come"
    return span, ""


def _nearest_weekday(parts: dict[str, str], published: date, side: Tense) -> tuple[_Span | None, str]:
    """Return the nearest such day; by the tense of the sentence, the one before or after."""
    which = parts.get("which", "").casefold()
    ahead = (_weekday(parts["weekday"]) - published.weekday()) % 7
    if which and ahead in {0, 1, 6}:
        return None, f"“{parts['which']}” may be a week further"
    if side == "unclear" and not which and ahead:
        return None, "the sentence does not say whether it is past or to come"
    after, before = published + timedelta(ahead), published - timedelta((7 - ahead) % 7)
    if which:
        return (_days(before), "") if which == "last" else (None, "“next” may be a week further")
    if ahead > 3:
        return _days(after if side == "ahead" else before), ""
    if ahead == 0 or side == "ahead":
        return _days(after), ""
    return (
        (_days(before), "") if side == "behind" else (None, "the sentence does not say whether it is past or to come")
    )


def _relative(parts: dict[str, str], published: date) -> _Span | None:
    """Return the interval of "yesterday", "last month", "later this week", "two days ago"."""
    if "near" in parts:
        return _days(published + timedelta({"yesterday": -1, "tomorrow": 1}.get(parts["near"].casefold(), 0)))
    if "count" in parts:
        return _ago(parts, published)
    steps = {"last": -1, "next": 1}.get(parts.get("which", "").casefold(), 0)
    span = _unit(published, parts["unit"], steps)
    if "part" not in parts:
        return span
    if parts["part"].casefold() == "earlier":
        return _days(span.start, published)
    return _days(published + timedelta(1), span.end) if span.end > published else None


def _ago(parts: dict[str, str], day: date, sign: int = -1) -> _Span:
    """Return the day of "two days ago", or later; about the month or the year of others."""
    count = parts["count"]
    number = int(count) if count.isdigit() else max(_COUNTS.index(count) if count in _COUNTS else 1, 1)
    if parts["unit"] in {"day", "week"}:
        day += sign * timedelta(number * (1 if parts["unit"] == "day" else 7))
        return _days(day) if parts["unit"] == "day" else _Span(day, day, f"{day}~")
    span = _unit(day, parts["unit"], sign * number)
    return span._replace(edtf=f"{span.edtf}~")


def _unit(day: date, unit: str, steps: int) -> _Span:
    """Return the week, month or year that is some steps from that of a day. A week begins on Monday."""
    if unit == "week":
        monday = day + timedelta(7 * steps - day.weekday())
        return _days(monday, monday + timedelta(6))
    if unit == "year":
        year = day.year + steps
        return _Span(date(year, 1, 1), date(year, 12, 31), str(year))
    year, month = divmod(day.year * 12 + day.month - 1 + steps, 12)
    return _Span(
        date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1]), f"{year}-{month + 1:02}"
    )


def _days(start: date, end: date | None = None) -> _Span:
    end = end or start
    return _Span(start, end, str(start) if start == end else f"{start}/{end}")


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].casefold()) + 1


def _weekday(name: str) -> int:
    return _WEEKDAYS.index(name[:3].casefold())


def _number(day: str) -> int:
    return int(day[:2].rstrip("snrt"))
