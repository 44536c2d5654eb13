"""The state as JSON, field for field: events/README.md#the-state-as-json."""

from typing import Any

from events.commands import pin
from events.fold.state import Story
from tests.builders import STORY, Scenario, claim

TALKS = {"id": "talks", "what": "Talks begin", "by": "Port", "due": {"edtf": "2026-03", "literal": "this month"}}


def rich() -> Scenario:
    story = Scenario(
        headline="Fire at the harbour",
        summary="Ferries burn.",
        language="en",
        subjects=["fire"],
        origins={"City hall": ["Mayor's office"]},
        start="2026-03-02T08:00:00Z",
    )
    story.report(
        "some",
        claim("hurt", {"min": 1, "max": 9}, literal="some", unit="people", of=40),
        claim("reopens", {"date": "2026-04"}, as_of={"edtf": "2026-03-02", "literal": "today"}),
        claim("arson", False),
        headline="Some hurt", by="Ann, mayor (Mayor's office)", urgency=3, happened="2026-03-01",
        source={"name": "Wire", "url": "https://wire.example/1"},
        expects=[TALKS], quotes=[{"text": "It burns.", "speaker": "Ann (Mayor's office)"}],
    )  # fmt: skip
    story.report(
        "monitor",
        claim("arson", stance="withholds"),
        headline="Monitor unaware", by="-, an observer (UN)",
        disputes=[{"development": "some", "keys": ["hurt"], "kind": "cannot_confirm", "statement": "We know of none."}],
    )  # fmt: skip
    story.report(
        "all",
        claim("hurt", 40, unit="people", of=40, as_of="2026-03-03"),
        claim("arson", True),
        headline="All hurt", by="Ben (Police)", source="Wire", said_on={"literal": "at noon"},
        at="2026-03-03T12:00:00Z",
        expects=[{"id": "talks", "due": "2026-03-05"}],
    )  # fmt: skip
    story.report(
        "check",
        headline="Checked", by="Cy (Police)",
        corroborates=[{"development": "all", "keys": ["hurt"], "verification": True, "method": "a count"}],
    )  # fmt: skip
    story.report("denial", claim("hurt", 40, stance="denies"), headline="Denied", source="Daily")
    story.correct("some", headline="A few hurt", happened="2026-03-02", level="clarification", note="A word.")
    return story.record(pin(STORY, "all"))


