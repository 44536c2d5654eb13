"""The worked stories, as the desk and the feeds show them. A folder with a `views.yaml` is one more.

To add one: write events.yaml and views.yaml, run `pytest tests/golden --update-golden`, and read every line.
"""

import random
from collections.abc import Iterator

import pytest

from events.model.events import DevelopmentCorrected, DevelopmentReported
from tests.builders import Scenario
from tests.conftest import Golden
from tests.golden.stories import (
    EVENTS,
    HERE,
    VIEWS,
    Recording,
    WorkedStory,
    changes_text,
    entries_text,
    file_name,
    golden_files,
    shuffled,
    state_text,
    stories,
    story,
)

SHUFFLES = 20


@pytest.fixture(scope="module", params=stories())
def worked(request: pytest.FixtureRequest) -> WorkedStory:
    return story(request.param)


@pytest.fixture(scope="module")
def recording(worked: WorkedStory, store: str, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return worked.record(tmp_path_factory.mktemp(f"{worked.name}-{store}") / "newsroom")


def test_no_golden_file_is_left_over(worked: WorkedStory) -> None:
    files = {str(file.relative_to(HERE / worked.name)) for file in (HERE / worked.name).rglob("*") if file.is_file()}
    assert {name for name in files - golden_files(worked) if not name.startswith("feeds/")} <= {EVENTS, VIEWS}


def test_the_desk_knows_what_the_golden_states_say(worked: WorkedStory, recording: Recording, golden: Golden) -> None:
    for at in worked.views.as_of:
        golden(state_text(recording.state(as_of=at)), f"{worked.name}/state/{file_name(at)}.json")
    for at in worked.views.recorded_by:
        golden(state_text(recording.state(recorded_by=at)), f"{worked.name}/state/recorded-{file_name(at)}.json")


def test_the_public_knows_what_the_golden_states_say(worked: WorkedStory, recording: Recording, golden: Golden) -> None:
    for at in worked.views.public:
        state = recording.public(at).state
        assert state is not None
        golden(state_text(state), f"{worked.name}/state/public-{file_name(at)}.json")


def test_show_reads_as_in_the_golden_files(worked: WorkedStory, recording: Recording, golden: Golden) -> None:
    for at in worked.views.as_of:
        golden(recording.show("--as-of", at), f"{worked.name}/show/{file_name(at)}.txt")
    for at in worked.views.recorded_by:
        golden(recording.show("--recorded-by", at), f"{worked.name}/show/recorded-{file_name(at)}.txt")


@pytest.mark.slow
def test_what_is_overdue_or_disputed_stands_in_the_first_lines_of_show(
    worked: WorkedStory, recording: Recording
) -> None:
    for at in worked.views.as_of:
        state = recording.state(as_of=at)
        first = " ".join(recording.show("--as-of", at).split("\n\n")[0].split())
        assert all(expected.what in first for expected in state.overdue)
        assert ("OVERDUE: " in first) == bool(state.overdue)
        disputed = [key for key, item in state.facts.items() if item.fact.standing == "disputed"]
        assert ("DISPUTED: " in first) == bool(disputed)


def test_entries_read_as_in_the_golden_files(worked: WorkedStory, recording: Recording, golden: Golden) -> None:
    for at in worked.views.entries:
        golden(entries_text(recording.entries(at)), f"{worked.name}/entries-{file_name(at)}.txt")
    golden(entries_text(recording.entries(worked.views.ends_at)), f"{worked.name}/entries.txt")


def test_changes_along_the_public_sequence_read_as_in_the_golden_file(
    worked: WorkedStory, recording: Recording, golden: Golden
) -> None:
    golden(changes_text(recording.public(worked.views.ends_at)), f"{worked.name}/changes.txt")


@pytest.mark.slow
@pytest.mark.parametrize("store", ["sqlite"], scope="module")  # the order is that of scenarios, which have no store
def test_recorded_in_another_order_facts_and_expectations_are_the_same(
    worked: WorkedStory, recording: Recording
) -> None:
    events = [event.model_copy(update={"reported_at": event.reported_at or at}) for at, event in worked.events]
    expected = recording.state().as_json()
    for seed in range(SHUFFLES):
        scenario = Scenario(recording.story, start=worked.views.ends_at, open_=False)
        for event in shuffled(events, random.Random(seed)):
            scenario.record(event, at=worked.views.ends_at)
        state = scenario.state(worked.views.ends_at).as_json()
        assert state["facts"] == expected["facts"], f"seed {seed}"
        assert state["expectations"] == expected["expectations"], f"seed {seed}"


def test_no_text_of_what_was_withdrawn_is_left_in_public(worked: WorkedStory, recording: Recording) -> None:
    public = recording.public(worked.views.ends_at)
    assert public.state is not None
    withdrawn = {item.id for item in public.state.developments if item.status != "usable"}
    texts = "".join(
        (
            state_text(public.state),
            entries_text(recording.entries(worked.views.ends_at)),
            changes_text(public),
        )
    )
    assert [text for name in withdrawn for text in _texts(worked, name) if text in texts] == []


@pytest.mark.slow
def test_the_public_sequence_only_grows(worked: WorkedStory, recording: Recording) -> None:
    instants = sorted(
        {*(at for at, _ in worked.events), *worked.views.public, *worked.views.as_of, worked.views.ends_at}
    )
    before: list[tuple[int, str, str]] = []
    for at in instants:
        now = [(item.number, str(item.at), str(item.development)) for item in recording.public(at).items]
        assert now[: len(before)] == before
        before = now


def _texts(worked: WorkedStory, development: str) -> Iterator[str]:
    """Yield the texts of a report and of its corrections: headlines, bodies, notes and quotes."""
    for _, event in worked.events:
        if isinstance(event, DevelopmentReported) and event.development == development:
            yield from (text for text in (event.headline, event.body) if text is not None)
            yield from (quote.text for quote in event.quotes)
        if isinstance(event, DevelopmentCorrected) and event.development == development:
            yield from (text for text in (event.set.headline, event.set.body, event.note) if text is not None)
