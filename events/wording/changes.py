"""Changes in words: plain text pieces that the terminal, the feeds and the pages lay out in their own way.

A change quotes claims and expectations of developments. `redactions` say which of them must not be quoted any more, and
what is shown instead.
"""

from dataclasses import dataclass
from typing import Literal, assert_never

from events.fold.claims import AttributedClaim
from events.fold.expectations import ExpectationHow, ExpectationStatus, Expected
from events.fold.facts import Standing
from events.wording.catalogue import STANCE_CHANGES, standing_words, status_words
from events.wording.claims import claim_speakers, claim_value, fact_name
from events.wording.expectations import expected_by, expected_condition, expected_due, expected_what
from events.wording.redactions import NO_REDACTIONS, Redactions

StoryField = Literal["headline", "summary", "status"]
DevelopmentHow = Literal["reported", "corrected", "withheld", "restored", "withdrawn"]
ARROW = "→"


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
    redactions: Redactions = NO_REDACTIONS,
) -> ChangeText:
    """Return a fact's new value after the one before; if only its standing changed, that."""
    name, value = fact_name(key, redactions), claim_value(now, redactions)
    if redactions.key(key) is not None:
        return ChangeText(subject=name)
    # The origins of a development are part of its text.
    redacted = now is not None and redactions.development(now.development) is not None
    rests_on = standing_words(standing, origins) if standing and not redacted else ""
    if was is not None and now is not None and was.same(now):
        note = f"was {standing_was}" if standing_was else ""
        return ChangeText(subject=f"{name}, {value}", now=rests_on, note=note)
    return ChangeText(subject=name, was="" if was is None else claim_value(was, redactions), now=value, note=rests_on)


def contradiction_text(
    key: str, claim: AttributedClaim, *, ended: bool, redactions: Redactions = NO_REDACTIONS
) -> ChangeText:
    """Return who says otherwise, and what; or who no longer does."""
    name = fact_name(key, redactions)
    if redactions.key(key) is not None:
        return ChangeText(subject=name)
    verb = STANCE_CHANGES["contradicts"][ended]
    return ChangeText(subject=f"{name}: {claim_speakers(claim, redactions)} {verb}", now=claim_value(claim, redactions))


def denial_text(key: str, claim: AttributedClaim, *, ended: bool, redactions: Redactions = NO_REDACTIONS) -> ChangeText:
    """Return who denies the value, and which one, or who no longer does."""
    name = fact_name(key, redactions)
    if redactions.key(key) is not None:
        return ChangeText(subject=name)
    names_value = claim.lasts and claim.value is not None and redactions.development(claim.against) is None
    verb = STANCE_CHANGES["denies a value" if names_value else "denies"][ended]
    denied = claim_value(claim, redactions) if names_value else ""
    return ChangeText(subject=f"{name}: {claim_speakers(claim, redactions)} {verb}", now=denied)


def expectation_text(
    how: ExpectationHow,
    was: Expected | None,
    now: Expected | None,
    *,
    status: ExpectationStatus | None,
    redactions: Redactions = NO_REDACTIONS,
) -> ChangeText:
    """Return what is expected, and how that changed: its due dates, its outcome, its terms."""
    expected = now or was
    what = "" if expected is None else expected_what(expected, redactions)
    match how:
        case "opened":
            condition = "" if now is None else expected_condition(now, redactions)
            return ChangeText(subject=f"Newly expected: {what}", now=expected_due(now, redactions), note=condition)
        case "reworded":
            return ChangeText(subject=f"Expected: {what}", now=_new_terms(was, now, redactions))
        case "dated" | "moved":
            dues = expected_due(was, redactions), expected_due(now, redactions)
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


def _new_terms(was: Expected | None, now: Expected | None, redactions: Redactions) -> str:
    """Return which terms are new besides the date: who is to do it, on what condition, or the words."""
    if was is None or now is None:
        return ""
    terms = [expected_by(now, redactions) if was.by != now.by else ""]
    if was.condition != now.condition:
        terms.append(expected_condition(now, redactions) or "no longer on condition")
    return "; ".join(term for term in terms if term) or "reworded"


def story_text(field: StoryField, was: str | None, now: str | None) -> ChangeText:
    """Return a new headline, summary or status of the story."""
    return ChangeText(subject=f"Story {field}", was=was or "", now=now or "none")


def setting_text(key: str, setting: str, was: object, now: object) -> ChangeText:
    """Return a setting of a fact: `hurt, label: none → People hurt`."""
    return ChangeText(subject=f"{key}, {setting}", was=_setting_words(was), now=_setting_words(now))


def _setting_words(setting: object) -> str:
    return "yes" if setting is True else "none" if setting is None else str(setting)


def development_text(
    how: DevelopmentHow, development: str, headline: str | None, redactions: Redactions = NO_REDACTIONS
) -> ChangeText:
    """Return what became of a development, by its headline, or by its id if it has none."""
    return ChangeText(subject=f"{how.capitalize()}: {redactions.development(development) or headline or development}")
