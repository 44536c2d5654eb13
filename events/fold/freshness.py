"""How fresh a fact is: when its value changed, when somebody said it again, and when somebody looked again.

Three dates, each computed by itself: events/README.md#freshness.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Literal, NamedTuple

from events.fold.attribution import Origin, OriginMap, origins_of
from events.fold.claims import AttributedClaim, concerns
from events.fold.known_fact import KnownFact
from events.model.edtf import When
from events.model.events import FactChecked, Recorded
from events.model.parts import Speaker

CheckedValue = Literal["current", "former", "another"]


class FactCheck(NamedTuple):
    """A check of a fact: on which day, or at which instant, and by whom. The newest has the greatest `sort_key`.

    `until` is the end of that, but not after its report. `origins` are those of the speakers.
    """

    on: When
    said_by: tuple[Speaker, ...]
    sort_key: tuple[date, bool, datetime, int]
    until: datetime
    origins: frozenset[Origin] = frozenset()

    def about(self, item: KnownFact) -> CheckedValue:
        """Return what was checked: the current value, a former one, or one that the checker does not give."""
        if self.until < changed_at(item):
            return "former"
        own = [step.claim for step in item.history if step.relation != "withdrawn"]
        claims = (claim for claim in (*own, *item.fact.claims) if not self.origins.isdisjoint(claim.origins))
        last = max(claims, key=attrgetter("order"), default=None)
        return "current" if last is None or _gives(last, item.fact.current) else "another"


def _gives(claim: AttributedClaim, current: AttributedClaim | None) -> bool:
    """Return True if who says `claim` says the current value, or says nothing against it."""
    if claim.stance == "asserts":
        return current is not None and claim.implies(current)
    return claim.stance == "withholds" or (current is not None and not concerns(claim, current))


def fact_check(recorded: Recorded, event: FactChecked) -> FactCheck:
    """Return a recorded check. Without a date it was made on the day of its report; a day counts as its end."""
    on = event.checked_on or When(edtf=recorded.reported_at.date().isoformat())
    day, at, reported_at = on.bounds.latest or recorded.reported_at.date(), on.exact, recorded.reported_at
    return FactCheck(
        on=on,
        said_by=event.said_by,
        sort_key=(day, at is None, at or reported_at, recorded.position),
        until=min(at or datetime.combine(day + timedelta(days=1), time(), UTC), reported_at),
    )


def check_by(check: FactCheck, origins: Mapping[str, Iterable[str]]) -> FactCheck:
    """Return a check with the origins of its speakers, by the story's map of origins."""
    return check._replace(origins=origins_of(check.said_by, (), OriginMap(origins))) if check.said_by else check


def changed_at(item: KnownFact) -> datetime:
    """Return when the report came in that gave the fact its value. Reports that repeat the value do not count."""
    first = item.first_index
    if first is not None:
        return item.history[first].claim.order.reported_at
    return max(claim.order.reported_at for claim in (*item.fact.claims, *(step.claim for step in item.history[-1:])))


def confirmed_at(item: KnownFact) -> datetime | None:
    """Return when a report last said the current value again, or corroborated it; None if none did."""
    first, current = item.first_index, item.fact.current
    if first is None or current is None:
        return None
    origin = item.history[first].claim.development
    claims = (step.claim for step in item.history[first:] if step.relation != "withdrawn")
    reports = [(claim.development, claim.order) for claim in claims if claim.implies(current)]
    reports += [(support.by, support.order) for support in item.fact.supported_by]
    return max((order.reported_at for development, order in reports if development != origin), default=None)


def replaced_claim(item: KnownFact) -> AttributedClaim | None:
    """Return the claim that the current one replaced. Another origin's different claim is not replaced by it."""
    first = item.first_index
    if first is None or item.history[first].relation not in {"refines", "advances", "corrects"}:
        return None
    # A wider repetition replaced nothing, so it was not the value before.
    return next((step.claim for step in reversed(item.history[:first]) if step.relation != "repeats"), None)
