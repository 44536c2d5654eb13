"""The standing of a development: from what others address to it, and from what becomes of its own claims (1.5)."""

from collections.abc import Iterable, Sequence

from events.fold.attribution import OriginMap, origins_of
from events.fold.contributions import aims, own_origins
from events.fold.facts import Fact, Standing
from events.model.events import DevelopmentReported
from events.model.parts import Corroboration, Dispute


def development_standing(
    report: DevelopmentReported,
    development: str,
    aiming: Sequence[DevelopmentReported],
    facts: Iterable[Fact],
    mapping: OriginMap,
) -> Standing:
    """Return the standing of `report`, told as `development`: `aiming` are the usable reports that address it.

    It is disputed by a denial of it, or where a claim of its own stands in a contradiction; it is corroborated by
    a report of another stated origin that says so.
    """
    addressed = [(other, aim) for other in aiming for aim in aims(other) if aim.development == development]
    if any(isinstance(aim, Dispute) and aim.kind == "denies" for _, aim in addressed):
        return "disputed"
    if any(_contradicted(fact, development) for fact in facts):
        return "disputed"
    if not addressed:
        return "reported"
    own = own_origins(report, development, [other for other, _ in addressed], mapping)
    independent = any(
        origin.stated and origin not in own
        for other, aim in addressed
        if isinstance(aim, Corroboration)
        for origin in origins_of(other.said_by, other.sources, mapping, explicit=True)
    )
    return "corroborated" if independent and any(origin.stated for origin in own) else "reported"


def _contradicted(fact: Fact, development: str) -> bool:
    if fact.current is None:
        return False
    own_stands_disputed = fact.current.development == development and bool(fact.contradicted_by or fact.denied_by)
    return own_stands_disputed or any(voice.development == development for voice in fact.contradicted_by)
