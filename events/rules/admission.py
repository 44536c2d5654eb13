"""What a new event must pass beyond its shape. Pure.

Stored events are never checked against these rules, so that a ledger from before a rule still opens
(events/README.md#what-a-new-event-must-pass).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final, TypeAlias

from pydantic import BaseModel

from events.errors import Problem
from events.model.addresses import ascii_url
from events.model.edtf import When, format_instant
from events.model.events import AnyEvent, DevelopmentCorrected
from events.model.pictures import picture_name
from events.model.values import DateValue

YEAR_MIN: Final = 1000
"""RFC 822 dates have four digits, and readers take fewer for a year of this century."""
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs", "Mn", "Me"})
"""Marks are seen on a letter alone, and many not even there: variation selectors, the joiner of graphemes."""
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers and the empty braille pattern: letters and symbols to Unicode, blank to a reader."""
_CLOSED_BY: Final = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),  # embeddings and overrides
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),  # isolates
}
_DIRECTION_MARKS: Final = frozenset({*_CLOSED_BY, *_CLOSED_BY.values()})
_PASSWORD = re.compile(r"https?://[^\s/?#@:]*:[^\s/?#@]+@", re.IGNORECASE)
_USER_INFO: Final = r"[^/?#]*//[^/?#]*@"
_ORDINARY_ADDRESS = re.compile(r"https?://[A-Za-z0-9._-]+(?::[0-9]*)?(?:[/?#]|\Z)|media:")
"""What is before the path of nearly all addresses: a host in ASCII, neither user nor password, a port that is a number.

Behind it, any address is taken, and so are the names of pictures.
"""


def admission_problems(event: AnyEvent) -> Iterator[Problem]:
    """Yield what is wrong with the texts, addresses and dates of a new event, each named by its path."""
    texts: list[_Text] = []
    _collect(event, None, "", texts)
    if not _are_ordinary(texts):
        for text in texts:
            yield from _text_problems(text)
    yield from _date_problems(event)


def _are_ordinary(texts: Collection["_Text"]) -> bool:
    """Return True if surely nothing is wrong with the texts of an event, as with nearly all: all are tested at once."""
    words = [text for _, _, text in texts]
    addresses = [text for _, name, text in texts if name == "url"]
    joined = "\n".join(words)  # where a line ends, no address goes on, and no change of direction
    return (
        all(map(is_visible, words))
        and all(map(_ORDINARY_ADDRESS.match, addresses))
        and not has_password(joined)
        and (joined.isascii() or not any(mark in joined for mark in _DIRECTION_MARKS))
    )


def _text_problems(item: "_Text") -> Iterator[Problem]:
    path, name, text = item
    if name == "url" and picture_name(text) is None:
        yield from _address_problems(_path_text(path), text)
    elif has_password(text):
        message = "an address in the text contains a password, which would be published."
        yield _refusal(_path_text(path), message, "Give the public address.")
    elif text and not is_visible(text):
        message = "the text has no visible character."
        yield _refusal(_path_text(path), message, "Write something, or leave the field out.")
    elif not text.isascii() and (mark := unbalanced_direction(text)):
        yield _refusal(
            _path_text(path),
            f"U+{ord(mark):04X} changes the direction of the text and is not closed, or closes nothing.",
            "Remove it: the direction of a text is found without such characters.",
        )


def _date_problems(event: AnyEvent) -> Iterator[Problem]:
    dates = [("reported_at", event.reported_at), ("published_at", event.published_at)]
    if isinstance(event, DevelopmentCorrected):
        dates.append(("set.reported_at", event.set.reported_at))
    for field, at in dates:
        if at is not None and at.year < YEAR_MIN:
            message = f"{format_instant(at)} is before the year {YEAR_MIN}."
            yield _refusal(field, message, "Describe such a date in the text.")


def _address_problems(path: str, url: str) -> Iterator[Problem]:
    if has_user_info(url):
        yield _refusal(path, "the address contains a user name or a password.", "Give the public address.")
    try:
        encoded = ascii_url(url)
    except ValueError as error:
        yield _refusal(path, str(error), "Copy the address from the browser's address bar.")
    else:
        if encoded.partition("//")[2].startswith("["):
            yield _refusal(path, "the host of the address is a number, which feeds cannot carry.", "Give its name.")


def has_user_info(url: str) -> bool:
    """Return True if `url` contains a user name or password (RFC 3986, section 3.2.1): it would be published."""
    return re.match(_USER_INFO, url) is not None


def has_password(text: str) -> bool:
    """Return True if an address in `text` contains a password."""
    return "@" in text and _PASSWORD.search(text) is not None


def _refusal(path: str, message: str, remedy: str) -> Problem:
    return Problem(where="", check=path, message=message, remedy=remedy)


def is_visible(text: str) -> bool:
    """Return True if a reader sees at least one character of `text`."""
    return "!" <= text[:1] <= "~" or any(
        unicodedata.category(character) not in _INVISIBLE_CATEGORIES and character not in _BLANK_LETTERS
        for character in text
    )


def unbalanced_direction(text: str) -> str:
    """Return a character that changes the direction beyond its own line (UAX 9), or closes nothing; "" if none does.

    An override that stays open would turn what follows around: a name, a source, the rest of the terminal's line.
    """
    for line in text.splitlines():
        opened: list[str] = []
        for character in line:
            if closing := _CLOSED_BY.get(character):
                opened.append(closing)
            elif character in _CLOSED_BY.values() and (not opened or opened.pop() != character):
                return character
        if opened:
            return next(character for character in reversed(line) if _CLOSED_BY.get(character) == opened[-1])
    return ""


_Path: TypeAlias = tuple["_Path | None", str | int]
"""The path of the part around, and the field or index in it. Few paths are printed, so none is joined before that."""
_Text: TypeAlias = tuple[_Path | None, str, str]
"""The path of a text, the name of its field, and the text."""


def _collect(value: object, path: _Path | None, name: str, texts: list[_Text]) -> None:
    """Add to `texts` each text below `value`."""
    if isinstance(value, BaseModel):
        for field, part in vars(value).items():
            if type(part) is str:
                texts.append(((path, field), field, part))
            elif part:
                _collect(part, (path, field), field, texts)
    elif type(value) is tuple:
        for number, part in enumerate(value):
            _collect(part, (path, number), name, texts)
    elif type(value) is str:
        texts.append((path, name, value))
    elif type(value) is When:
        _collect(value.literal, (path, "literal"), "literal", texts)
    elif type(value) is DateValue:
        _collect(value.date, (path, "date"), "date", texts)
    elif isinstance(value, dict):
        for item in value.items():
            for part in item:
                _collect(part, path, name, texts)


def _path_text(path: _Path | None) -> str:
    """Return a path as it is printed, such as `media[0].url`."""
    if path is None:
        return ""
    around, last = _path_text(path[0]), path[1]
    if isinstance(last, int):
        return f"{around}[{last}]"
    return f"{around}.{last}" if around else last
