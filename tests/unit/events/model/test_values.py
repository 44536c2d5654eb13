"""The values of claims, and how two claims compare."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.model.edtf import When
from events.model.text import INTEGER_MAX, TEXT_VALUE_CHARS_MAX
from events.model.values import (
    DECIMAL_CHARS_MAX,
    DateValue,
    DecimalValue,
    Range,
    Value,
    compatible,
    implies,
    numeric,
    parse_value,
    same,
    value_json,
)

FEW = settings(max_examples=50, deadline=None)
numbers = st.integers(-9, 9)
decimals = st.builds(lambda whole, part: {"decimal": f"{whole}.{part}"}, numbers.filter(bool), st.integers(0, 99))
days = st.integers(1, 28).map(lambda day: f"2026-03-{day:02}")
dates = st.one_of(
    days,
    st.tuples(days, days).map(lambda pair: "/".join(sorted(pair))),
    days.map(lambda day: f"../{day}"),
    days.map(lambda day: f"{day}/.."),
    st.sampled_from(["2026", "2026-03", "2026-03~"]),
    st.sampled_from([{"literal": "soon"}, {"literal": "later"}, {"edtf": "2026-03", "literal": "this month"}]),
)


@st.composite
def ranges(draw: st.DrawFn) -> dict[str, Any]:
    low, high = sorted([draw(numbers), draw(numbers)])
    shown = draw(st.sampled_from([("min", "max"), ("min",), ("max",)]))
    return {name: end for name, end in (("min", low), ("max", high)) if name in shown}


raw_values = st.one_of(
    numbers,
    st.booleans(),
    st.sampled_from(["Red", "red ", "blue"]),
    decimals,
    ranges(),
    dates.map(lambda date: {"date": date}),
)
values = raw_values.map(parse_value)


def value(raw: object) -> Value:
    return parse_value(raw)


class TestShapes:
    @pytest.mark.parametrize(
        ("raw", "parsed"),
        [
            (53, 53),
            (0, 0),
            (-INTEGER_MAX, -INTEGER_MAX),
            (True, True),
            (False, False),
            ("harbour", "harbour"),
            ({"decimal": "7.80"}, DecimalValue("7.80")),
            ({"min": 1, "max": 52}, Range(1, 52)),
            ({"min": 1}, Range(1, None)),
            ({"max": "2.5"}, Range(None, "2.5")),
            ({"min": None, "max": 2}, Range(None, 2)),
            ({"date": "2026-03"}, DateValue(When(edtf="2026-03"))),
        ],
    )
    def test_every_kind_is_read(self, raw: object, parsed: Value) -> None:
        assert parse_value(raw) == parsed
        assert type(parse_value(raw)) is type(parsed)

    @pytest.mark.parametrize("parsed", [DecimalValue("7.8"), Range(1, 2), DateValue(When(edtf="2026")), True])
    def test_a_value_passes_as_it_is(self, parsed: Value) -> None:
        assert parse_value(parsed) is parsed

    @pytest.mark.parametrize(
        ("raw", "says"),
        [
            (7.8, 'is a binary float; write decimals as {"decimal": "7.8"}'),
            (INTEGER_MAX + 1, "is beyond ±(2^53-1)"),
            ({"min": -INTEGER_MAX - 1}, "is beyond ±(2^53-1)"),
            ("", "text must have 1 to 1,000 characters"),
            (" \t", "text must have 1 to 1,000 characters"),
            ("x" * (TEXT_VALUE_CHARS_MAX + 1), "text must have 1 to 1,000 characters"),
            ("bell \x07", "a character that feeds cannot carry (U+0007) at character 6"),
            ({"decimal": "07.8"}, "a decimal is a text such as"),
            ({"decimal": "7.8\n"}, "a decimal is a text such as"),
            ({"decimal": 7}, "a decimal is a text such as"),
            ({"decimal": "1" * (DECIMAL_CHARS_MAX + 1)}, "a decimal is a text such as"),
            ({"min": True}, "a decimal is a text such as"),
            ({"min": None, "max": None}, "a range has at least one end"),
            ({"min": 3, "max": 2}, "the range 3..2 ends before it begins"),
            ({"min": "2.5", "max": 2}, "the range 2.5..2 ends before it begins"),
            ({}, "must be an integer, text"),
            ({"min": 1, "most": 2}, "must be an integer, text"),
            ({"decimal": "7.8", "unit": "m"}, "must be an integer, text"),
            ({"date": "2026", "unit": "m"}, "must be an integer, text"),
            ({"date": "Tuesday"}, "is not a date"),
            (None, "must be an integer, text"),
            ([1], "must be an integer, text"),
        ],
    )
    def test_anything_else_is_refused_in_one_sentence(self, raw: object, says: str) -> None:
        with pytest.raises(ValueError) as caught:
            parse_value(raw)
        assert says in str(caught.value)

    @FEW
    @given(raw_values)
    def test_values_read_back_from_their_json(self, raw: object) -> None:
        assert parse_value(value_json(parse_value(raw))) == parse_value(raw)

    @pytest.mark.parametrize(
        ("raw", "is_numeric"),
        [(1, True), ({"decimal": "1.5"}, True), ({"max": 3}, True), (True, False), ("1", False)],
    )
    def test_numbers_and_ranges_are_numeric(self, raw: object, *, is_numeric: bool) -> None:
        assert numeric(value(raw)) is is_numeric


class TestComparing:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (53, 53),
            (53, {"decimal": "53.0"}),
            ({"decimal": "7.8"}, {"decimal": "7.80"}),
            ({"min": 5, "max": 5}, 5),
            ({"min": "1.0"}, {"min": 1}),
            ("Coast Guard", " coast  GUARD"),
            ("caf\u00e9", "cafe\u0301"),
            (False, False),
            ({"date": "2026-03"}, {"date": "2026-03-01/2026-03-31"}),
            ({"date": "2026-03~"}, {"date": "2026-03"}),
            ({"date": {"literal": "soon"}}, {"date": {"literal": "soon"}}),
        ],
    )
    def test_equal_values_can_be_written_differently(self, one: object, other: object) -> None:
        assert same(value(one), value(other))
        assert compatible(value(one), value(other))

    @pytest.mark.parametrize(
        ("narrow", "wide"),
        [
            (53, {"min": 1, "max": 100}),
            (53, {"min": 53}),
            ({"decimal": "7.8"}, {"min": 7, "max": 8}),
            ({"min": 10, "max": 20}, {"max": 20}),
            ({"min": "10.5", "max": 20}, {"min": 10}),
            ({"date": "2026-03-21/2026-03-22"}, {"date": "2026-03"}),
        ],
    )
    def test_the_narrow_implies_the_wide_and_not_the_other_way_round(self, narrow: object, wide: object) -> None:
        assert implies(value(narrow), value(wide))
        assert not implies(value(wide), value(narrow))
        assert not same(value(wide), value(narrow))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (53, 54),
            (53, {"min": 1, "max": 52}),
            ({"min": 54}, {"max": 53}),
            ({"decimal": "7.8"}, {"decimal": "7.9"}),
            (True, False),
            ({"date": "2026-03-01"}, {"date": "2026-03-02"}),
            ({"date": "../2026-02"}, {"date": "2026-03/.."}),
        ],
    )
    def test_numbers_ranges_dates_and_booleans_can_be_incompatible(self, one: object, other: object) -> None:
        assert not compatible(value(one), value(other))
        assert not compatible(value(other), value(one))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Smith", "Jones"),
            (1, True),
            (0, False),
            (53, "53"),
            (2026, {"date": "2026"}),
            (True, "yes"),
            ({"date": {"literal": "soon"}}, {"date": "2026"}),
            ({"date": {"literal": "soon"}}, {"date": {"literal": "later"}}),
        ],
    )
    def test_texts_and_different_kinds_neither_imply_nor_exclude(self, one: object, other: object) -> None:
        assert compatible(value(one), value(other))
        assert not implies(value(one), value(other))
        assert not implies(value(other), value(one))

    def test_overlapping_ranges_are_compatible_and_imply_nothing(self) -> None:
        one, other = Range(1, 10), Range(5, 20)
        assert compatible(one, other)
        assert not implies(one, other)
        assert not implies(other, one)

    @FEW
    @given(values, values)
    def test_same_is_implying_both_ways(self, one: Value, other: Value) -> None:
        assert same(one, other) == (implies(one, other) and implies(other, one))
        assert same(one, other) == same(other, one)

    @FEW
    @given(values)
    def test_everything_says_what_it_says(self, one: Value) -> None:
        assert same(one, one)

    @FEW
    @given(values, values)
    def test_what_is_implied_is_compatible(self, one: Value, other: Value) -> None:
        assert compatible(one, other) == compatible(other, one)
        assert not implies(one, other) or compatible(one, other)

    @FEW
    @given(values, values, values)
    def test_implying_carries_over(self, one: Value, other: Value, third: Value) -> None:
        assert not (implies(one, other) and implies(other, third)) or implies(one, third)


def _date(text: str) -> DateValue:
    return DateValue(When(text))


@pytest.mark.parametrize(
    ("one", "other", "implied", "both"),
    [
        ("2026-03-02T02:40:00Z", "2026-03-02T01:19:00Z", False, False),
        ("2026-03-02T02:40:00Z", "2026-03-02T03:40:00+01:00", True, True),
        ("2026-03-02T02:40:00Z", "2026-03-02", True, True),
        ("2026-03-02", "2026-03-02T02:40:00Z", False, True),
        ("2026-03-02T02:40:00Z", "2026-03-03", False, False),
        ("2026-03-02T02:40:00Z", "2026-03-02T02:00:00Z/2026-03-02T03:00:00Z", True, True),
        ("2026-03-02T03:40:00Z", "2026-03-02T02:00:00Z/2026-03-02T03:00:00Z", False, False),
        ("2026-03-02T03:40:00Z", "2026-03-02T02:00:00Z/..", True, True),
        ("../2026-03-02T03:40:00Z", "2026-03-02T04:00:00Z", False, False),
        ("../2026-03-02", "../2026-03-03", True, True),
        ("2026-03-02T02:40:00Z~", "2026-03-02T01:19:00Z", False, True),
        ("2026-03-02T01:19:00Z", "2026-03-02T02:40:00Z~", True, True),
    ],
)
def test_instants_compare_as_instants(one: str, other: str, *, implied: bool, both: bool) -> None:
    assert (implies(_date(one), _date(other)), compatible(_date(one), _date(other))) == (implied, both)
