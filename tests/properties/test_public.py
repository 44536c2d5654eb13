"""Properties of what is public: it only grows, its feeds never go back, it leaks nothing, and it is built one way only.

What "without that event" means (vocabulary 1.7, "an embargoed event leaks nowhere"): at an instant, an event is
*secret* when the public may not know of it yet, or ever. `without_secrets` gives the ledger that a desk would have
that had never had it:

* every event about a secret development is gone, with its corrections, holds, releases, retractions and redactions;
* an event under an embargo of its own is gone, and what redacts it;
* what public events say of a secret development or of an expectation that only secret reports have worded is cut
  out of them: corroborations, disputes, resolutions, restatements and substitutes. The event that said so stays, with
  its headline and its instant: it is an open act of the desk's, and tells of nothing but itself.

Both ledgers must then be published alike, to the byte, in every file.
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events import recording
from events.codec import plain
from events.ledger import Ledger
from events.model import (
    AnyEvent,
    DevelopmentCorrected,
    DevelopmentHeld,
    DevelopmentReleased,
    DevelopmentReported,
    DevelopmentRetracted,
    Erased,
    EventRedacted,
    Recorded,
)
from events.public import PublicItem, PublicStory, public_story
from events.validation import parse_event
from feed.config import new_config, parse_config
from feed.document import Entry
from feed.entries import CORRECTION_KINDS, StoryEntries
from feed.feeds import updated_at
from feed.publish import Site
from feed.rendering import address, render_opml, render_site, render_story
from tests.builders import BASE_URL, HOUR, NEWSROOM, STORY, Clock, Scenario, newsroom
from tests.properties.strategies import (
    EMBARGOES,
    ORIGINS,
    RANDOMS,
    Player,
    Step,
    instants,
    on_scenario,
    opened,
    runs,
    scenarios,
    step_lists,
)

CONFIG = parse_config(new_config(NEWSROOM, created_at="2026-03-01T00:00:00Z", base_url=BASE_URL, title="Test desk"))
NEWEST = (1, 3, None)
PUBLISHING, RESTARTING, VERIFYING = 0.4, 0.5, 0.2


def entries_of(public: PublicStory) -> StoryEntries:
    return StoryEntries(public, address(CONFIG))


def published(public: PublicStory) -> dict[str, bytes]:
    """Give every file of a site of this one story, by path."""
    if public.state is None:
        files = [*render_site(CONFIG, [], (), ()), render_opml(CONFIG, [])]
    else:
        rendered = render_story(CONFIG, public)
        line = (public.state.story, public.state.updated_at, rendered.line)
        files = [
            *rendered.files,
            *render_site(CONFIG, [line], rendered.newest, rendered.corrections),
            render_opml(CONFIG, [(public.state.story, rendered.line)]),
        ]
    return {file.path: file.data + file.updated.isoformat().encode() for file in files}


def _events_of(items: Iterable[PublicItem]) -> list[tuple[Any, ...]]:
    """Give what of the items that events make must stay even when their text is erased."""
    return [(item.at, item.what.id, item.development) for item in items if isinstance(item.what, Recorded)]


class Growth:
    """Looks at one publication after another, and tells where something went back or changed that must not."""

    def __init__(self, *, erasing: bool = False) -> None:
        self.erasing = erasing
        self.now: datetime | None = None
        self.items: tuple[PublicItem, ...] = ()
        self.entries: dict[str, Entry] = {}
        self.updated: dict[Any, datetime] = {}
        self.next_at: datetime | None = None
        self.position = -1

    def see(self, public: PublicStory, now: datetime, *, position: int) -> None:
        """Look at what is public at `now`, when the ledger has come to `position`."""
        told, before = public.items, self.items
        if self.erasing:
            # What an overdue notice was made of may have been erased since, or what had forestalled one: 1.7's
            # "never unmade" does not hold against redactions, whose events keep no dates and no outcomes.
            mine, former = _events_of(told), _events_of(before)
            assert mine[: len(former)] == former
            fresh = [item for item in told if isinstance(item.what, Recorded)][len(former) :]
        else:
            assert told[: len(before)] == before
            fresh = list(told[len(before) :])
        assert [item.number for item in told] == list(range(1, len(told) + 1))
        assert all(one.at <= other.at for one, other in pairwise(told))
        for item in fresh:
            assert item.at <= now
            assert self.now is None or item.at > self.now, "it should have been there before"
        assert public.next_at is None or public.next_at > now
        if position == self.position and told != before:
            assert self.next_at is not None
            assert self.next_at <= now, "nobody was told to look again"
        self.items, self.next_at, self.position = told, public.next_at, position
        if public.state is not None:
            assert public.state.updated_at == told[-1].at
            self._see_entries(entries_of(public), now)
        self.now = now

    def _see_entries(self, story: StoryEntries, now: datetime) -> None:
        every = story.newest()
        current = {entry.id: entry for entry in every}
        assert len(current) == len(every), "an id was used twice"
        assert len({entry.url for entry in every}) == len(every)
        since = self.now and _whole(self.now)
        for name, former in self.entries.items():
            if self.erasing and former.kind == "overdue" and name not in current:
                continue
            entry = current[name]
            assert (entry.kind, entry.published, entry.url) == (former.kind, former.published, former.url)
            assert entry.updated >= former.updated
            assert entry.touched >= former.touched
            assert self.erasing or entry.listed >= former.listed
            assert self.erasing or (entry.updated > former.updated) <= (entry.listed > former.listed)
            # Pins show on pages only.
            if since is not None and entry.model_copy(update={"pinned": former.pinned}) != former:
                assert entry.touched >= since, "an entry changed, and does not say when"
        for entry in every:
            assert entry.updated <= entry.touched <= now
        for most in NEWEST:
            for kinds in (None, CORRECTION_KINDS):
                updated = updated_at(story.newest(most, kinds=kinds), CONFIG.newsroom.created_at)
                assert updated >= self.updated.get((most, kinds), updated)
                self.updated[most, kinds] = updated
        self.entries = current


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


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
                    now = ledger.pass_now()
                    assert now == player.publish()
                    growth.see(ledger.public(STORY, now=now), now, position=player.taken)


def on_ledger(ledger: Ledger, clock: Clock, story: str = STORY) -> Player:
    """Open a story in `ledger`, and give a player that records there."""
    ledger.append(recording.open_story(story, "Fire at the harbour", origins=ORIGINS, id=f"{story}.opened"))

    def record(wanted: AnyEvent, at: datetime) -> Recorded:
        clock.go(player.wall)
        [appended] = ledger.append(wanted)
        assert appended.recorded.recorded_at == at
        return appended.recorded

    player = Player(record, names=True, story=story)
    return player


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


def without_secrets(events: Sequence[Recorded], now: datetime) -> list[Recorded]:
    """Give the ledger that a desk would have at `now` which had never had what is secret then."""
    public = public_since(events, now)
    opened_at = _due(events[0])
    if opened_at > now:
        return []
    # A report that was released early is public, whatever embargo it once had.
    embargoed = {item.id for item in events if _due(item) > now} - set(public.values())
    kept: list[Recorded] = []
    for item in events:
        about = _about(item, events)
        redacts_secret = isinstance(item.event, EventRedacted) and item.event.event in embargoed
        if item.id not in embargoed and not redacts_secret and (about is None or about in public):
            kept.append(item)
    worded = {
        name
        for item in kept
        for part in (item.event, getattr(item.event, "set", None))
        for expectation in getattr(part, "expects", ())
        if expectation.what is not None
        for name in [expectation.id]
    }
    worded |= {name for item in kept if isinstance(item.event, Erased) for name in item.event.expectations}
    return [_without(item, set(public), worded) for item in kept]


def public_since(events: Sequence[Recorded], now: datetime) -> dict[str, str]:
    """Give the developments that the public has heard of by `now`, each with the id of its report.

    By brute force: at every instant there is, ask whether it was embargoed, held or withdrawn then.
    """
    opened_at = _due(events[0])
    instants_there = {item.recorded_at for item in events} | {_due(item) for item in events}
    public: dict[str, str] = {}
    for report in events:
        if not isinstance(report.event, DevelopmentReported) and not _erased_report(report):
            continue
        mine = [item for item in events if _about(item, events) == report.development]
        for at in sorted(at for at in instants_there if max(opened_at, report.recorded_at) <= at <= now):
            embargo, held = report.event.embargoed_until, False
            for item in mine:
                if item.recorded_at <= at and isinstance(item.event, DevelopmentHeld):
                    held = True
                elif item.recorded_at <= at and isinstance(item.event, DevelopmentReleased):
                    held, embargo = False, (embargo if held else None)
            if not held and (embargo is None or embargo <= at):
                gone = any(_withdraws(item, report) and item.recorded_at < at and _due(item) <= at for item in mine)
                if not gone:
                    public[report.development or ""] = report.id
                break
    return public


def _due(item: Recorded) -> datetime:
    return max(item.recorded_at, item.event.embargoed_until or item.recorded_at)


def _erased_report(item: Recorded) -> bool:
    return isinstance(item.event, Erased) and item.event.was == "development_reported"


def _about(item: Recorded, events: Sequence[Recorded]) -> str | None:
    if isinstance(item.event, EventRedacted) and item.event.event is not None:
        return next(other.development for other in events if other.id == item.event.event)
    return item.development


def _withdraws(item: Recorded, report: Recorded) -> bool:
    event = item.event
    if isinstance(event, EventRedacted):
        return event.event is None or event.event == report.id
    return isinstance(event, DevelopmentRetracted)


def _without(item: Recorded, developments: set[str], worded: set[str]) -> Recorded:
    """Give the event without what it says of developments and expectations that are not known."""
    event = item.event
    if isinstance(event, Erased):
        return item
    raw = plain(event)
    parts = raw["set"] if isinstance(event, DevelopmentCorrected) else raw
    for name in ("corroborates", "disputes"):
        if parts.get(name):
            parts[name] = [aim for aim in parts[name] if aim["development"] in developments]
    if parts.get("resolves"):
        parts["resolves"] = [item for item in parts["resolves"] if item["expectation"] in worded]
    if parts.get("expects"):
        parts["expects"] = [item for item in parts["expects"] if item["id"] in worded]
    if raw.get("substitute") not in developments:
        raw.pop("substitute", None)
    return Recorded(item.position, item.version, item.recorded_at, parse_event(raw))


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
        site = newsroom(Path(folder), clock)
        config = Path(folder) / "writethru.toml"
        config.write_text(re.sub(r"(?m)^entries = \d+", f"entries = {most}", config.read_text()))
        site = Site.open(folder, clock=clock)
        feeds: dict[str, str] = {}
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
                        site = Site.open(folder, clock=clock)
                    assert site.publish().failed == ()
                    assert site.publish().changed == ()
                    _never_back(site.root, feeds)
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
            assert site.verify_rebuild() == ()


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
