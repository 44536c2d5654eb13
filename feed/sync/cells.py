"""Rows of a table, read by the map: what each cell states, or why it cannot be read (docs/sync.md#the-map). Pure."""

import re
import sys
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from events.errors import Problem
from events.model.edtf import format_instant, instant, parse_when
from events.model.number_forms import NUMBER
from events.model.speakers import parse_speaker
from events.model.text import (
    BODY_CHARS_MAX,
    HEADLINE_CHARS_MAX,
    INTEGER_MAX,
    NAME_CHARS_MAX,
    TEXT_VALUE_CHARS_MAX,
    URL_CHARS_MAX,
    unfit_character,
)
from events.model.typed_times import TypedTimes
from events.rules.admission import has_password, is_visible, unbalanced_direction
from feed.sync.column_forms import NO_VALUE
from feed.sync.row_names import RowName, RowNames
from feed.sync.sheet_map import KEY_ROLES, Column, Role, SheetMap
from feed.sync.tables import Table

Cell: TypeAlias = Any
"""What a cell states, as JSON: text, a number, {"decimal": …}, {"date": …}, the fields of a speaker."""
FACT: Final = "fact:"
"""Begins the slot of a fact; its key follows. Other slots are roles of columns."""
_CELL_ROLES: Final[tuple[Role, ...]] = (
    "headline", "body", "source", "source_url", "speaker", "happened", "reported", "what", "by", "due",
)  # fmt: skip
MEMO_CELLS_MAX: Final = 20_000
NO_TOTALS: Final[Mapping[str, Cell]] = MappingProxyType({})
NOTE_CHARS_MAX: Final = 2_000
_URL: Final = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[^\s\"<>\\^`{|}]+")
_ISO: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_THREE_NUMBERS: Final = re.compile(r"([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{1,4})")
_CHARS_MAX: Final = {
    "headline": HEADLINE_CHARS_MAX,
    "what": HEADLINE_CHARS_MAX,
    "body": BODY_CHARS_MAX // 2,  # a later version of the row adds what changed
    "source_url": URL_CHARS_MAX,
    "source": NAME_CHARS_MAX,
    "speaker": NAME_CHARS_MAX,
    "by": NAME_CHARS_MAX,
    "correction": NOTE_CHARS_MAX,
}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the table.

    number: the row's number, as a spreadsheet shows it
    name: what it is called
    story_headline: the headline of its story, if the row has to open it
    cells: what each cell states that is not empty, by slot
    totals: the total of a fact, by slot
    correction: what was wrong before, if the row says so
    """

    number: int
    name: RowName
    story_headline: str
    cells: Mapping[str, Cell]
    totals: Mapping[str, Cell]
    correction: str = ""


class RowReader:
    """Reads the rows of one table by its map.

    problems: each cell that cannot be read
    misread: the identities of the rows that cannot be read, also of those that a row with too many cells may be
    count: how many rows there are
    left_out: the numbers of those that cannot be read, or have no name of their own
    """

    def __init__(self, sheet_map: SheetMap, names: RowNames, table: Table, *, file: str, times: TypedTimes) -> None:
        self.problems: list[Problem] = []
        self.misread: set[str] = set()
        self.count = 0
        self.left_out: set[int] = set()
        self._map, self._names, self._table, self._file, self._times = sheet_map, names, table, file, times
        self._index = {header: number for number, header in enumerate(table.headers) if header}
        self._slots = [
            (slot, header, self._index[header], sheet_map.columns[header], slot.startswith(FACT))
            for slot, header in slots_of(sheet_map).items()
            if header in self._index
        ]
        keys = [(role, header) for role in KEY_ROLES for header in sheet_map.headers(role)]
        self._keys = [(role, header, self._index[header]) for role, header in keys if header in self._index]
        self._correction_header = sheet_map.header("correction")
        self._memo: dict[tuple[str, str], Cell] = {}  # most cells of a column say what others say

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns of the map that the table has not."""
        return tuple(
            header
            for header, column in self._map.columns.items()
            if header not in self._index and column.roles != ("ignore",)
        )

    def rows(self) -> Iterator[SheetRow]:
        """Yield each row that can be read."""
        first: dict[str, int] = {}
        unsure: set[str] = set()
        for number, cells in self._table.rows:
            self.count += 1
            if len(cells) > len(self._table.headers):
                unsure |= self._shifted(number, cells)
                continue
            name = self._name(cells)
            if name is None:
                role, header = next((role, header) for role, header, index in self._keys if not _squeezed(cells[index]))
                self._add(number, header, role, "is empty, so the row has no name.", "Fill it in.")
                continue
            if name.identity in first:
                message = f"is named like row {first[name.identity]}."
                self._add(number, self._key_header(), "development", message, "Give each row a name of its own.")
                continue
            first[name.identity] = number
            before = len(self.problems)
            row = self._row(number, name, cells)
            if len(self.problems) > before:
                self.misread.add(name.identity)
            else:
                yield row
        self.misread |= unsure - first.keys()

    def _shifted(self, number: int, cells: list[str]) -> set[str]:
        """Return the identities that a row with too many cells may have: it is not gone, whatever it is."""
        columns = len(self._table.headers)
        message = f"has {len(cells)} cells, but there are {columns} columns."
        self._add(number, "", "row", message, "Put quotes around a cell that contains the delimiter.")
        names = (self._name(cells[shift:]) for shift in range(len(cells) - columns + 1))
        return {name.identity for name in names if name is not None}

    def _name(self, cells: list[str]) -> RowName | None:
        """Return what a row is called, None if it has no name."""
        parts: dict[Role, list[str]] = {role: [] for role in KEY_ROLES}
        for role, _, index in self._keys:
            part = _squeezed(cells[index])
            if not part:
                return None
            parts[role].append(part)
        return self._names.name(parts["story"], parts["development"])

    def _row(self, number: int, name: RowName, cells: list[str]) -> SheetRow:
        row: dict[str, Cell] = {}
        totals: dict[str, Cell] | None = None
        memo = self._memo
        for slot, header, index, column, is_fact in self._slots:
            text = cells[index]
            if (cell := memo.get((slot, text))) is not None:
                row[slot] = cell
            elif text in NO_VALUE and _is_measured(slot, column):
                pass
            elif text and (read := self._read(number, header, text, partial(self._cell, slot, column))):
                row[slot] = read.value
                if len(memo) < MEMO_CELLS_MAX:
                    memo[slot, text] = read.value
            if is_fact and column.of is not None and (total := self._total(number, column, cells)):
                totals = {**(totals or {}), slot: total.value}
        row.setdefault("headline", row.get("what"))
        if not row["headline"]:
            header = self._map.header("headline") or self._map.header("what") or ""
            self._add(number, header, "headline", "is empty, and every development needs a headline.", "Fill it in.")
        correction = self._correction(number, cells)
        return SheetRow(number, name, self._story_headline(cells, row), row, totals or NO_TOTALS, correction)

    def _correction(self, number: int, cells: list[str]) -> str:
        header = self._correction_header
        text = cells[self._index[header]] if header is not None and header in self._index else ""
        note = self._read(number, header or "", text, partial(_text, "correction")) if text else None
        return str(note.value) if note else ""

    def _story_headline(self, cells: list[str], row: Mapping[str, Cell]) -> str:
        if self._map.story is not None:
            return self._map.story.headline
        if not self._map.names_rows:
            return str(row["headline"])
        named = (cells[index] for role, _, index in self._keys if role == "story")
        return sys.intern(_squeezed(" ".join(named))[:HEADLINE_CHARS_MAX])

    def _total(self, number: int, column: Column, cells: list[str]) -> "_Read | None":
        if isinstance(column.of, int):
            return _Read(column.of)
        header = column.of or ""
        text = cells[self._index[header]] if header in self._index else ""
        return self._read(number, header, text, partial(_number, column)) if text else None

    def _read(self, number: int, header: str, text: str, read: Callable[[str], Cell]) -> "_Read | None":
        """Return what a cell states; add a problem if it cannot be read."""
        try:
            return _Read(read(text))
        except ValueError as error:
            message, _, remedy = str(error).partition("|")
            self._add(number, header, self._map.columns[header].roles[-1], message, remedy)
            return None

    def _cell(self, slot: str, column: Column, text: str) -> Cell:
        match slot:
            case "speaker":
                return parse_speaker(_text(slot, text))
            case "happened" | "due":
                return _date(column, text, self._times)
            case "reported":
                return _moment(column, text, self._times)
            case "source_url":
                if not _URL.fullmatch(text):
                    raise ValueError(f"{_short(text)} is not an address.|Write one that begins with https://")
                return _text(slot, text)
            case _ if slot.startswith(FACT) and column.type == "number":
                return _number(column, text)
            case _ if slot.startswith(FACT) and column.type == "date":
                return {"date": _date(column, text, self._times)}
            case _:
                return _text(slot, text)

    def _add(self, number: int, header: str, check: str, message: str, remedy: str) -> None:
        column = f", column {header}" if header else ""
        where = f"{self._file}: row {number}{column}"
        self.left_out.add(number)
        self.problems.append(Problem(where=where, check=check, message=message, remedy=remedy))

    def _key_header(self) -> str:
        return next(iter(self._map.headers("development") or self._map.headers("story")), "")


