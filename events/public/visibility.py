"""When each event of a story becomes public, and what of it: events/README.md#the-public-sequence.

A development becomes public at the first instant at which it is neither embargoed nor held. Corrections recorded
strictly before then are merged in silently, since nobody saw the wrong version. Later events about it become public at
their own instants.

An embargo can reverse the order of two repairs, which are corrections, revisions and erasures. The one recorded last
wins in public too: the other one leaves alone the fields that it set (events/README.md#the-last-word).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, assert_never, cast

from events.fold.development import correct, erase, revise
from events.model.events import (
    Amendment,
    ClockReset,
    DevelopmentCorrected,
    DevelopmentEvent,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Erased,
    EventRedacted,
    FactChecked,
    Recorded,
    ReportVersion,
    StoryOpened,
    StoryRevised,
)
from events.model.settings import FactSettings
from events.public.timeline import Moment, Timeline

_NO_STORY_ITEMS = (ClockReset, EventRedacted, FactChecked, StoryOpened)
HEADER_FIELDS = ("headline", "summary", "language", "subjects", "origins")
"""The fields that a revision may replace, besides the settings of facts."""
Repair: TypeAlias = DevelopmentCorrected | StoryRevised | Erased


@dataclass(slots=True)
class Due:
    """An event that becomes public at `at`.

    `development`  the development that it is about, or None for the story itself
    `silent`       pins recorded before the development was public: they take effect with it, without items
    """

    at: Moment
    recorded: Recorded
    development: str | None = None
    silent: list[Recorded] = field(default_factory=list)


def due_events(events: Sequence[Recorded], timeline: Timeline) -> tuple[list[Due], list[datetime]]:
    """Return what is public by now, in public order, and the later instants at which more may become public."""
    now = timeline.now
    waiting = [at for event in events for at in _instants(event, timeline) if at > now.at]
    opened = next(((event, event.event) for event in events if isinstance(event.event, StoryOpened)), None)
    if opened is None or (opened_at := _own_instant(opened[0], timeline)) > now:
        return [], waiting
    due = _of_story(events, *opened, opened_at, timeline)
    public_at: dict[str, Moment] = {}
    for development, about in events_by_development(events).items():
        about_it = list(_of_development(development, about, opened_at, timeline))
        due += about_it
        if about_it:
            public_at[development] = about_it[0].at
    public = [item for item in _with_known_substitutes(due, public_at) if item.at <= now]
    return sorted(public, key=_public_order), waiting


def public_checks(events: Iterable[Recorded], timeline: Timeline) -> Iterator[Recorded]:
    """Yield the checks of facts that are public. They are no items: events/README.md#freshness."""
    checks = (event for event in events if isinstance(event.event, FactChecked))
    return (event for event in checks if _own_instant(event, timeline) <= timeline.now)


def events_by_development(events: Sequence[Recorded]) -> dict[str, list[Recorded]]:
    """Return the events about each development, in order. A redaction of an event is about that event's development."""
    development_of = {event.id: event.development for event in events}
    about: dict[str, list[Recorded]] = {}
    for event in events:
        development = event.development or development_of.get(_redacted_event(event) or "")
        if development is not None:
            about.setdefault(development, []).append(event)
    return about


def _redacted_event(event: Recorded) -> str | None:
    """Return the id of the one event that a redaction names."""
    return event.event.event if isinstance(event.event, EventRedacted) else None


def _instants(event: Recorded, timeline: Timeline) -> Iterator[datetime]:
    """Yield when an event was recorded, unless the clock was reset since, and when its embargo ends."""
    if timeline.moment_of(event).resets == timeline.now.resets:
        yield event.recorded_at
    if event.event.embargoed_until is not None:
        yield event.event.embargoed_until


def _own_instant(event: Recorded, timeline: Timeline) -> Moment:
    """Return when an event would become public if it depended on nothing else."""
    return timeline.reach(timeline.moment_of(event), event.event.embargoed_until)


def _of_story(
    events: Iterable[Recorded], opening: Recorded, header: StoryOpened, opened_at: Moment, timeline: Timeline
) -> list[Due]:
    """Return the story's own events: the opening with the revisions before it, and the rest at their instants."""
    later: list[Due] = []
    revisions: list[Due] = []
    merged_until = 0
    for event in events:
        if event.development is not None or isinstance(event.event, _NO_STORY_ITEMS):
            continue
        due = Due(max(_own_instant(event, timeline), opened_at), event)
        if isinstance(event.event, StoryRevised):
            revisions.append(due)
            if timeline.moment_of(event) < opened_at and due.at == opened_at:
                header, merged_until = revise(header, event.event), event.position
                continue
        later.append(due)
    opening = _with(opening, header)._replace(merged_until=merged_until)
    return [Due(opened_at, opening), *_without_superseded(later, revisions)]


