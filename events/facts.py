"""How facts fold: what is claimed of one key, by whom, and what of it stands now (vocabulary 1.5).

The idea: every report gives *voices*, each one claim by one set of origins, ordered by when it holds (1.5.1) and
not by when it was recorded. A `KeyFold` lets them speak in that order: each origin's last word is its stance,
the current value is the newest asserting stance, and every other stance either supports it, contradicts it,
denies it, or is listed without effect. A voice costs one step; one that arrives late, or is taken out, also costs
those of the voices after it, which are unheard and heard again. So a fact is known at any moment of a long story.

An origin that disputes another report's claim is a voice too (`against` names the report).
"""

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Literal, NamedTuple, assert_never

from events.fields import folded
from events.origins import Origin, stated_names
from events.parts import Speaker, Stance
from events.values import DateValue, Value, compatible, implies
from events.when import Bounds

Relation = Literal["new", "repeats", "refines", "corrects", "differs", "advances", "withdrawn"]
Standing = Literal["disputed", "corroborated", "reported"]


class Order(NamedTuple):
    """When a claim holds, and what settles ties: 1.5.2. `nth` is its place within its report."""

    latest: datetime
    reported_at: datetime
    position: int
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
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

    def implies(self, other: "Voice") -> bool:
        """Tell whether who says this has thereby said `other`'s value."""
        if self.value is None or other.value is None or not _agree(self.unit, other.unit):
            return False
        return implies(self.value, other.value) and (self.of is None or other.of is None or implies(self.of, other.of))

    def same(self, other: "Voice") -> bool:
        """Tell whether both say the same value."""
        return self.implies(other) and other.implies(self)

    def contradicts(self, other: "Voice") -> bool:
        """Tell whether both cannot be true of one time: incompatible, and overlapping by 1.5.6."""
        if self.value is None or other.value is None or not _agree(self.unit, other.unit):
            return False
        return not compatible(self.value, other.value) and self._same_time(other)

    def holds_with(self, other: "Voice") -> bool:
        """Tell whether both speak of one time. Of two stated instants, only the same one is."""
        if self.as_of_exact is not None and other.as_of_exact is not None:
            return self.as_of_exact == other.as_of_exact
        return self.bounds.overlaps(other.bounds)

    def shares_origin(self, other: "Voice") -> bool:
        """Tell whether some origin is behind both."""
        return not self.origins.isdisjoint(other.origins)

    def _same_time(self, other: "Voice") -> bool:
        if self.as_of_stated and other.as_of_stated:
            return self.holds_with(other)
        return self.order.reported_at.date() == other.order.reported_at.date()


def _agree(unit: str | None, other: str | None) -> bool:
    # A claim that leaves its unit out means the key's unit; `check` names keys with two units.
    return unit is None or other is None or folded(unit) == folded(other)


@dataclass(frozen=True, slots=True)
class Support:
    """A corroboration of another development's claim on this key (1.5.3, 1.5.9)."""

    by: str
    order: Order
    development: str
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
    """A claim in its place, with its relation to the value before it. `withdrawn` has no value."""

    voice: Voice
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known of one key. `current` is None where nothing is asserted (any more): the value is unknown."""

    key: str
    current: Voice | None
    relation: Relation | None
    standing: Standing | None
    origins: tuple[str, ...] = ()
    contradicted_by: tuple[Voice, ...] = ()
    denied_by: tuple[Voice, ...] = ()
    unconfirmed_by: tuple[Voice, ...] = ()
    withheld_by: tuple[Voice, ...] = ()
    verified_by: tuple[Verification, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stance:
    """One origin's last words on a key: what it asserts, and what it has since denied, doubted, withheld."""

    asserts: Voice | None = None
    denials: tuple[Voice, ...] = ()
    doubt: Voice | None = None
    withholds: Voice | None = None

    def after(self, voice: Voice) -> "_Stance":
        """Give the stance once `voice` has been heard."""
        match voice.stance:
            case "asserts":
                # What the same report denies and asserts at once stands together; an earlier denial has ended.
                denials = tuple(denial for denial in self.denials if denial.development == voice.development)
                wider = self.asserts is not None and self.asserts.implies(voice) and not self.asserts.same(voice)
                return _Stance(asserts=self.asserts if wider else voice, denials=denials)
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

    def _without_what(self, voice: Voice) -> "_Stance":
        """End the assertion that `voice` denies or no longer confirms: "what it said", not whatever it says."""
        ended = self.asserts is not None and (voice.value is None or self.asserts.implies(voice))
        return _Stance(
            asserts=None if ended else self.asserts,
            denials=self.denials,
            doubt=self.doubt if self.doubt and self.doubt.development == voice.development else None,
            withholds=self.withholds if self.withholds and self.withholds.development == voice.development else None,
        )

    def took_back(self, current: Voice, *, since: Order) -> bool:
        """Tell whether this origin, which supported `current` at `since`, has denied, doubted or replaced it later."""
        said = (voice for voice in (*self.denials, self.doubt) if voice is not None and voice.order > since)
        moved = self.asserts is not None and self.asserts.order > since and _departs(self.asserts, current)
        return moved or any(_concerns(voice, current) for voice in said)


