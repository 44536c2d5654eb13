"""Numbers in YAML: plain decimals are exact, and what people would read as a number is never taken for a text."""

import pytest

from events.model.events import DevelopmentReported
from events.model.values import DecimalValue, Range, Value
from tests.event_files import read, refused

REPORT = "type: development_reported\nstory: a\nheadline: x\nfacts: [{key: a, %s}]\n"

VALUES: dict[str, Value] = {
    "value: 18.5": DecimalValue("18.5"),
    "value: 18.50": DecimalValue("18.50"),
    "value: -0.1": DecimalValue("-0.1"),
    "value: 0.1000000000000000055511151231257827": DecimalValue("0.1000000000000000055511151231257827"),
    "value: {decimal: 18.5}": DecimalValue("18.5"),
    "value: {min: 1.5, max: 2}": Range("1.5", 2),
    "value: '20,000'": "20,000",
    "value: at large": "at large",
    "value: 2015-01-21": "2015-01-21",
}


@pytest.mark.parametrize("field", VALUES)
@pytest.mark.parametrize("form", ["yaml", "md"])
def test_number_is_read_exactly(field: str, form: str) -> None:
    text = REPORT % field
    [item] = read(text, "yaml") if form == "yaml" else read(f"---\n{text}---\n", "md")
    assert isinstance(item.event, DevelopmentReported)
    assert item.event.facts[0].value == VALUES[field]


REMEDIES = {
    "value: 20,000": "20,000 is cut in two, because a comma in braces ends a value.\n"
    "  Write it without separators: 20000.",
    "value: 1,000,000, unit: people": "1,000,000 is cut in two, because a comma in braces ends a value.\n"
    "  Write it without separators: 1000000.",
    "value: 18,5": "18,5 is cut in two, because a comma in braces ends a value.\n  Write a decimal point: 18.5.",
    "value: €1,000": "€1,000 is cut in two, because a comma in braces ends a value.\n"
    '  Write value: 1000 and unit: "€".',
    "value: a1,2": 'a1,2 is cut in two, because a comma in braces ends a value.\n  Put it in quotes: "a1,2".',
    "value: ~150": "~150 is not a number.\n"
    "  For about 150 write the range that you mean, such as {min: 140, max: 160}. If it is a text, put it in quotes.",
    "value: 100+": "100+ is not a number.\n  For at least 100 write {min: 100}. If it is a text, put it in quotes.",
    "value: more than 40": "more than 40 is not a number.\n"
    "  For at least 40 write {min: 40}. If it is a text, put it in quotes.",
    "value: +5": "+5 is not a number.\n  Write 5. If it is a text, put it in quotes.",
    "value: <9": "<9 is not a number.\n  For at most 9 write {max: 9}. If it is a text, put it in quotes.",
    "value: 1..52": "1..52 is not a number.\n  For a range write {min: 1, max: 52}. If it is a text, put it in quotes.",
    "value: 5/9": "5/9 is not a number.\n"
    "  For a number of a total write value: 5 and of: 9. If it is a text, put it in quotes.",
    "value: 5 €": '5 € is not a number.\n  Write value: 5 and unit: "€". If it is a text, put it in quotes.',
    "value: 2:people": "2:people is not a number.\n"
    '  Write value: 2 and unit: "people". If it is a text, put it in quotes.',
}


@pytest.mark.parametrize("field", REMEDIES)
def test_number_in_another_notation_is_refused(field: str) -> None:
    assert refused(REPORT % field, "yaml") == [f"F:4: facts[0].value: {REMEDIES[field]}"]


def test_number_with_separators_in_a_block_is_refused() -> None:
    text = "type: development_reported\nstory: a\nheadline: x\nfacts:\n  - key: a\n    value: 20,000\n    of: 1e3\n"
    assert refused(text, "yaml") == [
        (
            "F:6: facts[0].value: 20,000 is not a number.\n"
            "  Write it without separators: 20000. If it is a text, put it in quotes."
        ),
        "F:7: facts[0].of: 1e3 is not a plain number such as 53 or 7.8.\n  Write 1000, or a text in quotes.",
    ]


def test_text_that_a_comma_cuts_is_refused_with_the_reason() -> None:
    text = "type: development_reported\nstory: a\nheadline: x\nsaid_by: [{name: Ruiz, chief}]\n"
    assert refused(text, "yaml") == [
        (
            "F:4: said_by[0].chief: has no value.\n"
            "  Write null, or leave the field out. In braces, a comma ends a value: a text with commas needs quotes."
        )
    ]
