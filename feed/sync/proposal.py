"""A table's first rows → a map to start from, with their values in comments, and what was understood. Pure.

What a column is, is guessed from its header and from what its cells have in common. The owner of the table reads the
map, and changes it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from events.errors import InvalidError, Problem, as_slug
from events.model.typed_times import TypedTimes
from feed.sync.column_forms import DateForms, Form, find_addresses, find_numbers
from feed.sync.sheet_map import TABLE_CHARS_MAX
from feed.sync.tables import Table

ROWS_READ_MAX: Final = 2_000
VALUES_SHOWN: Final = 3
VALUE_CHARS_SHOWN: Final = 30
CHOICE_CHARS_MAX: Final = 60
EXCEPTIONS_SHOWN: Final = 5
OPEN_WORDS_MAX: Final = 20
_HEADERS: Final = {
    "story": r"story|topic|case name|thema",
    "headline": r"headline|title|what happened|event|incident|name|promise|pledge|subject|titel|titre|título",
    "body": r"body|text|details?|description|notes?|remarks?|comments?|summary",
    "source_url": r"(source )?(url|link)|source (address|page)",
    "source": r"sources?|outlet|publisher|via|quelle",
    "speaker": r"speaker|said by|spokes(person|man|woman)|quoted|who says",
    "what": r"(promise|pledge|commitment)s?( text)?|what( was| is| they| he| she)? (promised|pledged|agreed|announced)",
    "by": (
        r"(promised|owed|owned|made|pledged|announced|given) by|by|owner|responsible( person)?|assigned to"
        r"|who( (promised|pledged|announced)( it)?)?"
    ),
    "due": r"due( date| on| by)?|date due|deadline|by when|until|target( date)?|frist|plazo|échéance",
    "status": r"status|state|outcome|progress",
    "correction": r"corrections?|what was wrong",
    "reported": r"(date |day )?(reported|published|added|entered|recorded|posted|logged|created)( on| at| date)?",
    "dated": (
        r"date|day|datum|fecha|data|dato|date de .*|(date |day )(made|said|announced|promised|pledged|given)"
        r"|(made|said|announced|promised|pledged|given|stated)( on| at| date)"
    ),
    "happened": r"(event|incident|start) (date|day)|date of .*|when|(happened|arrested|detained|began|opened)( on)?",
}
_NO_EVENT: Final = re.compile(r".*\b(birth|born)\b.*")
_ID: Final = re.compile(r"(.*[ _-])?(id|key|code|ref|reference|no\.?|nr\.?|number|uuid|slug|#)")
_OUTCOMES: Final = {
    "met": r"met|kept|done|fulfilled|completed?|delivered|achieved|yes",
    "partly_met": r"part(ly|ially)[ -]?(met|kept|done|fulfilled|completed?)|compromise",
    "missed": r"missed|broken|failed|not (met|kept|done)|no",
    "cancelled": r"cancell?ed|withdrawn|dropped|abandoned",
}


@dataclass(slots=True)
class Guess:
    """What a column is taken for: its role, its other settings, and what it is in words.

    column: its number
    values, numbers: the cells, and the numbers of their rows
    exceptions: the cells that sync could not read as such
    """

    column: int
    header: str
    values: list[str]
    numbers: list[int]
    roles: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    words: str = "left out"
    exceptions: list[str] = field(default_factory=list)

    @property
    def examples(self) -> str:
        """The first values that differ."""
        values = list(dict.fromkeys(" ".join(value.split()) for value in self.values if value))
        return ", ".join(map(_cut, values[:VALUES_SHOWN])) + (", …" if len(values) > VALUES_SHOWN else "")

    @property
    def filled(self) -> list[str]:
        """The values that are not empty."""
        return [value for value in self.values if value]

    @property
    def unnamed(self) -> int:
        """How many rows the column would not name: their cells are empty, or like an earlier one."""
        return len(self.values) - len(set(self.filled))

    def take(self, role: str, words: str, form: Form | None = None, **settings: Any) -> None:
        """Take the column for this, besides what it is already."""
        self.words = f"{self.words}; {words}" if self.roles else words
        self.roles = (*self.roles, role)
        self.settings |= settings | (form.settings if form else {})
        if form is not None and form.misfits:
            kind = "" if form.noun.removesuffix("s") in words else f"{form.noun} "
            self.exceptions.append(f"{words}, {kind}like {_cut(form.example)}; {self._misfits(form)}")

    def _misfits(self, form: Form) -> str:
        odd = [f"row {self.numbers[index]}: {_cut(self.values[index])}" for index in form.misfits]
        more = ", …" if len(odd) > EXCEPTIONS_SHOWN else ""
        number = len(form.misfits)
        verb = "is" if number == 1 else "are"
        return f"{number:,} of {form.filled:,} {verb} none: {', '.join(odd[:EXCEPTIONS_SHOWN])}{more}"


def _cut(value: str) -> str:
    return value if len(value) <= VALUE_CHARS_SHOWN else value[: VALUE_CHARS_SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The text of a map, and what was understood.

    understood: a line for each column: its header, what it is, its values
    exceptions: the cells for which sync will leave out their rows, by column
    """

    text: str
    understood: tuple[tuple[str, str, str], ...]
    exceptions: tuple[str, ...]
    rows: int


