"""Properties of the fold, of decided events, and of the forms in which events are stored and exchanged."""

import copy
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from events.errors import RefusedError
from events.files.exporter import write_event
from events.files.importer import Incoming, read_events
from events.fold.state import Story
from events.fold.story import StoryFold, fold_of
from events.fold.views import in_view
from events.lint import BASIC, STRICT, LintContext, check_story
from events.model.codec import body_of, canonical, decode, encode, plain
from events.model.events import AnyEvent, DevelopmentReported, Erased, Recorded, StoryOpened, StoryRevised
from events.projections.snapshots import freeze, thaw
from events.rules.assignment import same_content
from tests.builders import HOUR, SALT, START, STORY, Scenario
from tests.properties.player import Step, on_scenario, opened
from tests.properties.strategies import NOWS, RANDOMS, instants, runs, scenarios, step_lists


def json_of(state: Story) -> bytes:
    """Return the bytes of a state's JSON."""
    return canonical(state.as_json())


def recorded_events(scenario: Scenario) -> list[tuple[Recorded, AnyEvent]]:
    """Return the events that still have a body."""
    return [(item, item.event) for item in scenario.recorded if not isinstance(item.event, Erased)]


# Folding.


@runs(40, 6_000)
@given(scenario=scenarios(redactions=True), share=st.floats(0, 1), now=st.sampled_from(NOWS), frozen=st.booleans())
def test_folding_a_and_b_equals_continuing_a_with_b(
    scenario: Scenario, share: float, now: datetime, *, frozen: bool
) -> None:
    cut = 1 + round(share * (len(scenario.recorded) - 1))
    whole, continued = fold_of(STORY, scenario.recorded), fold_of(STORY, scenario.recorded[:cut])
    if frozen:
        thawed = thaw(freeze(continued))
        assert thawed is not None
        continued = thawed
    for recorded in scenario.recorded[cut:]:
        continued.apply(recorded)
    for public in (False, True):
        assert continued.state(now=now, public=public) == whole.state(now=now, public=public)
    assert json_of(continued.state(now=now)) == json_of(whole.state(now=now))
    # And decide gets the same answers from both folds.
    assert (continued.version, continued.running) == (whole.version, whole.running)
    assert (continued.expectation_ids, continued.redactable) == (whole.expectation_ids, whole.redactable)
    assert continued.redacted == whole.redacted
    assert [continued.free_id("d"), continued.free_id("e")] == [whole.free_id("d"), whole.free_id("e")]


@runs(40, 6_000)
@given(scenarios(redactions=True), st.sampled_from(NOWS))
def test_reading_a_state_changes_nothing(scenario: Scenario, now: datetime) -> None:
    watched, unwatched = StoryFold(STORY), StoryFold(STORY)
    seen_so_far: list[tuple[Story, Story, bytes]] = []
    for recorded in scenario.recorded:
        before = copy.deepcopy(recorded)
        watched.apply(recorded)
        unwatched.apply(recorded)
        assert recorded == before
        state = watched.state(now=now)
        watched.state(now=now, public=True).as_json()
        json_once = json_of(state)
        assert json_of(state) == json_once
        seen_so_far.append((state, copy.deepcopy(state), json_once))
    for state, as_it_was, json_then in seen_so_far:
        assert state == as_it_was
        assert json_of(state) == json_then
    assert watched.state(now=now) == unwatched.state(now=now)


def test_everything_in_a_state_is_frozen() -> None:
    # At the top only: a caller could change a list by mistake.
    scenario = Scenario().report("d1", "hurt=2:people", by="Chief (Port)", expects=[{"id": "e", "what": "W"}])
    state = scenario.state()
    lists = [name for name in state._fields if isinstance(getattr(state, name), list | set)]
    assert lists == []


def _reports(drawn: list[Step]) -> list[Step]:
    """Return steps of one instant, each with its own time of the report before it."""
    return [
        Step(
            step.kind,
            timedelta(0),
            step.about,
            step.other,
            (1 + nth * 7 % 97) * HOUR + nth * HOUR / 50,
            None,
            step.fields,
        )
        for nth, step in enumerate(drawn)
    ]


