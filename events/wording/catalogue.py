"""The words for terms, numbers, days and lists, in the language of `words`. It imports no part of an event.

A table has a word for each term; a term that it lacks is shown with its underscores taken out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, reduce
from typing import Final

from events.fold.long_lists import unlisted
from events.wording.language import ENGLISH, Term, Words

CACHED_TEXTS_MAX: Final = 4096
"""How many of each kind are kept in words: an entry, its page and its feeds show each value and date several times."""

GROUPED_FROM = 10_000  # four digits read as well without a comma, and look like years with one
QUOTES = "\"“”„‟«»'‘’ \t"  # what a literal may begin and end with

STATUSES = {
    "open": Term("expectation", "open"),
    "pending": Term("expectation", "pending"),
    "overdue": Term("expectation", "overdue"),
    "partly_met": Term("expectation", "partly met"),
    "met": Term("expectation", "met"),
    "met_late": Term("expectation", "met late"),
    "missed": Term("expectation", "missed"),
    "cancelled": Term("expectation", "cancelled"),
    "closed": Term("story", "closed"),
    "usable": Term("report", "usable"),
    "withheld": Term("report", "withheld pending checks"),
    "canceled": Term("report", "retracted"),
    "correction": Term("level", "correction"),
    "clarification": Term("level", "clarification"),
    "typo": Term("level", "typo"),
}
STANDINGS = {
    "reported": Term("standing", "reported"),
    "corroborated": Term("standing", "corroborated"),
    "disputed": Term("standing", "disputed"),
}
RELATIONS = {
    "new": Term("history of a fact", "first report"),
    "repeats": Term("history of a fact", "said again"),
    "refines": Term("history of a fact", "made more precise"),
    "corrects": Term("history of a fact", "corrected by the same origin"),
    "differs": Term("history of a fact", "another origin says otherwise"),
    "diverges": Term("history of a fact", "another origin gives another account"),
    "advances": Term("history of a fact", "changed"),
    "withdrawn": Term("history of a fact", "withdrawn"),
}
STANCES = {  # what a claim is to a fact, before the names of those who make it
    "asserts": Term("stance", "According to"),
    "contradicts": Term("stance", "Contradicted by"),
    "differs": Term("stance", "Differing account by"),
    "denies": Term("stance", "Denied by"),
    "denies_another_value": Term("stance", "Denied by"),
    "cannot_confirm": Term("stance", "Not confirmed by"),
    "withholds": Term("stance", "Withheld by"),
    "verifies": Term("stance", "Verified by"),
    "verifies_independently": Term("stance", "Verified independently by"),
}
DISPUTES = {
    "denies": Term("after a speaker", "denies this"),
    "cannot_confirm": Term("after a speaker", "cannot confirm this"),
    "disagrees": Term("after a speaker", "disagrees"),
}
AIMS = {  # what a report does to another one, before that one's headline
    "denies": Term("before a headline", "Denies"),
    "cannot_confirm": Term("before a headline", "Cannot confirm"),
    "disagrees": Term("before a headline", "Disagrees with"),
    "confirms": Term("before a headline", "Confirms"),
    "verifies": Term("before a headline", "Verifies"),
}
QUESTIONS = {  # what a story leaves open
    "overdue": Term("open question", "Overdue"),
    "disputed": Term("open question", "Disputed"),
    "differing": Term("open question", "Accounts differ"),
    "unconfirmed": Term("open question", "Not confirmed"),
    "objection": Term("open question", "Objection"),
    "due": Term("open question", "Due"),
    "awaited": Term("open question", "Awaited"),
}
UNATTRIBUTED = Term("speaker", "an unattributed report")
FIELDS = {  # of a report, as a reader would call them
    "body": Term("field", "text"),
    "disputes": Term("field", "disputes"),
    "corroborates": Term("field", "corroborates"),
    "expects": Term("field", "expectations"),
    "facts": Term("field", "facts"),
    "happened": Term("field", "date of the event"),
    "headline": Term("field", "headline"),
    "media": Term("field", "pictures and recordings"),
    "quotes": Term("field", "quotes"),
    "reported_at": Term("field", "date of the report"),
    "resolves": Term("field", "outcomes"),
    "said_by": Term("field", "speakers"),
    "said_on": Term("field", "date of the statement"),
    "sources": Term("field", "sources"),
    "urgency": Term("field", "urgency"),
}


def status_words(status: str, words: Words = ENGLISH) -> str:
    """Return the status of an expectation, a story or a development, or a level of correction: `partly met`."""
    return label(STATUSES, status, words)


def relation_words(relation: str, words: Words = ENGLISH) -> str:
    """Return how a value relates to the one before: `first report`, `made more precise`, `changed`."""
    return label(RELATIONS, relation, words)


def dispute_words(kind: str, words: Words = ENGLISH) -> str:
    """Return what a dispute does: `denies this`, `cannot confirm this`, `disagrees`."""
    return label(DISPUTES, kind, words)


def question_words(kind: str, words: Words = ENGLISH) -> str:
    """Return what kind of question is open: `Overdue`, `Disputed`, `Not confirmed`."""
    return label(QUESTIONS, kind, words)


def field_name_words(field: str, words: Words = ENGLISH) -> str:
    """Return a report's field as a reader would call it: `body` → `text`, `said_by` → `speakers`."""
    return label(FIELDS, field, words)


