"""The map says what is wrong with it, all at once, and what to do."""

import pytest

from events.errors import InvalidError
from feed.sync.sheet_map import SheetMap, parse_map
from tests.tables import LEAST_MAP


def column(text: str, header: str = "More") -> str:
    return f"{LEAST_MAP}[columns.{header}]\n{text}\n"


def faults(text: str) -> str:
    with pytest.raises(InvalidError) as error:
        parse_map(text)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("table =", "toml"),
        (LEAST_MAP.replace('"t"', '"T t"'), "lower-case words"),
        (LEAST_MAP.replace('as = "headline"', 'as = "ignore"'), 'No column is the "headline"'),
        (LEAST_MAP.replace('as = "development"', 'as = "ignore"'), "No column names the rows"),
        (LEAST_MAP.replace('[story]\nid = "s"\nheadline = "S"\n', ""), "Nothing says to which story a row belongs"),
        (column('as = "story"'), "Either [story] or a column"),
        (column('as = "headline"'), 'Only one column can be "headline"'),
        (column('as = "due"'), '"by", "due" and "status" are of a promise'),
        (column('as = "source_url"'), '"source_url" needs the name of the source'),
        (column('as = "fact"', '"数"'), "no letter from a to z"),
        (column('as = "fact"\nkey = "a"') + '[columns.A]\nas = "fact"\n', "Two facts have the key a"),
        (column('as = "fact"\nof = "All"'), "The map has no column 'All' for a total"),
        (column('as = "nothing"'), "must be"),
        (column('as = "fact"\ncolour = "red"'), "there is no field 'colour' here"),
        ('allow = ["inside"]\n' + LEAST_MAP, "does not appear to be"),
        ('announce_from = "soon"\n' + LEAST_MAP, "soon"),
        ("\n".join([LEAST_MAP, *(f'[columns.c{n}]\nas = "fact"' for n in range(151))]), "At most 150 columns"),
    ],
)
def test_map_that_does_not_fit_says_why(text: str, message: str) -> None:
    assert message in faults(text)


@pytest.mark.parametrize(
    ("line", "instant"),
    [
        ("2026-11-29", "2026-11-29T00:00:00+00:00"),
        ('"2026-11-29"', "2026-11-29T00:00:00+00:00"),
        ('"2026-11-29T14:00:00+02:00"', "2026-11-29T12:00:00+00:00"),
        ("2026-11-29T14:00:00", "2026-11-29T14:00:00+00:00"),
    ],
)
def test_line_of_the_archive_is_a_day_or_a_time(line: str, instant: str) -> None:
    sheet_map: SheetMap = parse_map(f"announce_from = {line}\n{LEAST_MAP}")
    assert sheet_map.announce_from is not None
    assert sheet_map.announce_from.isoformat() == instant


@pytest.mark.parametrize(
    "column", ['"Due by" = { as = "due", formt = "x" }', '[columns."Due by"]\nas = "due"\nformt = "x"']
)
def test_fault_of_a_column_is_found_by_its_line(column: str) -> None:
    text = f'table = "t"\n[story]\nid = "s"\nheadline = "S"\n[columns]\nID = {{ as = "development" }}\n{column}\n'
    with pytest.raises(InvalidError, match=r"sync.toml:7: columns.Due by.formt"):
        parse_map(text)
