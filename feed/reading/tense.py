"""The verb that governs a dated phrase → whether the phrase is past or to come. Pure; English.

"Tuesday" is a day of two weeks, and only its verb says of which. Where two verbs could govern it, neither does.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final, Literal

from feed.reading.words import word_list, word_set

Tense = Literal["ahead", "behind", "unclear", ""]
"""To come; past; the verbs do not agree; there is no verb."""
# Words in -ed that are no verb, or say nothing of a tense
_NO_VERB: Final = "|".join(
    word_list(
        "need speed feed seed indeed bed red hundred deed weed reed breed bleed proceed exceed succeed embed shed "
        "sacred naked wicked rugged hatred kindred infrared hotbed riverbed seabed flatbed moped sled wed aged "
        "so-called scheduled planned expected"
    )
)
# A past tense, or a participle: "closed the port on Friday", "the port closed on Friday"
_PAST: Final = (
    rf"(?!(?:{_NO_VERB})\b)(?:[a-z][\w-]{{0,30}}ed|began|left|took|met|went|came|ran|fell|broke|rose|held|spoke|gave|won|lost"
    r"|shot|hit|cut|put|set|saw|made|got|knew|sent|struck|wrote|drove|flew|froze|sank|shut|led|fled|fought|found|kept"
    r"|paid|sold|stood|threw|withdrew)"
)
_ARTICLE: Final = "the|a|an|its|his|their|our|my|your"
_PREPOSITION: Final = "of|with|for|from|in|at|among|between|against|after|before|during"
_ADJUNCT: Final = "on|in|by|at|late|early|last|during|from|since"
_MARK: Final = re.compile(
    # "the flooded town", "of armed men": these say nothing of the tense
    rf"\b(?:(?P<neither>(?i:{_ARTICLE})(?: \w+ly)? {_PAST}|(?i:{_PREPOSITION}) {_PAST}(?= [a-z]+\b)"
    rf"|(?:is|are|remains?|stays?) (?:\w+ )?{_PAST}"
    rf"|due to (?:(?:{_ARTICLE})\b|\w+ing\b)|next (?:to|door))"
    r"|(?P<perfect>(?:could|may|might|must|should|would|can)(?: not)? have(?= \w+))"
    rf"|(?P<unclear>could|would not|before(?= (?:{_ARTICLE}) \w| \w+ing\b)|call(?:s|ed) (?:\w+ ){{0,4}}(?:for|on)"
    r"|(?:was|were) (?:due|scheduled|expected|set|to)(?: to)?(?: be \w+)?"
    r"|had (?:planned|hoped|expected|intended|meant|wanted|been (?:due|scheduled|expected|set)) to(?: be)? \w+"
    r"|(?:agreed|promised|pledged|vowed|threatened|decided|offered|voted|ordered|told|asked|invited|urged|summoned|forced"
    r"|warned|wanted|advised|instructed) (?:[\w’'-]+ ){0,4}?to (?!the|a|an|reporters|journalists)[a-z]+)"
    r"|(?P<ahead>(?:will|shall|won[’']t|would|must|may|might|can|should"
    r"|(?:is|are|(?:was |were )?forecast|likely|poised|due|set|scheduled"
    r"|expected|planned|plans?|about|hopes?|going|have|has|intends?|wants?) to)"
    r"(?: not| also| then| first| \w+ly)?(?: be| have)?(?: \w+)?"
    rf"(?: (?:(?:\w+ly|\d+|two|three|more|some|many) )?{_PAST}(?= (?!(?:{_ADJUNCT})\b)[a-z]))?"
    r"|due|scheduled|expected|expects?|hopes?|intends?|planned|until|upcoming|ahead of|opens?|begins?|starts?"
    r"|meets?|resumes?|sits|ends|expires|closes|returns|takes effect|next)"
    r"|(?P<said>said|says|told)"
    r"|(?P<behind>was|were|had|has|did|since|ago|dated)"
    rf"|(?P<past>{_PAST}))\b"
    r"|^(?P<opening>[A-Z]\w+ed) (?=(?:on|in|at|by|with|last|early|late|after|for|from|as|during)\b)"
)
_NEXT_CLAUSE: Final = re.compile(r"[,;:]|\b(?:who|which|that|after|when|while|because|since|as)\b")
_AFTER_SUBJECT: Final = re.compile(r"(?:['’]s(?: [\w-]+){1,3}?)? ")
_TO_IT: Final = re.compile(r"\b(?P<word>by|for|until|till|to)(?: (?:early|late|noon|midnight|noon on|midnight on))? $")


_TO_IT_CHARS: Final = 30
_LOOKAHEAD_CHARS: Final = len(" the x")
_NOT: Final = re.compile(r"\b(?:not|never|no)\b|n[’']t\b")
_FROM: Final = re.compile(r"\bfrom\b")
# "The meeting scheduled for Sunday did not take place", unlike "the meeting is scheduled for Sunday"
_PLANS: Final = word_set("due scheduled expected planned set")
_BE: Final = re.compile(r"\b(?:is|are|be|been|being|now)(?: \w+ly| now| also| still| not)? $")
_BE_CHARS: Final = 40
# After a past tense these may be nouns: "a strong start on Friday", "was going to school on Friday"
_NO_VERB_FORM: Final = re.compile(
    r"open|begin|start|meet|resume|next|(?:likely|poised|due|set|about|going|plan) to\b.*"
)
# The verb of a clause that goes on: "the polls that opened on Sunday close", "the man who shot her appears"
_NOT_BEFORE: Final = "".join(
    f"(?<!{word} )"
    for word in word_list(
        "the a an its his her their our my your this no any each some of with for from in at by on to not did didn't "
        "didn’t sick"
    )
)
_PRESENT: Final = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day (?:(?:morning|afternoon|evening|night) )?(?!(?:morning|afternoon"
    r"|evening|night|and|or|but|in|at|on|to|of|for|from|by|with|as|after|before|when|while|during|near|over|under|outside"
    r"|inside|amid|because|since|until|that|which|who|where|if|than|then|without|against|despite|following|about|around"
    r"|between|into|off|out|up|down|late|early|also|again|alone|\w+ly|\w+ed|\w+ing)\b)[a-z]+"
    rf"|{_NOT_BEFORE}\b(?:(?:appear|arrive|depart|expire|join|leave|reopen|retire|sail|speak|travel)s?|comes|flies|fly|go"
    r"|goes|launches|testify|testifies|takes? (?:place|effect|part|over|off))\b"
)


class Tenses:
    """The tense of each dated phrase of a sentence. What marks it is looked up once."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence
        self._all = list(_MARK.finditer(sentence))
        self._all_starts = [mark.start() for mark in self._all]
        self._marks = _verbs(self._all)
        self._starts = [mark.start() for mark in self._marks]
        self._aheads: list[re.Match[str] | None] = [None]  # the last of those ahead, before each mark
        for mark in self._marks:
            self._aheads.append(mark if mark.lastgroup == "ahead" else self._aheads[-1])
        self._clauses = [clause.start() for clause in _NEXT_CLAUSE.finditer(sentence)]
        self._presents = [verb.end() for verb in _PRESENT.finditer(sentence)]
        self._not = _NOT.search(sentence)
        self._from = _FROM.search(sentence)

    def of(self, start: int, end: int) -> Tense:
        """Return the tense of the verb that governs a phrase: the last before it, or else the first after it."""
        before, ahead = self._before(start)
        after = self._after(end)
        to_it = _TO_IT.search(self._sentence, max(start - _TO_IT_CHARS, 0), start)
        if not before:
            return self._before_verb("" if to_it is None else to_it["word"], after)
        last, other = before[-1], before[-2] if len(before) > 1 else None
        if last[0] == "until" and other is not None and _of(other) == "behind" and other[0] not in {"has", "had"}:
            return "behind" if self._not is not None and self._not.end() <= start else "unclear"
        if self._sentence.startswith(("'s", "’s"), end) and _of(last) != "behind":
            return "unclear"  # "They will discuss Friday's vote"
        subject_end = end if after is None else after.start()
        if last.lastgroup == "said" and after and _AFTER_SUBJECT.fullmatch(self._sentence, end, subject_end):
            return _of(after)  # "He said the vote on Friday will be close"
        if self._is_old_plan(last, end, after) or self._is_between(before, ahead, start):
            return "unclear"
        if to_it is not None and _of(last) == "behind":
            is_from = self._from is not None and self._from.end() <= start
            is_over = self._is_over(end, after)  # "The hearing slated for Sunday was postponed"
            return "unclear" if to_it["word"] == "by" or is_from or is_over else "ahead"
        return _of(last)

    def _before_verb(self, preposition: str, after: re.Match[str] | None) -> Tense:
        """Return the tense of a phrase before the first verb of its sentence."""
        if after is None:
            return "ahead" if preposition else "unclear" if self._presents else ""  # "Voters go to the polls on Sunday"
        if not preposition:
            return _of(after)
        if _of(after) != "behind":
            return "ahead"
        return "behind" if preposition == "by" else "unclear"  # "The vote, which is set for Friday, was delayed"

    def _is_old_plan(self, plan: re.Match[str], end: int, after: re.Match[str] | None) -> bool:
        """Return True for "scheduled for Sunday" if a past tense follows, so that it may be over."""
        sentence = self._sentence
        if plan[0].split()[0] not in _PLANS:
            return False
        if _BE.search(sentence, max(plan.start() - _BE_CHARS, 0), plan.start()):
            return False
        is_aside = sentence.startswith(",", end) and sentence.endswith(", ", 0, plan.start())
        return self._is_over(end + is_aside, after)

    def _is_over(self, end: int, after: re.Match[str] | None) -> bool:
        """Return True if a past tense follows in the same clause."""
        if after is None or after.lastgroup == "said" or _of(after) == "ahead":
            return False
        return not self._has_clause(end, after.start())

    def _is_between(self, before: list[re.Match[str]], ahead: re.Match[str] | None, start: int) -> bool:
        """Return True if the last verb may not govern the phrase: there is another one of another tense."""
        last = before[-1]
        if last.lastgroup == "past" and ahead is not None and not self._has_clause(ahead.end(), last.start()):
            return True  # "He will inspect the ship damaged on Friday"
        if _of(last) == "behind":
            present = bisect_left(self._presents, last.end() + 1)
            return present < len(self._presents) and self._presents[present] < start
        other = before[-2] if len(before) > 1 and _NO_VERB_FORM.fullmatch(last[0]) else None
        is_past = other is not None and other.lastgroup != "said" and _of(other) == "behind"
        return is_past and other is not None and not self._has_clause(other.end(), last.start())

    def _has_clause(self, start: int, end: int) -> bool:
        """Return True if another clause begins there."""
        clause = bisect_left(self._clauses, start)
        return clause < len(self._clauses) and self._clauses[clause] < end

    def _before(self, start: int) -> tuple[list[re.Match[str]], re.Match[str] | None]:
        """Return the last verbs before a phrase, and the last before those that is ahead."""
        across = self._across(start, _LOOKAHEAD_CHARS)
        own = [] if across is None else _verbs(_MARK.finditer(self._sentence, across.start(), start))
        count = bisect_left(self._starts, start if across is None else across.start())
        before = [*self._marks[max(count - 2, 0) : count], *own]
        earlier = self._aheads[count if own else max(count - 1, 0)]
        return before, next((mark for mark in reversed(own[:-1]) if mark.lastgroup == "ahead"), earlier)

    def _after(self, end: int) -> re.Match[str] | None:
        if self._across(end) is not None:
            return next((mark for mark in _MARK.finditer(self._sentence, end) if mark.lastgroup != "neither"), None)
        number = bisect_left(self._starts, end)
        return self._marks[number] if number < len(self._marks) else None

    def _across(self, at: int, lookahead: int = 0) -> re.Match[str] | None:
        """Return the mark that begins before `at` and ends, or looks, behind it: "agreed Friday to meet"."""
        number = bisect_left(self._all_starts, at) - 1
        return self._all[number] if number >= 0 and self._all[number].end() + lookahead > at else None


def _verbs(marks: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    return [mark for mark in marks if mark.lastgroup != "neither"]


def _of(mark: re.Match[str]) -> Tense:
    match mark.lastgroup:
        case "ahead":
            return "ahead"
        case "unclear":
            return "unclear"
        case _:
            return "behind"
