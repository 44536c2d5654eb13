"""The cells of a column → what most of them are, how they are written, and which are something else. Pure.

A table that people type has odd cells. A column of dates stays one if a cell says "end of 2026": that cell is named,
and the others count. If the header says dates too, more than half of the cells have to fit. Without that, text is the
safer guess, since a row with an odd cell is left out: four of five cells have to fit, and at least three.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from events.model.addresses import is_web_address
from events.model.edtf import instant, parse_when
from events.model.number_forms import NUMBER
from events.model.typed_times import TypedTimes

DATE_FORMATS: Final = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y")
FITTING_MIN: Final = 3
NO_VALUE: Final = frozenset({"-", "–", "—", "−", "n/a", "N/A"})
"""What people type where there is no number or date."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LESS_THAN_A_DAY: Final = re.compile(r"\d{4}(-\d{2})?")
_NUMERIC_DATE: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")
# Such as "7 %" and "EUR 900"
_UNIT_BEFORE: Final = re.compile(r"(?P<unit>[€$£¥]|[A-Z]{3}) ?(?=[-\d])")
_UNIT_BEHIND: Final = re.compile(r"(?<=\d) ?(?P<unit>[%€$£¥]|[A-Z]{3}|km|kg|m|ha)$")
_SEPARATORS: Final = ((",", "."), (".", ","), (" ", ","), ("'", "."))


@dataclass(frozen=True, slots=True)
class Form:
    """What most cells of a column are.

    noun: what they are: dates, numbers or addresses
    settings: how they are written, for the map
    example: the first that is so
    misfits: the indexes of the rows whose cell is something else
    filled: how many cells are not empty
    """

    noun: str
    settings: dict[str, Any]
    example: str
    misfits: tuple[int, ...]
    filled: int


@dataclass(frozen=True, slots=True)
class DateForms:
    """Finds how dates are written. `usual` is the format where days could be months, if other columns show it."""

    times: TypedTimes
    now: datetime | None = None
    usual: str = field(default="", kw_only=True)

    def find(self, values: Sequence[str], *, is_named: bool = False, days: bool = False) -> Form | None:
        """Return how most cells write dates, None if they do not, or if it cannot be known. `days`: no less exact."""
        as_typed = self._form("", values, is_named=is_named, days=days)
        if as_typed is not None and not as_typed.misfits:
            return as_typed if days or any(len(value) > len("2015") for value in values) else None
        forms = [form for form in (self._form(name, values, is_named=is_named) for name in DATE_FORMATS) if form]
        best = max((form for form in (as_typed, *forms) if form), key=lambda form: -len(form.misfits), default=None)
        if best is None or best is as_typed:
            return best
        rivals = [form for form in forms if len(form.misfits) == len(best.misfits)]
        usual = [form for form in rivals if len(rivals) == 1 or form.settings["format"] == self.usual]
        return usual[0] if usual else None

    def is_past(self, values: Sequence[str], form: Form) -> bool:
        """Return True if most dates of a column are not after today."""
        if self.now is None:
            return True
        tomorrow = self.now + timedelta(days=1)
        days = [at for value in values if (at := self._at(value, form.settings.get("format", ""))) is not None]
        return 2 * sum(at <= tomorrow for at in days) > len(days)

    def _form(self, name: str, values: Sequence[str], *, is_named: bool, days: bool = False) -> Form | None:
        if name:
            settings = {"format": name}
            return _most("dates", values, lambda text: self._fits(text, name, days=days), settings, is_named=is_named)
        fits = partial(self._at, form="") if days else self._is_typed
        return _most("dates", values, fits, {}, is_named=is_named)

    def _fits(self, text: str, name: str, *, days: bool) -> bool:
        """Return True if sync reads a cell with this format: also as a month or a year, where no day is needed."""
        return self._at(text, name) is not None or (not days and _LESS_THAN_A_DAY.fullmatch(text) is not None)

    def _is_typed(self, text: str) -> bool:
        return _succeeds(lambda: parse_when(self.times.edtf(text)))

    def _at(self, text: str, form: str) -> datetime | None:
        """Return when a day begins, or the instant of a time; None if it is neither."""
        try:
            if form and _NUMERIC_DATE.fullmatch(text) and not _DAY.fullmatch(text):
                return datetime.strptime(text, form).replace(tzinfo=UTC)
            typed = text if form else self.times.edtf(text)
            if _DAY.fullmatch(typed):
                return datetime.fromisoformat(typed).replace(tzinfo=UTC)
            return None if form else instant(typed)
        except ValueError:
            return None


def find_addresses(values: Sequence[str]) -> Form | None:
    """Return the form of addresses, None if most cells of a column with such a header are none."""
    return _most("addresses", values, is_web_address, {}, is_named=True)


def find_numbers(values: Sequence[str]) -> Form | None:
    """Return how most cells write numbers, None if they do not. Their unit may stand in each of them."""
    unit = _unit(values)
    forms = [_most("numbers", values, _fits_number(NUMBER, unit), {}, is_named=False)]
    for thousands, decimal in _SEPARATORS:
        pattern = rf"-?(\d{{1,3}}({re.escape(thousands)}\d{{3}})+|\d+)({re.escape(decimal)}\d+)?"
        settings = {"thousands": thousands} | ({"decimal": ","} if decimal == "," else {})
        if any(thousands in value for value in values):
            forms.append(_most("numbers", values, _fits_number(pattern, unit), settings, is_named=False))
    best = max((form for form in forms if form), key=lambda form: -len(form.misfits), default=None)
    return replace(best, settings={**best.settings, "unit": unit}) if best and unit else best


def _fits_number(pattern: str, unit: str) -> Callable[[str], object]:
    return lambda text: re.fullmatch(pattern, text.removesuffix(unit).removeprefix(unit).strip())


def _unit(values: Sequence[str]) -> str:
    """Return the unit that the cells have; "" if they have none, or several."""
    filled = [value for value in values if value and value not in NO_VALUE]
    marks = {
        match["unit"] for value in filled for form in (_UNIT_BEFORE, _UNIT_BEHIND) if (match := form.search(value))
    }
    return marks.pop() if len(marks) == 1 else ""


def _most(
    noun: str, values: Sequence[str], fits: Callable[[str], object], settings: dict[str, Any], *, is_named: bool
) -> Form | None:
    """Return the form of the cells that fit, None if too few do."""
    fitting = {value: bool(fits(value)) for value in dict.fromkeys(values) if value and value not in NO_VALUE}
    filled = sum(value in fitting for value in values)
    misfits = tuple(index for index, value in enumerate(values) if not fitting.get(value, True))
    count = filled - len(misfits)
    enough = 2 * count > filled if is_named else 5 * count >= 4 * filled and count >= FITTING_MIN
    if not count or (misfits and not enough):
        return None
    return Form(noun, settings, next(value for value, is_so in fitting.items() if is_so), misfits, filled)


def _succeeds(read: Callable[[], object]) -> bool:
    try:
        read()
    except ValueError:
        return False
    return True
