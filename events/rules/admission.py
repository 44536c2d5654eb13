"""What a new event must pass beyond its shape. Pure.

Stored events are never checked against these rules, so that a ledger from before a rule still opens
(events/README.md#what-a-new-event-must-pass).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from events.errors import Problem
from events.model.addresses import ascii_url
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentCorrected

YEAR_MIN: Final = 1000
"""RFC 822 dates have four digits, and readers take fewer for a year of this century."""
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers and the empty braille pattern: letters and symbols to Unicode, blank to a reader."""
_CLOSED_BY: Final = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),  # embeddings and overrides
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),  # isolates
}
_USER_INFO = re.compile(r"[^/?#]*//[^/?#]*@")


def admission_problems(event: AnyEvent) -> Iterator[Problem]:
    """Yield what is wrong with the texts, addresses and dates of a new event, each named by its path."""
    for path, name, text in _texts(event, path=""):
        if name == "url":
            yield from _address_problems(path, text)
        elif text and not is_visible(text):
            yield _refusal(path, "the text has no visible character.", "Write something, or leave the field out.")
        elif not text.isascii() and (mark := unbalanced_direction(text)):
            yield _refusal(
                path,
                f"U+{ord(mark):04X} changes the direction of the text and is not closed, or closes nothing.",
                "Remove it: the direction of a text is found without such characters.",
            )
    dates = {name: getattr(event, name) for name in ("reported_at", "published_at")}
    if isinstance(event, DevelopmentCorrected):
        dates["set.reported_at"] = event.set.reported_at
    for path, at in dates.items():
        if at is not None and at.year < YEAR_MIN:
            message = f"{format_instant(at)} is before the year {YEAR_MIN}."
            yield _refusal(path, message, "Describe such a date in the text.")


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
    return _USER_INFO.match(url) is not None


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


def _texts(value: object, path: str, name: str = "") -> list[tuple[str, str, str]]:
    """Return each text below `value`: its path, such as `media[0].url`, the name of its field, and the text."""
    if isinstance(value, str):
        return [(path, name, value)]
    if isinstance(value, BaseModel):
        inner = [(f"{path}.{field}" if path else field, field, part) for field, part in value.__dict__.items() if part]
    elif isinstance(value, tuple):
        inner = [(f"{path}[{number}]", name, part) for number, part in enumerate(value)]
    elif isinstance(value, Mapping):
        inner = [(path, name, part) for item in value.items() for part in item]
    else:
        return []
    return [text for inner_path, field, part in inner for text in _texts(part, inner_path, field)]
