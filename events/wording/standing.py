"""What a fact rests on, in one line: `Single source: Port`, `Confirmed by Port and City Clinic`, `Disputed: …`."""

from events.fold.claims import AttributedClaim
from events.fold.facts import Fact
from events.wording.catalogue import listing, semicolon_list
from events.wording.claims import claim_speakers, claim_value
from events.wording.language import ENGLISH, Words
from events.wording.redactions import NO_REDACTIONS, Redactions


def standing_line(fact: Fact, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return what the value rests on; "" if there is none, or if its report must not be quoted."""
    current = fact.current
    if current is None or redactions.development(current.development) is not None:
        return ""
    match fact.standing, fact.origins:
        case "disputed", _:
            accounts = semicolon_list(_other_accounts(fact, redactions, words), words)
            return words.gettext("Disputed: {accounts}", accounts=accounts)
        case _ if fact.differing_accounts:
            accounts = semicolon_list(_other_accounts(fact, redactions, words), words)
            return words.gettext("Accounts differ: {accounts}", accounts=accounts)
        case "corroborated", _:
            return words.gettext("Confirmed by {origins}", origins=listing(fact.origins, words))
        case _, ():
            return words.gettext("No source named")
        case _:
            return words.gettext("Single source: {origin}", origin=listing(fact.origins, words))


def accounts_words(fact: Fact, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return every account of a fact: `3 people, says the clinic; 2 people, says the port`."""
    current = fact.current
    own = [] if current is None else [_account(current, redactions, words)]
    return semicolon_list([*own, *_other_accounts(fact, redactions, words)], words)


def _other_accounts(fact: Fact, redactions: Redactions, words: Words) -> list[str]:
    denials = (claim_speakers(claim, redactions, words) for claim in fact.denied_by)
    return [
        *(_account(claim, redactions, words) for claim in (*fact.contradicted_by, *fact.differing_accounts)),
        *(words.gettext("denied by {who}", who=who) for who in dict.fromkeys(denials)),
    ]


def _account(claim: AttributedClaim, redactions: Redactions, words: Words) -> str:
    value, who = claim_value(claim, redactions, words), claim_speakers(claim, redactions, words)
    return words.gettext("{value}, says {who}", value=value, who=who)