def propose(table: Table, *, name: str, times: TypedTimes, now: datetime | None = None) -> Proposal:
    """Return a map for the table of the file `name`; InvalidError if nothing names its rows."""
    rows = list(islice(table.rows, ROWS_READ_MAX))
    numbers = [number for number, _ in rows]
    guesses = [
        Guess(column, header, [cells[column - 1] for _, cells in rows], numbers)
        for column, header in enumerate(table.headers, start=1)
        if header
    ]
    stem = re.sub(r"\.[a-z]+$", "", name.rstrip("/").rpartition("/")[2], flags=re.IGNORECASE) or "table"
    title = " ".join(stem.replace("_", " ").replace("-", " ").split()).capitalize()
    _guess_names(guesses, name)
    _guess_meanings(guesses, _date_forms(guesses, times, now))
    slug = as_slug(stem)[:TABLE_CHARS_MAX].strip("-") or "table"
    return Proposal(
        _map_text(guesses, name, slug, title),
        tuple((guess.header, guess.words, guess.examples) for guess in guesses),
        tuple(f"{guess.header}: {exception}" for guess in guesses for exception in guess.exceptions),
        len(rows),
    )


def _date_forms(guesses: list[Guess], times: TypedTimes, now: datetime | None) -> DateForms:
    """Return what finds dates. If a column shows whether days or months come first, the others have it so too."""
    dates = DateForms(times, now)
    forms = {form.settings.get("format", "") for guess in guesses if (form := dates.find(guess.values))} - {""}
    return replace(dates, usual=forms.pop()) if len(forms) == 1 else dates


