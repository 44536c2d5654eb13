"""An entry's title says more than its report's headline where a second source confirms what one had said."""

from tests.builders import Scenario, claim


def a_story() -> Scenario:
    return Scenario().report("d1", claim("hurt", 2, as_of="2026-03-02"), headline="Two hurt", by="Ana Ruiz (Port)")


def title(scenario: Scenario, development: str) -> str:
    return next(entry.title for entry in scenario.entries() if entry.anchor == development)


def test_second_source_is_told_by_the_title_for_as_long_as_it_stands() -> None:
    confirmed = a_story().report("d2", "hurt=2@2026-03-02", headline="Clinic counts two", by="Dr Lee (Clinic)")
    assert title(confirmed, "d2") == "Now confirmed by a second source: Clinic counts two"
    assert title(confirmed, "d1") == "Two hurt"

    third = confirmed.report("d3", "hurt=2@2026-03-02", headline="Two, says the paper", by="- (Paper)")
    assert title(third, "d3") == "Two, says the paper"

    withdrawn = third.retract("d1")
    assert title(withdrawn, "d2") == "Clinic counts two"


def test_confirmation_by_several_at_once_is_told_without_a_count() -> None:
    story = a_story().report(
        "d2", "hurt=2@2026-03-02", headline="Clinic and paper count two", by=["Dr Lee (Clinic)", "- (Paper)"]
    )
    assert title(story, "d2") == "Now independently confirmed: Clinic and paper count two"
