"""What an export says of an event."""

import json

import pytest

from events.errors import InvalidError
from events.files.exporter import read_export, write_event
from events.model.edtf import instant
from events.model.events import Erased
from events.model.validation import parse_event
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
