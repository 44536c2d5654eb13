"""A table's first rows → a map to start from, with their values in comments, and what was understood. Pure.

What a column is, is guessed from its header and from what its cells have in common. The owner of the table reads the
map, and changes it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from events.errors import InvalidError, Problem, as_slug
from events.model.typed_times import TypedTimes
from feed.sync.column_forms import DateForms, find_addresses, find_numbers
from feed.sync.guess import Guess, shortened
from feed.sync.map_text import map_text
from feed.sync.sheet_map import TABLE_CHARS_MAX
from feed.sync.tables import Table

ROWS_READ_MAX: Final = 2_000
CHOICE_CHARS_MAX: Final = 60
OPEN_WORDS_MAX: Final = 20
_HEADERS: Final = {
    "story": r"story|topic|case name|thema",
    "headline": r"headline|title|what happened|event|incident|name|promise|pledge|subject|titel|titre|título",
    "body": r"body|text|details?|description|notes?|remarks?|comments?|summary",
    "source_url": r"((news|source) )?(url|link)|(source|link|url) (address|page|to source)",
    "source": r"(news )?sources?|outlet|publisher|via|quelle|(reported|confirmed|published) by|according to",
    "speaker": r"speaker|said by|spokes(person|man|woman)|quoted|who says",
    "what": (
        r"(promise|pledge|commitment)s?( text)?|what( was| is| they| he| she)? (promised|pledged|agreed|announced)"
        r"|milestone|deliverable|versprechen|zusage|promesse|promesa|compromiso"
    ),
    "by": (
        r"(promised|owed|owned|made|pledged|announced|given) by|by|(owner|responsible)( person| body| office)?"
        r"|assigned to|promiser|wer|qui|quién|responsable|who( (promised|pledged|announced|is responsible)( it)?)?"
    ),
    "due": (
        r"due( date| on| by)?|date due|deadline|(promised )?(by when|until)|(promised|expected) for( date)?"
        r"|target( date)?|frist|bis( wann)?|fällig( am)?|plazo|fecha límite|échéance|date limite"
    ),
    "status": r"((current|present|latest) )?(status|state|outcome|progress|result|stage)( now)?|stand|estado|statut",
    "correction": r"corrections?|what was wrong",
    "reported": (
        r"(date |day )?(reported|published|added|entered|recorded|posted|logged|created)( on| at| date)?"
        r"|(last )?(updated?|checked)( on| at| date)?|date (of )?(last )?update|as of"
    ),
    "dated": (
        r"date|day|datum|fecha|data|dato|date de .*|(date |day )(made|said|announced|promised|pledged|given)"
        r"|(made|said|announced|promised|pledged|given|stated)( on| at| date)"
    ),
    "happened": (
        r"(event|incident|start|arrest|detention) (date|day)|date of .*|when"
        r"|(happened|arrested|detained|began|opened|started)( on| since)?"
    ),
}
_CHANGING: Final = ("status", "due", "source", "source_url", "body", "correction")
"""A column of these changes while the row stays: it names no row, unless nothing else does."""
_BESIDES_NAMES: Final = frozenset({"by", "reported", "dated", "happened"})
_UNIT: Final = re.compile(
    r"(?P<name>.*\w)\s*[(\[](?!(number|count|total|no)\b)(?P<unit>[^()\[\]]{1,20})[)\]]", re.IGNORECASE
)
_NO_EVENT: Final = re.compile(r".*\b(birth|born)\b.*")
_ID: Final = re.compile(r"(.*[ _-])?(id|key|code|ref|reference|no\.?|nr\.?|number|uuid|slug|#)")
_OUTCOMES: Final = {
    "met": (
        r"met|kept|done|fulfilled|completed?|delivered|achieved|implemented|finished|yes"
        r"|eingehalten|erfüllt|erledigt|cumplid[ao]|tenue?|réalisée?"
    ),
    "partly_met": r"(part(ly|ially)?|half|mostly)[ -]?(met|kept|done|fulfilled|completed?|delivered)|compromise",
    "missed": r"missed|broken|failed|(not|never) (met|kept|done|fulfilled|delivered)|unfulfilled|no|gebrochen",
    "cancelled": r"cancell?ed|withdrawn|dropped|abandoned|scrapped",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The text of a map, and what was understood.

    understood: a line for each column: its header, what it is, its values
    exceptions: the cells for which sync will leave out their rows, by column
    advice: what the owner of the table should know or decide
    """

    text: str
    understood: tuple[tuple[str, str, str], ...]
    exceptions: tuple[str, ...]
    advice: tuple[str, ...]
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
    dates = _date_forms(guesses, times, now)
    _guess_names(guesses, name, dates)
    _guess_meanings(guesses, dates)
    slug = as_slug(stem)[:TABLE_CHARS_MAX].strip("-") or "table"
    return Proposal(
        map_text(guesses, name=name, slug=slug, title=title),
        tuple((guess.header, guess.words, guess.examples) for guess in guesses),
        tuple(f"{guess.header}: {exception}" for guess in guesses for exception in guess.exceptions),
        tuple(_advice(guesses, title, table.repeated)),
        len(rows),
    )


