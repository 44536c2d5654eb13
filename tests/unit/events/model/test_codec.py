"""Canonical bytes, the envelope that commits to its body, and what is left when the body is gone."""

# ruff: noqa: E501 - a row of a table reads best whole

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from events.errors import StoreDamagedError
from events.model.codec import (
    ENVELOPE_FIELDS,
    body_digest,
    body_of,
    canonical,
    decode,
    encode,
    plain,
    recorded_at,
    schema_of,
    upcast,
)
from events.model.events import AnyEvent, Erased, Recorded
from events.model.rows import Row
from events.model.text import INTEGER_MAX
from events.model.validation import EVENT_TYPES, parse_event

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SALT = "0123456789abcdef" * 2
ENVELOPE = {
    "id": "a1",
    "story": "harbour-fire",
    "reported_at": "2026-03-02T11:59:59.25Z",
    "published_at": "2026-03-01T00:00:00Z",
    "embargoed_until": "2026-03-03T00:00:00Z",
    "actor": "Desk",
}
SPEAKER = {"role": "chief", "org": "Port", "named": False, "origin": "Port"}
CLAIM = {
    "key": "hurt", "value": {"min": 1, "max": "2.50"}, "unit": "people", "of": {"decimal": "7.80"},
    "stance": "denies", "as_of": {"edtf": "2026-03~", "literal": "in March"}, "said_by": [SPEAKER], "literal": "some",
}  # fmt: skip
REPORT: dict[str, Any] = {
    "development": "d1",
    "headline": "Two hurt ]]> \u202e",
    "body": "One\n\ntwo \U0001f600 <script>",
    "happened": "../2026-03-02",
    "said_on": {"literal": "on Monday"},
    "said_by": [SPEAKER, {"name": "Ann"}],
    "sources": [{"name": "Post", "url": "https://x.example/", "title": "T", "published_at": "2026-03-02T09:00:00Z", "via": ["AP"]}],
    "facts": [CLAIM, {"key": "date", "value": {"date": "2026-03"}}, {"key": "lit", "value": True}, {"key": "n", "value": -3}],
    "quotes": [{"text": "No.", "speaker": SPEAKER}],
    "expects": [{"id": "e1", "what": "A list", "by": "Port", "due": "2026-03-09"}, {"id": "e2", "due": None}],
    "resolves": [{"expectation": "e1", "outcome": "partly_met"}],
    "corroborates": [{"development": "d0", "keys": ["hurt"], "method": "visit", "verification": True}],
    "disputes": [{"development": "d0", "kind": "cannot_confirm", "statement": "We do not know."}],
    "urgency": 3,
    "media": [{"url": "https://x.example/a.jpg", "type": "image/jpeg", "alt": "Smoke", "width": 640, "length": INTEGER_MAX}],
}  # fmt: skip
AMENDED = {name: field for name, field in REPORT.items() if name != "development"} | {"body": None, "facts": []}
PAYLOADS: dict[str, dict[str, Any]] = {
    "story_opened": {"headline": "Fire", "summary": "S", "language": "en", "subjects": ["Ports"], "origins": {"Ö": ["Ä"]}, "facts": {"hurt": {"label": "Hurt ö", "order": -3, "threshold": "2.50%"}}},
    "story_revised": {"summary": "S", "subjects": [], "origins": {}},
    "story_closed": {"reason": "Over."},
    "story_reopened": {"reason": "Not over."},
    "fact_checked": {"key": "hurt", "checked_on": "2026-03-02", "said_by": [SPEAKER]},
    "development_reported": REPORT,
    "development_corrected": {"development": "d1", "set": AMENDED, "note": "N", "level": "clarification"},
    "development_held": {"development": "d1", "reason": "R"},
    "development_released": {"development": "d1", "reason": "R"},
    "development_retracted": {"development": "d1", "reason": "R", "substitute": "d2"},
    "development_pinned": {"development": "d1"},
    "development_unpinned": {"development": "d1"},
    "clock_reset": {"published_until": "2035-01-01T00:00:05Z"},
    "event_redacted": {"event": "a0", "reason": "R", "authority": "A court"},
    "event_undone": {"event": "a0", "reason": "R"},
}  # fmt: skip