EXPECTED: dict[str, Any] = {
    "story": "harbour-fire",
    "headline": "Fire at the harbour",
    "summary": "Ferries burn.",
    "status": "open",
    "language": "en",
    "subjects": ["fire"],
    "opened_at": "2026-03-02T08:00:00Z",
    "updated_at": "2026-03-03T16:00:00Z",
    "facts": {
        "arson": {
            "last_changed": "2026-03-03T12:00:00Z",
            "value": True,
            "as_of": "../2026-03-03",
            "development": "all",
            "said_by": [{"name": "Ben", "org": "Police"}],
            "standing": "reported",
            "origins": ["Police"],
            "withheld_by": [
                {"role": "an observer", "org": "UN", "named": False, "as_of": "2026-03-02", "development": "monitor"}
            ],
            "history": [
                {
                    "value": False,
                    "as_of": "2026-03-02",
                    "said_by": [{"name": "Ann", "role": "mayor", "org": "Mayor's office"}],
                    "relation": "new",
                    "development": "some",
                },
                {
                    "value": True,
                    "as_of": "../2026-03-03",
                    "said_by": [{"name": "Ben", "org": "Police"}],
                    "relation": "advances",
                    "development": "all",
                },
            ],
        },
        "hurt": {
            "last_changed": "2026-03-03T12:00:00Z",
            "last_confirmed": "2026-03-03T13:00:00Z",
            "value": 40,
            "of": 40,
            "unit": "people",
            "as_of": "2026-03-03",
            "development": "all",
            "said_by": [{"name": "Ben", "org": "Police"}],
            "standing": "disputed",
            "origins": ["Police"],
            "denied_by": [{"value": 40, "as_of": "2026-03-03", "development": "denial"}],
            "unconfirmed_by": [
                {
                    "role": "an observer",
                    "org": "UN",
                    "named": False,
                    "value": {"min": 1, "max": 9},
                    "as_of": "2026-03-02",
                    "development": "monitor",
                }
            ],
            "verified_by": [
                {"name": "Cy", "org": "Police", "method": "a count", "development": "check", "own_side": True}
            ],
            "history": [
                {
                    "value": {"min": 1, "max": 9},
                    "of": 40,
                    "unit": "people",
                    "literal": "some",
                    "as_of": "2026-03-02",
                    "said_by": [{"name": "Ann", "role": "mayor", "org": "Mayor's office"}],
                    "relation": "new",
                    "development": "some",
                },
                {
                    "value": 40,
                    "of": 40,
                    "unit": "people",
                    "as_of": "2026-03-03",
                    "said_by": [{"name": "Ben", "org": "Police"}],
                    "relation": "advances",
                    "development": "all",
                },
            ],
        },
        "reopens": {
            "last_changed": "2026-03-02T09:00:00Z",
            "value": {"date": {"edtf": "2026-04"}},
            "as_of": "2026-03-02",
            "development": "some",
            "said_by": [{"name": "Ann", "role": "mayor", "org": "Mayor's office"}],
            "standing": "reported",
            "origins": ["City hall"],
            "history": [
                {
                    "value": {"date": {"edtf": "2026-04"}},
                    "as_of": "2026-03-02",
                    "said_by": [{"name": "Ann", "role": "mayor", "org": "Mayor's office"}],
                    "relation": "new",
                    "development": "some",
                }
            ],
        },
    },
    "expectations": [
        {
            "id": "talks",
            "what": "Talks begin",
            "by": "Port",
            "due": {"edtf": "2026-03-05"},
            "status": "overdue",
            "development": "some",
            "history": [{"due": {"edtf": "2026-03", "literal": "this month"}, "development": "some"}],
        }
    ],
    "disputes": [
        {
            "development": "some",
            "by_development": "monitor",
            "by": [{"role": "an observer", "org": "UN", "named": False}],
            "kind": "cannot_confirm",
            "claims": [{"key": "hurt", "value": {"min": 1, "max": 9}, "unit": "people", "of": 40, "literal": "some"}],
            "statement": "We know of none.",
        }
    ],
    "corrections": [
        {
            "development": "some",
            "field": "headline",
            "was": "Some hurt",
            "now": "A few hurt",
            "level": "clarification",
            "note": "A word.",
            "at": "2026-03-03T15:00:00Z",
        },
        {
            "development": "some",
            "field": "happened",
            "was": {"edtf": "2026-03-01"},
            "now": {"edtf": "2026-03-02"},
            "level": "clarification",
            "note": "A word.",
            "at": "2026-03-03T15:00:00Z",
        },
    ],
    "developments": [
        {
            "id": "some",
            "status": "usable",
            "reported_at": "2026-03-02T09:00:00Z",
            "standing": "reported",
            "headline": "A few hurt",
            "happened": {"edtf": "2026-03-02"},
            "said_by": [{"name": "Ann", "role": "mayor", "org": "Mayor's office"}],
            "sources": [{"name": "Wire", "url": "https://wire.example/1"}],
            "facts": [
                {"key": "hurt", "value": {"min": 1, "max": 9}, "unit": "people", "of": 40, "literal": "some"},
                {"key": "reopens", "value": {"date": {"edtf": "2026-04"}}, "as_of": "2026-03-02"},
                {"key": "arson", "value": False},
            ],
            "quotes": [{"text": "It burns.", "speaker": {"name": "Ann", "org": "Mayor's office"}}],
            "urgency": 3,
        },
        {
            "id": "monitor",
            "status": "usable",
            "reported_at": "2026-03-02T10:00:00Z",
            "standing": "reported",
            "headline": "Monitor unaware",
            "said_by": [{"role": "an observer", "org": "UN", "named": False}],
            "facts": [{"key": "arson", "stance": "withholds"}],
        },
        {
            "id": "all",
            "status": "usable",
            "reported_at": "2026-03-03T12:00:00Z",
            "standing": "reported",
            "pinned": True,
            "headline": "All hurt",
            "said_on": {"literal": "at noon"},
            "said_by": [{"name": "Ben", "org": "Police"}],
            "sources": [{"name": "Wire"}],
            "facts": [
                {"key": "hurt", "value": 40, "unit": "people", "of": 40, "as_of": "2026-03-03"},
                {"key": "arson", "value": True},
            ],
        },
        {
            "id": "check",
            "status": "usable",
            "reported_at": "2026-03-03T13:00:00Z",
            "standing": "reported",
            "headline": "Checked",
            "said_by": [{"name": "Cy", "org": "Police"}],
        },
        {
            "id": "denial",
            "status": "usable",
            "reported_at": "2026-03-03T14:00:00Z",
            "standing": "reported",
            "headline": "Denied",
            "sources": [{"name": "Daily"}],
            "facts": [{"key": "hurt", "value": 40, "stance": "denies"}],
        },
    ],
    "sources": [{"name": "Wire", "developments": 2}, {"name": "Daily", "developments": 1}],
}