@runs(60, 6_000)
@given(step_lists(("report", "retract", "hold"), embargoes=False, most=16), RANDOMS)
def test_facts_expectations_and_disputes_do_not_depend_on_the_order_of_recording(
    drawn: list[Step], random: Random
) -> None:
    """The reports are recorded in any order in which each comes after what it names.

    Each report has its own time: otherwise the position decides ties, which is the order of recording. Holds and
    retractions come last, in any order, one for each development.
    """
    scenario = opened()
    scenario.clock = START + 200 * HOUR
    player = on_scenario(scenario)
    player.wall = scenario.clock
    ordered = sorted(_reports(drawn), key=lambda step: step.kind != "report")
    player.play(step for step in ordered if step.kind == "report")
    withdrawn: set[str] = set()
    for step in ordered:
        about = player.event_for(step).model_dump().get("development") if step.kind != "report" else None
        if about is not None and about not in withdrawn and player.take(step) is not None:
            withdrawn.add(about)
    events = [event for _, event in recorded_events(scenario)][1:]
    first = [event for event in events if isinstance(event, DevelopmentReported)]
    last = [event for event in events if not isinstance(event, DevelopmentReported)]
    random.shuffle(first)
    random.shuffle(last)
    other = opened()
    _record_when_possible(other, first, scenario.clock)
    _record_when_possible(other, last, scenario.clock)
    for now in NOWS:
        one, two = scenario.state(now).as_json(), other.state(now).as_json()
        for part in ("facts", "expectations", "disputes"):
            assert one.get(part) == two.get(part), part
        assert one == two


def _record_when_possible(scenario: Scenario, events: Iterable[AnyEvent], at: datetime) -> None:
    """Record `events`, each as soon as what it names exists."""
    waiting = list(events)
    while waiting:
        for event in waiting:
            try:
                scenario.record(event, at=at)
            except RefusedError:
                continue
            waiting.remove(event)
            break
        else:
            raise AssertionError(waiting)


@runs(40, 6_000)
@given(scenarios(), RANDOMS)
def test_state_as_of_an_instant_never_depends_on_what_was_reported_after_it(scenario: Scenario, random: Random) -> None:
    """Neither on its content, nor on its existence.

    There are no redactions here: what they erase is gone from every view.
    """
    for at in random.sample(instants(scenario), 6):
        after = {item.id for item in scenario.recorded if _counts_from(scenario, item) > at}
        then = json_of(scenario.state(as_of=at))
        for others in (
            [item for item in scenario.recorded if item.id not in after],
            [_reworded(item) if item.id in after else item for item in scenario.recorded],
        ):
            view = fold_of(STORY, in_view(others, as_of=at))
            assert json_of(view.state(now=at)) == then


def _counts_from(scenario: Scenario, item: Recorded) -> datetime:
    """Return the instant from which an event counts: events/README.md#as-of, word for word."""
    if isinstance(item.event, StoryOpened) or (isinstance(item.event, StoryRevised) and item.event.facts):
        return datetime.min.replace(tzinfo=START.tzinfo)
    about = [
        other.reported_at for other in scenario.recorded if item.development and other.development == item.development
    ]
    return max([item.reported_at, *about[:1]])


def _reworded(item: Recorded) -> Recorded:
    """Return the event with other content, if it has any."""
    event = item.event
    if isinstance(event, DevelopmentReported):
        event = event.model_copy(
            update={"headline": "Other", "facts": (), "expects": (), "resolves": (), "disputes": ()}
        )
    return Recorded(item.position, item.version, item.recorded_at, event)


@runs(30, 6_000)
@given(scenarios(), RANDOMS)
def test_state_recorded_by_an_instant_is_that_of_the_ledger_then(scenario: Scenario, random: Random) -> None:
    for at in random.sample(instants(scenario), 6):
        held = [item for item in scenario.recorded if item.recorded_at <= at]
        if held:
            assert scenario.state(recorded_by=at) == fold_of(STORY, held).state(now=at)


# Decided events.


@runs(40, 6_000)
@given(scenarios(redactions=True), st.sampled_from(NOWS))
def test_decided_events_are_complete_and_fold(scenario: Scenario, now: datetime) -> None:
    newest = START
    folding = StoryFold(STORY)
    for number, item in enumerate(scenario.recorded, 1):
        assert (item.position, item.version) == (number, number)
        assert item.recorded_at >= newest
        newest = item.recorded_at
        event = item.event
        assert event.id is not None
        assert event.actor is not None
        assert event.reported_at is not None
        assert event.reported_at <= max(item.recorded_at, event.embargoed_until or item.recorded_at)
        folding.apply(item)
        json_of(folding.state(now=now))
        json_of(folding.state(now=now, public=True))
    assert len({item.id for item in scenario.recorded}) == len(scenario.recorded)
    problems = check_story(LintContext(fold=folding, now=now), strict=True)
    places = {f"{STORY}:{item.position}" for item in scenario.recorded}
    assert {problem.where for problem in problems} <= places
    assert {problem.check for problem in problems} <= {*BASIC, *STRICT, "total", "happened", "said_on"}
    for basic in check_story(LintContext(fold=folding, now=now)):
        assert basic in problems