def parsed(kind: str, **payload: Any) -> AnyEvent:
    return parse_event({"type": kind, **ENVELOPE, **(payload or PAYLOADS[kind])})


def recorded(event: AnyEvent) -> Recorded:
    return Recorded(7, 3, NOON, event)


def erased(event: AnyEvent) -> Erased:
    left = decode(encode(recorded(event), salt=SALT)._replace(salt=None, body=None))
    assert isinstance(left.event, Erased)
    assert (left.id, left.position, left.version, left.recorded_at) == ("a1", 7, 3, NOON)
    return left.event


# Canonical bytes

json_texts = st.text()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | json_texts,
    lambda inner: st.lists(inner) | st.dictionaries(json_texts, inner),
)


@pytest.mark.slow
@given(json_values)
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_names_beyond_the_first_plane_are_sorted_by_utf_16() -> None:
    value: Any = {"\ue000": [{"\uffee": 1, "\U0001f600": (2, "\U0001f600")}], "\U0001f600": 3, "a": 4}
    assert canonical(value) == rfc8785.dumps(value)
    assert list(json.loads(canonical(value))) == ["a", "\U0001f600", "\ue000"]


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_what_is_stored_is_canonical(kind: str) -> None:
    row = encode(recorded(parsed(kind)), salt=SALT)
    assert row.body is not None
    for text in (row.envelope, row.body):
        assert text.encode() == rfc8785.dumps(json.loads(text))


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_envelope_and_body_share_what_an_event_states(kind: str) -> None:
    row, fields = encode(recorded(parsed(kind)), salt=SALT), json.loads(canonical(plain(parsed(kind))))
    envelope = json.loads(row.envelope)
    assert {name: envelope[name] for name in ENVELOPE_FIELDS & fields.keys()} == {
        name: fields.pop(name) for name in ENVELOPE_FIELDS & fields.keys()
    }
    assert row.body == body_of(parsed(kind)).decode() == canonical(fields).decode()


# There and back


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_decoding_gives_what_was_encoded(kind: str) -> None:
    event = parsed(kind)
    row = encode(recorded(event), salt=SALT)
    again = decode(row)
    assert again == recorded(event)
    assert plain(again.event) == plain(event)  # type: ignore[arg-type]  # its body is there
    assert encode(again, salt=SALT) == row


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_an_event_in_plain_json_parses_to_the_same_event(kind: str) -> None:
    event = parsed(kind)
    written = json.loads(canonical(plain(event)))
    assert parse_event(written) == event
    assert canonical(plain(parse_event(written))) == canonical(plain(event))


def test_event_without_a_time_was_reported_when_recorded() -> None:
    event = parse_event({"type": "story_closed", "story": "harbour-fire", "id": "a1"})
    assert decode(encode(recorded(event), salt=SALT)).event.reported_at == NOON


def test_defaults_are_not_stored() -> None:
    spelt = parsed("development_reported", headline="H", said_by=[{"name": "A", "named": True}], facts=[], body=None)
    assert body_of(spelt) == b'{"headline":"H","said_by":[{"name":"A"}]}'
    corrected = parsed("development_corrected", development="d1", set={"body": None}, level="correction")
    assert body_of(corrected) == b'{"set":{"body":null}}'


def test_a_row_in_full() -> None:
    body = '{"headline":"Two hurt"}'
    row = encode(recorded(parsed("development_reported", development="d1", headline="Two hurt")), salt=SALT)
    assert row.body == body
    assert json.loads(row.envelope) == ENVELOPE | {
        "type": "development_reported",
        "schema": 1,
        "rules": 2,
        "development": "d1",
        "recorded_at": "2026-03-02T12:00:00Z",
        "position": 7,
        "version": 3,
        "body_digest": sha256(bytes.fromhex(SALT) + body.encode()).hexdigest(),
    }


def test_the_envelope_commits_to_body_and_salt() -> None:
    digest = body_digest(SALT, '{"a":1}')
    assert digest == body_digest(SALT, '{"a":1}')
    assert digest != body_digest(SALT, '{"a":2}')
    assert digest != body_digest("00" * 16, '{"a":1}')


# What is left of it


def test_erased_report_keeps_its_position_and_ids() -> None:
    left = erased(parsed("development_reported"))
    assert (left.was, left.development, left.expectations) == ("development_reported", "d1", ("e1", "e2"))
    assert (left.fields, left.level) == ((), None)
    assert left.embargoed_until is not None
    assert "Two hurt" not in repr(left)


