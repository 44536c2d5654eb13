"""Bytes → a table: headers, and rows of cells as text. CSV, TSV, JSON Lines, and XLSX with the extra `intake`.

Pure. Cells have no white space around them; an empty cell is "". A row's number is the one that a spreadsheet shows.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from events.errors import InvalidError, Problem

Format: TypeAlias = Literal["csv", "tsv", "jsonl", "xlsx"]
FORMATS: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}
MEDIA_TYPES: Final[dict[str, Format]] = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
TABLE_BYTES_MAX: Final = 128 * 1024 * 1024
UNPACKED_BYTES_MAX: Final = 4 * TABLE_BYTES_MAX
COLUMNS_MAX: Final = 1_000
TITLES_MAX: Final = 5
COLUMNS_BELOW_TITLE_MIN: Final = 3
"""In a table of two columns, a cell with an unquoted comma looks like a row below a title."""
CELL_CHARS_MAX: Final = 100_000
_PERCENT: Final = re.compile(r"0(?:\.(?P<decimals>0+))?%")
_DELIMITERS: Final = ",;\t|"


_Line = tuple[int, list[str]]


class Table(NamedTuple):
    """A table: its headers, and each row's number and cells, in the order of the headers.

    A column without a header, or with that of another one, has "" in place of it. `repeated` are the latter.
    """

    headers: tuple[str, ...]
    rows: Iterable[tuple[int, list[str]]]
    repeated: tuple[str, ...] = ()


class Source(NamedTuple):
    """The bytes of a table, their format, and what a later request for it can ask with."""

    data: bytes
    form: Format
    validators: Mapping[str, str] = MappingProxyType({})


def format_of(name: str) -> Format | None:
    """Return the format that the name of a file, or the path of an address, says; None if it says none."""
    dot, extension = name.rpartition("/")[2].rpartition(".")[1:]
    return FORMATS.get(f"{dot}{extension.lower()}")


def read_table(data: bytes, form: Format, *, name: str, sheet: str | None = None) -> Table:
    """Return the table in `data`; InvalidError if there is none. Rows are read while they are asked for."""
    if len(data) > TABLE_BYTES_MAX:
        limit = f"{TABLE_BYTES_MAX // 1024**2} MiB"
        raise _fault(name, f"the table has more than {limit}.", "Divide it into several tables.")
    if form == "jsonl":
        return _json_lines(data, name)
    lines = _workbook(data, sheet, name) if form == "xlsx" else _delimited(data, form, name)
    (number, first), lines = _below_titles(lines, name)
    headers = tuple(" ".join(header.split()) for header in first)
    _check_width(headers, name)
    repeated = tuple(sorted({header for header in headers if header and headers.count(header) > 1}))
    unique = tuple("" if header in repeated else header for header in headers)
    return Table(unique, _cells(lines, len(headers), number), repeated)


def _below_titles(lines: Iterator[_Line], name: str) -> tuple[_Line, Iterator[_Line]]:
    """Return the line of the headers, and the lines below it: titles above it have one cell, and it has several."""
    filled = ((number, cells) for number, cells in lines if any(cell.strip() for cell in cells))
    first = list(islice(filled, 1))
    while first and len(first) <= TITLES_MAX and _width(first[-1]) == 1 and (line := next(filled, None)):
        first.append(line)
    if not first:
        raise _fault(name, "there is no header row: the table is empty.", "The first row names the columns.")
    if len(first) > 1 and _width(first[-1]) >= COLUMNS_BELOW_TITLE_MIN:
        return first[-1], filled
    return first[0], chain(first[1:], filled)


def _width(line: _Line) -> int:
    return sum(bool(cell.strip()) for cell in line[1])


def _cells(lines: Iterator[tuple[int, list[str]]], width: int, header_row: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header that are not blank, each with a cell for every column, or with too many."""
    for number, line in lines:
        cells = [cell.strip() for cell in line]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if number > header_row and any(cells):
            cells += [""] * (width - len(cells))
            yield number, cells


