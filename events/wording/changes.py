"""Changes in words: plain text pieces that the terminal, the feeds and the pages lay out in their own way.

A change quotes claims and expectations of developments. `redactions` say which of them must not be quoted any more, and
what is shown instead.
"""

from dataclasses import dataclass
from typing import Final, Literal, assert_never

from events.fold.claims import AttributedClaim
from events.fold.expectations import ExpectationHow, ExpectationStatus, Expected
from events.fold.facts import Standing
from events.wording.catalogue import STANDINGS, label, semicolon_list, status_words
from events.wording.claims import claim_speakers, claim_value, fact_name, is_corrected, standing_of_claim
from events.wording.expectations import expected_by, expected_condition, expected_due, expected_what
from events.wording.language import ENGLISH, Term, Words
from events.wording.redactions import NO_REDACTIONS, Redactions

StoryField = Literal["headline", "summary", "status"]
AccountHow = Literal["opened", "ended", "uncounted"]
DevelopmentHow = Literal["reported", "corrected", "withheld", "restored", "withdrawn"]
ARROW = "→"

_DUE_CHANGES: Final = {
    "dated": Term("change of a due date", "dated"),
    "moved": Term("change of a due date", "moved"),
}
_STORY_FIELDS: Final[dict[StoryField, Term]] = {
    "headline": Term("change of a story", "Story headline"),
    "summary": Term("change of a story", "Story summary"),
    "status": Term("change of a story", "Story status"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeText:
    """One change in words: of what, what it was, what it is now, and what else matters. All but `subject` may be ""."""

    subject: str
    was: str = ""
    now: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Return one line: `Prisoners released: 1–52 (“some”) → 53 of 53 people (one origin: …)`."""
        return self.line(ENGLISH)

    def line(self, words: Words) -> str:
        """Return it in one line of the language that it is in."""
        values, line = self.values(words), self.subject
        if values:
            line = words.gettext("{name}: {value}", name=line, value=values)
        return words.gettext("{text} ({note})", text=line, note=self.note) if self.note else line

    def values(self, words: Words) -> str:
        """Return what it was and what it is now, as far as it has them."""
        if self.was and self.now:
            return words.gettext("{was} → {now}", was=self.was, now=self.now)
        return self.was or self.now


def fact_text(
    key: str,
    was: AttributedClaim | None,
    now: AttributedClaim | None,
    *,
    replaced: bool = True,
    standing_was: Standing | None,
    standing: Standing | None,
    origins: tuple[str, ...],
    redactions: Redactions = NO_REDACTIONS,
    words: Words = ENGLISH,
) -> ChangeText:
    """Return a fact's new value after the one that it `replaced`; if only its standing changed, that.

    A value that was corrected since is not the one that others confirmed or disputed.
    """
    name, value = fact_name(key, redactions, words), claim_value(now, redactions, words)
    if redactions.key(key) is not None:
        return ChangeText(subject=name)
    # The origins of a development are part of its text.
    redacted = now is not None and redactions.development(now.development) is not None
    rests_on = standing_of_claim(standing, now, origins, redactions, words) if standing and not redacted else ""
    if was is not None and now is not None and was.same(now):
        before = (
            words.gettext("before: {standing}", standing=label(STANDINGS, standing_was, words)) if standing_was else ""
        )
        if is_corrected(now, redactions):
            subject = words.gettext("{text} (corrected since)", text=name)
        else:
            subject = words.gettext("{name}, {value}", name=name, value=value)
        return ChangeText(subject=subject, now=rests_on, note=before)
    value_was = claim_value(was, redactions, words) if was is not None and replaced else ""
    if now is not None and standing != "reported" and is_corrected(now, redactions):
        rests_on = ""
    return ChangeText(subject=name, was=value_was, now=value, note=rests_on)


def contradiction_text(
    key: str,
    claim: AttributedClaim,
    *,
    ended: bool,
    redactions: Redactions = NO_REDACTIONS,
    words: Words = ENGLISH,
) -> ChangeText:
    """Return who says otherwise, and what; or who no longer does."""
    name, who = fact_name(key, redactions, words), claim_speakers(claim, redactions, words)
    if redactions.key(key) is not None:
        return ChangeText(subject=name)
    if ended:
        subject = words.gettext("{name}: {who} no longer contradicts this, having said", name=name, who=who)
    else:
        subject = words.gettext("{name}: {who} says otherwise", name=name, who=who)
    return ChangeText(subject=subject, now=claim_value(claim, redactions, words))


def account_text(
    key: str,
    claim: AttributedClaim,
    how: AccountHow,
    redactions: Redactions = NO_REDACTIONS,
    words: Words = ENGLISH,
) -> ChangeText:
    """Return who gives another account, and which; or whose account no longer counts."""
    name, who = fact_name(key, redactions, words), claim_speakers(claim, redactions, words)
    if redactions.key(key) is not None:
        return ChangeText(subject=name)
    match how:
        case "opened":
            subject = words.gettext("{name}: {who} gives another account", name=name, who=who)
        case "ended":
            subject = words.gettext("{name}: {who} no longer gives another account", name=name, who=who)
        case "uncounted":
            subject = words.gettext("{name}: what {who} says no longer counts", name=name, who=who)
        case _:
            assert_never(how)
    return ChangeText(subject=subject, now=claim_value(claim, redactions, words))


def denial_text(
    key: str,
    claim: AttributedClaim,
    *,
    ended: bool,
    redactions: Redactions = NO_REDACTIONS,
    words: Words = ENGLISH,
) -> ChangeText:
    """Return who denies the value, and which one, or who no longer does."""
    name, who = fact_name(key, redactions, words), claim_speakers(claim, redactions, words)
    if redactions.key(key) is not None:
        return ChangeText(subject=name)
    if claim.lasts and claim.value is not None and redactions.development(claim.against) is None:
        if ended:
            subject = words.gettext("{name}: {who} no longer denies", name=name, who=who)
        else:
            subject = words.gettext("{name}: {who} denies", name=name, who=who)
        return ChangeText(subject=subject, now=claim_value(claim, redactions, words))
    if ended:
        return ChangeText(subject=words.gettext("{name}: {who} no longer denies it", name=name, who=who))
    return ChangeText(subject=words.gettext("{name}: {who} denies it", name=name, who=who))


def expectation_text(
    how: ExpectationHow,
    was: Expected | None,
    now: Expected | None,
    *,
    status: ExpectationStatus | None,
    redactions: Redactions = NO_REDACTIONS,
    words: Words = ENGLISH,
) -> ChangeText:
    """Return what is expected, and how that changed: its due dates, its outcome, its terms."""
    what, due = _expectation(now or was, redactions, words), expected_due(now, redactions, words)
    match how:
        case "opened":
            condition = "" if now is None else expected_condition(now, redactions, words)
            return ChangeText(subject=words.gettext("Newly expected: {what}", what=what), now=due, note=condition)
        case "withdrawn":
            reason = words.gettext("the report of it was taken back")
            return ChangeText(subject=words.gettext("No longer expected: {what}", what=what), note=reason)
        case _:
            pass
    subject = words.gettext("Expected: {what}", what=what)
    match how:
        case "reworded":
            return ChangeText(subject=subject, now=_new_terms(was, now, redactions, words))
        case "dated" | "moved":
            note = words.term(_DUE_CHANGES[how])
            return ChangeText(subject=subject, was=expected_due(was, redactions, words), now=due, note=note)
        case "resolved":
            outcome = status_words((now.outcome if now else None) or "open", words)
            overdue = status_words("overdue", words) if status == "overdue" else ""
            return ChangeText(subject=subject, now=outcome, note=overdue)
        case "reopened" | "overdue":
            return ChangeText(subject=subject, now=status_words(status or "open", words))
        case _:
            assert_never(how)


def _expectation(expected: Expected | None, redactions: Redactions, words: Words) -> str:
    return "" if expected is None else expected_what(expected, redactions, words)


def _new_terms(was: Expected | None, now: Expected | None, redactions: Redactions, words: Words) -> str:
    """Return which terms are new besides the date: who is to do it, on what condition, or the words."""
    if was is None or now is None:
        return ""
    terms = [expected_by(now, redactions, words) if was.by != now.by else ""]
    if was.condition != now.condition:
        terms.append(expected_condition(now, redactions, words) or words.gettext("no longer on condition"))
    return semicolon_list(terms, words) or words.gettext("reworded")


def story_text(field: StoryField, was: str | None, now: str | None, words: Words = ENGLISH) -> ChangeText:
    """Return a new headline, summary or status of the story."""
    was_words, now_words = (status_words(text, words) if text and field == "status" else text for text in (was, now))
    return ChangeText(
        subject=words.term(_STORY_FIELDS[field]),
        was=was_words or "",
        now=now_words or words.pgettext("text of a story", "none"),
    )


def setting_text(key: str, setting: str, was: object, now: object) -> ChangeText:
    """Return a setting of a fact: `hurt, label: none → People hurt`."""
    return ChangeText(subject=f"{key}, {setting}", was=_setting_words(was), now=_setting_words(now))


def _setting_words(setting: object) -> str:
    return "yes" if setting is True else "none" if setting is None else str(setting)


def development_text(
    how: DevelopmentHow,
    development: str,
    headline: str | None,
    redactions: Redactions = NO_REDACTIONS,
    words: Words = ENGLISH,
) -> ChangeText:
    """Return what became of a development, by its headline, or by its id if it has none."""
    redacted = redactions.development(development)
    name = headline or development if redacted is None else words.gettext(redacted)
    match how:
        case "reported":
            return ChangeText(subject=words.gettext("Reported: {headline}", headline=name))
        case "corrected":
            return ChangeText(subject=words.gettext("Corrected: {headline}", headline=name))
        case "withheld":
            return ChangeText(subject=words.gettext("Withheld: {headline}", headline=name))
        case "restored":
            return ChangeText(subject=words.gettext("Restored: {headline}", headline=name))
        case "withdrawn":
            return ChangeText(subject=words.gettext("Withdrawn: {headline}", headline=name))
        case _:
            assert_never(how)
