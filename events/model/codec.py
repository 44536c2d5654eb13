"""An event ⇄ its canonical bytes, in two halves: an envelope that is permanent, and a body that can be erased.

The envelope commits to the body by `body_digest` = SHA-256(salt ‖ body). Erasing salt and body leaves the envelope, its
position and every proof made from it as they were. Canonical JSON is that of RFC 8785: sorted, without white space, in
UTF-8. The rules: events/README.md#the-stored-form.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import orjson

from events.errors import Problem, StoreDamagedError
from events.model.edtf import format_instant, instant
from events.model.events import (
    RULES,
    Amendment,
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentReported,
    Erased,
    Recorded,
    StoryOpened,
    StoryRevised,
    expectation_ids,
)
from events.model.pictures import pictures_of
from events.model.rows import Row
from events.model.validation import EVENT_TYPES

SCHEMA: Final = 1
"""The version of the shapes below, except those in NEWER_SCHEMAS."""
NEWER_SCHEMAS: Final[Mapping[str, int]] = {
    "story_opened": 2,
    "story_revised": 2,
    "development_reported": 3,
    "development_corrected": 2,
}
"""The versions of shapes that have changed, by type. Older ones are upcast when they are read."""
SALT_BYTES = 16
ENVELOPE_FIELDS = frozenset(
    {"id", "story", "type", "development", "reported_at", "published_at", "embargoed_until", "actor"}
)
"""The fields of an event outside its body, if its type has them."""
LEDGER_FIELDS = frozenset({"recorded_at", "position", "version", "schema", "rules"})
"""The fields that only the ledger assigns."""
EXPORT_FIELDS = LEDGER_FIELDS | {"salt", "body_digest"}
"""The fields that an export adds: a restore keeps them, an import ignores them and records the event again."""
_BEYOND_FFFF: Final = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
"""The first bytes of characters beyond U+FFFF in UTF-8. To find one by one takes 0.5 µs in 1 KB, by a pattern 12."""


def canonical(value: object) -> bytes:
    """Return the one canonical spelling of a JSON value."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    # orjson sorts names by code point, RFC 8785 (section 3.2.3) by UTF-16: these differ only beyond U+FFFF.
    is_sorted = text.isascii() or not any(byte in text for byte in _BEYOND_FFFF)
    return text if is_sorted else orjson.dumps(_sorted_by_utf16(value))


def _sorted_by_utf16(value: object) -> object:
    match value:
        case Mapping():
            names = sorted(value, key=lambda name: str(name).encode("utf-16-be"))
            return {name: _sorted_by_utf16(value[name]) for name in names}
        case list() | tuple():
            return [_sorted_by_utf16(item) for item in value]
        case _:
            return value


def body_digest(salt: str, body: str) -> str:
    """Return SHA-256(salt ‖ body) in hex; `salt` in hex."""
    return sha256(bytes.fromhex(salt) + body.encode()).hexdigest()


def body_of(event: AnyEvent) -> bytes:
    """Return the canonical body of `event`: its payload, without defaults and without the envelope."""
    return canonical(_halves(event)[1])


