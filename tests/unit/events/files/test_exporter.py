"""What an export says of an event."""

import json

import pytest

from events.errors import PROBLEMS_MAX, TOO_MANY, InvalidError
from events.files.exporter import read_export, write_event, write_row
from events.model.codec import decode, encode
from events.model.edtf import instant
from events.model.events import DevelopmentReported, Erased
from events.model.rows import Row
from events.model.validation import parse_event
from tests.builders import SALT
from tests.event_files import OPENED, recorded, refused


def test_export_is_one_canonical_line() -> None:
    event = parse_event({**json.loads(OPENED), "id": "open", "actor": "sam", "reported_at": "2015-01-06T18:00:00Z"})
    assert write_event(recorded(event)).decode() == (
        '{"actor":"sam","headline":"Prisoners","id":"open","position":7,"recorded_at":"2015-01-12T14:30:00Z",'
        '"reported_at":"2015-01-06T18:00:00Z","schema":1,"story":"cuba-53","type":"story_opened","version":3}\n'
    )


def test_redacted_event_is_exported_but_not_imported() -> None:
    erased = Erased(
        id="one",
        story="cuba-53",
        development="all-freed",
        was="development_reported",
        reported_at=instant("2015-01-06T18:00:00Z"),
        expectations=("talks",),
    )
    line = write_event(recorded(erased))
    assert line.decode() == (
        '{"development":"all-freed","expectations":["talks"],"id":"one","position":7,'
        '"recorded_at":"2015-01-12T14:30:00Z","redacted":true,"reported_at":"2015-01-06T18:00:00Z","rules":2,'
        '"schema":1,"story":"cuba-53","type":"development_reported","version":3}\n'
    )
    [message] = refused(line)
    assert message.startswith("F:1: redacted: ")


def test_export_line_of_a_newer_schema_is_refused() -> None:
    with pytest.raises(InvalidError, match="schema: 99 is not a schema that this version reads"):
        read_export(b'{"schema": 99}\n', name="all.jsonl")


def report_row(rules: int) -> Row:
    report = DevelopmentReported(id="one", story="cuba-53", development="d1", headline="Freed")
    return encode(recorded(report)._replace(position=1, rules=rules), salt=SALT)


@pytest.mark.parametrize("rules", [1, 2])
def test_restored_report_keeps_its_rules(rules: int) -> None:
    row = report_row(rules)
    [restored] = read_export(write_row(row), name="all.jsonl")
    assert restored.row == row
    assert decode(restored.row).rules == rules


def test_export_line_of_newer_rules_is_refused() -> None:
    line = write_row(report_row(2)).replace(b'"rules":2', b'"rules":3')
    with pytest.raises(InvalidError, match="are no rules that this version folds by"):
        read_export(line, name="all.jsonl")


def test_export_of_nothing_but_mistakes_is_given_up() -> None:
    with pytest.raises(InvalidError) as caught:
        read_export(b"{}\n" * (PROBLEMS_MAX + 9), name="e.jsonl")
    assert caught.value.problems[-1].message == TOO_MANY.message


def test_export_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidError, match="the file holds no events"):
        read_export(b"", name="all.jsonl")


def test_edited_export_line_is_refused() -> None:
    line = write_row(report_row(2)).replace(b"Freed", b"Fled!")
    with pytest.raises(InvalidError, match="the line has changed since it was exported"):
        read_export(line, name="all.jsonl")
