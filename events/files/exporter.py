"""Export events as JSON Lines, and read such an export back as the rows that it was made of.

An import records the events of an export again. A restore keeps their positions, versions, times and salts, so that
every digest is as it was. It refuses a line that was edited, because its digest differs (events/README.md#export).
"""

from typing import Any

import orjson

from events.errors import PROBLEMS_MAX, TOO_MANY, InvalidError, Problem
from events.files.json_lines import read_json_lines
from events.files.raw import RawEvent, with_location
from events.model.codec import (
    EXPORT_FIELDS,
    canonical,
    decode,
    encode,
    newer_schema,
    plain,
    rules_in,
    rules_of,
    schema_of,
)
from events.model.edtf import format_instant, instant
from events.model.events import Erased, Recorded
from events.model.rows import NewRow, Row
from events.model.validation import parse_event


def write_row(row: Row) -> bytes:
    """Return the canonical line of an export: the event, and everything that its stored row consists of."""
    envelope = orjson.loads(row.envelope)
    return write_event(decode(row), salt=row.salt, body_digest=envelope["body_digest"], schema=envelope["schema"])


def write_event(recorded: Recorded, **stored: str | int | None) -> bytes:
    """Return the canonical line of an event; of a redacted one, what its envelope still says.

    `stored` is what only the stored row holds: `salt`, `body_digest`, and the `schema` of what was erased.
    """
    event = recorded.event
    if isinstance(event, Erased):
        fields = {**event.model_dump(exclude={"was"}, exclude_defaults=True), "type": event.was, "redacted": True}
    else:
        fields = plain(event)
    ledger = {
        "recorded_at": format_instant(recorded.recorded_at),
        "position": recorded.position,
        "version": recorded.version,
        "schema": schema_of(event),
        **rules_of(recorded),
        **{name: value for name, value in stored.items() if value is not None},
    }
    return canonical({**fields, **ledger}) + b"\n"


def read_export(data: bytes, *, name: str) -> list[NewRow]:
    """Return the rows of the export `name`, in order; InvalidError with every problem as FILE:LINE."""
    rows: list[NewRow] = []
    problems: list[Problem] = []
    for raw in read_json_lines(data.split(b"\n")):
        try:
            row = _row(raw)
        except InvalidError as error:
            raw.problems += [(raw.line, problem) for problem in error.problems]
        except (KeyError, TypeError, ValueError) as error:
            message = f"this is not a line of an export ({type(error).__name__})."
            raw.refuse("", message, "To record events from other files: writethru import")
        else:
            position = rows[-1].row.position + 1 if rows else 1
            if row.row.position != position:
                raw.refuse("position", f"position {position} is missing.", "Restore an export of all stories.")
            rows.append(row)
        problems += [with_location(problem, f"{name}:{line}") for line, problem in raw.problems]
        if len(problems) > PROBLEMS_MAX:
            problems.append(TOO_MANY.at(f"{name}:{raw.line}"))
            break
    if not rows and not problems:
        problems.append(Problem(where=name, check="empty", message="the file holds no events."))
    if problems:
        raise InvalidError(*problems)
    return rows


def _row(raw: RawEvent) -> NewRow:
    if not isinstance(raw.value, dict):
        raise TypeError("not an object")
    fields: dict[str, Any] = raw.value
    if newer := newer_schema(fields):
        raise InvalidError(newer)
    row = _redacted_row(fields) if fields.get("redacted") is True else _whole_row(raw, fields)
    return NewRow(fields["id"], fields["story"], fields["version"], row)


def _whole_row(raw: RawEvent, fields: dict[str, Any]) -> Row:
    event = parse_event({name: value for name, value in fields.items() if name not in EXPORT_FIELDS})
    at, rules = instant(fields["recorded_at"]), rules_in(fields)
    recorded = Recorded(fields["position"], fields["version"], at, event, rules=rules)
    row = encode(recorded, salt=fields["salt"])
    if f'"body_digest":"{fields["body_digest"]}"' not in row.envelope:
        message = "the line has changed since it was exported: its digest differs."
        raw.refuse("body_digest", message, "Restore an unedited export.")
    return row


def _redacted_row(fields: dict[str, Any]) -> Row:
    envelope = {name: value for name, value in fields.items() if name != "redacted"}
    return Row(fields["position"], canonical(envelope).decode(), None, None)
