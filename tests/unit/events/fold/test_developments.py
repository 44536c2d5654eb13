"""Developments that are made once: those that no other development has changed."""

from events.fold.developments import Made
from events.fold.state_parts import Development
from tests.builders import Scenario, claim


def states(story: Scenario, made: Made) -> dict[str, Development]:
    """Return the developments by id. They equal those of a state that reuses none."""
    reusing, fresh = (story.fold.state(now=story.clock, public=True, made=each) for each in (made, None))
    assert reusing.developments == fresh.developments
    return {item.id: item for item in reusing.developments}


def test_development_is_made_once() -> None:
    made: Made = {}
    story = Scenario().report("d1", claim("hurt", 2))
    first = states(story, made)["d1"]
    second = states(story.report("d2", claim("doors", 2)), made)
    assert second["d1"] is first
    assert second["d2"].standing == "reported"


def test_development_is_made_again_when_a_contradiction_begins_and_ends() -> None:
    made: Made = {}
    story = Scenario().report("d1", claim("hurt", 2), by="A")
    assert states(story, made)["d1"].standing == "reported"
    assert states(story.report("d2", claim("hurt", 3), by="B"), made)["d1"].standing == "disputed"
    assert states(story.retract("d2"), made)["d1"].standing == "reported"


def test_development_is_made_again_when_another_one_disputes_it_and_no_longer_does() -> None:
    made: Made = {}
    story = Scenario().report("d1", claim("hurt", 2), by="A")
    states(story, made)
    story.report("d2", by="B", disputes=[{"development": "d1", "kind": "denies"}])
    assert states(story, made)["d1"].standing == "disputed"
    assert states(story.retract("d2"), made)["d1"].standing == "reported"


def test_development_is_made_again_after_a_correction_and_when_its_substitute_comes() -> None:
    made: Made = {}
    story = Scenario().report("d1", headline="Wrong").report("d2")
    states(story, made)
    corrected = states(story.correct("d1", headline="Right"), made)["d1"].report
    assert corrected is not None
    assert corrected.headline == "Right"
    assert states(story.retract("d1", substitute="d2"), made)["d1"].substitute == "d2"
