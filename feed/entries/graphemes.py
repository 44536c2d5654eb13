"""Where a text may be cut: between what readers see as characters (Unicode Standard Annex 29, grapheme clusters).

The standard library knows no clusters. These are the rules that texts meet: combining marks, emoji with modifiers and
joiners, flags, tag sequences, Indic conjuncts and Hangul letters.
"""

import re
import unicodedata

_JOINER = "\u200d"
# Few texts are cut: `re` compiles these when it is first asked to, which takes 2 ms.
_EXTENDS = "[\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_FLAG_LETTER = "[\U0001f1e6-\U0001f1ff]"
_HANGUL = (
    "[\u1100-\u115f\ua960-\ua97c][\u1100-\u11a7\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7c6]"  # a lead, and what it leads
    "|[\u1160-\u11a7\uac00-\ud7a3\ud7b0-\ud7c6][\u1160-\u11ff\ud7b0-\ud7fb]"  # a vowel or a tail after its syllable
    "|[\u11a8-\u11ff\ud7cb-\ud7fb][\u11a8-\u11ff\ud7cb-\ud7fb]"
)
_VIRAMA_CLASS = 9


def cut(text: str, chars_max: int) -> str:
    """Return the start of `text`: at most `chars_max` characters, and no cluster in part.

    A cluster that is longer than that is cut all the same: somebody piled marks on one letter.
    """
    if len(text) <= chars_max:
        return text
    end = chars_max
    while end and _joined(text, end):
        end -= 1
    return text[: end or chars_max]


def _joined(text: str, index: int) -> bool:
    """Return True if the characters before and at `index` belong to one cluster."""
    before, after = text[index - 1], text[index]
    if before == "\r" and after == "\n":
        return True
    if re.match(_EXTENDS, after) or unicodedata.category(after) in {"Mn", "Me", "Mc"}:
        return True
    if before == _JOINER:
        return True
    if unicodedata.combining(before) == _VIRAMA_CLASS and unicodedata.category(after) == "Lo":
        return True
    if re.match(_FLAG_LETTER, after):
        return _flag_letters_before(text, index) % 2 == 1
    return re.match(_HANGUL, before + after) is not None


def _flag_letters_before(text: str, index: int) -> int:
    start = index
    while start and re.match(_FLAG_LETTER, text[start - 1]):
        start -= 1
    return index - start
