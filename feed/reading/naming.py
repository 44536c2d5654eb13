"""The words before or after "said" → who speaks, as the text names them. Pure; English.

Nobody is guessed: a pronoun is a question, and a last name is completed only if one full name of the article ends
in it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from feed.reading.words import word_set

_TITLES: Final = word_set(
    "president vice minister premier chancellor senator sen sens governor gov mayor judge justice attorney prosecutor "
    "secretary undersecretary general gen lieutenant lt colonel col captain capt major maj sergeant sgt commander cmdr "
    "admiral adm officer detective inspector superintendent sheriff marshal chief executive director manager "
    "chairman chairwoman chair commissioner ambassador envoy representative rep congressman congresswoman lawmaker "
    "delegate councillor councilman councilwoman speaker leader deputy dr doctor prof professor mr mrs ms miss sir "
    "dame lord lady prince princess king queen pope cardinal archbishop bishop rev reverend father imam rabbi coach "
    "spokesman spokeswoman spokesperson economist analyst founder prime lawyer mediator nurse teacher activist "
    "journalist editor reporter researcher scientist biologist engineer farmer firefighter lecturer negotiator "
    "organiser organizer owner pilot resident student survivor trader volunteer witness"
)
_HONORIFICS: Final = word_set("mr mrs ms miss dr sir dame lord lady prof")
_PRONOUNS: Final = word_set(
    "he she they it i we you who which that this these those one nobody none everyone them us those another others both"
)
_DETERMINERS: Final = word_set(
    "the a an its his her their our my your another both several many some two three four five six seven eight nine "
    "ten other most"
)
_POSSESSIVES: Final = word_set("its his her their our my")
_PREPOSITIONS: Final = word_set(
    "of for from in at on with by to under over near behind about against among and or who whose which that as"
)
_BEFORE_PREPOSITION: Final = re.compile(rf" (?:{'|'.join(sorted(_PREPOSITIONS))}) ")
_STARTERS: Final = word_set(
    "what how why where while when but after before as if although though then now today yesterday tomorrow since "
    "because so yet still january february march april june july august september october november december asked told "
    "monday tuesday wednesday thursday friday saturday sunday later earlier meanwhile"
)
# Nouns of bodies that speak: "the company said" names one well enough, "the man said" does not.
_BODIES: Final = word_set(
    "agency airline army association authority bank board body bureau cabinet charity club coalition commission "
    "committee company consortium corporation council court department embassy federation firm force government group "
    "guard hospital inspectorate institute manufacturer ministry mission monitor museum navy office operator "
    "organisation organization palace panel parliament party police regulator school service society state survey team "
    "tribunal union university watchdog"
)
_NOUNS: Final = word_set("counsel dad father grandma management mother mum nobody opposition security somebody staff")
# Words between the subject and its verb that change nothing of who speaks.
_AUXILIARIES: Final = re.compile(
    r"(\s+(also|later|then|has|had|have|again|since|earlier|still|first|further|himself|herself|repeatedly|previously"
    r"|quickly|publicly|reportedly|recently|immediately|simply|flatly|bluntly|only|nevertheless|yesterday|on \w+day))+$"
)
_DENIED: Final = re.compile(
    r"\b((?i:not|never|would|could|might|can|to|nobody|no one|none|if|whether|should|neither|nor|be|is|are|was|were"
    r"|been|being)|may|will)$"
)
_NOBODY: Final = re.compile(r"(no|neither|none of|not|few|if|when)\b", re.IGNORECASE)
_FINITE: Final = re.compile(r"\b(is|are|was|were|has|have|had|will|would|could|did|does|do)\b")
_NAME: Final = r"(?:[^\W\d_a-zß-ÿ][\w.'’&-]*|de|da|di|del|van|von|der|den|al|bin|el|la|le|du)"
_PURE_WORD: Final = r"[^\W\d_a-zß-ÿ][\w-]*"
_PURE: Final = re.compile(rf"[^\W\d_a-zß-ÿ][\w.'’&-]*(?: {_NAME})*")
# "Weil, Brandt and Reino": no one of them said it alone
_SEVERAL: Final = re.compile(rf",(?: {_NAME})+ and(?: {_NAME})+$|, and ")
# "a statement from the ministry": the ministry speaks
_ISSUED: Final = re.compile(
    r"(?:an?|the|its|one) (?:[\w-]+ ){0,2}(?:statement|letter|post|tweet|release|report|notice|study|survey|memo)"
    r" (?:from|by) (?P<who>.+)",
    re.IGNORECASE,
)
# What may follow a description: "A nurse at the pit head, who asked not to be named, said"
_APPOSED: Final = re.compile(r"(?:who|whom|which|whose|\w+ing)\b|(?:\w+ed|seen|shown|held) (?:by|on|in|at|to|with)\b")
_MONTHS: Final = word_set("january february march april june july august september october november december")
# "said the mayor of Hamra, New Caledonia": where that is
_COUNTRIES: Final = word_set("new north south east west upper lower great saint san port cape lake mount")
# "Her husband, Luc, said": of one who is only named so, the last name may be that of another
_RELATIVE: Final = re.compile(
    r"\b(?:[Hh]is|[Hh]er|[Tt]heir|\w+['’]s) (?:\w+ )?(?:husband|wife|brother|sister|son|daughter|father|mother|twin"
    r"|uncle|aunt|cousin|nephew|niece|widow|widower),? (?P<given>[^\W\d_a-zß-ÿ][\w’'-]+)(?! [^\W\d_a-zß-ÿ])\b"
)
RELATIVE_CHARS: Final = 400
"""How far before a relative the last name stands that may be theirs, too."""
_DOCUMENTS: Final = word_set(
    "account article book caption complaint document email filing headline indictment law lawsuit letter message "
    "notice paper post release report review rule ruling sign statement study survey text tweet video"
)
# "Ana Pires (D-Calif.)", and what is inside "Secretary of State John Kerry"
_LEFT_OUT: Final = re.compile(
    r"\s*\([^()]*\)|(?<=Secretary) of (?:State|War|Energy|Education|Labor|Agriculture)(?= [A-Z])"
)
# What "arrested in 2021" leaves of a role that ends before its first preposition
_PARTICIPLE: Final = re.compile(r" \w+ed$")
_AGE: Final = re.compile(r"\d{1,3}|aged? \d{1,3}")


@dataclass(frozen=True, slots=True)
class Subject:
    """Who speaks.

    name: as the text names them; "" if it does not, so that somebody has to say who it is
    words: the words of the sentence that stand for them
    role: what the same sentence says that they are; ""
    is_described: it is a description, such as "a senior official" or "the ministry"
    is_completed: other sentences name them so: these words are a last name, or "the official"
    """

    name: str
    words: str
    role: str = ""
    is_described: bool = False
    is_completed: bool = False

    @property
    def is_body(self) -> bool:
        """Whether it is an organisation, as far as its words say."""
        return _has_body(self.name)


class Names:
    """The names of an article."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._full_by_last: dict[str, list[tuple[int, str]]] = {}

    def subject(self, words: str, *, at: int) -> Subject | None:
        """Return whom `words` name, which stand at a position of the text; None if they name nobody who speaks."""
        words = without_auxiliaries(_LEFT_OUT.sub("", words)).strip(" ,;:—–-")
        if not words or len(words.split()) > 24 or _DENIED.search(words) or _NOBODY.match(words):
            return None
        if words.casefold().split()[-1] in _PRONOUNS or words.casefold() in _PRONOUNS:
            return Subject("", words)
        if _SEVERAL.search(words):
            return Subject("", words)
        segments = [segment for part in words.split(",") if (segment := part.strip()) and not _AGE.fullmatch(segment)]
        return self._of_segments(segments, words, at)

    def _of_segments(self, segments: list[str], words: str, at: int) -> Subject | None:
        """Return the subject of "Ivo Brandt, who leads the rescue", or of "its director, Amal Haddad"."""
        for number, segment in enumerate(segments):
            if (name := self._name(segment)) is not None and not (number and _is_country(name)):
                others = [other for n, other in enumerate(segments) if n != number]
                role = next((other for other in others if other.casefold().startswith(("a ", "an ", "the "))), "")
                return self._complete(name, words, _lowered(_before(segment, name) or _PARTICIPLE.sub("", role)), at)
        for segment in segments:
            if (name := _trailing_name(segment)) is not None:
                return self._complete(name, words, _before(segment, name), at)
        if any(_APPOSED.match(segment) is None for segment in segments[1:]):
            return None  # "The ferry sank, the coast guard said": the first segment may be a clause
        return self._described(segments[0], words, at) if segments else None

    def _name(self, segment: str) -> str | None:
        """Return the name in a segment of names and titles alone."""
        first = segment.split(maxsplit=1)[0]
        is_month = first.casefold() in _MONTHS and first != segment  # "December Biologics"
        if not _PURE.fullmatch(segment) or (_begins(first) and not is_month):
            return None
        return self._untitled(segment)

    def _untitled(self, segment: str) -> str | None:
        """Return a name without the titles before it: not "Motors" for "General Motors"."""
        words = segment.split()
        rest = _behind_last(words, _is_title)
        if len(rest) < len(words) and len(rest) == 1 and not self._full_names(rest[0]):
            return segment
        return " ".join(rest) or None

    def _complete(self, name: str, words: str, role: str, at: int) -> Subject:
        """Return the subject by its full name; by none if it could be that of several."""
        full = set() if name.count(" ") > 1 else self._meant(name, at)
        if len(full) > 1:
            return Subject("", words)
        if not full and " " not in name and self._is_common(name):
            return Subject(name, words, is_described=True)
        role = "" if role.strip(".").casefold() in _HONORIFICS else role
        return Subject(next(iter(full), name), words, role, is_completed=bool(full))

    def _is_common(self, word: str) -> bool:
        """Return True if the beginning of a sentence gives a word its capital: "Officials said", not "Lim said"."""
        is_noun = word.endswith("s") or word.casefold() in _BODIES | _NOUNS or word.lower() in self._words
        inside = rf"(?:[\w;:–—-]|,[\"”’']?) {re.escape(word)}\b"
        return is_noun and not word.isupper() and re.search(inside, self._text) is None

    def _meant(self, last: str, at: int) -> set[str]:
        """Return whom a last name can mean at a position.

        That is whom the paragraph begins with, else those who were named before, else those who are named later.
        """
        everybody = self._full_names(last)
        begin = self._text.rfind("\n\n", 0, at) + 1
        here = {name for position, name in everybody if begin <= position < at}
        first = {name for position, name in everybody if begin <= position < at and _opens(self._text[begin:position])}
        before = {name for position, name in everybody if position < at}
        return first if first and first == here else before or {name for _, name in everybody}

    def _full_names(self, last: str) -> list[tuple[int, str]]:
        """Return the full names in the text that end in a name, and where they stand."""
        if last in self._full_by_last:
            return self._full_by_last[last]
        form = rf"(?<![\w.])(?<!\bof )((?:[^\W\d_a-zß-ÿ][\w.’'-]* ){{1,4}}){re.escape(last)}(?!\w)"
        names: list[tuple[int, str]] = []
        for match in re.finditer(form, self._text):
            first_names = _behind_last(match[1].split(), lambda word: not _is_given(word))
            names += [(match.start(), " ".join([*first_names, last]))] if first_names else []
        names += self._relatives.get(last, ())
        self._full_by_last[last] = names
        return names

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(re.findall(r"\b[a-z]\w*", self._text))

    @cached_property
    def _relatives(self) -> Mapping[str, list[tuple[int, str]]]:
        """The relatives whose last name is not given, by each last name that may be theirs."""
        relatives: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for match in _RELATIVE.finditer(self._text):
            near = self._text[max(match.start() - RELATIVE_CHARS, 0) : match.start()]
            lasts = set() if _begins(match["given"]) else set(re.findall(_PURE_WORD, near))
            for last in lasts:
                relatives[last].append((match.start(), f"{match['given']} {last}"))
        return relatives

    def _described(self, segment: str, words: str, at: int) -> Subject | None:
        """Return the subject of a description: "a senior official", "the ministry"."""
        if match := _ISSUED.fullmatch(segment):
            return self.subject(match["who"], at=at)
        if segment.casefold().startswith("one of "):
            return Subject("", words)
        parts = segment.split()
        noun = _noun_phrase(segment)[-1]
        head = noun.casefold()
        if parts[0].casefold() in _POSSESSIVES or " and " in segment or noun in _DOCUMENTS or _begins(parts[-1]):
            return Subject("", words)
        if (_FINITE.search(segment) and " who " not in segment) or parts[0] in {"who", "which", "whose"}:
            return None
        if (name := self._name_of(segment)) is not None:
            return self._complete(name, words, "", at)
        if segment.casefold().startswith("the ") and len(parts) == 2 and parts[1].islower() and not _is_group(head):
            return self._introduced(head, words, at)
        return Subject(_lowered(segment), words, is_described=True)

    def _name_of(self, segment: str) -> str | None:
        """Return "Ana Pires" of "Ana Pires of Lorvao"; of "Ministry of Health" nothing."""
        match = re.match(rf"(?P<name>{_PURE.pattern}) (?:of|from|at) ", segment)
        if match is None or (" " not in match["name"] and not self._full_names(match["name"])):
            return None
        return self._name(match["name"])

    def _introduced(self, head: str, words: str, at: int) -> Subject:
        """Return who was introduced last as "a senior official" or "another official", of "the official"."""
        form = rf"\b((?:an?|another|one|a second|a third) ((?:[\w.-]+ ){{0,4}}){re.escape(head)})\b(?![-’'])"
        matches = re.finditer(form, self._text[:at], re.IGNORECASE)
        introduced = [match[1] for match in matches if not any(_begins(word) for word in match[2].split())]
        name = _lowered(introduced[-1]) if introduced else ""
        return Subject(name, words, is_described=True, is_completed=bool(introduced))


