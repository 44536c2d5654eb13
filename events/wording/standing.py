"""What a fact rests on, in one line: `Single source: Port`, `Confirmed by Port and City Clinic`, `Disputed: …`."""

from collections.abc import Sequence

from events.fold.claims import AttributedClaim, concerns
from events.fold.facts import Fact
from events.fold.long_lists import listed, unlisted
from events.wording.catalogue import listing, name_listing, semicolon_list
from events.wording.claims import claim_speakers, claim_value
from events.wording.language import ENGLISH, Words
from events.wording.redactions import NO_REDACTIONS, Redactions
from events.wording.values import speakers_words


def standing_line(fact: Fact, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return what the value rests on; "" if there is none, or if its report must not be quoted."""
    current = fact.current
    if current is None or redactions.development(current.development) is not None:
        return ""
    match fact.standing, fact.origins:
        case "disputed", _:
            denial = _denied_by(fact.denied_by, redactions, words)
            accounts = semicolon_list([*denial, *_other_accounts(fact, redactions, words)], words)
            return words.gettext("Disputed: {accounts}", accounts=accounts)
        case _ if fact.differing_accounts:
            accounts = semicolon_list(_other_accounts(fact, redactions, words), words)
            return words.gettext("Accounts differ: {accounts}", accounts=accounts)
        case "corroborated", _:
            return words.gettext("Confirmed by {origins}", origins=name_listing(fact.origins, words))
        case _, ():
            return _without_origin(current, words)
        case _:
            return words.gettext("Single source: {origin}", origin=listing(fact.origins, words))


def _without_origin(claim: AttributedClaim, words: Words) -> str:
    """Return what a value rests on whose origin is not stated: who says so, or only who reports it."""
    if claim.said_by:
        return words.gettext("Said by {who}; not independently confirmed", who=speakers_words(claim.said_by, words))
    outlets = sorted(origin.name for origin in claim.origins if origin.name)
    if not outlets:
        return words.gettext("No source named")
    return words.gettext("Reported by {outlets}", outlets=listing(outlets, words))


def accounts_words(fact: Fact, redactions: Redactions = NO_REDACTIONS, words: Words = ENGLISH) -> str:
    """Return every account of a fact: `3 people, says the clinic; 2 people, says the port – denied by the line`."""
    current, others = fact.current, _other_accounts(fact, redactions, words)
    if current is None or not others:  # then there is no doubt which one is denied
        own = [] if current is None else [_account(current, (), redactions, words)]
        return semicolon_list([*own, *_denied_by(fact.denied_by, redactions, words)], words)
    return semicolon_list([_account(current, fact.denied_by, redactions, words), *others], words)


def _other_accounts(fact: Fact, redactions: Redactions, words: Words) -> list[str]:
    """Return the accounts beside the current one, each with who denies it, as far as both are listed."""
    denials = (*listed(fact.denied_by), *listed(fact.other_denials))
    others = (*fact.contradicted_by, *fact.differing_accounts)
    accounts = [
        _account(claim, [denial for denial in denials if concerns(denial, claim)], redactions, words)
        for claim in listed(others)
    ]
    if count := unlisted(others):
        accounts.append(words.ngettext("and {count} more", "and {count} more", count))
    return accounts


def _account(claim: AttributedClaim, denials: Sequence[AttributedClaim], redactions: Redactions, words: Words) -> str:
    value, who = claim_value(claim, redactions, words), claim_speakers(claim, redactions, words)
    account = words.gettext("{value}, says {who}", value=value, who=who)
    for denial in _denied_by(denials, redactions, words):
        account = words.gettext("{account} – {denial}", account=account, denial=denial)
    return account


def _denied_by(denials: Sequence[AttributedClaim], redactions: Redactions, words: Words) -> list[str]:
    """Return who denies a value, in one item, or none. What was withdrawn since is denied no more."""
    first = listed(denials)
    current = [claim for claim in first if redactions.development(claim.against) is None or not claim.lasts]
    speakers = list(dict.fromkeys(claim_speakers(claim, redactions, words) for claim in current))
    if speakers and {claim.origins for claim in first} != {claim.origins for claim in denials}:
        speakers.append(words.gettext("others"))
    return [words.gettext("denied by {who}", who=listing(speakers, words))] if speakers else []
