"""An article → its quotes and statements, each with who speaks and the words that prove it. Pure; English.

It reads paragraph by paragraph: what stands in one paragraph says nothing of who speaks in another, unless a quote goes
on there. Quote marks that do not match make no quote.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from feed.reading.naming import Names, Subject, without_auxiliaries
from feed.reading.text import Quoted, Stretch, dateline, quoted, sentences
from feed.reading.words import word_set

WORDS_MIN: Final = 5
"""A shorter sentence, such as "Obi agreed.", states nothing by itself."""
REPEATED_WORDS_MIN: Final = 4
"""Fewer words may be said by several."""
Kind = Literal["quote", "statement", "question"]
_SAID: Final = (
    "said|says|told|tells|added|adds|wrote|writes|tweeted|posted|announced|announces|replied|responded|answered|warned|"
    "warns|insisted|insists|argued|argues|explained|explains|noted|notes|stressed|admitted|acknowledged|conceded|"
    "claimed|declared|stated|states|continued|recalled|remarked|retorted|countered|joked|concluded|confirmed|protested|"
    "complained|predicted|suggested|observed|commented|testified|asked|asks|cautioned|emphasized|emphasised|reiterated|"
    "tweets|quipped|mused|lamented|objected|agreed(?! to)|denied|disclosed|reported|shouted|whispered"
)
# These take words of a quote, but a quote does not stand alone before or after them.
_CALLED: Final = (
    "called|calls|described|describes|urged|urges|pledged|pledges|promised|promises|vowed|demanded|welcomed|dismissed|"
    "branded|labelled|labeled|denounced|condemned|criticised|criticized|hailed|praised|accused|rated|rates|classified|"
    "found(?= that)"
)
_SAYING: Final = "saying|adding|noting|warning|insisting|calling|describing|writing|arguing|explaining|stressing"
_BEFORE: Final = re.compile(rf"\b(?:{_SAID}|{_CALLED})\b(?! for\b)")
_STATES: Final = re.compile(
    r"\b(?:said|says|told(?! to\b)|tells|announced|added|warned|insisted|noted|confirmed|denied|acknowledged|admitted"
    r"|argued|claimed|urged|pledged|promised|predicted|stressed|explained|declared|conceded|agreed(?! to))\b(?! by\b)"
)
_PARTICIPLE: Final = re.compile(rf",\s+(?:{_SAYING})\b[^,]*$")
_NAMING: Final = re.compile(r"\b(?:call|describ|brand|label|rat(?:ed|es)|classif)\w*\b")
_VERB_FIRST: Final = re.compile(rf"^[,\s]*(?P<verb>{_SAID})\s+(?P<who>.+)", re.DOTALL)
_VERB_LAST: Final = re.compile(rf"^[,\s]*(?P<who>.+?)\s+(?P<verb>{_SAID})\b(?!['’])", re.DOTALL)
_ACCORDING: Final = re.compile(r"\baccording to (?P<who>[^,;:\ue000]+)", re.IGNORECASE)
# "…, the coast guard said on Tuesday."
_AT_END: Final = re.compile(
    r",\s+(?P<who>[^,]+?),?\s+(?:said|says|added|announced|noted|told \w+)"
    r"(?: (?:on|in|at|late|early|after|during|by|\w+day)\b[^,]*)?(?:,[^,]*)?[.]?$"
)
# What follows the name of who speaks: "said Ana Pires on Tuesday", "said a guard when told of it"
_ENDS_NAME: Final = re.compile(
    r"\s(?:on(?! duty\b| call\b)|in(?! charge\b)|at|(?<!close )to|by|during|after|before|when|while|as|from|via"
    r"|outside|last|this)\b|[;:]\s|[.]$|\ue000"
)
_LEADS: Final = re.compile(
    r"^(?:(?:in|on|at|by|after|before|as|when|while|asked|speaking|turning|according|but|and|however|meanwhile|earlier"
    r"|later|yesterday|since|for|with)\b[^,]*,\s+)+",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"\b(?:that|and|but|because|whether|after|when|while|as|with|;|:)\s+", re.IGNORECASE)
# Words that begin a clause of its own, with a subject of its own
_SUBCLAUSE: Final = re.compile(
    r"(?<!\S)(?:when|while|because|although|though|that|after|before|[Ww]hat|;)\s+|^(?:and|but)\s+"
)
# "Ana Pires, who leads the rescue, ruled it out but said"
_SAME_SUBJECT: Final = re.compile(
    r"(?P<who>[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)*)(?:, [^\ue000]+,)? [a-z]+ed\b"
    r"(?:(?! (?:who|that|while|as|when)\b)[^,\ue000])* (?:and|but)"
)
# "the independents’ ‘Born in Calderwick’ leaflets"
_LABELS: Final = re.compile(r"(?:\b(?:the|its|his|her|their)|['’]s|s['’]) $")
_RELATIVE: Final = re.compile(r"(?P<pronoun>who|whom|which|whose)(?:\s+|$)")
# "Obi asked.", after a quote that ends in a question mark
_ASKED: Final = re.compile(rf"^[A-Z][\w.'’ -]{{1,60}} (?:{_SAID})(?:[.,]|$| (?:in|on|at|as|when|after|to|with)\b)")
_DASH: Final = re.compile(r"\s[-–—]{1,2}(?:\s|$)|—")
# "Reuters quoted Ana Pires as saying"
_AS_SAYING: Final = re.compile(r"\bquot(?:es|ed|ing) (?P<who>[^,]+?) as (?:saying|telling|writing)\b[^,]*$")
# Such as "Lena Voss, 71, was on board", and a colon
_ON_BOARD: Final = re.compile(r"(?P<who>[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)+)(?:, \d\d?,)? (?:was|is) [a-z ,]{1,60}: $")
# A quote that is signed, with a dash behind it
_SIGNED: Final = re.compile(r",?\s?[-–—]{1,2}\s?(?P<who>[A-Z][\w.'’ -]{2,60}?)(?:, [A-Z][\w .'’-]{2,60})?$")
# What precedes a name in quote marks: "a rapid known locally as “the Widowmaker”"
_NAMED_SO: Final = re.compile(
    r"(?:\b(?:known|referred to)(?: \w+)? as(?: the| an?)?"
    r"|\b[a-z]+ (?:dubbed|nicknamed|named|titled|entitled|headlined)) $"
)
_SMALL_WORDS: Final = word_set("a an and as at by for from in of on or the to with")
_MARK: Final = "\ue000"
_ALONE: Final = "a paragraph of quoted words alone"


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody says.

    kind: verbatim words; a whole sentence that reports them; words of which the text does not name who speaks
    words: those
    evidence: the sentence, or the paragraph
    rule: the rule that read it
    subject: who speaks; None: no words stand for them
    """

    kind: Kind
    words: str
    evidence: str
    rule: str
    subject: Subject | None = None

    @property
    def speaker(self) -> str:
        """Who speaks, as the text names them; "" if it does not."""
        return "" if self.subject is None else self.subject.name


