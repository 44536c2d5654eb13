"""One development: how events change it, and its standing. Each change is a new value."""

from collections.abc import Container
from datetime import datetime
from typing import Any, NamedTuple

from events.fold.attribution import origins_of
from events.fold.claims import AttributedClaim, claim_implies
from events.fold.contributions import (
    Address,
    AttributedReport,
    aims,
    same_aim,
    targeted_claims,
    unnamed_doubts,
)
from events.fold.facts import Fact, Standing
from events.fold.state_parts import Aim, AimTarget, Correction, DevelopmentStatus, FieldValue
from events.model.events import (
    DevelopmentCorrected,
    DevelopmentReported,
    Erased,
    Recorded,
    ReportVersion,
    StoryOpened,
    StoryRevised,
)
from events.model.parts import Claim, Corroboration, Dispute, Expectation, Part, Resolution
from events.model.settings import merge_settings
from events.model.text import folded

REMOVED = "[removed]"
"""The text in place of what a redacted correction had set."""


class DevelopmentFold(NamedTuple):
    """A development, folded. `report` has all corrections applied, and is None once erased.

    `recorded` is the event that reported it. `reason` is that of its retraction or redaction. `versions` are the report
    as it was over time, the last one as it is now. A fixed typo makes no version of its own. `turns` are the positions
    of the events that by turns made it unusable and usable again.
    """

    id: str
    recorded: Recorded
    report: DevelopmentReported | None
    reported_at: datetime
    versions: tuple[ReportVersion, ...] = ()
    embargoed_until: datetime | None = None
    held: bool = False
    held_reason: str | None = None
    retracted: bool = False
    redacted: bool = False
    reason: str | None = None
    substitute: str | None = None
    pinned: bool = False
    turns: tuple[int, ...] = ()

    @property
    def withdrawn(self) -> bool:
        """Whether its text is gone for good."""
        return self.retracted or self.redacted or self.report is None

    @property
    def readable(self) -> DevelopmentReported | None:
        """Its report as the desk may read it, None once it is withdrawn."""
        return None if self.retracted or self.redacted else self.report

    @property
    def usable(self) -> DevelopmentReported | None:
        """Its report, None while it is held and once it is withdrawn."""
        return None if self.held or self.retracted or self.redacted else self.report

    @property
    def status(self) -> DevelopmentStatus:
        """The ninjs status."""
        if self.withdrawn:
            return "canceled"
        return "withheld" if self.held else "usable"

    def when_aimed_at(self, by: "DevelopmentFold", aim: Aim | Claim) -> DevelopmentReported | None:
        """Return this report as it was when `by` first made `aim`, which it still makes; None once it is erased.

        Who confirmed three confirmed nothing of the four that the report was corrected to later.
        """
        position = by.since(aim)
        before = [version.report for version in self.versions if version.position < position]
        return before[-1] if before and self.report is not None else self.report

    def since(self, aim: Aim | Claim) -> int:
        """Return the position of the event from which on the report has had `aim`."""
        position = self.recorded.position
        for version in reversed(self.versions):
            if not any(same_aim(aim, other) for other in (*aims(version.report), *unnamed_doubts(version.report))):
                break
            position = version.position
        return position

    def usable_at(self, position: int) -> DevelopmentReported | None:
        """Return the report as it was before the event at `position`, None if it was not usable then, or is erased.

        One that was recorded later is as it was at first: the order of recording does not matter.
        """
        if self.redacted or self.report is None:
            return None
        if self.recorded.position > position:
            return self.versions[0].report
        if sum(turn < position for turn in self.turns) % 2:
            return None
        return [version.report for version in self.versions if version.position < position][-1]

    def turned(self, position: int, **fields: Any) -> "DevelopmentFold":
        """Return it with `fields` changed by the event at `position`, which may end or restore its being usable."""
        after = self._replace(**fields)
        return (
            after if (after.usable is None) is (self.usable is None) else after._replace(turns=(*self.turns, position))
        )

    def with_report(self, report: DevelopmentReported, position: int, *, typo: bool = False) -> "DevelopmentFold":
        """Return it with the report as the event at `position` left it."""
        last = self.versions[-1].position
        # An embargo can let an earlier correction take effect later: it makes no version between two others.
        earlier = self.versions[:-1] if typo or position < last else self.versions
        since = last if typo else max(position, last)
        return self._replace(report=report, versions=(*earlier, ReportVersion(since, report)))


