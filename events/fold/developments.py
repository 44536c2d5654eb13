"""The developments of a story, as its state has them: each with its standing, and what its aims are about."""

from collections.abc import Container, Mapping
from operator import attrgetter
from typing import Final, TypeAlias

from events.fold.contributions import aims
from events.fold.development import DevelopmentFold, development_standing, target_of
from events.fold.facts import Standing
from events.fold.knowledge import Knowledge
from events.fold.state_parts import Aim, AimTarget, Development

Made: TypeAlias = dict[str, tuple[DevelopmentFold, Development]]
"""Developments that were made before, each with what it was made of, by id."""
_BY_REPORT: Final = attrgetter("reported_at", "recorded.position")
"""The order of developments: when each was reported, then its position in the ledger."""


def developments_of(
    records: Mapping[str, DevelopmentFold], knowledge: Knowledge, *, public: bool, made: Made | None = None
) -> tuple[Development, ...]:
    """Return the developments in the order in which they were reported; `public` ones have no text that is withheld.

    `made` keeps those that depend on no other development, for the next call with the same `knowledge` and `public`.
    """
    contradictory, cache = knowledge.contradictory(), {} if made is None else made
    developments = []
    for record in sorted(records.values(), key=_BY_REPORT):
        former, disputed = cache.get(record.id), record.id in contradictory
        alone = not knowledge.is_aimed_at(record.id)
        if alone and former is not None and former[0] is record and (former[1].standing == "disputed") == disputed:
            developments.append(former[1])
            continue
        development = _development(record, records, knowledge, contradictory, public=public)
        if alone and record.substitute is None and not aims(record.report):
            cache[record.id] = record, development
        developments.append(development)
    return tuple(developments)


def _development(
    record: DevelopmentFold,
    records: Container[str],
    knowledge: Knowledge,
    contradictory: Container[str],
    *,
    public: bool,
) -> Development:
    return Development(
        id=record.id,
        status=record.status,
        standing=_standing(record, knowledge, contradictory),
        reported_at=record.reported_at,
        published_at=record.recorded.event.published_at,
        report=record.usable if public else record.readable,
        targets=_targets(record, knowledge),
        reason=record.reason if record.withdrawn else record.held_reason,
        substitute=record.substitute if record.substitute in records else None,
        embargoed_until=None if public else record.embargoed_until,
        pinned=record.pinned,
        redacted=record.redacted,
        archive=getattr(record.recorded.event, "archive", False),
    )


def _standing(record: DevelopmentFold, knowledge: Knowledge, contradictory: Container[str]) -> Standing:
    """Return the standing of a development; `contradictory` are all with a claim in a contradiction."""
    if record.usable is None:
        return "reported"
    if not knowledge.is_aimed_at(record.id):
        return "disputed" if record.id in contradictory else "reported"
    report = knowledge.attributed(record, record.usable)
    return development_standing(report, is_contradicted=record.id in contradictory)


def _targets(record: DevelopmentFold, knowledge: Knowledge) -> dict[Aim, AimTarget]:
    """Return what each aim of a development is about, if it counts and the other development is usable."""
    return {
        aim: target_of(address, now)
        for aim in aims(record.usable)
        if (now := knowledge.usable(aim.development)) is not None
        and (address := knowledge.address(record, aim)) is not None
    }
