"""Cells state what their column says, or are named with what to write."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.model.typed_times import TypedTimes
from feed.sync.cells import RowReader
from feed.sync.row_names import row_names
from feed.sync.sheet_map import parse_map
from feed.sync.tables import read_table
from tests.tables import LEAST_MAP

NUMBER = 'as = "fact"\ntype = "number"'
EUROPEAN = NUMBER + '\nthousands = "."\ndecimal = ","'


def reader(settings: str, cell: str) -> RowReader:
    sheet_map = parse_map(f"{LEAST_MAP}[columns.More]\n{settings}\n")
    table = read_table(f'ID\tWhat\tMore\n1\tFire\t"{cell}"\n'.encode(), "tsv", name="t")
    return RowReader(
        sheet_map, row_names(sheet_map, bytes(32)), table, file="t", times=TypedTimes(zone=ZoneInfo("Europe/Berlin"))
    )


@pytest.mark.parametrize(
    ("settings", "cell", "value"),
    [
        ('as = "fact"', " two\n words ", "two words"),
        (NUMBER, "-7", -7),
        (NUMBER, "7.50", {"decimal": "7.50"}),
        (EUROPEAN, "1.234,5", {"decimal": "1234.5"}),
        (EUROPEAN, "1.234.567", 1234567),
        (NUMBER + '\nthousands = ","', "1,234.5", {"decimal": "1234.5"}),
        (NUMBER + '\nthousands = " "', "1\u202f234", 1234),
        (NUMBER + '\nunit = "%"', "7 %", 7),
        (NUMBER + '\nunit = "€"', "€7.50", {"decimal": "7.50"}),
        (EUROPEAN + '\nunit = "EUR"', "1.234,5 EUR", {"decimal": "1234.5"}),
        (NUMBER + '\nunit = "EUR"', "7", 7),
        ('as = "fact"', "-", "-"),
        ('as = "fact"\ntype = "date"', "29 Nov 2026", {"date": "2026-11-29"}),
        ('as = "happened"\nformat = "%d/%m/%Y"', "29/11/2026", "2026-11-29"),
        ('as = "happened"\nformat = "%d/%m/%Y"', "2026-11-29", "2026-11-29"),
        ('as = "happened"\nformat = "%d/%m/%Y"', "2026-11", "2026-11"),
        ('as = "due"\nformat = "%d/%m/%Y"\n[columns.What2]\nas = "what"', "2026", "2026"),
        ('as = "happened"\nformat = "%d/%m/%Y %H:%M %z"', "29/11/2026 14:00 +0200", "2026-11-29T12:00:00Z"),
        ('as = "reported"', "2026-11-29", "2026-11-28T23:00:00Z"),
        ('as = "reported"', "2026-11-29T14:00:00Z", "2026-11-29T14:00:00Z"),
        ('as = "speaker"', "Ana Ruiz, chief (Port)", {"name": "Ana Ruiz", "role": "chief", "org": "Port"}),
        ('as = "body"', "one\r\n\r\ntwo", "one\n\ntwo"),
    ],
)
def test_cell_states_what_its_column_says(settings: str, cell: str, value: Any) -> None:
    [row] = reader(settings, cell).rows()
    assert [cell for slot, cell in row.cells.items() if slot != "headline"] == [value]


@pytest.mark.parametrize(
    ("settings", "cell", "message"),
    [
        (NUMBER, "about 12", "“about 12” is not a number"),
        (NUMBER, "1,234", "“1,234” is not a number"),
        (NUMBER, "9" * 20, "too large a number"),
        (NUMBER + '\nunit = "%"', "7 €", "“7 €” is not a number"),
        ('as = "fact"\ntype = "date"', "soon", "“soon” is not a date"),
        ('as = "fact"\ntype = "date"', "05/01/2026", "“05/01/2026” may begin with day or month"),
        ('as = "fact"\ntype = "date"', "31/09/2026", "“31/09/2026” is not in the calendar"),
        ('as = "fact"\ntype = "date"', "31.12.26", "“31.12.26” may begin with day or month"),
        ('as = "fact"\ntype = "date"', "2026-02-30", "“2026-02-30” is not in the calendar"),
        ('as = "happened"\nformat = "%d/%m/%Y"', "31/31/2026", "is not a date like %d/%m/%Y"),
        ('as = "reported"', "2026-11", "is neither a day nor a time"),
        ('as = "speaker"', "Ruiz (Port", "a bracket is opened"),
        ('as = "fact"', "x" * 1_001, "is too long, by 1"),
        ('as = "fact"', "a\x07b", "a character that feeds cannot carry"),
        ('as = "fact"', "\u200b", "no visible character"),
        ('as = "fact"', "a\u202eb", "changes the direction"),
    ],
)
def test_cell_that_cannot_be_read_is_named(settings: str, cell: str, message: str) -> None:
    rows = reader(settings, cell)
    assert list(rows.rows()) == []
    [problem] = rows.problems
    assert problem.where == "t: row 2, column More"
    assert message in problem.message
    assert rows.misread


@pytest.mark.parametrize("settings", [NUMBER, 'as = "fact"\ntype = "date"', 'as = "happened"'])
@pytest.mark.parametrize("cell", ["-", "—", "n/a"])
def test_dash_is_no_number_and_no_date(settings: str, cell: str) -> None:
    [row] = reader(settings, cell).rows()
    assert row.cells.keys() == {"headline"}


def test_row_with_too_many_cells_is_named() -> None:
    rows = reader('as = "ignore"', 'x"\t"y')
    assert list(rows.rows()) == []
    assert "has 4 cells, but there are 3 columns" in str(rows.problems[0])
    assert rows.misread


def test_row_without_a_name_is_named() -> None:
    sheet_map = parse_map(LEAST_MAP)
    table = read_table(b"ID,What\n,Fire\n", "csv", name="t")
    rows = RowReader(sheet_map, row_names(sheet_map, bytes(32)), table, file="t", times=TypedTimes())
    assert list(rows.rows()) == []
    assert str(rows.problems[0]).startswith("t: row 2, column ID: development: is empty")
