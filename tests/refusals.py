"""What the ledger refuses (events/README.md#what-is-refused): stories of events of which the last is refused.

The events are recorded an hour apart, from 2026-03-02T08:00:00Z.
"""

# ruff: noqa: E501 - a row of a table reads best whole

from typing import Any

Fields = dict[str, Any]


def of(kind: str, **fields: Any) -> Fields:
    return {"type": kind, **fields}


def about(kind: str, development: str = "d1", **fields: Any) -> Fields:
    return of(f"development_{kind}", development=development, **fields)


def correct(
    development: str = "d1", *, note: str | None = "It was wrong.", level: str = "correction", **to: Any
) -> Fields:
    return about("corrected", development, set=to, level=level, **({} if note is None else {"note": note}))


OPENED = of("story_opened", headline="Fire at the harbour")
D1 = about("reported", headline="Two hurt in pier 3", facts=[{"key": "hurt", "value": 2}], id="report-1")
D2 = about(
    "reported", "d2", headline="A list of the hurt", expects=[{"id": "list", "what": "A list", "due": "2026-03-09"}]
)
CLOSED = of("story_closed")
HELD = about("held")
RETRACTED = about("retracted", reason="Nobody was hurt.")
REDACTED = of("event_redacted", development="d1", reason="A court ordered it.")
PINNED = about("pinned")
UNDONE = of("event_undone")
LATER = "2026-03-05T00:00:00Z"
EMBARGOED = about("reported", "d3", headline="The port's budget", embargoed_until=LATER)
FORECAST = [{"key": "hurt", "value": 3, "as_of": "2026-03-04"}]

SECRET = EMBARGOED | {"facts": [{"key": "bids", "value": 3}]}
SECRET_COUNT = EMBARGOED | {"development": "d4", "facts": [{"key": "hurt", "value": 3}]}
STATUS = about(
    "reported",
    headline="Fire contained",
    facts=[
        {"key": "fire", "value": "contained"},
        {"key": "began", "value": {"date": "2026-03-02"}},
        {"key": "out", "value": False},
    ],
)


def settings(key: str = "bids", **changes: Any) -> Fields:
    return of("story_revised", facts={key: changes})


