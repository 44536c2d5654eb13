"""The English words for terms, numbers, days and lists. It imports no model, so that a list of stories needs none.

A second language is a second module of this shape. Nothing is escaped here: that is for those who write HTML.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

# A table, since strftime("%B") follows the locale of the machine.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = dict(enumerate(("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 2))
GROUPED_FROM = 10_000  # four digits read as well without a comma, and look like years with one

DASH = "–"
MINUS = "−"

# Every word table is closed: a value that is not in it is shown with its underscores taken out.
STANDINGS = {"reported": "reported", "corroborated": "corroborated", "disputed": "disputed"}
STATUSES = {
    "open": "open",
    "pending": "pending",
    "overdue": "overdue",
    "partly_met": "partly met",
    "met": "met",
    "met_late": "met late",
    "missed": "missed",
    "cancelled": "cancelled",
    "closed": "closed",
    "usable": "usable",
    "withheld": "withheld pending checks",
    "canceled": "retracted",
}
RELATIONS = {
    "new": "first report",
    "repeats": "said again",
    "refines": "made more precise",
    "corrects": "corrected by the same origin",
    "differs": "another origin says otherwise",
    "advances": "changed",
    "withdrawn": "withdrawn",
}
STANCES = {  # what a claim is to a fact, before the names of those who make it
    "asserts": "According to",
    "contradicts": "Contradicted by",
    "denies": "Denied by",
    "denies_another_value": "Denied by",
    "cannot_confirm": "Cannot be confirmed by",
    "withholds": "Withheld by",
    "verifies": "Verified by",
    "verifies_independently": "Verified independently by",
}
STANCE_CHANGES = {  # what somebody has begun to do, and has stopped doing
    "contradicts": ("says otherwise", "no longer says otherwise"),
    "denies": ("denies it", "no longer denies it"),
    "denies a value": ("denies", "no longer denies"),
}
DISPUTES = {"denies": "denies this", "cannot_confirm": "cannot confirm this", "disagrees": "disagrees"}
AIMS = {  # what a report does to another one, before that one's headline
    "denies": "Denies",
    "cannot_confirm": "Cannot confirm",
    "disagrees": "Disagrees with",
    "confirms": "Confirms",
    "verifies": "Verifies",
}
UNATTRIBUTED = "an unattributed report"
# What a fact rests on, in one line.
SINGLE_SOURCE = "Single source: {origin}"
NO_SOURCE = "No source named"
CONFIRMED_BY = "Confirmed by {origins}"
CONFIRMED = "Independently confirmed"
DISPUTED = "Disputed: {accounts}"
SAYS = "{value}, says {who}"
DENIED_BY = "denied by {who}"
EXPECTED_OF = "expected of {who}"
QUESTIONS = {  # what a story leaves open
    "overdue": "Overdue",
    "disputed": "Disputed",
    "unconfirmed": "Not confirmed",
    "objection": "Objection",
    "due": "Due",
    "awaited": "Awaited",
}
FIELDS = {  # of a report, as a reader would call them
    "body": "text",
    "expects": "expectations",
    "facts": "facts",
    "happened": "date of the event",
    "media": "pictures and recordings",
    "reported_at": "date of the report",
    "resolves": "outcomes",
    "said_by": "speakers",
    "said_on": "date of the statement",
}

QUOTES = "\"“”„‟«»'‘’ \t"  # what a literal may begin and end with


def status_words(status: str) -> str:
    """Return the status of an expectation, a story or a development: `partly met`, `met late`, `overdue`."""
    return label(STATUSES, status)


def relation_words(relation: str) -> str:
    """Return how a value relates to the one before: `first report`, `made more precise`, `changed`."""
    return label(RELATIONS, relation)


def dispute_words(kind: str) -> str:
    """Return what a dispute does: `denies this`, `cannot confirm this`, `disagrees`."""
    return label(DISPUTES, kind)


def question_words(kind: str) -> str:
    """Return what kind of question is open: `Overdue`, `Disputed`, `Not confirmed`."""
    return label(QUESTIONS, kind)


def field_name_words(field: str) -> str:
    """Return a report's field as a reader would call it: `body` → `text`, `said_by` → `speakers`."""
    return label(FIELDS, field)


@lru_cache(maxsize=4096)
def key_words(key: str) -> str:
    """Return a fact's key as a name: `prisoners.released` → `Prisoners released`."""
    words = " ".join(part for part in re.split(r"[._-]", key) if part)
    return words[:1].upper() + words[1:]


def standing_words(standing: str, origins: Sequence[str] | None = None) -> str:
    """Return what a standing rests on: `one origin: US government; not independently confirmed`."""
    names = list(origins or ())
    if standing == "reported":
        if not names:
            return "no stated origin; not independently confirmed"
        return f"{counted(len(names), 'origin')}: {listing(names)}; not independently confirmed"
    if standing == "corroborated":
        if len(names) < 2:
            return "independently confirmed"
        return f"confirmed by {counted(len(names), 'origin')}: {listing(names)}"
    return label(STANDINGS, standing)


def day_words(day: date) -> str:
    """Return `6 January 2015`; of an instant, its day in UTC."""
    if isinstance(day, datetime):
        day = day.astimezone(UTC)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def instant_words(instant: datetime) -> str:
    """Return `6 January 2015, 18:00 UTC`. Seconds are left out: nobody reads them."""
    return f"{day_words(instant)}, {instant.astimezone(UTC):%H:%M} UTC"


def report_words(reported_at: datetime, nth: int = 1) -> str:
    """Return what a report is called that must not be quoted: `report of 6 January 2015, 18:00 UTC`.

    `nth` is its number among the reports of that minute: `second report of …`, `21st report of …`.
    """
    suffix = "th" if nth // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(nth % 10, "th")
    ordinal = "" if nth == 1 else f"{ORDINALS.get(nth) or f'{nth}{suffix}'} "
    return f"{ordinal}report of {instant_words(reported_at)}"


def number_words(number: int | str | None) -> str:
    """Return an integer, or a decimal as text, with a true minus, and grouped from 10,000 on."""
    digits = str(number).removeprefix("-")
    whole, point, fraction = digits.partition(".")
    if int(whole) >= GROUPED_FROM:
        whole = f"{int(whole):,}"
    return f"{MINUS if digits != str(number) else ''}{whole}{point}{fraction}"


def label(table: Mapping[str, str], term: str) -> str:
    """Look up `term`; one that the table does not know is shown with its underscores taken out."""
    return table.get(term, term.replace("_", " "))


def listing(items: Sequence[str]) -> str:
    """Join in a sentence: `A`, `A and B`, `A, B and C`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def quoted(text: str) -> str:
    """Put into curly quotes, taking off the ones that it may come with."""
    return f"“{text.strip(QUOTES) or text}”"


def counted(number: int, noun: str) -> str:
    """Return `no origins`, `one origin`, `two origins`, `11 origins`."""
    words = COUNTS[number] if number < len(COUNTS) else str(number)
    return f"{words} {noun}{'' if number == 1 else 's'}"
