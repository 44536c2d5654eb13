"""A watched page, before and now → its changed sentences, old and new side by side. Pure.

Sentences that both have are left out, wherever they stand: one that only moved has not changed. Of the rest, those that
are alike are paired; the others are new or gone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from feed.reading.text import quoted, sentences

ALIKE_MIN: Final = 0.6
ALIKE_CHARS: Final = 500
"""So much of each sentence is compared."""
PAIRED_MAX: Final = 50
"""So many sentences of each side are paired: of a page that was rewritten, all of them would take minutes."""


class Change(NamedTuple):
    """A sentence before and now; "" if it is new, or gone."""

    was: str
    now: str


def page_changes(before: Sequence[str], now: Sequence[str]) -> list[Change]:
    """Return what changed from some paragraphs to others: first what is changed or new, then what is gone."""
    old, texts = _sentences(before), _sentences(now)
    missing, new = _without(old, texts), _without(texts, old)
    pairs = _pairs(missing[:PAIRED_MAX], new[:PAIRED_MAX])
    changes = [Change(missing[pairs[index]] if index in pairs else "", text) for index, text in enumerate(new)]
    lost = [text for index, text in enumerate(missing) if index not in pairs.values()]
    return changes + [Change(text, "") for text in lost]


def _without(texts: list[str], others: list[str]) -> list[str]:
    """Return the texts that others do not have, or not as often."""
    left = Counter(others)
    own: list[str] = []
    for text in texts:
        if left[text] > 0:
            left[text] -= 1
        else:
            own.append(text)
    return own


def _sentences(paragraphs: Iterable[str]) -> list[str]:
    return [
        text
        for paragraph in paragraphs
        for part in sentences(paragraph, quoted(paragraph).quotes)
        if (text := paragraph[part.start : part.end].strip())
    ]


def _pairs(missing: list[str], new: list[str]) -> dict[int, int]:
    """Return which of the old sentences each new one is alike; the most alike are paired first."""
    ratios: list[tuple[float, int, int]] = []
    for index, text in enumerate(new):
        matcher = SequenceMatcher(None, "", text[:ALIKE_CHARS], autojunk=False)  # it remembers the second text
        for other, old in enumerate(missing):
            matcher.set_seq1(old[:ALIKE_CHARS])
            if matcher.real_quick_ratio() >= ALIKE_MIN and matcher.quick_ratio() >= ALIKE_MIN:
                ratios.append((matcher.ratio(), index, other))
    pairs: dict[int, int] = {}
    for ratio, index, other in sorted(ratios, key=lambda item: (-item[0], item[1], item[2])):
        if ratio >= ALIKE_MIN and index not in pairs and other not in pairs.values():
            pairs[index] = other
    return pairs