def without_auxiliaries(words: str) -> str:
    """Return words without those between a subject and its verb that change nothing of who speaks."""
    while match := _AUXILIARIES.search(f" {words}"):
        words = f" {words}"[: match.start()].strip()
    return words


def _is_title(word: str) -> bool:
    return word.strip(".").casefold() in _TITLES


def _trailing_name(segment: str) -> str | None:
    """Return "Jen Psaki" of "State Department spokeswoman Jen Psaki"; of "the Ministry of Health" nothing."""
    match = re.fullmatch(rf"(?P<role>(?:.*\s)?(?P<last>[a-z][\w'’-]*)) (?P<name>{_PURE.pattern})", segment)
    if match is None or match["last"] in _PREPOSITIONS | _DETERMINERS or _begins(match["name"].split()[0]):
        return None
    return " ".join(_behind_last(match["name"].split(), _is_title)) or None


def _behind_last(words: list[str], is_such: Callable[[str], bool]) -> list[str]:
    """Return the words behind the last such one; all of them if none is."""
    return words[max((number for number, word in enumerate(words, start=1) if is_such(word)), default=0) :]


def _noun_phrase(words: str) -> list[str]:
    """Return the words before the first preposition: "the mayor" of "the mayor of Kirvana"."""
    return _BEFORE_PREPOSITION.split(words, maxsplit=1)[0].split()


