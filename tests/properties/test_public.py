"""Properties of what is public: it only grows, holds nothing back, leaks nothing, and is built one way only."""

import re
import tempfile
from datetime import datetime
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from events import commands
from events.fold.state import Story
from events.fold.story import fold_of
from events.ledger import Ledger
from events.model.events import (
    AnyEvent,
    Recorded,
)
from events.public.sequence import public_story
from feed.site import Site
from feed.transparency import verify
from tests.builders import HOUR, STORY, Clock, Scenario, newsroom, signing
from tests.properties.growth import Growth, published
from tests.properties.player import ORIGINS, Kind, Player, Step, on_scenario, opened
from tests.properties.secrecy import without_secrets
from tests.properties.strategies import EMBARGOES, RANDOMS, instants, runs, scenarios, step_lists

PUBLISHING, RESTARTING, VERIFYING = 0.4, 0.5, 0.2
REPAIRING: tuple[Kind, ...] = ("report", "correct", "correct", "correct", "retract", "revise")


# It only grows.


@runs(20, 6_000)
@given(scenarios(), RANDOMS)
def test_sequence_of_a_fixed_ledger_only_grows_as_now_advances(scenario: Scenario, random: Random) -> None:
    growth, there = Growth(), instants(scenario)
    for now in sorted(random.sample(there, min(16, len(there)))):
        held = sum(item.recorded_at <= now for item in scenario.recorded)
        growth.see(public_story(STORY, scenario.recorded, now=now), now, position=held)


@runs(30, 6_000)
@given(drawn=step_lists(redactions=True), random=RANDOMS, erasing=st.booleans())
def test_sequence_only_grows_as_the_ledger_does(drawn: list[Step], random: Random, *, erasing: bool) -> None:
    """The ledger grows between publications: what is recorded next is later than they were (1.2, `passed`)."""
    kept = [step for step in drawn if erasing or step.kind != "redact"]
    scenario = opened()
    player, growth = on_scenario(scenario), Growth(erasing=erasing)
    for step in kept:
        player.take(step)
        if random.random() < PUBLISHING:
            now = player.publish()
            growth.see(public_story(STORY, scenario.recorded, now=now), now, position=len(scenario.recorded))
    for now in instants(scenario)[::5]:
        if now > (player.passed or scenario.clock) and now > scenario.clock:
            growth.see(public_story(STORY, scenario.recorded, now=now), now, position=len(scenario.recorded))