def _halves(event: AnyEvent) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what `event` states in its envelope and in its body. A default is in neither, and so is the type."""
    fields = event.model_dump(exclude_defaults=True)
    return {name: fields.pop(name) for name in ENVELOPE_FIELDS if name in fields}, fields


def plain(event: AnyEvent) -> dict[str, Any]:
    """Return `event` as the object of the interchange format, without defaults."""
    return {"type": event.type, **event.model_dump(exclude={"type"}, exclude_defaults=True)}


def encode(recorded: Recorded, *, salt: str) -> Row:
    """Return the row that stores `recorded`. `salt` is fresh random hex of SALT_BYTES bytes."""
    event = recorded.event
    if isinstance(event, Erased):
        raise TypeError("an erased event cannot be stored again")
    stated, fields = _halves(event)
    at, body = format_instant(recorded.recorded_at), canonical(fields).decode()
    envelope = {
        "reported_at": at,  # if none is stated
        **stated,
        "type": event.type,
        "schema": schema_of(event),
        "recorded_at": at,
        "position": recorded.position,
        "version": recorded.version,
        "body_digest": body_digest(salt, body),
        **_lasting(event),
        **rules_of(recorded),
    }
    return Row(recorded.position, canonical(envelope).decode(), salt, body)


def schema_of(event: AnyEvent | Erased) -> int:
    """Return the oldest schema that can hold `event`: what uses nothing new stays readable by older versions.

    Of an erased event, only its envelope says whether it named a picture.
    """
    match event:
        case StoryOpened(facts=facts) | StoryRevised(facts=facts):
            return 2 if facts else SCHEMA
        case DevelopmentReported(media=media) | DevelopmentCorrected(set=Amendment(media=media)) if pictures_of(media):
            return NEWER_SCHEMAS[event.type]
        case DevelopmentReported(archive=archive) | Erased(archive=archive):
            return 2 if archive else SCHEMA
        case _:
            return SCHEMA


def _lasting(event: AnyEvent) -> dict[str, Any]:
    """Return what outlives an erased body.

    Of a report the ids in use, and whether it is of an archive; of a correction also its level and the fields it sets.
    """
    lasting: dict[str, Any] = {}
    match event:
        case DevelopmentReported(expects=expects, archive=archive):
            lasting["expectations"] = list(expectation_ids(expects))
            lasting["archive"] = archive
        case DevelopmentCorrected(set=amendment):
            lasting["expectations"] = list(expectation_ids(amendment.expects))
            lasting["fields"] = sorted(amendment.model_fields_set)
            lasting["level"] = event.level
        case _:
            pass
    return {name: items for name, items in lasting.items() if items}


def rules_of(recorded: Recorded) -> dict[str, int]:
    """Return the field of an envelope that names the rules of a report, if those are not the first."""
    event = recorded.event
    kind = event.was if isinstance(event, Erased) else event.type
    return {"rules": recorded.rules} if kind == "development_reported" and recorded.rules > 1 else {}


def rules_in(envelope: Mapping[str, Any]) -> int:
    """Return the rules that an envelope, or a line of an export, names; ValueError if they are newer than ours."""
    rules = envelope.get("rules", 1) if envelope["type"] == "development_reported" else RULES
    if rules not in range(1, RULES + 1):
        raise ValueError(f"rules {rules} are newer than {RULES}")
    return int(rules)


def decode(row: Row) -> Recorded:
    """Return the event of a stored row, older shapes upcast; StoreDamagedError if it is no event that we know."""
    try:
        envelope: dict[str, Any] = orjson.loads(row.envelope)
        fields = {name: envelope[name] for name in ENVELOPE_FIELDS if name in envelope}
        # An erased event may be of an unknown schema, too.
        body = {} if row.body is None else orjson.loads(row.body)
        body = upcast(body, type=envelope["type"], schema=envelope["schema"])
        event: AnyEvent | Erased
        if row.body is None:
            event = Erased.model_validate(_erased_fields(fields, envelope))
        else:
            event = EVENT_TYPES[fields["type"]].__pydantic_validator__.validate_python({**body, **fields})
        at, rules = instant(envelope["recorded_at"]), rules_in(envelope)
        return Recorded(row.position, envelope["version"], at, event, rules=rules)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(row.position, error) from error


def recorded_at(position: int, envelope: str) -> datetime:
    """Return when a stored event was recorded, even if the rest of it is damaged."""
    try:
        return instant(orjson.loads(envelope)["recorded_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(position, error) from error


def _damaged(position: int, error: Exception) -> StoreDamagedError:
    return StoreDamagedError(
        "ledger.db",
        f"position {position} does not hold an event that this version knows ({type(error).__name__}).",
        remedy="Put back a copy of the ledger's file from before the damage.",
    )


def _erased_fields(fields: Mapping[str, Any], envelope: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **fields,
        "type": "erased",
        "was": fields["type"],
        "expectations": envelope.get("expectations", ()),
        "fields": envelope.get("fields", ()),
        "level": envelope.get("level"),
        "archive": envelope.get("archive", False),
    }


def newer_schema(fields: dict[str, Any]) -> Problem | None:
    """Return the problem of an exported event whose schema or rules this version does not know, None if it does."""
    schema, newest = fields.get("schema", SCHEMA), _newest_schema(fields.get("type"))
    name, message = "schema", f"{schema!r:.40} is not a schema that this version reads; the newest is {newest}."
    if schema in range(1, newest + 1):
        if fields.get("rules", 1) in range(1, RULES + 1):
            return None
        rules = fields["rules"]
        name, message = "rules", f"{rules!r:.40} are no rules that this version folds by; the newest are {RULES}."
    return Problem(where=name, check=name, message=message, remedy="Install the newest writethru.")


def upcast(body: dict[str, Any], *, type: str, schema: int) -> dict[str, Any]:  # noqa: A002 - the field's name
    """Return a body of an older `schema` in today's shape (events/README.md#old-shapes).

    Schema 2 only adds a field, `facts` of a story or `archive` of a report, and the newest of reports and corrections
    only pictures of the newsroom. So a body of an older schema has today's shape.
    """
    if schema not in range(1, _newest_schema(type) + 1):
        raise ValueError(f"there is no schema {schema} of {type}")
    return body


def _newest_schema(type: object) -> int:  # noqa: A002 - the field's name
    return NEWER_SCHEMAS.get(type, SCHEMA) if isinstance(type, str) else SCHEMA