def _before(segment: str, name: str) -> str:
    """Return the role before a name; of "a survey published by the group Rätt" none."""
    role = segment.removesuffix(name).strip() if segment.endswith(name) else ""
    is_clause = role.casefold().startswith(("a ", "an ", "the "))  # "a figure Brandvold called “heroic”"
    return "" if is_clause or any(word.casefold() in _PREPOSITIONS for word in role.split()) else role


def _is_country(name: str) -> bool:
    return name.split(maxsplit=1)[0].casefold() in _COUNTRIES


def _opens(words: str) -> bool:
    """Return True if what precedes a name in its paragraph makes it the first: "His brother, Stephen Rawle, held"."""
    return len(words.split()) <= 3 and re.search(r"[.;:\"“”]", words) is None


def _is_group(head: str) -> bool:
    """Return True for a body, or for several: "the company", "the kidnappers"."""
    return head in _BODIES or (head.endswith("s") and not head.endswith("ss"))


def _begins(word: str) -> bool:
    """Return True if the capital of a word is only that of a sentence: "While Psaki" is no full name."""
    return word.casefold().strip(",") in _STARTERS | _PREPOSITIONS | _PRONOUNS | _DETERMINERS


def _is_given(word: str) -> bool:
    """Return True if a word may belong to a name: no title, no word that begins a sentence or ended the one before."""
    ends_sentence = word.endswith(".") and len(word) > 3 and "." not in word[:-1]
    return not (_is_title(word) or _begins(word) or ends_sentence)


def _lowered(words: str) -> str:
    """Return a description without the capital of a sentence."""
    return words[0].lower() + words[1:] if words and words.split(maxsplit=1)[0].casefold() in _DETERMINERS else words


def _has_body(words: str) -> bool:
    """Return True if words name an organisation: "the Dockers' Union", "the NMA"; "Robert Ford III" is a person."""
    *others, last = _noun_phrase(words)
    is_acronym = last.isupper() and len(last) > 1 and others in ([], ["the"])
    return is_acronym or last.casefold() in _BODIES
