"""The values of claims: numbers, decimals, ranges, texts, booleans and imprecise dates; and how they compare.

A number is an interval of one point. `implies` is containment, `compatible` is overlap: all relations between claims
are made of these two (events/README.md#relations).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, assert_never

from events.model.edtf import When, parse_when
from events.model.text import INTEGER_MAX, TEXT_VALUE_CHARS_MAX, folded, typed_when, unfit_character
from events.model.typed_times import TypedTimes

DECIMAL_CHARS_MAX = 64
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?\Z")
_SHAPES = 'an integer, text, true or false, {"decimal": "7.8"}, {"min": 1, "max": 52} or {"date": WHEN}'


@dataclass(frozen=True, slots=True)
class DecimalValue:
    """A decimal number as it was written: "7.80" stays "7.80", and equals 7.8."""

    decimal: str


@dataclass(frozen=True, slots=True)
class Range:
    """A number between `min` and `max`, both inclusive; a missing end is open. Decimals are texts."""

    min: int | str | None = None
    max: int | str | None = None


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date, as imprecise as its source gave it."""

    date: When


Value: TypeAlias = int | str | bool | DecimalValue | Range | DateValue


def parse_value(raw: object, times: TypedTimes | None = None) -> Value:
    """Return the value that JSON, or a Value, states; ValueError says in one sentence what is wrong with it.

    A `Decimal` is a number as its text was written. With `times`, a date may be as people type it.
    """
    match raw:
        case bool() | DecimalValue() | Range() | DateValue():
            return raw
        case int():
            return _integer(raw)
        case float():
            raise ValueError(f'{raw!r} is a binary float; write decimals as {{"decimal": "{raw!r}"}}')
        case Decimal():
            return DecimalValue(_decimal(raw))
        case str():
            return _text(raw)
        case {"decimal": decimal, **rest} if not rest:
            return DecimalValue(_decimal(decimal))
        case {"date": date, **rest} if not rest:
            return DateValue(parse_when(typed_when(date, times)))
        case dict() if raw and raw.keys() <= {"min", "max"}:
            return _range(raw.get("min"), raw.get("max"))
        case _:
            raise ValueError(f"must be {_SHAPES}")


def value_json(value: Value) -> Any:
    """Return the shortest JSON of `value`."""
    match value:
        case DecimalValue(decimal):
            return {"decimal": decimal}
        case Range(low, high):
            return {name: end for name, end in (("min", low), ("max", high)) if end is not None}
        case DateValue(date):
            return {"date": date.as_json()}
        case _:
            return value


def same(one: Value, other: Value) -> bool:
    """Return True if both say the same: 7.8 equals 7.80, texts compare casefolded."""
    return implies(one, other) and implies(other, one)


def implies(narrow: Value, wide: Value) -> bool:
    """Return True if a claim of `narrow` is also a claim of `wide`: 53 implies 1–100, not the other way round."""
    if type(narrow) is int and type(wide) is int:
        return narrow == wide  # the most frequent case, without making intervals
    low, high = _interval(narrow), _interval(wide)
    if low is not None and high is not None:
        return low.within(high)
    match narrow, wide:
        case bool(), bool():
            return narrow is wide
        case str(), str():
            return folded(narrow) == folded(wide)
        case DateValue(one), DateValue(other):
            if one.edtf is None or other.edtf is None:
                return one.as_object() == other.as_object()
            return one.span.within(other.span)
        case _:
            return False  # values of different kinds


def compatible(one: Value, other: Value) -> bool:
    """Return True if both can be true at once. Values of different kinds do not compare, so they can.

    Two texts never contradict by themselves: that needs a `denies`.
    """
    if type(one) is int and type(other) is int:
        return one == other  # the most frequent case, without making intervals
    match one, other:
        case bool(), bool():
            return one is other
        case DateValue(here), DateValue(there):
            return here.span.overlaps(there.span)
    low, high = _interval(one), _interval(other)
    return low is None or high is None or low.overlaps(high)


def exceeds(part: Value, total: Value) -> bool:
    """Return True if a number or range is larger than the total that it is of."""
    one, other = _interval(part), _interval(total)
    return one is not None and other is not None and one.exceeds(other)


