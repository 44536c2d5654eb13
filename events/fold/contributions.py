"""What one report adds to the folds: claims and support for facts, and statements about expectations."""

from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from events.fold.attribution import NO_ORIGINS, Origin, OriginMap, origins_of
from events.fold.claims import AttributedClaim, Order, Support
from events.fold.expectations import Statement, StatementOrder, happened_at
from events.model.edtf import PARSED_CACHE_MAX, When, parse_when
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Corroboration, Dispute, Part, Speaker, Stance
from events.model.text import folded


class AttributedReport(NamedTuple):
    """A usable report of `development`, at its position in the story, read with the story's map of origins.

    `rules` are those by which it folds. `unnamed` are its denials and doubts without a value that name no claim.
    `addressed_by` is what usable reports corroborate or dispute in it.
    """

    report: DevelopmentReported
    development: str
    reported_at: datetime
    position: int
    rules: int
    origins: OriginMap
    unnamed: frozenset[Claim]
    addressed_by: tuple["Address", ...]

    def claims(self) -> Iterator[tuple[str, AttributedClaim]]:
        """Yield each claim with its key."""
        report, confirmed = self.report, self._confirmed_keys()
        for index, claim in enumerate(report.facts):
            speakers, origins = claim.said_by or report.said_by, self._origins_of(claim, confirmed)
            yield claim.key, self._attribute(claim, index, speakers=speakers, origins=origins)

    def doubting_claims(self, doubts: Iterable["Doubt"]) -> Iterator[tuple[str, AttributedClaim]]:
        """Yield what each doubt says of each asserted claim that it is about."""
        index = len(self.report.facts)
        for doubt in doubts:
            speakers = doubt.said_by or self.report.said_by
            origins = origins_of(speakers, self.report.sources, self.origins)
            for claim in targeted_claims(doubt.then, doubt.keys):
                doubted = claim.model_copy(update={"stance": doubt.stance, "as_of": doubt.as_of, "literal": None})
                attributed = self._attribute(doubted, index, speakers=speakers, origins=origins)
                yield claim.key, attributed._replace(against=doubt.development, outlived=doubt.outlived)
                index += 1

    @property
    def earliest(self) -> Order:
        """The order of what it says that holds first."""
        holds = [claim.as_of or self.report.said_on for claim in self.report.facts] or [self.report.said_on]
        return min(self._order(when, 0) for when in holds)

    def order_of(self, claim: Claim) -> Order:
        """Return the order of a claim that the report makes."""
        return self._order(claim.as_of or self.report.said_on, self.report.facts.index(claim))

    def supports(self, corroboration: Corroboration, target: DevelopmentReported) -> Iterator[tuple[str, Support]]:
        """Yield the support of each asserted claim that it aims at. `target` is the report as it was then."""
        order = self._order(self.report.said_on, len(self.report.facts))
        origins = origins_of(self.report.said_by, self.report.sources, self.origins, explicit=True)
        for claim in targeted_claims(target, corroboration.keys):
            yield (
                claim.key,
                Support(
                    by=self.development,
                    order=order,
                    claim=claim,
                    origins=origins,
                    speakers=self.report.said_by,
                    verification=corroboration.verification,
                    method=corroboration.method,
                ),
            )

    def statements(self) -> Iterator[tuple[str, Statement]]:
        """Yield what it says of each expectation: first what it expects, then how others came out."""
        report = self.report
        if not report.expects and not report.resolves:
            return
        happened = report.happened
        bounds = None if happened is None else happened.bounds.capped(self.reported_at.date())
        exact = None if happened is None else happened.exact
        at = min(exact, self.reported_at) if exact is not None else happened_at(bounds, self.reported_at)
        expected = [(item.id, item) for item in report.expects if item.id is not None]
        outcomes = [(item.expectation, item.outcome) for item in report.resolves]
        for index, (expectation, says) in enumerate((*expected, *outcomes)):
            order = StatementOrder(at, self.reported_at, self.position, index)
            yield expectation, Statement(order, bounds, exact, self.development, says)

    def own_origins(self) -> frozenset[Origin]:
        """Return the origins of what it asserts, or its own if it asserts nothing."""
        confirmed = self._confirmed_keys()
        origins = [self._origins_of(claim, confirmed) for claim in self.report.facts if claim.stance == "asserts"]
        if origins:
            return frozenset().union(*origins)
        by_name = any(isinstance(item.aim, Corroboration) and counts_by_name(item.by) for item in self.addressed_by)
        return origins_of(self.report.said_by, self.report.sources, self.origins, explicit=by_name)

    def _confirmed_keys(self) -> set[str]:
        """Return the keys whose claims count by their source's name (events/README.md#an-editor-confirms)."""
        if not self.addressed_by:
            return set()
        keys = {claim.key for claim in self.report.facts}
        return {
            key
            for item in self.addressed_by
            if isinstance(item.aim, Corroboration) and counts_by_name(item.by)
            for key in (keys.intersection(item.aim.keys) if item.aim.keys else keys)
        }

    def _origins_of(self, claim: Claim, confirmed: Container[str]) -> frozenset[Origin]:
        speakers = claim.said_by or self.report.said_by
        return origins_of(speakers, self.report.sources, self.origins, explicit=claim.key in confirmed)

    def _attribute(
        self,
        claim: Claim,
        index: int,
        *,
        speakers: tuple[Speaker, ...],
        origins: frozenset[Origin],
    ) -> AttributedClaim:
        as_of = claim.as_of
        holds = as_of or self.report.said_on
        reported_on = self.reported_at.date()
        day = _day(reported_on)
        return AttributedClaim(
            order=self._order(holds, index),
            development=self.development,
            stance=claim.stance,
            value=claim.value,
            unit=claim.unit,
            of=claim.of,
            literal=claim.literal,
            as_of=day if holds is None else _edtf(holds, day),
            bounds=day.bounds if holds is None else holds.bounds.capped(reported_on),
            as_of_stated=as_of is not None,
            as_of_exact=None if as_of is None else as_of.exact,
            said_by=speakers,
            origins=origins,
            rules=self.rules,
            names_others=self.rules > 1 and _is_unnamed(claim) and claim not in self.unnamed,
        )

    def _order(self, holds: When | None, index: int) -> Order:
        return Order(_latest(holds, self.reported_at), self.reported_at, self.position, index)