def _of_development(
    development: str, events: Sequence[Recorded], opened_at: Moment, timeline: Timeline
) -> Iterator[Due]:
    """Yield the events about one development, each at its public instant; nothing if it never becomes public."""
    report = events[0]
    public_at = _public_at(events, opened_at, timeline)
    if public_at is None or isinstance(report.event, EventRedacted):
        return
    first = Due(public_at, report, development)
    later, repairs, publicly_held = list[Due](), list[Due](), False
    instants: dict[str, Moment] = {}
    for event in events[1:]:
        at = max(_own_instant(event, timeline), public_at, instants.get(_redacted_event(event) or "", public_at))
        instants[event.id] = at
        due = Due(at, event, development)
        silent = timeline.moment_of(event) < public_at and at == public_at
        if isinstance(event.event, DevelopmentCorrected | Erased):
            repairs.append(due)
        match _about_development(event):
            case _ if silent and _withdraws(event, report):
                return  # before anybody saw the report
            case DevelopmentCorrected() | Erased() if silent:
                first.recorded = _merge(first.recorded, event)
            case DevelopmentPinned() | DevelopmentUnpinned() if silent:
                first.silent.append(event)
            case DevelopmentHeld() | EventRedacted() if silent:
                pass  # such a redaction erased a correction that is merged in silently, too
            case DevelopmentReleased() if not publicly_held:
                pass
            case DevelopmentHeld() | DevelopmentReleased():
                publicly_held = isinstance(event.event, DevelopmentHeld)
                later.append(due)
            case DevelopmentReported() | DevelopmentCorrected() | DevelopmentRetracted() | Erased() | EventRedacted():
                later.append(due)
            case DevelopmentPinned() | DevelopmentUnpinned():
                later.append(due)
            case other:
                assert_never(other)
    yield first
    yield from _with_effect(later, repairs, report)


def _with_effect(later: Sequence[Due], repairs: Sequence[Due], report: Recorded) -> Iterator[Due]:
    """Yield the public events after a `report`, except those that change nothing by the time they are public."""
    withdrawals = [due for due in later if _withdraws(due.recorded, report)]
    public = [due for due in _without_superseded(later, repairs) if not _comes_too_late(due, withdrawals)]
    dropped = {due.recorded.id for due in later} - {due.recorded.id for due in public}
    yield from (due for due in public if _redacted_event(due.recorded) not in dropped)


def _withdraws(event: Recorded, report: Recorded) -> bool:
    """Return True if `event` retracts or redacts the whole `report`."""
    about = _about_development(event)
    match about:
        case DevelopmentRetracted() | EventRedacted(event=None):
            return True
        case EventRedacted(event=target):
            return target == report.id
        case DevelopmentReported() | DevelopmentCorrected() | Erased() | DevelopmentHeld() | DevelopmentReleased():
            return False
        case DevelopmentPinned() | DevelopmentUnpinned():
            return False
        case _:
            assert_never(about)


def _about_development(event: Recorded) -> DevelopmentEvent | Erased:
    """Return the event of one that is about a development."""
    return cast("DevelopmentEvent | Erased", event.event)


def _comes_too_late(due: Due, withdrawals: Sequence[Due]) -> bool:
    """Return True if the target was withdrawn before this event's embargo ended, or had been erased already."""
    about = _about_development(due.recorded)
    match about:
        case DevelopmentCorrected() | Erased():
            return any(other.at < due.at for other in withdrawals)
        case DevelopmentRetracted():
            position = due.recorded.position
            return any(other.at < due.at and other.recorded.position > position for other in withdrawals)
        case EventRedacted():
            erased = [other for other in withdrawals if isinstance(other.recorded.event, EventRedacted)]
            return due in erased[1:]  # it erased what older releases left, and readers were told of the first
        case DevelopmentReported() | DevelopmentHeld() | DevelopmentReleased():
            return False
        case DevelopmentPinned() | DevelopmentUnpinned():
            return False
        case _:
            assert_never(about)


def _public_at(events: Sequence[Recorded], opened_at: Moment, timeline: Timeline) -> Moment | None:
    """Return the first moment, no later than now, at which a development is neither embargoed nor held, or None."""
    embargo, held = events[0].event.embargoed_until, False
    for index, event in enumerate(events):
        about = _about_development(event)
        match about:
            case DevelopmentHeld():
                held = True
            case DevelopmentReleased():
                embargo, held = (embargo, False) if held else (None, False)
            case DevelopmentReported() | DevelopmentCorrected() | Erased() | DevelopmentRetracted() | EventRedacted():
                pass
            case DevelopmentPinned() | DevelopmentUnpinned():
                pass
            case _:
                assert_never(about)
        upcoming = timeline.moment_of(events[index + 1]) if index + 1 < len(events) else None
        at = max(timeline.reach(timeline.moment_of(event), embargo), opened_at)
        # "<": a hold recorded at that very instant still keeps it back
        if not held and at <= timeline.now and (upcoming is None or at < upcoming):
            return at
    return None


