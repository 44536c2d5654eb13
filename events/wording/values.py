"""State JSON in English words, plain text: pure, and ignorant of pages, feeds, clocks and locales.

Everything here takes values as `state.json` shows them (design 1.8) and gives words that read well within a
sentence. What it does not understand it gives back as it stands: words are for showing, checking is done
elsewhere. Nothing is escaped here; whoever writes HTML does that.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

# A table, since strftime("%B") follows the locale of the machine.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
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
KINDS = {"denies": "denies this", "cannot_confirm": "cannot confirm this", "disagrees": "disagrees"}
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

_PRECISE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_UNCERTAIN = {"?": "possibly ", "~": "about ", "%": "possibly about "}
_NUMBER = re.compile(r"([+-]?)(\d+)(\.\d+)?")
_QUOTES = "\"“”„‟«»'‘’ \t"  # what is taken off a literal's ends


def value_words(value: object, unit: str | None = None, of: object = None, literal: str | None = None) -> str:
    """Return a claim's value: `53 of 53 people`, `1–52 (“some”)`, `at least 5`, `21–22 January 2015`, `yes`.

    `unit` and `of` are said only with numbers and ranges; `literal` is quoted unless it adds nothing.
    """
    words = _bare_value(value)
    if _is_measure(value):
        if of is not None:
            words += f" of {_bare_value(of)}"
        if unit:
            words += unit if unit == "%" else f" {unit}"
    return _with_literal(words, literal)


def when_words(when: object) -> str:
    """Return an imprecise time: `7–31 January 2015 (“later this month”)`, `by 22 January 2015`, `about 2014`.

    `when` is `{"edtf", "literal"}`, an EDTF string or instant, a date or a datetime. Of a literal alone,
    the quoted literal; of nothing, "at an unknown time".
    """
    if isinstance(when, Mapping):
        edtf, literal = when.get("edtf"), when.get("literal")
        if edtf:
            return _with_literal(when_words(edtf), literal)
        return quoted(literal) if literal else when_words(None)
    if isinstance(when, datetime):
        return instant_words(when)
    if isinstance(when, date):
        return day_words(when)
    if not when:
        return "at an unknown time"
    start, slash, end = str(when).partition("/")
    if not slash:
        return _point(start)
    if start in {"..", ""}:
        return f"by {_point(end)}"
    if end in {"..", ""}:
        return f"from {_point(start)}"
    return _interval(start, end)


def due_words(due: object) -> str:
    """Return an expectation's due date: `due 21–22 January 2015`, `due by 5 May 2015`, `no date given`."""
    return f"due {when_words(due)}" if due else "no date given"


def day_words(day: date | str) -> str:
    """Return `6 January 2015`; of an instant, its day in UTC."""
    if isinstance(day, str):
        day = datetime.fromisoformat(day)
    if isinstance(day, datetime):
        day = _utc(day)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def instant_words(instant: datetime | str) -> str:
    """Return `6 January 2015, 18:00 UTC`. Seconds are left out: nobody reads them."""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    instant = _utc(instant)
    return f"{day_words(instant)}, {instant:%H:%M} UTC"


def speaker_words(speaker: Mapping[str, Any] | str) -> str:
    """Return `Jen Psaki, spokeswoman (US State Department)`, or `senior US official, White House (unnamed)`.

    The organisation is left out where name or role already say it.
    """
    if isinstance(speaker, str):
        return speaker
    name, role, org = (str(speaker.get(field) or "") for field in ("name", "role", "org"))
    named = speaker.get("named", True)
    who = ", ".join(part for part in (name, role) if part)
    if not who and org:
        return org if named else f"an unnamed person ({org})"
    if org and org.casefold() not in who.casefold():
        who += f" ({org})" if named else f", {org}"
    if named:
        return who or "someone"
    if not who:
        return "an unnamed person"
    return who if re.search(r"\b(unnamed|anonymous)\b", who, re.IGNORECASE) else f"{who} (unnamed)"


def speakers_words(speakers: Iterable[Mapping[str, Any] | str] | None) -> str:
    """Return all speakers in one phrase, each once; of none, the empty string.

    Speakers carry commas of their own, so several are parted by semicolons: `A, spokeswoman; and B, senator`.
    """
    said = list(dict.fromkeys(speaker_words(speaker) for speaker in speakers or ()))
    if any(", " in words for words in said) and len(said) > 1:
        return "; ".join(said[:-1]) + f"; and {said[-1]}"
    return listing(said)


@lru_cache(maxsize=4096)
def key_words(key: str) -> str:
    """Return a claim's key as a name: `prisoners.released` → `Prisoners released`."""
    words = " ".join(part for part in re.split(r"[._-]", key) if part)
    return words[:1].upper() + words[1:]


def standing_words(standing: str, origins: Sequence[str] | None = None) -> str:
    """Return what a standing rests on: `one origin: US government; not independently confirmed`."""
    names = list(origins or ())
    if standing == "reported":
        if not names:
            return "no stated origin; not independently confirmed"
        return f"{_count(len(names), 'origin')}: {listing(names)}; not independently confirmed"
    if standing == "corroborated":
        if len(names) < 2:
            return "independently confirmed"
        return f"confirmed by {_count(len(names), 'origin')}: {listing(names)}"
    return label(STANDINGS, standing)


def status_words(status: str) -> str:
    """Return the status of an expectation, a story or a development: `partly met`, `met late`, `overdue`."""
    return label(STATUSES, status)


def relation_words(relation: str) -> str:
    """Return how a value stands to the one before: `first report`, `made more precise`, `changed`."""
    return label(RELATIONS, relation)


def kind_words(kind: str) -> str:
    """Return what a dispute does: `denies this`, `cannot confirm this`, `disagrees`."""
    return label(KINDS, kind)


