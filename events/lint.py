"""Named checks: a folded story in, problems out. What no rule refuses, and a careful desk would still want to know.

The basic tier names likely mistakes, and always runs. The strict tier names what a thorough desk would fill in.
Every problem stands at STORY:POSITION, the place of the event that it is about.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from events.errors import Problem
from events.fold.development import DevelopmentFold
from events.fold.story import StoryFold
from events.model.parts import Claim
from events.model.text import folded

LIKENESS_MIN = 0.88  # one letter too many or too few in a key of four; another letter in one of nine
DAYS_OPEN_MAX = 30
DAYS_SILENT_MAX = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class LintContext:
    """What the checks look at: a folded story, at `now`. The limits are days."""

    fold: StoryFold
    now: datetime
    days_open: int = DAYS_OPEN_MAX
    days_silent: int = DAYS_SILENT_MAX

    def usable(self) -> Iterator[DevelopmentFold]:
        """Yield the developments that stand."""
        return (record for record in self.fold.records.values() if record.usable is not None)

    def claims(self) -> Iterator[tuple[DevelopmentFold, Claim]]:
        """Yield every claim that stands, with its development."""
        return (
            (record, claim)
            for record in self.usable()
            if (report := record.usable) is not None
            for claim in report.facts
        )

    def problem(self, record: DevelopmentFold, check: str, message: str, remedy: str = "") -> Problem:
        """Return a problem at a development's place."""
        return Problem(
            where=f"{self.fold.story}:{record.recorded.position}", check=check, message=message, remedy=remedy
        )


Check = Callable[[LintContext], Iterator[Problem]]


def check_story(looking: LintContext, *, strict: bool = False) -> list[Problem]:
    """Return every problem of a story, in the order of its events; of both tiers where `strict`."""
    checks = (*BASIC.values(), *(STRICT.values() if strict else ()))
    problems = [problem for check in checks for problem in check(looking)]
    return sorted(problems, key=lambda problem: int(problem.where.rpartition(":")[2]))


def unsourced(looking: LintContext) -> Iterator[Problem]:
    """Yield developments of which nobody says so: neither a speaker nor a source."""
    for record in looking.usable():
        report = record.usable
        if report is not None and not report.said_by and not report.sources:
            yield looking.problem(
                record,
                "unsourced",
                f"{record.id} names neither a speaker nor a source.",
                "Add them: writethru correct, with --level clarification.",
            )


def units(looking: LintContext) -> Iterator[Problem]:
    """Yield claims whose unit is not that of the key's first claim: the two will never be compared."""
    unit_of: dict[str, str] = {}
    for record, claim in looking.claims():
        if claim.unit is not None:
            unit = unit_of.setdefault(claim.key, claim.unit)
            if folded(unit) != folded(claim.unit):
                yield looking.problem(
                    record, "units", f"{claim.key} is told in {claim.unit} here, and in {unit} before."
                )


def misspelt_keys(looking: LintContext) -> Iterator[Problem]:
    """Yield keys that look like another one, used more often or before."""
    uses: dict[str, list[DevelopmentFold]] = {}
    for record, claim in looking.claims():
        uses.setdefault(claim.key, []).append(record)
    keys = sorted(uses, key=lambda key: (-len(uses[key]), uses[key][0].recorded.position))
    for rank, key in enumerate(keys):
        meant = next((other for other in keys[:rank] if _look_alike(key, other)), None)
        if meant is not None:
            yield looking.problem(uses[key][0], "keys", f"{key} looks like {meant}.", "If they are one, correct it.")


def _look_alike(one: str, other: str) -> bool:
    """Return True if two keys differ as a misspelling does, and not by a number or a part of their own."""
    if one.count(".") != other.count(".") or _digits(one) != _digits(other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= LIKENESS_MIN and matcher.ratio() >= LIKENESS_MIN


def _digits(key: str) -> str:
    return "".join(char for char in key if char.isdigit())


def quote_speakers(looking: LintContext) -> Iterator[Problem]:
    """Yield quotes of somebody whom nobody could find again."""
    for record in looking.usable():
        for quote in record.usable.quotes if record.usable else ():
            if quote.speaker.name is None and quote.speaker.org is None:
                yield looking.problem(record, "quotes", f"{record.id} quotes {quote.speaker.role}, of no organisation.")


def source_links(looking: LintContext) -> Iterator[Problem]:
    """Yield sources that readers cannot look up."""
    for record in looking.usable():
        for source in record.usable.sources if record.usable else ():
            if source.url is None:
                yield looking.problem(record, "links", f"{record.id} gives no address for its source {source.name}.")


def open_ended(looking: LintContext) -> Iterator[Problem]:
    """Yield promises without a date that have been open for long."""
    for expected in looking.fold.expectations():
        record = looking.fold.records[expected.development]
        age = looking.now - record.reported_at
        if not expected.settled and expected.ends_at is None and age > timedelta(days=looking.days_open):
            yield looking.problem(
                record,
                "open-ended",
                f"{expected.id} ({expected.what}) has been open for {age.days} days, without a date.",
                "Resolve it, or give it a date: expects, with its id and due.",
            )


def silence(looking: LintContext) -> Iterator[Problem]:
    """Yield an open story without a report for long."""
    records = sorted(looking.usable(), key=lambda record: record.reported_at)
    if looking.fold.running.closed or not records:
        return
    quiet = looking.now - records[-1].reported_at
    if quiet > timedelta(days=looking.days_silent):
        yield looking.problem(
            records[-1],
            "silence",
            f"nothing has been reported for {quiet.days} days.",
            f"If it is over: writethru close {looking.fold.story}",
        )


BASIC: dict[str, Check] = {"unsourced": unsourced, "units": units, "keys": misspelt_keys}
STRICT: dict[str, Check] = {
    "quotes": quote_speakers,
    "links": source_links,
    "open-ended": open_ended,
    "silence": silence,
}