def _covers(denial: Voice, earlier: Voice) -> bool:
    """Tell whether who denies this has thereby said the earlier denial again: it is history then (1.5.4)."""
    return denial.value is None or earlier.implies(denial)


def _concerns(voice: Voice, current: Voice) -> bool:
    """Tell whether a denial or a doubt is about the current value: by the report it aims at, or by what it says."""
    if voice.against is not None and voice.against == current.development:
        return True
    return voice.value is None or current.implies(voice)


def _departs(voice: Voice, current: Voice) -> bool:
    """Tell whether who says this has left the current value: neither of the two lies within the other."""
    return _agree(voice.unit, current.unit) and not voice.implies(current) and not current.implies(voice)


class _Step(NamedTuple):
    """How it stood before one voice was heard: the current voice, its origins' stances, and the history's length."""

    current: Voice | None
    stances: tuple[tuple[Origin, _Stance | None], ...]
    history: int


class KeyFold:
    """All voices on one key, folded. Mutable inside; what it gives is frozen."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._voices: list[Voice] = []
        self._supports: list[Support] = []
        self._asserted: dict[str, list[Voice]] = {}
        self._fact: Fact | None = None
        # What the voices heard so far amount to, and for each of them what it takes to unhear it.
        self._stances: dict[Origin, _Stance] = {}
        self._current: Voice | None = None
        self._history: list[HistoryItem] = []
        self._relations: dict[Order, Relation] = {}
        self._steps: list[_Step] = []

    def add(self, voice: Voice) -> None:
        """Hear `voice`. It costs one step, and one for each voice heard already that speaks of a later time."""
        self._fact = None
        place = bisect(self._voices, voice.order, key=attrgetter("order"))
        self._rewind(place)
        self._voices.insert(place, voice)
        if voice.stance == "asserts":
            self._asserted.setdefault(voice.development, []).append(voice)

    def support(self, support: Support) -> None:
        """Take in a corroboration."""
        self._fact = None
        self._supports.append(support)

    def remove(self, development: str) -> None:
        """Forget whatever `development` says of this key."""
        self._fact = None
        first = next((place for place, voice in enumerate(self._voices) if voice.development == development), None)
        if first is not None:
            self._rewind(first)
            self._voices[first:] = [voice for voice in self._voices[first:] if voice.development != development]
            self._asserted.pop(development, None)
        self._supports = [support for support in self._supports if support.by != development]

    @property
    def silent(self) -> bool:
        """Tell whether nobody says anything of this key."""
        return not self._voices and not self._supports

    def history(self) -> tuple[HistoryItem, ...]:
        """Give every asserting claim, oldest first, each with its relation as it was at its place."""
        self._catch_up()
        return tuple(self._history)

    def fact(self) -> Fact | None:
        """Give what is known, or None where nobody has said anything. Costs what there are origins, not voices."""
        if self._fact is None and self._voices:
            self._fact = self._known()
        return self._fact

    def _known(self) -> Fact | None:
        self._catch_up()
        current = self._current
        # Of a joint statement each origin has its own stance: one of them may have moved on.
        others = [
            (origin, stance)
            for origin, stance in self._stances.items()
            if current is None or stance.asserts is not current
        ]
        doubts = _distinct(stance.doubt for origin, stance in others if not self._ended(stance.doubt, origin, current))
        withheld = _distinct(stance.withholds for stance in self._stances.values())
        denials = _distinct(
            denial for origin, stance in others for denial in stance.denials if not self._ended(denial, origin, current)
        )
        if current is None:
            relation: Relation | None = "withdrawn" if self._history else None
            # What nobody claims any more, no dispute of that claim is told: it would quote what was taken back.
            denials = tuple(denial for denial in denials if denial.against is None)
            if not (self._history or denials or doubts or withheld):
                return None
            unknown = Fact(key=self.key, current=None, relation=relation, standing=None)
            return replace(unknown, denied_by=denials, unconfirmed_by=doubts, withheld_by=withheld)
        contradicting = tuple(
            voice for voice in _distinct(stance.asserts for _, stance in others) if voice.contradicts(current)
        )
        denying = tuple(denial for denial in denials if _concerns(denial, current))
        origins, verifications = self._supporters(current)
        return Fact(
            key=self.key,
            current=current,
            relation=self._relations.get(current.order),
            standing="disputed" if contradicting or denying else "corroborated" if len(origins) >= 2 else "reported",
            origins=origins,
            contradicted_by=contradicting,
            denied_by=denying,
            unconfirmed_by=doubts,
            withheld_by=withheld,
            verified_by=verifications,
        )

    def _catch_up(self) -> None:
        for voice in self._voices[len(self._steps) :]:
            self._step(voice)

    def _step(self, voice: Voice) -> None:
        before = self._current
        stances = tuple((origin, self._stances.get(origin)) for origin in sorted(voice.origins))
        self._steps.append(_Step(before, stances, len(self._history)))
        for origin, stance in stances:
            self._stances[origin] = (stance or _Stance()).after(voice)
        self._current = voice if self._displaces(voice) else _newest(self._asserting())
        if voice.stance == "asserts":
            relation = _relation(voice, before)
            self._relations[voice.order] = relation
            self._history.append(HistoryItem(voice, relation))
        elif before is not None and self._current is None:
            self._history.append(HistoryItem(voice, "withdrawn"))

    def _rewind(self, place: int) -> None:
        """Unhear the voices from `place` on."""
        while len(self._steps) > place:
            step = self._steps.pop()
            self._current = step.current
            for origin, stance in step.stances:
                if stance is None:
                    del self._stances[origin]
                else:
                    self._stances[origin] = stance
            for item in self._history[step.history :]:
                self._relations.pop(item.voice.order, None)
            del self._history[step.history :]

    def _displaces(self, voice: Voice) -> bool:
        """Tell whether `voice`, the newest, is current without a look at their order: nobody says it more precisely."""
        stances = (stance.asserts for stance in self._stances.values())
        return voice.stance == "asserts" and not any(
            other.implies(voice) and not voice.implies(other) for other in stances if other is not None
        )

    def _asserting(self) -> tuple[Voice, ...]:
        return _distinct(stance.asserts for stance in self._stances.values())

    def _supporters(self, current: Voice) -> tuple[tuple[str, ...], tuple[Verification, ...]]:
        """Give the stated origins that assert or corroborate `current`, sorted, and its verifications."""
        origins = [
            origin
            for origin, stance in self._stances.items()
            if stance.asserts is not None and stance.asserts.implies(current)
        ]
        applying = [support for support in self._supports if self._applies(support, current)]
        for support in applying:
            origins += [origin for origin in support.origins if self._stands_by(origin, support, current)]
        claimants = {origin for origin in current.origins if origin.stated}
        verifications = tuple(
            Verification(
                support,
                own_side=not support.origins.isdisjoint(current.origins),
                independent=bool(claimants)
                and all(origin.stated and origin not in claimants for origin in support.origins),
            )
            for support in sorted(applying, key=attrgetter("by"))
            if support.verification
        )
        return stated_names(origins), verifications

    def _applies(self, support: Support, current: Voice) -> bool:
        """Tell whether `support` is of a claim that implies the current value, be it history by now: 53, said again."""
        said = self._asserted.get(support.development, ())
        return any(voice.implies(current) for voice in said) and any(
            self._stands_by(origin, support, current) for origin in support.origins
        )

    def _ended(self, voice: Voice | None, origin: Origin, current: Voice | None) -> bool:
        """Tell whether `origin`, after it denied or doubted, has corroborated the current value: it asserts again."""
        return (voice is not None and current is not None) and any(
            support.order > voice.order and origin in support.origins and self._applies(support, current)
            for support in self._supports
        )

    def _stands_by(self, origin: Origin, support: Support, current: Voice) -> bool:
        stance = self._stances.get(origin)
        return stance is None or not stance.took_back(current, since=support.order)


def _distinct(voices: Iterable[Voice | None]) -> tuple[Voice, ...]:
    """Give each voice once, in order: one with two origins is one voice."""
    by_order = {voice.order: voice for voice in voices if voice is not None}
    return tuple(by_order[order] for order in sorted(by_order))


def _newest(asserting: Iterable[Voice]) -> Voice | None:
    """Give the current value's voice: the newest stance; a wider compatible one displaces nothing (1.5.5)."""
    current: Voice | None = None
    for voice in asserting:
        if current is None or current.same(voice) or not current.implies(voice):
            current = voice
    return current


def _relation(voice: Voice, before: Voice | None) -> Relation:
    """Give the first relation of 1.5.5 that fits `voice` after `before`."""
    if before is None:
        return "new"
    if before.implies(voice):
        return "repeats"
    if voice.implies(before) and (isinstance(voice.value, DateValue) or voice.holds_with(before)):
        return "refines"
    if voice.shares_origin(before):
        stated = voice.as_of_stated and before.as_of_stated
        return "corrects" if stated and voice.contradicts(before) else "advances"
    return "differs" if voice.contradicts(before) else "advances"
