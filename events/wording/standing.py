"""What a fact rests on, in one line: `Single source: Port`, `Confirmed by Port and City Clinic`, `Disputed: …`."""

from events.fold.claims import AttributedClaim
from events.fold.facts import Fact
from events.wording.catalogue import (
    CONFIRMED,
    CONFIRMED_BY,
    DENIED_BY,
    DISPUTED,
    NO_SOURCE,
    SAYS,
    SINGLE_SOURCE,
    listing,
)
from events.wording.claims import claim_speakers, claim_value
from events.wording.redactions import NO_REDACTIONS, Redactions


def standing_line(fact: Fact, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return what the value rests on; "" if there is none, or if its report must not be quoted."""
    current = fact.current
    if current is None or redactions.development(current.development) is not None:
        return ""
    match fact.standing, fact.origins:
        case "disputed", _:
            return DISPUTED.format(accounts="; ".join(_other_accounts(fact, redactions)))
        case "corroborated", (_, _, *_) as origins:
            return CONFIRMED_BY.format(origins=listing(origins))
        case "corroborated", _:
            return CONFIRMED
        case _, ():
            return NO_SOURCE
        case _, origins:
            return SINGLE_SOURCE.format(origin=listing(origins))


def accounts_words(fact: Fact, redactions: Redactions = NO_REDACTIONS) -> str:
    """Return every account of a disputed fact: `3 people, says the clinic; 2 people, says the port`."""
    current = fact.current
    own = [] if current is None else [_account(current, redactions)]
    return "; ".join([*own, *_other_accounts(fact, redactions)])


def _other_accounts(fact: Fact, redactions: Redactions) -> list[str]:
    denials = (claim_speakers(claim, redactions) for claim in fact.denied_by)
    return [
        *(_account(claim, redactions) for claim in fact.contradicted_by),
        *(DENIED_BY.format(who=who) for who in dict.fromkeys(denials)),
    ]


def _account(claim: AttributedClaim, redactions: Redactions) -> str:
    return SAYS.format(value=claim_value(claim, redactions), who=claim_speakers(claim, redactions))
