"""Properties of what is public: it only grows, holds nothing back, leaks nothing, and depends on events alone."""

import re
import tempfile
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import commands
from events.errors import RefusedError
from events.fold.state import Story
from events.fold.story import fold_of
from events.ledger import Ledger
from events.model.events import (
    AnyEvent,
    Recorded,
)
from events.public.sequence import public_story
from feed.site import Site
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.encoding import b64
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.memory import parse_since
from tests.builders import HOUR, STORY, Clock, Scenario, new_ledger, newsroom, signing
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
    """The ledger grows between publications, and each event is later than those before it (`Player.passed`)."""
    steps = [step for step in drawn if erasing or step.kind != "redact"]
    scenario = opened()
    player, growth = on_scenario(scenario), Growth(erasing=erasing)
    for step in steps:
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
    """The same through `Ledger` and its rule for clocks: the wall clock goes back, `recorded_at` does not."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        with new_ledger(folder, clock) as ledger:
            player = on_ledger(ledger, clock)
            growth = Growth(erasing=True)
            for step in drawn:
                recorded = player.take(step)
                assert recorded is None or recorded.recorded_at == player.newest
                if random.random() < PUBLISHING:
                    clock.go(player.wall)
                    if ledger.time().is_ahead_of(clock.now):
                        with pytest.raises(RefusedError):
                            ledger.advance_publication_time()
                        continue
                    now = ledger.advance_publication_time()
                    assert now == player.publish()
                    growth.see(ledger.public(STORY, now=now), now, position=player.recorded_count)


def on_ledger(ledger: Ledger, clock: Clock, story: str = STORY) -> Player:
    """Open a story in `ledger`, and return a player that records in it."""
    ledger.append(commands.open_story(story, "Fire at the harbour", origins=ORIGINS, id=f"{story}.opened"))

    def record(event: AnyEvent, at: datetime) -> Recorded:
        clock.go(player.wall)
        [appended] = ledger.append(event)
        assert appended.recorded.recorded_at == at
        return appended.recorded

    player = Player(record, names=True, story=story)
    return player


# It holds nothing back.


@runs(40, 6_000)
@given(st.one_of(scenarios(redactions=True), scenarios(REPAIRING)))
def test_once_all_embargoes_are_over_the_public_knows_what_the_desk_knows(scenario: Scenario) -> None:
    """The order in which events became public does not matter: the result is that of the order of recording."""
    now = max(scenario.clock, EMBARGOES[-1] + HOUR)
    public = public_story(STORY, scenario.recorded, now=now).state
    desk = fold_of(STORY, without_secrets(scenario.recorded, now)).state(now=now, public=True)
    assert public is not None
    for one, other in zip(_content(public), _content(desk), strict=True):
        assert one == other


def _content(state: Story) -> tuple[object, ...]:
    """Return a state without its times and its corrections."""
    others = ("opened_at", "updated_at", "corrections")
    return (state.running, {name: value for name, value in state.as_json().items() if name not in others})


# It leaks nothing.


@runs(40, 6_000)
@given(scenarios(redactions=True), RANDOMS)
def test_public_view_is_that_of_a_ledger_without_what_is_secret(scenario: Scenario, random: Random) -> None:
    later = [now for now in instants(scenario) if now >= scenario.clock]
    for now in [scenario.clock, *random.sample(later, min(3, len(later)))]:
        files = published(public_story(STORY, scenario.recorded, now=now))
        innocent = published(public_story(STORY, without_secrets(scenario.recorded, now), now=now))
        assert files.keys() == innocent.keys()
        for path in files:
            assert files[path] == innocent[path], path


@runs(30, 6_000)
@given(scenarios(redactions=True))
def test_no_file_holds_the_name_of_a_secret_development(scenario: Scenario) -> None:
    """The same by text: an id that only secret events name is in no file."""
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
    """The smallest case that the property above found: the state and the entry of a correction show what it set."""
    scenario = Scenario().report("open").report("secret", embargoed_until="2026-03-09T08:00:00Z", expects=[PROMISE])
    scenario.correct("open", disputes=[{"development": "secret", "kind": "denies"}])
    scenario.correct("open", resolves=[{"expectation": "talks", "outcome": "met"}])
    before, after = scenario.clock, EMBARGOES[-1] + 99 * HOUR
    growth = Growth()
    for now in (before, after):
        files = published(public_story(STORY, scenario.recorded, now=now))
        assert files == published(public_story(STORY, without_secrets(scenario.recorded, now), now=now))
        assert all((b"talks" in data or b"secret" in data) <= (now == after) for data in files.values())
        growth.see(public_story(STORY, scenario.recorded, now=now), now, position=len(scenario.recorded))


PROMISE = {"id": "talks", "what": "Talks"}


# It is built one way only.


@runs(8, 300)
@given(step_lists(redactions=True, most=24), step_lists(redactions=True, most=24), RANDOMS, st.sampled_from((1, 2, 50)))
def test_publishing_step_by_step_gives_the_bytes_of_a_rebuild(
    one: list[Step], other: list[Step], random: Random, most: int
) -> None:
    """Two stories, published after some of the steps, by a process that may be a new one each time."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), most)
        with desk.site.ledger() as ledger:
            players = [on_ledger(ledger, desk.clock, story) for story in ("fire", "flood")]
            turns = [(players[0], step) for step in one] + [(players[1], step) for step in other]
            random.shuffle(turns)
            for player, step in turns:
                desk.let_play(player, players).take(step)
                if random.random() < PUBLISHING:
                    desk.clock.go(random.choice((0, 0, 1, 8, 30, -5)) * HOUR)
                    desk.wait_for(ledger)
                    desk.let_play(player, players).publish()
                    desk.publish(restart=random.random() < RESTARTING)
                if random.random() < VERIFYING:
                    desk.wait_for(ledger)
                    desk.let_play(player, players).publish()
                    assert desk.site.verify_rebuild() == ()
            desk.wait_for(ledger)
        assert desk.site.verify_rebuild() == ()
        for hours in (40, 100, 400):
            desk.clock.go(hours * HOUR)
            desk.publish(restart=False)
            assert desk.site.verify_rebuild() == ()