@runs(12, 1_000)
@given(step_lists(redactions=True), RANDOMS)
def test_ledger_on_disk_keeps_the_sequence_growing(drawn: list[Step], random: Random) -> None:
    """The same through `Ledger`, whose own clock rule is at stake: its wall clock goes back, its record does not."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        with Ledger.create(folder, actor="tester", clock=clock) as ledger:
            player = on_ledger(ledger, clock)
            growth = Growth(erasing=True)
            for step in drawn:
                recorded = player.take(step)
                assert recorded is None or recorded.recorded_at == player.newest
                if random.random() < PUBLISHING:
                    clock.go(player.wall)
                    now = ledger.advance_publication_time()
                    assert now == player.publish()
                    growth.see(ledger.public(STORY, now=now), now, position=player.recorded_count)


def on_ledger(ledger: Ledger, clock: Clock, story: str = STORY) -> Player:
    """Open a story in `ledger`, and give a player that records there."""
    ledger.append(commands.open_story(story, "Fire at the harbour", origins=ORIGINS, id=f"{story}.opened"))

    def record(wanted: AnyEvent, at: datetime) -> Recorded:
        clock.go(player.wall)
        [appended] = ledger.append(wanted)
        assert appended.recorded.recorded_at == at
        return appended.recorded

    player = Player(record, names=True, story=story)
    return player


# It holds nothing back.


@runs(40, 6_000)
@given(st.one_of(scenarios(redactions=True), scenarios(REPAIRING)))
def test_once_all_embargoes_are_over_the_public_knows_what_the_desk_knows(scenario: Scenario) -> None:
    """In whichever order events went out, they come to the same as in the order in which the desk recorded them."""
    now = max(scenario.clock, EMBARGOES[-1] + HOUR)
    public = public_story(STORY, scenario.recorded, now=now).state
    desk = fold_of(STORY, without_secrets(scenario.recorded, now)).state(now=now, public=True)
    assert public is not None
    for told, known in zip(_known(public), _known(desk), strict=True):
        assert told == known


def _known(state: Story) -> tuple[object, ...]:
    """Return what a state says of the world, without when it was said and what was wrong before."""
    untold = ("opened_at", "updated_at", "corrections")
    return (state.running, {name: told for name, told in state.as_json().items() if name not in untold})


# It leaks nothing.


@runs(40, 6_000)
@given(scenarios(redactions=True), RANDOMS)
def test_public_view_is_that_of_a_ledger_without_what_is_secret(scenario: Scenario, random: Random) -> None:
    known = [now for now in instants(scenario) if now >= scenario.clock]
    for now in [scenario.clock, *random.sample(known, min(3, len(known)))]:
        told = published(public_story(STORY, scenario.recorded, now=now))
        innocent = published(public_story(STORY, without_secrets(scenario.recorded, now), now=now))
        assert told.keys() == innocent.keys()
        for path in told:
            assert told[path] == innocent[path], path


@runs(30, 6_000)
@given(scenarios(redactions=True))
def test_names_of_what_is_secret_stand_in_no_file(scenario: Scenario) -> None:
    """A second look, by text: no id that only secret events name, assigned or given, is anywhere in the output."""
    now = scenario.clock
    innocent = b"".join(_text_of(item) for item in without_secrets(scenario.recorded, now))
    names = {item.development for item in scenario.recorded if item.development is not None}
    secret = {name for name in names if not re.search(_word(name), innocent)}
    for path, data in published(public_story(STORY, scenario.recorded, now=now)).items():
        for name in secret:
            assert not re.search(_word(name), data), (path, name)


def _word(name: str) -> bytes:
    return rb"(?<![\w-])" + re.escape(name.encode()) + rb"(?![\w-])"


def _text_of(item: Recorded) -> bytes:
    return repr(item.event).encode()


def test_correction_names_nothing_that_is_secret() -> None:
    """The smallest case that the property above has found: what a correction set is told in the state and its entry."""
    scenario = Scenario().report("open").report("secret", embargoed_until="2026-03-09T08:00:00Z", expects=[PROMISE])
    scenario.correct("open", disputes=[{"development": "secret", "kind": "denies"}])
    scenario.correct("open", resolves=[{"expectation": "talks", "outcome": "met"}])
    before, after = scenario.clock, EMBARGOES[-1] + 99 * HOUR
    growth = Growth()
    for now in (before, after):
        told = published(public_story(STORY, scenario.recorded, now=now))
        assert told == published(public_story(STORY, without_secrets(scenario.recorded, now), now=now))
        assert all((b"talks" in data or b"secret" in data) <= (now == after) for data in told.values())
        growth.see(public_story(STORY, scenario.recorded, now=now), now, position=len(scenario.recorded))


PROMISE = {"id": "talks", "what": "Talks"}


# It is built one way only.


@runs(8, 300)
@given(step_lists(redactions=True, most=24), step_lists(redactions=True, most=24), RANDOMS, st.sampled_from((1, 2, 50)))
def test_publishing_step_by_step_gives_the_bytes_of_a_rebuild(
    one: list[Step], other: list[Step], random: Random, most: int
) -> None:
    """Two stories, published after some of the steps by a process that may be a new one each time."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        site = signing(newsroom(Path(folder) / "desk", clock), Path(folder) / "key")
        config = site.folder / "writethru.toml"
        config.write_text(re.sub(r"(?m)^entries = \d+", f"entries = {most}", config.read_text()))
        site = Site.open(site.folder, clock=clock)
        feeds: dict[str, str] = {}
        heads: list[verify.Head] = []
        with site.ledger() as ledger:
            players = [on_ledger(ledger, clock, story) for story in ("fire", "flood")]
            turns = [(players[0], step) for step in one] + [(players[1], step) for step in other]
            random.shuffle(turns)
            for player, step in turns:
                player.wall = clock.now
                player.newest = max(item.newest for item in players)
                player.passed = max((item.passed for item in players if item.passed), default=None)
                player.take(step)
                if random.random() < PUBLISHING:
                    clock.go(random.choice((0, 0, 1, 8, 30, -5)) * HOUR)
                    player.wall = clock.now
                    player.publish()
                    if random.random() < RESTARTING:
                        site = Site.open(site.folder, clock=clock)
                    assert site.publish().failed == ()
                    assert site.publish().changed == ()
                    _never_back(site.root, feeds)
                    _holds(site.root, heads)
                if random.random() < VERIFYING:
                    player.wall = clock.now
                    player.newest = max(item.newest for item in players)
                    player.publish()
                    assert site.verify_rebuild() == ()
        assert site.verify_rebuild() == ()
        for hours in (40, 100, 400):
            clock.go(hours * HOUR)
            assert site.publish().failed == ()
            _never_back(site.root, feeds)
            _holds(site.root, heads)
            assert site.verify_rebuild() == ()


def _holds(root: Path, heads: list[verify.Head]) -> None:
    """Check the log as an outsider who remembers how it was before, and what any feed told of it."""
    remembered = [f"{head.size} {verify.b64(head.root)}" for head in heads[-1:]]
    for since in [*remembered, *(str(root / name) for name in FEEDS if b"checkpoint" in (root / name).read_bytes())]:
        report = verify.verify(str(root), since=since)
        assert [str(bad) for bad in report.problems] == []
        assert "lost" not in report.withdrawn
    heads.append(verify.parse_since((root / "log/checkpoint").read_text(encoding="utf-8")))


FEEDS = ("feed.atom", "corrections.json")


def _never_back(root: Path, feeds: dict[str, str]) -> None:
    """Note each Atom feed's own `updated`, and tell whether one went back, or has gone."""
    found = {
        str(path.relative_to(root)): path.read_text(encoding="utf-8").partition("<updated>")[2][:20]
        for path in root.rglob("*.atom")
    }
    assert feeds.keys() <= found.keys()
    for path, updated in found.items():
        assert updated >= feeds.get(path, ""), path
    feeds |= found
