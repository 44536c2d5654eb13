"""What is said of one key, and where an origin stands once it has spoken: voices, and the stances that they make.

A voice is one claim by one set of origins, ordered by when it holds (1.5.1). An origin's stance is its last words: what
it asserts, and what it has since denied, doubted or withheld. Both are values: hearing a voice makes another stance.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, assert_never

from events.fold.attribution import Origin
from events.model.edtf import Bounds
from events.model.parts import Speaker, Stance
from events.model.text import folded
from events.model.values import Value, compatible, exact, implies


class Order(NamedTuple):
    """When a claim holds, and what settles ties: 1.5.2. `nth` is its place within its report."""

    latest: datetime
    reported_at: datetime
    position: int
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributedClaim:
    """One claim, as one report makes it. `bounds` are capped at the report's day; `as_of` is EDTF."""

    order: Order
    development: str
    stance: Stance
    value: Value | None
    unit: str | None
    of: Value | None
    literal: str | None
    as_of: str
    bounds: Bounds
    as_of_stated: bool
    as_of_exact: datetime | None
    said_by: tuple[Speaker, ...]
    origins: frozenset[Origin]
    against: str | None = None

    @property
    def exact(self) -> bool:
        """Whether nobody can say it more precisely: it leaves no room."""
        return exact(self.value) and (self.of is None or exact(self.of))

    def implies(self, other: "AttributedClaim") -> bool:
        """Return True if who says this has thereby said `other`'s value."""
        if self.value is None or other.value is None or not _agree(self.unit, other.unit):
            return False
        return implies(self.value, other.value) and (self.of is None or other.of is None or implies(self.of, other.of))

    def same(self, other: "AttributedClaim") -> bool:
        """Return True if both say the same value."""
        return self.implies(other) and other.implies(self)

    def contradicts(self, other: "AttributedClaim") -> bool:
        """Return True if both cannot be true of one time: incompatible, and overlapping by 1.5.6."""
        if self.value is None or other.value is None or not _agree(self.unit, other.unit):
            return False
        return not compatible(self.value, other.value) and self._same_time(other)

    def holds_with(self, other: "AttributedClaim") -> bool:
        """Return True if both speak of one time. Of two stated instants, only the same one is."""
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


def _agree(unit: str | None, other: str | None) -> bool:
    # A claim that leaves its unit out means the key's unit; `check` names keys with two units.
    return unit is None or other is None or unit == other or folded(unit) == folded(other)


@dataclass(frozen=True, slots=True)
class OriginStance:
    """One origin's last words on a key: what it asserts, and what it has since denied, doubted, withheld."""

    asserts: AttributedClaim | None = None
    denials: tuple[AttributedClaim, ...] = ()
    doubt: AttributedClaim | None = None
    withholds: AttributedClaim | None = None

    def after(self, voice: AttributedClaim) -> "OriginStance":
        """Return the stance once `voice` has been heard."""
        match voice.stance:
            case "asserts":
                # What the same report denies and asserts at once stands together; an earlier denial has ended.
                denials = tuple(denial for denial in self.denials if denial.development == voice.development)
                wider = self.asserts is not None and self.asserts.implies(voice) and not self.asserts.same(voice)
                return OriginStance(asserts=self.asserts if wider else voice, denials=denials)
            case "denies":
                left = self._without_what(voice)
                denials = tuple(denial for denial in left.denials if not _covers(voice, denial))
                return replace(left, denials=(*denials, voice))
            case "cannot_confirm":
                return replace(self._without_what(voice), doubt=voice)
            case "withholds":
                return replace(self, withholds=voice)
            case _:
                assert_never(voice.stance)

    def _without_what(self, voice: AttributedClaim) -> "OriginStance":
        """End the assertion that `voice` denies or no longer confirms: "what it said", not whatever it says."""
        ended = self.asserts is not None and (voice.value is None or self.asserts.implies(voice))
        return OriginStance(
            asserts=None if ended else self.asserts,
            denials=self.denials,
            doubt=self.doubt if self.doubt and self.doubt.development == voice.development else None,
            withholds=self.withholds if self.withholds and self.withholds.development == voice.development else None,
        )

    def took_back(self, current: AttributedClaim, *, since: Order) -> bool:
        """Return True if this origin supported `current` at `since`, and denied, doubted or replaced it later."""
        said = (voice for voice in (*self.denials, self.doubt) if voice is not None and voice.order > since)
        moved = self.asserts is not None and self.asserts.order > since and _departs(self.asserts, current)
        return moved or any(concerns(voice, current) for voice in said)


def _covers(denial: AttributedClaim, earlier: AttributedClaim) -> bool:
    """Return True if who denies this has thereby said the earlier denial again: it is history then (1.5.4)."""
    return denial.value is None or earlier.implies(denial)


def concerns(voice: AttributedClaim, current: AttributedClaim) -> bool:
    """Return True if a denial or a doubt is about the current value: by the report it aims at, or by what it says."""
    if voice.against is not None and voice.against == current.development:
        return True
    return voice.value is None or current.implies(voice)


def _departs(voice: AttributedClaim, current: AttributedClaim) -> bool:
    """Return True if who says this has left the current value: neither of the two lies within the other."""
    return _agree(voice.unit, current.unit) and not voice.implies(current) and not current.implies(voice)
