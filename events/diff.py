"""What changed between two states of one story, as typed differences.

`changes(before, after)` compares two whole states. `apply_and_compare` does the same for one event at the cost of what
it touches, and `touched_changes` for what a watched fold touched.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import starmap
from typing import TypeAlias

from events.changes import (
    AccountChanged,
    Change,
    ContradictionChanged,
    DenialChanged,
    DevelopmentChanged,
    DevelopmentHow,
    ExpectationChanged,
    FactChange,
    FactChanged,
    MoreClaimsChanged,
    SettingChanged,
    StoryChanged,
    StoryField,
)
from events.fold.attribution import Origin
from events.fold.claims import AttributedClaim
from events.fold.expectations import ExpectationHow, ExpectationStatus, Expected, Running, due_change
from events.fold.facts import Fact, Relation
from events.fold.knowledge import Touched
from events.fold.long_lists import listed, unlisted
from events.fold.state import Story
from events.fold.state_parts import DevelopmentStatus
from events.fold.story import StoryFold
from events.model.events import DevelopmentReported, EventRedacted, Recorded
from events.model.settings import setting_differences


def changes(before: Story | None, after: Story) -> tuple[Change, ...]:
    """Return what changed from `before` (None: nothing was known) to `after`, in a fixed order."""
    facts_before = {} if before is None else before.facts
    expected_before = {} if before is None else {item.id: item for item in before.expectations}
    expected_after = {item.id: item for item in after.expectations}
    statuses = {} if before is None else {item.id: item.status for item in before.developments}
    corrected = Counter(item.development for item in after.corrections)
    corrected.subtract(item.development for item in (before.corrections if before else ()))
    differences: list[Change] = list(_story_changes(_header(before) if before else None, _header(after)))
    differences += starmap(SettingChanged, setting_differences(before.settings if before else {}, after.settings))
    for item in after.developments:
        differences += _development_changes(
            item.id, statuses.get(item.id), item.status, item.report, corrected=corrected[item.id] > 0
        )
    for key in sorted({*facts_before, *after.facts}):
        differences += fact_changes(key, before.fact(key) if before else None, after.fact(key))
    for name in sorted({*expected_before, *expected_after}):
        was, now = expected_before.get(name), expected_after.get(name)
        differences += expectation_changes(
            name,
            was,
            now,
            status_was=before.status_of(was) if before and was else None,
            status=after.status_of(now) if now else None,
        )
    return tuple(differences)


def apply_and_compare(fold: StoryFold, recorded: Recorded, *, now: datetime) -> tuple[Change, ...]:
    """Apply `recorded`, and return what `changes` returns for the states before and after, at `now`.

    It costs what the event touches, not what the story holds. A redaction returns nothing: its changes would quote what
    it erases.
    """
    if isinstance(recorded.event, EventRedacted):
        fold.apply(recorded)
        return ()
    development = recorded.development or ""
    record, header, running, settings = fold.records.get(development), _header(fold), fold.running, fold.settings
    status, corrections = (record.status if record else None), len(fold.corrections)
    with fold.watch() as touched:
        fold.apply(recorded)
    differences: list[Change] = [] if header is None else list(_story_changes(header, _header(fold) or header))
    differences += starmap(SettingChanged, setting_differences(settings, fold.settings))
    record = fold.records.get(development)
    if record is not None:
        differences += _development_changes(
            development, status, record.status, record.readable, corrected=len(fold.corrections) > corrections
        )
    if fold.running != running:  # then a due date may have passed for any of them
        touched.expectations |= {item.id: item for item in fold.expectations()}
    return (*differences, *touched_changes(fold, touched, now=now, running=running))


def touched_changes(
    fold: StoryFold, touched: Touched, *, now: datetime, running: Running | None = None
) -> tuple[Change, ...]:
    """Return what changed of the facts and expectations that `touched` names; `running` is as the story ran before."""
    running_before = running or fold.running
    differences: list[Change] = []
    for key in sorted(touched.facts):
        differences += fact_changes(key, touched.facts[key], fold.fact(key))
    for name in sorted(touched.expectations):
        was, expected = touched.expectations[name], fold.expected(name)
        differences += expectation_changes(
            name,
            was,
            expected,
            status_was=was.status(now, running_before) if was else None,
            status=expected.status(now, fold.running) if expected else None,
        )
    return tuple(differences)


def fact_changes(key: str, before: Fact | None, after: Fact | None) -> Iterator[FactChange]:
    """Yield what changed of one fact: value or standing first, then who contradicts and denies."""
    was, now = (before.current if before else None), (after.current if after else None)
    standing_was, standing = (before.standing if before else None), (after.standing if after else None)
    decided = before is not None and after is not None and _is_decided(before, after)
    if not _same_value(was, now) or standing_was != standing:
        relation: Relation = "withdrawn" if now is None else (after.relation if after else None) or "new"
        if decided and was is not None and now is not None and now.differs(was):
            relation = "diverges"  # the desk chose between two accounts, and neither replaced the other
        yield FactChanged(
            key=key,
            was=was,
            now=now,
            relation=relation,
            standing_was=standing_was,
            standing=standing,
            origins=after.origins if after else (),
        )
    nothing = Fact(key=key, current=None, relation=None, standing=None)
    yield from _claim_changes(before or nothing, after or nothing, decided=decided)


def _claim_changes(before: Fact, after: Fact, *, decided: bool) -> Iterator[FactChange]:
    """Yield who began or ended to contradict or deny, of long lists what is listed and how many more there are."""
    # If the value is another, a contradiction of the former one has not ended: it says nothing about the new one.
    # After a decision of the desk, nobody has taken anything back.
    key = after.key
    same_value = before.current is not None and _same_value(before.current, after.current) and not decided
    accounts = list(_uncounted(key, before, after)) if decided else []
    accounts += [
        AccountChanged(key=key, claim=claim, ended=ended)
        for claim, ended in _compare_claims(before.differing_accounts, after.differing_accounts)
        if same_value or not ended
    ]
    contradictions = [
        ContradictionChanged(key=key, claim=claim, ended=ended)
        for claim, ended in _compare_claims(before.contradicted_by, after.contradicted_by)
        if same_value or not ended
    ]
    denials = [
        DenialChanged(key=key, claim=claim, ended=ended)
        for claim, ended in _compare_claims(before.denials, after.denials)
        if not ended or (same_value and claim in before.denied_by)
    ]
    yield from listed(accounts)
    yield from listed(contradictions)
    yield from listed(denials)
    if more := unlisted(accounts) + unlisted(contradictions) + unlisted(denials):
        yield MoreClaimsChanged(key=key, more=more)


def _is_decided(before: Fact, after: Fact) -> bool:
    """Return True if the desk has settled a fact, or has it evolve now."""
    return after.evolving > before.evolving or after.settled not in {None, before.settled}


def _uncounted(key: str, before: Fact, after: Fact) -> Iterator[AccountChanged]:
    """Yield the accounts that no longer count since the desk has decided so."""
    for claim in before.accounts:
        if not any(claim.same(other) for other in after.accounts):
            yield AccountChanged(key=key, claim=claim, uncounted=True)


def _same_value(was: AttributedClaim | None, now: AttributedClaim | None) -> bool:
    if was is None or now is None:
        return was is now
    return was.same(now)


def _compare_claims(
    before: Iterable[AttributedClaim], after: Iterable[AttributedClaim]
) -> Iterator[tuple[AttributedClaim, bool]]:
    """Yield the claims that are new, each with False, then those that have ended, each with True.

    An origin that says the same again in another report has neither begun nor ended.
    """
    was, now = list(before), list(after)
    both = {id(claim) for claim in was} & {id(claim) for claim in now}  # most, if a fact was denied a hundred times
    opened = [claim for claim in now if id(claim) not in both]
    ended = [claim for claim in was if id(claim) not in both]
    yield from ((claim, False) for claim in _without_repeated(opened, was))
    yield from ((claim, True) for claim in _without_repeated(ended, now))


def _without_repeated(claims: list[AttributedClaim], others: list[AttributedClaim]) -> Iterator[AttributedClaim]:
    """Yield the `claims` that none of `others` repeats: it shares an origin, or the development."""
    developments = {claim.development for claim in claims}
    origins = frozenset[Origin]().union(*(claim.origins for claim in claims))
    near = (
        [other for other in others if other.development in developments or not origins.isdisjoint(other.origins)]
        if claims
        else []
    )
    for claim in claims:
        if not any(_repeats(claim, other) for other in near):
            yield claim


def _repeats(claim: AttributedClaim, other: AttributedClaim) -> bool:
    if claim.development == other.development and claim.names_others is not other.names_others:
        return True  # what a denial without a value named was held or taken back: the denial goes on
    without_value = claim.value is None or other.value is None
    same_value = claim.value is other.value if without_value else claim.same(other)
    return same_value and claim.shares_origin(other)


def expectation_changes(
    name: str,
    was: Expected | None,
    now: Expected | None,
    *,
    status_was: ExpectationStatus | None,
    status: ExpectationStatus | None,
) -> Iterator[ExpectationChanged]:
    """Yield what changed of one expectation: its date first, then its outcome."""

    def changed(how: ExpectationHow) -> ExpectationChanged:
        return ExpectationChanged(id=name, how=how, was=was, now=now, status=status)

    if was is None and now is None:
        return
    if was is None:
        yield changed("opened")
    elif now is None:
        yield changed("withdrawn")
        return
    elif was.due != now.due:
        yield changed(due_change(was.due, now.due))
    elif (was.what, was.by, was.condition) != (now.what, now.by, now.condition):
        yield changed("reworded")
    if now is not None and (was.outcome if was else None) != now.outcome:
        yield changed("reopened" if now.outcome is None else "resolved")
    elif status == "overdue" and status_was != "overdue":
        yield changed("overdue")


_Header: TypeAlias = Mapping[StoryField, str | None]


def _header(story: Story | StoryFold) -> _Header | None:
    """Return what a `StoryChanged` compares, None before the story was opened."""
    header = story if isinstance(story, Story) else story.header
    if header is None:
        return None
    return {"headline": header.headline, "summary": header.summary, "status": story.status}


def _story_changes(before: _Header | None, after: _Header | None) -> Iterator[StoryChanged]:
    for field, now in (after or {}).items():
        if before is not None and before[field] != now:
            yield StoryChanged(field=field, was=before[field], now=now)


def _development_changes(
    development: str,
    was: DevelopmentStatus | None,
    status: DevelopmentStatus,
    report: DevelopmentReported | None,
    *,
    corrected: bool,
) -> Iterator[DevelopmentChanged]:
    """Yield what became of a development, None where it was not known; `corrected` counts if its status stayed."""
    headline = report.headline if report else None
    if was is None and status == "usable":
        yield DevelopmentChanged(development=development, how="reported", headline=headline)
    elif was != status:
        yield DevelopmentChanged(development=development, how=_HOW[status], headline=headline)
    elif corrected and report is not None:
        yield DevelopmentChanged(development=development, how="corrected", headline=headline)


_HOW: Mapping[DevelopmentStatus, DevelopmentHow] = {
    "withheld": "withheld",
    "canceled": "withdrawn",
    "usable": "restored",
}
