"""What may pass for a typo: two texts with the same words and digits (events/README.md#what-is-refused). Pure."""

import re
from typing import Final

SHORT_WORD_CHARS_MAX: Final = 3
# Not compiled here: that would take 4 ms of every command, and only a typo needs them.
_WORD = r"\w+(?:['’]\w+)*"
_NUMBER = r"(?<!\w)[-\N{MINUS SIGN}]?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*"
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"


def differ_by_typos(one: str, other: str) -> bool:
    """Return True if two texts differ by typos alone: the same words, each with one letter added, lost or swapped.

    Spaces and punctuation may change, except the sign and the point of a number. A short word may only have its letters
    reordered, or "now" could become "not"; nor can scripts without spaces tell.
    """
    if re.findall(_NUMBER, one) != re.findall(_NUMBER, other):
        return False
    words, others = (re.findall(_WORD, text.casefold()) for text in (one, other))
    if "".join(words) == "".join(others):
        return True  # spaces and punctuation
    return len(words) == len(others) and all(map(_is_typo, words, others))


def _is_typo(word: str, other: str) -> bool:
    if word == other:
        return True
    if re.search(_UNSPACED, word + other):
        return False
    if min(len(word), len(other)) <= SHORT_WORD_CHARS_MAX:
        return sorted(word) == sorted(other)
    start = _common_prefix(word, other)
    end = _common_prefix(word[start:][::-1], other[start:][::-1])
    old, new = word[start : len(word) - end], other[start : len(other) - end]
    return max(len(old), len(new)) == 1 or (len(old) == 2 and old == new[::-1])


def _common_prefix(one: str, other: str) -> int:
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def digits(text: str | None) -> list[str]:
    """Return the digits of a text, in order."""
    return [char for char in text or "" if char.isdigit()]