def field_name_words(field: str) -> str:
    """Return a report's field as a reader would call it: `body` → `text`, `said_by` → `speakers`."""
    return label(FIELDS, field)


def field_words(field: str, value: object) -> str:
    """Return the was or the now of a corrected field, whatever its shape; `nothing` where it is absent."""
    if value is None or value in ([], (), ""):
        return "nothing"
    if isinstance(value, list | tuple):
        return "; ".join(field_words(field, item) for item in value)
    if field in {"happened", "said_on", "reported_at", "due"}:
        return when_words(value)
    if isinstance(value, Mapping):
        return _part_words(field, value)
    return value_words(value)


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
    return f"“{text.strip(_QUOTES) or text}”"


def number_words(number: object) -> str:
    """Return an integer or decimal with a true minus, grouped from 10,000 on; anything else as it stands."""
    match = _NUMBER.fullmatch(str(number))
    if not match:
        return str(number)
    sign, whole, fraction = match.groups()
    if int(whole) >= GROUPED_FROM:
        whole = f"{int(whole):,}"
    return f"{MINUS if sign == '-' else ''}{whole}{fraction or ''}"


def _bare_value(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if "date" in value:
            return when_words(value["date"])
        if "decimal" in value:
            return number_words(value["decimal"])
        return _range(value.get("min"), value.get("max"))
    return number_words(value) if isinstance(value, int) else str(value)


def _range(least: object, most: object) -> str:
    if least is None and most is None:
        return "unknown"
    if least is None:
        return f"at most {_bare_end(most)}"
    if most is None:
        return f"at least {_bare_end(least)}"
    low, high = _bare_end(least), _bare_end(most)
    if low == high:
        return low
    return f"{low} to {high}" if MINUS in low + high else f"{low}{DASH}{high}"


def _bare_end(end: object) -> str:
    # Ends are integers, or decimals as strings; `{"decimal": …}` is taken as well.
    return _bare_value(end) if isinstance(end, Mapping) else number_words(end)


def _is_measure(value: object) -> bool:
    if isinstance(value, Mapping):
        return "date" not in value
    return isinstance(value, int) and not isinstance(value, bool)


def _with_literal(words: str, literal: str | None) -> str:
    if not literal or _plain(literal) in {_plain(words), ""} or quoted(literal) in words:
        return words
    return f"{words} ({quoted(literal)})"


def _plain(text: str) -> str:
    return " ".join(text.strip(_QUOTES).casefold().split())


def _point(edtf: str) -> str:
    """Return one end of a when, with its doubt; what is no date of ours comes back as it is."""
    doubt = _UNCERTAIN.get(edtf[-1:], "")
    bare = edtf[:-1] if doubt else edtf
    parts = _parts(bare)
    if parts:
        return doubt + _date(*parts)
    try:
        return doubt + instant_words(bare)
    except ValueError:
        return edtf


def _parts(edtf: str) -> tuple[str, str, str] | None:
    """Return (year, month, day) as words, the missing ones empty; None for instants and all else."""
    match = _PRECISE.fullmatch(edtf)
    if not match or not 0 < int(match[2] or 1) <= len(MONTHS):
        return None
    month = MONTHS[int(match[2]) - 1] if match[2] else ""
    return match[1].lstrip("0") or "0", month, str(int(match[3])) if match[3] else ""


def _date(year: str, month: str, day: str) -> str:
    return " ".join(part for part in (day, month, year) if part)


def _interval(start: str, end: str) -> str:
    doubt = _UNCERTAIN.get(start[-1:], "")
    if doubt and start[-1] == end[-1:]:  # said once for both ends
        return doubt + _interval(start[:-1], end[:-1])
    first, last = _point(start), _point(end)
    if first == last:
        return first
    low, high = _parts(start), _parts(end)
    if low and high and [bool(part) for part in low] == [bool(part) for part in high]:
        if not low[1] or (low[:2] == high[:2]):  # years, or days of one month
            return f"{low[2] or low[0]}{DASH}{_date(*high)}"
        if low[0] == high[0]:
            return f"{low[1]}{DASH}{last}" if not low[2] else f"{low[2]} {low[1]} {DASH} {last}"
    day, comma, time = first.partition(", ")
    if comma and last.startswith(f"{day}, "):  # two instants of one day
        return f"{day}, {time.removesuffix(' UTC')}{DASH}{last.removeprefix(f'{day}, ')}"
    return f"{first} {DASH} {last}"


def _utc(instant: datetime) -> datetime:
    # A naive time cannot come from a ledger; where one turns up it is UTC, never the machine's zone.
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def _count(number: int, noun: str) -> str:
    words = COUNTS[number] if number < len(COUNTS) else str(number)
    return f"{words} {noun}{'' if number == 1 else 's'}"


def _part_words(field: str, part: Mapping[str, Any]) -> str:
    """Return one part of a report: a claim, speaker, source, quote, expectation, resolution, picture."""
    if field == "facts":
        stance = part.get("stance", "asserts")
        words = value_words(part.get("value"), part.get("unit"), part.get("of"), part.get("literal"))
        said = words if stance == "asserts" else label(KINDS, stance)
        return f"{key_words(str(part.get('key', '')))}: {said}"
    if field == "said_by":
        return speaker_words(part)
    if field == "quotes":
        return f"{quoted(str(part.get('text', '')))} ({speaker_words(part.get('speaker') or {})})"
    if field == "resolves":
        return f"{part.get('expectation')}: {status_words(str(part.get('outcome')))}"
    for name in ("what", "title", "name", "alt", "statement", "development", "id"):
        if part.get(name):
            return str(part[name])
    return value_words(part)
