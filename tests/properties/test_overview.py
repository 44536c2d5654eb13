"""The lists over all stories agree with the state of each story, at any moment."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from events.fold.expectations import RESOLVED
from events.model.edtf import format_instant
from events.projections.overviews import overview_of
from feed.awaited import awaited_at
from feed.embargo_marks import story_line
from tests.builders import STORY, Scenario
from tests.properties.strategies import NOWS, runs, scenarios


@runs(60, 6_000)
@given(scenarios(redactions=True), st.sampled_from(NOWS))
def test_lists_say_what_the_state_says(scenario: Scenario, now: datetime) -> None:
    state, overview = scenario.state(now), overview_of(scenario.fold)
    assert overview is not None
    line = story_line(overview, now)
    assert timedelta(microseconds=line.pop("updated_us")) == state.updated_at - datetime.fromtimestamp(0, now.tzinfo)
    ends = {item.id: item.embargoed_until for item in state.developments if item.status != "canceled"}
    lasting = {name: format_instant(until) for name, until in ends.items() if until is not None and until > now}
    words_until = None if scenario.fold.header is None else scenario.fold.header.embargoed_until
    marks = _mark(format_instant(words_until) if words_until is not None and words_until > now else None)
    assert line == marks | ({"embargoed": len(lasting)} if lasting else {}) | {
        "story": STORY,
        "headline": state.headline,
        "status": state.status,
        "developments": len(state.developments),
        "updated_at": format_instant(state.updated_at),
        "overdue": len(state.overdue),
    }
    stated_by = {item.id: item.stated_by for item in state.expectations}
    awaited = [
        {**item, "story": STORY, **_mark(lasting.get(stated_by[item["id"]]))}
        for item in state.as_json().get("expectations", [])
        if item["status"] not in RESOLVED and (item["status"] == "overdue" or state.status == "open")
    ]
    found = [{**item.json, "story": item.story, "status": item.status} for item in awaited_at([overview], now, None)]
    assert sorted(found, key=lambda item: str(item["id"])) == awaited


def _mark(until: str | None) -> dict[str, str]:
    return {} if until is None else {"embargoed_until": until}


@runs(30, 2_000)
@given(scenarios(), st.sampled_from(NOWS), st.integers(0, 30))
def test_within_asks_for_the_last_day_of_the_window(scenario: Scenario, now: datetime, days: int) -> None:
    state, overview = scenario.state(now), overview_of(scenario.fold)
    assert overview is not None
    until = now.date() + timedelta(days=days)
    ends = {item.id: None if item.due is None else item.due.bounds.latest for item in state.expectations}
    for item in awaited_at([overview], now, days):
        latest = ends[item.json["id"]]
        assert item.status == "overdue" or (latest is not None and latest <= until)
