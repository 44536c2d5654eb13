"""The verb that governs a dated phrase → whether the phrase is past or to come. Pure; English.

"Tuesday" is a day of two weeks, and only its verb says of which. Where two verbs could govern it, neither does.
"""

import re
from typing import Final, Literal

from feed.reading.words import word_list

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
    rf"(?!(?:{_NO_VERB})\b)(?:[a-z][\w-]*ed|began|left|took|met|went|came|ran|fell|broke|rose|held|spoke|gave|won|lost"
    r"|shot|hit|cut|put|set|saw|made|got|knew|sent|struck|wrote|drove|flew|froze|sank|shut|led|fled|fought|found|kept"
    r"|paid|sold|stood|threw|withdrew)"
)
_ARTICLE: Final = "the|a|an|its|his|their|our|my|your"
_PREPOSITION: Final = "of|with|for|from|in|at|among|between|against|after|before|during"
_ADJUNCT: Final = "on|in|by|at|late|early|last|during|from|since"
_MARK: Final = re.compile(
    # "the flooded town", "of armed men": these say nothing of the tense
    rf"\b(?:(?P<neither>(?i:{_ARTICLE})(?: \w+ly)? {_PAST}|(?i:{_PREPOSITION}) {_PAST}(?= [a-z]+\b)"
    rf"|(?:is|are|remains?|stays?) (?:\w+ )?{_PAST})"
    r"|(?P<perfect>(?:could|may|might|must|should|would|can)(?: not)? have(?= \w+))"
    rf"|(?P<unclear>could|would not|before(?= (?:{_ARTICLE}) \w| \w+ing\b)|call(?:s|ed) (?:\w+ ){{0,4}}(?:for|on)"
    r"|(?:was|were) (?:due|scheduled|expected|set|to)"
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


def tense(sentence: str, start: int, end: int) -> Tense:
    """Return the tense of the verb that governs a phrase: the last before it, or else the first after it."""
    before = [mark for mark in _MARK.finditer(sentence, 0, start) if mark.lastgroup != "neither"]
    after = next((mark for mark in _MARK.finditer(sentence, end) if mark.lastgroup != "neither"), None)
    if not before:
        is_by = _TO_IT.search(sentence, 0, start) is not None
        return "ahead" if is_by and (after is None or _of(after) != "behind") else "" if after is None else _of(after)
    last = before[-1]
    if last[0] == "until" and len(before) > 1 and _of(before[-2]) == "behind" and before[-2][0] not in {"has", "had"}:
        return "behind" if re.search(r"\b(?:not|never|no)\b|n[’']t\b", sentence[:start]) else "unclear"
    if sentence.startswith(("'s", "’s"), end) and _of(last) != "behind":
        return "unclear"  # "They will discuss Friday's vote"
    if last.lastgroup == "said" and after is not None and _AFTER_SUBJECT.fullmatch(sentence, end, after.start()):
        return _of(after)  # "He said the vote on Friday will be close"
    if (to_it := _TO_IT.search(sentence, 0, start)) is not None and _of(last) == "behind":
        return "unclear" if to_it["word"] == "by" or re.search(r"\bfrom\b", sentence[:start]) else "ahead"
    if last.lastgroup == "past" and any(mark.lastgroup == "ahead" for mark in before[:-1]):
        ahead = next(mark for mark in reversed(before) if mark.lastgroup == "ahead")
        if not _NEXT_CLAUSE.search(sentence, ahead.end(), last.start()):
            return "unclear"  # "He will inspect the ship damaged on Friday"
    return _of(last)


def _of(mark: re.Match[str]) -> Tense:
    match mark.lastgroup:
        case "ahead":
            return "ahead"
        case "unclear":
            return "unclear"
        case _:
            return "behind"
