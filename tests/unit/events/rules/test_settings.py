"""Settings of facts: events/README.md#settings."""

from typing import Any

import pytest

from events import commands
from events.diff import changes
from events.errors import InvalidError, RefusedError
from events.files.importer import read_events
from events.model.codec import body_of, decode, encode, newer_schema, plain, schema_of
from events.model.events import AnyEvent
from events.model.settings import Threshold, parse_threshold
from tests.builders import SALT, STORY, Scenario, claim

MAY = "2026-05-01T00:00:00Z"
SECRET = "2026-03-05T00:00:00Z"
EARLIER, LATER = "2026-03-04T00:00:00Z", "2026-03-06T00:00:00Z"


def settings(embargo: str | None = None, **facts: Any) -> AnyEvent:
    return commands.revise_story(STORY, facts=facts, embargoed_until=embargo)


def story(*revisions: AnyEvent, **opening: Any) -> Scenario:
    scenario = Scenario(**opening).report("d1", claim("hurt", 2), claim("fire", "burning"))
    for revision in revisions:
        scenario.record(revision)
    return scenario


def in_force(scenario: Scenario) -> dict[str, dict[str, Any]]:
    return {key: item.in_force for key, item in scenario.state().settings.items()}


def stated(scenario: Scenario, key: str = "hurt", now: str = MAY) -> dict[str, Any]:
    """Return the settings of a fact in the public state."""
    state = scenario.public(now).state
    assert state is not None
    fact: dict[str, Any] = state.as_json()["facts"][key]
    names = ("label", "order", "lead", "hidden", "evolving", "settled", "follow", "threshold")
    return {name: fact[name] for name in names if name in fact}


class TestShape:
    @pytest.mark.parametrize(
        ("raw", "threshold", "json"),
        [
            ("10%", Threshold("10", is_percentage=True), "10%"),
            ("2.50 %", Threshold("2.50", is_percentage=True), "2.50%"),
            (5, Threshold("5"), 5),
            ("5", Threshold("5"), 5),
            ("0.50", Threshold("0.50"), {"decimal": "0.50"}),
            ({"decimal": "0.5"}, Threshold("0.5"), {"decimal": "0.5"}),
            ("9007199254740992", Threshold("9007199254740992"), {"decimal": "9007199254740992"}),
        ],
    )
    def test_threshold_is_stored_as_written(self, raw: object, threshold: Threshold, json: object) -> None:
        assert parse_threshold(raw) == parse_threshold(threshold) == threshold
        event = settings(hurt={"threshold": raw})
        assert plain(event)["facts"]["hurt"]["threshold"] == json
        assert parse_threshold(json) == threshold

    @pytest.mark.parametrize(
        "raw",
        [0, "0%", "0.00", -1, "-1%", True, 1.5, "1e3", "ten", "%", "", "05", {"decimal": "5%"}, {"decimal": 5.0}, [5],
         "1" * 65],
    )  # fmt: skip
    def test_threshold_that_is_no_step_is_refused(self, raw: object) -> None:
        with pytest.raises(InvalidError, match="must be a percentage"):
            settings(hurt={"threshold": raw})

    @pytest.mark.parametrize(
        ("label", "message"),
        [
            ("", "is empty"),
            ("   ", "is empty"),
            ("x" * 301, "has 301 characters; the limit is 300"),
            ("Two\nlines", "a line break"),
            ("bell\x07", "a character that feeds cannot carry"),
            ("no\x7fdelete", "contains U\\+007F"),
            ("c1\x9bcontrol", "contains U\\+009B"),
            ("evil\u202etxt", "contains U\\+202E"),
            ("isolate\u2066d", "contains U\\+2066"),
        ],
    )
    def test_label_obeys_the_limits_of_names(self, label: str, message: str) -> None:
        with pytest.raises(InvalidError, match=message):
            settings(hurt={"label": label})

    def test_label_without_a_visible_character_is_refused(self) -> None:
        with pytest.raises(RefusedError, match="no visible character"):
            story(settings(hurt={"label": "\u200b"}))

    def test_label_in_another_script_is_taken(self) -> None:
        assert in_force(story(settings(hurt={"label": " الجرحى\u200f "}))) == {"hurt": {"label": "الجرحى\u200f"}}

    @pytest.mark.parametrize(
        ("facts", "problem"),
        [
            ({"Hurt!": {"lead": True}}, "facts.Hurt!: .*must be lower-case words"),
            ({"hurt": {}}, "facts.hurt: .*names no setting; the settings are label, order"),
            (
                {"hurt": {"lable": "People"}},
                "facts.hurt.lable: .*there is no field 'lable' here.\n  Did you mean label",
            ),
            ({"hurt": {"order": "first"}}, "facts.hurt.order: .*must be a whole number"),
            ({"hurt": {"order": 2**53}}, "facts.hurt.order: .*must be at most"),
            ({"hurt": {"lead": "yes"}}, "facts.hurt.lead: .*must be true or false"),
            ({"hurt": {"settled": "D 1"}}, "facts.hurt.settled: .*must be lower-case words"),
            ([{"key": "hurt", "value": 2}], "facts: .*must be an object with named fields"),
            ({f"k{n}": {"lead": True} for n in range(201)}, "facts: .*201"),
        ],
    )
    def test_wrong_settings_are_refused_by_their_path(self, facts: Any, problem: str) -> None:
        with pytest.raises(InvalidError, match=problem):
            commands.revise_story(STORY, facts=facts)


