"""The slow and obvious model of a desk: plain lists, read from the beginning (events/README.md#how-facts-fold)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.properties.commands import ORGS


@dataclass
class Report:
    """A development, as the model has it."""

    position: int
    reported_at: datetime
    embargoed_until: datetime | None
    org: str
    headline: str
    claims: list[dict[str, Any]]
    disputes: tuple[str, str] | None
    confirms: str | None
    held: bool = False
    retracted: bool = False
    redacted: bool = False
    pinned: bool = False
    substitute: str | None = None
    events: list[str] = field(default_factory=list)
    first_reported_at: datetime | None = None

    def redact(self) -> None:
        """Erase the report and its corrections: with them goes the corrected time of the report."""
        self.redacted = True
        self.reported_at = self.first_reported_at or self.reported_at

    @property
    def withdrawn(self) -> bool:
        return self.retracted or self.redacted

    @property
    def status(self) -> str:
        return "canceled" if self.withdrawn else "withheld" if self.held else "usable"


@dataclass(frozen=True)
class Statement:
    """A claim, or a dispute of another's claim, in the order in which statements count."""

    order: tuple[date, datetime, int, int]
    development: str
    org: str
    stance: str
    value: int | None
    as_of: date | None
    against: str | None = None


Reports = Mapping[str, Report]


def brute_force(reports: Reports, key: str) -> tuple[int | None, str | None, bool, set[str]]:
    """Return a fact's value, its development, whether it is disputed, and the developments that cannot confirm it.

    The last stance of each origin counts (events/README.md#stances): an origin that denies or doubts its own claim
    withdraws it; one that withholds does not. Of the claims that remain the newest is current.
    """
    asserts: dict[str, Statement] = {}
    denies: dict[str, list[Statement]] = {}
    doubts: dict[str, Statement] = {}
    for one in sorted(statements(reports, key), key=lambda one: one.order):
        own = asserts.get(one.org)
        if one.stance == "asserts":
            asserts[one.org] = one
            denies[one.org] = [old for old in denies.get(one.org, []) if old.development == one.development]
            doubts.pop(one.org, None)
        elif one.stance in {"denies", "cannot_confirm"}:
            if own is not None and one.value in (None, own.value):
                del asserts[one.org]
            if one.org in doubts and doubts[one.org].development != one.development:
                del doubts[one.org]
            if one.stance == "denies":
                denies.setdefault(one.org, []).append(one)
            else:
                doubts[one.org] = one
    if not asserts:
        return None, None, False, set()
    current = max(asserts.values(), key=lambda one: one.order)
    others = {org for org in ORGS if asserts.get(org) is not current}
    disputed = any(
        other.value != current.value and _of_one_time(other, current) for org, other in asserts.items() if org in others
    ) or any(
        denial.value in (None, current.value) or denial.against == current.development
        for org in others
        for denial in denies.get(org, [])
    )
    return current.value, current.development, disputed, {doubts[org].development for org in others & doubts.keys()}


def statements(reports: Reports, key: str) -> list[Statement]:
    """Return the claims of `key` in usable reports, and the disputes of such claims."""
    result: list[Statement] = []
    for name, report in reports.items():
        if report.status != "usable":
            continue
        reported_on = report.reported_at.date()
        for nth, claim in enumerate(report.claims):
            if claim["key"] == key:
                latest = min(claim.get("as_of", reported_on), reported_on)
                order = (latest, report.reported_at, report.position, nth)
                value = claim["value"] if claim["stance"] == "asserts" else None
                result.append(Statement(order, name, claim["org"], claim["stance"], value, claim.get("as_of")))
        if report.disputes is None:
            continue
        against, kind = report.disputes
        # A denial outlives the report that it denies; an erased report has no claims to deny.
        counts = kind == "denies" or reports[against].status == "usable"
        if counts and not reports[against].redacted and kind != "disagrees":
            asserted = [claim for claim in reports[against].claims if claim["stance"] == "asserts"]
            for nth, claim in enumerate(asserted, start=len(report.claims)):
                if claim["key"] == key:
                    order = (reported_on, report.reported_at, report.position, nth)
                    result.append(Statement(order, name, report.org, kind, claim["value"], None, against))
    return result


def _of_one_time(one: Statement, other: Statement) -> bool:
    """Return True if both are about one time: stated days that overlap, or otherwise reports of one day."""
    if one.as_of is not None and other.as_of is not None:
        return one.order[0] == other.order[0]
    return one.order[1].date() == other.order[1].date()
