"""How facts fold: what is claimed of one key, by whom, and what of it holds now (events/README.md#how-facts-fold).

Every report yields *attributed claims*, each by one set of origins, ordered by when it holds and not by when it was
recorded. A `FactFold` applies them in that order: each origin's last claim is its stance, the current value is the
newest asserting stance, and every other stance supports it, contradicts it, denies it, or is listed without effect.

Applying a claim costs one step. For one that arrives late, or is taken out, the later claims are undone, and applied
again. So a fact can be asked for at any moment of a long story.

An origin that disputes another report's claim makes a claim too: `against` names that report.
"""

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Literal, NamedTuple

from events.fold.attribution import Origin, stated_names
from events.fold.claims import AttributedClaim, Order, OriginStance, claim_implies, concerns
from events.model.parts import Claim, Speaker
from events.model.values import DateValue, is_instant

Relation = Literal["new", "repeats", "refines", "corrects", "differs", "diverges", "advances", "withdrawn"]
Standing = Literal["disputed", "corroborated", "reported"]


class FoldSettings(NamedTuple):
    """What the desk has set of how one key folds.

    evolving: whether the newest account counts, from any speaker
    settled: the development whose account counts
    settled_at: the position of the event that said so: what was reported later is not settled
    """

    evolving: bool = False
    settled: str | None = None
    settled_at: int = 0


@dataclass(frozen=True, slots=True)
class Support:
    """A corroboration, by development `by`, of one claim, as that was when it was corroborated."""

    by: str
    order: Order
    claim: Claim
    origins: frozenset[Origin]
    speakers: tuple[Speaker, ...]
    verification: bool
    method: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """Who verified the current value, how, and whether that is the claimant's own side.

    `independent`: both sides state their origins, and these differ. An unstated one makes nothing independent.
    """

    support: Support
    own_side: bool
    independent: bool


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """A claim, and its relation to the value before it. If that is `withdrawn`, the claim ended the last assertion."""

    claim: AttributedClaim
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
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
        """All claims that words about the fact may quote: the current one, and those beside it."""
        return (*self.accounts, *self.denials, *self.unconfirmed_by, *self.withheld_by)

    @property
    def accounts(self) -> tuple[AttributedClaim, ...]:
        """What is asserted: the current value, and what contradicts it or differs from it."""
        current = () if self.current is None else (self.current,)
        return (*current, *self.contradicted_by, *self.differing_accounts)

    @property
    def denials(self) -> tuple[AttributedClaim, ...]:
        """The denials of the current value, and of others."""
        return (*self.denied_by, *self.other_denials)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """A fact with its whole history."""

    fact: Fact
    history: tuple[HistoryItem, ...]


class _Step(NamedTuple):
    """What undoes one claim: the current claim, its origins' stances, and the length of the history before it."""

    current: AttributedClaim | None
    stances: tuple[tuple[Origin, OriginStance | None], ...]
    history: int