def differ(one: Value | None, other: Value | None) -> bool:
    """Return True if both are texts, and not the same: neither contradicts the other, and neither repeats it."""
    return isinstance(one, str) and isinstance(other, str) and folded(one) != folded(other)


def exact(value: Value | None) -> bool:
    """Return True if `value` leaves no room within which another could be more precise."""
    return not isinstance(value, Range | DateValue)


def is_instant(value: Value | None) -> bool:
    """Return True if `value` is a date that states one instant."""
    return isinstance(value, DateValue) and value.date.exact is not None


def numeric(value: Value) -> bool:
    """Return True if `value` is a number or a range of numbers."""
    return _interval(value) is not None


def distance(value: Value, other: Value) -> Decimal | None:
    """Return how far two numbers, or the ends of two ranges, lie apart; None if they cannot be compared."""
    one, two = _interval(value), _interval(other)
    if one is None or two is None:
        return None
    distances = [_gap(one.low, two.low), _gap(one.high, two.high)]
    return None if None in distances else max(gap for gap in distances if gap is not None)


def magnitude(value: Value) -> Decimal:
    """Return the size of a number, or of the larger end of a range; 0 of anything else."""
    interval = _interval(value)
    ends = () if interval is None else (interval.low, interval.high)
    return max((abs(end) for end in ends if end is not None), default=Decimal(0))


def _gap(one: Decimal | None, two: Decimal | None) -> Decimal | None:
    if one is None or two is None:
        return Decimal(0) if one is two else None
    return abs(one - two)


class _Interval(NamedTuple):
    low: Decimal | None
    high: Decimal | None

    def within(self, other: "_Interval") -> bool:
        low_fits = other.low is None or (self.low is not None and self.low >= other.low)
        high_fits = other.high is None or (self.high is not None and self.high <= other.high)
        return low_fits and high_fits

    def exceeds(self, other: "_Interval") -> bool:
        """Return True if it begins after `other` ends."""
        return self.low is not None and other.high is not None and self.low > other.high

    def overlaps(self, other: "_Interval") -> bool:
        before = self.high is not None and other.low is not None and self.high < other.low
        after = other.high is not None and self.low is not None and other.high < self.low
        return not before and not after


@lru_cache(maxsize=4096, typed=True)  # typed, since True == 1
def _interval(value: Value) -> _Interval | None:
    match value:
        case bool() | str() | DateValue():
            return None
        case int():
            return _Interval(Decimal(value), Decimal(value))
        case DecimalValue(decimal):
            return _Interval(Decimal(decimal), Decimal(decimal))
        case Range(low, high):
            return _Interval(None if low is None else Decimal(low), None if high is None else Decimal(high))
        case _:
            assert_never(value)


def _integer(number: int) -> int:
    if abs(number) > INTEGER_MAX:
        raise ValueError(f"{number} is beyond ±(2^53-1); write it as a decimal")
    return number


def _decimal(raw: object) -> str:
    text = format(raw, "f") if isinstance(raw, Decimal) else raw
    if not isinstance(text, str) or not _DECIMAL.match(text) or len(text) > DECIMAL_CHARS_MAX:
        raise ValueError(f'a decimal is a text such as "7.8", not {text!r}')
    return text


def _text(text: str) -> str:
    unfit = unfit_character(text, one_line=False)
    if unfit:
        raise ValueError(f"contains {unfit}")
    if not text.strip() or len(text) > TEXT_VALUE_CHARS_MAX:
        raise ValueError(f"text must have 1 to {TEXT_VALUE_CHARS_MAX:,} characters")
    return text


def _range(low: object, high: object) -> Range:
    ends = [_end(end) for end in (low, high)]
    if ends == [None, None]:
        raise ValueError('a range has at least one end: {"min": 1}, {"max": 52} or both')
    first, last = ends
    if first is not None and last is not None and Decimal(first) > Decimal(last):
        raise ValueError(f"the range {first}..{last} ends before it begins")
    return Range(first, last)


def _end(end: object) -> int | str | None:
    if end is None:
        return None
    if isinstance(end, int) and not isinstance(end, bool):
        return _integer(end)
    return _decimal(end)