@dataclass(frozen=True, slots=True)
class _Attribution:
    """Who speaks, by which rule, and the sentence that says so."""

    subject: Subject
    rule: str
    evidence: str


def sayings(paragraphs: tuple[str, ...]) -> list[Saying]:
    """Return what is said in an article, in its order."""
    names = Names("\n\n".join(paragraphs))
    items: list[Saying] = []
    speaker: _Attribution | None = None  # of a quote that goes on
    at, previous = 0, ""
    marks = [quoted(paragraph) for paragraph in paragraphs]
    for number, paragraph in enumerate(paragraphs):
        goes_on = number + 1 < len(paragraphs) and paragraphs[number + 1].startswith(("“", '"'))
        if marks[number].is_odd or (marks[number].is_open and not goes_on):
            items.append(Saying("question", "", paragraph, "quote marks that do not match"))
            speaker = None
        else:
            reader = _Paragraph(paragraph, marks[number], names, at, previous)
            items += reader.sayings(speaker)
            speaker = reader.last if marks[number].is_open else None
        at, previous = at + len(paragraph) + 2, paragraph
    return [_repeated(item, items) if item.rule == _ALONE else item for item in items]


def _repeated(question: Saying, items: list[Saying]) -> Saying:
    """Return words that stand alone, as a subheading, as said by whom the article quotes with them."""
    words = question.words.rstrip(".,").casefold()
    if question.subject is not None or len(words.split()) < REPEATED_WORDS_MIN:
        return question
    quotes = [item for item in items if item.kind == "quote" and words in item.words.casefold()]
    if len({quote.speaker for quote in quotes}) != 1:
        return question
    evidence = f"{question.evidence} … {quotes[0].evidence}"
    return replace(quotes[0], words=question.words, evidence=evidence, rule=f"words of another quote: {quotes[0].rule}")