@lru_cache(CACHED_TEXTS_MAX)  # of each value that an entry or a page shows
def standing_words(standing: str, origins: tuple[str, ...] | None = None, words: Words = ENGLISH) -> str:
    """Return what a standing rests on: `one origin: US government; not independently confirmed`."""
    names = list(origins or ())
    if standing == "reported":
        if not names:
            return words.gettext("not independently confirmed")
        return words.ngettext(
            "{count} origin: {names}; not independently confirmed",
            "{count} origins: {names}; not independently confirmed",
            len(names),
            names=name_listing(names, words),
        )
    if standing == "corroborated":
        if len(names) < 2:
            return words.gettext("independently confirmed")
        return words.ngettext(
            "confirmed by {count} origin: {names}",
            "confirmed by {count} origins: {names}",
            len(names),
            names=name_listing(names, words),
        )
    return label(STANDINGS, standing, words)


def day_words(day: date, words: Words = ENGLISH) -> str:
    """Return `6 January 2015`; of an instant, its day in UTC."""
    if isinstance(day, datetime):
        day = day.astimezone(UTC).date()
    return date_words(words.patterns.day, day, words)


def time_words(instant: datetime, words: Words = ENGLISH) -> str:
    """Return the time of day in UTC: `18:00`. Seconds are left out: nobody reads them."""
    at = instant.astimezone(UTC)
    return _clock_words(at.hour, at.minute, words)


@lru_cache(CACHED_TEXTS_MAX)
def instant_words(instant: datetime, words: Words = ENGLISH) -> str:
    """Return `6 January 2015, 18:00 UTC`."""
    return words.gettext("{day}, {time} UTC", day=day_words(instant, words), time=time_words(instant, words))


@lru_cache(CACHED_TEXTS_MAX)
def _clock_words(hour: int, minute: int, words: Words) -> str:
    return words.ours(words.patterns.time.format(H=hour, HH=f"{hour:02}", mm=f"{minute:02}"))


@lru_cache(CACHED_TEXTS_MAX)  # a page has each of its dates many times
def date_words(pattern: str, day: date, words: Words) -> str:
    """Return a date by one of the patterns of a language."""
    return words.ours(pattern.format_map(_date_fields(day, words)))


def interval_words(pattern: str, first: date, last: date, words: Words) -> str:
    """Return two dates by one of the patterns of a language, each of their common parts once."""
    return words.ours(pattern.format(_date_fields(first, words), _date_fields(last, words)))


def _date_fields(day: date, words: Words) -> dict[str, object]:
    return {
        "y": day.year, "M": day.month, "MM": f"{day.month:02}", "d": day.day, "dd": f"{day.day:02}",
        "MMMM": words.patterns.months[day.month - 1], "LLLL": words.patterns.months_alone[day.month - 1],
    }  # fmt: skip


