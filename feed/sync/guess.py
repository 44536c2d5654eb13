"""A column of a table, and what it is taken for. Pure."""

from dataclasses import dataclass, field
from typing import Any, Final

from feed.sync.column_forms import Form

VALUES_SHOWN: Final = 3
VALUE_CHARS_SHOWN: Final = 30
EXCEPTIONS_SHOWN: Final = 5


@dataclass(slots=True)
class Guess:
    """What a column is taken for: its role, its other settings, and what it is in words.

    column: its number
    values, numbers: the cells, and the numbers of their rows
    exceptions: the cells that sync could not read as such
    """

    column: int
    header: str
    values: list[str]
    numbers: list[int]
    roles: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    words: str = "left out"
    exceptions: list[str] = field(default_factory=list)

    @property
    def examples(self) -> str:
        """The first values that differ."""
        values = list(dict.fromkeys(" ".join(value.split()) for value in self.values if value))
        return ", ".join(map(shortened, values[:VALUES_SHOWN])) + (", …" if len(values) > VALUES_SHOWN else "")

    @property
    def filled(self) -> list[str]:
        """The values that are not empty."""
        return [value for value in self.values if value]

    @property
    def unnamed(self) -> int:
        """How many rows the column would not name: their cells are empty, or like an earlier one."""
        return len(self.values) - len(set(self.filled))

    def take(self, role: str, words: str, form: Form | None = None, **settings: Any) -> None:
        """Take the column for this, besides what it is already."""
        self.words = f"{self.words}; {words}" if self.roles else words
        self.roles = (*self.roles, role)
        self.settings |= settings | (form.settings if form else {})
        if form is not None and form.misfits:
            kind = "" if form.noun.removesuffix("s") in words else f"{form.noun} "
            self.exceptions.append(f"{words}, {kind}like {shortened(form.example)}; {self._misfits(form)}")

    def _misfits(self, form: Form) -> str:
        odd = [f"row {self.numbers[index]}: {shortened(self.values[index])}" for index in form.misfits]
        more = ", …" if len(odd) > EXCEPTIONS_SHOWN else ""
        number = len(form.misfits)
        verb = "is" if number == 1 else "are"
        return f"{number:,} of {form.filled:,} {verb} none: {', '.join(odd[:EXCEPTIONS_SHOWN])}{more}"


def shortened(value: str) -> str:
    """Return a value as it is shown: at most VALUE_CHARS_SHOWN of it."""
    return value if len(value) <= VALUE_CHARS_SHOWN else value[: VALUE_CHARS_SHOWN - 1] + "…"
