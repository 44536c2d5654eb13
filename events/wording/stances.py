"""Who says what about a fact, in words: the one renderer for feeds, pages, their history and the terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from events.fold.claims import AttributedClaim
from events.fold.facts import Fact, Verification
from events.wording.catalogue import STANCES
from events.wording.claims import as_of_words, attribution, claim_speakers, claim_value
from events.wording.redactions import NO_REDACTIONS, Redactions

StanceKind = Literal[
    "asserts",
    "contradicts",
    "denies",
    "denies_another_value",
    "cannot_confirm",
    "withholds",
    "verifies",
    "verifies_independently",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceText:
    """One stance on a fact in words: `Denied by Ben (City), as of 6 January 2015`.

    kind: the stance; a claim that asserts another value than the fact's `contradicts` it
    label: the words before the names: `Denied by`
    who: those who take it
    details: the words after the names, in pairs of our own words and of a text that an event brought, or ""
    development: the id of the development that says so
    """

    kind: StanceKind
    label: str
    who: str
    details: tuple[tuple[str, str], ...] = ()
    development: str

    def __str__(self) -> str:
        """Return it as a sentence of its own."""
        return f"{self.label} {self.text}"

    @property
    def text(self) -> str:
        """The words after the label."""
        return self.who + "".join(map("".join, self.details))

    @property
    def inline(self) -> str:
        """The words within a sentence: `denied by Ben (City), as of 6 January 2015`."""
        return f"{self.label[:1].lower()}{self.label[1:]} {self.text}"


def according_to(claim: AttributedClaim, redactions: Redactions = NO_REDACTIONS) -> StanceText:
    """Return who asserts the value of a fact, and as of when."""
    return _stance("asserts", claim, redactions)


def objections(fact: Fact, redactions: Redactions = NO_REDACTIONS) -> Iterator[StanceText]:
    """Yield who contradicts the value of a fact, denies it, cannot confirm it, or withholds what they know."""
    for claim in fact.contradicted_by:
        yield _stance("contradicts", claim, redactions, (": ", claim_value(claim, redactions)))
    for claim in fact.denied_by:
        yield _stance("denies", claim, redactions, *_about(claim, fact, redactions))
    for claim in fact.other_denials:
        if redactions.development(claim.against) is None:  # what was denied was withdrawn since
            yield _stance("denies_another_value", claim, redactions, *_about(claim, fact, redactions))
    for claim in fact.unconfirmed_by:
        yield _stance("cannot_confirm", claim, redactions, *_about(claim, fact, redactions))
    for claim in fact.withheld_by:
        yield _stance("withholds", claim, redactions)


def verifications(fact: Fact) -> Iterator[StanceText]:
    """Yield who has verified the value of a fact, how, and whether independently."""
    return map(_verification, fact.verified_by)


def _stance(kind: StanceKind, claim: AttributedClaim, redactions: Redactions, *details: tuple[str, str]) -> StanceText:
    """Return a stance. Of a development that must not be quoted, the details are part of its text."""
    redacted = redactions.development(claim.development) is not None
    return StanceText(
        kind=kind,
        label=STANCES[kind],
        who=claim_speakers(claim, redactions),
        details=() if redacted else (*details, (f", {as_of_words(claim)}", "")),
        development=claim.development,
    )


def _about(claim: AttributedClaim, fact: Fact, redactions: Redactions) -> Iterator[tuple[str, str]]:
    """Yield the value that a denial or a doubt is about, unless that is the current one.

    A doubt of "some" is none of the number that came later.
    """
    current = fact.current
    if claim.value is None or (current is not None and claim.same(current)):
        return
    yield ", as to ", redactions.development(claim.against) or claim_value(claim, redactions)


def _verification(verification: Verification) -> StanceText:
    support = verification.support
    kind: StanceKind = "verifies_independently" if verification.independent else "verifies"
    details = []
    if verification.own_side:
        details.append((", the claimant’s own side", ""))
    elif not verification.independent:
        details.append((", not known to be independent", ""))
    if support.method:
        details.append((": ", support.method))
    return StanceText(
        kind=kind,
        label=STANCES[kind],
        who=attribution(support.speakers, support.origins),
        details=tuple(details),
        development=support.by,
    )
