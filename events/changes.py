"""What can change of a story, as values that say it in words. Computed by `events.diff`, never written by hand.

`str(change)` is one line of English. A change quotes claims and expectations, and names the developments that they came
from: `redactions` say which of those must not be quoted any more, and what is shown instead. This module is above
`events.wording`, and not part of `events.fold`, which imports no words.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias, assert_never

from events.fold.claims import AttributedClaim
from events.fold.expectations import ExpectationHow, ExpectationStatus, Expected
from events.fold.facts import Relation, Standing
from events.model.settings import SettingValue
from events.wording.catalogue import STANDINGS, label, semicolon_list, status_words
from events.wording.changes import ChangeText
from events.wording.claims import claim_speakers, claim_value, fact_name, is_corrected, standing_of_claim
from events.wording.expectations import expected_by, expected_condition, expected_due, expected_what
from events.wording.language import ENGLISH, Term, Words
from events.wording.redactions import NO_REDACTIONS, Redactions

StoryField = Literal["headline", "summary", "status"]
AccountHow = Literal["opened", "ended", "uncounted"]
DevelopmentHow = Literal["reported", "corrected", "withheld", "restored", "withdrawn"]

_DUE_CHANGES: Final = {
    "dated": Term("change of a due date", "dated"),
    "moved": Term("change of a due date", "moved"),
}
_STORY_FIELDS: Final[dict[StoryField, Term]] = {
    "headline": Term("change of a story", "Story headline"),
    "summary": Term("change of a story", "Story summary"),
    "status": Term("change of a story", "Story status"),
}


class FactChanged(NamedTuple):
    """A fact has another value or standing. `was` is None if the fact is new, `now` if its value is unknown."""

    key: str
    was: AttributedClaim | None
    now: AttributedClaim | None
    relation: Relation
    standing_was: Standing | None
    standing: Standing | None
    origins: tuple[str, ...]

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset(claim.development for claim in (self.was, self.now) if claim is not None)

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Prisoners released: 1–52 → 53 of 53`; if only the standing changed, that.

        A value that was corrected since is not the one that others confirmed or disputed.
        """
        was, now, standing = self.was, self.now, self.standing
        name, value = fact_name(self.key, redactions, words), claim_value(now, redactions, words)
        if redactions.key(self.key) is not None:
            return ChangeText(subject=name)
        # The origins of a development are part of its text.
        redacted = now is not None and redactions.development(now.development) is not None
        rests_on = (
            standing_of_claim(standing, now, self.origins, redactions, words) if standing and not redacted else ""
        )
        if was is not None and now is not None and was.same(now):
            return self._standing_text(name, value, rests_on, corrected=is_corrected(now, redactions), words=words)
        value_was = claim_value(was, redactions, words) if was is not None and self.relation != "diverges" else ""
        if now is not None and standing != "reported" and is_corrected(now, redactions):
            rests_on = ""
        return ChangeText(subject=name, was=value_was, now=value, note=rests_on)

    def _standing_text(self, name: str, value: str, rests_on: str, *, corrected: bool, words: Words) -> ChangeText:
        """Return that the same value has another standing."""
        before = label(STANDINGS, self.standing_was, words) if self.standing_was else ""
        note = words.gettext("before: {standing}", standing=before) if before else ""
        if corrected:
            subject = words.gettext("{text} (corrected since)", text=name)
        else:
            subject = words.gettext("{name}, {value}", name=name, value=value)
        return ChangeText(subject=subject, now=rests_on, note=note)


