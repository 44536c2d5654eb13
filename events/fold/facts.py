"""How facts fold: what is claimed of one key, by whom, and what of it holds now (events/README.md#how-facts-fold).

Every report yields *attributed claims*, each by one set of origins, ordered by when it holds and not by when it was
recorded. A `FactFold` applies them in that order: each origin's last claim is its stance, the current value is the
newest asserting stance, and every other stance supports it, contradicts it, denies it, or is listed without effect.

What is current follows from the stances alone: a claim that arrives late, or is taken out, changes the later stances of
its own origins. The history is computed when it is asked for, and from then on continued.

An origin that disputes another report's claim makes a claim too: `against` names that report.
"""

from bisect import bisect, bisect_left
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from events.fold.attribution import Origin, stated_names
from events.fold.claims import (
    BY_ORDER,
    AttributedClaim,
    FoldSettings,
    Order,
    OriginClaims,
    OriginStance,
    Support,
    Verification,
    claim_implies,
    concerning,
    distinct_claims,
    without_named,
)
from events.fold.forking import fork
from events.fold.long_lists import CLAIM_LISTS, listed
from events.model.values import DateValue, is_instant

Relation = Literal["new", "repeats", "refines", "corrects", "differs", "diverges", "advances", "withdrawn"]
Standing = Literal["disputed", "corroborated", "reported"]
_BY_CLAIM: Final = attrgetter("claim.order")


class HistoryItem(NamedTuple):
    """A claim, and its relation to the value before it. If that is `withdrawn`, the claim ended the last assertion."""

    claim: AttributedClaim
    relation: Relation


class Fact(NamedTuple):
    """What is known of one key. `current` is None if nothing is asserted (any more): the value is unknown.

    `differing_accounts` are texts of other origins. `other_denials` are of other values than the current one.
    `supported_by` are the corroborations of the current one.
    `evolving` and `settled` are as the desk has set them, if there is a value; `settled` is None while that development
    says nothing of the key.
    """

    key: str
    current: AttributedClaim | None
    relation: Relation | None
    standing: Standing | None
    origins: tuple[str, ...] = ()
    contradicted_by: tuple[AttributedClaim, ...] = ()
    differing_accounts: tuple[AttributedClaim, ...] = ()
    denied_by: tuple[AttributedClaim, ...] = ()
    other_denials: tuple[AttributedClaim, ...] = ()
    unconfirmed_by: tuple[AttributedClaim, ...] = ()
    withheld_by: tuple[AttributedClaim, ...] = ()
    verified_by: tuple[Verification, ...] = ()
    evolving: bool = False
    settled: str | None = None
    supported_by: tuple[Support, ...] = ()

    @property
    def claims(self) -> tuple[AttributedClaim, ...]:
        """All claims: the current one, and those beside it."""
        return (*self.accounts, *self.denials, *self.unconfirmed_by, *self.withheld_by)

    @property
    def quotable(self) -> tuple[AttributedClaim, ...]:
        """The claims that words about the fact may quote: of a long list, those that are listed."""
        current = () if self.current is None else (self.current,)
        return (*current, *chain.from_iterable(listed(getattr(self, name)) for name in CLAIM_LISTS))

    @property
    def accounts(self) -> tuple[AttributedClaim, ...]:
        """What is asserted: the current value, and what contradicts it or differs from it."""
        current = () if self.current is None else (self.current,)
        return (*current, *self.contradicted_by, *self.differing_accounts)

    @property
    def denials(self) -> tuple[AttributedClaim, ...]:
        """The denials of the current value, and of others."""
        return (*self.denied_by, *self.other_denials)