class _Paragraph:
    """One paragraph."""

    def __init__(self, text: str, marks: Quoted, names: Names, at: int, previous: str) -> None:
        self._text, self._names, self._at, self._previous = text, names, at, previous
        self._quotes = marks.quotes
        self._parts = sentences(text, marks.quotes)
        self.last: _Attribution | None = None

    def sayings(self, going_on: _Attribution | None) -> Iterator[Saying]:
        """Yield what is said; `going_on` is who speaks if a quote goes on from the paragraph before."""
        before = going_on
        for number, part in enumerate(self._parts):
            inside = [quote for quote in self._quotes if part.start <= quote.start < part.end]
            masked = self._masked(part, inside)
            if not inside:
                yield from self._statement(part, masked)
                before = before if number == 0 else None
            elif re.search(r"[^\W_]", masked.replace(_MARK, "")):
                speakers = self._attributions(masked, part.start)
                for quote, speaker in zip(inside, speakers, strict=True):
                    yield from self._quoted(part, quote, speaker, is_fragment=True)
                before = speakers[-1]
            else:
                before = before or self._after(number)
                for quote in inside:
                    yield from self._quoted(part, quote, before)
        self.last = before

    def _after(self, number: int) -> _Attribution | None:
        """Return who speaks, if the next sentence says so: `"Is it over?" Obi asked`."""
        if number + 1 >= len(self._parts):
            return None
        part = self._parts[number + 1]
        inside = [quote for quote in self._quotes if part.start <= quote.start < part.end]
        masked = self._masked(part, inside)
        if inside:
            return self._attributions(masked, part.start)[0] if masked.startswith(_MARK) else None
        return self._after_quote(masked, part.start) if _ASKED.search(masked) else None

    def _masked(self, part: Stretch, inside: list[Stretch]) -> str:
        """Return a sentence with one mark for each quote, and a comma after those that end in a punctuation mark."""
        masked, at = "", part.start
        for quote in inside:
            words = self._text[quote.start : quote.end].rstrip(" '’\"”")
            masked += self._text[at : quote.start - 1] + _MARK + ("," if words[-1:] in set(",?!.…—–-") else "")
            at = min(quote.end + 1, part.end)
        return (masked + self._text[at : part.end]).strip()

    def _attributions(self, masked: str, at: int) -> list[_Attribution | None]:
        """Return who says each quote of a sentence."""
        between = masked.split(_MARK)
        speakers: list[_Attribution | None] = []
        pending: list[int] = []  # the quotes before, of which nobody is named yet
        head = between[0]
        for index, rest in enumerate(between[1:]):
            speaker = self._before_quote(head, at)
            if speaker is None and index and not _BEFORE.search(head):
                speaker = speakers[-1]
            after = (self._after_quote(rest, at) if rest.startswith(",") else None) or self._signed(rest, at)
            speakers.append(speaker or after)
            pending = [*pending, index] if speakers[-1] is None else pending
            if after is not None:
                for number in pending:
                    speakers[number] = after
                pending = []
            head = rest if after is None else _behind_verb(rest)
        if all(speaker is None for speaker in speakers):
            speakers = [self._according(masked, at)] * len(speakers)
        return speakers

    def _after_quote(self, rest: str, at: int) -> _Attribution | None:
        """Return who speaks in `said NAME` or `NAME said` after a quote."""
        if match := _AS_SAYING.search(rest.rstrip(".")):
            return self._of(match["who"], at, "quoted NAME as saying")
        if match := _VERB_FIRST.match(rest):
            end = _ENDS_NAME.search(match["who"])
            who = match["who"][: end.start()] if end and end.start() else match["who"]
            return self._of(_without_clause(who), at, f"quote, {match['verb']} NAME")
        if (match := _VERB_LAST.match(rest)) and not _BEFORE.search(match["who"]):
            return self._of(match["who"], at, f"quote, NAME {match['verb']}")
        return None

    def _signed(self, rest: str, at: int) -> _Attribution | None:
        """Return who signed the quote before: nothing else follows it in its sentence."""
        match = _SIGNED.fullmatch(rest)
        return None if match is None else self._of(match["who"], at, "quote – NAME")

    def _before_quote(self, head: str, at: int) -> _Attribution | None:
        """Return who speaks in `NAME said` before a quote: the subject of the last verb."""
        if match := _AS_SAYING.search(head):
            return self._of(match["who"], at, "quoted NAME as saying quote")
        if match := _ON_BOARD.fullmatch(head):
            return self._of(match["who"], at, "NAME was …: quote")
        if match := _PARTICIPLE.search(head):
            head = head[: match.start()]
            if (verb := _BEFORE.search(head)) is None:
                return None
            return self._of(_subject_words(head[: verb.start()]), at, "NAME said …, saying quote")
        verbs = list(_BEFORE.finditer(head))
        if not verbs or any(verb[0] == "denied" for verb in verbs[:-1]):
            return None
        begin = verbs[-2].end() if len(verbs) > 1 else 0
        words = head[begin : verbs[-1].start()]
        if begin and (clause := list(_CLAUSE.finditer(words))):
            words = words[clause[-1].end() :]
        elif begin:
            return None
        return self._of(_subject_words(words), at, f"NAME {verbs[-1][0]} quote")

    def _according(self, masked: str, at: int) -> _Attribution | None:
        match = _ACCORDING.search(masked)
        return None if match is None else self._of(match["who"], at, "according to NAME")

    def _of(self, words: str, at: int, rule: str) -> _Attribution | None:
        subject = self._names.subject(words, at=self._at + at)
        if subject is None:
            return None
        part = next(part for part in self._parts if part.start == at)
        note = f"; “{subject.words}” is {subject.name}" if subject.is_completed else ""
        return _Attribution(subject, rule + note, self._text[part.start : part.end].strip())

    def _quoted(
        self, part: Stretch, quote: Stretch, speaker: _Attribution | None, *, is_fragment: bool = False
    ) -> Iterator[Saying]:
        """Yield what is quoted, or who is to be asked for: words at arm's length are neither."""
        own = self._text[part.start : part.end].strip()
        named = "" if speaker is None else speaker.evidence
        dots = "" if f"{named} {own}" in self._text else "… "
        evidence = own if named in {"", own} else f"{named} {dots}{own}"
        whole = self._text[quote.start : quote.end].strip()
        words = whole.removesuffix(",")
        sides = self._text[part.start : quote.start - 1], self._text[quote.end + 1 : part.end]
        if is_fragment and not _is_speech(whole, own, *sides):
            return
        if speaker is not None and speaker.subject.name:
            yield Saying("quote", words, evidence, speaker.rule, speaker.subject)
        elif speaker is not None or len(words.split()) > 2:
            subject = None if speaker is None else speaker.subject
            is_alone = not is_fragment and len(self._parts) == 1 and not self._previous.endswith(":")
            rule = _ALONE if is_alone else "the sentence does not name who speaks"
            yield Saying("question", words, self._context(part, named or own, evidence), rule, subject)

    def _context(self, part: Stretch, named: str, evidence: str) -> str:
        """Return the sentences before a quote, and before its "she said": an editor can tell by them who speaks."""
        here = self._text[: part.end].strip()
        before = f"{self._previous} … {here}" if self._previous and here.startswith(named) else here
        return before if evidence in before else evidence

    def _statement(self, part: Stretch, sentence: str) -> Iterator[Saying]:
        """Yield a sentence that reports what somebody said, if its subject is named."""
        if len(sentence.split()) < WORDS_MIN:
            return
        attribution = None
        if (match := _STATES.search(sentence)) and not _BEFORE.search(sentence[: match.start()]):
            attribution = self._of(_subject_words(sentence[: match.start()]), part.start, f"NAME {match[0]} …")
        if (attribution is None or not attribution.subject.name) and (
            match := _AT_END.search(sentence) or _ACCORDING.search(sentence)
        ):
            rule = "…, NAME said" if match[0].startswith(",") else "according to NAME"
            attribution = self._of(match["who"].rstrip(". "), part.start, rule)
        if attribution is not None and attribution.subject.name:
            yield Saying("statement", sentence, sentence, attribution.rule, attribution.subject)