def test_rich_story_has_the_whole_shape() -> None:
    assert rich().state("2026-03-06T12:00:00Z").as_json() == EXPECTED


def test_what_is_empty_is_absent() -> None:
    assert Scenario().state().as_json() == {
        "story": "harbour-fire",
        "headline": "Fire at the harbour",
        "status": "open",
        "opened_at": "2026-03-02T08:00:00Z",
        "updated_at": "2026-03-02T08:00:00Z",
    }


def test_unknown_value_is_null_while_zero_and_false_are_values() -> None:
    story = Scenario().report("a", claim("hurt", 0), claim("arson", False), by="Ann (Port)")
    facts = story.state().as_json()["facts"]
    assert (facts["hurt"]["value"], facts["arson"]["value"]) == (0, False)
    fact = story.report("b", claim("hurt", stance="denies"), by="Ann (Port)").state().as_json()["facts"]["hurt"]
    assert fact == {
        "value": None,
        "last_changed": "2026-03-02T10:00:00Z",
        "denied_by": [{"name": "Ann", "org": "Port", "value": 0, "as_of": "2026-03-02", "development": "b"}],
        "history": [
            {
                "value": 0,
                "as_of": "2026-03-02",
                "said_by": [{"name": "Ann", "org": "Port"}],
                "relation": "new",
                "development": "a",
            },
            {
                "as_of": "2026-03-02",
                "said_by": [{"name": "Ann", "org": "Port"}],
                "relation": "withdrawn",
                "development": "b",
            },
        ],
    }


def test_contradictions_are_listed_with_their_speakers() -> None:
    story = Scenario().report("a", claim("hurt", 3), by="Ann (Port)").report("b", claim("hurt", 5), by="Ben (Navy)")
    assert story.state().as_json()["facts"]["hurt"]["contradicted_by"] == [
        {"value": 3, "as_of": "2026-03-02", "development": "a", "said_by": [{"name": "Ann", "org": "Port"}]}
    ]


def test_corrected_parts_keep_the_form_of_the_state() -> None:
    story = Scenario().report(
        "a", expects=[{"id": "e", "what": "Talks", "due": "2026-03"}, {"id": "f", "what": "Rain"}]
    )
    story.correct(
        "a",
        facts=[claim("opens", {"date": "2026"}, as_of={"literal": "lately"})],
        expects=None,
        reported_at="2026-03-02T07:00:00Z",
    )
    corrected = {item["field"]: (item.get("was"), item.get("now")) for item in story.state().as_json()["corrections"]}
    assert corrected == {
        "reported_at": ("2026-03-02T09:00:00Z", "2026-03-02T07:00:00Z"),
        "facts": (None, [{"key": "opens", "value": {"date": {"edtf": "2026"}}}]),
        "expects": ([{"id": "e", "what": "Talks", "due": {"edtf": "2026-03"}}, {"id": "f", "what": "Rain"}], None),
    }


