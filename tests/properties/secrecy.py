"""A ledger without its secrets, made by brute force: what is published must be the same with and without them.

At an instant an event is *secret* if the public may not know of it yet, or ever (events/README.md#the-public-sequence).
`without_secrets` returns the ledger of a desk that never had such events:

* It has no event about a secret development: no report, correction, hold, release, retraction or redaction.
* It has no event under an embargo of its own, and no redaction of one. If the report was withdrawn before the embargo
  of its correction ends, the correction stays secret.
* It has no second retraction of a report that only names a secret substitute.
* Its public events do not name secret developments, or expectations that only secret reports put into words: such
  corroborations, disputes, resolutions, restatements and substitutes are cut out. The event itself stays, with its
  headline and its instant: it is an open act of the desk, and reveals nothing else.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import datetime

from events.model.codec import plain
from events.model.events import (
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    Erased,
    EventRedacted,
    Recorded,
)
from events.model.validation import parse_event


def without_secrets(events: Sequence[Recorded], now: datetime) -> list[Recorded]:
    """Return the ledger at `now` of a desk that never had what is secret then."""
    public = public_since(events, now)
    opened_at = _due(events[0])
    if opened_at > now:
        return []
    # A report that was released early is public, whatever embargo it once had.
    embargoed = {item.id for item in events if _due(item) > now or _ends_on_nothing(item, events)}
    embargoed -= set(public.values())
    open_events: list[Recorded] = []
    for item in events:
        about = _about(item, events)
        redacts_secret = isinstance(item.event, EventRedacted) and item.event.event in embargoed
        hidden = item.id in embargoed or redacts_secret or _only_names_a_secret(item, open_events, public)
        if not hidden and (about is None or about in public):
            open_events.append(item)
    worded = {
        name
        for item in open_events
        for part in (item.event, getattr(item.event, "set", None))
        for expectation in getattr(part, "expects", ())
        if expectation.what is not None
        for name in [expectation.id]
    }
    worded |= {name for item in open_events if isinstance(item.event, Erased) for name in item.event.expectations}
    return [_without(item, set(public), worded) for item in open_events]


def _ends_on_nothing(item: Recorded, events: Sequence[Recorded]) -> bool:
    """Return True if the embargo of a repair ends after its report was withdrawn: the repair never becomes public."""
    if not isinstance(item.event, DevelopmentCorrected | Erased) or item.event.embargoed_until is None:
        return False
    mine = [other for other in events if _about(other, events) == item.development]
    return item is not mine[0] and any(_withdraws(other, mine[0]) and _due(other) < _due(item) for other in mine)


def _only_names_a_secret(item: Recorded, before: Iterable[Recorded], public: Container[str]) -> bool:
    """Return True if a retraction adds to an earlier one nothing but a secret substitute."""
    return (
        isinstance(item.event, DevelopmentRetracted)
        and item.event.substitute not in public
        and any(isinstance(one.event, DevelopmentRetracted) and one.development == item.development for one in before)
    )


def public_since(events: Sequence[Recorded], now: datetime) -> dict[str, str]:
    """Return the developments that have become public by `now`, each with the id of its report.

    By brute force: for every instant, find whether the development was embargoed, held or withdrawn then.
    """
    opened_at = _due(events[0])
    instants = {item.recorded_at for item in events} | {_due(item) for item in events}
    public: dict[str, str] = {}
    for report in events:
        if not isinstance(report.event, DevelopmentReported) and not _erased_report(report):
            continue
        mine = [item for item in events if _about(item, events) == report.development]
        for at in sorted(at for at in instants if max(opened_at, report.recorded_at) <= at <= now):
            embargo, held = report.event.embargoed_until, False
            for item in mine:
                if item.recorded_at <= at and isinstance(item.event, DevelopmentHeld):
                    held = True
                elif item.recorded_at <= at and isinstance(item.event, DevelopmentReleased):
                    held, embargo = False, (embargo if held else None)
            if not held and (embargo is None or embargo <= at):
                if not any(_withdraws(item, report) and item.recorded_at < at and _due(item) <= at for item in mine):
                    public[report.development or ""] = report.id
                break
    return public


def _due(item: Recorded) -> datetime:
    return max(item.recorded_at, item.event.embargoed_until or item.recorded_at)


def _erased_report(item: Recorded) -> bool:
    return isinstance(item.event, Erased) and item.event.was == "development_reported"


def _about(item: Recorded, events: Sequence[Recorded]) -> str | None:
    if isinstance(item.event, EventRedacted) and item.event.event is not None:
        return next(other.development for other in events if other.id == item.event.event)
    return item.development


def _withdraws(item: Recorded, report: Recorded) -> bool:
    event = item.event
    if isinstance(event, EventRedacted):
        return event.event is None or event.event == report.id
    return isinstance(event, DevelopmentRetracted)


def _without(item: Recorded, developments: set[str], worded: set[str]) -> Recorded:
    """Return the event without the developments and expectations that it may not name."""
    event = item.event
    if isinstance(event, Erased):
        return item
    raw = plain(event)
    parts = raw["set"] if isinstance(event, DevelopmentCorrected) else raw
    for name in ("corroborates", "disputes"):
        if parts.get(name):
            parts[name] = [aim for aim in parts[name] if aim["development"] in developments]
    if parts.get("resolves"):
        parts["resolves"] = [item for item in parts["resolves"] if item["expectation"] in worded]
    if parts.get("expects"):
        parts["expects"] = [item for item in parts["expects"] if item["id"] in worded]
    if raw.get("substitute") not in developments:
        raw.pop("substitute", None)
    return Recorded(item.position, item.version, item.recorded_at, parse_event(raw))
