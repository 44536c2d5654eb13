"""Editorial checks: a folded story in, problems out. `decide` allows all of this; a careful desk still wants to know.

The basic checks find likely mistakes and always run. The strict checks find what a thorough desk would add. Each
problem is at STORY:POSITION, the position of the report that it is about.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from events.errors import Problem, did_you_mean
from events.fold.development import DevelopmentFold
from events.fold.story import StoryFold
from events.model.events import DevelopmentReported
from events.model.parts import Claim
from events.model.text import folded
from events.model.values import exceeds
from events.wording.claims import claim_speakers, claim_value

LIKENESS_MIN = 0.88
"""Of two keys: one letter more or less in a key of four, or another letter in one of nine."""
DAYS_OPEN_MAX = 30
DAYS_SILENT_MAX = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class LintContext:
    """What the checks read: a folded story at `now`, and two limits in days."""

    fold: StoryFold
    now: datetime
    days_open: int = DAYS_OPEN_MAX
    days_silent: int = DAYS_SILENT_MAX

    def usable(self) -> Iterator[tuple[DevelopmentFold, DevelopmentReported]]:
        """Yield the developments that are neither held nor withdrawn, each with its report."""
        return ((record, record.usable) for record in self.fold.records.values() if record.usable is not None)

    def claims(self) -> Iterator[tuple[DevelopmentFold, Claim]]:
        """Yield every claim of those, with its development."""
        return ((record, claim) for record, report in self.usable() for claim in report.facts)

    def problem(self, record: DevelopmentFold, check: str, message: str, remedy: str) -> Problem:
        """Return a problem at a development's position."""
        where = f"{self.fold.story}:{record.recorded.position}"
        return Problem(where=where, check=check, message=message, remedy=remedy)


Check = Callable[[LintContext], Iterator[Problem]]


def check_story(context: LintContext, *, strict: bool = False) -> list[Problem]:
    """Return every problem of a story, in the order of its events; `strict` runs the strict checks too."""
    checks = (*BASIC.values(), *(STRICT.values() if strict else ()))
    problems = [problem for check in checks for problem in check(context)]
    return sorted(problems, key=lambda problem: int(problem.where.rpartition(":")[2]))


def doubts_about(report: DevelopmentReported, reported_at: datetime) -> Iterator[tuple[str, str]]:
    """Yield what is odd about a report by itself: what is wrong, and what to do."""
    for claim in report.facts:
        if claim.value is not None and claim.of is not None and exceeds(claim.value, claim.of):
            yield f"{claim.key} is more than the total that it is of.", "Correct the value or the total."
    tomorrow = (reported_at + timedelta(days=1)).date()  # it is tomorrow already in some zones
    for when, what in ((report.happened, "happening"), (report.said_on, "said")):
        if when is not None and when.bounds.earliest is not None and when.bounds.earliest > tomorrow:
            message = f"it is dated as {what} after it was reported."
            yield message, "Correct the date. A forecast is an expectation (expects), with a due date."


def check_reports(context: LintContext) -> Iterator[Problem]:
    """Find reports of what has not happened yet, and parts that are more than their total."""
    for record, report in context.usable():
        for message, remedy in doubts_about(report, record.reported_at):
            yield context.problem(record, "doubtful", f"{record.id}: {message}", remedy)


def check_sourcing(context: LintContext) -> Iterator[Problem]:
    """Find developments that name neither a speaker nor a source, not even that of a quote."""
    for record, report in context.usable():
        if not (report.said_by or report.sources or report.quotes):
            yield context.problem(
                record,
                "unsourced",
                f"{record.id} names neither a speaker nor a source.",
                "Add one with writethru correct, at level clarification.",
            )


def check_units(context: LintContext) -> Iterator[Problem]:
    """Find claims whose unit is not that of the key's first claim: the two are never compared."""
    unit_of: dict[str, str] = {}
    for record, claim in context.claims():
        if claim.unit is not None:
            unit = unit_of.setdefault(claim.key, claim.unit)
            if folded(unit) != folded(claim.unit):
                yield context.problem(
                    record,
                    "units",
                    f"{claim.key} is in {claim.unit} here, and in {unit} before.",
                    "Values in different units are not compared. Correct one of them.",
                )


def check_accounts(context: LintContext) -> Iterator[Problem]:
    """Find facts that several origins give different accounts of."""
    for key, item in context.fold.facts().items():
        current = item.fact.current
        if current is not None and item.fact.differing_accounts:
            accounts = "; ".join(
                f"{claim_value(claim)} ({claim_speakers(claim)}, {claim.development})" for claim in item.fact.accounts
            )
            story, record = context.fold.story, context.fold.records[current.development]
            yield context.problem(
                record,
                "accounts",
                f"accounts of {key} differ: {accounts}.",
                f"To settle on one: writethru revise {story} --settle {key}=DEVELOPMENT. "
                f"If {key} moves on: writethru revise {story} --evolving {key}",
            )


