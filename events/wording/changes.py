"""Changes in words: plain text pieces that the terminal, the feeds and the pages put in their own shape.

A value keeps the development that it came from. Where that development is hidden now (withdrawn, or withheld), the
value reads "(withdrawn)" or "(withheld)" instead: nothing of its text may be quoted any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, assert_never

from events.fold.claims import AttributedClaim
from events.fold.expectations import ExpectationHow, Expected, Status
from events.fold.facts import Fact, Standing
from events.fold.state import speakers_json, value_state_json
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Speaker
from events.wording.values import (
    due_words,
    key_words,
    speakers_words,
    standing_words,
    status_words,
    value_words,
    when_words,
)

Hidden = Mapping[object, str]
"""What stands for the text of a development (by its id), or for one voice, that must not be quoted as it stood:
{"d7": "(withdrawn)", voice: "(corrected: 19)"}."""
NOTHING_HIDDEN: Hidden = MappingProxyType({})
StoryField = Literal["headline", "summary", "status"]
DevelopmentHow = Literal["reported", "corrected", "withheld", "restored", "withdrawn"]
ARROW = "→"
NOBODY = "nobody named"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeText:
    """One change in words: of what, what it was, what it is now, and what else matters. All but `subject` may be ""."""

    subject: str
    was: str = ""
    now: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Return one line: `Prisoners released: 1–52 (“some”) → 53 of 53 people (one origin: …)`."""
        values = f" {ARROW} ".join(part for part in (self.was, self.now) if part)
        line = f"{self.subject}: {values}" if values else self.subject
        return f"{line} ({self.note})" if self.note else line


def fact_text(
    key: str,
    was: AttributedClaim | None,
    now: AttributedClaim | None,
    *,
    standing_was: Standing | None,
    standing: Standing | None,
    origins: tuple[str, ...],
    hidden: Hidden = NOTHING_HIDDEN,
) -> ChangeText:
    """Return a fact's new value after the one before; if only its standing changed, that."""
    if ("key", key) in hidden:
        return ChangeText(subject=subject(key, hidden))
    redacted = now is not None and now.development in hidden  # then its origins are too
    rests_on = standing_words(standing, origins) if standing and not redacted else ""
    if was is not None and now is not None and was.same(now):
        note = f"was {standing_was}" if standing_was else ""
        return ChangeText(subject=f"{subject(key, hidden)}, {voice_value(now, hidden)}", now=rests_on, note=note)
    value_was = "" if was is None else voice_value(was, hidden)
    return ChangeText(subject=subject(key, hidden), was=value_was, now=voice_value(now, hidden), note=rests_on)


def contradiction_text(key: str, claim: AttributedClaim, *, ended: bool, hidden: Hidden = NOTHING_HIDDEN) -> ChangeText:
    """Return who says otherwise, and what; or who no longer does."""
    if ("key", key) in hidden:
        return ChangeText(subject=subject(key, hidden))
    verb = "no longer says otherwise" if ended else "says otherwise"
    who = voice_speakers(claim, hidden)
    return ChangeText(subject=f"{subject(key, hidden)}: {who} {verb}", now=voice_value(claim, hidden))


def denial_text(key: str, claim: AttributedClaim, *, ended: bool, hidden: Hidden = NOTHING_HIDDEN) -> ChangeText:
    """Return who denies the value, or who no longer does."""
    if ("key", key) in hidden:
        return ChangeText(subject=subject(key, hidden))
    verb = "no longer denies it" if ended else "denies it"
    return ChangeText(subject=f"{subject(key, hidden)}: {voice_speakers(claim, hidden)} {verb}")


def expectation_text(
    how: ExpectationHow,
    was: Expected | None,
    now: Expected | None,
    *,
    status: Status | None,
    hidden: Hidden = NOTHING_HIDDEN,
) -> ChangeText:
    """Return what is expected, and how that changed: its due dates, its outcome, its terms."""
    expected = now or was
    what = "" if expected is None else expected_what(expected, hidden)
    match how:
        case "opened":
            condition = "" if now is None else expected_condition(now, hidden)
            return ChangeText(subject=f"Newly expected: {what}", now=expected_due(now, hidden), note=condition)
        case "reworded":
            return ChangeText(subject=f"Expected: {what}", now=_new_terms(was, now, hidden))
        case "dated" | "moved":
            dues = expected_due(was, hidden), expected_due(now, hidden)
            return ChangeText(subject=f"Expected: {what}", was=dues[0], now=dues[1], note=how)
        case "withdrawn":
            return ChangeText(subject=f"No longer expected: {what}", note="the report of it was taken back")
        case "resolved":
            outcome = status_words((now.outcome if now else None) or "open")
            overdue = status_words("overdue") if status == "overdue" else ""
            return ChangeText(subject=f"Expected: {what}", now=outcome, note=overdue)
        case "reopened" | "overdue":
            return ChangeText(subject=f"Expected: {what}", now=status_words(status or "open"))
        case _:
            assert_never(how)


