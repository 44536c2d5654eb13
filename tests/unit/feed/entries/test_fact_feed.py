"""The feed of one fact: an entry for each move, small moves added up, and corrections for those who saw the error."""

import re
from typing import Any

import pytest

from events import commands
from feed.entries.builder import Address
from feed.entries.fact_feed import FactEntries
from feed.entries.model import Entry
from feed.entries.story import StoryEntries
from tests.builders import BASE_URL, NEWSROOM, STORY, Scenario, claim
from tests.builders import at as instant
from tests.properties.growth import files_of

PORT, CLINIC = "Ana Ruiz (Port)", "Dr Lee (City Clinic)"
ADDRESS = Address(newsroom=NEWSROOM, base_url=BASE_URL)


def a_story(**settings: Any) -> Scenario:
    return Scenario(facts={"hurt": {"follow": True, **settings}})


def feed_of(story: Scenario, key: str = "hurt") -> FactEntries:
    public = story.public()
    return FactEntries(StoryEntries(public, ADDRESS), key, public.items, ADDRESS, most=50)


def titles(story: Scenario, key: str = "hurt") -> list[str]:
    """Return the titles of a fact's feed, the oldest first."""
    return [entry.title for entry in reversed(feed_of(story, key).newest)]


def newest(story: Scenario) -> Entry:
    return feed_of(story).newest[0]


def test_value_that_moves_makes_an_entry() -> None:
    story = a_story().report("d1", claim("hurt", 2), by=PORT).report("d2", claim("hurt", 3), by=PORT)
    assert titles(story) == [
        "Hurt: 2 (one origin: Port; not independently confirmed)",
        "Hurt: 2 → 3 (one origin: Port; not independently confirmed)",
    ]
    assert newest(story).url == f"{BASE_URL}stories/{STORY}/#d2"
    assert newest(story).id == ADDRESS.entry_id(STORY, f"fact/hurt/{story.recorded[-1].id}")


@pytest.mark.parametrize("other", [claim("cause", "a spark"), claim("hurt", 2)])
def test_report_that_moves_nothing_makes_no_entry(other: dict[str, Any]) -> None:
    story = a_story().report("d1", claim("hurt", 2), by=PORT)
    before = feed_of(story).newest
    assert feed_of(story.report("d2", other, by=PORT)).newest == before


def test_confirmation_and_doubt_make_entries() -> None:
    story = a_story().report("d1", claim("hurt", 2), by=PORT).report("d2", claim("hurt", 2), by=CLINIC)
    story.report("d3", claim("hurt", stance="denies"), by="Lee Ho (Blue Line)")
    assert len(titles(story)) == 3
    assert "confirmed by two origins" in titles(story)[1]
    assert "Lee Ho (Blue Line)" in newest(story).content


def test_correction_of_an_account_says_which_one_ended() -> None:
    story = Scenario(facts={"cause": {"follow": True}}).report("d1", claim("cause", "fog"), by=PORT)
    story.report("d2", claim("cause", "wind"), by=CLINIC).correct("d1", facts=[claim("cause", "wind")])
    corrected, told = feed_of(story, "cause").newest[:2]
    ended = "Cause: Ana Ruiz (Port) no longer gives another account"
    assert f"{ended}: fog" in corrected.summary
    assert "gives another account: (corrected: wind)" in told.summary
    story.retract("d1")
    assert "(withdrawn)" in feed_of(story, "cause").newest[1].summary


def test_many_denials_at_once_are_counted_not_listed() -> None:
    story = a_story()
    for number in range(15):
        story.report(f"d{number}", claim("hurt", number), by=PORT)
    denied = [{"development": f"d{number}", "kind": "denies"} for number in range(15)]
    story.report("last", by=CLINIC, disputes=denied)
    assert newest(story).summary.count("denies") == 11
    assert "Hurt: four more changes" in newest(story).summary


