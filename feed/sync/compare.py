"""A row as it is, and as it was last seen → what changed of it. Pure."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Final

from feed.sync.cells import FACT, Cell, SheetRow
from feed.sync.seen import SeenRow

TEXT_SLOTS: Final = ("headline", "body", "happened")
PROMISE_SLOTS: Final = ("what", "by", "due")
ATTRIBUTION_SLOTS: Final = ("source", "source_url", "speaker")


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed of a row.

    row: the row as it is; `seen`: as it was last seen, None if it is new
    changed: the slots of the cells that state something else, or something for the first time
    emptied: the slots of the cells that state nothing any more
    """

    row: SheetRow
    seen: SeenRow | None
    changed: tuple[str, ...]
    emptied: tuple[str, ...] = ()


def difference(row: SheetRow, seen: SeenRow | None, slots: Mapping[str, str], source: str | None) -> Difference:
    """Return what changed of a row. `slots` are those that the map has; `source` is named if a row names none."""
    if seen is None:
        return Difference(row, None, tuple(row.cells))
    changed = tuple(slot for slot, cell in row.cells.items() if _differs(row, seen, slot, cell))
    emptied = tuple(
        slot for slot in seen.cells if slot in slots and slot not in row.cells and not _default(seen, slot, source)
    )
    return Difference(row, seen, changed, emptied)


def vanished(seen: Mapping[str, SeenRow], present: Container[str]) -> list[str]:
    """Return the identities of the rows that were seen, and are not there any more."""
    return [identity for identity, row in seen.items() if identity not in present and not row.erased]


def _differs(row: SheetRow, seen: SeenRow, slot: str, cell: Cell) -> bool:
    if seen.cells.get(slot) != cell:
        return True
    return slot.startswith(FACT) and seen.totals.get(slot) != row.totals.get(slot)


def _default(seen: SeenRow, slot: str, source: str | None) -> bool:
    """Return True if a source was named only because the row named none."""
    return slot == "source" and seen.cells[slot] == source
