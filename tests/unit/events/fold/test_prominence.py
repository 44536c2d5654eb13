"""The order in which readers see facts: events/README.md#order-of-facts."""

from typing import Any

from events import commands
from events.fold.prominence import by_prominence, key_facts
from tests.builders import STORY, Scenario, claim


def keys(story: Scenario, *, hidden: bool = False) -> list[str]:
    return [item.fact.key for item in by_prominence(story.state(), hidden=hidden)]


def described(story: Scenario, **facts: Any) -> Scenario:
    return story.record(commands.revise_story(STORY, facts=facts))


def four() -> Scenario:
    """Return a story of four facts that came up in the order b, a, d, c."""
    return Scenario().report("d1", claim("b", 1), claim("a", 1), claim("d", 1), claim("c", 1), by="Ruiz (Port)")


class TestWithoutSettings:
    def test_facts_of_one_report_keep_its_order(self) -> None:
        assert keys(four()) == ["b", "a", "d", "c"]

    def test_what_changed_last_comes_first(self) -> None:
        assert keys(four().report("d2", claim("d", 2), by="Ruiz (Port)")) == ["d", "b", "a", "c"]

    def test_what_was_only_repeated_did_not_change(self) -> None:
        story = four().report("d2", claim("d", 2), by="Ruiz (Port)").report("d3", claim("a", 1), by="Ruiz (Port)")
        assert keys(story) == ["d", "a", "b", "c"]

    def test_more_reports_come_before_fewer(self) -> None:
        assert keys(four().report("d2", claim("c", 1), by="Ruiz (Port)")) == ["c", "b", "a", "d"]

    def test_disputed_facts_come_before_changed_ones(self) -> None:
        story = four().report("d2", claim("c", 2), by="Okoye (Clinic)").report("d3", claim("e", 1), by="Ruiz (Port)")
        assert keys(story) == ["c", "e", "b", "a", "d"]

    def test_facts_without_a_value_come_last(self) -> None:
        story = four().report("d2", "b!cannot_confirm", by="Ruiz (Port)")
        assert keys(story) == ["a", "d", "c", "b"]
        story.report("d3", "f!withholds", by="Ruiz (Port)")
        assert keys(story) == ["a", "d", "c", "f", "b"]


class TestWithSettings:
    def test_lead_comes_before_order_and_order_before_the_rest(self) -> None:
        story = described(four(), c={"lead": True}, d={"order": 2}, a={"order": -1})
        assert keys(story) == ["c", "a", "d", "b"]

    def test_leads_are_in_their_order(self) -> None:
        story = described(four(), c={"lead": True}, d={"lead": True, "order": 0}, a={"order": -1})
        assert keys(story) == ["d", "c", "a", "b"]

    def test_desk_comes_before_a_dispute(self) -> None:
        story = described(four().report("d2", claim("c", 2), by="Okoye (Clinic)"), d={"order": 1})
        assert keys(story) == ["d", "c", "b", "a"]

    def test_hidden_facts_are_left_out_unless_asked_for(self) -> None:
        story = described(four(), a={"hidden": True})
        assert keys(story) == ["b", "d", "c"]
        assert keys(story, hidden=True) == ["b", "a", "d", "c"]

    def test_key_facts_are_four_with_a_value(self) -> None:
        story = four().report("d2", claim("e", 1), claim("f", 1), "g!withholds", by="Ruiz (Port)")
        described(story, g={"lead": True}, c={"lead": True}, e={"hidden": True})
        assert [item.fact.key for item in key_facts(story.state())] == ["c", "f", "b", "a"]