class ContradictionChanged(NamedTuple):
    """Another origin says something incompatible, or, if `ended`, no longer does."""

    key: str
    claim: AttributedClaim
    ended: bool = False

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset({self.claim.development})

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Hurt: Ben (City) says otherwise: 3`."""
        return _claim_text(self.key, self.claim, self._text, redactions, words)

    def _text(self, name: str, who: str, redactions: Redactions, words: Words) -> ChangeText:
        if self.ended:
            subject = words.gettext("{name}: {who} no longer contradicts this, having said", name=name, who=who)
        else:
            subject = words.gettext("{name}: {who} says otherwise", name=name, who=who)
        return ChangeText(subject=subject, now=claim_value(self.claim, redactions, words))


class AccountChanged(NamedTuple):
    """Another origin gives another account, or no longer does; `uncounted`: the desk no longer counts what they say."""

    key: str
    claim: AttributedClaim
    ended: bool = False
    uncounted: bool = False

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset({self.claim.development})

    @property
    def how(self) -> AccountHow:
        """What became of the account."""
        return "uncounted" if self.uncounted else "ended" if self.ended else "opened"

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Cause: Ben (City) gives another account: wind`."""
        return _claim_text(self.key, self.claim, self._text, redactions, words)

    def _text(self, name: str, who: str, redactions: Redactions, words: Words) -> ChangeText:
        match self.how:
            case "opened":
                subject = words.gettext("{name}: {who} gives another account", name=name, who=who)
            case "ended":
                subject = words.gettext("{name}: {who} no longer gives another account", name=name, who=who)
            case "uncounted":
                subject = words.gettext("{name}: what {who} says no longer counts", name=name, who=who)
            case _:
                assert_never(self.how)
        return ChangeText(subject=subject, now=claim_value(self.claim, redactions, words))


class DenialChanged(NamedTuple):
    """Another origin denies the value, or another one, or, if `ended`, no longer does."""

    key: str
    claim: AttributedClaim
    ended: bool = False

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        denied = self.claim.against if self.claim.lasts else None
        return frozenset({self.claim.development} if denied is None else {self.claim.development, denied})

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Hurt: Ben (City) denies: 3`, or only that they deny it."""
        return _claim_text(self.key, self.claim, self._text, redactions, words)

    def _text(self, name: str, who: str, redactions: Redactions, words: Words) -> ChangeText:
        claim = self.claim
        if claim.lasts and claim.value is not None and redactions.development(claim.against) is None:
            if self.ended:
                subject = words.gettext("{name}: {who} no longer denies", name=name, who=who)
            else:
                subject = words.gettext("{name}: {who} denies", name=name, who=who)
            return ChangeText(subject=subject, now=claim_value(claim, redactions, words))
        if self.ended:
            return ChangeText(subject=words.gettext("{name}: {who} no longer denies it", name=name, who=who))
        return ChangeText(subject=words.gettext("{name}: {who} denies it", name=name, who=who))


