"""A table's first rows → a map to start from, with their values in comments, and what was understood. Pure.

What a column is, is guessed from its header and from what its cells have in common. Whoever knows the table reads the
map, and changes it.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from events.errors import InvalidError, Problem, as_slug
from events.model.addresses import is_web_address
from events.model.edtf import parse_when
from events.model.number_forms import NUMBER
from events.model.typed_times import TypedTimes
from feed.intake.sheet_map import TABLE_CHARS_MAX
from feed.intake.tables import Table

ROWS_READ_MAX: Final = 2_000
VALUES_SHOWN: Final = 3
VALUE_CHARS_SHOWN: Final = 30
CHOICE_CHARS_MAX: Final = 60
DATE_FORMATS: Final = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y")
_HEADERS: Final = {
    "story": r"story|topic|case name|thema",
    "headline": r"headline|title|what happened|event|incident|name|promise|pledge|subject|titel|titre|título",
    "body": r"body|text|details?|description|notes?|remarks?|comments?|summary",
    "source_url": r"(source )?(url|link)|source (address|page)",
    "source": r"sources?|outlet|publisher|via|quelle",
    "speaker": r"speaker|said by|spokes(person|man|woman)|quoted|who says",
    "what": r"promise|pledge|commitment",
    "by": r"(promised|owed) by|by|owner|responsible|who",
    "due": r"due( date| on| by)?|deadline|by when|target date",
    "status": r"status|state|outcome|progress",
    "correction": r"corrections?|what was wrong",
    "reported": r"(date )?(reported|published|added|entered|recorded|posted)( on| at| date)?",
    "happened": r"(event |incident )?date|when|happened( on)?|day|datum|fecha",
}
_ID: Final = re.compile(r"(.*[ _-])?(id|key|code|ref|reference|no\.?|nr\.?|number|uuid|slug|#)")
_OUTCOMES: Final = {
    "met": r"met|kept|done|fulfilled|completed?|delivered|achieved|yes",
    "partly_met": r"part(ly|ially)[ -]?(met|kept|done|fulfilled|completed?)|compromise",
    "missed": r"missed|broken|failed|not (met|kept|done)|no",
    "cancelled": r"cancell?ed|withdrawn|dropped|abandoned",
}


@dataclass(slots=True)
class Guess:
    """What a column is taken for: its role, its other settings, and what it is in words."""

    header: str
    values: list[str]
    roles: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    words: str = "left out"

    @property
    def examples(self) -> str:
        """The first values that differ."""
        values = list(dict.fromkeys(" ".join(value.split()) for value in self.values if value))
        cut = [value if len(value) <= VALUE_CHARS_SHOWN else value[: VALUE_CHARS_SHOWN - 1] + "…" for value in values]
        return ", ".join(cut[:VALUES_SHOWN]) + (", …" if len(cut) > VALUES_SHOWN else "")

    @property
    def filled(self) -> list[str]:
        """The values that are not empty."""
        return [value for value in self.values if value]

    def take(self, role: str, words: str, **settings: Any) -> None:
        """Take the column for this, besides what it is already."""
        self.words = f"{self.words}; {words}" if self.roles else words
        self.roles, self.settings = (*self.roles, role), self.settings | settings


@dataclass(frozen=True, slots=True)
class Proposal:
    """The text of a map, and what was understood, a line for each column: its header, what it is, its values."""

    text: str
    understood: tuple[tuple[str, str, str], ...]
    rows: int


def propose(table: Table, *, name: str, times: TypedTimes) -> Proposal:
    """Return a map for the table of the file `name`; InvalidError if nothing names its rows."""
    rows = [cells for _, cells in islice(table.rows, ROWS_READ_MAX)]
    guesses = [Guess(header, [cells[index] for cells in rows]) for index, header in enumerate(table.headers) if header]
    stem = re.sub(r"\.[a-z]+$", "", name.rstrip("/").rpartition("/")[2], flags=re.IGNORECASE) or "table"
    title = " ".join(stem.replace("_", " ").replace("-", " ").split()).capitalize()
    _guess_names(guesses, name)
    names = [guess for guess in guesses if "development" in guess.roles and not _ID.fullmatch(guess.header.casefold())]
    promise = _named(guesses, "what") or next((guess for guess in names if _is_called(guess, "what")), None)
    if promise is not None:
        promise.take("what", "what is promised")
    _guess_roles(guesses, times, promises=promise is not None)
    _guess_headline(guesses, has_promise=promise is not None)
    for guess in guesses:
        if not guess.roles:
            _guess_fact(guess, times)
    slug = as_slug(stem)[:TABLE_CHARS_MAX].strip("-") or "table"
    return Proposal(
        _map_text(guesses, name, slug, title), tuple((g.header, g.words, g.examples) for g in guesses), len(rows)
    )


def _guess_names(guesses: list[Guess], name: str) -> None:
    """Find what names the rows: an id, else a column in which all differ, else two columns together."""
    full = [guess for guess in guesses if guess.values and all(guess.values)]
    distinct = [guess for guess in full if len(set(guess.values)) == len(guess.values)]
    ids = [guess for guess in distinct if _ID.fullmatch(guess.header.casefold())]
    titles = [guess for guess in distinct if _is_called(guess, "headline")]
    keys = (ids or titles or distinct)[:1] or _distinct_pair(full)
    if not keys:
        remedy = "Add a column ID with a different value in each row."
        message = "no column names the rows: none is filled in every row with a value of its own."
        raise InvalidError(Problem(where=name, check="key", message=message, remedy=remedy))
    for key in keys:
        key.take("development", "names the row; addresses show a code for it", public_id=False)
    story = _named([guess for guess in full if guess not in keys], "story")
    if story is not None and len(set(story.values)) < len(story.values):
        story.take("story", "names the story of the row; addresses show a code for it", public_id=False)


def _distinct_pair(full: list[Guess]) -> list[Guess]:
    """Return two columns that name the rows together; none if there are none."""
    for index, one in enumerate(full):
        for other in full[index + 1 :]:
            if len(set(zip(one.values, other.values, strict=True))) == len(one.values):
                return [one, other]
    return []


def _guess_roles(guesses: list[Guess], times: TypedTimes, *, promises: bool) -> None:
    for role, words in (
        ("correction", "what was wrong before, if you write it there"),
        ("source_url", "the address of the source"),
        ("source", "the source"),
        ("speaker", "who says so: NAME, ROLE (ORG)"),
        ("body", "the text"),
    ):
        guess = _named(guesses, role)
        if guess is not None and (role != "source_url" or all(map(is_web_address, guess.filled))):
            guess.take(role, words)
    if promises:
        _guess_promise(guesses, times)
    for role, words in (("reported", "when it was reported"), ("happened", "when it happened")):
        guess = _named(guesses, role)
        form = None if guess is None else _date_format(guess.filled, times)
        if guess is not None and form is not None:
            guess.take(role, words, **({"format": form} if form else {}))


def _guess_promise(guesses: list[Guess], times: TypedTimes) -> None:
    due, by, status = (_named(guesses, role) for role in ("due", "by", "status"))
    form = None if due is None else _date_format(due.filled, times)
    if due is not None and form is not None:
        due.take("due", "when it is due", **({"format": form} if form else {}))
    if by is not None:
        by.take("by", "who promised it")
    if status is not None:
        words = list(dict.fromkeys(status.filled))
        outcomes = {
            outcome: [word for word in words if re.fullmatch(pattern, word.casefold())]
            for outcome, pattern in _OUTCOMES.items()
        }
        status.take("status", "what became of it", **outcomes)


def _guess_headline(guesses: list[Guess], *, has_promise: bool) -> None:
    """Find the headline: by its header, else what names the row in words, else the longest text."""
    names = [guess for guess in guesses if "development" in guess.roles]
    words = [guess for guess in names if not _ID.fullmatch(guess.header.casefold()) and _has_words(guess)]
    free = [guess for guess in guesses if not {*guess.roles} - {"body"} and guess.values and all(guess.values)]
    texts = [guess for guess in free if _has_words(guess)]
    if has_promise:
        return
    if words and _is_called(words[0], "headline"):
        words[0].take("headline", "the headline")
    elif (named := _named(guesses, "headline")) is not None:
        named.take("headline", "the headline")
    elif words:
        words[0].take("headline", "the headline")
    elif texts:
        most = max(texts, key=lambda guess: (len(set(guess.values)), sum(map(len, guess.values))))
        most.roles = ()
        most.take("headline", "the headline")
    else:
        names[0].take("headline", "the headline, as no other column is left")


def _has_words(guess: Guess) -> bool:
    """Return True if some cell is not only a number or a date."""
    return any(not re.fullmatch(r"[\d.,/ :-]*", value) for value in guess.values)


def _guess_fact(guess: Guess, times: TypedTimes) -> None:
    filled = guess.filled
    key = as_slug(guess.header)
    named = {} if key else {"key": f"column-{abs(hash(guess.header)) % 1000}"}
    if not filled:
        return
    number = _number_settings(filled)
    form = _date_format(filled, times)
    if number is not None:
        guess.take("fact", f"a fact, {key}: a number", **named, type="number", **number)
    elif form is not None:
        guess.take("fact", f"a fact, {key}: a date", **named, type="date", **({"format": form} if form else {}))
    elif max(map(len, filled)) <= CHOICE_CHARS_MAX:
        guess.take("fact", f"a fact, {key}: a text", **named)


def _number_settings(values: Iterable[str]) -> dict[str, str] | None:
    """Return how the numbers are written, None if not all are numbers."""
    values = list(values)
    if all(re.fullmatch(NUMBER, value) for value in values):
        return {}
    for thousands, decimal in ((",", "."), (".", ","), (" ", ","), ("'", ".")):
        pattern = rf"-?(\d{{1,3}}({re.escape(thousands)}\d{{3}})+|\d+)({re.escape(decimal)}\d+)?"
        grouped = any(thousands in value for value in values)
        if grouped and all(re.fullmatch(pattern, value) for value in values):
            return {"thousands": thousands} | ({"decimal": ","} if decimal == "," else {})
    return None


def _date_format(values: list[str], times: TypedTimes) -> str | None:
    """Return how dates are written: "" as people type them, None if not all are dates, or if it cannot be known."""
    if not values:
        return None
    if all(_succeeds(lambda text: parse_when(times.edtf(text)), value) for value in values):
        return "" if any(len(value) > len("2015") for value in values) else None
    forms = [form for form in DATE_FORMATS if all(_succeeds(_day_in(form), value) for value in values)]
    return forms[0] if len(forms) == 1 else None


def _day_in(form: str) -> Callable[[str], object]:
    return lambda text: datetime.strptime(text, form)  # noqa: DTZ007 - days


def _succeeds(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


def _is_called(guess: Guess, role: str) -> bool:
    """Return True if a column's header is one for this role."""
    return re.fullmatch(_HEADERS[role], " ".join(re.split(r"[\s_-]+", guess.header.casefold()))) is not None