class Desk:
    """A newsroom with a signed log, and what each publication showed to somebody who remembers those before."""

    def __init__(self, folder: Path, most: int) -> None:
        self.clock = Clock()
        self.site = signing(newsroom(folder / "desk", self.clock), folder / "key")
        config = self.site.folder / "writethru.toml"
        config.write_text(re.sub(r"(?m)^entries = \d+", f"entries = {most}", config.read_text()))
        self.site = Site.open(self.site.folder, clock=self.clock)
        self.updated: dict[str, str] = {}
        self.heads: list[Head] = []

    def wait_for(self, ledger: Ledger) -> None:
        """Let the clock reach what the ledger has: one that is ahead publishes nothing."""
        self.clock.go(max(self.clock.now, ledger.time().latest or self.clock.now))

    def let_play(self, player: Player, players: list[Player]) -> Player:
        """Return `player` with the wall clock, and with the newest instants of all players."""
        player.wall = self.clock.now
        player.newest = max(one.newest for one in players)
        player.passed = max((one.passed for one in players if one.passed), default=None)
        return player

    def publish(self, *, restart: bool) -> None:
        """Publish, publish again in vain, and check what must never go back."""
        if restart:
            self.site = Site.open(self.site.folder, clock=self.clock)
        assert self.site.publish().failed == ()
        assert self.site.publish().changed == ()
        self._check_dates()
        self._check_log()

    def _check_dates(self) -> None:
        """Check that no Atom feed has gone, and that no feed's own `updated` went back."""
        updated = {
            str(path.relative_to(self.site.root)): path.read_text(encoding="utf-8").partition("<updated>")[2][:20]
            for path in self.site.root.rglob("*.atom")
        }
        assert self.updated.keys() <= updated.keys()
        for path, before in self.updated.items():
            assert updated[path] >= before, path
        self.updated = updated

    def _check_log(self) -> None:
        """Check the log as an outsider who remembers its last head, or has an earlier feed."""
        root = self.site.root
        since = [f"{head.size} {b64(head.root)}" for head in self.heads[-1:]]
        since += [str(root / name) for name in FEEDS if b"checkpoint" in (root / name).read_bytes()]
        for remembered in since:
            report = verify(str(root), since=remembered)
            assert [str(bad) for bad in report.problems] == []
            assert "lost" not in report.withdrawn
        self.heads.append(parse_since((root / "log/checkpoint").read_text(encoding="utf-8")))


FEEDS = ("feed.atom", "corrections.json")
