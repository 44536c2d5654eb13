"""How facts fold: what is claimed of one key, by whom, and what of it stands now (vocabulary 1.5).

The idea: every report gives *voices*, each one claim by one set of origins, ordered by when it holds (1.5.1) and
not by when it was recorded. A `FactFold` lets them speak in that order: each origin's last word is its stance,
the current value is the newest asserting stance, and every other stance either supports it, contradicts it,
denies it, or is listed without effect. A voice costs one step; one that arrives late, or is taken out, also costs
those of the voices after it, which are unheard and heard again. So a fact is known at any moment of a long story.

An origin that disputes another report's claim is a voice too (`against` names the report).
"""

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Literal, NamedTuple

from events.fold.attribution import Origin, stated_names
from events.fold.claims import AttributedClaim, Order, OriginStance, concerns
from events.model.parts import Speaker
from events.model.values import DateValue

Relation = Literal["new", "repeats", "refines", "corrects", "differs", "advances", "withdrawn"]
Standing = Literal["disputed", "corroborated", "reported"]


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

    voice: AttributedClaim
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known of one key. `current` is None where nothing is asserted (any more): the value is unknown."""

    key: str
    current: AttributedClaim | None
    relation: Relation | None
    standing: Standing | None
    origins: tuple[str, ...] = ()
    contradicted_by: tuple[AttributedClaim, ...] = ()
    denied_by: tuple[AttributedClaim, ...] = ()
    unconfirmed_by: tuple[AttributedClaim, ...] = ()
    withheld_by: tuple[AttributedClaim, ...] = ()
    verified_by: tuple[Verification, ...] = ()

    @property
    def claims(self) -> tuple[AttributedClaim, ...]:
        """All claims that words about the fact may quote: the current one, and those beside it."""
        current = () if self.current is None else (self.current,)
        return (*current, *self.contradicted_by, *self.denied_by, *self.unconfirmed_by, *self.withheld_by)


class _Step(NamedTuple):
    """How it stood before one voice was heard: the current voice, its origins' stances, and the history's length."""

    current: AttributedClaim | None
    stances: tuple[tuple[Origin, OriginStance | None], ...]
    history: int


class FactFold:
    """All voices on one key, folded. Mutable inside; what it gives is frozen."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._voices: list[AttributedClaim] = []
        self._supports: list[Support] = []
        self._asserted: dict[str, list[AttributedClaim]] = {}
        self._fact: Fact | None = None
        # What the voices heard so far amount to, and for each of them what it takes to unhear it.
        self._stances: dict[Origin, OriginStance] = {}
        self._current: AttributedClaim | None = None
        self._history: list[HistoryItem] = []
        self._relations: dict[Order, Relation] = {}
        self._steps: list[_Step] = []

    def add(self, voice: AttributedClaim) -> None:
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
        """Whether nobody says anything of this key."""
        return not self._voices and not self._supports

    def history(self) -> tuple[HistoryItem, ...]:
        """Return every asserting claim, oldest first, each with its relation as it was at its place."""
        self._catch_up()
        return tuple(self._history)

    def fact(self) -> Fact | None:
        """Return what is known, or None where nobody has said anything. Costs what there are origins, not voices."""
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
        denying = tuple(denial for denial in denials if concerns(denial, current))
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

    def _step(self, voice: AttributedClaim) -> None:
        before = self._current
        stances = tuple((origin, self._stances.get(origin)) for origin in sorted(voice.origins))
        self._steps.append(_Step(before, stances, len(self._history)))
        moved = False
        for origin, stance in stances:
            former = stance or OriginStance()
            self._stances[origin] = former.after(voice)
            moved |= self._stances[origin].asserts is not former.asserts
        if moved:  # else every origin asserts what it asserted, and the same of it is current
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

    def _displaces(self, voice: AttributedClaim) -> bool:
        """Return True if `voice`, the newest, is current without comparing all: nobody says it more precisely."""
        if voice.stance != "asserts":
            return False
        stances = (stance.asserts for stance in self._stances.values())
        return voice.exact or not any(
            other.implies(voice) and not voice.implies(other) for other in stances if other is not None
        )

    def _asserting(self) -> tuple[AttributedClaim, ...]:
        return _distinct(stance.asserts for stance in self._stances.values())

    def _supporters(self, current: AttributedClaim) -> tuple[tuple[str, ...], tuple[Verification, ...]]:
        """Return the stated origins that assert or corroborate `current`, sorted, and its verifications."""
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

    def _applies(self, support: Support, current: AttributedClaim) -> bool:
        """Return True if `support` is of a claim that implies the current value, even a past one (53, said again)."""
        said = self._asserted.get(support.development, ())
        return any(voice.implies(current) for voice in said) and any(
            self._stands_by(origin, support, current) for origin in support.origins
        )

    def _ended(self, voice: AttributedClaim | None, origin: Origin, current: AttributedClaim | None) -> bool:
        """Return True if `origin`, after it denied or doubted, has corroborated the current value: it asserts again."""
        return (voice is not None and current is not None) and any(
            support.order > voice.order and origin in support.origins and self._applies(support, current)
            for support in self._supports
        )

    def _stands_by(self, origin: Origin, support: Support, current: AttributedClaim) -> bool:
        stance = self._stances.get(origin)
        return stance is None or not stance.took_back(current, since=support.order)


def _distinct(voices: Iterable[AttributedClaim | None]) -> tuple[AttributedClaim, ...]:
    """Return each voice once, in order: one with two origins is one voice."""
    by_order = {voice.order: voice for voice in voices if voice is not None}
    return tuple(by_order[order] for order in sorted(by_order))


def _newest(asserting: Iterable[AttributedClaim]) -> AttributedClaim | None:
    """Return the current value's voice: the newest stance; a wider compatible one displaces nothing (1.5.5)."""
    current: AttributedClaim | None = None
    for voice in asserting:
        if current is None or current.same(voice) or not current.implies(voice):
            current = voice
    return current


def _relation(voice: AttributedClaim, before: AttributedClaim | None) -> Relation:
    """Return the first relation of 1.5.5 that fits `voice` after `before`."""
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