def _named(guesses: list[Guess], role: str) -> Guess | None:
    """Return the first column that nothing else claims and whose header is one for this role."""
    return next((guess for guess in guesses if not guess.roles and _is_called(guess, role)), None)


def _map_text(guesses: list[Guess], name: str, slug: str, title: str) -> str:
    has_story = any("story" in guess.roles for guess in guesses)
    lines = [
        f"# What the columns of {name} mean. Read it, and change what is wrong: docs/sync.md#the-map",
        "",
        f"table = {_toml(slug)}          # the name of this table in the ledger; never change it",
        f"source = {_toml(title)}          # named as the source of a row that names none",
        '# announce_from = "2026-01-01"          # without it, the first run is an archive, which announces nothing',
    ]
    if not has_story:
        lines += [
            "",
            "[story]          # all rows are developments of one story",
            f"id = {_toml(slug)}",
            f"headline = {_toml(title)}",
        ]
    for guess in guesses:
        lines += [
            "",
            f"[columns.{_toml(guess.header)}]          # {guess.examples or 'empty'}",
            f"as = {_toml(guess.roles[0] if len(guess.roles) == 1 else guess.roles or 'ignore')}",
        ]
        lines += [f"{key} = {_toml(value)}{_comment(key)}" for key, value in guess.settings.items()]
    return "\n".join(lines) + "\n"


def _comment(setting: str) -> str:
    match setting:
        case "public_id":
            return "          # true: addresses show this cell itself"
        case "met":
            return "          # words in lower or upper case; what is in none of the four lists leaves it open"
        case _:
            return ""


def _toml(value: Any) -> str:
    """Return a value as TOML. Its strings are escaped as in JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
