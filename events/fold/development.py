"""One development: how events change it, and its standing. Each change is a new value."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from events.fold.attribution import origins_of
from events.fold.contributions import AttributedReport, aims
from events.fold.facts import Fact, Standing
from events.fold.state_parts import Correction, DevelopmentStatus, FieldValue
from events.model.events import DevelopmentCorrected, DevelopmentReported, Erased, Recorded, StoryOpened, StoryRevised
from events.model.parts import Corroboration, Dispute, Expectation, Part, Resolution
from events.model.settings import merge_settings

REMOVED = "[removed]"
"""The text in place of what a redacted correction had set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentFold:
    """A development, folded. `report` has all corrections applied, and is None once erased.

    `recorded` is the event that reported it. `reason` is that of its retraction or redaction.
    """

    id: str
    recorded: Recorded
    report: DevelopmentReported | None
    reported_at: datetime
    embargoed_until: datetime | None = None
    held: bool = False
    held_reason: str | None = None
    retracted: bool = False
    redacted: bool = False
    reason: str | None = None
    substitute: str | None = None
    pinned: bool = False

    @property
    def withdrawn(self) -> bool:
        """Whether its text is gone for good."""
        return self.retracted or self.redacted or self.report is None

    @property
    def readable(self) -> DevelopmentReported | None:
        """Its report as the desk may read it, None once it is withdrawn."""
        return None if self.withdrawn else self.report

    @property
    def usable(self) -> DevelopmentReported | None:
        """Its report, None while it is held and once it is withdrawn."""
        return None if self.held else self.readable

    @property
    def status(self) -> DevelopmentStatus:
        """The ninjs status."""
        if self.withdrawn:
            return "canceled"
        return "withheld" if self.held else "usable"

    @property
    def sort_key(self) -> tuple[datetime, int]:
        """The order of developments: when each was reported, then its position in the ledger."""
        return self.reported_at, self.recorded.position


def development_standing(report: AttributedReport, facts: Iterable[Fact]) -> Standing:
    """Return the standing of a report (events/README.md#status-and-standing-of-a-development).

    `facts` are those of the keys that it contributes to.
    """
    addressed = [
        (other, aim) for other in report.addressed_by for aim in aims(other) if aim.development == report.development
    ]
    if any(isinstance(aim, Dispute) and aim.kind == "denies" for _, aim in addressed):
        return "disputed"
    if any(_has_dispute(fact, report.development) for fact in facts):
        return "disputed"
    if not addressed:
        return "reported"
    own = report.own_origins()
    independent = any(
        origin.stated and origin not in own
        for other, aim in addressed
        if isinstance(aim, Corroboration)
        for origin in origins_of(other.said_by, other.sources, report.origins, explicit=True)
    )
    return "corroborated" if independent and any(origin.stated for origin in own) else "reported"


def _has_dispute(fact: Fact, development: str) -> bool:
    """Return True if a claim of `development` is on either side of a contradiction, or is current and denied."""
    if fact.current is None:
        return False
    is_current = fact.current.development == development
    return (is_current and bool(fact.contradicted_by or fact.denied_by)) or any(
        claim.development == development for claim in fact.contradicted_by
    )


def revise(header: StoryOpened, event: StoryRevised) -> StoryOpened:
    """Return the story's header with the fields that `event` sets replaced, and the settings of facts that it names."""
    fields = {
        name: value
        for name in ("headline", "summary", "language", "subjects", "origins")
        if (value := getattr(event, name)) is not None
    }
    return header.model_copy(update={**fields, "facts": merge_settings(header.facts, event.facts)})


def correct(report: DevelopmentReported, event: DevelopmentCorrected) -> DevelopmentReported:
    """Return `report` with the fields that `event` sets replaced, each whole."""
    return report.model_copy(update={name: getattr(event.set, name) for name in event.set.model_fields_set})


def list_corrections(
    before: DevelopmentReported, after: DevelopmentReported, event: DevelopmentCorrected, *, at: datetime
) -> tuple[Correction, ...]:
    """Return each field that `event` replaced, with what it was and what it is, in the order of the model's fields."""
    return tuple(
        Correction(
            event=event.id or "",
            development=event.development,
            field=name,
            was=getattr(before, name),
            now=getattr(after, name),
            level=event.level,
            note=event.note,
            at=at,
        )
        for name in type(event.set).model_fields
        if name in event.set.model_fields_set
    )


def drop_unknown(correction: Correction, developments: Container[str], expectations: Container[str]) -> Correction:
    """Return `correction` without the references to developments and expectations that this view does not hold."""

    def holds(part: Part) -> bool:
        match part:
            case Corroboration() | Dispute():
                return part.development in developments
            case Resolution():
                return part.expectation in expectations
            case Expectation():
                return part.id in expectations
            case _:
                return True

    def held(value: FieldValue) -> FieldValue:
        return tuple(filter(holds, value)) if isinstance(value, tuple) else value

    return replace(correction, was=held(correction.was), now=held(correction.now))


def erase(report: DevelopmentReported, erased: Erased) -> DevelopmentReported:
    """Return `report` after a correction that was redacted: the text that it had set is REMOVED, other fields empty."""
    fields: dict[str, Any] = {
        name: REMOVED if name in {"headline", "body"} else DevelopmentReported.model_fields[name].default
        for name in erased.fields
        if name != "reported_at"
    }
    return report.model_copy(update=fields)