def counts_by_name(corroborating: DevelopmentReported) -> bool:
    """Return True if a report that corroborates has no speaker, and a source that counts by its own name."""
    if corroborating.said_by:
        return False
    return any(origin.stated for origin in origins_of((), corroborating.sources, NO_ORIGINS, explicit=True))


def unnamed_doubts(report: DevelopmentReported | None) -> tuple[Claim, ...]:
    """Return the denials and doubts without a value (events/README.md#a-denial-without-a-value)."""
    return () if report is None else tuple([claim for claim in report.facts if _is_unnamed(claim)])


def _is_unnamed(claim: Claim) -> bool:
    return claim.value is None and claim.stance in {"denies", "cannot_confirm"}


def same_aim(one: Part, other: Part) -> bool:
    """Return True if both answer the same: a corrected statement of a dispute makes it no other dispute."""
    match one, other:
        case (Corroboration(), Corroboration()):
            return (one.development, one.keys) == (other.development, other.keys)
        case (Dispute(), Dispute()):
            return (one.development, one.keys, one.kind) == (other.development, other.keys, other.kind)
        case (Claim(value=None), Claim(value=None)):
            return (one.key, one.stance, one.said_by) == (other.key, other.stance, other.said_by)
        case _:
            return False


def aims(report: DevelopmentReported | None) -> tuple[Corroboration | Dispute, ...]:
    """Return what a report addresses to other developments: its corroborations and disputes."""
    return () if report is None else (*report.corroborates, *report.disputes)


class Doubt(NamedTuple):
    """A denial or doubt of `keys` (empty: all) of another development, and the report of that as it was `then`.

    `outlived`: that development is not usable any more. `said_by` is () for the speakers of its own report.
    """

    stance: Stance
    keys: tuple[str, ...]
    said_by: tuple[Speaker, ...]
    as_of: When | None
    development: str
    then: DevelopmentReported
    outlived: bool


class Address(NamedTuple):
    """What the usable report `by` aims at a development, and the report of that one as it was `then`."""

    by: DevelopmentReported
    aim: Corroboration | Dispute
    then: DevelopmentReported


def targeted_claims(target: DevelopmentReported, keys: tuple[str, ...] = ()) -> tuple[Claim, ...]:
    """Return the asserted claims of `target` of these keys, or all if no key is named."""
    folded_keys = {folded(key) for key in keys}
    return tuple(
        claim
        for claim in target.facts
        if claim.stance == "asserts" and (not folded_keys or folded(claim.key) in folded_keys)
    )


def _latest(holds: When | None, reported_at: datetime) -> datetime:
    """Return the last instant at which a claim holds: the stated one or its last day's end, never after its report."""
    if holds is None:
        return reported_at
    exact = holds.exact
    return happened_at(holds.bounds, reported_at) if exact is None else min(exact, reported_at)


@lru_cache(maxsize=PARSED_CACHE_MAX)
def _day(day: date) -> When:
    """Return the when of a claim that holds on the day of its report."""
    return parse_when(day.isoformat())


def _edtf(holds: When, day: When) -> When:
    """Return the same as EDTF alone. A when of words alone means any time up to the report."""
    return holds if holds.literal is None else parse_when(holds.edtf or f"../{day.edtf}")