class FactFold:
    """All claims on one key, folded. Mutable, but what it holds and returns is frozen, so that `fork` copies it.

    `_claims` is sorted by order, and `_steps` holds what undoes each of those applied so far.
    """

    def __init__(self, key: str, settings: FoldSettings) -> None:
        self.key = key
        self._settings = settings
        self._settling: tuple[AttributedClaim, ...] = ()
        self._claims: list[AttributedClaim] = []
        self._supports: list[Support] = []
        self._fact: Fact | None = None
        self._steps: list[_Step] = []
        # What the applied claims amount to.
        self._stances: dict[Origin, OriginStance] = {}
        self._current: AttributedClaim | None = None
        self._history: list[HistoryItem] = []
        self._relations: dict[Order, Relation] = {}

    def add(self, claim: AttributedClaim) -> None:
        """Add `claim`. Claims applied already that hold later than it are undone."""
        self._fact = None
        index = bisect(self._claims, claim.order, key=attrgetter("order"))
        self._undo_from(0 if claim.development == self._settings.settled else index)
        self._claims.insert(index, claim)
        self._settle()

    def support(self, support: Support) -> None:
        """Add a corroboration."""
        self._fact = None
        self._supports.append(support)

    def remove(self, development: str) -> None:
        """Remove the claims and corroborations that `development` contributed."""
        self._fact = None
        first = next((index for index, claim in enumerate(self._claims) if claim.development == development), None)
        if first is not None:
            self._undo_from(0 if development == self._settings.settled else first)
            self._claims[first:] = [claim for claim in self._claims[first:] if claim.development != development]
            self._settle()
        self._supports = [support for support in self._supports if support.by != development]

    def configure(self, settings: FoldSettings) -> None:
        """Fold everything again by other settings."""
        self._fact = None
        self._undo_from(0)
        self._settings = settings
        self._settle()

    @property
    def empty(self) -> bool:
        """Whether no report says anything of this key."""
        return not self._claims and not self._supports

    def history(self) -> tuple[HistoryItem, ...]:
        """Return the claims that made or ended a value, oldest first, each with its relation to the value before it."""
        self._apply_pending()
        return tuple(self._history)

    def fact(self) -> Fact | None:
        """Return what is known, or None if no claim was made. It costs as many steps as there are origins."""
        if self._fact is None and self._claims:
            self._fact = self._compute()
        return self._fact

    def _compute(self) -> Fact | None:
        self._apply_pending()
        current = self._current
        # Each origin of a joint statement has a stance of its own: one of them may have moved on.
        others = [item for item in self._stances.items() if current is None or item[1].asserts is not current]
        doubts = _distinct(stance.doubt for origin, stance in others if not self._is_ended(stance.doubt, origin))
        silences = _distinct(stance.withholds for stance in self._stances.values())
        if current is None:
            # A dispute of a withdrawn claim would quote it.
            denials = tuple(denial for denial in self._denials(others) if denial.against is None)
            if not (self._history or denials or doubts or silences):
                return None
            unknown = Fact(key=self.key, current=None, relation="withdrawn" if self._history else None, standing=None)
            return replace(unknown, denied_by=denials, unconfirmed_by=doubts, withheld_by=silences)
        denials = tuple(denial for denial in self._denials(others) if concerns(denial, current))
        lasting = (denial for denial in self._denials(self._stances.items()) if denial.lasts)
        accounts = [
            claim for claim in _distinct(stance.asserts for _, stance in others) if not self._is_settled_away(claim)
        ]
        contradictions = tuple(claim for claim in accounts if self._contradict(claim, current))
        supports = tuple(support for support in self._supports if self._applies(support, current))
        origins, verifications = self._supporters(current, supports)
        return Fact(
            key=self.key,
            current=current,
            relation=self._relations.get(current.order),
            standing="disputed" if contradictions or denials else "corroborated" if len(origins) >= 2 else "reported",
            origins=origins,
            contradicted_by=contradictions,
            differing_accounts=tuple(claim for claim in accounts if self._differ(claim, current)),
            denied_by=denials,
            other_denials=tuple(denial for denial in lasting if not concerns(denial, current)),
            unconfirmed_by=doubts,
            withheld_by=silences,
            verified_by=verifications,
            evolving=self._settings.evolving,
            settled=self._settings.settled if self._settling else None,
            supported_by=supports,
        )

    def _denials(self, stances: Iterable[tuple[Origin, OriginStance]]) -> tuple[AttributedClaim, ...]:
        """Return the denials that their origins have not taken back."""
        denials = ((claim, origin) for origin, stance in stances for claim in stance.denials)
        return _distinct(claim for claim, origin in denials if not self._is_ended(claim, origin))

    def _settle(self) -> None:
        """Note the claims of the development whose account counts."""
        settled = self._settings.settled
        if settled is not None:
            self._settling = tuple(
                claim for claim in self._claims if claim.development == settled and claim.stance == "asserts"
            )
        elif self._settling:
            self._settling = ()

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

    def _apply_pending(self) -> None:
        for claim in self._claims[len(self._steps) :]:
            self._apply(claim)

    def _apply(self, claim: AttributedClaim) -> None:
        before = self._current
        stances = tuple((origin, self._stances.get(origin)) for origin in sorted(claim.origins))
        self._steps.append(_Step(before, stances, len(self._history)))
        moved = False
        for origin, stance in stances:
            former = stance or OriginStance()
            self._stances[origin] = former.after(claim)
            moved |= self._stances[origin].asserts is not former.asserts
        if moved:  # otherwise every origin asserts what it asserted, and the same claim is current
            self._current = claim if self._displaces(claim) else _newest(self._current_assertions())
        if claim.stance == "asserts":
            relation = self._relation(claim, before)
            self._relations[claim.order] = relation
            self._history.append(HistoryItem(claim, relation))
        elif before is not None and self._current is None:
            self._history.append(HistoryItem(claim, "withdrawn"))

    def _undo_from(self, index: int) -> None:
        """Undo the claims from `index` on, newest first."""
        while len(self._steps) > index:
            step = self._steps.pop()
            self._current = step.current
            for origin, stance in step.stances:
                if stance is None:
                    del self._stances[origin]
                else:
                    self._stances[origin] = stance
            for item in self._history[step.history :]:
                self._relations.pop(item.claim.order, None)
            del self._history[step.history :]

    def _displaces(self, claim: AttributedClaim) -> bool:
        """Return True if `claim`, the newest, is current without comparing all: nobody says it more precisely."""
        if claim.stance != "asserts" or self._settling:
            return False
        stances = (stance.asserts for stance in self._stances.values())
        return claim.exact or not any(
            other.implies(claim) and not claim.implies(other) for other in stances if other is not None
        )

    def _current_assertions(self) -> tuple[AttributedClaim, ...]:
        accounts = _distinct(stance.asserts for stance in self._stances.values())
        if not self._settling:
            return accounts
        return tuple(claim for claim in accounts if not self._is_settled_away(claim)) or accounts

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
            origin
            for origin, stance in self._stances.items()
            if stance.asserts is not None and stance.asserts.implies(current)
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

    def _is_ended(self, claim: AttributedClaim | None, origin: Origin) -> bool:
        """Return True if `origin` corroborated the current value after this denial or doubt: it asserts again.

        A denial that lasts ends when its origin corroborates what it denied.
        """
        if claim is None:
            return False
        later = (item for item in self._supports if item.order > claim.order and origin in item.origins)
        if claim.lasts:
            return any(claim.value is None or claim_implies(support.claim, claim) for support in later)
        current = self._current
        return current is not None and any(self._applies(support, current) for support in later)

    def _still_supports(self, origin: Origin, support: Support, current: AttributedClaim) -> bool:
        stance = self._stances.get(origin)
        return stance is None or not stance.took_back(current, since=support.order)


def _distinct(claims: Iterable[AttributedClaim | None]) -> tuple[AttributedClaim, ...]:
    """Return each claim once, in order. A claim with two origins comes twice."""
    by_order = {claim.order: claim for claim in claims if claim is not None}
    return tuple(by_order[order] for order in sorted(by_order))


def _newest(assertions: Iterable[AttributedClaim]) -> AttributedClaim | None:
    """Return the newest claim, except that a wider one displaces nothing (events/README.md#the-current-value)."""
    current: AttributedClaim | None = None
    for claim in assertions:
        if current is None or current.same(claim) or not current.implies(claim):
            current = claim
    return current
