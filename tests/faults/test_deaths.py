"""The ways in which a feed dies: each is named by metrics, `doctor` or `check --live`, and no idle minute is.

The rules for the metrics are those of docs/alive.md.
"""

import errno
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from events import commands
from feed import cron
from feed.health import machine
from feed.health.doctor import examine
from feed.health.live import live_problems
from tests.builders import BASE_URL, reconfigured, signing
from tests.desk import FIRE, DeskRunner
from tests.faults.file_system import Watch, watched
from tests.metrics import metrics, samples
from tests.server import Server, serving
from tests.sites import lock_held, sql
from tests.switch import Switch, heartbeat, switch

IDLE_MINUTES: Final = 1_000
INTERVAL_MINUTES: Final = 6
"""Five minutes, after which the rules speak, and one until somebody looks."""
RULES: Final = {
    "WritethruDead": "time() - writethru_last_success_timestamp_seconds > 300",
    "WritethruFails": "writethru_last_run_success == 0",
    "WritethruLate": "time() - writethru_next_instant_timestamp_seconds > 300",
}


@dataclass
class Newsroom:
    """A newsroom with every alarm: what publishes it each minute, and what watches."""

    desk: DeskRunner
    server: Server
    deadman: Switch
    metrics_file: Path
    stack: ExitStack

    def minute(self, *, runs: bool = True) -> None:
        """Let a minute pass, and cron run."""
        self.desk.clock.go(timedelta(minutes=1))
        if runs and not cron._is_idle(str(self.desk.site.folder), self.desk.clock().timestamp()):
            self.desk.run("publish")

    def report(self) -> None:
        self.desk.record(commands.report(FIRE, "Three hurt"))

    def rules(self) -> set[str]:
        """Return the rules that speak."""
        values, now = samples(self.metrics_file), self.desk.clock().timestamp()
        speaks = {
            "WritethruDead": now - values["last_success_timestamp_seconds"] > 300,
            "WritethruFails": values["last_run_success"] == 0,
            "WritethruLate": now - values.get("next_instant_timestamp_seconds", now) > 300,
        }
        return {rule for rule in RULES if speaks[rule]}

    def doctor(self) -> set[str]:
        """Return the checks of `doctor` that are not ok."""
        return {item.check for item in examine(self.desk.site.folder, self.desk.clock) if item.status != "ok"}

    def live(self) -> set[str]:
        """Return what `check --live` finds."""
        return {problem.check for problem in live_problems(self.desk.site, self.server.url)}


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    monkeypatch.setattr(machine, "LOCK_WAIT_S", 0.1)
    with ExitStack() as stack:
        server, deadman = stack.enter_context(serving(tmp_path / "desk/public")), stack.enter_context(switch())
        desk = DeskRunner(tmp_path / "desk")
        desk.site = reconfigured(desk.site, BASE_URL, server.url)
        desk.site = signing(desk.site, tmp_path / "keys/desk.key")
        heartbeat(desk, "env:HEARTBEAT_OF_THE_TEST")
        monkeypatch.setenv("HEARTBEAT_OF_THE_TEST", deadman.url)
        desk.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Two hurt"))
        made = Newsroom(desk, server, deadman, metrics(desk), stack)
        made.minute()
        assert (made.rules(), made.doctor(), made.live()) == (set(), set(), set())
        deadman.taken()
        yield made


def lock_is_held(newsroom: Newsroom) -> None:
    newsroom.stack.enter_context(lock_held(newsroom.desk.site.folder))
    newsroom.report()


def disk_is_full(newsroom: Newsroom) -> None:
    newsroom.stack.enter_context(watched(Watch(newsroom.desk.site.root, fails_at=1, error=errno.ENOSPC)))
    newsroom.report()


def story_fails(newsroom: Newsroom) -> None:
    newsroom.desk.record(commands.open_story("bad", "Bad"))
    with sql(newsroom.desk.site) as ledger:
        ledger.execute("UPDATE bodies SET body = '{' WHERE position = (SELECT max(position) FROM bodies)")


def base_url_is_wrong(newsroom: Newsroom) -> None:
    newsroom.desk.site = reconfigured(newsroom.desk.site, newsroom.server.url, "http://localhost:1/")


def stale_copy_is_served(newsroom: Newsroom) -> None:
    newsroom.server.root = newsroom.desk.site.folder.parent / "copy"
    shutil.copytree(newsroom.desk.site.root, newsroom.server.root)
    newsroom.report()


def backup_is_older(newsroom: Newsroom) -> None:
    ledger = newsroom.desk.site.folder / "ledger.db"
    before = ledger.read_bytes()
    newsroom.report()
    newsroom.minute()
    ledger.write_bytes(before)