CASES: dict[str, tuple[Fields, ...]] = {
    # Stories
    "unknown story": (OPENED, D1 | {"story": "harbor-fire"}),
    "unknown story, nothing near": (OPENED, D1 | {"story": "budget"}),
    "second opening": (OPENED, OPENED),
    "revision of nothing": (OPENED, of("story_revised")),
    "settings of a fact known under embargo": (OPENED, SECRET, settings(label="Bids")),
    "settings of a fact under a shorter embargo": (
        OPENED, SECRET, settings(label="Bids") | {"embargoed_until": "2026-03-04T23:00:00Z"},
    ),
    "settled by an unknown development": (OPENED, D1, settings("hurt", settled="d9")),
    "settled by a report of something else": (OPENED, D1, D2, settings("hurt", settled="d2")),
    "settled by a retracted report": (OPENED, D1, RETRACTED, settings("hurt", settled="d1")),
    "settled by a report under embargo": (OPENED, D1, SECRET_COUNT, settings("hurt", settled="d4")),
    "settled in an opening": (OPENED | {"facts": {"hurt": {"settled": "d1"}}},),
    "threshold of a text": (OPENED, STATUS, settings("fire", threshold="10%")),
    "threshold of a yes or no": (OPENED, STATUS, settings("out", threshold=2)),
    "threshold of a date": (OPENED, STATUS, settings("began", threshold=2)),
    "report into a closed story": (OPENED, CLOSED, D1),
    "closing what is closed": (OPENED, CLOSED, CLOSED),
    "reopening what is open": (OPENED, of("story_reopened")),
    # Reports
    "development id used again": (OPENED, D1, D1 | {"id": "report-2"}),
    "development id of a retracted one used again": (OPENED, D1, RETRACTED, D1 | {"id": "report-2"}),
    "corroboration of an unknown development": (OPENED, D1, D2 | {"corroborates": [{"development": "d11"}]}),
    "corroboration with nothing reported": (OPENED, D2 | {"corroborates": [{"development": "d11"}]}),
    "corroboration of itself": (OPENED, D1, D2 | {"corroborates": [{"development": "d2"}]}),
    "dispute of an unknown development": (OPENED, D1, D2 | {"disputes": [{"development": "pier", "kind": "denies"}]}),
    "claim without a value": (OPENED, D1 | {"facts": [{"key": "hurt"}]}),
    "forecast as a claim": (OPENED, D1 | {"facts": FORECAST}),
    "forecast as a claim in an old report": (OPENED, D1 | {"facts": FORECAST, "reported_at": "2026-03-02T07:00:00Z"}),
    "expectation without words": (OPENED, D1 | {"expects": [{"due": "2026-03-09"}]}),
    "named expectation without words": (OPENED, D2, D1 | {"expects": [{"id": "lists", "due": "2026-03-09"}]}),
    "expectation stated twice": (OPENED, D2, D1 | {"expects": [{"id": "list", "by": "Port"}, {"id": "list"}]}),
    "resolution of an unknown expectation": (OPENED, D2, D1 | {"resolves": [{"expectation": "lists", "outcome": "met"}]}),
    "resolution with nothing expected": (OPENED, D1 | {"resolves": [{"expectation": "list", "outcome": "met"}]}),
    "report of the future": (OPENED, D1 | {"reported_at": LATER}),
    "report of a time after its embargo": (OPENED, EMBARGOED | {"reported_at": "2026-03-05T00:00:01Z"}),
    "report of an archive under embargo": (OPENED, EMBARGOED | {"archive": True}),
    "published in the future": (OPENED, D1 | {"published_at": LATER}),
    "several reasons at once": (OPENED, CLOSED, D1 | {"reported_at": LATER, "resolves": [{"expectation": "x", "outcome": "met"}]}),
    # Corrections
    "correction of an unknown development": (OPENED, D1, correct("d9", headline="Three hurt")),
    "correction that changes nothing": (OPENED, D1, correct(headline="Two hurt in pier 3", body=None)),
    "correction of the time to what it was": (OPENED, D1, correct(reported_at="2026-03-02T09:00:00Z")),
    "correction without a note": (OPENED, D1, correct(note=None, headline="Three hurt in pier 3")),
    "clarification without a note": (OPENED, D1, correct(note=None, level="clarification", body="In all.")),
    "typo in a digit": (OPENED, D1, correct(level="typo", headline="Two hurt in pier 4")),
    "typo in a body's digit": (OPENED, D1, correct(level="typo", body="Pier 3.")),
    "typo in other fields": (OPENED, D1, correct(level="typo", urgency=1, facts=[])),
    "correction to the future": (OPENED, D1, correct(reported_at=LATER)),
    "correction to before its claim holds": (
        OPENED,
        D1 | {"facts": [{"key": "hurt", "value": 2, "as_of": "2026-03-02"}]},
        correct(reported_at="2026-02-27T08:00:00Z"),
    ),
    "correction to a forecast": (OPENED, D1, correct(facts=FORECAST)),
    "correction with an unknown expectation": (OPENED, D1, correct(resolves=[{"expectation": "x", "outcome": "met"}])),
    "corroboration of an unknown key": (OPENED, D1, D2 | {"corroborates": [{"development": "d1", "keys": ["hutr"]}]}),
    "dispute of an unknown key, nothing near": (
        OPENED,
        D1,
        D2 | {"disputes": [{"development": "d1", "keys": ["hurt", "cause"], "kind": "denies"}]},
    ),
    "dispute of a key where nothing is claimed": (
        OPENED,
        D2,
        about("reported", "d4", headline="Not so", disputes=[{"development": "d2", "keys": ["hurt"], "kind": "denies"}]),
    ),
    "correction corroborating an unknown key": (
        OPENED,
        D1,
        D2,
        correct("d2", corroborates=[{"development": "d1", "keys": ["hurts"]}]),
    ),
    "correction disputing itself": (OPENED, D1, correct(disputes=[{"development": "d1", "kind": "denies"}])),
    "correction that states an expectation twice": (
        OPENED, D2, correct("d2", expects=[{"id": "list", "by": "Port"}, {"id": "list"}])
    ),
    "revision of the future": (OPENED, of("story_revised", headline="Fire", reported_at=LATER)),
    "check of the future": (OPENED, D1, of("fact_checked", key="hurt", checked_on=LATER)),
    "pinning after a redaction": (OPENED, D1, CLOSED, REDACTED, PINNED),
    "correction after a retraction in a closed story": (OPENED, D1, CLOSED, RETRACTED, correct(headline="Three hurt")),
    "redaction of what was undone and redacted": (
        OPENED, D1, UNDONE, of("event_redacted", event="report-1", reason="R"), REDACTED
    ),
    "correction corroborating nothing known": (OPENED, D1, correct(corroborates=[{"development": "d8"}])),
    # Holding, releasing, pinning
    "holding an unknown development": (OPENED, about("held", "pier-3")),
    "holding what is held": (OPENED, D1, HELD, HELD),
    "releasing what is neither held nor embargoed": (OPENED, D1, about("released")),
    "releasing again": (OPENED, EMBARGOED, about("released", "d3"), about("released", "d3")),
    "pinning what is pinned": (OPENED, D1, PINNED, PINNED),
    "unpinning what is not pinned": (OPENED, D1, about("unpinned")),
    "holding under embargo": (OPENED, D1, HELD | {"embargoed_until": LATER}),
    "pinning under embargo": (OPENED, D1, PINNED | {"embargoed_until": LATER}),
    "redacting under embargo": (OPENED, D1, REDACTED | {"embargoed_until": LATER}),
    "releasing under embargo": (OPENED, D1, HELD, about("released", embargoed_until=LATER)),
    # After a retraction
    "correction after a retraction": (OPENED, D1, RETRACTED, correct(headline="Three hurt")),
    "holding after a retraction": (OPENED, D1, RETRACTED, HELD),
    "pinning after a retraction": (OPENED, D1, RETRACTED, PINNED),
    "retraction again": (OPENED, D1, RETRACTED, RETRACTED),
    "substitute named again": (OPENED, D1, D2, RETRACTED | {"substitute": "d2"}, RETRACTED | {"substitute": "d2"}),
    "substitute unknown": (OPENED, D1, RETRACTED | {"substitute": "d2"}),
    "substitute for itself": (OPENED, D1, D2, RETRACTED | {"substitute": "d1"}),
    "retraction of an unknown development": (OPENED, D1, RETRACTED | {"development": "d9"}),
    # Redaction
    "redaction of an unknown development": (OPENED, D1, REDACTED | {"development": "d9"}),
    "redaction again": (OPENED, D1, REDACTED, REDACTED),
    "redaction of an unknown event": (OPENED, D1, of("event_redacted", event="report-9", reason="R")),
    "redaction of what is no report": (OPENED, D1, HELD | {"id": "h"}, of("event_redacted", event="h", reason="R")),
    "redaction of an event again": (OPENED, D1, REDACTED, of("event_redacted", event="report-1", reason="R")),
    "correction after a redaction": (OPENED, D1, REDACTED, correct(headline="Three hurt")),
    "substitute after a redaction": (OPENED, D1, D2, RETRACTED, REDACTED, RETRACTED | {"substitute": "d2"}),
    "retraction after a redaction": (OPENED, D1, D2, REDACTED, RETRACTED | {"substitute": "d2"}),
    # Undo
    "undo of an unknown development": (OPENED, D1, of("event_undone", development="d9")),
    "undo of an unknown event": (OPENED, D1, of("event_undone", event="report-9")),
    "undo of an event that is not the last": (OPENED, D1, D2, of("event_undone", event="report-1")),
    "undo of an opening that is not the last": (OPENED | {"id": "o"}, D1, of("event_undone", event="o")),
    "undo of what was undone": (OPENED, D1, UNDONE, of("event_undone", event="report-1")),
    "undo of an undo": (OPENED, D1, UNDONE | {"id": "undo-1"}, of("event_undone", event="undo-1")),
    "undo in a story of which the opening was undone": (OPENED, UNDONE, UNDONE),
    "undo of a redaction": (OPENED, D1, REDACTED, UNDONE),
    "undo of a development that was redacted": (OPENED, D1, REDACTED, D2, of("event_undone", development="d1")),
    "undo of a development that a later report disputes": (
        OPENED, D1, D2 | {"disputes": [{"development": "d1", "kind": "denies"}]}, of("event_undone", development="d1")
    ),
    "undo of a promise that a later report resolves": (
        OPENED, D2, D1 | {"resolves": [{"expectation": "list", "outcome": "met"}]}, of("event_undone", development="d2")
    ),
    "undo of a substitute": (OPENED, D1, D2, RETRACTED | {"substitute": "d2"}, of("event_undone", development="d2")),
    "undo of an event and a development": (OPENED, D1, of("event_undone", event="report-1", development="d1")),
    "undo under embargo": (OPENED, D1, UNDONE | {"embargoed_until": LATER}),
    "redaction of a development that was undone": (OPENED, D1, UNDONE, REDACTED),
    # Appends
    "id of another event": (OPENED, D1, D1 | {"headline": "Three hurt"}),
    "version that is past": (OPENED, D1, D2 | {"expected_version": 1}),
    "empty append": (OPENED, {}),
}  # fmt: skip