def _subject_words(words: str) -> str:
    """Return the subject in the words before a verb, without what leads to it: "Asked about it, the mayor".

    A comma right before the verb closes an apposition: "Ana Pires, who leads the rescue, said". Without one, only what
    follows the last comma is the subject: "Norrbank, Pires said, is closed".
    """
    words = words.strip()
    *lead, last = _DASH.split(words[dateline(words).end :])
    words = ", ".join([*lead, ""]) if lead and not last else last  # "The mayor – Ana Pires – said"
    words = without_auxiliaries(_LEADS.sub("", words))
    if match := _SAME_SUBJECT.fullmatch(words):
        return match["who"]
    first, comma, last = words.rpartition(",")
    if comma and not last.strip():
        clause = first.rpartition(",")[2].strip()
        return words if _RELATIVE.match(clause) else _behind_clause(words, clause)
    last = last.strip()
    if comma and last.startswith("and ") and all(word[:1].isupper() for word in first.split()):
        return words
    if relative := _RELATIVE.match(last):
        rest = last[relative.end() :]
        return f"their {rest}" if relative["pronoun"] == "whose" else rest or last
    return _behind_clause(last, last)


def _behind_clause(words: str, clause: str) -> str:
    """Return what follows the last word that begins a clause; all of the words if there is none."""
    clauses = list(_SUBCLAUSE.finditer(clause))
    return clause[clauses[-1].end() :] if clauses else words


