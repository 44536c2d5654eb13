"""Parts of a report as an editor types them, and back."""

from typing import Any

import pytest

from events.errors import InvalidError
from events.model.events import DevelopmentReported
from events.model.parts import Claim, Source, Speaker
from events.model.typed_times import TypedTimes
from events.model.values import parse_value
from feed.desk import parts
from feed.short_forms import parse_fact
from tests.forms import as_json

REPORT = {"type": "development_reported", "story": "fire", "development": "d9", "headline": "Two hurt"}

VALUES = (
    0,
    -5,
    2**53 - 1,
    "a blackout",
    "2",
    True,
    False,
    {"decimal": "7.80"},
    {"decimal": "12345678901234567890"},
    {"min": 1, "max": 3},
    {"min": None, "max": 3},
    {"min": "1.5", "max": None},
    {"date": "2026-03-05"},
    {"date": "2026-03-05T14:30:00Z"},
    {"date": "2026-03~/2026-04"},
)


@pytest.mark.parametrize("raw", VALUES)
def test_value_is_read_as_it_is_shown(raw: Any) -> None:
    value = parse_value(raw)
    typed = parts.value_text(value)
    assert parse_value(parts.typed_value(typed, parts.value_kind(value))) == value


@pytest.mark.parametrize("raw", [*VALUES, " with spaces "])
def test_claim_that_nobody_changes_stays_as_it_is(raw: Any) -> None:
    fields = {"key": "x", "value": raw, "unit": "km", "as_of": {"edtf": "2026-03", "literal": "in March"}}
    claim = Claim.model_validate({**fields, "literal": "as they say", "said_by": ["Ana Ruiz, chief (Port)"]})
    assert Claim.model_validate(parts.claim_json(parts.claim_values(claim), claim)) == claim


@pytest.mark.parametrize("stance", ["denies", "cannot_confirm", "withholds"])
def test_claim_without_a_value_stays_as_it_is(stance: str) -> None:
    claim = Claim.model_validate({"key": "x", "stance": stance})
    assert Claim.model_validate(parts.claim_json(parts.claim_values(claim), claim)) == claim


def test_what_is_typed_otherwise_replaces_what_was_there() -> None:
    claim = Claim.model_validate({"key": "hurt", "value": 2, "unit": "people", "of": 9, "literal": "a pair"})
    values = parts.claim_values(claim) | {"value": "3", "unit": "", "of": "8", "as_of": "2026-03-05"}
    expected = {"key": "hurt", "value": 3, "of": 8, "as_of": "2026-03-05"}
    assert Claim.model_validate(parts.claim_json(values, claim)) == Claim.model_validate(expected)


@pytest.mark.parametrize(
    "speaker",
    [
        {"name": "Ana Ruiz"},
        {"name": "Ana Ruiz", "role": "fire chief", "org": "Port (North)"},
        {"role": "official", "org": "Ministry", "named": False},
        {"org": "Port Authority"},
    ],
)
def test_speaker_is_read_as_shown(speaker: dict[str, Any]) -> None:
    one = Speaker.model_validate(speaker)
    [read] = parts.speakers_json(parts.speaker_lines([one]))
    assert Speaker.model_validate(read) == one


def test_source_is_read_as_shown() -> None:
    source = Source.model_validate({"name": "Harbour Radio", "url": "https://radio.example/1", "via": ["AP", "DPA"]})
    [read] = parts.sources_json(parts.source_lines([source]))
    assert Source.model_validate(read) == source


def test_source_that_cannot_be_read_says_how_to_write_it() -> None:
    with pytest.raises(InvalidError) as caught:
        parts.sources_json("Radio https://radio.example/1 of the harbour")
    [problem] = caught.value.problems
    assert (problem.where, problem.remedy) == ("sources", "Example: Harbour Radio https://radio.example/1")


@pytest.mark.parametrize(("text", "kind"), [("two", "number"), ("1..x", "number"), ("perhaps", "truth")])
def test_value_of_another_kind_is_refused(text: str, kind: str) -> None:
    with pytest.raises(InvalidError):
        parts.typed_value(text, kind)


LINES = {
    "quotes": ({"text": "We  would like\nthat.", "speaker": "Ana Ruiz (Port)"}, "Ana Ruiz (Port): We would like that."),
    "expects": (
        {"id": "afloat", "what": "ship afloat", "by": "Blue Line", "due": "2026-12-05", "wanted_by": "the port"},
        "afloat: ship afloat [by Blue Line] @ 2026-12-05",
    ),
    "resolves": ({"expectation": "talks", "outcome": "partly_met"}, "talks=partly_met"),
    "corroborates": ({"development": "d2", "keys": ["hurt", "dead"], "method": "a visit"}, "d2:hurt,dead"),
    "disputes": ({"development": "d2", "kind": "denies", "statement": "We saw it."}, "d2=denies"),
}
"""Parts of a report by their field, and the line of each."""


@pytest.mark.parametrize("name", LINES)
def test_line_that_nobody_changes_keeps_its_part(name: str) -> None:
    fields, line = LINES[name]
    [part] = getattr(DevelopmentReported.model_validate({**REPORT, name: [fields]}), name)
    assert parts.part_lines(name, [part]) == line
    assert parts.lines_json(name, f"{line}\n", [part], TypedTimes()) == [as_json(part)]


@pytest.mark.parametrize(
    ("name", "line", "fields"),
    [
        ("expects", "afloat: ship afloat @ 2026-12-06", {"what": "ship afloat", "due": "2026-12-06", "by": None}),
        ("corroborates", "d2:hurt", {"keys": ["hurt"]}),
        ("disputes", "d2:hurt=disagrees", {"keys": ["hurt"], "kind": "disagrees"}),
    ],
)
def test_changed_line_keeps_what_no_line_shows(name: str, line: str, fields: dict[str, Any]) -> None:
    [part] = getattr(DevelopmentReported.model_validate({**REPORT, name: [LINES[name][0]]}), name)
    expected = {name: value for name, value in (as_json(part) | fields).items() if value is not None}
    assert parts.lines_json(name, line, [part], TypedTimes()) == [expected]


def test_new_line_is_a_new_part() -> None:
    assert parts.lines_json("resolves", "talks=met", [], TypedTimes()) == [{"expectation": "talks", "outcome": "met"}]


def test_wrong_line_is_refused_about_its_field() -> None:
    with pytest.raises(InvalidError) as caught:
        parts.lines_json("corroborates", "d2:Hurt!", [], TypedTimes())
    [problem] = caught.value.problems
    assert (problem.where, problem.remedy) == ("corroborates", "Example: all-freed:prisoners.released")


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"value": 2, "of": 5, "unit": "people", "as_of": "2026-03-01"}, "hurt=2/5:people@2026-03-01"),
        ({"value": 2, "literal": "a pair"}, '{"key": "hurt", "value": 2, "literal": "a pair"}'),
        ({"value": 2, "stance": "withholds"}, '{"key": "hurt", "value": 2, "stance": "withholds"}'),
    ],
)
def test_claim_is_a_line_that_says_all_of_it(fields: dict[str, Any], line: str) -> None:
    claim = Claim.model_validate({"key": "hurt", **fields})
    assert parts.fact_line(claim) == line
    assert parse_fact(line) == claim


@pytest.mark.parametrize(
    ("raw", "line"), [(True, "x=true"), ("a blackout", 'x="a blackout"'), ({"date": "2026-03-05"}, "x=date:2026-03-05")]
)
def test_claim_is_a_line(raw: Any, line: str) -> None:
    assert parts.fact_line(Claim.model_validate({"key": "x", "value": raw})) == line
