"""Facts are called what they are called today, in old entries too: events/README.md#names-of-facts."""

from typing import Any

import orjson

from events import commands
from feed.entries.builder import Address
from feed.entries.story import StoryEntries
from feed.pages.history import History
from tests.builders import BASE_URL, NEWSROOM, STORY, Scenario, claim
from tests.pages import rows_of

PORT, CLINIC = "Ana Ruiz (Port)", "Ben Okoye (Clinic)"


def story() -> Scenario:
    scenario = Scenario().report("d1", claim("people.hurt", 2), by=PORT)
    scenario.report("d2", claim("people.hurt", 3), by=CLINIC).report("d3", claim("people.hurt", 2), by=PORT)
    return scenario.correct("d1", facts=[claim("people.hurt", 1)])


def label(text: str | None, embargo: str | None = None) -> Any:
    return commands.revise_story(STORY, facts={"people.hurt": {"label": text}}, embargoed_until=embargo)


def words(scenario: Scenario, now: str | None = None) -> str:
    """Return everything that entries and history say."""
    public = scenario.public(now)
    entries = StoryEntries(public, Address(newsroom=NEWSROOM, base_url=BASE_URL))
    rows = [row for row in rows_of(History(entries, public)) if row.keys() > {"n", "at"}]
    history = orjson.dumps(rows).decode()
    return "\n".join([history, *(f"{entry.title}\n{entry.summary}\n{entry.content}" for entry in entries.newest())])


def test_old_entries_have_the_label_of_today() -> None:
    before, after = words(story()), words(story().record(label("Casualties")))
    assert "People hurt" in before
    assert after == before.replace("People hurt", "Casualties")


def test_label_that_is_taken_back_is_gone() -> None:
    assert words(story().record(label("Casualties")).record(label(None))) == words(story())


def test_new_label_is_a_quiet_edit() -> None:
    scenario = story()
    before = {entry.id: (entry.published, entry.updated, entry.listed) for entry in scenario.entries()}
    scenario.record(label("Casualties"))
    after = {entry.id: (entry.published, entry.updated, entry.listed) for entry in scenario.entries()}
    assert after == before
    assert {entry.touched for entry in scenario.entries()} == {scenario.clock}


def test_label_under_embargo_changes_no_byte_before_its_end() -> None:
    scenario = story().record(label("Casualties", "2026-03-05T00:00:00Z"))
    then = "2026-03-04T23:59:59Z"
    assert scenario.entries(then) == story().entries(then)
    assert "Casualties" in words(scenario, "2026-03-05T00:00:00Z")


def test_label_of_a_withdrawn_fact_is_not_shown() -> None:
    scenario = (
        Scenario()
        .report("d1", claim("bribe", 2), by=PORT)
        .record(commands.revise_story(STORY, facts={"bribe": {"label": "Bribes taken"}}))
    )
    assert "Bribes taken" in words(scenario)
    scenario.retract("d1")
    assert "Bribes taken" not in words(scenario)
    state = scenario.public().state
    assert state is not None
    assert "Bribes taken" not in str(state.as_json())


def test_summary_made_of_changes_has_the_label() -> None:
    scenario = Scenario().report("d1", claim("people.hurt", 2), by=PORT).report("d2", claim("people.hurt", 3), by=PORT)
    assert scenario.record(label("Casualties")).entry("d2").summary.startswith("Casualties: 2 → 3")


def test_view_of_the_past_has_the_label_of_today() -> None:
    scenario = story().record(label("Casualties"))
    then = scenario.state(as_of="2026-03-02T09:30:00Z")
    assert then.settings["people.hurt"].label == "Casualties"
    assert then.updated_at == Scenario().report("d1").clock
    assert "people.hurt" not in scenario.state(recorded_by="2026-03-02T09:30:00Z").settings