def test_feed_has_moves_from_before_it_was_asked_for() -> None:
    story = Scenario().report("d1", claim("hurt", 2), by=PORT)
    before = titles(story)
    story.record(commands.revise_story(STORY, facts={"hurt": {"follow": True}}))
    assert titles(story) == before


# Thresholds


@pytest.mark.parametrize(
    ("threshold", "values", "moves"),
    [
        ("10%", [100, 105, 110, 111, 115], ["100", "100 → 111"]),
        (5, [100, 105, 106, 110, 100], ["100", "100 → 106", "106 → 100"]),
        ("10%", [0, 1], ["0", "0 → 1"]),
        (
            "10%",
            [{"min": 100, "max": 200}, {"min": 110, "max": 195}, {"min": 121, "max": 195}],
            ["100–200", "100–200 → 121–195"],
        ),
        ("10%", [100, {"min": 101}], ["100", "100 → at least 101"]),
    ],
)
def test_small_moves_add_up_until_they_exceed_it(threshold: Any, values: list[Any], moves: list[str]) -> None:
    story = a_story(threshold=threshold)
    for day, value in enumerate(values, start=3):
        story.report(f"d{day}", claim("hurt", value, as_of=f"2026-03-0{day}"), by=PORT, at=f"2026-03-0{day}")
    assert [title.removeprefix("Hurt: ").partition(" (")[0] for title in titles(story)] == moves


def test_small_move_that_is_confirmed_makes_an_entry() -> None:
    story = a_story(threshold="10%").report("d1", claim("hurt", 100), by=PORT).report("d2", claim("hurt", 101), by=PORT)
    assert len(titles(story)) == 1
    story.report("d3", claim("hurt", 101), by=CLINIC)
    assert titles(story)[1].startswith("Hurt: 100 → 101 (confirmed by two origins")


def test_threshold_counts_from_the_item_that_sets_it() -> None:
    story = a_story().report("d1", claim("hurt", 100), by=PORT).report("d2", claim("hurt", 101), by=PORT)
    story.record(commands.revise_story(STORY, facts={"hurt": {"threshold": "10%"}}))
    story.report("d3", claim("hurt", 102), by=PORT)
    assert len(titles(story)) == 2
    story.record(commands.revise_story(STORY, facts={"hurt": {"threshold": None}}))
    assert titles(story)[2].startswith("Hurt: 101 → 102")


def test_threshold_is_no_bar_to_words() -> None:
    story = a_story(threshold="10%").report("d1", claim("hurt", "a few"), by=PORT)
    story.report("d2", claim("hurt", "many", as_of="2026-03-03"), by=PORT, at="2026-03-03")
    assert len(titles(story)) == 2


# Corrections and withdrawals


def test_correction_of_the_value_is_an_entry_and_marks_the_old() -> None:
    story = a_story().report("d1", claim("hurt", 20), by=PORT).correct("d1", facts=[claim("hurt", 2)])
    correction, old = feed_of(story).newest
    assert (correction.title.partition(" (")[0], correction.kind) == ("Correction: Hurt: 20 → 2", "correction")
    assert "corrected: 2" in old.content
    assert (old.updated, old.touched) == (old.published, story.clock)


def test_correction_reaches_readers_beyond_any_threshold() -> None:
    story = a_story(threshold="50%").report("d1", claim("hurt", 20), by=PORT).correct("d1", facts=[claim("hurt", 21)])
    assert titles(story)[1].startswith("Correction: Hurt: 20 → 21")


def test_correction_of_a_value_that_moved_on_is_an_entry() -> None:
    story = a_story().report("d1", claim("hurt", 2), by=PORT).report("d2", claim("hurt", 30), by=PORT)
    before = feed_of(story).newest
    story.correct("d1", facts=[claim("hurt", 3)], note="Three, not two.")
    correction, *others = feed_of(story).newest
    assert (correction.title, correction.kind) == ("Correction: Hurt: 2 (corrected: 3)", "correction")
    assert "Three, not two." in correction.content
    assert [(entry.id, entry.updated) for entry in others] == [(entry.id, entry.updated) for entry in before]
    story.retract("d1")
    assert not any("2" in entry.title for entry in feed_of(story).newest)


