"""One look at a table beside the ledger: what changed of its rows, what is gone, and what a person has to decide."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from feed.sync.cells import FACT, SheetRow, slots_of
from feed.sync.compare import Difference, difference, vanished
from feed.sync.row_names import MARK_CHARS
from feed.sync.seen import SeenRow
from feed.sync.sheet_map import SheetMap

ROWS_MAX: Final = 5_000
"""More rows of one story make its pages slow."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A row that vanished, or a cell that was emptied.

    number: of the event of the row that was the last one then
    slot, label: the cell's; "" for a whole row
    """

    story: str
    identity: str
    number: int
    slot: str = ""
    label: str = ""


@dataclass(slots=True)
class Plan:
    """What a table asks for.

    present: the cells that are filled, by the row's identity; those of a row that cannot be read are unknown: None
    differences: what changed, by story
    absences: what is gone
    erased: the numbers of the rows of which a text was redacted: they are left alone
    crowded: the stories with more than ROWS_MAX rows, and how many
    unlisted: the words of a promise's new status that the map does not list, and in how many rows
    first: whether nothing was recorded of the table before
    recorded: how many rows the ledger has; `marks`: how their identities begin
    renamed: how many of them have another name now
    absent: the rows of the ledger that are not in the table
    """

    present: dict[str, frozenset[str] | None] = field(default_factory=dict)
    differences: dict[str, list[Difference]] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    crowded: dict[str, int] = field(default_factory=dict)
    unlisted: Counter[str] = field(default_factory=Counter)
    first: bool = True
    recorded: int = 0
    marks: set[str] = field(default_factory=set)
    renamed: int = 0
    absent: list[SeenRow] = field(default_factory=list)


def make_plan(
    sheet_map: SheetMap,
    rows: Iterable[SheetRow],
    misread: Callable[[], Iterable[str]],
    seen_of: Callable[[str], Mapping[str, SeenRow]],
    stories: Iterable[str],
    *,
    columns: frozenset[str],
) -> Plan:
    """Return what a table asks for. `misread` returns the rows that could not be read, once `rows` is read.

    `seen_of` returns what was last seen of a story's rows, and `stories` are all of the ledger's. `columns` are those
    of the table: of others, nothing is said to be emptied.
    """
    plan = Plan()
    filled: dict[tuple[str, ...], frozenset[str]] = {}  # most rows fill the same cells
    by_story: dict[str, list[SheetRow]] = {}
    for row in rows:
        by_story.setdefault(row.name.story, []).append(row)
        slots_filled = tuple(row.cells)
        plan.present[row.name.identity] = filled.setdefault(slots_filled, frozenset(slots_filled))
    plan.present |= dict.fromkeys(misread(), None)
    slots = {slot: header for slot, header in slots_of(sheet_map).items() if header in columns}
    for story in sorted({*by_story, *stories}):
        seen = seen_of(story)
        plan.first = plan.first and not seen
        _compare(plan, sheet_map, story, by_story.pop(story, []), seen, slots)
    return plan


def _compare(
    plan: Plan,
    sheet_map: SheetMap,
    story: str,
    rows: list[SheetRow],
    seen: Mapping[str, SeenRow],
    slots: Mapping[str, str],
) -> None:
    """Add what one story's rows ask for."""
    if len(rows) > ROWS_MAX:
        plan.crowded[story] = len(rows)
    plan.recorded += len(seen)
    plan.marks |= {identity[:MARK_CHARS] for identity in seen}
    for row in rows:
        before = seen.get(row.name.identity)
        plan.renamed += before is not None and not f"{before.development}-".startswith(f"{row.name.development}-")
        if before is not None and before.erased:
            plan.erased.append(row.number)
            continue
        change = difference(row, before, slots, sheet_map.source)
        if before is not None and before.promise and not before.outcome:
            change = replace(change, changed=(*change.changed, *_settling(sheet_map, change)))
        if change.changed:
            plan.differences.setdefault(story, []).append(change)
            plan.unlisted.update(_unlisted(sheet_map, change))
        if before is not None:
            for slot in change.emptied:
                label = sheet_map.label_of(slots[slot])
                plan.absences.append(Absence(story, row.name.identity, before.number, slot, label))
    for identity in vanished(seen, plan.present):
        plan.absences.append(Absence(story, identity, seen[identity].number))
        plan.absent.append(seen[identity])


def _unlisted(sheet_map: SheetMap, change: Difference) -> Iterator[str]:
    """Yield the status of a row's promise if it is new, and the map does not list its word."""
    for header in sheet_map.headers("status"):
        slot = FACT + sheet_map.key_of(header)
        if slot in change.changed and "what" in change.row.cells:
            word = str(change.row.cells[slot])
            if not sheet_map.columns[header].lists(word):
                yield word


def _settling(sheet_map: SheetMap, change: Difference) -> Iterator[str]:
    """Yield the slot of a status that is as it was, but that the map has come to list as an outcome."""
    for header in sheet_map.headers("status"):
        slot = FACT + sheet_map.key_of(header)
        word = str(change.row.cells.get(slot, "")).casefold()
        if slot not in change.changed and word in sheet_map.columns[header].outcomes:
            yield slot
