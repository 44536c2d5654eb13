"""One development as the fold keeps it, and how corrections change a report: each a new value."""

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from events.fold.state import Correction, DevelopmentStatus
from events.model.events import DevelopmentCorrected, DevelopmentReported, Erased, Recorded, StoryOpened, StoryRevised

REMOVED = "[removed]"
"""What stands where a redacted correction had put something."""


@dataclass(slots=True)
class DevelopmentFold:
    """A development as the fold keeps it. `report` is the merged report, None once erased."""

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
    keys: set[str] = field(default_factory=set)
    expectations: set[str] = field(default_factory=set)
    aims_at: set[str] = field(default_factory=set)

    @property
    def withdrawn(self) -> bool:
        """Whether its text is gone for good."""
        return self.retracted or self.redacted or self.report is None

    @property
    def usable(self) -> DevelopmentReported | None:
        """Its report, or None while it is held or once it is withdrawn."""
        return None if self.held else self.readable

    @property
    def readable(self) -> DevelopmentReported | None:
        """Its report as the desk may read it, None once it is withdrawn."""
        return None if self.withdrawn else self.report

    @property
    def status(self) -> DevelopmentStatus:
        """The ninjs status."""
        if self.withdrawn:
            return "canceled"
        return "withheld" if self.held else "usable"


def revised(header: StoryOpened, event: StoryRevised) -> StoryOpened:
    """Return the story's header with what `event` gives in place of what stood."""
    given = {
        name: new
        for name in ("headline", "summary", "language", "subjects", "origins")
        if (new := getattr(event, name)) is not None
    }
    return header.model_copy(update=given)


def corrected(report: DevelopmentReported, event: DevelopmentCorrected) -> DevelopmentReported:
    """Return `report` with the fields that `event` sets replaced, each whole."""
    return report.model_copy(update={name: getattr(event.set, name) for name in event.set.model_fields_set})


def corrections(
    before: DevelopmentReported, after: DevelopmentReported, event: DevelopmentCorrected, *, at: datetime
) -> tuple[Correction, ...]:
    """Return each field that `event` replaced, with what it was and what it is, in the order of the model's fields."""
    was, now = (report.model_dump(mode="json", exclude_defaults=True) for report in (before, after))
    return tuple(
        Correction(
            event=event.id or "",
            development=event.development,
            field=name,
            was=was.get(name),
            now=now.get(name),
            level=event.level,
            note=event.note,
            at=at,
        )
        for name in type(event.set).model_fields
        if name in event.set.model_fields_set
    )


def naming_only(correction: Correction, developments: Container[str], expectations: Container[str]) -> Correction:
    """Return `correction` without what it says of developments and expectations that this view does not know (yet)."""

    def known(part: dict[str, Any]) -> bool:
        match correction.field:
            case "corroborates" | "disputes":
                return part["development"] in developments
            case "resolves":
                return part["expectation"] in expectations
            case _:
                return part["id"] in expectations

    if correction.field not in {"corroborates", "disputes", "resolves", "expects"}:
        return correction
    was, now = ([part for part in said or () if known(part)] or None for said in (correction.was, correction.now))
    return replace(correction, was=was, now=now)


def with_removed(report: DevelopmentReported, erased: Erased) -> DevelopmentReported:
    """Return `report` after a correction whose body was redacted: what it had set is removed."""
    removed: dict[str, Any] = {
        name: REMOVED if name in {"headline", "body"} else DevelopmentReported.model_fields[name].default
        for name in erased.fields
        if name != "reported_at"
    }
    return report.model_copy(update=removed)