def report_words(reported_at: datetime, nth: int = 1, words: Words = ENGLISH) -> str:
    """Return what a report is called that must not be quoted: `report of 6 January 2015, 18:00 UTC`.

    `nth` is its number among the reports of that minute: `second report of …`, `21st report of …`.
    """
    instant = instant_words(reported_at, words)
    if nth == 1:
        return words.gettext("report of {instant}", instant=instant)
    return words.gettext("{ordinal} report of {instant}", ordinal=_ordinal(nth, words), instant=instant)


def _ordinal(number: int, words: Words) -> str:
    """Return `second`, `21st`; in a language without such words the number: its message adds what it needs."""
    ordinals = words.patterns.ordinals
    if not ordinals:
        return str(number)
    suffix = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return ordinals[number - 2] if number - 2 < len(ordinals) else f"{number}{suffix}"


def number_words(number: int | str | None, words: Words = ENGLISH, *, grouped_from: int = GROUPED_FROM) -> str:
    """Return an integer, or a decimal as text, with a true minus, and grouped from 10,000 on."""
    digits = str(number).removeprefix("-")
    whole, _, fraction = digits.partition(".")
    point, separator, minus = words.patterns.numbers
    if int(whole) >= grouped_from:
        whole = separator.join(_groups(str(int(whole)), words))
    sign = minus if digits != str(number) else ""
    return words.ours(f"{sign}{whole}{point}{fraction}" if fraction else f"{sign}{whole}")


def _groups(digits: str, words: Words) -> Sequence[str]:
    """Return digits in groups of three, or as the language has them: 12,34,567."""
    size, further = words.patterns.groups
    groups = [digits[-size:]]
    rest = digits[:-size]
    while rest:
        groups.insert(0, rest[-further:])
        rest = rest[:-further]
    return groups


def label(table: Mapping[str, Term], term: str, words: Words = ENGLISH) -> str:
    """Look up `term`; one that the table does not know is shown with its underscores taken out."""
    return words.term(table[term]) if term in table else term.replace("_", " ")


def listing(items: Sequence[str], words: Words = ENGLISH) -> str:
    """Join in a sentence: `A`, `A and B`, `A, B and C`."""
    patterns = words.patterns
    if len(items) < 2:
        return items[0] if items else ""
    if len(items) == 2:
        return words.join(patterns.pair, *items)
    text = words.join(patterns.end, items[-2], items[-1])
    for item in reversed(items[1:-2]):
        text = words.join(patterns.middle, item, text)
    return words.join(patterns.start, items[0], text)


def name_listing(names: Sequence[str], words: Words = ENGLISH) -> str:
    """Join names in a sentence; of a long list the first: `A, B, C and 29 others`."""
    if not (count := unlisted(names)):
        return listing(names, words)
    others = words.ngettext("{count} other", "{count} others", count)
    return listing([*names[:-count], others], words)


def comma_list(items: Iterable[str], words: Words = ENGLISH) -> str:
    """Join the parts of a phrase: `A, B, C`. Empty ones are left out."""
    parts = [item for item in items if item]
    return reduce(lambda text, item: words.gettext("{text}, {item}", text=text, item=item), parts) if parts else ""


def semicolon_list(items: Iterable[str], words: Words = ENGLISH) -> str:
    """Join phrases that may have commas of their own: `A, mayor; B, senator`. Empty ones are left out."""
    parts = [item for item in items if item]
    return reduce(lambda text, item: words.gettext("{text}; {item}", text=text, item=item), parts) if parts else ""


def sentence_list(items: Iterable[str], words: Words = ENGLISH) -> str:
    """Join sentences without their full stops: `A. B`."""
    parts = list(items)
    return reduce(lambda text, item: words.gettext("{text}. {item}", text=text, item=item), parts) if parts else ""


def quoted(text: str, words: Words = ENGLISH) -> str:
    """Put into curly quotes, taking off the ones that it may come with."""
    return words.gettext("“{text}”", text=text.strip(QUOTES) or text)