def test_settled_expectation_names_the_report_that_settled_it() -> None:
    story = Scenario().report("a", expects=[{"id": "e", "what": "Talks", "wanted_by": "City", "condition": "if calm"}])
    story.report("b", resolves=[{"expectation": "e", "outcome": "met"}])
    assert story.state().as_json()["expectations"] == [
        {
            "id": "e",
            "what": "Talks",
            "wanted_by": "City",
            "condition": "if calm",
            "status": "met",
            "development": "a",
            "resolved_by": "b",
        }
    ]


def _json_of(state: Story | None, development: str) -> dict[str, Any]:
    assert state is not None
    [json] = [item for item in state.as_json()["developments"] if item["id"] == development]
    assert isinstance(json, dict)
    return json


def test_public_sees_id_and_status_of_a_withheld_development() -> None:
    story = rich().hold("some", reason="Being checked.")
    assert _json_of(story.public().state, "some") == {"id": "some", "status": "withheld"}
    assert _json_of(story.state(), "some") == EXPECTED["developments"][0] | {
        "status": "withheld",
        "reason": "Being checked.",
    }


def test_retracted_development_shows_reason_and_substitute() -> None:
    story = rich().retract("some", reason="A hoax.", substitute="all")
    expected = {"id": "some", "status": "canceled", "reason": "A hoax.", "substitute": "all"}
    for state in (story.state(), story.public().state):
        assert _json_of(state, "some") == expected
        assert state is not None
        assert "corrections" not in state.as_json()
        assert "A few hurt" not in str(state.as_json())
    assert _json_of(rich().redact(development="some").state(), "some")["status"] == "canceled"


def test_desk_sees_embargo_and_archive_date() -> None:
    story = Scenario().report("a", embargoed_until="2026-03-09T12:00:00Z", published_at="2015-01-06T18:00:00Z")
    assert _json_of(story.state(), "a")["embargoed_until"] == "2026-03-09T12:00:00Z"
    public = story.public("2026-03-09").state
    assert _json_of(public, "a")["published_at"] == "2015-01-06T18:00:00Z"
    assert "embargoed_until" not in _json_of(public, "a")


def test_facts_expectations_and_developments_are_found_by_name() -> None:
    state = rich().state()
    assert state.fact("nothing") is None
    assert state.expectation("nothing") is None
    assert state.development("nothing") is None
    assert [state.fact("hurt") is not None, state.development("all") is not None] == [True, True]


def test_expectations_are_listed_by_urgency() -> None:
    dues = {
        "open": None, "pending": "2026-03-20", "partly-late": "2026-03-28", "partly-soon": "2026-03-12",
        "overdue": "2026-03-03", "missed": None, "met": None, "met-late": "2026-03-03", "cancelled": "2026-03-01",
    }  # fmt: skip
    partly = dict.fromkeys(("partly-late", "partly-soon"), "partly_met")
    outcomes = partly | {"missed": "missed", "met": "met", "met-late": "met", "cancelled": "cancelled"}
    expects = [{"id": name, "what": name} | ({"due": due} if due else {}) for name, due in dues.items()]
    resolves = [{"expectation": name, "outcome": outcome} for name, outcome in outcomes.items()]
    story = Scenario().report("a", expects=expects).report("b", resolves=resolves, at="2026-03-10")
    assert [expected.id for expected in story.state().by_urgency] == [
        "overdue", "partly-soon", "pending", "partly-late", "open", "missed", "met-late", "met", "cancelled",
    ]  # fmt: skip