def _new_terms(was: Expected | None, now: Expected | None, hidden: Hidden) -> str:
    """Return which terms are new besides the date: who is to do it, on what condition, or the words."""
    if was is None or now is None:
        return ""
    terms = [expected_by(now, hidden) if was.by != now.by else ""]
    if was.condition != now.condition:
        terms.append(expected_condition(now, hidden) or "no longer on condition")
    return "; ".join(term for term in terms if term) or "reworded"


def story_text(field: StoryField, was: str | None, now: str | None) -> ChangeText:
    """Return a new headline, summary or status of the story."""
    return ChangeText(subject=f"Story {field}", was=was or "", now=now or "none")


def development_text(
    how: DevelopmentHow, development: str, headline: str | None, hidden: Hidden = NOTHING_HIDDEN
) -> ChangeText:
    """Return what became of a development, by its headline, or by its id if it has none."""
    return ChangeText(subject=f"{how.capitalize()}: {hidden.get(development, headline or '') or development}")


def voice_value(voice: AttributedClaim | None, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Return the value that `voice` states, or what stands for it; "unknown" where nothing is stated."""
    if voice is None:
        return "unknown"
    if voice.development in hidden:
        return hidden[voice.development]
    if voice in hidden:
        return hidden[voice]
    return said_words(voice)


def said_words(said: AttributedClaim | Claim) -> str:
    """Return the value that a voice or a claim states."""
    return value_words(value_state_json(said.value), unit=said.unit, of=value_state_json(said.of), literal=said.literal)


def voice_speakers(voice: AttributedClaim, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Return who says it: the speakers, else the origins' names."""
    if voice.development in hidden:
        return hidden[voice.development]
    named = _named(voice.said_by)
    return named or ", ".join(sorted(origin.name for origin in voice.origins if origin.name)) or NOBODY


@lru_cache(maxsize=4096)
def _named(speakers: tuple[Speaker, ...]) -> str:
    return speakers_words(speakers_json(speakers))


def fact_standing(fact: Fact) -> str:
    """Return what a fact's standing rests on, and who has checked it."""
    if fact.standing is None:
        return "unknown"
    words = standing_words(fact.standing, fact.origins)
    own_side = any(verification.own_side for verification in fact.verified_by)
    independent = any(verification.independent for verification in fact.verified_by)
    if independent:
        return f"{words}; verified independently"
    return f"{words}; verified by its own side only" if own_side else words


def expected_what(expected: Expected, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Return what is expected, or what stands for it."""
    for development in (expected.stated_by, expected.development):
        if development in hidden:
            return hidden[development]
    return expected.what


def expected_due(expected: Expected | None, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Return by when: `due 21–22 January 2015`, `no date given`; or what stands for it."""
    if expected is not None and expected.due_from is not None and expected.due_from in hidden:
        return hidden[expected.due_from]
    due = None if expected is None or expected.due is None else expected.due.as_object()
    return due_words(due)


def subject(key: str, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Return a key as the name of its fact, or what stands for it: ("key", key) hides one that may say too much."""
    return hidden.get(("key", key)) or key_words(key)


def expected_condition(expected: Expected, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Return on what it depends, or "" where it depends on nothing."""
    if not expected.condition:
        return ""
    return f"on condition: {hidden.get(expected.condition_from, expected.condition)}"


def expected_by(expected: Expected, hidden: Hidden = NOTHING_HIDDEN) -> str:
    """Return of whom it is expected, or "" where nobody is named."""
    return f"by {hidden.get(expected.by_from, expected.by)}" if expected.by else ""


def as_of_words(voice: AttributedClaim) -> str:
    """Return the time of which it speaks: `as of 6 January 2015`, `by 6 January 2015`."""
    words = when_words(voice.as_of)
    return words if words.startswith(("by ", "from ")) else f"as of {words}"


def corrected_words(key: str, voice: AttributedClaim, report: DevelopmentReported) -> str | None:
    """Return the words in place of the value of `voice` if its `report` was corrected since, else None."""
    if voice.against is not None or voice.stance != "asserts":
        return None
    claims = [claim for claim in report.facts if claim.key == key and claim.stance == "asserts"]
    said = [claim for claim in claims if (claim.said_by or report.said_by) == voice.said_by] or claims
    if not said:
        return "(withdrawn)"
    as_before = any((claim.value, claim.unit, claim.of) == (voice.value, voice.unit, voice.of) for claim in said)
    return None if as_before else f"(corrected: {said_words(said[0])})"