def _date_forms(guesses: list[Guess], times: TypedTimes, now: datetime | None) -> DateForms:
    """Return what finds dates. If a column shows whether days or months come first, the others have it so too."""
    dates = DateForms(times, now)
    forms = {form.settings.get("format", "") for guess in guesses if (form := dates.find(guess.values))} - {""}
    return replace(dates, usual=forms.pop()) if len(forms) == 1 else dates


def _advice(guesses: list[Guess], title: str, repeated: tuple[str, ...]) -> Iterator[str]:
    """Yield what the map cannot know."""
    for header in repeated:
        yield f"Several columns are called “{header}”, and are left out: to use one, give it a name of its own."
    roles = {role for guess in guesses for role in guess.roles}
    keys = [guess for guess in guesses if "development" in guess.roles]
    if not any(_is_id(key) for key in keys):
        headers = " and ".join(key.header for key in keys)
        yield f"A row is known by its {headers}: with another one it is a new row. A column ID would never change."
    if "story" not in roles:
        yield f"The page will be called “{title}”: write a better headline under [story]."
    if "source" not in roles:
        yield "No column names a source: if there is one for all rows, write it as source."
    if "status" in roles:
        yield "A status does not say since when: it calls no promise late. A column of completion dates is a fact."


def _guess_names(guesses: list[Guess], name: str, dates: DateForms) -> None:
    """Find what names the rows."""
    keys = _keys(guesses, dates)
    if not keys:
        remedy = "Add a column ID with a different value in each row."
        message = "no column names the rows: none is filled in every row with a value of its own."
        raise InvalidError(Problem(where=name, check="key", message=message, remedy=remedy))
    for key in keys:
        others = " and ".join(other.header for other in keys if other is not key)
        key.take("development", f"names the row, with {others}" if others else "names the row", public_id=False)
    if len(keys) == 1:
        keys[0].exceptions += _unnamed_rows(keys[0])
    full = [guess for guess in guesses if guess not in keys and all(guess.values)]
    story = _named(full, "story")
    if story is not None and len(set(story.values)) < len(story.values):
        story.take("story", "names the story of the row", public_id=False)


