"""What one report contributes to the folds: its voices on facts, its support of others, its word on expectations."""

from collections.abc import Container, Iterable, Iterator
from datetime import datetime

from events.fold.attribution import Origin, OriginMap, origins_of
from events.fold.claims import AttributedClaim, Order
from events.fold.expectations import Happened, Statement, happened_at
from events.fold.facts import Support
from events.model.edtf import Bounds, When
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Corroboration, Dispute, Speaker
from events.model.text import folded

Place = tuple[datetime, int]
"""When a report counts (`reported_at`), and its position in the ledger."""


def voices(
    report: DevelopmentReported, development: str, place: Place, mapping: OriginMap, *, confirmed: Container[str]
) -> Iterator[tuple[str, AttributedClaim]]:
    """Yield each claim with its key. `confirmed`: keys that a `corroborates` without a speaker addresses."""
    for index, claim in enumerate(report.facts):
        speakers = claim.said_by or report.said_by
        origins = origins_of(speakers, report.sources, mapping, explicit=claim.key in confirmed)
        yield (
            claim.key,
            _voice(report, development, place, index, claim=claim, speakers=speakers, origins=origins),
        )


def dispute_voices(
    report: DevelopmentReported,
    development: str,
    place: Place,
    mapping: OriginMap,
    dispute: Dispute,
    target: DevelopmentReported,
) -> Iterator[tuple[str, AttributedClaim]]:
    """Yield what a dispute says of each asserted claim of `target` that it is aimed at."""
    if dispute.kind == "disagrees":
        return  # a judgement about the matter, not about the fact
    origins = origins_of(report.said_by, report.sources, mapping)
    first = len(report.facts)
    for index, claim in enumerate(_aimed(target, dispute.keys)):
        said = claim.model_copy(update={"stance": dispute.kind, "as_of": None, "literal": None})
        yield (
            claim.key,
            _voice(
                report,
                development,
                place,
                first + index,
                claim=said,
                speakers=report.said_by,
                origins=origins,
                against=dispute.development,
            ),
        )


def supports(
    report: DevelopmentReported,
    development: str,
    place: Place,
    mapping: OriginMap,
    corroboration: Corroboration,
    target: DevelopmentReported,
) -> Iterator[tuple[str, Support]]:
    """Yield what a corroboration adds to each asserted claim of `target` that it is aimed at."""
    origins = origins_of(report.said_by, report.sources, mapping, explicit=True)
    reported_at, position = place
    latest = _latest(report.said_on, reported_at)
    for claim in _aimed(target, corroboration.keys):
        yield (
            claim.key,
            Support(
                by=development,
                order=Order(latest, reported_at, position, len(report.facts)),
                development=corroboration.development,
                origins=origins,
                speakers=report.said_by,
                verification=corroboration.verification,
                method=corroboration.method,
            ),
        )


def statements(report: DevelopmentReported, development: str, place: Place) -> Iterator[tuple[str, Statement]]:
    """Yield what a report says of each expectation: first what it expects, then how others came out."""
    reported_at, position = place
    bounds = None if report.happened is None else report.happened.bounds.capped(reported_at.date())
    exact = None if report.happened is None else report.happened.exact
    at = min(exact, reported_at) if exact is not None else happened_at(bounds, reported_at)
    said = [(item.id, item) for item in report.expects if item.id is not None]
    outcomes = [(item.expectation, item.outcome) for item in report.resolves]
    for index, (expectation, says) in enumerate((*said, *outcomes)):
        happened = Happened(at, reported_at, position, index)
        yield expectation, Statement(happened, bounds, exact, development, says)


def aims(report: DevelopmentReported | None) -> tuple[Corroboration | Dispute, ...]:
    """Return what a report addresses to other developments: its corroborations and disputes."""
    return () if report is None else (*report.corroborates, *report.disputes)


def confirmed_keys(
    report: DevelopmentReported, development: str, aiming: Iterable[DevelopmentReported], mapping: OriginMap
) -> set[str]:
    """Return the keys of `report` whose claims count by their source's name, since an editor has said so (1.5.3).

    That is where one of the reports that are `aiming` at it corroborates them without speaker, for itself.
    """
    others = tuple(aiming)
    if not others:
        return set()
    keys = {claim.key for claim in report.facts}
    return {
        key
        for other in others
        if _counts_by_name(other, mapping)
        for aim in other.corroborates
        if aim.development == development
        for key in (keys.intersection(aim.keys) if aim.keys else keys)
    }


def own_origins(
    report: DevelopmentReported, development: str, aiming: Iterable[DevelopmentReported], mapping: OriginMap
) -> frozenset[Origin]:
    """Return the origins of what `report` asserts; of the report itself, where it asserts nothing."""
    others = tuple(aiming)
    confirmed = confirmed_keys(report, development, others, mapping)
    spoken = [
        origins_of(claim.said_by or report.said_by, report.sources, mapping, explicit=claim.key in confirmed)
        for claim in report.facts
        if claim.stance == "asserts"
    ]
    if spoken:
        return frozenset().union(*spoken)
    by_name = any(
        _counts_by_name(other, mapping) and any(aim.development == development for aim in other.corroborates)
        for other in others
    )
    return origins_of(report.said_by, report.sources, mapping, explicit=by_name)


def _counts_by_name(corroborating: DevelopmentReported, mapping: OriginMap) -> bool:
    if corroborating.said_by:
        return False
    return any(origin.stated for origin in origins_of((), corroborating.sources, mapping, explicit=True))


def _aimed(target: DevelopmentReported, keys: tuple[str, ...]) -> tuple[Claim, ...]:
    named = {folded(key) for key in keys}
    return tuple(
        claim for claim in target.facts if claim.stance == "asserts" and (not named or folded(claim.key) in named)
    )


def _voice(
    report: DevelopmentReported,
    development: str,
    place: Place,
    index: int,
    *,
    claim: Claim,
    speakers: tuple[Speaker, ...],
    origins: frozenset[Origin],
    against: str | None = None,
) -> AttributedClaim:
    reported_at, position = place
    holds = claim.as_of or report.said_on
    bounds = _holds(holds, reported_at)
    return AttributedClaim(
        order=Order(_latest(holds, reported_at), reported_at, position, index),
        development=development,
        stance=claim.stance,
        value=claim.value,
        unit=claim.unit,
        of=claim.of,
        literal=claim.literal,
        as_of=_as_of(holds, reported_at),
        bounds=bounds,
        as_of_stated=claim.as_of is not None,
        as_of_exact=None if claim.as_of is None else claim.as_of.exact,
        said_by=speakers,
        origins=origins,
        against=against,
    )


def _latest(holds: When | None, reported_at: datetime) -> datetime:
    """Return the last instant of which a claim speaks: a stated one, else its last day's end; none after its report."""
    exact = None if holds is None else holds.exact
    if exact is not None:
        return min(exact, reported_at)
    return happened_at(None if holds is None else holds.bounds, reported_at)


def _holds(holds: When | None, reported_at: datetime) -> Bounds:
    """Return the days of which a claim speaks, none after its report (1.5.1)."""
    day = reported_at.date()
    return Bounds(day, day) if holds is None else holds.bounds.capped(day)


def _as_of(holds: When | None, reported_at: datetime) -> str:
    """Return the same as EDTF; words alone mean some time until the report."""
    day = reported_at.date().isoformat()
    if holds is None:
        return day
    return holds.edtf or f"../{day}"
