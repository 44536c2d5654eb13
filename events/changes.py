"""What can change of a story, as values. Computed by `events.diff`, never written by hand.

A value that a change quotes names the development that it came from, so that it can be redacted once that development
is withdrawn. `print(change)` prints the change in words, so this module is above `events.wording` and not part of
`events.fold`, which imports no words. The sentences themselves are in `events.wording.changes`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from events.fold.claims import AttributedClaim
from events.fold.expectations import ExpectationHow, ExpectationStatus, Expected
from events.fold.facts import Relation, Standing
from events.model.settings import SettingValue
from events.wording.changes import (
    AccountHow,
    ChangeText,
    DevelopmentHow,
    StoryField,
    account_text,
    contradiction_text,
    denial_text,
    development_text,
    expectation_text,
    fact_text,
    setting_text,
    story_text,
)
from events.wording.language import ENGLISH, Words
from events.wording.redactions import NO_REDACTIONS, Redactions


class _Change(ABC):
    """A difference between two states. `str(change)` is one line of English."""

    __slots__ = ()

    @abstractmethod
    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return the change in words. `redactions` say what must not be quoted any more."""

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset()

    def __str__(self) -> str:
        return str(self.text())


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChanged(_Change):
    """A fact has another value or standing. `was` is None if the fact is new, `now` if its value is unknown."""

    key: str
    was: AttributedClaim | None
    now: AttributedClaim | None
    relation: Relation
    standing_was: Standing | None
    standing: Standing | None
    origins: tuple[str, ...]

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset(claim.development for claim in (self.was, self.now) if claim is not None)

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Prisoners released: 1–52 → 53 of 53`; if only the standing changed, that."""
        return fact_text(
            self.key,
            self.was,
            self.now,
            replaced=self.relation != "diverges",
            standing_was=self.standing_was,
            standing=self.standing,
            origins=self.origins,
            redactions=redactions,
            words=words,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChanged(_Change):
    """What another origin says of a fact, beside its value, has begun or ended to count."""

    key: str
    claim: AttributedClaim

    @property
    @abstractmethod
    def has_ended(self) -> bool:
        """Whether they say it no longer."""

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset({self.claim.development})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictionChanged(ClaimChanged):
    """Another origin says something incompatible, or, if `ended`, no longer does."""

    ended: bool

    @property
    def has_ended(self) -> bool:
        """Whether they say it no longer."""
        return self.ended

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Hurt: Ben (City) says otherwise: 3`."""
        return contradiction_text(self.key, self.claim, ended=self.ended, redactions=redactions, words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged(ClaimChanged):
    """Another origin gives another account, or no longer does; or the desk no longer counts what somebody says."""

    how: AccountHow

    @property
    def has_ended(self) -> bool:
        """Whether they say it no longer."""
        return self.how == "ended"

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Cause: Ben (City) gives another account: wind`."""
        return account_text(self.key, self.claim, self.how, redactions, words)


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialChanged(ClaimChanged):
    """Another origin denies the value, or another one, or, if `ended`, no longer does."""

    ended: bool

    @property
    def has_ended(self) -> bool:
        """Whether they say it no longer."""
        return self.ended

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        denied = self.claim.against if self.claim.lasts else None
        return frozenset({self.claim.development} if denied is None else {self.claim.development, denied})

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Hurt: Ben (City) denies: 3`."""
        return denial_text(self.key, self.claim, ended=self.ended, redactions=redactions, words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationChanged(_Change):
    """Something is newly expected, dated, moved, reworded, resolved, overdue, or no longer stated by a usable report.

    `was` is None if it is newly expected, `now` if it is withdrawn.
    """

    id: str
    how: ExpectationHow
    was: Expected | None
    now: Expected | None
    status: ExpectationStatus | None

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset().union(*(expected.quotes() for expected in (self.was, self.now) if expected is not None))

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Expected: talks in Havana: due 7–31 January 2015 → due 21–22 January 2015 (dated)`."""
        return expectation_text(self.how, self.was, self.now, status=self.status, redactions=redactions, words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChanged(_Change):
    """The story's headline, summary or status is another."""

    field: StoryField
    was: str | None
    now: str | None

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:  # noqa: ARG002 - as `_Change` has it: a story's own words are never redacted
        """Return `Story headline: … → …`."""
        return story_text(self.field, self.was, self.now, words)


@dataclass(frozen=True, slots=True)
class SettingChanged(_Change):
    """The desk has a fact shown or folded in another way. `was` is None if it had not set this, `now` if no longer."""

    key: str
    setting: str
    was: SettingValue | None
    now: SettingValue | None

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:  # noqa: ARG002 - as `_Change` has it: only the desk reads this, in English
        """Return `hurt, label: none → People hurt`."""
        return setting_text(self.key, self.setting, self.was, self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentChanged(_Change):
    """A development was reported, corrected, withheld, restored or withdrawn. `headline` is None if it has no text."""

    development: str
    how: DevelopmentHow
    headline: str | None

    def quotes(self) -> frozenset[str]:
        """Return the developments whose text it quotes."""
        return frozenset({self.development})

    def text(self, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> ChangeText:
        """Return `Reported: Ferries suspended`."""
        return development_text(self.how, self.development, self.headline, redactions, words)


FactChange: TypeAlias = FactChanged | ContradictionChanged | AccountChanged | DenialChanged
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
