"""A title begins with the news that a second source confirms what one had said."""

from tests.builders import Scenario, claim


def a_story() -> Scenario:
    return Scenario().report("d1", claim("hurt", 2, as_of="2026-03-02"), headline="Two hurt", by="Ana Ruiz (Port)")


def test_title_names_a_second_source_until_one_is_withdrawn() -> None:
    confirmed = a_story().report("d2", "hurt=2@2026-03-02", headline="Clinic counts two", by="Dr Lee (Clinic)")
    assert confirmed.entry("d2").title == "Now confirmed by a second source: Clinic counts two"
    assert confirmed.entry("d1").title == "Two hurt"

    third = confirmed.report("d3", "hurt=2@2026-03-02", headline="Two, says the paper", by="- (Paper)")
    assert third.entry("d3").title == "Two, says the paper"

    withdrawn = third.retract("d1")
    assert withdrawn.entry("d2").title == "Clinic counts two"


def test_confirmation_by_several_at_once_has_no_count() -> None:
    story = a_story().report(
        "d2", "hurt=2@2026-03-02", headline="Clinic and paper count two", by=["Dr Lee (Clinic)", "- (Paper)"]
    )
    assert story.entry("d2").title == "Now independently confirmed: Clinic and paper count two"