def _guess_names(guesses: list[Guess], name: str) -> None:
    """Find what names the rows: an id, else a column in which all differ, else two columns together.

    An id still is one if a few cells are empty or the same: sync leaves out those rows, and says so.
    """
    full = [guess for guess in guesses if guess.values and all(guess.values)]
    distinct = [guess for guess in full if not guess.unnamed]
    ids = [guess for guess in guesses if guess.filled and _ID.fullmatch(guess.header.casefold())]
    flawed = [guess for guess in ids if len(guess.values) >= 3 and guess.unnamed <= max(1, len(guess.values) // 5)]
    titles = [guess for guess in distinct if _is_called(guess, "headline")]
    keys = ([guess for guess in ids if guess in distinct] or flawed or titles or distinct)[:1] or _distinct_pair(full)
    if not keys:
        remedy = "Add a column ID with a different value in each row."
        message = "no column names the rows: none is filled in every row with a value of its own."
        raise InvalidError(Problem(where=name, check="key", message=message, remedy=remedy))
    for key in keys:
        key.take("development", "names the row; addresses show a code for it", public_id=False)
    if len(keys) == 1:
        keys[0].exceptions += _unnamed_rows(keys[0])
    story = _named([guess for guess in full if guess not in keys], "story")
    if story is not None and len(set(story.values)) < len(story.values):
        story.take("story", "names the story of the row; addresses show a code for it", public_id=False)


def _unnamed_rows(key: Guess) -> list[str]:
    """Return what keeps rows from having a name of their own."""
    rows: dict[str, list[int]] = defaultdict(list)
    for number, value in zip(key.numbers, key.values, strict=True):
        rows[value].append(number)
    blank = [
        f"{_row_words([number])} is empty: sync will leave it out until it is filled in" for number in rows.pop("", ())
    ]
    return blank + [
        f"{_row_words(numbers)} are {'both' if len(numbers) == 2 else 'all'} {_cut(value)}: "
        f"sync will leave out {_row_words(numbers[1:])} until they differ"
        for value, numbers in rows.items()
        if len(numbers) > 1
    ]


def _row_words(numbers: Sequence[int]) -> str:
    """Return such as `row 4`, or `rows 4, 9 and 31`."""
    *most, last = map(str, numbers)
    return f"rows {', '.join(most)} and {last}" if most else f"row {last}"


def _distinct_pair(full: list[Guess]) -> list[Guess]:
    """Return two columns that name the rows together; none if there are none."""
    for index, one in enumerate(full):
        for other in full[index + 1 :]:
            if len(set(zip(one.values, other.values, strict=True))) == len(one.values):
                return [one, other]
    return []


def _guess_meanings(guesses: list[Guess], dates: DateForms) -> None:
    names = [guess for guess in guesses if "development" in guess.roles and not _ID.fullmatch(guess.header.casefold())]
    promise = _named(guesses, "what") or next((guess for guess in names if _is_called(guess, "what")), None)
    if promise is not None:
        promise.take("what", "what is promised")
    _guess_attribution(guesses)
    is_due = _guess_due(guesses, dates)
    if promise is not None or is_due:
        _guess_promise(guesses)
    _guess_dates(guesses, dates)
    if promise is None:
        headline = _guess_headline(guesses)
        if is_due:
            headline.take("what", "what is promised")
    for guess in guesses:
        if not guess.roles:
            _guess_fact(guess, dates)


def _guess_attribution(guesses: list[Guess]) -> None:
    """Find the text, and who says so."""
    for role, words in (
        ("correction", "what was wrong before, if you write it there"),
        ("source_url", "the address of the source"),
        ("source", "the source"),
        ("speaker", "who says so: NAME, ROLE (ORG)"),
        ("body", "the text"),
    ):
        guess = _named(guesses, role)
        form = find_addresses(guess.values) if guess is not None and role == "source_url" else None
        if guess is not None and (role != "source_url" or form is not None):
            guess.take(role, words, form)


def _guess_due(guesses: list[Guess], dates: DateForms) -> bool:
    """Find when promises are due; return True if a column says it."""
    due = _named(guesses, "due")
    form = None if due is None else dates.find(due.values, is_named=True)
    if due is None or form is None:
        if due is not None and due.filled:
            example = _cut(due.filled[0])
            due.exceptions.append(f'not due, since its dates are unclear, as in {example}: set as = "due", and format')
        return False
    due.take("due", "due", form)
    return True


def _guess_promise(guesses: list[Guess]) -> None:
    by, status = _named(guesses, "by"), _named(guesses, "status")
    if by is not None:
        by.take("by", "who promised it")
    if status is not None:
        words = list(dict.fromkeys(status.filled))
        outcomes = {
            outcome: [word for word in words if re.fullmatch(pattern, word.casefold())]
            for outcome, pattern in _OUTCOMES.items()
        }
        others = [word for word in words if not any(word in listed for listed in outcomes.values())]
        outcomes |= {"open": others} if len(others) <= OPEN_WORDS_MAX else {}
        status.take("status", "what became of it", None, **outcomes)


def _guess_dates(guesses: list[Guess], dates: DateForms) -> None:
    """Find the day that the page shows for a row, and when it happened, if that is another column."""
    for role, words in (("reported", "when it was reported"), ("happened", "when it happened")):
        for guess in [named for kind in ("reported", "dated", "happened") for named in _all_named(guesses, kind)]:
            is_reported = role == "reported"
            form = dates.find(guess.values, is_named=True, days=is_reported)
            if form is not None and (not is_reported or dates.is_past(guess.values, form)):
                guess.take(role, words, form)
                break


def _guess_headline(guesses: list[Guess]) -> Guess:
    """Find the headline: by its header, else what names the row in words, else the longest text."""
    names = [guess for guess in guesses if "development" in guess.roles]
    words = [guess for guess in names if not _ID.fullmatch(guess.header.casefold()) and _has_words(guess)]
    free = [guess for guess in guesses if not {*guess.roles} - {"body"} and guess.values and all(guess.values)]
    texts = [guess for guess in free if _has_words(guess)]
    meaning = "the headline"
    if words and _is_called(words[0], "headline"):
        headline = words[0]
    elif (named := _named(guesses, "headline")) is not None:
        headline = named
    elif words:
        headline = words[0]
    elif texts:
        headline = max(texts, key=lambda guess: (len(set(guess.values)), sum(map(len, guess.values))))
        headline.roles = ()
    else:
        headline, meaning = names[0], "the headline, as no other column is left"
    headline.take("headline", meaning)
    return headline


def _has_words(guess: Guess) -> bool:
    """Return True if half of the cells are more than a number or a date."""
    return 2 * sum(not re.fullmatch(r"[\d.,/ :-]*", value) for value in guess.values) >= len(guess.values)


def _guess_fact(guess: Guess, dates: DateForms) -> None:
    if not guess.filled:
        return
    slug = as_slug(guess.header)
    key = slug or f"column-{guess.column}"
    named: dict[str, Any] = {} if slug else {"key": key}
    if (form := find_numbers(guess.values)) is not None:
        guess.take("fact", f"a fact, {key}: a number", form, **named, type="number")
    elif (form := dates.find(guess.values)) is not None:
        guess.take("fact", f"a fact, {key}: a date", form, **named, type="date")
    elif max(map(len, guess.filled)) <= CHOICE_CHARS_MAX:
        guess.take("fact", f"a fact, {key}: a text", **named)


def _is_called(guess: Guess, role: str) -> bool:
    """Return True if a column's header is one for this role."""
    header = " ".join(re.split(r"[\s_-]+", guess.header.casefold()))
    return re.fullmatch(_HEADERS[role], header) is not None and not _NO_EVENT.fullmatch(header)


def _named(guesses: list[Guess], role: str) -> Guess | None:
    """Return the first column that nothing else claims and whose header is one for this role."""
    return next(iter(_all_named(guesses, role)), None)


def _all_named(guesses: list[Guess], role: str) -> list[Guess]:
    """Return the columns that nothing else claims and whose header is one for this role."""
    return [guess for guess in guesses if not guess.roles and _is_called(guess, role)]


def _map_text(guesses: list[Guess], name: str, slug: str, title: str) -> str:
    roles = {role for guess in guesses for role in guess.roles}
    comment = "# " if "source" in roles else ""
    lines = [
        f"# What the columns of {name} mean. Read it, and change what is wrong: docs/sync.md#the-map",
        "",
        f"table = {_toml(slug)}          # the name of this table in the ledger; never change it",
        f"{comment}source = {_toml(title)}          # named as the source of a row that names none",
        '# announce_from = "2026-01-01"          # without it, the first run is an archive, which announces nothing',
    ]
    if "story" not in roles:
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
            return "          # words in lower or upper case; what is in none of these four lists leaves it open"
        case "open":
            return "          # words that leave it open on purpose: sync warns of any others"
        case _:
            return ""


def _toml(value: Any) -> str:
    """Return a value as TOML. Its strings are escaped as in JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
