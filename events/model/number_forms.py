"""Numbers that people write in other ways → how to write them here. No guesses: 1.000 may be a thousand."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final, NamedTuple

NUMBER: Final = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_ABOUT = r"(?:~|≈|ca?\.?|about|around|some|nearly|almost|roughly)"
_AT_LEAST = r"(?:>=?|≥|at least|more than|over)"
_AT_MOST = r"(?:<=?|≤|at most|up to|less than|fewer than|under)"
_SEPARATED = r"-?[0-9]{1,3}(?:[,.\u2019' \u00a0\u202f][0-9]{3})+"


class Notation(NamedTuple):
    """How a range (an end may be empty), a number with a unit, and a number with its total are written."""

    range: Callable[[str, str], str]
    unit: Callable[[str, str], str]
    total: Callable[[str, str], str]


COMMAND_LINE: Final = Notation(
    range=lambda low, high: f"'{low}..{high}'",
    unit=lambda number, unit: f"the unit after a colon: {number}:{unit}",
    total=lambda number, total: f"{number}/{total}",
)
FILE: Final = Notation(
    range=lambda low, high: "{" + ", ".join(f"{k}: {end}" for k, end in (("min", low), ("max", high)) if end) + "}",
    unit=lambda number, unit: f'value: {number} and unit: "{unit}"',
    total=lambda number, total: f"value: {number} and of: {total}",
)


def number_remedy(text: str, notation: Notation) -> str:
    """Return how to write a number that people write differently; empty if `text` is no such number."""
    if match := re.fullmatch(rf"{_ABOUT}\s*({NUMBER})|({NUMBER})\s*[~?]", text, re.IGNORECASE):
        number = match[1] or match[2]
        return f"for about {number} write the range that you mean, such as {notation.range(*_about(number))}"
    if match := re.fullmatch(rf"{_AT_LEAST}\s*({NUMBER})|({NUMBER})\s*(?:\+|plus|or more)", text, re.IGNORECASE):
        number = match[1] or match[2]
        return f"for at least {number} write {notation.range(number, '')}"
    if match := re.fullmatch(rf"{_AT_MOST}\s*({NUMBER})|({NUMBER})\s*or (?:fewer|less)", text, re.IGNORECASE):
        number = match[1] or match[2]
        return f"for at most {number} write {notation.range('', number)}"
    if match := re.fullmatch(rf"({NUMBER})?\.\.({NUMBER})?|({NUMBER})\s*(?:[-–—]|to\s)\s*({NUMBER})", text):
        return f"for a range write {notation.range(match[1] or match[3] or '', match[2] or match[4] or '')}"
    if match := re.fullmatch(rf"({NUMBER})(?:/|\s+of\s+)({NUMBER})", text):
        return f"for a number of a total write {notation.total(match[1], match[2])}"
    if re.fullmatch(_SEPARATED, text):
        return f"write it without separators: {_joined(text)}"
    if match := re.fullmatch(r"(-?[0-9]+),([0-9]+)", text):
        return f"write a decimal point: {match[1]}.{match[2]}"
    if match := re.fullmatch(r"\+?([0-9]*(?:\.[0-9]+)?)\.?", text):
        number = f"{'0' * match[1].startswith('.')}{match[1]}"
        if number != text and re.fullmatch(NUMBER, number):
            return f"write {number}"
    return _unit_remedy(text, notation)


def _unit_remedy(text: str, notation: Notation) -> str:
    number = rf"({_SEPARATED}|{NUMBER})"
    units = r"\s*(?P<unit>[^\w\s]+)|\s+(?P<unit_word>[^\W\d]+)|:(?P<unit_after>[^\W\d][\w ]*)"
    before = re.fullmatch(rf"(?P<unit>[^\w\s\"'-]|[A-Z]{{3}})\s*(?P<number>{number})", text)
    match = before or re.fullmatch(rf"(?P<number>{number})(?:{units})", text)
    if match is None:
        return ""
    unit = next(match[group] for group in ("unit", "unit_word", "unit_after") if match.groupdict().get(group))
    joined = match["number"] if re.fullmatch(NUMBER, match["number"]) else _joined(match["number"])
    return f"write {notation.unit(joined, unit)}"


def _about(number: str) -> tuple[str, str]:
    """Return a range around a number that only shows what a range is: 140 and 160 for 150."""
    whole = int(Decimal(number))
    step = 10 ** max(len(str(abs(whole))) - 2, 0)
    return str(whole - step), str(whole + step)


def _joined(number: str) -> str:
    return re.sub(r"[^0-9-]", "", number)
