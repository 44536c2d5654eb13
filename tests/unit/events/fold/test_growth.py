"""The cost of a long story: twice as many events are about twice the work, counted in calls and not in seconds."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType

import pytest

from events import commands
from events.fold.story import fold_of
from feed.publishing.render import render_story
from feed.transparency.leaves import StoryLog
from tests.builders import STORY, Scenario, at, claim
from tests.properties.growth import CONFIG, files_of

pytestmark = pytest.mark.slow

SHORT, GROWTH_MAX = 150, 2.4
START = at("2026-03-01T00:00:00Z")


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def day(number: int) -> str:
    return f"{hour(number):%Y-%m-%d}"


def plain(story: Scenario, events: int) -> None:
    for number in range(events):
        story.report(f"d{number}", at=hour(number))


def reported_a_day_late(story: Scenario, events: int) -> None:
    for number in range(events):
        hurt = claim("hurt", number, as_of=day(number - 24 * (number % 2)))
        story.report(f"d{number}", hurt, at=hour(number), by=f"Speaker {number % 5}")


def reported_a_day_late_within_minutes(story: Scenario, events: int) -> None:
    for number in range(events):
        dated = {"as_of": day(-24)} if number % 2 else {}
        story.report(f"d{number}", claim("hurt", number, **dated), at=START + number * timedelta(seconds=9))


def promised_and_never_kept(story: Scenario, events: int) -> None:
    for number in range(events):
        promise = {"id": f"e{number}", "what": "An answer", "due": day(number + 30)}
        story.report(f"d{number}", at=hour(number), expects=[promise])


def awaited(story: Scenario, events: int) -> None:
    for number in range(events):
        promise = {"id": f"e{number}", "what": "An answer", "due": "2029-01-01"}
        story.report(f"d{number}", at=hour(number), expects=[promise])


def corrected_at_once(story: Scenario, events: int) -> None:
    for number in range(events // 2):
        story.report(f"d{number}", claim("hurt", number), at=hour(2 * number))
        story.correct(f"d{number}", facts=[{"key": "hurt", "value": number + 1}], at=hour(2 * number + 1))


def of_many_keys(story: Scenario, events: int) -> None:
    for number in range(events):
        story.report(f"d{number}", claim(f"hurt.{number}", number), at=hour(number))


def denied(story: Scenario, events: int) -> None:
    for number in range(events):
        stance = "denies" if number % 2 else "asserts"
        story.report(f"d{number}", claim("hurt", number // 2, stance=stance), at=hour(number), by="Fire Service")


def doubted_and_reported_a_day_late(story: Scenario, events: int) -> None:
    for number in range(events):
        hurt = claim("hurt", number % 3, as_of=day(number - 24 * (number % 2)))
        fact = claim("hurt", stance="cannot_confirm") if number % 5 == 0 else hurt
        story.report(f"d{number}", fact, at=hour(number), by=f"Speaker {number % 5}")


def doubted_and_reported_of_one_day(story: Scenario, events: int) -> None:
    for number in range(events):
        hurt = claim("hurt", number % 3, as_of=day(0))
        fact = claim("hurt", stance="cannot_confirm") if number % 5 == 0 else hurt
        story.report(f"d{number}", fact, at=hour(number), by=f"Speaker {number % 5}")


def corrected_later(story: Scenario, events: int) -> None:
    for number in range(events // 2):
        story.report(f"d{number}", claim("hurt", number), at=hour(number))
    for number in range(events // 2):
        story.correct(f"d{number}", facts=[{"key": "hurt", "value": number + 1}], at=hour(events + number))


def corroborated(story: Scenario, events: int) -> None:
    story.report("first", claim("hurt", 2), at=START, by="Fire Service")
    for number in range(1, events):
        aim = [{"development": "first"}]
        story.report(f"d{number}", at=hour(number), by=f"Speaker {number}", corroborates=aim)


def denying_all_before(story: Scenario, events: int) -> None:
    for number in range(events):
        hurt = [claim(f"hurt.{key}", 10 * number + key) for key in range(2)]
        disputes = [{"development": f"d{earlier}", "kind": "denies"} for earlier in range(number)]
        story.report(f"d{number}", *hurt, at=hour(number), by=f"Speaker {number}", disputes=disputes)


def restated(story: Scenario, events: int) -> None:
    for number in range(events):
        promise = {"id": "answer", "what": "An answer", "due": day(number + 30)}
        story.report(f"d{number}", at=hour(number), expects=[promise])


def mapped_again(story: Scenario, events: int) -> None:
    for number in range(events // 2):
        story.report(f"d{number}", claim("hurt", number), at=hour(2 * number), by=f"Speaker {number}")
        origins = {f"Group {number}": [f"Nobody {number}"]}
        story.record(commands.revise_story(STORY, origins=origins), at=hour(2 * number + 1))


def closed_and_reopened(story: Scenario, events: int) -> None:
    for number in range(events // 2):
        story.close(at=hour(2 * number)).reopen(at=hour(2 * number + 1))


def work(shape: Callable[[Scenario, int], None], events: int) -> int:
    """Count the calls that it takes to fold and render what is public of a story."""
    story = Scenario()
    shape(story, events)
    return calls(lambda: render_story(CONFIG, story.public("2027-01-01T00:00:00Z"), StoryLog(updates=(), leaves=())))


def published_bytes(shape: Callable[[Scenario, int], None], events: int) -> dict[str, int]:
    """Return the size of each file of a site of one story."""
    story = Scenario()
    shape(story, events)
    return {file.path: len(file.data) for file in files_of(story.public("2027-01-01T00:00:00Z"))}


def folding(shape: Callable[[Scenario, int], None], events: int) -> int:
    """Count the calls that it takes to fold what is public of a story."""
    story = Scenario()
    shape(story, events)
    return calls(lambda: story.public("2027-01-01T00:00:00Z"))


def folding_once(shape: Callable[[Scenario, int], None], events: int) -> int:
    """Count the calls that it takes to fold a story, and to ask for its state once."""
    story = Scenario()
    shape(story, events)
    return calls(lambda: fold_of(STORY, story.recorded).state(now=hour(events)))


def calls(task: Callable[[], object]) -> int:
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        task()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "shape",
    [
        plain,
        reported_a_day_late,
        reported_a_day_late_within_minutes,
        promised_and_never_kept,
        awaited,
        corrected_at_once,
        of_many_keys,
    ],
)
def test_work_grows_linearly_with_the_events(shape: Callable[[Scenario, int], None]) -> None:
    work(shape, 10)  # whatever is made once, such as templates, is made now
    assert work(shape, 2 * SHORT) < GROWTH_MAX * work(shape, SHORT)


def test_folding_late_corrections_grows_linearly() -> None:
    folding(corrected_later, 10)
    assert folding(corrected_later, 2 * SHORT) < GROWTH_MAX * folding(corrected_later, SHORT)


@pytest.mark.parametrize("shape", [doubted_and_reported_a_day_late, doubted_and_reported_of_one_day])
def test_folding_doubts_without_a_value_grows_linearly(shape: Callable[[Scenario, int], None]) -> None:
    folding(shape, 10)
    once, twice = (folding(shape, events) for events in (SHORT, 2 * SHORT))
    assert twice < GROWTH_MAX * once


def test_folding_denials_costs_no_more_than_listing_them() -> None:
    folding(denied, 10)  # a fact lists its denials, so the lists of all events are a square
    assert folding(denied, 2 * SHORT) < 2 * GROWTH_MAX * folding(denied, SHORT)


def test_work_of_denials_of_all_grows_with_the_denials() -> None:
    once, twice = (work(denying_all_before, events) for events in (16, 32))
    assert twice < 4 * once  # there are four times as many


@pytest.mark.parametrize("shape", [denying_all_before, corroborated])
def test_bytes_of_objections_grow_linearly(shape: Callable[[Scenario, int], None]) -> None:
    once, twice = (published_bytes(shape, events) for events in (20, 40))
    for path in once.keys() - {f"stories/{STORY}/updates.jsonl"}:  # it has what each report itself disputes
        assert twice[path] < GROWTH_MAX * once[path], path


@pytest.mark.parametrize("shape", [corroborated, mapped_again])
def test_folding_what_is_said_again_grows_linearly(shape: Callable[[Scenario, int], None]) -> None:
    folding_once(shape, 10)
    assert folding_once(shape, 2 * SHORT) < GROWTH_MAX * folding_once(shape, SHORT)


@pytest.mark.parametrize("shape", [restated, closed_and_reopened])
def test_publishing_what_is_said_again_grows_linearly(shape: Callable[[Scenario, int], None]) -> None:
    folding(shape, 10)
    assert folding(shape, 2 * SHORT) < GROWTH_MAX * folding(shape, SHORT)
