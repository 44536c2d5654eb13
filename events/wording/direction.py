"""The direction of languages and of texts: which texts need an isolate among others (unicode.org/reports/tr9)."""

import re
from functools import lru_cache
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]

_RIGHT_TO_LEFT = frozenset({
    "acm", "aeb", "ajp", "apc", "ar", "arc", "arq", "ars", "ary", "arz", "azb", "bal", "bgn", "bqi", "ckb", "dv", "fa",
    "glk", "he", "iw", "ji", "khw", "ks", "lrc", "luz", "mzn", "nqo", "pnb", "prs", "ps", "sd", "sdh", "skr", "syr",
    "ug", "ur", "yi",
})  # fmt: skip
_SCRIPTS = frozenset({"adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "syrj", "thaa"})
_RIGHT: Final = "\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RIGHT_LETTER: Final = rf"(?=[{_RIGHT}])(?:[^\W\d_]|\u200f)"
_LEFT_LETTER: Final = rf"(?![{_RIGHT}])(?:[^\W\d_]|\u200e)"
_STRONG: Final = rf"(?:(?P<right>{_RIGHT_LETTER})|(?P<left>{_LEFT_LETTER}))"
_ISOLATE: Final = "[\u2066-\u2068][^\u2066-\u2069]*\u2069"
_ISOLATE_MARKS: Final = "[\u2066-\u2069]"
_CONTROLS = "\u202a-\u202e\u2066-\u2069"
_ASTRAY_IN_LEFT: Final = f"[{_RIGHT}{_CONTROLS}]"
_ASTRAY_IN_RIGHT: Final = f"[{_CONTROLS}]|{_LEFT_LETTER}"

FIRST_STRONG_ISOLATE, RIGHT_TO_LEFT_ISOLATE, END_OF_ISOLATE = "\u2068", "\u2067", "\u2069"


@lru_cache(maxsize=256)
def direction(language: str) -> Direction:
    """Return the direction in which a language (BCP 47) is written; that of its script if the tag names one."""
    primary, *rest = language.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    to_left = primary in _RIGHT_TO_LEFT if script is None else script in _SCRIPTS
    return "rtl" if to_left else "ltr"


def text_direction(text: str, base: Direction) -> Direction:
    """Return the direction of a text in a language that is written in the direction `base`.

    It is that of the first letter, as in HTML's dir="auto", with one exception. A text in a right-to-left language may
    begin with a foreign name: "A380 يهبط" is right-to-left. A text without letters has the direction `base`.
    """
    if text.isascii() and base == "ltr":
        return "ltr"
    if base == "rtl" and re.search(_RIGHT_LETTER, text):
        return "rtl"
    return first_strong(text) or base


def first_strong(text: str) -> Direction | None:
    """Return the direction of the first letter outside of isolates, as dir="auto" finds it; None if there is none."""
    match = re.search(_STRONG, _outside_isolates(text))
    if match is None:
        return None
    return "rtl" if match["right"] else "ltr"


def needs_isolate(text: str, base: Direction) -> bool:
    """Return True if `text`, outside of isolates, would reorder what is around it in a text of the direction `base`."""
    if base == "ltr" and text.isascii():
        return False
    astray = _ASTRAY_IN_LEFT if base == "ltr" else _ASTRAY_IN_RIGHT
    return re.search(astray, _outside_isolates(text)) is not None


def isolated(text: str, base: Direction) -> str:
    """Return plain `text` so that it can stand within a text of the direction `base`, in an isolate if it needs one."""
    if not needs_isolate(text, base):
        return text
    if re.search(_ISOLATE_MARKS, _outside_isolates(text)):
        text = re.sub(_ISOLATE_MARKS, "", text)  # an end that is missing would be taken from ours
    automatic = first_strong(text) in {None, text_direction(text, base)}
    return f"{FIRST_STRONG_ISOLATE if automatic else RIGHT_TO_LEFT_ISOLATE}{text}{END_OF_ISOLATE}"


def _outside_isolates(text: str) -> str:
    while END_OF_ISOLATE in text and (rest := re.sub(_ISOLATE, "", text)) != text:
        text = rest
    return text