class FactFold:
    """All claims on one key, folded. Mutable, but what it returns is frozen.

    `_claims`      all claims by order; `_claims_of` has those of each development
    `_assertions`  how many of them assert a value
    `_origins`     what each origin claims
    `_settling`    the claims of the development whose account counts
    `_fact`        what is known, once it was asked for; then `_current` is its claim
    `_history`     the history of the first `_history_claims` claims
    """

    def __init__(self, key: str, settings: FoldSettings) -> None:
        self.key = key
        self._settings = settings
        self._claims: list[AttributedClaim] = []
        self._claims_of: dict[str, tuple[AttributedClaim, ...]] = {}
        self._assertions = 0
        self._origins: dict[Origin, OriginClaims] = {}
        self._supports: list[Support] = []
        self._settling: tuple[AttributedClaim, ...] = ()
        self._fact: Fact | None = None
        self._current: AttributedClaim | None = None
        self._history: list[HistoryItem] = []
        self._history_claims = 0

    def fork(self) -> "FactFold":
        """Return a copy that can change, and leaves this one as it is."""
        return fork(self, _origins={origin: fork(claims) for origin, claims in self._origins.items()})

    def add(self, claim: AttributedClaim) -> None:
        """Add `claim`. The history from it on is computed again when it is next asked for."""
        self._fact = None
        if not self._claims or self._claims[-1].order < claim.order:
            self._claims.append(claim)
        else:
            self._forget_history(claim.order)
            self._claims.insert(bisect(self._claims, claim.order, key=BY_ORDER), claim)
        self._assertions += claim.stance == "asserts"
        self._claims_of[claim.development] = (*self._claims_of.get(claim.development, ()), claim)
        for origin in claim.origins:
            self._origins.setdefault(origin, OriginClaims()).add(claim)
        if claim.development == self._settings.settled:
            self._settle()

    def support(self, support: Support) -> None:
        """Add a corroboration."""
        self._fact = None
        self._supports.append(support)

    def remove(self, development: str) -> None:
        """Remove the claims and corroborations that `development` contributed."""
        self._fact = None
        for claim in self._claims_of.pop(development, ()):
            self._forget_history(claim.order)
            self._assertions -= claim.stance == "asserts"
            del self._claims[bisect_left(self._claims, claim.order, key=BY_ORDER)]
            for origin in claim.origins:
                self._origins[origin].remove(claim)
                if not self._origins[origin].claims:
                    del self._origins[origin]
        self._supports = [support for support in self._supports if support.by != development]
        if development == self._settings.settled:
            self._settle()

    def configure(self, settings: FoldSettings) -> None:
        """Fold by other settings."""
        self._fact = None
        self._settings = settings
        self._settle()

    @property
    def empty(self) -> bool:
        """Whether no report says anything of this key."""
        return not self._claims and not self._supports

    def history(self) -> tuple[HistoryItem, ...]:
        """Return the claims that made or ended a value, oldest first, each with its relation to the value before it."""
        self._continue_history()
        return tuple(self._history)

    def fact(self) -> Fact | None:
        """Return what is known, or None if no claim was made. It costs as many steps as there are origins."""
        if self._fact is None and self._claims:
            self._fact = self._compute()
        return self._fact

    def reported_after(self, at: datetime) -> set[str]:
        """Return the developments with claims that were reported after `at`."""
        return {claim.development for claim in self._claims if claim.order.reported_at > at}

    def accounts_before(self, order: Order) -> tuple[AttributedClaim, ...]:
        """Return the current claim before the claims from `order` on, and those that contradict it or differ."""
        accounts = distinct_claims(claims.asserted(claims.index(order)) for claims in self._origins.values())
        current = self._newest(accounts)
        if current is None:
            return ()
        beside = (
            claim
            for claim in self._others(accounts, current)
            if self._contradict(claim, current) or self._differ(claim, current)
        )
        return (current, *beside)

    def _compute(self) -> Fact | None:
        stances = [(origin, claims.stance) for origin, claims in self._origins.items()]
        accounts = distinct_claims(stance.asserts for _, stance in stances)
        current = self._current = self._newest(accounts)
        # Each origin of a joint statement has a stance of its own: one of them may have moved on.
        others = [item for item in stances if current is None or item[1].asserts is not current]
        doubts = self._lasting(others, "doubts")
        silences = distinct_claims(stance.withholds for _, stance in stances)
        denials = self._lasting(others, "denials")
        if current is None:
            return self._unknown(denials, doubts, silences)
        own = [item for item in stances if item[1].asserts is current]
        every = self._lasting(stances, "denials") if any(stance.denials for _, stance in own) else denials
        about = set(map(id, concerning(every, current)))
        denials = tuple([denial for denial in denials if id(denial) in about])
        accounts = self._others(accounts, current)
        contradictions = tuple(claim for claim in accounts if self._contradict(claim, current))
        supports = tuple(support for support in self._supports if self._applies(support, current))
        origins, verifications = self._supporters(current, supports)
        return Fact(
            key=self.key,
            current=current,
            relation=self._relation(current, self._current_before(current.order)),
            standing="disputed" if contradictions or denials else "corroborated" if len(origins) >= 2 else "reported",
            origins=origins,
            contradicted_by=contradictions,
            differing_accounts=tuple(claim for claim in accounts if self._differ(claim, current)),
            denied_by=denials,
            other_denials=tuple(
                [denial for denial in every if id(denial) not in about and denial.lasts and not denial.names_others]
            ),
            unconfirmed_by=tuple(doubt for doubt in doubts if not doubt.names_others),
            withheld_by=silences,
            verified_by=verifications,
            evolving=self._settings.evolving,
            settled=self._settings.settled if self._settling else None,
            supported_by=supports,
        )

    def _unknown(
        self,
        denials: tuple[AttributedClaim, ...],
        doubts: tuple[AttributedClaim, ...],
        silences: tuple[AttributedClaim, ...],
    ) -> Fact | None:
        """Return the fact if nothing is asserted; None if nothing ever was, and nobody says anything."""
        denials = without_named(denial for denial in denials if denial.lasts or denial.against is None)
        doubts = without_named(doubts)
        if not (self._assertions or denials or doubts or silences):
            return None
        relation: Relation | None = "withdrawn" if self._assertions else None
        unknown = Fact(key=self.key, current=None, relation=relation, standing=None)
        return unknown._replace(denied_by=denials, unconfirmed_by=doubts, withheld_by=silences)

    def _lasting(
        self, stances: Iterable[tuple[Origin, OriginStance]], kind: Literal["denials", "doubts"]
    ) -> tuple[AttributedClaim, ...]:
        """Return the denials or doubts that their origins have not taken back."""
        if not self._supports:
            return distinct_claims([claim for _, stance in stances for claim in getattr(stance, kind)])
        claims = [(claim, origin) for origin, stance in stances for claim in getattr(stance, kind)]
        return distinct_claims([claim for claim, origin in claims if not self._is_ended(claim, origin)])

    def _others(self, accounts: tuple[AttributedClaim, ...], current: AttributedClaim) -> tuple[AttributedClaim, ...]:
        return tuple(claim for claim in accounts if claim is not current and not self._is_settled_away(claim))

    def _settle(self) -> None:
        """Note the claims of the development whose account counts. They decide what was current at any time."""
        self._history, self._history_claims = [], 0
        claims = self._claims_of.get(self._settings.settled or "", ())
        self._settling = tuple(claim for claim in claims if claim.stance == "asserts")

    def _is_settled_away(self, claim: AttributedClaim) -> bool:
        """Return True if the desk has settled on another account than `claim`, which it knew then."""
        if not self._settling or claim.order.position >= self._settings.settled_at or claim in self._settling:
            return False
        return not any(claim.implies(account) or account.implies(claim) for account in self._settling)

    def _contradict(self, claim: AttributedClaim, other: AttributedClaim) -> bool:
        """Return True if two claims contradict. What evolves may be another thing an hour later."""
        both_dated = claim.as_of_stated and other.as_of_stated
        return (both_dated or not self._settings.evolving) and claim.contradicts(other)

    def _differ(self, claim: AttributedClaim, other: AttributedClaim) -> bool:
        return not self._settings.evolving and claim.differs(other)

    def _newest(self, accounts: tuple[AttributedClaim, ...]) -> AttributedClaim | None:
        """Return the newest claim, except that a wider one displaces nothing (events/README.md#the-current-value)."""
        accounts = tuple(claim for claim in accounts if not self._is_settled_away(claim)) or accounts
        current: AttributedClaim | None = None
        for claim in accounts:
            # Nobody can say an exact value more precisely.
            if current is None or claim.exact or not current.implies(claim) or current.same(claim):
                current = claim
        return current

    def _current_before(self, order: Order) -> AttributedClaim | None:
        """Return the current claim before the claims from `order` on."""
        return self._newest(distinct_claims(claims.asserted(claims.index(order)) for claims in self._origins.values()))

    def _forget_history(self, order: Order) -> None:
        """Forget the history from `order` on."""
        self._history_claims = min(self._history_claims, bisect_left(self._claims, order, key=BY_ORDER))
        del self._history[bisect_left(self._history, order, key=_BY_CLAIM) :]

    def _continue_history(self) -> None:
        """Add to the history what the claims since its end have made or ended."""
        if not (pending := self._claims[self._history_claims :]):
            return
        counts = {origin: claims.index(pending[0].order) for origin, claims in self._origins.items()}
        asserted = {origin: self._origins[origin].asserted(count) for origin, count in counts.items()}
        current = self._newest(distinct_claims(asserted.values()))
        for claim in pending:
            before, moved = current, False
            for origin in claim.origins:
                counts[origin] += 1
                former, asserted[origin] = asserted[origin], self._origins[origin].asserted(counts[origin])
                moved |= asserted[origin] is not former
            if moved:  # otherwise every origin asserts what it asserted, and the same claim is current
                displaces = claim.stance == "asserts" and claim.exact and not self._settling
                current = claim if displaces else self._newest(distinct_claims(asserted.values()))
            if claim.stance == "asserts":
                self._history.append(HistoryItem(claim, self._relation(claim, before)))
            elif before is not None and current is None:
                self._history.append(HistoryItem(claim, "withdrawn"))
        self._history_claims = len(self._claims)

    def _relation(self, claim: AttributedClaim, before: AttributedClaim | None) -> Relation:
        """Return the first relation that fits `claim` after `before` (events/README.md#relations)."""
        if before is None:
            return "new"
        if before.implies(claim):
            return "repeats"
        if claim.implies(before) and (isinstance(claim.value, DateValue) or claim.holds_with(before)):
            return "refines"
        if claim.shares_origin(before):
            both_dated = claim.as_of_stated and before.as_of_stated
            both_instants = is_instant(claim.value) and is_instant(before.value)
            return "corrects" if (both_dated or both_instants) and self._contradict(claim, before) else "advances"
        if self._differ(claim, before):
            return "diverges"
        return "differs" if self._contradict(claim, before) else "advances"

    def _supporters(
        self, current: AttributedClaim, supports: Iterable[Support]
    ) -> tuple[tuple[str, ...], tuple[Verification, ...]]:
        """Return the stated origins that assert or corroborate `current`, sorted, and its verifications."""
        origins = [
            spelling
            for origin, claims in self._origins.items()
            if (asserted := claims.stance.asserts) is not None and asserted.implies(current)
            for spelling in claims.claims[0].origins
            if spelling == origin
        ]
        for support in supports:
            origins += [origin for origin in support.origins if self._still_supports(origin, support, current)]
        claimants = {origin for origin in current.origins if origin.stated}
        verifications = tuple(
            Verification(
                support,
                own_side=not support.origins.isdisjoint(current.origins),
                independent=bool(claimants)
                and all(origin.stated and origin not in claimants for origin in support.origins),
            )
            for support in sorted(supports, key=attrgetter("by"))
            if support.verification
        )
        return stated_names(origins), verifications

    def _applies(self, support: Support, current: AttributedClaim) -> bool:
        """Return True if `support` is of a claim that implies the current value, even of a past one (53, once more)."""
        return claim_implies(support.claim, current) and any(
            self._still_supports(origin, support, current) for origin in support.origins
        )

    def _is_ended(self, claim: AttributedClaim, origin: Origin) -> bool:
        """Return True if `origin` corroborated the current value after this denial or doubt: it asserts again.

        A denial that lasts ends when its origin corroborates what it denied.
        """
        later = (item for item in self._supports if item.order > claim.order and origin in item.origins)
        if claim.lasts:
            return any(claim.value is None or claim_implies(support.claim, claim) for support in later)
        current = self._current
        return current is not None and any(self._applies(support, current) for support in later)

    def _still_supports(self, origin: Origin, support: Support, current: AttributedClaim) -> bool:
        claims = self._origins.get(origin)
        return claims is None or not claims.stance.took_back(current, since=support.order)