@dataclass(frozen=True, slots=True)
class _Read:
    value: Cell


def slots_of(sheet_map: SheetMap) -> dict[str, str]:
    """Return the header of the column for each slot: what of a row is recorded."""
    slots: dict[str, str] = {role: header for role in _CELL_ROLES if (header := sheet_map.header(role)) is not None}
    return slots | {FACT + key: header for key, header in sheet_map.facts.items()}


def _is_measured(slot: str, column: Column) -> bool:
    """Return True for the cells that are numbers or dates: a dash is none."""
    return column.type != "text" or slot in {"happened", "due", "reported"}


def _text(slot: str, text: str) -> str:
    """Return a text that events can hold; a line where they have lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if slot in {"body", "correction"} else _squeezed(text)
    most = _CHARS_MAX.get(slot, TEXT_VALUE_CHARS_MAX)
    if len(text) > most:
        raise ValueError(f"is too long, by {len(text) - most:,}.|At most: {most:,}. Shorten it.")
    if (unfit := unfit_character(text, one_line=False)) is not None:
        raise ValueError(f"contains {unfit}.|Remove it.")
    if not is_visible(text):
        raise ValueError("has no visible character.|Write something, or leave it empty.")
    if has_password(text):
        raise ValueError("contains an address with a password, which would be published.|Give the public address.")
    if not text.isascii() and (mark := unbalanced_direction(text)):
        raise ValueError(f"contains U+{ord(mark):04X}, which changes the direction of the text.|Remove it.")
    return text


def _number(column: Column, text: str) -> Cell:
    unit = column.unit or ""
    plain = text.removesuffix(unit).removeprefix(unit).strip().replace("\N{MINUS SIGN}", "-")
    if column.thousands is not None:
        separator = "[\u00a0\u202f ]" if column.thousands == " " else re.escape(column.thousands)
        grouped = re.compile(rf"-?[0-9]{{1,3}}({separator}[0-9]{{3}})+(?![0-9])")
        plain = grouped.sub(lambda match: re.sub(separator, "", match[0]), plain, count=1)
    if column.decimal == ",":
        plain = plain.replace(",", ".") if "." not in plain else ""
    if not re.fullmatch(NUMBER, plain) or len(plain) > 64:
        remedy = "Write a number, or say in the map how numbers are written: thousands, decimal."
        raise ValueError(f"{_short(text)} is not a number.|{remedy}")
    if "." in plain:
        return {"decimal": plain}
    if abs(int(plain)) > INTEGER_MAX:
        raise ValueError(f"{_short(text)} is too large a number.|Use another unit.")
    return int(plain)


def _date(column: Column, text: str, times: TypedTimes) -> str:
    """Return the EDTF of a date: in the column's own format, or as people type it."""
    typed = _squeezed(text)
    if column.format is not None and not _ISO.fullmatch(typed):
        return _formatted(column, column.format, typed)
    try:
        return parse_when(times.edtf(typed)).edtf or typed
    except ValueError:
        raise ValueError(f"{_short(text)} {_no_date(typed)}") from None