def _keys(guesses: list[Guess], dates: DateForms) -> list[Guess]:
    """Return an id, else a title of which each differs, else two columns together; what changes comes last.

    An id still is one if a few cells are empty or the same: sync leaves out those rows, and says so. Words name a row
    better than a day or a number.
    """
    full = [guess for guess in guesses if guess.values and all(guess.values)]
    distinct = [guess for guess in full if not guess.unnamed]
    ids = [guess for guess in guesses if guess.filled and _is_id(guess)]
    flawed = [guess for guess in ids if len(guess.values) >= 3 and guess.unnamed <= max(1, len(guess.values) // 5)]
    titles = [guess for guess in full if _is_called(guess, "headline") or _is_called(guess, "what")]
    lasting = [guess for guess in full if not any(_is_called(guess, role) for role in _CHANGING)]
    worded = [guess for guess in lasting if _has_words(guess) and dates.find(guess.values) is None]
    good = [*(guess for guess in ids if guess in distinct), *flawed, *(guess for guess in titles if guess in distinct)]
    return (
        good[:1]
        or _distinct_pair(titles, lasting)
        or [guess for guess in worded if guess in distinct][:1]
        or distinct[:1]
        or _distinct_pair(lasting, lasting)
        or _distinct_pair(full, full)
    )


def _is_id(guess: Guess) -> bool:
    return _ID.fullmatch(guess.header.casefold()) is not None


def _unnamed_rows(key: Guess) -> list[str]:
    """Return what keeps rows from having a name of their own."""
    rows: dict[str, list[int]] = defaultdict(list)
    for number, value in zip(key.numbers, key.values, strict=True):
        rows[value].append(number)
    blank = [
        f"{_row_words([number])} is empty: sync will leave it out until it is filled in" for number in rows.pop("", ())
    ]
    return blank + [
        f"{_row_words(numbers)} are {'both' if len(numbers) == 2 else 'all'} {shortened(value)}: "
        f"sync will leave out {_row_words(numbers[1:])} until they differ"
        for value, numbers in rows.items()
        if len(numbers) > 1
    ]


def _row_words(numbers: Sequence[int]) -> str:
    """Return such as `row 4`, or `rows 4, 9 and 31`."""
    *most, last = map(str, numbers)
    return f"rows {', '.join(most)} and {last}" if most else f"row {last}"


def _distinct_pair(ones: list[Guess], others: list[Guess]) -> list[Guess]:
    """Return two columns that name the rows together; none if there are none."""
    for one in ones:
        for other in others:
            if other is not one and len(set(zip(one.values, other.values, strict=True))) == len(one.values):
                return [one, other]
    return []


def _guess_meanings(guesses: list[Guess], dates: DateForms) -> None:
    names = [guess for guess in guesses if "development" in guess.roles and not _is_id(guess)]
    promise = _named(guesses, "what") or next((guess for guess in names if _is_called(guess, "what")), None)
    if promise is not None:
        promise.take("what", "what is promised")
    _guess_attribution(guesses)
    is_due = _guess_due(guesses, dates)
    if promise is not None or is_due:
        _guess_promise(guesses)
    _guess_dates(guesses, dates)
    if promise is not None:
        _guess_subject(guesses, promise, dates)
    else:
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
            example = shortened(due.filled[0])
            due.exceptions.append(f'not due, since its dates are unclear, as in {example}: set as = "due", and format')
        return False
    due.take("due", "due", form)
    return True


def _guess_promise(guesses: list[Guess]) -> None:
    by = _named(guesses, "by")
    if by is not None:
        by.take("by", "who promised it")
    columns = [(guess, _outcomes(guess)) for guess in _all_named(guesses, "status")]
    if columns:
        status, outcomes = max(columns, key=lambda column: sum(map(len, column[1].values())))
        words = list(dict.fromkeys(status.filled))
        others = [word for word in words if not any(word in listed for listed in outcomes.values())]
        outcomes |= {"open": others} if len(others) <= OPEN_WORDS_MAX else {}
        status.take("status", "what became of it", None, **outcomes)


def _outcomes(guess: Guess) -> dict[str, list[str]]:
    """Return the words of a column that stand for each outcome."""
    words = list(dict.fromkeys(guess.filled))
    return {
        outcome: [word for word in words if re.fullmatch(pattern, word.casefold())]
        for outcome, pattern in _OUTCOMES.items()
    }


def _guess_dates(guesses: list[Guess], dates: DateForms) -> None:
    """Find the day that the page shows for a row, and when it happened, if that is another column."""
    for role, words in (("reported", "the day that the page shows for it"), ("happened", "when it happened")):
        for guess in [named for kind in ("reported", "dated", "happened") for named in _all_named(guesses, kind)]:
            is_reported = role == "reported"
            form = dates.find(guess.values, is_named=True, days=is_reported)
            if form is not None and (not is_reported or dates.is_past(guess.values, form)):
                guess.take(role, words, form)
                break


def _guess_subject(guesses: list[Guess], promise: Guess, dates: DateForms) -> None:
    """Find the headline of promises: by its header, else a text that tells apart those with the same words."""
    if (named := _named(guesses, "headline")) is not None:
        named.take("headline", "the headline")
        return
    texts = [guess for guess in guesses if not guess.roles and guess.values and all(guess.values) and _has_words(guess)]
    texts = [guess for guess in texts if dates.find(guess.values) is None]
    subject = max(texts, key=lambda guess: len(set(guess.values)), default=None)
    if subject is not None and len(set(subject.values)) > len(set(promise.values)):
        subject.take("headline", f"the headline, since several rows have the same {promise.header}")


def _guess_headline(guesses: list[Guess]) -> Guess:
    """Find the headline: by its header, else what names the row in words, else the longest text."""
    names = [guess for guess in guesses if "development" in guess.roles]
    words = [guess for guess in names if not _is_id(guess) and _has_words(guess)]
    free = [
        guess for guess in guesses if not {*guess.roles} - {"body"} and 5 * len(guess.filled) >= 4 * len(guess.values)
    ]
    texts = [
        guess for guess in free if _has_words(guess) and not any(_is_called(guess, role) for role in _CHANGING[:2])
    ]
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
        blank = [number for number, value in zip(headline.numbers, headline.values, strict=True) if not value]
        headline.exceptions += (
            [f"{_row_words(blank)}: empty. Sync leaves out a row without a headline"] if blank else []
        )
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
        unit = _UNIT.fullmatch(guess.header)
        measured = {"unit": unit["unit"], "label": unit["name"]} if unit and "unit" not in form.settings else {}
        guess.take("fact", f"a fact, {key}: a number", form, **named, type="number", **measured)
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
    """Return the columns that nothing else claims and whose header is one for this role; a day may name rows, too."""
    besides = {"development"} if role in _BESIDES_NAMES else set()
    return [guess for guess in guesses if not {*guess.roles} - besides and _is_called(guess, role)]
