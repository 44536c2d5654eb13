"""The ledger that a desk would have that had never had what is secret: built by brute force, to compare with.

What "without that event" means (vocabulary 1.7, "an embargoed event leaks nowhere"): at an instant, an event is
*secret* when the public may not know of it yet, or ever. `without_secrets` gives the ledger that a desk would have
that had never had it:

* every event about a secret development is gone, with its corrections, holds, releases, retractions and redactions;
* an event under an embargo of its own is gone, and what redacts it: for good, where it ends on what was withdrawn;
* a second retraction of one report, which only names its substitute, is gone where that is secret;
* what public events say of a secret development or of an expectation that only secret reports have worded is cut
  out of them: corroborations, disputes, resolutions, restatements and substitutes. The event that said so stays, with
  its headline and its instant: it is an open act of the desk's, and tells of nothing but itself.

Both ledgers must then be published alike, to the byte, in every file.
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
    """Return the ledger that a desk would have at `now` which had never had what is secret then."""
    public = public_since(events, now)
    opened_at = _due(events[0])
    if opened_at > now:
        return []
    # A report that was released early is public, whatever embargo it once had.
    embargoed = {item.id for item in events if _due(item) > now or _ends_on_nothing(item, events)}
    embargoed -= set(public.values())
    kept: list[Recorded] = []
    for item in events:
        about = _about(item, events)
        redacts_secret = isinstance(item.event, EventRedacted) and item.event.event in embargoed
        hidden = item.id in embargoed or redacts_secret or _only_names_a_secret(item, kept, public)
        if not hidden and (about is None or about in public):
            kept.append(item)
    worded = {
        name
        for item in kept
        for part in (item.event, getattr(item.event, "set", None))
        for expectation in getattr(part, "expects", ())
        if expectation.what is not None
        for name in [expectation.id]
    }
    worded |= {name for item in kept if isinstance(item.event, Erased) for name in item.event.expectations}
    return [_without(item, set(public), worded) for item in kept]


def _ends_on_nothing(item: Recorded, events: Sequence[Recorded]) -> bool:
    """Return True if the embargo of a repair ends when others have withdrawn its report: nobody is ever told of it."""
    if not isinstance(item.event, DevelopmentCorrected | Erased) or item.event.embargoed_until is None:
        return False
    mine = [other for other in events if _about(other, events) == item.development]
    return item is not mine[0] and any(_withdraws(other, mine[0]) and _due(other) < _due(item) for other in mine)


def _only_names_a_secret(item: Recorded, kept: Iterable[Recorded], public: Container[str]) -> bool:
    """Return True if a retraction adds to an earlier one nothing but a substitute that the public does not know."""
    return (
        isinstance(item.event, DevelopmentRetracted)
        and item.event.substitute not in public
        and any(isinstance(one.event, DevelopmentRetracted) and one.development == item.development for one in kept)
    )


def public_since(events: Sequence[Recorded], now: datetime) -> dict[str, str]:
    """Return the developments that the public has heard of by `now`, each with the id of its report.

    By brute force: at every instant there is, ask whether it was embargoed, held or withdrawn then.
    """
    opened_at = _due(events[0])
    instants_there = {item.recorded_at for item in events} | {_due(item) for item in events}
    public: dict[str, str] = {}
    for report in events:
        if not isinstance(report.event, DevelopmentReported) and not _erased_report(report):
            continue
        mine = [item for item in events if _about(item, events) == report.development]
        for at in sorted(at for at in instants_there if max(opened_at, report.recorded_at) <= at <= now):
            embargo, held = report.event.embargoed_until, False
            for item in mine:
                if item.recorded_at <= at and isinstance(item.event, DevelopmentHeld):
                    held = True
                elif item.recorded_at <= at and isinstance(item.event, DevelopmentReleased):
                    held, embargo = False, (embargo if held else None)
            if not held and (embargo is None or embargo <= at):
                gone = any(_withdraws(item, report) and item.recorded_at < at and _due(item) <= at for item in mine)
                if not gone:
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
    """Return the event without what it says of developments and expectations that are not known."""
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
