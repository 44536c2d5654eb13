"""Who says what about a fact, in words: the one renderer for feeds, pages, their history and the terminal."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from events.fold.claims import AttributedClaim, Verification, concerns
from events.fold.facts import Fact
from events.fold.long_lists import listed, unlisted
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
    label: the words before the names: `Denied by`; "" if it says how many more there are
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
    kinds: tuple[tuple[StanceKind, Sequence[AttributedClaim]], ...] = (
        ("contradicts", fact.contradicted_by),
        ("differs", fact.differing_accounts),
        ("denies", fact.denied_by),
        ("denies_another_value", fact.other_denials),
        ("cannot_confirm", fact.unconfirmed_by),
        ("withholds", fact.withheld_by),
    )
    for kind, claims in kinds:
        for claim in listed(claims):
            # What was denied may have been withdrawn since.
            if kind != "denies_another_value" or redactions.development(claim.against) is None:
                yield _objection(kind, claim, fact, redactions, words)
        yield from _unlisted_stances(kind, claims, words)


def verifications(fact: Fact, words: Words = ENGLISH) -> Iterator[StanceText]:
    """Yield who has verified the value of a fact, how, and whether independently."""
    yield from (_verification(verification, words) for verification in listed(fact.verified_by))
    yield from _unlisted_stances("verifies", fact.verified_by, words)


def _objection(
    kind: StanceKind, claim: AttributedClaim, fact: Fact, redactions: Redactions, words: Words
) -> StanceText:
    match kind:
        case "contradicts" | "differs":
            return _claim_stance(kind, claim, redactions, words, claim_value(claim, redactions, words))
        case "withholds":
            return _claim_stance(kind, claim, redactions, words)
        case _:
            value = _subject(claim, fact, redactions, words)
            return _claim_stance(kind, claim, redactions, words, value, None if kind == "denies" else fact)


def _unlisted_stances(kind: StanceKind, claims: Sequence[object], words: Words) -> Iterator[StanceText]:
    """Yield how many more there are of a long list, without names: `and 29 more`."""
    if count := unlisted(claims):
        text = words.ngettext("and {count} more", "and {count} more", count)
        yield StanceText(kind=kind, label="", who="", text=text, sentence=text, inline=text, development="")


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
    alone = not (fact.contradicted_by or fact.differing_accounts)
    alone = alone and current is not None and not isinstance(redactions.claim(current), Claim)
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
