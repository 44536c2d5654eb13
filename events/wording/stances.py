"""Who says what about a fact, in words: the one renderer for feeds, pages, their history and the terminal."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from events.fold.claims import AttributedClaim, concerns
from events.fold.facts import Fact, Verification
from events.model.parts import Claim
from events.wording.catalogue import STANCES
from events.wording.claims import as_of_words, attribution, claim_speakers, claim_value
from events.wording.language import ENGLISH, Words
from events.wording.redactions import NO_REDACTIONS, Redactions

StanceKind = Literal[
    "asserts",
    "contradicts",
    "differs",
    "denies",
    "denies_another_value",
    "cannot_confirm",
    "withholds",
    "verifies",
    "verifies_independently",
]


class StanceText(NamedTuple):
    """One stance on a fact in words: `Denied by Ben (City), as of 6 January 2015`.

    kind: the stance; a claim that asserts another value than the fact's `contradicts` it
    label: the words before the names: `Denied by`
    who: those who take it
    text: the words after the label
    sentence: all words
    inline: all words as they stand within a sentence
    development: the id of the development that says so
    """

    kind: StanceKind
    label: str
    who: str
    text: str
    sentence: str
    inline: str
    development: str

    def __str__(self) -> str:
        """Return it as a sentence of its own."""
        return self.sentence


def according_to(claim: AttributedClaim, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> StanceText:
    """Return who asserts the value of a fact, and as of when."""
    return _claim_stance("asserts", claim, redactions, words)


def objections(fact: Fact, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> Iterator[StanceText]:
    """Yield who contradicts the value of a fact, denies it, cannot confirm it, or withholds what they know."""
    for claim in fact.contradicted_by:
        yield _claim_stance("contradicts", claim, redactions, words, claim_value(claim, redactions, words))
    for claim in fact.differing_accounts:
        yield _claim_stance("differs", claim, redactions, words, claim_value(claim, redactions, words))
    for claim in fact.denied_by:
        yield _claim_stance("denies", claim, redactions, words, _subject(claim, fact, redactions, words))
    for claim in fact.other_denials:
        if redactions.development(claim.against) is None:  # what was denied was withdrawn since
            value = _subject(claim, fact, redactions, words)
            yield _claim_stance("denies_another_value", claim, redactions, words, value, fact)
    for claim in fact.unconfirmed_by:
        yield _claim_stance("cannot_confirm", claim, redactions, words, _subject(claim, fact, redactions, words), fact)
    for claim in fact.withheld_by:
        yield _claim_stance("withholds", claim, redactions, words)


def verifications(fact: Fact, words: Words = ENGLISH) -> Iterator[StanceText]:
    """Yield who has verified the value of a fact, how, and whether independently."""
    return (_verification(verification, words) for verification in fact.verified_by)


def _stance(kind: StanceKind, who: str, text: str, development: str, words: Words) -> StanceText:
    label = words.term(STANCES[kind])
    return StanceText(
        kind=kind,
        label=label,
        who=who,
        text=text,
        sentence=words.gettext("{label} {text}", label=label, text=text),
        inline=words.gettext("{label} {text}", label=words.inline(label), text=text),
        development=development,
    )


def _claim_stance(
    kind: StanceKind,
    claim: AttributedClaim,
    redactions: Redactions,
    words: Words,
    value: str = "",
    fact: Fact | None = None,
) -> StanceText:
    """Return a stance, with the other `value` or the one that it is about. One without may be older than the `fact`."""
    who = text = claim_speakers(claim, redactions, words)
    if redactions.development(claim.development) is None:  # else the details are part of its text
        if value and kind in {"contradicts", "differs"}:
            text = words.gettext("{who}: {value}", who=who, value=value)
        elif value:
            text = words.gettext("{who}, as to {value}", who=who, value=value)
        elif (
            fact is not None and fact.current is not None and claim.value is None and not concerns(claim, fact.current)
        ):
            text = words.gettext("{who}, before this was said", who=who)
        text = words.gettext("{text}, {as_of}", text=text, as_of=as_of_words(claim, words))
    return _stance(kind, who, text, claim.development, words)


def _subject(claim: AttributedClaim, fact: Fact, redactions: Redactions, words: Words) -> str:
    """Return the value that a denial or a doubt is about, "" if that is the current one and no other is shown.

    A doubt of "some" is none of the number that came later, nor of what the report was corrected to.
    """
    current = fact.current
    alone = current is not None and len(fact.accounts) == 1 and not isinstance(redactions.claim(current), Claim)
    if claim.value is None or (alone and current is not None and claim.same(current)):
        return ""
    redacted = redactions.development(claim.against)
    return claim_value(claim, redactions, words) if redacted is None else words.gettext(redacted)


def _verification(verification: Verification, words: Words) -> StanceText:
    support = verification.support
    kind: StanceKind = "verifies_independently" if verification.independent else "verifies"
    who = text = attribution(support.speakers, support.origins, words)
    if verification.own_side:
        text = words.gettext("{who}, the claimant’s own side", who=who)
    elif not verification.independent:
        text = words.gettext("{who}, not known to be independent", who=who)
    if support.method:
        text = words.gettext("{who}: {method}", who=text, method=support.method)
    return _stance(kind, who, text, support.by, words)