def _behind_verb(rest: str) -> str:
    """Return what follows the verb that says who spoke the quote before."""
    verb = _BEFORE.search(rest)
    return rest if verb is None else rest[verb.end() :]


def _without_clause(who: str) -> str:
    """Return a name without the clause after it: ", adding that …"."""
    return re.split(rf",\s+(?:{_SAYING}|who|which|whose|speaking|referring)\b", who)[0]


def _is_speech(words: str, sentence: str, before: str, behind: str) -> bool:
    """Return True if words in quote marks are what somebody says, rather than a name or a word held at arm's length."""
    is_label = words[:1].isupper() and _LABELS.search(before) and re.match(r" [a-z]", behind)
    if is_label or _NAMED_SO.search(before) or _is_title(words):
        return False
    if len(words.split()) == 1 and not re.search(r"[.,?!]$", words):
        return _NAMING.search(sentence) is not None
    return not all(word[:1].isupper() for word in words.split() if word[:1].isalpha()) or bool(
        re.search(r"[.,?!]", words)
    )


def _is_title(words: str) -> bool:
    """Return True for the words of a title: "The Goat Inspects the Guard."."""
    parts = [word for word in words.rstrip(".,").split() if word not in _SMALL_WORDS]
    return len(parts) > 2 and all(word[:1].isupper() for word in parts) and not re.search(r"[.,?!]", words[:-1])
