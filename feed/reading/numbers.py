"""Numbers of a total in a sentence ("some of 53 people"), verbatim, and how they differ from a story's facts. Pure.

The news is in the quantifier: a bare total is never read, so that "some of 53" cannot become 53.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from feed.reading.words import word_list, word_set

_TO_19: Final = word_list(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS: Final = word_list("twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS: Final = (*_TO_19, *(f"{ten}{unit}" for ten in _TENS for unit in ("", *(f"-{one}" for one in _TO_19[:9]))))
_NUMBER: Final = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_SHARES: Final = (
    "some|all|none|any|most|many|several|few|half|both|neither|each|a third|two thirds|two-thirds|the rest|not one"
)
# What makes another number of one: "all but one of the 53" is not one of them.
_ABOUT: Final = (
    "all but|not|at least|at most|more than|fewer than|less than|no more than|no fewer than|up to|nearly|almost"
    "|about|around|roughly|only|just|over|under"
)
_TIMES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
# "12 of the 40 hostages", "none of its 14 crew members"; then up to three words of what they are
_OF_TOTAL: Final = re.compile(
    rf"(?<![\w.,-])(?:(?P<about>{_ABOUT}) )?(?P<share>{_SHARES}|{_NUMBER}) (?:out )?of "
    r"(?:(?:the )?[\w-]+(?:['’]s|s['’]) |the |its |their |his |her |those |these |all )?"
    rf"(?P<total>{_NUMBER})(?![\w-]|[.,]\d)(?P<noun>(?: [A-Z][\w-]+)?(?: [a-z][a-z-]+){{0,2}})",
    re.IGNORECASE,
)
# "all 53 prisoners"
_ALL: Final = re.compile(
    rf"(?<![\w.,-])(?P<about>[Nn]ot )?(?P<share>[Aa]ll) (?:the )?(?P<total>{_NUMBER})(?![\w-]|[.,]\d)"
    r"(?P<noun>(?: [a-z][a-z-]+){0,2})"
)
# "Of the 83 dead, 51 had been identified"
_TOTAL_FIRST: Final = re.compile(
    rf"\b[Oo]f (?:the |its |their |those |these )?(?P<total>{_NUMBER})(?P<noun>(?: [a-z][a-z-]+){{0,2}}), "
    rf"(?P<about>{_ABOUT} )?(?P<share>{_SHARES}|{_NUMBER})(?![\w%-]|[.,]\d| per ?cent| of)"
)
# Words after the total that are no noun, or end one.
_NO_NOUN: Final = word_set(
    "a about after ago also an and are as at be been before but by can could did do does for from had has have he her "
    "his if in into is it its left made may might more must not now of off on or our out over per remain remained said "
    "says she should since so still than that the their them then they this to told under until up was we were what "
    "when where which while who will with would yet you"
)
_MEANINGS: Final = {"all": 1, "none": 0, "not one": 0, "neither": 0, "both": 1}


@dataclass(frozen=True, slots=True)
class Share:
    """A number of a total: its words, how many of how many, and of what.

    `count` is None if it is not a number, and then `is_part` says whether it is some of them.
    """

    words: str
    count: int | None
    total: int
    noun: str
    is_part: bool


@dataclass(frozen=True, slots=True)
class StoryFact:
    """What a story knows of a key: its words, and its number and total, if it has them."""

    key: str
    words: str
    value: object
    total: object


def shares(sentence: str) -> list[Share]:
    """Return the numbers of a total in a sentence, in its order."""
    by_start: dict[int, Share] = {}
    matches = (match for form in (_OF_TOTAL, _ALL, _TOTAL_FIRST) for match in form.finditer(sentence))
    for match in matches:
        if not any(start < match.end() and match.start() < start + len(item.words) for start, item in by_start.items()):
            by_start[match.start()] = _share(match)
    return [by_start[start] for start in sorted(by_start)]


def _share(match: re.Match[str]) -> Share:
    noun: list[str] = []
    total = _integer(match["total"])
    for word in match["noun"].split():
        if not noun and word in _TIMES:
            total *= _TIMES[word]
        elif word.casefold() in _NO_NOUN or (noun and (noun[-1].endswith("s") or word.endswith(("ed", "ing")))):
            break
        noun.append(word)
    share = match["share"].casefold()
    count = None
    if not match["about"]:
        count = _MEANINGS[share] * total if share in _MEANINGS else _integer(share) or None
    is_first = match.end("noun") < match.end()
    words = (
        match[0] if is_first else match[0][: match.start("noun") - match.start()] + "".join(f" {word}" for word in noun)
    )
    return Share(words, count, total, " ".join(noun), is_part=share not in {"any", "each", "the rest"})


def _integer(text: str) -> int:
    """Return a number; 0 if the text is none."""
    word = text.casefold().replace(",", "")
    if word.isdecimal():
        return int(word)
    tens, _, one = word.partition("-")
    if tens in _TO_19:
        return _TO_19.index(tens) + 1
    return 10 * _TENS.index(tens) + 20 + _integer(one) if tens in _TENS else 0


def differences(items: Iterable[Share], facts: Sequence[StoryFact]) -> list[tuple[Share, StoryFact]]:
    """Return the numbers that say something else than a fact of the same total."""
    return [(share, fact) for share in items for fact in facts if share.total == fact.total and _differs(share, fact)]


def _differs(share: Share, fact: StoryFact) -> bool:
    """Return True if a number says something else than a fact: "some" differs from 53, and "any" says no number."""
    if share.count is not None:
        return share.count != fact.value
    return isinstance(fact.value, int) and share.is_part
