"""One claim with its origins, and the stance of an origin after its claims.

Claims are ordered by when they hold (events/README.md#when-a-claim-holds). An origin's stance is its last words: what
it asserts, and what it has since denied, doubted or withheld. Both are values: a claim makes another stance.
"""

from bisect import bisect, bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Final, NamedTuple, assert_never

from events.fold.attribution import Origin
from events.model.edtf import Bounds, When
from events.model.parts import Claim, Speaker, Stance
from events.model.text import folded
from events.model.values import Value, compatible, differ, exact, implies


class Order(NamedTuple):
    """When a claim holds, and what decides ties (events/README.md#the-current-value): `nth` is its index there."""

    latest: datetime
    reported_at: datetime
    position: int
    nth: int


BY_ORDER: Final = attrgetter("order")


class FoldSettings(NamedTuple):
    """What the desk has set of how one key folds.

    evolving: whether the newest account counts, from any speaker
    settled: the development whose account counts
    settled_at: the position of the event that said so: what was reported later is not settled
    """

    evolving: bool = False
    settled: str | None = None
    settled_at: int = 0


class AttributedClaim(NamedTuple):
    """One claim, as one report makes it.

    `bounds` end by the day of the report; `as_of` has no literal. `rules` are those of its report. `against` is the
    development that a dispute is about; `outlived` if that report is not usable any more. `names_others` if a denial or
    doubt without a value is of claims that were known then: what it says of each of these is a claim of its own.
    """

    order: Order
    development: str
    stance: Stance
    value: Value | None
    unit: str | None
    of: Value | None
    literal: str | None
    as_of: When
    bounds: Bounds
    as_of_stated: bool
    as_of_exact: datetime | None
    said_by: tuple[Speaker, ...]
    origins: frozenset[Origin]
    rules: int
    against: str | None = None
    outlived: bool = False
    names_others: bool = False

    def __hash__(self) -> int:
        """Hash what no other claim of the story has: a hash of all fields takes 2 µs, each time a claim is quoted."""
        return hash((self.order.position, self.order.nth))

    @property
    def lasts(self) -> bool:
        """Whether a denial stays listed when the value is another: what was denied may still be quoted."""
        return self.stance == "denies" and self.rules > 1 and not self.outlived

    @property
    def exact(self) -> bool:
        """Whether nobody can say it more precisely: it leaves no room."""
        return exact(self.value) and (self.of is None or exact(self.of))

    def implies(self, other: "AttributedClaim") -> bool:
        """Return True if who says this has thereby said `other`'s value."""
        return claim_implies(self, other)

    def same(self, other: "AttributedClaim") -> bool:
        """Return True if both say the same value."""
        return self.implies(other) and other.implies(self)

    def contradicts(self, other: "AttributedClaim") -> bool:
        """Return True if both cannot be true at one time (events/README.md#contradiction)."""
        if self.value is None or other.value is None or not _agree(self.unit, other.unit):
            return False
        return not compatible(self.value, other.value) and self._same_time(other)

    def differs(self, other: "AttributedClaim") -> bool:
        """Return True if both are accounts that differ (events/README.md#differing-accounts)."""
        return max(self.rules, other.rules) > 1 and differ(self.value, other.value)

    def holds_with(self, other: "AttributedClaim") -> bool:
        """Return True if both hold at one time. Two stated instants must be equal."""
        if self.as_of_exact is not None and other.as_of_exact is not None:
            return self.as_of_exact == other.as_of_exact
        return self.bounds.overlaps(other.bounds)

    def shares_origin(self, other: "AttributedClaim") -> bool:
        """Return True if some origin is behind both."""
        return not self.origins.isdisjoint(other.origins)

    def _same_time(self, other: "AttributedClaim") -> bool:
        if self.as_of_stated and other.as_of_stated:
            return self.holds_with(other)
        return self.order.reported_at.date() == other.order.reported_at.date()


def claim_implies(claim: AttributedClaim | Claim, other: AttributedClaim | Claim) -> bool:
    """Return True if who makes `claim` has thereby said the value of `other`."""
    value, wide = claim.value, other.value
    if type(value) is int and type(wide) is int and value != wide:
        return False  # the most frequent case
    if value is None or wide is None or not _agree(claim.unit, other.unit):
        return False
    return implies(value, wide) and (claim.of is None or other.of is None or implies(claim.of, other.of))


def _agree(unit: str | None, other: str | None) -> bool:
    # A claim without a unit means the key's unit; `writethru check` reports keys with two units.
    return unit is None or other is None or unit == other or folded(unit) == folded(other)


class Support(NamedTuple):
    """A corroboration, by development `by`, of one claim, as that was when it was corroborated."""

    by: str
    order: Order
    claim: Claim
    origins: frozenset[Origin]
    speakers: tuple[Speaker, ...]
    verification: bool
    method: str | None


class Verification(NamedTuple):
    """Who verified the current value, how, and whether that is the claimant's own side.

    `independent`: both sides state their origins, and these differ. An unstated one makes nothing independent.
    """

    support: Support
    own_side: bool
    independent: bool


