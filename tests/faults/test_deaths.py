"""The ways in which a feed dies: each is named by metrics, `doctor` or `check --live`, and no idle minute is.

The rules for the metrics are those of docs/alive.md.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from events import commands
from feed import cron
from feed.health import machine
from tests.bucket import KEYS, bucket, with_mirror
from tests.builders import BASE_URL, reconfigured, signing
from tests.desk import FIRE, DeskRunner
from tests.docs import Document
from tests.hub import hub, with_hub
from tests.metrics import metrics, samples
from tests.server import Server, serving
from tests.sites import break_story, lock_held, restore_older_ledger
from tests.switch import Switch, heartbeat, switch

IDLE_MINUTES: Final = 1_000
INTERVAL_MINUTES: Final = 6
"""Five minutes, after which the rules speak, and one until somebody looks."""
RULES: Final = {
    "WritethruDead": "time() - writethru_last_success_timestamp_seconds > 300",
    "WritethruFails": "writethru_last_run_success == 0",
    "WritethruLate": "time() - writethru_next_instant_timestamp_seconds > 300",
    "WritethruHub": "writethru_hub_waiting_feeds > 0",
    "WritethruMirror": "writethru_mirror_waiting_files > 0",
}


@dataclass
class Newsroom:
    """A newsroom with every alarm: what publishes it each minute, and what watches."""

    desk: DeskRunner
    server: Server
    deadman: Switch
    hub: ExitStack
    bucket: ExitStack
    metrics_file: Path
    stack: ExitStack
    has_cron: bool = True

    @property
    def folder(self) -> Path:
        return self.desk.site.folder

    def minute(self) -> None:
        """Let a minute pass, and cron run."""
        self.desk.clock.go(timedelta(minutes=1))
        if self.has_cron and not cron._is_idle(str(self.folder), self.desk.clock().timestamp()):
            self.desk.run("publish")

    def report(self) -> None:
        self.desk.record(commands.report(FIRE, "Three hurt"))

    def alarms(self) -> tuple[str, set[str], set[str], set[str]]:
        """Return what each alarm says, as a row of the document has it."""
        ends = {f"`{path}`" if path else "" for _, path, _ in self.deadman.taken() if path != "/start"}
        return " ".join(sorted(ends or {"silence"})), self.rules(), self.live(), self.doctor()

    def rules(self) -> set[str]:
        """Return the rules that speak."""
        values, now = samples(self.metrics_file), self.desk.clock().timestamp()
        speaks = {
            "WritethruDead": now - values["last_success_timestamp_seconds"] > 300,
            "WritethruFails": values["last_run_success"] == 0,
            "WritethruLate": now - values.get("next_instant_timestamp_seconds", now) > 300,
            "WritethruHub": values["hub_waiting_feeds"] > 0,
            "WritethruMirror": values["mirror_waiting_files"] > 0,
        }
        return {rule for rule in RULES if speaks[rule]}

    def live(self) -> set[str]:
        """Return what `check --live` finds."""
        result = self.desk.run("check", "--live", self.server.url, "--json")
        return {item["check"] for item in json.loads(result.stdout)} if result.stdout else {"fails"}

    def doctor(self) -> set[str]:
        """Return the checks of `doctor` that are not ok."""
        checks = json.loads(self.desk.run("doctor", "--json").stdout)["checks"]
        return {item["check"] for item in checks if item["status"] != "ok"}


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    monkeypatch.setattr(machine, "LOCK_WAIT_S", 0.1)
    with newsroom_in(tmp_path, monkeypatch) as made:
        yield made


@contextmanager
def newsroom_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    with ExitStack() as stack:
        server, deadman = stack.enter_context(serving(folder / "desk/public")), stack.enter_context(switch())
        desk = DeskRunner(folder / "desk")
        desk.site = reconfigured(desk.site, BASE_URL, server.url)
        desk.site = signing(desk.site, folder / "keys/desk.key")
        heartbeat(desk, "env:HEARTBEAT_OF_THE_TEST")
        monkeypatch.setenv("HEARTBEAT_OF_THE_TEST", deadman.url)
        desk.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Two hurt"))
        hub_running = stack.enter_context(ExitStack())
        desk.site = with_hub(desk.site, hub_running.enter_context(hub()).url)
        for name, value in KEYS.items():
            monkeypatch.setenv(name, value)
        bucket_running = stack.enter_context(ExitStack())
        desk.site = with_mirror(desk.site, bucket_running.enter_context(bucket()).url)
        made = Newsroom(desk, server, deadman, hub_running, bucket_running, metrics(desk), stack)
        made.minute()
        assert made.alarms() == QUIET
        yield made


QUIET: Final = ("", set[str](), set[str](), set[str]())


def cron_is_gone(newsroom: Newsroom) -> None:
    newsroom.has_cron = False


def lock_is_held(newsroom: Newsroom) -> None:
    newsroom.stack.enter_context(lock_held(newsroom.folder))


def base_url_is_wrong(newsroom: Newsroom) -> None:
    newsroom.desk.site = reconfigured(newsroom.desk.site, newsroom.server.url, "http://localhost:1/")


def stale_copy_is_served(newsroom: Newsroom) -> None:
    newsroom.server.root = newsroom.folder.parent / "copy"
    shutil.copytree(newsroom.desk.site.root, newsroom.server.root)


def configuration_is_not_valid(newsroom: Newsroom) -> None:
    config = newsroom.folder / "writethru.toml"
    config.write_text(config.read_text().replace("entries = 50", "entries = 0"))


DEATHS: Final[Mapping[str, Callable[[Newsroom], object]]] = {
    "cron is gone": cron_is_gone,
    "the lock is held": lock_is_held,
    "a story fails": lambda newsroom: break_story(newsroom.desk.site),
    "`base_url` is wrong": base_url_is_wrong,
    "a stale copy is served": stale_copy_is_served,
    "the ledger is an older backup": lambda newsroom: restore_older_ledger(newsroom.desk.site),
    "the key is lost": lambda newsroom: (newsroom.folder.parent / "keys/desk.key").unlink(),
    "the clock goes back": lambda newsroom: newsroom.desk.clock.go(timedelta(hours=-2)),
    "the store is gone": lambda newsroom: (newsroom.folder / "ledger.db").unlink(),
    "`writethru.toml` is not valid": configuration_is_not_valid,
    "the hub is gone": lambda newsroom: newsroom.hub.close(),
    "the mirror is gone": lambda newsroom: newsroom.bucket.close(),
    "the output is deleted": lambda newsroom: shutil.rmtree(newsroom.desk.site.root),
}
DISK: Final = "the disk is full"
TABLE: Final = Document("docs/alive.md").table("What notices what")


def row(death: str) -> tuple[str, set[str], set[str], set[str]]:
    """Return what the document says of the alarms."""
    heartbeat_, *alarms = TABLE[death].cells[1:]
    rules, live, doctor = ({name.strip("` ") for name in cell.split(",") if name} for cell in alarms)
    return heartbeat_, rules, live, doctor


def test_document_has_a_row_for_each_death() -> None:
    assert set(TABLE) == {*DEATHS, DISK}


@pytest.mark.parametrize("death", DEATHS)
def test_death_is_named_within_an_interval(newsroom: Newsroom, death: str) -> None:
    DEATHS[death](newsroom)
    if (newsroom.folder / "ledger.db").exists():
        newsroom.report()
    for _ in range(INTERVAL_MINUTES):
        newsroom.minute()
    assert newsroom.alarms() == row(death)


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder on a disk of its own, of 32 MB, which is enough here."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None:
        pytest.skip("there is no mount")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a disk")
    monkeypatch.setattr(machine, "ROOM_MIN", machine.MIB)
    monkeypatch.setattr(machine, "ROOM_LOW", machine.MIB)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_disk_that_is_full_is_named_within_an_interval(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with newsroom_in(small_disk, monkeypatch) as newsroom:
        newsroom.report()
        with suppress(OSError), (small_disk / "other").open("wb", buffering=0) as other:
            while other.write(b"x" * 4096):
                pass
        for _ in range(INTERVAL_MINUTES):
            newsroom.minute()
        assert newsroom.alarms() == row(DISK)
        (small_disk / "other").unlink()
        newsroom.minute()
        assert newsroom.alarms() == QUIET


def test_thousand_idle_minutes_raise_no_alarm(newsroom: Newsroom) -> None:
    for minute in range(IDLE_MINUTES):
        newsroom.minute()
        assert newsroom.rules() == set()
        if minute % 50 == 0:
            assert newsroom.alarms() == QUIET


@pytest.mark.parametrize("rule", RULES)
def test_rules_are_those_of_the_document(rule: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "alive.md").read_text(encoding="utf-8")
    assert f"- alert: {rule}\n        expr: {RULES[rule]}\n" in text
