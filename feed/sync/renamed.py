"""Known rows under other names: what renames them all would report and announce them all again. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from events.errors import InvalidError, Problem
from feed.sync.cells import Cell
from feed.sync.plan import Plan
from feed.sync.row_names import PUBLIC_MARK, RowNames

RENAMED_MIN: Final = 3
OTHERS_MIN: Final = 2
"""So many cells besides the headline are needed to recognise a row by them."""
_NAMING: Final = frozenset({"headline", "what", "body", "source"})
_NEW_START: Final = "For a new start, give the map another table and its [story] another id."


def check_public_id(marks: Collection[str], names: RowNames, where: str) -> None:
    """Raise InvalidError if all rows that the ledger knows were named under the other setting of `public_id`.

    `marks` are the beginnings of their identities.
    """
    if marks and (set(marks) == {PUBLIC_MARK} if names.uses_key else PUBLIC_MARK not in marks):
        before, now = ("true", "false") if names.uses_key else ("false", "true")
        message = (
            f"public_id was changed after the first run, from {before} to {now}: "
            "all rows would get other names, and be announced again."
        )
        remedy = f"Set public_id = {before} in the map again. {_NEW_START}"
        raise InvalidError(Problem(where=where, check="names", message=message, remedy=remedy))


def check_names(plan: Plan, where: str) -> None:
    """Raise InvalidError if half of the rows that the ledger knows have come under other names."""
    renamed = plan.renamed + _come_back(plan)
    if renamed >= RENAMED_MIN and 2 * renamed >= plan.recorded:
        message = f"{renamed:,} of {plan.recorded:,} known rows have other names now, and would be announced again."
        remedy = (
            "Change back what names the rows: the columns marked development and story, their cells, their public_id, "
            f"or the id under [story]. {_NEW_START}"
        )
        raise InvalidError(Problem(where=where, check="names", message=message, remedy=remedy))


def _come_back(plan: Plan) -> int:
    """Return how many of the new rows are like one that is gone: by their headline, or by all other cells."""
    headlines = Counter(str(row.cells.get("headline")) for row in plan.absent)
    others = {_others(row.cells) for row in plan.absent} - {()}
    new = [item.row.cells for items in plan.differences.values() for item in items if item.seen is None]
    return sum(headlines[str(cells["headline"])] == 1 or _others(cells) in others for cells in new)


def _others(cells: Mapping[str, Cell]) -> tuple[tuple[str, str], ...]:
    """Return the cells besides the headline; none if they are too few."""
    others = tuple(sorted((slot, str(cell)) for slot, cell in cells.items() if slot not in _NAMING))
    return others if len(others) >= OTHERS_MIN else ()