def check_spelling_of_keys(context: LintContext) -> Iterator[Problem]:
    """Find keys that look like another one, which is used more often or before them."""
    uses: dict[str, list[DevelopmentFold]] = {}
    for record, claim in context.claims():
        uses.setdefault(claim.key, []).append(record)
    keys = sorted(uses, key=lambda key: (-len(uses[key]), uses[key][0].recorded.position))
    for rank, key in enumerate(keys):
        meant = next((other for other in keys[:rank] if _look_alike(key, other)), None)
        if meant is not None:
            yield context.problem(
                uses[key][0], "keys", f"{key} looks like {meant}.", "If both mean the same, correct one of them."
            )


def _look_alike(one: str, other: str) -> bool:
    """Return True if two keys differ as a misspelling does: not by a number, and not in how many parts they have."""
    if one.count(".") != other.count(".") or _digits(one) != _digits(other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= LIKENESS_MIN and matcher.ratio() >= LIKENESS_MIN


def _digits(key: str) -> str:
    return "".join(char for char in key if char.isdigit())


def check_described_keys(context: LintContext) -> Iterator[Problem]:
    """Find facts with settings of which no report speaks: the key may be misspelt."""
    fold = context.fold
    described = [key for key, settings in fold.settings.items() if settings.in_force]
    for message, remedy in unspoken_keys(fold, described):
        back = "Report it, or take its settings back."
        yield Problem(where=f"{fold.story}:1", check="settings", message=message, remedy=remedy or back)


def unspoken_keys(fold: StoryFold, described: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield a warning for each of `described` keys of which no report speaks, and which key may be meant, if any."""
    spoken = {key for record in fold.records.values() if record.report is not None for key in record.report.keys}
    for key in described:
        if key not in spoken:
            close = did_you_mean(key, spoken)
            message = f"no report speaks of {key} yet, so its settings wait."
            yield message, f"Did you mean {close}?" if close else ""


def check_quotes(context: LintContext) -> Iterator[Problem]:
    """Find quotes whose speaker has neither a name nor an organisation."""
    for record, report in context.usable():
        for quote in report.quotes:
            if quote.speaker.name is None and quote.speaker.org is None:
                yield context.problem(
                    record,
                    "quotes",
                    f"{record.id} quotes {quote.speaker.role}, without a name or an organisation.",
                    "Add the organisation, so that readers can judge who spoke.",
                )


def check_links(context: LintContext) -> Iterator[Problem]:
    """Find sources that readers cannot look up."""
    for record, report in context.usable():
        for source in report.sources:
            if source.url is None:
                yield context.problem(
                    record, "links", f"{record.id} gives no address for its source {source.name}.", "Add its url."
                )


def check_open_ended(context: LintContext) -> Iterator[Problem]:
    """Find promises without a due date that have been open for long."""
    for expected in context.fold.expectations():
        record = context.fold.records[expected.development]
        age = context.now - record.reported_at
        if not expected.settled and expected.ends_at is None and age > timedelta(days=context.days_open):
            yield context.problem(
                record,
                "open-ended",
                f"{expected.id} ({expected.what}) has been open for {_days(age)}, without a due date.",
                "Resolve it, or give it a due date: expects, with its id and due.",
            )


def check_silence(context: LintContext) -> Iterator[Problem]:
    """Find an open story without a report for long."""
    records = [record for record, _ in context.usable()]
    newest = max(records, key=lambda record: (record.reported_at, record.recorded.position), default=None)
    if context.fold.running.closed or newest is None:
        return
    quiet = context.now - newest.reported_at
    if quiet > timedelta(days=context.days_silent):
        yield context.problem(
            newest,
            "silence",
            f"nothing has been reported for {_days(quiet)}.",
            f"If the story is over: writethru close {context.fold.story}",
        )


def _days(span: timedelta) -> str:
    return f"{span.days} {'day' if span.days == 1 else 'days'}"


def check_embargoes(context: LintContext) -> Iterator[Problem]:
    """Find public reports whose headlines say what a headline under embargo says."""
    for record, report in context.usable():
        if not _embargoed(record, context.now):
            for secret in echoed_embargoes(context.fold, report.headline, context.now):
                yield context.problem(
                    record,
                    "embargo",
                    f"the headline of {record.id} is public, and says what {secret.id} keeps under embargo.",
                    f"To withhold it: writethru hold {context.fold.story} {record.id}",
                )


def echoed_embargoes(fold: StoryFold, headline: str, now: datetime) -> Iterator[DevelopmentFold]:
    """Yield the developments under embargo whose headlines say the same as `headline`, but for case and punctuation."""
    words = _headline_words(headline)
    for record in fold.records.values():
        if record.readable is not None and _embargoed(record, now):
            matcher = SequenceMatcher(None, words, _headline_words(record.readable.headline), autojunk=False)
            if matcher.real_quick_ratio() >= LIKENESS_MIN and matcher.ratio() >= LIKENESS_MIN:
                yield record


def _embargoed(record: DevelopmentFold, now: datetime) -> bool:
    return record.embargoed_until is not None and record.embargoed_until > now


def _headline_words(headline: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", headline).casefold()))


BASIC: dict[str, Check] = {
    "unsourced": check_sourcing,
    "doubtful": check_reports,
    "units": check_units,
    "accounts": check_accounts,
    "keys": check_spelling_of_keys,
    "settings": check_described_keys,
    "embargo": check_embargoes,
}
STRICT: dict[str, Check] = {
    "quotes": check_quotes,
    "links": check_links,
    "open-ended": check_open_ended,
    "silence": check_silence,
}