def development_standing(report: AttributedReport, *, is_contradicted: bool) -> Standing:
    """Return the standing of a report (events/README.md#status-and-standing-of-a-development)."""
    if is_contradicted or any(_denies_all(address, report.report) for address in report.addressed_by):
        return "disputed"
    confirming = [address.by for address in report.addressed_by if _confirms_all(address, report.report)]
    if not confirming:
        return "reported"
    own = report.own_origins()
    independent = any(
        origin.stated and origin not in own
        for other in confirming
        for origin in origins_of(other.said_by, other.sources, report.origins, explicit=True)
    )
    return "corroborated" if independent and any(origin.stated for origin in own) else "reported"


def contradictory_claims(fact: Fact) -> tuple[AttributedClaim, ...]:
    """Return the claims on both sides of a contradiction, none if there is none."""
    return () if fact.current is None or not fact.contradicted_by else (fact.current, *fact.contradicted_by)


def _denies_all(address: Address, now: DevelopmentReported) -> bool:
    """Return True if a whole report is denied, and still says something of what was denied.

    A denial of single keys is about these, and makes their facts disputed.
    """
    if not isinstance(address.aim, Dispute) or address.aim.kind != "denies" or address.aim.keys:
        return False
    return _same_headline(address.then, now) or any(
        claim.key == denied.key and claim_implies(claim, denied)
        for denied in targeted_claims(address.then)
        for claim in targeted_claims(now)
    )


def _confirms_all(address: Address, now: DevelopmentReported) -> bool:
    """Return True if all that a report claims and expects now was confirmed; if it claims nothing, its headline."""
    if not isinstance(address.aim, Corroboration) or not _same_promises(address.then, now):
        return False
    claims, confirmed = targeted_claims(now), targeted_claims(address.then, address.aim.keys)
    if not claims:
        return not address.aim.keys and _same_headline(address.then, now)
    return all(any(claim.key == other.key and claim_implies(other, claim) for other in confirmed) for claim in claims)


def _same_headline(then: DevelopmentReported, now: DevelopmentReported) -> bool:
    return folded(then.headline) == folded(now.headline)


def _same_promises(then: DevelopmentReported, now: DevelopmentReported) -> bool:
    return all(promise in then.expects for promise in now.expects)


def target_of(address: Address, now: DevelopmentReported) -> AimTarget:
    """Return what an aim is about, in the words of the report as it was then."""
    said_still = targeted_claims(now)
    claims = targeted_claims(address.then, address.aim.keys)
    changed = any(
        not any(claim.key == other.key and claim_implies(other, claim) for other in said_still) for claim in claims
    )
    return AimTarget(
        headline=address.then.headline,
        keys=address.aim.keys,
        claims=claims if address.aim.keys else (),
        corrected=changed
        or not (address.aim.keys or (_same_headline(address.then, now) and _same_promises(address.then, now))),
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
    """Return each field that `event` changed, with what it was and what it is, in the order of the model's fields.

    Of a list, only the items that changed (events/README.md#what-a-correction-changed).
    """
    fields = [name for name in type(event.set).model_fields if name in event.set.model_fields_set]
    return tuple(
        Correction(
            event=event.id or "",
            development=event.development,
            field=name,
            was=was,
            now=now,
            level=event.level,
            note=event.note,
            at=at,
        )
        for name in fields
        for was, now in [_differences(getattr(before, name), getattr(after, name))]
        if was != now
    )


def _differences(was: FieldValue, now: FieldValue) -> tuple[FieldValue, FieldValue]:
    """Return two values of a field; of two lists, the items that the other has not, unless just the order differs."""
    if not isinstance(was, tuple) or not isinstance(now, tuple):
        return was, now
    removed, added = (tuple(item for item in one if item not in other) for one, other in ((was, now), (now, was)))
    return (removed, added) if removed or added else (was, now)


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

    return correction._replace(was=held(correction.was), now=held(correction.now))


def erase(report: DevelopmentReported, erased: Erased) -> DevelopmentReported:
    """Return `report` after a correction that was redacted: the text that it had set is REMOVED, other fields empty."""
    fields: dict[str, Any] = {
        name: REMOVED if name in {"headline", "body"} else DevelopmentReported.model_fields[name].default
        for name in erased.fields
        if name != "reported_at"
    }
    return report.model_copy(update=fields)
