"""Which events are under embargo, and until when."""

from datetime import timedelta

from events import commands
from events.fold.embargoes import MOMENTS_MAX, embargo_ends, embargoes
from tests.builders import START, STORY, Scenario

DAY = timedelta(days=1)


def covered(story: Scenario) -> list[tuple[int, list[int]]]:
    """Return of each embargo in how many days it ends, and the positions of the events that it covers."""
    positions = {event.id: event.position for event in story.recorded}
    ends = embargoes(story.recorded, now=story.clock)
    return [((end.until - START).days, sorted(positions[name] for name in end.covered)) for end in ends]


def test_embargo_covers_all_about_its_development() -> None:
    story = Scenario().report("d1").report("d2", embargoed_until=START + 2 * DAY).hold("d2").correct("d1", headline="A")
    assert covered(story) == [(2, [3, 4])]


def test_correction_has_the_later_of_two_embargoes() -> None:
    story = Scenario().report("d1", embargoed_until=START + 2 * DAY)
    story.correct("d1", headline="A", embargoed_until=START + 3 * DAY).correct("d1", headline="B")
    assert covered(story) == [(2, [2, 3, 4]), (3, [3])]


def test_released_or_undone_report_is_under_no_embargo() -> None:
    story = Scenario().report("d1", embargoed_until=START + 2 * DAY).release("d1")
    assert covered(story) == []
    assert covered(story.report("d2", embargoed_until=START + 2 * DAY).undo()) == []


def test_embargo_of_a_story_covers_all_of_it() -> None:
    story = Scenario(embargoed_until=START + 2 * DAY).report("d1").close()
    assert covered(story) == [(2, [1, 2, 3])]
    assert covered(story.record(commands.undo(STORY))) == [(2, [1, 2])]


def test_embargo_that_has_ended_covers_nothing() -> None:
    story = Scenario().report("d1", embargoed_until=START + 2 * DAY)
    assert embargo_ends(story.recorded, now=START + 2 * DAY) == {}
    assert embargoes((), now=START) == ()


def test_last_of_very_many_embargoes_ends_several() -> None:
    story = Scenario()
    for number in range(MOMENTS_MAX + 3):
        story.report(f"r{number}", embargoed_until=START + (2 + number) * DAY)
    ends = covered(story)
    assert [days for days, _ in ends] == [*range(2, MOMENTS_MAX + 1), MOMENTS_MAX + 4]
    assert len(embargo_ends(story.recorded, now=story.clock)) == MOMENTS_MAX + 3