class TestSchema:
    def test_event_without_settings_encodes_as_before(self) -> None:
        scenario = story(commands.revise_story(STORY, headline="Two hurt"))
        for recorded in scenario.recorded:
            row = encode(recorded, salt=SALT)
            assert '"schema":1' in row.envelope
            assert row.body is not None
            assert "facts" not in row.body or recorded.event.type == "development_reported"

    @pytest.mark.parametrize("type_", ["story_opened", "story_revised"])
    def test_event_with_settings_bears_schema_2(self, type_: str) -> None:
        scenario = story(settings(hurt={"lead": True}), facts={"hurt": {"label": "People hurt"}})
        [recorded] = [item for item in scenario.recorded if item.event.type == type_]
        row = encode(recorded, salt=SALT)
        assert '"schema":2' in row.envelope
        assert decode(row).event == recorded.event
        assert schema_of(recorded.event) == 2

    def test_schema_of_1_or_2_is_read_and_3_is_refused(self) -> None:
        assert [newer_schema({"type": "story_revised", "schema": number}) for number in (1, 2)] == [None, None]
        refusals = [newer_schema({"type": "story_revised", "schema": 3}), newer_schema({"type": "x", "schema": 2})]
        assert [str(refusal).split("; ")[1].split(".")[0] for refusal in refusals] == [
            "the newest is 2",
            "the newest is 1",
        ]

    def test_settings_come_from_files(self) -> None:
        yaml = b"- type: story_revised\n  story: a\n  facts:\n    hurt: {label: People hurt, lead: true, order: null}\n"
        [item] = read_events(yaml, name="f.yaml")
        assert body_of(item.event) == b'{"facts":{"hurt":{"label":"People hurt","lead":true,"order":null}}}'


class TestMerging:
    def test_revision_changes_the_settings_that_it_names(self) -> None:
        scenario = story(
            settings(hurt={"label": "People hurt", "order": 2}, fire={"hidden": True}),
            settings(hurt={"order": 1, "lead": True}),
            facts={"hurt": {"threshold": "10%", "order": 9}},
        )
        assert in_force(scenario) == {
            "hurt": {
                "label": "People hurt",
                "order": 1,
                "lead": True,
                "threshold": Threshold("10", is_percentage=True),
            },
            "fire": {"hidden": True},
        }

    def test_null_takes_a_setting_back(self) -> None:
        scenario = story(
            settings(hurt={"label": "People hurt", "order": 0, "lead": True}, fire={"hidden": True, "settled": "d1"}),
            settings(hurt={"label": None, "order": None}, fire={"hidden": None, "settled": None}),
        )
        assert in_force(scenario) == {"hurt": {"lead": True}}
        scenario.record(settings(hurt={"lead": False}))
        assert in_force(scenario) == {}

    def test_opening_takes_nothing_back(self) -> None:
        assert in_force(story(facts={"hurt": {"label": None, "lead": False}})) == {}

    def test_view_in_time_has_the_settings_of_then(self) -> None:
        scenario = story(settings(hurt={"label": "Hurt so far"}), settings(hurt={"label": "People hurt"}))
        then = scenario.state(recorded_by="2026-03-02T10:30:00Z")
        assert {key: item.in_force for key, item in then.settings.items()} == {"hurt": {"label": "Hurt so far"}}

    def test_changes_name_each_setting(self) -> None:
        scenario = story(settings(hurt={"label": "People hurt", "lead": True}, fire={"order": 3}))
        before = scenario.state()
        scenario.record(settings(hurt={"label": None, "threshold": 5}, fire={"order": 1}))
        assert list(map(str, changes(before, scenario.state()))) == [
            "fire, order: 3 → 1",
            "hurt, label: People hurt → none",
            "hurt, threshold: none → 5",
        ]