def test_erased_correction_keeps_its_fields_and_level() -> None:
    left = erased(parsed("development_corrected"))
    assert (left.was, left.level) == ("development_corrected", "clarification")
    assert left.fields == tuple(sorted(AMENDED))
    assert left.expectations == ("e1", "e2")
    assert erased(parsed("development_corrected", development="d1", set={"body": None})).level == "correction"


def test_erased_event_cannot_be_stored_again() -> None:
    left = erased(parsed("development_reported"))
    with pytest.raises(TypeError, match="an erased event cannot be stored again"):
        encode(Recorded(8, 4, NOON, left), salt=SALT)


# What is none of ours


def altered(kind: str = "development_held", **fields: Any) -> Row:
    row = encode(recorded(parsed(kind)), salt=SALT)
    envelope = {name: field for name, field in (json.loads(row.envelope) | fields).items() if field != "gone"}
    return row._replace(envelope=json.dumps(envelope))


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (altered(schema=2), "ValueError"),
        (altered("development_reported", schema=4)._replace(body=None, salt=None), "ValueError"),
        (altered(schema=0), "ValueError"),
        (altered(schema="gone"), "KeyError"),
        (altered("development_reported", rules=3), "ValueError"),
        (altered("development_reported", rules="2"), "ValueError"),
        (altered(type="development_dreamt"), "KeyError"),
        (altered(type="gone"), "KeyError"),
        (altered(type=["development_held"]), "TypeError"),
        (altered(recorded_at=5), "TypeError"),
        (altered(recorded_at="yesterday"), "ValueError"),
        (altered(story="../x"), "ValidationError"),
        (altered(version="gone"), "KeyError"),
        (altered()._replace(body='{"colour":1}'), "ValidationError"),
        (altered()._replace(body="[]"), "TypeError"),
        (altered()._replace(body="{"), "JSONDecodeError"),
        (altered()._replace(envelope="[1]"), "TypeError"),
        (altered()._replace(body=None, salt=None), "ValidationError"),
    ],
)
def test_row_of_unknown_shape_is_damage_with_its_position(row: Row, error: str) -> None:
    with pytest.raises(StoreDamagedError) as caught:
        decode(row)
    assert str(caught.value) == (
        f"ledger.db: position 7 does not hold an event that this version knows ({error}).\n"
        "  Put back a copy of the ledger's file from before the damage."
    )


def test_time_of_recording_needs_no_body() -> None:
    assert recorded_at(7, altered().envelope) == decode(altered()).recorded_at
    with pytest.raises(StoreDamagedError, match=r"position 7 .*TypeError"):
        recorded_at(7, "[1]")


def test_body_of_todays_schema_is_unchanged() -> None:
    assert upcast({"headline": "H"}, type="story_opened", schema=1) == {"headline": "H"}


def test_report_without_rules_follows_the_first() -> None:
    report = recorded(parsed("development_reported", development="d1", headline="Two hurt"))
    old = encode(report._replace(rules=1), salt=SALT)
    assert "rules" not in old.envelope
    assert (decode(old).rules, decode(encode(report, salt=SALT)).rules) == (1, 2)
    assert encode(decode(old), salt=SALT) == old


def stored_report(**fields: Any) -> Row:
    report = {"type": "development_reported", "id": "x", "story": "fire", "development": "d1", "headline": "Old"}
    return encode(Recorded(1, 1, NOON, parse_event(report | fields)), salt=SALT)


def test_archive_flag_is_in_the_envelope_and_outlives_the_text() -> None:
    row = stored_report(archive=True)
    envelope = json.loads(row.envelope)
    assert (envelope["archive"], envelope["schema"], row.body) == (True, 2, '{"archive":true,"headline":"Old"}')
    erased = decode(row._replace(salt=None, body=None)).event
    assert isinstance(erased, Erased)
    assert (erased.archive, schema_of(erased)) == (True, 2)


def test_report_that_is_no_archive_is_stored_as_before() -> None:
    row = stored_report(archive=False)
    assert (row.body, json.loads(row.envelope)["schema"]) == ('{"headline":"Old"}', 1)
    assert "archive" not in row.envelope