def key_is_lost(newsroom: Newsroom) -> None:
    (newsroom.desk.site.folder.parent / "keys/desk.key").unlink()
    newsroom.report()


Death = Callable[[Newsroom], object]
FAILS: Final = {"WritethruDead", "WritethruFails"}
DEATHS: dict[str, tuple[Death, set[str], set[str], set[str]]] = {
    "the lock is held": (lock_is_held, {"WritethruDead"}, {"lock", "waiting"}, {"waiting"}),
    "the disk is full": (disk_is_full, FAILS, {"metrics"}, {"waiting"}),
    "a story fails": (story_fails, FAILS, {"waiting"}, {"waiting"}),
    "base_url is wrong": (base_url_is_wrong, set(), set(), {"address"}),
    "a stale copy is served": (stale_copy_is_served, set(), set(), {"checkpoint", "bytes"}),
    "an older backup": (backup_is_older, FAILS, {"key"}, {"checkpoint"}),
    "the key is lost": (key_is_lost, FAILS, {"key"}, {"waiting"}),
    "the clock goes back": (
        lambda newsroom: newsroom.desk.clock.go(timedelta(hours=-2)),
        {"WritethruFails"},
        {"clock"},
        set(),
    ),
    "the store is gone": (lambda newsroom: (newsroom.desk.site.folder / "ledger.db").unlink(), FAILS, {"store"}, set()),
    "the output is deleted": (lambda newsroom: shutil.rmtree(newsroom.desk.site.root), FAILS, {"output"}, {"output"}),
}


@pytest.mark.parametrize(("death", "rules", "checks", "problems"), DEATHS.values(), ids=DEATHS.keys())
def test_death_is_named_within_an_interval(
    newsroom: Newsroom, death: Death, rules: set[str], checks: set[str], problems: set[str]
) -> None:
    death(newsroom)
    newsroom.deadman.taken()
    for _ in range(INTERVAL_MINUTES):
        newsroom.minute()
    assert newsroom.rules() == rules
    assert newsroom.doctor() >= checks
    if "store" not in checks:  # without a ledger there is nothing to compare with
        assert newsroom.live() >= problems
    ends = {path for _, path, _ in newsroom.deadman.taken() if path != "/start"}
    assert ends == ({"/fail"} if "WritethruFails" in rules else set() if rules else {""})


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own, of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None:
        pytest.skip("there is no mount")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_disk_that_is_full_is_named_at_once(small_disk: Path) -> None:
    desk = DeskRunner(small_disk / "desk")
    file = metrics(desk, "../writethru.prom")
    desk.record(commands.open_story(FIRE, "Fire"))
    desk.run("publish")
    assert samples(file)["last_run_success"] == 1
    desk.record(commands.report(FIRE, "Two hurt"))
    with suppress(OSError), (small_disk / "other").open("wb", buffering=0) as other:
        while other.write(b"x" * 4096):
            pass
    assert desk.run("publish").exception is not None
    values = samples(file)
    assert (values["last_run_success"], values["failed_runs_total"]) == (0, 1)
    assert {item.check for item in examine(desk.site.folder, desk.clock) if item.status == "bad"} >= {"disk", "metrics"}
    (small_disk / "other").unlink()
    desk.run("publish")
    assert samples(file)["last_run_success"] == 1


def test_cron_that_is_gone_is_named_within_an_interval(newsroom: Newsroom) -> None:
    for _ in range(INTERVAL_MINUTES):
        newsroom.minute(runs=False)
    assert newsroom.rules() == {"WritethruDead"}
    assert newsroom.doctor() == {"metrics"}
    assert newsroom.deadman.taken() == []
    newsroom.report()
    for _ in range(INTERVAL_MINUTES):
        newsroom.minute(runs=False)
    assert (newsroom.doctor(), newsroom.live()) == ({"metrics", "waiting"}, {"waiting"})


def test_thousand_idle_minutes_raise_no_alarm(newsroom: Newsroom) -> None:
    for minute in range(IDLE_MINUTES):
        newsroom.minute()
        assert newsroom.rules() == set()
        if minute % 50 == 0:
            assert newsroom.doctor() == set()
            assert newsroom.live() == set()
    assert newsroom.deadman.taken() == [("GET", "", "")] * IDLE_MINUTES


@pytest.mark.parametrize("rule", RULES)
def test_rules_are_those_of_the_document(rule: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "alive.md").read_text(encoding="utf-8")
    assert f"- alert: {rule}\n        expr: {RULES[rule]}\n" in text
