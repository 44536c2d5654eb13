"""Embargo twins under a clock that jumps, falls behind and comes back: the same bytes before the real instant."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from events import commands
from events.errors import ClockError, InvalidError, RefusedError, UnknownStoryError
from events.model.events import AnyEvent, Recorded
from feed.site import Site
from tests.builders import HOUR, START, STORY, Clock, newsroom
from tests.properties.player import Kind, Player, Step
from tests.properties.strategies import RANDOMS, runs, step_lists
from tests.sites import output

SECRET = b"SECRET"
DAY = timedelta(days=1)
JUMPS = (500 * DAY, 3_000 * DAY, 8_000 * DAY)
KINDS: tuple[Kind, ...] = ("report", "report", "correct", "hold", "release", "retract", "pin", "revise")
FALLS = (timedelta(seconds=30), timedelta(minutes=5), 2 * DAY, 20_000 * DAY)


class Twins:
    """Two newsrooms with one clock, which have the same events but for a secret one. `real` is the right time."""

    def __init__(self, folder: Path) -> None:
        self.real = START
        self.clock = Clock()
        self.within, self.without = (newsroom(folder / name, self.clock) for name in ("within", "without"))
        self.both(lambda site: self.append(site, commands.open_story(STORY, "Fire", id="o")))

    @staticmethod
    def append(site: Site, event: AnyEvent) -> str:
        """Return how recording `event` ended."""
        with site.ledger() as ledger:
            try:
                ledger.append(event)
            except (ClockError, InvalidError, RefusedError, UnknownStoryError) as error:
                return type(error).__name__
        return "recorded"

    @staticmethod
    def publish(site: Site) -> str:
        try:
            return str(site.publish().failed)
        except (ClockError, RefusedError) as error:
            return type(error).__name__

    def both(self, act: object) -> str:
        """Do the same in both newsrooms, with the same outcome."""
        assert callable(act)
        one, other = act(self.within), act(self.without)
        assert one == other
        return str(one)

    def record(self, event: AnyEvent, at: datetime) -> Recorded:  # noqa: ARG002 - the player knows no wrong clock
        if self.both(lambda site: self.append(site, event)) != "recorded":
            raise RefusedError
        with self.without.ledger() as ledger:
            return list(ledger.events())[-1]

    def set_clock(self, random: Random, *, allows_jump: bool) -> None:
        """Set the clock right or wrong, and publish; a jump is sometimes said to be right."""
        error = random.choice((timedelta(0), timedelta(0), random.choice(JUMPS), -random.choice(FALLS)))
        self.clock.go(self.real + error)
        if allows_jump and error > timedelta(0) and random.random() < 0.5:
            for site in (self.within, self.without):
                site.clock_is_right = True
            self.both(self.publish)
            for site in (self.within, self.without):
                site.clock_is_right = False

    def recover(self) -> None:
        """Set the clock right, and the ledgers with it."""
        self.clock.go(self.real)
        with self.within.ledger() as one, self.without.ledger() as other:
            ahead = [ledger.time().is_ahead_of(self.real) for ledger in (one, other)]
            assert ahead[0] == ahead[1]
            if ahead[0]:
                one.reset_clock()
                other.reset_clock()


@runs(6, 1_000)
@given(step_lists(KINDS, most=8, embargoes=False), RANDOMS)
def test_embargo_holds_under_a_clock_that_jumps_and_comes_back(drawn: list[Step], random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("events.recorder._new_salt", lambda: "00" * 16)
        twins = Twins(Path(folder))
        player = Player(twins.record, names=True)
        hidden_at = random.randrange(len(drawn) + 1)
        until = START
        for number, step in enumerate([*drawn, None]):
            if number == hidden_at:
                # It is recorded when the clock is right. When it is wrong, it is refused, or its embargo is another.
                twins.recover()
                # A clock that stands still would date the next event a millisecond after the secret one.
                twins.real += timedelta(seconds=1)
                twins.clock.go(twins.real)
                until = twins.real + random.choice((1, 30, 60)) * DAY
                secret = commands.report(STORY, "SECRET", id="s", development="s", embargoed_until=until)
                assert twins.append(twins.within, secret) == "recorded"
                twins.both(twins.publish)
            if step is None:
                break
            twins.real += random.choice((1, 5, 20)) * HOUR
            twins.set_clock(random, allows_jump=number < hidden_at)
            player.wall = twins.clock.now
            player.take(step)
            twins.both(twins.publish)
            if random.random() < 0.4:
                twins.recover()
                twins.both(twins.publish)
            if number < hidden_at or twins.real < until:
                assert output(twins.within) == output(twins.without)
        twins.real = max(twins.real, until - timedelta(milliseconds=1))
        twins.recover()
        twins.both(twins.publish)
        if twins.real < until:
            assert output(twins.within) == output(twins.without)
        twins.real = max(twins.real, until) + HOUR
        twins.recover()
        twins.both(twins.publish)
        assert SECRET in b"".join(output(twins.within).values())
        assert twins.within.verify_rebuild() == ()
