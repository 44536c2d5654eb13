"""What the bytes of an entry depend on, which entries read it, and what of it a public item touches.

An item touches some references *openly*: their readers are edited where subscribers see it, and listed again. It
touches others *quietly*: their readers change, and nobody need look again.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias, assert_never

from events.changes import ExpectationChanged
from events.model.events import (
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentPinned,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    DevelopmentUnpinned,
    Erased,
    EventRedacted,
    expectation_ids,
)
from events.public.sequence import DevelopmentItem, OverdueNotice, PublicItem
from feed.entries.model import EntryKind
from feed.entries.plan import EntryPlan, answered_developments, part_of

OWN_FIELDS = frozenset({"body", "media", "quotes", "urgency"})
"""The fields of a report that only the entries about it show: no other entry quotes them."""
REPORT_KINDS: frozenset[EntryKind] = frozenset({"report", "correction", "restored"})
"""The entries that show sources, pictures and urgency of their report."""

Relation: TypeAlias = Literal[
    "story",  # everything: a redaction may erase text that any entry quotes
    "item",  # the public item that the entry shows, by its key
    "report",  # the development, as its report's own entry reads it
    "development",  # the development, as the other entries about it read it: its day, and whether it is withdrawn
    "sources",  # what REPORT_KINDS show of their development, except its report's own entry
    "text",  # a development that the entry quotes
    "retraction",  # the development that the entry retracts
    "substitute",  # the development that replaces the entry's own
    "fact",  # whether anybody speaks of a key
    "expectation",  # what became of an overdue expectation
    "public development",  # whether a development that the report names is public
    "public expectation",  # the same of an expectation
]


class Ref(NamedTuple):
    """A reference to something that entries depend on: what it is to them, and its id or key."""

    relation: Relation
    name: str


class Touches(NamedTuple):
    """What an item touches, openly and quietly."""

    openly: set[Ref]
    quietly: set[Ref]


STORY = Ref("story", "")


class Readers:
    """The entries that read each reference."""

    def __init__(self) -> None:
        self._plans: dict[Ref, dict[str, EntryPlan]] = {}

    def add(self, plan: EntryPlan, refs: Iterable[Ref]) -> None:
        """Note that `plan` reads `refs`."""
        for ref in refs:
            self._plans.setdefault(ref, {})[plan.id] = plan

    def of(self, refs: Iterable[Ref]) -> tuple[EntryPlan, ...]:
        """Return the plans that read any of `refs`, each once."""
        plans: dict[str, EntryPlan] = {}
        for ref in refs:
            plans |= self._plans.get(ref, {})
        return tuple(plans.values())


def initial_reads(plan: EntryPlan) -> set[Ref]:
    """Return what a new entry reads."""
    refs = {STORY, Ref("item", plan.item.key), *quotations(plan, plan.quoted_developments())}
    if isinstance(plan.item, OverdueNotice):
        return refs | {Ref("expectation", plan.item.expectation.id)}
    refs |= {Ref("fact", key) for key in plan.fact_keys()}
    if plan.kind == "report":
        return refs | {Ref("report", plan.development)}
    refs.add(Ref("development", plan.development))
    if plan.kind in REPORT_KINDS:
        refs.add(Ref("sources", plan.development))
    if plan.kind == "retraction":
        refs.add(Ref("retraction", plan.development))
    return refs


def edit_reads(plan: EntryPlan, item: PublicItem) -> set[Ref]:
    """Return what an entry reads besides, once `item` has edited it openly: what the note on the edit quotes."""
    quoted = {name for change in item.changes for name in change.quotes()}
    return quotations(plan, quoted | answered_developments(item))


def quotations(plan: EntryPlan, developments: Iterable[str]) -> set[Ref]:
    """Return references to quoted `developments`; a report's own entry reads its development as "report" alone."""
    own = plan.development if plan.kind == "report" else None
    return {Ref("text", name) for name in developments if name != own}


def named_refs(item: PublicItem) -> set[Ref]:
    """Return references to what the report or correction in `item` names: it cannot show what is not public yet."""
    part = part_of(item)
    if part is None:
        return set()
    expectations = {*expectation_ids(part.expects), *(resolution.expectation for resolution in part.resolves)}
    return {Ref("public development", name) for name in answered_developments(item)} | {
        Ref("public expectation", name) for name in expectations
    }


def published_refs(item: PublicItem) -> set[Ref]:
    """Return references to what may be public from `item` on: a report's development, and expectations in words."""
    part = part_of(item)
    worded = [item for item in part.expects if item.what is not None] if part else []
    refs = {Ref("public expectation", name) for name in expectation_ids(worded)}
    if isinstance(item, DevelopmentItem) and item.kind == "development_reported":
        refs.add(Ref("public development", item.development))
    return refs


def touches(item: PublicItem) -> Touches:
    """Return what `item` touches."""
    openly = {Ref("expectation", change.id) for change in item.changes if isinstance(change, ExpectationChanged)}
    quietly = {Ref("fact", key) for key in item.turned_keys}
    if not isinstance(item, DevelopmentItem):
        return Touches(openly, quietly)
    development = item.development
    report, substitute = Ref("report", development), Ref("substitute", development)
    about = {Ref("development", development), Ref("text", development), substitute}
    match item.event:
        case DevelopmentReported() | Erased(was="development_reported"):
            openly.add(substitute)
        case DevelopmentCorrected(set=amendment, level=level):
            fields = amendment.model_fields_set
            (quietly if level == "typo" else openly).add(report)
            # Withdrawals are titled by the day of the report, so a new day touches all that is about it.
            quietly |= {Ref("development" if "reported_at" in fields else "sources", development), substitute}
            quietly |= set() if fields <= OWN_FIELDS else {Ref("text", development)}
        case Erased(level=level):
            (quietly if level == "typo" else openly).add(report)
            quietly |= {Ref("sources", development), Ref("text", development), substitute}
        case DevelopmentHeld() | DevelopmentReleased():
            openly.add(report)
            quietly |= about
        case DevelopmentRetracted():
            openly |= {report, Ref("retraction", development)}
            quietly |= about
        case EventRedacted(event=target, noticed=noticed):
            openly |= {report, Ref("item", target or ""), *(Ref("expectation", name) for name in noticed)}
            quietly.add(STORY)
        case DevelopmentPinned() | DevelopmentUnpinned():
            pass  # pages alone show pins
        case _:
            assert_never(item.event)
    return Touches(openly, quietly)