def _no_date(text: str) -> str:
    """Return what is wrong with a cell that is no date, and what to do."""
    numbers = _THREE_NUMBERS.fullmatch(text)
    if numbers is None:
        return "is not a date.|Write it like 2026-11-29, or leave it empty."
    first, second, third = (int(number) for number in numbers.groups())
    days = [(first, second, third)] if first > 31 else [(third, second, first), (third, first, second)]
    if not any(1 <= month <= 12 and 1 <= day <= monthrange(2000 + year % 400, month)[1] for year, month, day in days):
        return "is not in the calendar.|Correct it, and write it like 2026-11-29."
    return 'may begin with day or month.|Write it like 2026-11-29, or say in the map: format = "%d/%m/%Y".'


def _formatted(column: Column, form: str, text: str) -> str:
    try:
        at = datetime.strptime(text, form)  # noqa: DTZ007 - a day, or a time that must state its zone
    except ValueError:
        less = "" if "reported" in column.roles else ", 2026-11 or 2026"
        raise ValueError(f"{_short(text)} is not a date like {form}.|Write it so, or like 2026-11-29{less}.") from None
    if at.tzinfo is not None:
        return format_instant(at.astimezone(UTC))
    return at.date().isoformat()


def _moment(column: Column, text: str, times: TypedTimes) -> str:
    """Return an instant: of a day, its beginning."""
    typed = _date(column, text, times)
    try:
        if _DAY.fullmatch(typed):
            begins = datetime.combine(date.fromisoformat(typed), time(), times.zone or UTC)
            return format_instant(begins.astimezone(UTC))
        return format_instant(instant(typed))
    except ValueError:
        raise ValueError(f"{_short(text)} is neither a day nor a time.|Write it like 2026-11-29.") from None


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"
