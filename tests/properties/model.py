"""The slow and obvious model of what a desk has said: plain lists, gone through from the beginning (vocabulary 1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.properties.commands import ORGS


@dataclass
class Report:
    """A development, as the model knows it."""

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
        """Forget with the text what corrections of it said, the time of the report included."""
        self.redacted = True
        self.reported_at = self.first_reported_at or self.reported_at

    @property
    def gone(self) -> bool:
        return self.retracted or self.redacted

    @property
    def status(self) -> str:
        return "canceled" if self.gone else "withheld" if self.held else "usable"


@dataclass(frozen=True)
class Said:
    """One claim, or one dispute of another's claim, when its turn comes."""

    order: tuple[date, datetime, int, int]
    development: str
    org: str
    stance: str
    value: int | None
    as_of: date | None
    against: str | None = None


Reports = Mapping[str, Report]


def brute_force(reports: Reports, key: str) -> tuple[int | None, str | None, bool, set[str]]:
    """Return a fact's value, whose it is, whether it is disputed, and whose word is that it cannot be confirmed.

    Every origin's last word counts (1.5.4): who denies or doubts what he said has taken it back, who withholds has
    not. Of those who still assert something the newest is right (1.5.2).
    """
    asserts: dict[str, Said] = {}
    denies: dict[str, list[Said]] = {}
    doubts: dict[str, Said] = {}
    for said in sorted(everything_said(reports, key), key=lambda said: said.order):
        own = asserts.get(said.org)
        if said.stance == "asserts":
            asserts[said.org] = said
            denies[said.org] = [old for old in denies.get(said.org, []) if old.development == said.development]
            doubts.pop(said.org, None)
        elif said.stance in {"denies", "cannot_confirm"}:
            if own is not None and said.value in (None, own.value):
                del asserts[said.org]
            if said.org in doubts and doubts[said.org].development != said.development:
                del doubts[said.org]
            if said.stance == "denies":
                denies.setdefault(said.org, []).append(said)
            else:
                doubts[said.org] = said
    if not asserts:
        return None, None, False, set()
    current = max(asserts.values(), key=lambda said: said.order)
    others = {org for org in ORGS if asserts.get(org) is not current}
    disputed = any(
        other.value != current.value and _of_one_time(other, current) for org, other in asserts.items() if org in others
    ) or any(
        denial.value in (None, current.value) or denial.against == current.development
        for org in others
        for denial in denies.get(org, [])
    )
    return current.value, current.development, disputed, {doubts[org].development for org in others & doubts.keys()}


def everything_said(reports: Reports, key: str) -> list[Said]:
    found: list[Said] = []
    for name, known in reports.items():
        if known.status != "usable":
            continue
        reported_on = known.reported_at.date()
        for nth, claim in enumerate(known.claims):
            if claim["key"] == key:
                latest = min(claim.get("as_of", reported_on), reported_on)
                order = (latest, known.reported_at, known.position, nth)
                value = claim["value"] if claim["stance"] == "asserts" else None
                found.append(Said(order, name, claim["org"], claim["stance"], value, claim.get("as_of")))
        if known.disputes is None:
            continue
        target = reports[known.disputes[0]]
        # A denial outlives the report that it aims at; an erased one says nothing that could be denied.
        heard = target.status == "usable" or known.disputes[1] == "denies"
        if heard and not target.redacted and known.disputes[1] != "disagrees":
            nth = len(known.claims)
            for claim in (claim for claim in target.claims if claim["stance"] == "asserts"):
                order = (reported_on, known.reported_at, known.position, nth)
                nth += 1
                if claim["key"] == key:
                    found.append(
                        Said(order, name, known.org, known.disputes[1], claim["value"], None, known.disputes[0])
                    )
    return found


def _of_one_time(one: Said, other: Said) -> bool:
    """Return True if both speak of one time: of stated days that overlap, else reported on one day (1.5.6)."""
    if one.as_of is not None and other.as_of is not None:
        return one.order[0] == other.order[0]
    return one.order[1].date() == other.order[1].date()
