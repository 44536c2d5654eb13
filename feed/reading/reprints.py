"""Texts → how much of one is in another, word for word: whether two articles are printings of one. Pure.

Two articles on one event share names and numbers, but few runs of five words; another printing of one shares most of
them, also if it is cut, has another headline or is lightly edited: docs/inbox.md#reprints has the curve. Witnesses of
an event quote the same words, so quotes do not count.
"""

import re
from hashlib import blake2b
from typing import Final

from feed.reading.text import quoted

WORDS: Final = 5
REPRINT_MIN: Final = 0.4
"""From this share of the shorter text on, it is another printing (python -m tests.reprint_curve)."""
SHINGLES_MIN: Final = 30
"""A shorter text, such as a headline with a sentence, may be quoted whole by an article of its own."""
SAMPLED: Final = 4
"""One shingle of so many is looked up; what is found is then compared whole."""
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def shingles(text: str) -> frozenset[int]:
    """Return the runs of five words in a text, as numbers; none if it is too short to say anything."""
    own = "\n\n".join(map(_without_quotes, text.split("\n\n")))
    words = [word.replace("’", "'") for word in _WORD.findall(own.casefold())]
    runs = {" ".join(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1)}
    return frozenset(map(_number, runs)) if len(runs) >= SHINGLES_MIN else frozenset()


def sample(numbers: frozenset[int]) -> list[int]:
    """Return those of a text's shingles that are looked up: the same ones of every text that has them."""
    return sorted(number for number in numbers if number % SAMPLED == 0)


def containment(one: frozenset[int], other: frozenset[int]) -> float:
    """Return the share of the shorter text that is in the other."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _without_quotes(paragraph: str) -> str:
    """Return a paragraph without the words of its quotes."""
    pieces, at = [], 0
    for quote in quoted(paragraph).quotes:
        pieces.append(paragraph[at : quote.start])
        at = quote.end
    return "".join([*pieces, paragraph[at:]])


def _number(run: str) -> int:
    """Return a signed number of 64 bits, which SQLite can hold."""
    return int.from_bytes(blake2b(run.encode(errors="replace"), digest_size=8).digest(), signed=True)
