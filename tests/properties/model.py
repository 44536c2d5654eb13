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
    named: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=dict)
    disputed: list[dict[str, Any]] | None = None

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
    names_others: bool = False


Reports = Mapping[str, Report]


def brute_force(reports: Reports, key: str) -> tuple[int | None, str | None, bool, set[str]]:
    """Return a fact's value, its development, whether it is disputed, and the developments that cannot confirm it.

    The last stance of each origin counts (events/README.md#stances): an origin that denies or doubts its own claim
    withdraws it; one that withholds does not. Of the claims that remain the newest is current.
    """
    asserts: dict[str, Statement] = {}
    denies: dict[str, list[Statement]] = {}
    doubts: dict[str, list[Statement]] = {}
    for one in sorted(statements(reports, key), key=lambda one: one.order):
        own = asserts.get(one.org)
        if one.stance == "asserts":
            asserts[one.org] = one
            denies[one.org] = [
                old
                for old in denies.get(one.org, [])
                if old.development == one.development or old.value not in (None, one.value)
            ]
            doubts.pop(one.org, None)
        elif one.stance in {"denies", "cannot_confirm"}:
            if own is not None and one.value in (None, own.value):
                del asserts[one.org]
            doubts[one.org] = [old for old in doubts.get(one.org, []) if old.development == one.development]
            if not one.names_others:
                (denies if one.stance == "denies" else doubts).setdefault(one.org, []).append(one)
    if not asserts:
        return None, None, False, set()
    current = max(asserts.values(), key=lambda one: one.order)
    others = {org for org in ORGS if asserts.get(org) is not current}
    disputed = any(
        other.value != current.value and _of_one_time(other, current) for org, other in asserts.items() if org in others
    ) or any(
        denial.value == current.value or (denial.value is None and current.order < denial.order)
        for org in others
        for denial in denies.get(org, [])
    )
    doubting = {doubt.development for org in others for doubt in doubts.get(org, [])}
    return current.value, current.development, disputed, doubting


def name_accounts(reports: Reports, name: str) -> None:
    """Note what the new denials, doubts and disputes of `name` are about: what was asserted before, as it is now."""
    report = reports[name]
    if report.disputes is not None and report.disputed is None:
        report.disputed = [claim for claim in reports[report.disputes[0]].claims if claim["stance"] == "asserts"]
    named: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for nth, claim in enumerate(report.claims):
        key, org = claim["key"], claim["org"]
        if claim["stance"] in {"denies", "cannot_confirm"}:
            before = _order_of(report, nth, claim)
            others = (one for one in statements(reports, key) if one.development != name)
            accounts = _accounts([one for one in others if one.order < before])
            named[key, org] = report.named.get((key, org), [(one.development, one.value or 0) for one in accounts])
    report.named = named


def _accounts(before: list[Statement]) -> list[Statement]:
    """Return the current value of `before`, and what contradicts it."""
    asserts: dict[str, Statement] = {}
    for one in sorted(before, key=lambda one: one.order):
        if one.stance == "asserts":
            asserts[one.org] = one
        elif one.stance != "withholds" and one.org in asserts and one.value in (None, asserts[one.org].value):
            del asserts[one.org]
    if not asserts:
        return []
    current = max(asserts.values(), key=lambda one: one.order)
    differ = [one for one in asserts.values() if one.value != current.value and _of_one_time(one, current)]
    return [current, *differ]


def _order_of(report: Report, nth: int, claim: dict[str, Any]) -> tuple[date, datetime, int, int]:
    reported_on = report.reported_at.date()
    return min(claim.get("as_of", reported_on), reported_on), report.reported_at, report.position, nth


def statements(reports: Reports, key: str) -> list[Statement]:
    """Return the claims of `key` in usable reports, and the disputes of such claims."""
    result: list[Statement] = []
    for name, report in reports.items():
        if report.status != "usable":
            continue
        reported_on = report.reported_at.date()
        for nth, claim in enumerate(report.claims):
            if claim["key"] == key:
                order, org, stance = _order_of(report, nth, claim), claim["org"], claim["stance"]
                value, named = claim["value"] if stance == "asserts" else None, report.named.get((key, org), [])
                result.append(Statement(order, name, org, stance, value, claim.get("as_of"), names_others=bool(named)))
                result += [
                    Statement((*order[:3], 100 + nth), name, org, stance, denied, None, against)
                    for against, denied in named
                    if not reports[against].redacted and (stance == "denies" or reports[against].status == "usable")
                ]
        if report.disputes is None:
            continue
        against, kind = report.disputes
        # A denial outlives the report that it denies; an erased report has no claims to deny.
        counts = kind == "denies" or reports[against].status == "usable"
        if counts and not reports[against].redacted and kind != "disagrees":
            for nth, claim in enumerate(report.disputed or [], start=len(report.claims)):
                if claim["key"] == key:
                    order = (reported_on, report.reported_at, report.position, nth)
                    result.append(Statement(order, name, report.org, kind, claim["value"], None, against))
    return result


def _of_one_time(one: Statement, other: Statement) -> bool:
    """Return True if both are about one time: stated days that overlap, or otherwise reports of one day."""
    if one.as_of is not None and other.as_of is not None:
        return one.order[0] == other.order[0]
    return one.order[1].date() == other.order[1].date()
