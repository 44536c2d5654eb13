"""Claims and facts in words: who says what, as of when, and what a fact's standing rests on."""

from collections.abc import Iterable, Mapping

from events.fold.attribution import Origin
from events.fold.claims import AttributedClaim
from events.fold.facts import Fact, Standing
from events.fold.state_parts import AimTarget
from events.model.edtf import When
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Speaker
from events.model.text import folded
from events.wording.catalogue import UNATTRIBUTED, listing, quoted, semicolon_list, standing_words
from events.wording.language import ENGLISH, Words
from events.wording.redactions import NO_REDACTIONS, WITHDRAWN, Redactions
from events.wording.values import holding_words, label_words, speakers_words, value_words


def fact_name(key: str, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return the name of a fact: its label, or `Prisoners released`."""
    redacted = redactions.key(key)
    return label_words(key, redactions.names, words) if redacted is None else words.gettext(redacted)


def claim_value(claim: AttributedClaim | None, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return the value that `claim` states, in its own unit or in none; "unknown" if there is no claim."""
    if claim is None:
        return words.pgettext("value", "unknown")
    match redactions.claim(claim):
        case None:
            return _stated_value(claim, words)
        case Claim() as now:
            return words.gettext("(corrected: {value})", value=_stated_value(now, words))
        case redacted:
            return words.gettext(redacted)


def is_corrected(claim: AttributedClaim, redactions: Redactions) -> bool:
    """Return True if another value replaces that of `claim`: what others said of it was not about the new one."""
    return isinstance(redactions.claim(claim), Claim)


def claim_parts(claim: AttributedClaim | None, words: Words = ENGLISH) -> tuple[str, str]:
    """Return the value that `claim` states, and after it in brackets the reporter's own word for it, or ""."""
    value = claim_value(claim, words=words)
    if claim is None or not claim.literal:
        return value, ""
    bare = value_words(claim.value, unit=claim.unit, of=claim.of, words=words)
    return bare, "" if bare == value else words.gettext(" ({note})", note=quoted(claim.literal, words))


def target_words(target: AimTarget, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return what a dispute or corroboration is about, as that was then: `Cause: blackout`, or a headline."""
    facts = [_target_fact(key, target.claims, redactions, words) for key in target.keys]
    text = semicolon_list(facts, words) or target.headline
    return words.gettext("{text} (corrected since)", text=text) if target.corrected else text


def _target_fact(key: str, claims: Iterable[Claim], redactions: Redactions, words: Words) -> str:
    name = fact_name(key, redactions, words)
    values = [_stated_value(claim, words) for claim in claims if folded(claim.key) == folded(key)]
    if not values or redactions.key(key) is not None:
        return name
    return words.gettext("{name}: {value}", name=name, value=listing(values, words))


def claim_speakers(claim: AttributedClaim, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return who makes a claim: its speakers, or without any the names of its origins."""
    redacted = redactions.development(claim.development)
    if redacted is not None:
        return words.gettext(redacted)
    if (speakers := redactions.speakers_of(claim)) is not None:
        return words.gettext("(corrected: {value})", value=attribution(speakers, (), words))
    return attribution(claim.said_by, claim.origins, words)


def attribution(speakers: tuple[Speaker, ...], origins: Iterable[Origin], words: Words = ENGLISH) -> str:
    """Return who says something: the speakers, or without any the names of the origins."""
    who = speakers_words(speakers, words)
    return who or listing(sorted(origin.name for origin in origins if origin.name), words) or words.term(UNATTRIBUTED)


def as_of_words(claim: AttributedClaim, words: Words = ENGLISH) -> str:
    """Return the time of which a claim speaks: `as of 6 January 2015`, `by 6 January 2015`."""
    return holding_words(claim.as_of, words)


def own_claim(claim: Claim, said_on: When | None, words: Words = ENGLISH) -> str:
    """Return what a report claims, and of when: `5 people, as of 6 January 2015`. `said_on` is that of the report."""
    holds, value = claim.as_of or said_on, _stated_value(claim, words)
    if holds is None:
        return value
    return words.gettext("{value}, {as_of}", value=value, as_of=holding_words(holds, words))


def fact_standing(fact: Fact, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return what a fact's standing rests on, and who has checked it."""
    if fact.standing is None:
        return words.pgettext("value", "unknown")
    standing = standing_of_claim(fact.standing, fact.current, fact.origins, redactions, words)
    if any(verification.independent for verification in fact.verified_by):
        return words.gettext("{standing}; verified independently", standing=standing)
    if any(verification.own_side for verification in fact.verified_by):
        return words.gettext("{standing}; verified by its own side only", standing=standing)
    return standing


def standing_of_claim(
    standing: Standing,
    claim: AttributedClaim | None,
    origins: tuple[str, ...],
    redactions: Redactions = NO_REDACTIONS,
    words: Words = ENGLISH,
) -> str:
    """Return what the standing of a fact rests on: without its origins if others make `claim` by a correction."""
    named = claim is None or redactions.speakers_of(claim) is None
    return standing_words(standing, origins if named else None, words)


def corrected_claims(
    quoted: Iterable[tuple[str, AttributedClaim]], reports: Mapping[str, DevelopmentReported]
) -> dict[AttributedClaim, Claim | str]:
    """Return what replaces the `quoted` claims that corrected `reports` no longer make: another claim, or WITHDRAWN.

    `quoted` has each claim with its key, `reports` the corrected reports as they are now, by development.
    """
    replaced = (
        (claim, _correction(key, claim, reports[claim.development]))
        for key, claim in quoted
        if claim.development in reports
    )
    return {claim: correction for claim, correction in replaced if correction is not None}


def corrected_speakers(
    quoted: Iterable[tuple[str, AttributedClaim]], reports: Mapping[str, DevelopmentReported]
) -> dict[AttributedClaim, tuple[Speaker, ...]]:
    """Return who makes those of the `quoted` claims that corrected `reports` ascribe to others than before."""
    pairs = (
        (claim, _speakers_now(key, claim, reports[claim.development]))
        for key, claim in quoted
        if claim.development in reports
    )
    return {claim: speakers for claim, speakers in pairs if speakers is not None}


def _speakers_now(key: str, claim: AttributedClaim, report: DevelopmentReported) -> tuple[Speaker, ...] | None:
    """Return who makes `claim` in `report` as it is now; None if that is as it was, or if nobody makes it any more."""
    made = [item for item in report.facts if (item.key, item.stance) == (key, claim.stance)]
    same = [item for item in made if (item.value, item.unit, item.of) == (claim.value, claim.unit, claim.of)]
    speakers = [item.said_by or report.said_by for item in same or made]
    if claim.against is not None:  # a dispute is of the whole report's speakers
        speakers = [report.said_by]
    return None if not speakers or claim.said_by in speakers else speakers[0]


def _correction(key: str, claim: AttributedClaim, report: DevelopmentReported) -> Claim | str | None:
    """Return the claim that `report` makes instead, or WITHDRAWN; None if it still makes the claim."""
    if claim.against is not None or claim.stance != "asserts":
        return None
    asserted = [item for item in report.facts if item.key == key and item.stance == "asserts"]
    by_same = [item for item in asserted if (item.said_by or report.said_by) == claim.said_by] or asserted
    if not by_same:
        return WITHDRAWN
    unchanged = any((item.value, item.unit, item.of) == (claim.value, claim.unit, claim.of) for item in by_same)
    return None if unchanged else by_same[0]


def _stated_value(claim: AttributedClaim | Claim, words: Words) -> str:
    return value_words(claim.value, unit=claim.unit, of=claim.of, literal=claim.literal, words=words)