def test_hold_of_the_value_is_called_one_also_when_released() -> None:
    story = a_story().report("d1", claim("hurt", 4), by=PORT).report("d2", claim("hurt", 6), by=PORT).hold("d2")
    assert newest(story).title.startswith("Withheld pending checks: Hurt: (withheld) → 4")
    story.release("d2")
    restored, withheld, *_ = feed_of(story).newest
    assert (restored.kind, withheld.kind) == ("report", "withheld")
    assert withheld.title.startswith("Withheld pending checks: Hurt: 6 → 4")
    assert "Correction" not in "".join(titles(story))


def test_correction_of_another_account_says_what_it_was() -> None:
    story = a_story().report("d1", claim("hurt", 4), by=PORT).report("d2", claim("hurt", 6), by=CLINIC)
    story.correct("d1", facts=[claim("hurt", 5)])
    assert "corrected" not in newest(story).content
    assert ": 4" in newest(story).content.replace("</strong>", "")


def test_correction_of_something_else_leaves_the_feed_alone() -> None:
    story = a_story().report("d1", claim("hurt", 2), claim("cause", "a spark"), by=PORT)
    before = feed_of(story).newest
    story.correct("d1", headline="Better", facts=[claim("hurt", 2), claim("cause", "arson")])
    assert feed_of(story).newest == before


def test_hold_and_retraction_leave_a_feed_that_quotes_nothing() -> None:
    story = a_story().report("d1", claim("hurt", 17), by=PORT)
    story.hold("d1")
    assert "17" not in "".join(entry.title + entry.content for entry in feed_of(story).newest)
    story.release("d1")
    assert "17" in feed_of(story).newest[0].content
    story.retract("d1")
    feed = feed_of(story)
    assert feed.newest[0].updated == instant(story.clock)
    texts = "".join(entry.title + entry.summary + entry.content for entry in feed.newest) + feed.name
    assert not any(word in texts.casefold() for word in ("17", "hurt", "ruiz"))


def test_redaction_of_the_last_claim_leaves_no_entry() -> None:
    story = a_story().report("d1", claim("hurt", 20), by=PORT)
    [entry] = feed_of(story).newest
    story.redact(development="d1")
    feed = feed_of(story)
    assert feed.newest == ()
    assert [(stone.id, stone.when) for stone in feed.tombstones] == [(entry.id, story.clock)]


def test_redaction_of_a_correction_takes_its_entry() -> None:
    story = a_story().report("d1", claim("hurt", 20), by=PORT, expects=[{"what": "A list", "due": "2026-03-02"}])
    story.correct("d1", facts=[claim("hurt", 2)])
    correction, _ = feed_of(story).newest
    story.redact(event=story.recorded[-1].id, at="2026-03-04")
    feed = feed_of(story)
    assert [stone.id for stone in feed.tombstones] == [correction.id]
    assert "2" not in "".join(entry.title for entry in feed.newest)


# Files


def test_page_links_the_feeds_that_exist_beside_their_facts() -> None:
    story = Scenario(facts={"hurt": {"lead": True}, "cause": {"follow": True}, "crew": {"follow": True}})
    story.report("d1", claim("hurt", 2), claim("ship", "Ara"), claim("cause", stance="withholds"), by=PORT)
    files = {file.path: file.data.decode() for file in files_of(story.public())}
    assert [path for path in files if "/facts/" in path] == [f"stories/{STORY}/facts/hurt.atom"]
    links = re.findall(r'href="(facts/[^"]*)"', files[f"stories/{STORY}/index.html"])
    assert links == ["facts/hurt.atom"]
    assert "<title>Fire at the harbour: Hurt</title>" in files[f"stories/{STORY}/facts/hurt.atom"]
