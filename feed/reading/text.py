"""Paragraphs → sentences, and the stretches of them that are inside quote marks. Pure; English.

A stretch is a half-open range of characters of its paragraph, so that what is read can be shown where it is written.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from feed.reading.words import word_set

_ABBREVIATIONS: Final = word_set(
    "mr mrs ms dr prof rev hon sen rep gov gen col capt cmdr lt sgt st jr sr no vs inc ltd co corp u.s u.n u.k e.u a.m "
    "p.m jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun"
)
# States of a dateline: "BENTON, Ark. (AP)"
_STATES: Final = word_set(
    "Ala Ariz Ark Calif Colo Conn Fla Ga Ill Ind Kan Ky Mass Md Mich Minn Mo Mont Neb Nev Okla Ore Pa Tenn Tex Va Vt "
    "Wash Wis Wyo"
)
# The end of a sentence, what closes it, and the space after which the next one begins.
_SENTENCE_END: Final = re.compile(
    r"(?P<word>[\w.'’]{0,20})[.!?…]{1,9}[\"”’)\]*]{0,9}(?P<space>\s+)(?=[\"“‘'(\[]*[A-Z0-9])"
)
# A single mark that opens: at the beginning of a word. One that closes: at the end of a word, and before no letter.
_SINGLE_OPENS: Final = re.compile(r"(?<![\w.,;:!?'’])['‘](?=\w)")
_SINGLE_CLOSES: Final = re.compile(r"(?<=[\w.,;:!?…])['’](?!\w)")
# Such as: KIRVANA, Jan. 6 (Northwire) - A ferry
_DATELINE: Final = re.compile(
    r"(?P<town>[^\W\d_a-zß-ÿ][\w .'’-]{1,40})(?P<rest>(?:, ?[\w .’-]{1,30}){0,2})(?: ?\((?P<agency>[^()]{1,60})\))?"
    r" ?[-–—]{1,2} (?!who |which )"
)
# The agencies that are known by a name in other letters than capitals, or write of towns so: "Paris (AFP) - A ferry"
_AGENCIES: Final = word_set(
    "aap afp ani ans anadolu ansa ap apa belga bernama cp cna dpa efe ians interfax kyodo lusa nan ntb pa pti reuters "
    "ritzau sapa tass tt upi xinhua yonhap"
)
OUTLET: Final = re.compile(
    r"\b(?:(?i:agency|associated|broadcasting|chronicle|courier|daily|dispatch|gazette|guardian|herald|journal|ledger"
    r"|magazine|media|mirror|network|news|observer|post|press|radio|review|standard|sun|telegraph|television|times|tribune|tv"
    r"|weekly|\w*wire)|[A-Z]{2,5})\b",
)
"""A name that is of an outlet, rather than of somebody."""
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DAY: Final = r"(?:[12]?\d|3[01])"
_DATELINE_DAY: Final = re.compile(
    rf"\b(?:{_MONTH} {_DAY}|{_DAY}\.? {_MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\d{{4}}-\d\d-\d\d)(?!\w)"
)
# What follows a dateline of a region: after "Limmern, Saargau (Atlas) –", not after "Ana Pires, Kirvana (Labour) –"
_WHOLE_SENTENCE: Final = re.compile(r"[\"“‘']?[^\W\d_a-zß-ÿ].*[.!?…][\"”’']?\s*", re.DOTALL)
_DOUBLE: Final = re.compile(r"[\"“”]")


class Stretch(NamedTuple):
    """A range of a paragraph."""

    start: int
    end: int

    def within(self, other: "Stretch") -> bool:
        """Return True if `other` has all of it."""
        return other.start <= self.start and self.end <= other.end


class Dateline(NamedTuple):
    """Where a report was written, which its first paragraph begins with.

    agency: who distributed it; "" if none is named
    end: where the report itself begins
    """

    agency: str
    end: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """What quote marks say of a paragraph.

    quotes: the words between the marks, without them
    is_open: the last mark is not closed: the quote goes on in the next paragraph, or a mark is missing
    is_odd: the marks do not match
    """

    quotes: tuple[Stretch, ...] = ()
    is_open: bool = False
    is_odd: bool = False


def dateline(paragraph: str) -> Dateline:
    """Return the dateline of a paragraph, of length 0 if it has none: "Ana Pires, 46 (Labour) — A ferry" is none."""
    match = _DATELINE.match(paragraph)
    if match is None:
        return Dateline("", 0)
    agency = match["agency"] or ""
    is_dated = _DATELINE_DAY.search(match["rest"]) is not None
    is_region = agency and re.match(r", ?[^\W\d_a-zß-ÿ]", match["rest"])
    is_town = match["town"].isupper() and not re.search(r"\d", match["town"])
    if (
        is_dated
        or agency.casefold() in _AGENCIES
        or (is_region and _WHOLE_SENTENCE.fullmatch(paragraph, match.end()))
        or (is_town and (not agency or OUTLET.search(agency)))
    ):
        return Dateline(agency, match.end())
    return Dateline("", 0)


def quoted(paragraph: str) -> Quoted:
    """Return what is inside quote marks: double ones, or single ones if no double one is outside of those."""
    marks = list(_DOUBLE.finditer(paragraph))
    single = _single_quoted(paragraph)
    if all(any(quote.start <= mark.start() < quote.end for quote in single.quotes) for mark in marks):
        return single
    quotes: list[Stretch] = []
    opened: re.Match[str] | None = None
    for mark in marks:
        if opened is None:
            if mark[0] == "”":
                return Quoted(is_odd=True)
            opened = mark
        elif (opened[0], mark[0]) in {('"', '"'), ("“", "”")}:
            quotes.append(Stretch(opened.end(), mark.start()))
            opened = None
        else:
            return Quoted(is_odd=True)
    if opened is not None:
        quotes.append(Stretch(opened.end(), len(paragraph)))
    return Quoted(tuple(quotes), is_open=opened is not None)


def _single_quoted(paragraph: str) -> Quoted:
    """Return what is inside single marks, which look like apostrophes: an unclosed one is taken for one of those."""
    quotes: list[Stretch] = []
    at = 0
    while opened := _SINGLE_OPENS.search(paragraph, at):
        closed = _SINGLE_CLOSES.search(paragraph, opened.end())
        if closed is None:
            break
        quotes.append(Stretch(opened.end(), closed.start()))
        at = closed.end()
    return Quoted(tuple(quotes))


def sentences(paragraph: str, quotes: tuple[Stretch, ...] = ()) -> list[Stretch]:
    """Return the sentences of a paragraph. What is inside one pair of quote marks belongs to one sentence."""
    starts = [0]
    for end in _SENTENCE_END.finditer(paragraph):
        word = end["word"].casefold()
        is_short = (
            word in _ABBREVIATIONS
            or end["word"] in _STATES
            or (re.fullmatch(r"(\w\.)*\w", word) is not None and not word.isdigit())
        )
        space = Stretch(*end.span("space"))
        if not (is_short and paragraph[end.end("word")] == ".") and not any(space.within(quote) for quote in quotes):
            starts.append(end.end())
    return [Stretch(start, end) for start, end in zip(starts, [*starts[1:], len(paragraph)], strict=True)]