@runs(30, 6_000)
@given(step_lists())
def test_event_decided_again_has_the_same_content(drawn: list[Step]) -> None:
    scenario = opened()
    player = on_scenario(scenario)
    for step in drawn:
        recorded = player.take(step)
        if recorded is not None and player.last is not None and not isinstance(recorded.event, Erased):
            assert same_content(player.last, recorded)
            assert same_content(recorded.event, recorded)


# The forms of events.


@runs(40, 6_000)
@given(scenarios(redactions=True))
def test_codec_round_trips_byte_for_byte(scenario: Scenario) -> None:
    for item, _ in recorded_events(scenario):
        row = encode(item, salt=SALT)
        assert decode(row) == item
        assert encode(decode(row), salt=SALT) == row
        assert json.loads(row.envelope)["position"] == item.position


@runs(40, 6_000)
@given(scenarios(redactions=True))
def test_export_reads_back_as_the_same_events(scenario: Scenario) -> None:
    events = recorded_events(scenario)
    lines = [write_event(item) for item, _ in events]
    incoming = read_events(b"".join(lines), name="export.jsonl")
    assert [item.event for item in incoming] == [event for _, event in events]
    assert [item.line for item in incoming] == list(range(1, len(events) + 1))
    again = [
        write_event(Recorded(item.position, item.version, item.recorded_at, read.event))
        for (item, _), read in zip(events, incoming, strict=True)
    ]
    assert again == lines
    windows = b"\xef\xbb\xbf" + b"".join(line.replace(b"\n", b"\r\n") for line in lines)
    assert contents(read_events(windows, name="export.jsonl")) == contents(incoming)


@runs(30, 6_000)
@given(scenario=scenarios(), style=st.sampled_from(('"', "'")), flow=st.booleans())
def test_yaml_of_the_same_objects_reads_as_the_same_events(scenario: Scenario, *, style: str, flow: bool) -> None:
    objects = [plain(event) for _, event in recorded_events(scenario)]
    text = yaml.dump(json.loads(canonical(objects)), Dumper=_dumper(style), default_flow_style=flow, allow_unicode=True)
    incoming = read_events(text.encode(), name="story.yaml")
    assert [plain(item.event) for item in incoming] == objects
    pretty = json.dumps(json.loads(canonical(objects)), indent=1, ensure_ascii=flow)
    assert contents(read_events(pretty.encode(), name="story.yaml")) == contents(incoming)


@runs(30, 6_000)
@given(scenarios())
def test_assigned_event_ids_depend_on_contents_alone(scenario: Scenario) -> None:
    objects = [{k: v for k, v in plain(event).items() if k != "id"} for _, event in recorded_events(scenario)]
    data = b"".join(canonical(item) + b"\n" for item in objects)
    once, twice = read_events(data, name="a.jsonl"), read_events(data, name="b.jsonl")
    assert [item.event for item in once] == [item.event for item in twice]
    assert len({item.event.id for item in once}) == len(objects)


def contents(incoming: Iterable[Incoming]) -> list[dict[str, Any]]:
    return [plain(item.event) for item in incoming]


def _dumper(style: str) -> type[yaml.SafeDumper]:
    """Return a writer of YAML that quotes every text and makes no aliases."""

    class Quoting(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - its interface
            return True

    Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style))
    return Quoting


@runs(60, 6_000)
@given(scenario=scenarios(), later=st.sampled_from((timedelta(0), HOUR, timedelta(days=2), timedelta(days=4000))))
def test_export_is_imported_at_any_later_time(scenario: Scenario, later: timedelta) -> None:
    # An embargo that a release ended, for one, is long over by then.
    lines = b"".join(write_event(item) for item, _ in recorded_events(scenario))
    elsewhere = Scenario(open_=False)
    for item in read_events(lines, name="export.jsonl"):
        elsewhere.record(item.event, at=scenario.clock + later)
    assert [body_of(event) for _, event in recorded_events(elsewhere)] == [
        body_of(event) for _, event in recorded_events(scenario)
    ]
    assert [plain(event) for _, event in recorded_events(elsewhere)] == [
        plain(event) for _, event in recorded_events(scenario)
    ]
