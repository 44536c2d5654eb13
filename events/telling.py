"""Changes in words: plain text pieces that the terminal, the feeds and the pages put in their own shape.

A value keeps the development that it came from. Where that development is hidden now (withdrawn, or withheld), the
value reads "(withdrawn)" or "(withheld)" instead: nothing of its text may be quoted any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from events.expectations import Expected
from events.facts import Fact, Voice
from events.state import speakers_json, value_state_json
from events.words import due_words, key_words, speakers_words, standing_words, value_words

Hidden = Mapping[str, str]
"""What stands for the text of a development that must not be quoted: {"d7": "(withdrawn)"}."""
NOTHING_HIDDEN: Hidden = MappingProxyType({})
ARROW = "→"
NOBODY = "nobody named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change in words: of what, what it was, what it is now, and what else matters. Any of them may be ""."""

    subject: str
    was: str = ""
    now: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Give one line: `Prisoners released: 1–52 (“some”) → 53 of 53 people (one origin: …)`."""
        values = f" {ARROW} ".join(part for part in (self.was, self.now) if part)
        line = f"{self.subject}: {values}" if values else self.subject
        return f"{line} ({self.note})" if self.note else line


def voice_value(voice: Voice | None, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Give the value that `voice` states, or what stands for it; "unknown" where nothing is stated."""
    if voice is None:
        return "unknown"
    if voice.development in hidden:
        return hidden[voice.development]
    return value_words(
        value_state_json(voice.value), unit=voice.unit, of=value_state_json(voice.of), literal=voice.literal
    )


def voice_speakers(voice: Voice, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Give who says it: the speakers, else the origins' names."""
    if voice.development in hidden:
        return hidden[voice.development]
    named = speakers_words(speakers_json(voice.said_by))
    return named or ", ".join(sorted(origin.name for origin in voice.origins if origin.name)) or NOBODY


def fact_standing(fact: Fact) -> str:
    """Give what a fact's standing rests on, and who has checked it."""
    if fact.standing is None:
        return "unknown"
    words = standing_words(fact.standing, fact.origins)
    own_side = any(verification.own_side for verification in fact.verified_by)
    independent = any(verification.independent for verification in fact.verified_by)
    if independent:
        return f"{words}; verified independently"
    return f"{words}; verified by its own side only" if own_side else words


def expected_what(expected: Expected, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Give what is expected, or what stands for it."""
    for development in (expected.stated_by, expected.development):
        if development in hidden:
            return hidden[development]
    return expected.what


def expected_due(expected: Expected | None, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Give by when: `due 21–22 January 2015`, `no date given`; or what stands for it."""
    if expected is not None and expected.due_from is not None and expected.due_from in hidden:
        return hidden[expected.due_from]
    due = None if expected is None or expected.due is None else expected.due.as_object()
    return due_words(due)


def subject(key: str) -> str:
    """Give a key as the name of its fact."""
    return key_words(key)