class TestPublic:
    def test_state_has_the_settings_beside_the_fact(self) -> None:
        scenario = story(settings(hurt={"label": "People hurt", "lead": True, "threshold": 5, "settled": "d1"}))
        assert stated(scenario) == {"label": "People hurt", "lead": True, "threshold": 5, "settled": "d1"}
        assert stated(scenario, "fire") == {}

    def test_settings_of_a_key_nobody_speaks_of_are_not_public(self) -> None:
        state = story(settings(bids={"label": "Bids for the port"})).public(MAY).state
        assert state is not None
        assert "bids" not in str(state.as_json()).casefold()

    def test_embargoed_label_is_public_at_its_instant(self) -> None:
        scenario = story(settings(SECRET, hurt={"label": "People hurt"}))
        assert stated(scenario, now=EARLIER) == {}
        assert stated(scenario, now=SECRET) == {"label": "People hurt"}

    def test_embargoed_settings_leave_later_ones_alone(self) -> None:
        scenario = story(
            settings(SECRET, hurt={"label": "Secret", "order": 1}, fire={"label": "Secret"}),
            settings(hurt={"label": "People hurt"}, fire={"label": None}),
        )
        assert stated(scenario) == {"label": "People hurt", "order": 1}
        assert stated(scenario, "fire") == {}

    def test_embargoed_settings_that_were_all_replaced_show_no_item(self) -> None:
        scenario = story(settings(SECRET, hurt={"order": 1}), settings(hurt={"order": None}))
        assert len(scenario.public(MAY).items) == len(scenario.public(EARLIER).items)

    def test_settled_by_a_held_development_is_not_named(self) -> None:
        scenario = story(settings(hurt={"settled": "d1"})).report("d2", claim("hurt", 3)).hold("d1")
        assert stated(scenario) == {}


class TestEmbargo:
    @pytest.mark.parametrize("embargo", [SECRET, LATER])
    def test_settings_under_the_same_or_a_later_embargo_are_taken(self, embargo: str) -> None:
        scenario = story().report("d2", claim("bids", 3), embargoed_until=SECRET)
        scenario.record(settings(embargo, bids={"label": "Bids"}))
        assert stated(scenario, "bids") == {"label": "Bids"}

    @pytest.mark.parametrize("embargo", [None, EARLIER])
    def test_settings_of_a_key_under_embargo_are_refused(self, embargo: str | None) -> None:
        scenario = story().report("d2", claim("bids", 3), embargoed_until=SECRET)
        with pytest.raises(RefusedError, match=f"bids is known only under embargo.*\n.*--embargo {SECRET}"):
            scenario.record(settings(embargo, bids={"label": "Bids"}))

    def test_key_of_a_public_report_may_be_described(self) -> None:
        scenario = story().report("d2", claim("hurt", 3), embargoed_until=SECRET)
        assert stated(scenario.record(settings(hurt={"lead": True}))) == {"lead": True}

    def test_key_is_described_once_its_embargo_was_released(self) -> None:
        scenario = story().report("d2", claim("bids", 3), embargoed_until=SECRET).release("d2")
        assert stated(scenario.record(settings(bids={"lead": True})), "bids") == {"lead": True}

    def test_key_is_described_once_its_embargo_has_ended(self) -> None:
        scenario = story().report("d2", claim("bids", 3), embargoed_until=SECRET)
        scenario.record(settings(bids={"lead": True}), at=LATER)
        assert stated(scenario, "bids") == {"lead": True}

    def test_key_of_a_correction_under_embargo_is_a_secret(self) -> None:
        scenario = story().correct("d1", facts=[claim("bids", 3)], embargoed_until=SECRET)
        with pytest.raises(RefusedError, match="bids is known only under embargo"):
            scenario.record(settings(bids={"label": "Bids"}))
        scenario.correct("d1", facts=[claim("bids", 4)])
        scenario.record(settings(bids={"label": "Bids"}))

    def test_key_that_a_correction_under_embargo_repeats_is_none(self) -> None:
        scenario = story().correct("d1", facts=[claim("hurt", 3)], embargoed_until=SECRET)
        scenario.record(settings(hurt={"label": "People hurt"}))
        assert stated(scenario, now=EARLIER) == {"label": "People hurt"}

    def test_fact_is_settled_by_a_report_under_the_same_embargo(self) -> None:
        scenario = story().report("d2", claim("hurt", 3), embargoed_until=SECRET)
        scenario.record(settings(SECRET, hurt={"settled": "d2"}))
        assert stated(scenario) == {"settled": "d2"}


class TestThreshold:
    @pytest.mark.parametrize("value", [2, {"decimal": "2.5"}, {"min": 1, "max": 3}])
    def test_threshold_of_a_number_is_taken(self, value: Any) -> None:
        scenario = Scenario().report("d1", claim("hurt", value)).record(settings(hurt={"threshold": "10%"}))
        assert stated(scenario) == {"threshold": "10%"}

    def test_threshold_of_a_key_without_value_is_taken(self) -> None:
        scenario = Scenario().report("d1", claim("hurt", 2)).report("d2", "bids!withholds").retract("d1")
        scenario.record(settings(hurt={"threshold": 1}, bids={"threshold": 1}, later={"threshold": 1}))
        assert in_force(scenario).keys() == {"hurt", "bids", "later"}
