"""Claims and facts in words: who says what, as of when, and what a fact's standing rests on."""

from collections.abc import Iterable, Mapping

from events.fold.attribution import Origin
from events.fold.claims import AttributedClaim
from events.fold.facts import Fact
from events.fold.state_parts import AimTarget
from events.model.edtf import When
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Speaker
from events.model.text import folded
from events.wording.catalogue import UNATTRIBUTED, key_words, listing, standing_words
from events.wording.redactions import NO_REDACTIONS, Redactions
from events.wording.values import speakers_words, value_words, when_words

WITHDRAWN = "(withdrawn)"
"""In place of what was taken back."""
CORRECTED_SINCE = "(corrected since)"
"""After the words of a report that does not say so any more."""


def fact_name(key: str, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return the name of a fact: `Prisoners released`."""
    return redactions.key(key) or key_words(key)


def claim_value(claim: AttributedClaim | None, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return the value that `claim` states, in its own unit or in none; "unknown" if there is no claim."""
    if claim is None:
        return "unknown"
    return redactions.claim(claim) or _stated_value(claim)


def target_words(target: AimTarget, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return what a dispute or corroboration is about, as that was then: `Cause: blackout`, or a headline."""
    words = "; ".join(_key_words(key, target.claims, redactions) for key in target.keys) or target.headline
    return f"{words} {CORRECTED_SINCE}" if target.corrected else words


def _key_words(key: str, claims: Iterable[Claim], redactions: Redactions) -> str:
    values = [_stated_value(claim) for claim in claims if folded(claim.key) == folded(key)]
    hidden = redactions.key(key) is not None
    return f"{fact_name(key, redactions)}{f': {listing(values)}' if values and not hidden else ''}"


def claim_speakers(claim: AttributedClaim, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return who makes a claim: its speakers, or without any the names of its origins."""
    redacted = redactions.development(claim.development)
    if redacted is not None:
        return redacted
    return attribution(claim.said_by, claim.origins)


def attribution(speakers: tuple[Speaker, ...], origins: Iterable[Origin]) -> str:
    """Return who says something: the speakers, or without any the names of the origins."""
    return speakers_words(speakers) or listing(sorted(origin.name for origin in origins if origin.name)) or UNATTRIBUTED


def as_of_words(claim: AttributedClaim) -> str:
    """Return the time of which a claim speaks: `as of 6 January 2015`, `by 6 January 2015`."""
    return _time_words(claim.as_of)


def own_claim(claim: Claim, said_on: When | None) -> str:
    """Return what a report claims, and of when: `5 people, as of 6 January 2015`. `said_on` is that of the report."""
    holds, value = claim.as_of or said_on, _stated_value(claim)
    return value if holds is None else f"{value}, {_time_words(holds)}"


def _time_words(when: When) -> str:
    words = when_words(when)
    return words if words.startswith(("by ", "from ")) else f"as of {words}"


def fact_standing(fact: Fact) -> str:
    """Return what a fact's standing rests on, and who has checked it."""
    if fact.standing is None:
        return "unknown"
    words = standing_words(fact.standing, fact.origins)
    if any(verification.independent for verification in fact.verified_by):
        return f"{words}; verified independently"
    own_side = any(verification.own_side for verification in fact.verified_by)
    return f"{words}; verified by its own side only" if own_side else words


def corrected_claims(
    quoted: Iterable[tuple[str, AttributedClaim]], reports: Mapping[str, DevelopmentReported]
) -> dict[AttributedClaim, str]:
    """Return what replaces the `quoted` claims that corrected `reports` no longer make.

    `quoted` has each claim with its key, `reports` the corrected reports as they are now, by development.
    """
    words = (
        (claim, _correction(key, claim, reports[claim.development]))
        for key, claim in quoted
        if claim.development in reports
    )
    return {claim: correction for claim, correction in words if correction is not None}


def _correction(key: str, claim: AttributedClaim, report: DevelopmentReported) -> str | None:
    """Return `(corrected: 19)` or `(withdrawn)`; None if `report` still makes the claim."""
    if claim.against is not None or claim.stance != "asserts":
        return None
    asserted = [item for item in report.facts if item.key == key and item.stance == "asserts"]
    by_same = [item for item in asserted if (item.said_by or report.said_by) == claim.said_by] or asserted
    if not by_same:
        return WITHDRAWN
    unchanged = any((item.value, item.unit, item.of) == (claim.value, claim.unit, claim.of) for item in by_same)
    return None if unchanged else f"(corrected: {_stated_value(by_same[0])})"


def _stated_value(claim: AttributedClaim | Claim) -> str:
    return value_words(claim.value, unit=claim.unit, of=claim.of, literal=claim.literal)
