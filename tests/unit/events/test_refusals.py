"""Every refusal (events/README.md#what-is-refused) as a person reads it, with its input: tests/golden/refusals.txt.

Each case is a story of events an hour apart from 2026-03-02T08:00:00Z, the last of which is refused by a real ledger.
"""

import json
from pathlib import Path

from events.errors import WritethruError
from events.ledger import Ledger
from events.model.validation import parse_event
from tests.builders import HOUR, STORY, Clock
from tests.conftest import Golden
from tests.refusals import CASES, Fields


def test_refusals_read_as_in_the_golden_file(tmp_path: Path, golden: Golden) -> None:
    sections = [_section(name, events, tmp_path / name.replace(" ", "-")) for name, events in CASES.items()]
    golden("\n".join(sections), "refusals.txt")


def _section(name: str, events: tuple[Fields, ...], folder: Path) -> str:
    folder.mkdir()
    clock = Clock()
    with Ledger.create(folder, actor="Desk", clock=clock) as ledger:
        for event in events[:-1]:
            _append(ledger, event)
            clock.go(HOUR)
        before = [recorded.id for recorded in ledger.events()]
        try:
            _append(ledger, events[-1])
        except WritethruError as error:
            message = str(error)
        else:
            message = "(accepted)"
        assert [recorded.id for recorded in ledger.events()] == before, name
    lines = [json.dumps(event, ensure_ascii=False) for event in events]
    return "\n".join([f"## {name}", *(f"given {line}" for line in lines[:-1]), f"when  {lines[-1]}", message, ""])


def _append(ledger: Ledger, event: Fields) -> None:
    fields = {"story": STORY, **event}
    expected_version = fields.pop("expected_version", None)
    ledger.append(*([parse_event(fields)] if event else []), expected_version=expected_version)