def _merge(report: Recorded, repair: Recorded) -> Recorded:
    """Return a report with a silent repair merged in."""
    match report.event, repair.event:
        case DevelopmentReported() as reported, DevelopmentCorrected() as correction:
            reported_at = correction.set.reported_at or reported.reported_at
            merged = correct(reported, correction).model_copy(update={"reported_at": reported_at})
            redated = report if correction.set.reported_at is None else report._replace(redated_at=repair.recorded_at)
            return _with_version(redated, reported, merged, repair.position, typo=correction.level == "typo")
        case DevelopmentReported() as reported, Erased() as erased:
            return _with_version(report, reported, erase(reported, erased), repair.position, typo=False)
        case _:
            return report


def _with_version(
    report: Recorded, before: DevelopmentReported, after: DevelopmentReported, position: int, *, typo: bool
) -> Recorded:
    versions = report.report_versions or (ReportVersion(report.position, before),)
    last = ReportVersion(versions[-1].position if typo else position, after)
    return _with(report, after)._replace(report_versions=(*(versions[:-1] if typo else versions), last))


def _without_superseded(due: Iterable[Due], repairs: Sequence[Due]) -> Iterator[Due]:
    """Yield `due`, its repairs without the fields that a repair recorded later has already set in public."""
    for item in due:
        event = item.recorded.event
        delayed = event.embargoed_until is not None  # only an embargo reverses the order
        if not delayed or not isinstance(event, Repair):
            yield item
            continue
        position = item.recorded.position
        later = [other for other in repairs if other.recorded.position > position and other.at < item.at]
        events = [other.recorded.event for other in later]
        fields = _fields_set(event)
        remaining = fields.difference(*(_fields_set(other) for other in events if isinstance(other, Repair)))
        if remaining:
            if remaining != fields:
                item.recorded = _with(item.recorded, _setting_only(event, remaining))
            yield item


def _fields_set(event: Repair) -> set[str]:
    """Return the fields that a repair replaces: of a revision, also each setting of a fact, as `facts/KEY/NAME`."""
    match event:
        case DevelopmentCorrected(set=amendment):
            return set(amendment.model_fields_set)
        case Erased(fields=fields):
            return set(fields)
        case StoryRevised(facts=facts):
            settings = {f"facts/{key}/{name}" for key, item in facts.items() for name in item.model_fields_set}
            return settings | {name for name in HEADER_FIELDS if getattr(event, name) is not None}
        case _:
            assert_never(event)


def _setting_only(event: Repair, fields: set[str]) -> Repair:
    """Return a repair that replaces `fields` and no others."""
    match event:
        case DevelopmentCorrected(set=amendment):
            values = {name: getattr(amendment, name) for name in fields}
            return event.model_copy(update={"set": Amendment.model_construct(_fields_set=set(fields), **values)})
        case StoryRevised():
            others = dict.fromkeys(set(HEADER_FIELDS) - fields)
            return event.model_copy(update={**others, "facts": dict(_settings_only(event.facts, fields))})
        case Erased():
            return event.model_copy(update={"fields": tuple(sorted(fields))})
        case _:
            assert_never(event)


def _settings_only(facts: Mapping[str, FactSettings], fields: set[str]) -> Iterator[tuple[str, FactSettings]]:
    """Yield the settings of `facts` whose names are among `fields`."""
    for key, settings in facts.items():
        chosen = {
            name: getattr(settings, name) for name in settings.model_fields_set if f"facts/{key}/{name}" in fields
        }
        if chosen:
            yield key, FactSettings.model_construct(**chosen)


def _with_known_substitutes(due: Iterable[Due], public_at: Mapping[str, Moment]) -> Iterator[Due]:
    """Yield `due`, a second retraction, which only names a substitute, once that substitute is public."""
    retracted: set[str] = set()
    for item in sorted(due, key=_public_order):
        event = item.recorded.event
        if isinstance(event, DevelopmentRetracted):
            if event.development in retracted:
                substitute_at = public_at.get(event.substitute or "")
                if substitute_at is None:
                    continue
                item.at = max(item.at, substitute_at)
            retracted.add(event.development)
        yield item


def _public_order(due: Due) -> tuple[Moment, int]:
    return due.at, due.recorded.position


def _with(recorded: Recorded, event: DevelopmentReported | StoryOpened | Repair) -> Recorded:
    return recorded._replace(event=event)
