"""Tables are read as people save them: delimiters, encodings, JSON Lines, workbooks."""

import io
import sys
from datetime import date, datetime

import openpyxl
import pytest

from events.errors import InvalidError
from feed.sync.tables import Format, Table, format_of, read_table


def rows(
    data: bytes, form: Format = "csv", sheet: str | None = None
) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    table: Table = read_table(data, form, name="t", sheet=sheet)
    return table.headers, list(table.rows)


@pytest.mark.parametrize(
    "data",
    [
        b"ID,What\n1,One\n",
        b"\xef\xbb\xbfID;What\r\n1;One\r\n",
        b"ID\tWhat\n1\tOne\n",
        b"ID|What\n1|One",
        "ID,What\n1,One\n".encode("utf-16"),
        b"\n\nID,What\n\n1, One \n,\n",
        b'"ID","What, or who"\n1,One\n'.replace(b", or who", b""),
    ],
)
def test_csv_is_read_as_programs_write_it(data: bytes) -> None:
    headers, cells = rows(data)
    assert (headers, [row for _, row in cells]) == (("ID", "What"), [["1", "One"]])


def test_row_numbers_are_those_of_a_spreadsheet() -> None:
    assert [number for number, _ in rows(b'ID,What\n1,"One\ntwo"\n\n2,Two\n')[1]] == [2, 4]


def test_short_rows_are_filled_and_long_ones_kept() -> None:
    assert [row for _, row in rows(b"ID,What\n1\n2,Two,,\n3,Three,more\n")[1]] == [
        ["1", ""],
        ["2", "Two"],
        ["3", "Three", "more"],
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no header row"),
        (b"ID,What\n1,\xff\n", "not UTF-8"),
        (b'ID,What\n1,"One\n', "row 2 cannot be read"),
        (",".join(map(str, range(1_001))).encode(), "more than 1000 columns"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        rows(data)


@pytest.mark.parametrize("title", ["Promises\n\n", "Promises,,\nas of November,,\n"])
def test_headers_stand_below_a_title(title: str) -> None:
    headers, cells = rows(f"{title}ID,What,By\n1,One,City\n".encode())
    assert headers == ("ID", "What", "By")
    assert cells == [(4, ["1", "One", "City"])]


@pytest.mark.parametrize("below", ["", "Ruiz\nWeil\n", "Ruiz, Jr.\n", "Ruiz\n" * 5 + "a,b,c\n"])
def test_header_of_one_column_is_no_title(below: str) -> None:
    headers, cells = rows(f"Name\n{below}".encode())
    assert headers == ("Name",)
    assert len(cells) == below.count("\n")


def test_columns_of_one_name_have_none() -> None:
    table = read_table(b"ID,Note,Note\n1,a,b\n", "csv", name="t")
    assert (table.headers, table.repeated) == (("ID", "", ""), ("Note",))


def test_json_lines_have_the_columns_of_all_objects() -> None:
    data = b'{"ID": 1, "What": "One"}\n\n{"ID": 2, "Hurt": 7.50, "Free": true, "More": null, "Deep": {"a": [1]}}\n'
    headers, cells = rows(data, "jsonl")
    assert headers == ("ID", "What", "Hurt", "Free", "More", "Deep")
    assert cells == [(1, ["1", "One", "", "", "", ""]), (3, ["2", "", "7.50", "true", "", '{"a": ["1"]}'])]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"[1]\n", "line 1 is not a JSON object"), (b"{\n", "line 1 is not JSON"), (b"\n", "there is no row")],
)
def test_what_is_not_json_lines_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        rows(data, "jsonl")


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ID", "When", "Hurt", "Share", "At"])
    sheet.append([1, date(2026, 11, 29), 3.0, 0.25, datetime(2026, 11, 29, 14, 30)])  # noqa: DTZ001 - as workbooks have it
    book.create_sheet("Other").append(["Name"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_workbook_is_read_with_its_dates_and_numbers() -> None:
    headers, cells = rows(workbook(), "xlsx")
    assert headers == ("ID", "When", "Hurt", "Share", "At")
    assert cells == [(2, ["1", "2026-11-29", "3", "0.25", "2026-11-29T14:30:00"])]
    assert rows(workbook(), "xlsx", "Other") == (("Name",), [])


@pytest.mark.parametrize(
    ("value", "form", "cell"), [(0.07, "0%", "7%"), (0.125, "0.0%", "12.5%"), (1, "0%", "100%"), (True, "0%", "true")]
)
def test_share_of_a_workbook_is_the_percentage_that_it_shows(value: float, form: str, cell: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ID"])
    sheet.append([value])
    sheet["A2"].number_format = form
    file = io.BytesIO()
    book.save(file)
    assert rows(file.getvalue(), "xlsx")[1] == [(2, [cell])]


def test_workbook_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidError, match="not a workbook"):
        rows(b"PK", "xlsx")
    with pytest.raises(InvalidError, match="there is no sheet 'Third'"):
        rows(workbook(), "xlsx", "Third")


def test_workbook_without_openpyxl_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook()
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InvalidError, match=r"pip install 'writethru\[intake\]'"):
        rows(data, "xlsx")


def test_format_is_that_of_the_extension() -> None:
    assert [format_of(name) for name in ("a.CSV", "b/c.tsv", "d.jsonl", "e.xlsx", "f.pdf", "g")] == [
        "csv",
        "tsv",
        "jsonl",
        "xlsx",
        None,
        None,
    ]
