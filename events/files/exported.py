"""An export, read back as the rows that it was written from: what `restore` puts into an empty ledger.

`import` records afresh; this keeps positions, versions, instants and salts, so that every digest is as it was. A line
that was edited since shows: its digest differs.
"""

from typing import Any

from events.errors import InvalidError, Problem
from events.files.exporter import EXPORT_FIELDS
from events.files.importer import located
from events.files.json_lines import read_json_lines
from events.files.raw import RawEvent
from events.model.codec import canonical, encode
from events.model.edtf import instant
from events.model.events import Recorded
from events.model.rows import NewRow, Row
from events.model.validation import parse_event


def read_export(data: bytes, *, name: str) -> list[NewRow]:
    """Return the rows of the export `name`, in order; InvalidError with every problem as FILE:LINE."""
    rows: list[NewRow] = []
    problems: list[Problem] = []
    for draft in read_json_lines(data.split(b"\n")):
        try:
            row = _row(draft)
        except InvalidError as error:
            draft.problems += [(draft.line, problem) for problem in error.problems]
        except (KeyError, TypeError, ValueError) as error:
            draft.refuse("", f"this is no line of an export ({type(error).__name__}).", "See: writethru import")
        else:
            missing = rows[-1].row.position + 1 if rows else 1
            if row.row.position != missing:
                draft.refuse("position", f"position {missing} is missing.", "Restore an export of all stories.")
            rows.append(row)
        problems += [located(found, f"{name}:{line}") for line, found in draft.problems]
    if not rows and not problems:
        problems.append(Problem(where=name, check="empty", message="the file holds no events."))
    if problems:
        raise InvalidError(*problems)
    return rows


def _row(draft: RawEvent) -> NewRow:
    if not isinstance(draft.raw, dict):
        raise TypeError("no object")
    raw: dict[str, Any] = draft.raw
    row = _erased(raw) if raw.get("redacted") is True else _whole(draft, raw)
    return NewRow(raw["id"], raw["story"], raw["version"], row)


def _whole(draft: RawEvent, raw: dict[str, Any]) -> Row:
    event = parse_event({name: value for name, value in raw.items() if name not in EXPORT_FIELDS})
    recorded = Recorded(raw["position"], raw["version"], instant(raw["recorded_at"]), event)
    row = encode(recorded, salt=raw["salt"])
    if f'"body_digest":"{raw["body_digest"]}"' not in row.envelope:
        draft.refuse(
            "body_digest", "the line is not what was exported: its digest differs.", "Take an unedited export."
        )
    return row


def _erased(raw: dict[str, Any]) -> Row:
    envelope = {name: value for name, value in raw.items() if name != "redacted"}
    return Row(raw["position"], canonical(envelope).decode(), None, None)