class OriginStance(NamedTuple):
    """One origin's last words on a key: what it asserts, and what it has since denied, doubted, withheld."""

    asserts: AttributedClaim | None = None
    denials: tuple[AttributedClaim, ...] = ()
    doubts: tuple[AttributedClaim, ...] = ()
    withholds: AttributedClaim | None = None

    def after(self, claim: AttributedClaim) -> "OriginStance":
        """Return the stance after `claim` (events/README.md#stances)."""
        match claim.stance:
            case "asserts":
                denials = tuple([denial for denial in self.denials if not _ends(claim, denial)])
                wider = self.asserts is not None and self.asserts.implies(claim) and not self.asserts.same(claim)
                return OriginStance(asserts=self.asserts if wider else claim, denials=denials)
            case "denies":
                left = self._take_back(claim)
                denials = tuple(denial for denial in left.denials if not _covers(claim, denial))
                return left._replace(denials=(*denials, claim))
            case "cannot_confirm":
                left = self._take_back(claim)
                return left._replace(doubts=(*left.doubts, claim))
            case "withholds":
                return self._replace(withholds=claim)
            case _:
                assert_never(claim.stance)

    def _take_back(self, claim: AttributedClaim) -> "OriginStance":
        """End the assertion that `claim` takes back. With a value, it takes back only what implies that value."""
        ended = self.asserts is not None and (claim.value is None or self.asserts.implies(claim))
        return OriginStance(
            asserts=None if ended else self.asserts,
            denials=self.denials,
            doubts=tuple(doubt for doubt in self.doubts if doubt.development == claim.development),
            withholds=self.withholds if self.withholds and self.withholds.development == claim.development else None,
        )

    def took_back(self, current: AttributedClaim, *, since: Order) -> bool:
        """Return True if this origin supported `current` at `since`, and denied, doubted or replaced it later."""
        later = (claim for claim in (*self.denials, *self.doubts) if claim.order > since)
        moved = self.asserts is not None and self.asserts.order > since and _departs(self.asserts, current)
        return moved or any(concerns(claim, current) for claim in later)


class OriginClaims:
    """What one origin has claimed of a key, in order, and its stance after each claim.

    A claim that arrives late, or is taken out, changes only the stances after it.
    """

    def __init__(self) -> None:
        self.claims: list[AttributedClaim] = []
        self.stances: list[OriginStance] = []

    @property
    def stance(self) -> OriginStance:
        """The stance after all claims, of which there is at least one."""
        return self.stances[-1]

    def add(self, claim: AttributedClaim) -> None:
        """Insert `claim` by its order."""
        if not self.claims or self.claims[-1].order < claim.order:
            self.stances.append(self._before(len(self.claims)).after(claim))
            self.claims.append(claim)
            return
        index = bisect(self.claims, claim.order, key=BY_ORDER)
        self.claims.insert(index, claim)
        self.stances.insert(index, self._before(index).after(claim))
        self._restate(index + 1)

    def remove(self, claim: AttributedClaim) -> None:
        """Take out `claim`."""
        index = self.index(claim.order)
        del self.claims[index], self.stances[index]
        self._restate(index)

    def index(self, order: Order) -> int:
        """Return how many of the claims come before `order`."""
        return bisect_left(self.claims, order, key=BY_ORDER)

    def asserted(self, count: int) -> AttributedClaim | None:
        """Return what the origin asserts after the first `count` claims."""
        return self.stances[count - 1].asserts if count else None

    def _before(self, index: int) -> OriginStance:
        return self.stances[index - 1] if index else OriginStance()

    def _restate(self, index: int) -> None:
        """Compute the stances from `index` on again, until one comes out the same: then so do those after it."""
        for later in range(index, len(self.claims)):
            stance = self._before(later).after(self.claims[later])
            if stance == self.stances[later]:
                break
            self.stances[later] = stance


def _ends(claim: AttributedClaim, denial: AttributedClaim) -> bool:
    """Return True if asserting `claim` takes back an earlier denial, of another report and of no other value."""
    if denial.development == claim.development:
        return False
    return denial.value is None or not denial.lasts or claim.implies(denial)


def _covers(denial: AttributedClaim, earlier: AttributedClaim) -> bool:
    """Return True if `denial` replaces an earlier one (events/README.md#a-denial-covers-an-earlier-one)."""
    if denial.value is None:
        return earlier.value is None or not earlier.lasts
    return claim_implies(earlier, denial)


def concerns(claim: AttributedClaim, current: AttributedClaim) -> bool:
    """Return True if a denial or a doubt is about the current value.

    One without a value is never about what was said later (events/README.md#a-denial-without-a-value).
    """
    if claim.value is not None:
        return current.implies(claim)
    said_before = current.order < claim.order and current.order.reported_at <= claim.order.reported_at
    return claim.rules < 2 or (not claim.names_others and said_before)


def concerning(claims: Iterable[AttributedClaim], current: AttributedClaim) -> Iterator[AttributedClaim]:
    """Yield the denials that are about the current value. A hundred reports may deny one claim: it is compared once."""
    implied: dict[tuple[int, str | None, int], bool] = {}
    for claim in claims:
        about = (id(claim.value), claim.unit, id(claim.of))
        if claim.value is None:
            if concerns(claim, current):
                yield claim
            continue
        if about not in implied:
            implied[about] = claim_implies(current, claim)
        if implied[about]:
            yield claim


def _departs(claim: AttributedClaim, current: AttributedClaim) -> bool:
    """Return True if `claim` leaves the current value: neither of the two lies within the other."""
    return _agree(claim.unit, current.unit) and not claim.implies(current) and not current.implies(claim)


def distinct_claims(claims: Iterable[AttributedClaim | None]) -> tuple[AttributedClaim, ...]:
    """Return each claim once, in order. A claim with two origins comes twice."""
    made = {id(claim): claim for claim in claims if claim is not None}
    return tuple(sorted(made.values(), key=BY_ORDER) if len(made) > 1 else made.values())


def without_named(doubts: Iterable[AttributedClaim]) -> tuple[AttributedClaim, ...]:
    """Return `doubts` without those of which every part is listed itself."""
    claims = tuple(doubts)
    listed = {claim.development for claim in claims if claim.against is not None}
    return tuple(claim for claim in claims if not (claim.names_others and claim.development in listed))