class ExpectationChanged(NamedTuple):
    """Something is newly expected, dated, moved, reworded, resolved, overdue, or no longer stated by a usable report.

    `was` is None if it is newly expected, `now` if it is withdrawn.
    """

    id: str
    how: ExpectationHow
    was: Expected | None
    now: Expected | None
    status: ExpectationStatus | None

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset().union(*(expected.quotes() for expected in (self.was, self.now) if expected is not None))

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Expected: talks in Havana: due 7–31 January 2015 → due 21–22 January 2015 (dated)`."""
        was, now = self.was, self.now
        expected, due = now or was, expected_due(now, redactions, words)
        what = "" if expected is None else expected_what(expected, redactions, words)
        match self.how:
            case "opened":
                condition = "" if now is None else expected_condition(now, redactions, words)
                return ChangeText(subject=words.gettext("Newly expected: {what}", what=what), now=due, note=condition)
            case "withdrawn":
                reason = words.gettext("the report of it was taken back")
                return ChangeText(subject=words.gettext("No longer expected: {what}", what=what), note=reason)
            case _:
                pass
        subject = words.gettext("Expected: {what}", what=what)
        match self.how:
            case "reworded":
                return ChangeText(subject=subject, now=self._new_terms(redactions, words))
            case "dated" | "moved":
                note = words.term(_DUE_CHANGES[self.how])
                return ChangeText(subject=subject, was=expected_due(was, redactions, words), now=due, note=note)
            case "resolved":
                outcome = status_words((now.outcome if now else None) or "open", words)
                overdue = status_words("overdue", words) if self.status == "overdue" else ""
                return ChangeText(subject=subject, now=outcome, note=overdue)
            case "reopened" | "overdue":
                return ChangeText(subject=subject, now=status_words(self.status or "open", words))
            case _:
                assert_never(self.how)

    def _new_terms(self, redactions: Redactions, words: Words) -> str:
        """Return which terms are new besides the date: who is to do it, on what condition, or the words."""
        was, now = self.was, self.now
        if was is None or now is None:
            return ""
        terms = [expected_by(now, redactions, words) if was.by != now.by else ""]
        if was.condition != now.condition:
            terms.append(expected_condition(now, redactions, words) or words.gettext("no longer on condition"))
        return semicolon_list(terms, words) or words.gettext("reworded")


class StoryChanged(NamedTuple):
    """The story's headline, summary or status is another."""

    field: StoryField
    was: str | None
    now: str | None

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes: none."""
        return frozenset()

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:  # noqa: ARG002 - as every change has it: a story's own words are never redacted
        """Return `Story headline: … → …`."""
        texts = (self.was, self.now)
        was, now = (status_words(text, words) if text and self.field == "status" else text for text in texts)
        none = words.pgettext("text of a story", "none")
        return ChangeText(subject=words.term(_STORY_FIELDS[self.field]), was=was or "", now=now or none)


class SettingChanged(NamedTuple):
    """The desk has a fact shown or folded in another way. `was` is None if it had not set this, `now` if no longer."""

    key: str
    setting: str
    was: SettingValue | None
    now: SettingValue | None

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes: none."""
        return frozenset()

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:  # noqa: ARG002 - as every change has it: only the desk reads this, in English
        """Return `hurt, label: none → People hurt`."""
        was, now = _setting_words(self.was), _setting_words(self.now)
        return ChangeText(subject=f"{self.key}, {self.setting}", was=was, now=now)


def _setting_words(setting: SettingValue | None) -> str:
    return "yes" if setting is True else "none" if setting is None else str(setting)


class DevelopmentChanged(NamedTuple):
    """A development was reported, corrected, withheld, restored or withdrawn. `headline` is None if it has no text."""

    development: str
    how: DevelopmentHow
    headline: str | None

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset({self.development})

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Reported: Ferries suspended`; by its id if it has no headline."""
        redacted = redactions.development(self.development)
        name = self.headline or self.development if redacted is None else words.gettext(redacted)
        match self.how:
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
                assert_never(self.how)


class MoreClaimsChanged(NamedTuple):
    """So many more claims about a fact have begun or ended to count than are listed."""

    key: str
    more: int

    def __str__(self) -> str:
        return str(self.text())

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes: none."""
        return frozenset()

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Hurt: 29 more changes`."""
        name = fact_name(self.key, redactions, words)
        if redactions.key(self.key) is not None:
            return ChangeText(subject=name)
        text = words.ngettext("{name}: {count} more change", "{name}: {count} more changes", self.more, name=name)
        return ChangeText(subject=text)


def _claim_text(
    key: str,
    claim: AttributedClaim,
    text: Callable[[str, str, Redactions, Words], ChangeText],
    redactions: Redactions,
    words: Words,
) -> ChangeText:
    """Return what `text` says of a fact, by its name, and of who claims it; the name alone if it must not be quoted."""
    name = fact_name(key, redactions, words)
    if redactions.key(key) is not None:
        return ChangeText(subject=name)
    return text(name, claim_speakers(claim, redactions, words), redactions, words)


ClaimChange: TypeAlias = ContradictionChanged | AccountChanged | DenialChanged
"""What another origin says of a fact, beside its value, begins to count; if `ended`, they say it no longer."""
FactChange: TypeAlias = FactChanged | ClaimChange | MoreClaimsChanged
Change: TypeAlias = FactChange | ExpectationChanged | StoryChanged | SettingChanged | DevelopmentChanged


def worded_changes(
    changes: Iterable[Change], redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH
) -> Iterator[tuple[Change, ChangeText]]:
    """Yield each change with its words, except those of facts whose very name must not be quoted."""
    quotable = (item for item in changes if redactions.key(getattr(item, "key", "")) is None)
    return ((item, item.text(redactions, words)) for item in quotable)


def change_texts(
    changes: Iterable[Change], redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH
) -> tuple[ChangeText, ...]:
    """Return `changes` in words, each words once, without those of facts whose very name must not be quoted."""
    return tuple(dict.fromkeys(text for _, text in worded_changes(changes, redactions, words)))