def _check_width(headers: tuple[str, ...], name: str) -> None:
    if len(headers) > COLUMNS_MAX:
        raise _fault(name, f"the table has more than {COLUMNS_MAX} columns.", "Is this a table?")


def _lines(data: bytes, name: str) -> Iterator[str]:
    """Yield the lines of a text with their ends, decoded one by one: a whole text takes four times its bytes."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    number = 0
    try:
        for line in io.TextIOWrapper(io.BytesIO(data), encoding, newline=""):
            number += 1
            yield line
    except UnicodeDecodeError:
        where = f"the text after line {number}" if number else "the first line"
        what = f"{where} is not {encoding.removesuffix('-sig').upper()}."
        raise _fault(name, what, "Save it as CSV in UTF-8: in Excel, “CSV UTF-8”.") from None


def _delimited(data: bytes, form: Format, name: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(CELL_CHARS_MAX)
    lines = _lines(data, name)
    first = next(lines, "")
    delimiter = "\t" if form == "tsv" else _delimiter(first)
    # Strictly: an open quote would swallow the rows below it.
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error as error:
        raise _fault(name, f"row {number + 1} cannot be read: {error}.", "Save the table as CSV again.") from None


def _delimiter(header: str) -> str:
    """Return what divides the cells of the first line: spreadsheets of half the world write semicolons."""
    bare = "".join(header.split('"')[::2])  # without what is quoted
    return max(_DELIMITERS, key=bare.count)


def _json_lines(data: bytes, name: str) -> Table:
    """Return the table whose columns are the names in any of the objects, in the order in which they come up."""
    rows: list[tuple[int, dict[str, str]]] = []
    headers: dict[str, None] = {}
    for number, line in enumerate(_lines(data, name), start=1):
        if line.strip():
            row = _json_row(line, number, name)
            headers |= dict.fromkeys(row)
            rows.append((number, row))
    if not headers:
        raise _fault(name, "there is no row: the table is empty.", "Write one JSON object a line.")
    columns = tuple(headers)
    _check_width(columns, name)
    return Table(columns, ((number, [row.get(header, "") for header in columns]) for number, row in rows))


def _json_row(line: str, number: int, name: str) -> dict[str, str]:
    try:
        row = json.loads(line, parse_float=Decimal, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise _fault(name, f"line {number} is not JSON: {error}.", "Write one JSON object a line.") from None
    if not isinstance(row, dict):
        raise _fault(name, f"line {number} is not a JSON object.", "Write one JSON object a line.")
    return {" ".join(header.split()): _cell(cell) for header, cell in row.items()}


def _cell(value: Any, number_format: str = "") -> str:
    """Return a value of JSON or of a workbook as the text of a cell: a share as the percentage that people see."""
    match value:
        case float() | int() if (share := _PERCENT.search(number_format)) and not isinstance(value, bool):
            return f"{value * 100:.{len(share['decimals'] or '')}f}%"
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value).strip()


def _workbook(data: bytes, sheet: str | None, name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        import openpyxl  # noqa: PLC0415 - an extra, and only workbooks need it
    except ImportError:
        remedy = "Install it: pip install 'writethru[intake]'. Or save the sheet as CSV."
        raise _fault(name, "to read a workbook, writethru needs openpyxl.", remedy) from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(item.file_size for item in archive.infolist())
        if size > UNPACKED_BYTES_MAX:
            raise _fault(name, "the workbook is too large when it is unpacked.", "Save the sheet as CSV.")
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise _fault(name, f"this is not a workbook: {error}.", "Save it again as XLSX, or as CSV.") from None
    if sheet is not None and sheet not in workbook.sheetnames:
        names = ", ".join(workbook.sheetnames)
        raise _fault(name, f"there is no sheet {sheet!r}.", f"The sheets are: {names}")
    worksheet = workbook[sheet] if sheet is not None else workbook.worksheets[0]
    for number, cells in enumerate(worksheet.iter_rows(), start=1):
        yield number, [_cell(cell.value, cell.number_format or "") for cell in cells]


def _fault(name: str, message: str, remedy: str) -> InvalidError:
    return InvalidError(Problem(where=name, check="table", message=message, remedy=remedy))
