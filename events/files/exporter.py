"""The interchange format (vocabulary 1.9) out: the canonical line of each event, as JSON Lines."""

from typing import Final

import orjson

from events.model.codec import LEDGER_FIELDS, canonical, decode, plain
from events.model.edtf import format_instant
from events.model.events import SCHEMA, Erased, Recorded
from events.model.rows import Row

EXPORT_FIELDS: Final = LEDGER_FIELDS | {"salt", "body_digest"}
"""What an export adds to an event: `restore` keeps it, `import` passes over it and records afresh."""


def write_row(row: Row) -> bytes:
    """Return the canonical line of an export: the event, and all that makes its stored row again."""
    return write_event(decode(row), salt=row.salt, body_digest=orjson.loads(row.envelope)["body_digest"])


def write_event(recorded: Recorded, **stored: str | None) -> bytes:
    """Return the canonical line of an event. What was redacted tells what its envelope still knows, and says so.

    `stored` holds what only its stored row tells: `salt` and `body_digest`.
    """
    event = recorded.event
    if isinstance(event, Erased):
        told = {**event.model_dump(exclude={"was"}, exclude_defaults=True), "type": event.was, "redacted": True}
    else:
        told = plain(event)
    ledger = {
        "recorded_at": format_instant(recorded.recorded_at),
        "position": recorded.position,
        "version": recorded.version,
        "schema": SCHEMA,
        **{name: text for name, text in stored.items() if text is not None},
    }
    return canonical({**told, **ledger}) + b"\n"
