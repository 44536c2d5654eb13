"""`doctor`: a line for each thing that publishing needs, what to do, and exit code 1 if anything is bad."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from shlex import quote

import apsw
import pytest

from events import commands
from feed import private_file
from feed.health import machine
from feed.intake.inbox import Inbox
from tests.builders import BASE_URL, Clock, reconfigured, signing
from tests.desk import FIRE, DeskRunner, wait_an_hour
from tests.hub import SECRET, hub, with_hub
from tests.metrics import metrics
from tests.sites import break_story, everything, forget_renderers, lock_held, restore_older_ledger
from tests.switch import heartbeat

CHECKS = (
    *("versions", "configuration", "lock", "store", "publication", "waiting", "next", "clock", "key", "output"),
    *("hub", "mirror", "metrics", "heartbeat", "disk", "permissions", "inbox"),
)


@pytest.fixture
def desk(fire: DeskRunner, tmp_path: Path) -> DeskRunner:
    """Return a newsroom that is published and signed."""
    fire.site = signing(fire.site, tmp_path / "keys" / "desk.key")
    fire.record(commands.report(FIRE, "Two hurt"))
    fire.site.publish()
    fire.clock.go(timedelta(minutes=1))
    return fire


def findings(desk: DeskRunner) -> tuple[int, dict[str, tuple[str, str]]]:
    """Return the exit code, and status and text of each check: of several lines, the worst."""
    result = desk.run("doctor", "--json")
    answer = json.loads(result.stdout)
    order = ["ok", "warning", "bad"]
    assert answer["status"] == max((item["status"] for item in answer["checks"]), key=order.index)
    lines = sorted(answer["checks"], key=lambda item: order.index(item["status"]))
    return result.exit_code, {item["check"]: (item["status"], f"{item['message']} {item['remedy']}") for item in lines}


def test_doctor_of_a_newsroom_that_is_well_says_ok(desk: DeskRunner) -> None:
    before = everything(desk.site.folder)
    lines = desk.output("doctor").splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", check] for check in CHECKS]
    code, found = findings(desk)
    assert (code, {status for status, _ in found.values()}) == (0, {"ok"})
    assert everything(desk.site.folder) == before


def test_doctor_json_has_the_documented_fields(desk: DeskRunner) -> None:
    answer = json.loads(desk.output("doctor", "--json"))
    assert set(answer) == {"status", "checks"}
    assert {frozenset(item) for item in answer["checks"]} == {frozenset({"check", "status", "message", "remedy"})}


def wrong_configuration(desk: DeskRunner) -> None:
    config = desk.site.folder / "writethru.toml"
    config.write_text(config.read_text().replace("entries = 50", "entries = 0"))


def embargo_ends(desk: DeskRunner) -> None:
    ends = desk.clock() + timedelta(minutes=1)
    desk.record(commands.report(FIRE, "Secret", embargoed_until=ends.isoformat()))
    desk.site.publish()
    desk.clock.go(timedelta(hours=1))


def story_fails(desk: DeskRunner) -> None:
    break_story(desk.site)
    assert desk.site.publish().failed


def damage_the_inbox(desk: DeskRunner) -> None:
    (desk.site.folder / "inbox.db").write_bytes(b"x" * 4096)


def local_address(desk: DeskRunner) -> None:
    desk.site = reconfigured(desk.site, BASE_URL, "http://localhost:8000/")


def clock_goes_back(desk: DeskRunner) -> None:
    desk.clock.go(timedelta(hours=-2))


def clock_jumps(desk: DeskRunner) -> None:
    desk.clock.go(timedelta(days=4000))


def key_is_not_named(desk: DeskRunner) -> None:
    config = desk.site.folder / "writethru.toml"
    config.write_text(config.read_text().partition("[log]")[0])


def set_up_metrics(desk: DeskRunner) -> None:
    metrics(desk)
    desk.run("publish")
    assert findings(desk)[1]["metrics"][0] == "ok"


def cron_is_gone(desk: DeskRunner) -> None:
    set_up_metrics(desk)
    desk.clock.go(timedelta(minutes=6))


def last_run_failed(desk: DeskRunner) -> None:
    set_up_metrics(desk)
    story_fails(desk)
    desk.run("publish")


def heartbeat_anybody_reads(desk: DeskRunner) -> None:
    (desk.site.folder / "heartbeat").write_text("https://hc.example/secret")
    (desk.site.folder / "heartbeat").chmod(0o644)
    heartbeat(desk, "file:heartbeat")


Fault = Callable[[DeskRunner], object]
FAULTS: dict[str, tuple[Fault, str, str, str]] = {
    "a wrong configuration": (wrong_configuration, "configuration", "bad", "output.entries"),
    "a local address": (local_address, "configuration", "warning", "still local"),
    "no ledger": (lambda desk: (desk.site.folder / "ledger.db").unlink(), "store", "bad", "writethru restore FILE"),
    "no database": (lambda desk: (desk.site.folder / "ledger.db").write_bytes(b"x" * 4096), "store", "bad", "ledger"),
    "cron is gone": (wait_an_hour, "waiting", "bad", "Is cron running?"),
    "cron misses an instant": (embargo_ends, "waiting", "bad", "Is cron running?"),
    "a story fails": (story_fails, "waiting", "bad", "writethru show bad"),
    "the clock goes back": (clock_goes_back, "clock", "bad", "ahead of this machine's clock"),
    "the clock jumps": (clock_jumps, "clock", "bad", "the clock may be wrong"),
    "the key is lost": (lambda desk: (desk.site.folder.parent / "keys/desk.key").unlink(), "key", "bad", "Restore"),
    "the key is not named": (key_is_not_named, "key", "bad", "names no key"),
    "an older backup": (lambda desk: restore_older_ledger(desk.site), "key", "bad", "publish --after-restore"),
    "no output": (lambda desk: desk.site.root.rename(desk.site.folder / "gone"), "output", "bad", "writethru publish"),
    "another's output": (
        lambda desk: (desk.site.root / ".writethru").write_text("x"),
        *("output", "bad", "not what this ledger published"),
    ),
    "others may read": (lambda desk: (desk.site.folder / "ledger.db").chmod(0o644), "permissions", "warning", "chmod"),
    "metrics are old": (cron_is_gone, "metrics", "bad", "ran 6 minutes ago. Is cron running?"),
    "metrics of a failure": (last_run_failed, "metrics", "bad", "the last run of publish failed"),
    "metrics are gone": (lambda desk: metrics(desk).unlink(missing_ok=True), "metrics", "bad", "has no metrics"),
    "no address": (
        lambda desk: heartbeat(desk, "env:NOBODY_SET_THIS"),
        *("heartbeat", "warning", "NOBODY_SET_THIS is not set here. Is it in the crontab?"),
    ),
    "no address file": (lambda desk: heartbeat(desk, "file:no/where"), "heartbeat", "bad", "no/where cannot be read"),
    "an address to read": (heartbeat_anybody_reads, "heartbeat", "warning", "chmod 600"),
    "an address in the open": (
        lambda desk: heartbeat(desk, "https://hc.example/id"),
        *("heartbeat", "warning", "a secret"),
    ),
    "a query in the open": (
        lambda desk: heartbeat(desk, "https://hc.example/?id=1"),
        *("heartbeat", "warning", "a secret"),
    ),
    "a damaged inbox": (damage_the_inbox, "inbox", "bad", "inbox.db"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "check", "status", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_doctor_names_a_fault_and_what_to_do(
    desk: DeskRunner, fault: Fault, check: str, status: str, words: str
) -> None:
    fault(desk)
    code, found = findings(desk)
    assert (found[check][0], code) == (status, 1 if status == "bad" else 0)
    assert words in found[check][1]


def test_doctor_names_who_holds_the_lock(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LOCK_WAIT_S", 0.1)
    with lock_held(desk.site.folder):
        code, found = findings(desk)
    assert code == 0
    status, text = found["lock"]
    assert status == "warning"
    assert text.endswith(f"locked by process {os.getpid()}. If it never ends, end it: kill {os.getpid()}")


def test_doctor_says_that_what_waits_is_being_published(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LOCK_WAIT_S", 0.1)
    wait_an_hour(desk)
    with lock_held(desk.site.folder):
        code, result = findings(desk)
    assert (code, result["waiting"][0]) == (0, "warning")
    assert "and a publication is running" in result["waiting"][1]


def test_doctor_after_an_upgrade_raises_no_alarm(desk: DeskRunner) -> None:
    forget_renderers(desk.site)
    desk.clock.go(timedelta(hours=1))
    assert findings(desk)[1]["waiting"] == ("ok", "events not published: 0 ")


def test_doctor_warns_of_an_inbox_that_is_in_use(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_file, "BUSY_TIMEOUT_S", 0.0)
    with Inbox(desk.site.folder) as box:
        box.connection.execute("BEGIN EXCLUSIVE")
        code, found = findings(desk)
    assert (code, found["inbox"][0]) == (0, "warning")
    assert found["inbox"][1].startswith("another process is using the inbox.")
    assert found["inbox"][1].endswith(f"fuser -v {quote(str(desk.site.folder / 'inbox.db'))}")


def test_doctor_only_reads_an_inbox_of_an_older_version(desk: DeskRunner) -> None:
    path = desk.site.folder / "inbox.db"
    with closing(sqlite3.connect(path)) as inbox:
        inbox.executescript((Path(__file__).parents[1] / "intake/inbox_1.sql").read_text())
    before = path.read_bytes()
    assert findings(desk)[1]["inbox"][0] == "warning"
    assert path.read_bytes() == before


def test_doctor_names_a_writer_that_does_not_end(desk: DeskRunner) -> None:
    with closing(apsw.Connection(str(desk.site.folder / "ledger.db"))) as writer:
        writer.execute("BEGIN IMMEDIATE")
        _, found = findings(desk)
    assert found["store"][0] == "warning"
    assert found["store"][1].endswith(f"fuser -v {quote(str(desk.site.folder / 'ledger.db'))}")


def test_doctor_names_a_disk_that_is_almost_full(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs(desk.site.folder)
    for free, status, code in ((10, "bad", 1), (100, "warning", 0), (1000, "ok", 0)):
        fields = list(real)
        fields[4] = free * machine.MIB // real.f_frsize
        monkeypatch.setattr(os, "statvfs", lambda _, fields=tuple(fields): os.statvfs_result(fields))
        exit_code, found = findings(desk)
        assert (exit_code, found["disk"][0]) == (code, status)
        assert (f"du -xh {quote(str(desk.site.folder))} |" in found["disk"][1]) is (status == "bad")


def test_doctor_names_what_this_user_cannot_use(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "ledger.db")
    code, found = findings(desk)
    assert (code, found["permissions"][0]) == (1, "bad")
    assert "ledger.db: this user cannot use it" in found["permissions"][1]


def test_doctor_names_a_ledger_of_another_user(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    code, found = findings(desk)
    assert (code, found["permissions"][0]) == (0, "warning")


def test_doctor_goes_on_after_an_error_of_the_system(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    for file, words in (("/mnt", "/mnt: Input/output error."), (None, "Input/output error.")):

        def fail(*_: object, file: str | None = file) -> None:
            raise OSError(5, "Input/output error", file)

        monkeypatch.setattr(os, "statvfs", fail)
        code, found = findings(desk)
        assert (code, found["disk"]) == (1, ("bad", f"{words} Check who owns it, and its mode: ls -la"))
        assert found["inbox"][0] == "ok"


@pytest.mark.parametrize(("data", "status"), [(None, "ok"), (b"x" * 4096, "bad")])
def test_doctor_looks_at_the_store_without_settings(desk: DeskRunner, data: bytes | None, status: str) -> None:
    wrong_configuration(desk)
    if data is not None:
        (desk.site.folder / "ledger.db").write_bytes(data)
    code, found = findings(desk)
    assert (code, found["configuration"][0], found["store"][0]) == (1, "bad", status)
    assert "key" not in found


@pytest.mark.slow
def test_doctor_says_that_the_hub_was_told(desk: DeskRunner) -> None:
    with hub() as told:
        desk.site = with_hub(desk.site, told.url)
        desk.output("publish")
    assert findings(desk)[1]["hub"] == ("ok", "127.0.0.1 was told of each change ")


def test_doctor_says_that_the_hub_is_being_told(desk: DeskRunner) -> None:
    desk.site = with_hub(desk.site, "https://hub.example/")
    desk.site.publish()
    assert findings(desk)[1]["hub"] == ("ok", "hub.example is being told of 9 feeds that changed ")


@pytest.mark.parametrize(("runs", "times"), [(1, "last time"), (2, "2 times in a row")])
def test_doctor_says_that_the_hub_does_not_answer(desk: DeskRunner, runs: int, times: str) -> None:
    desk.site = with_hub(desk.site, f"http://127.0.0.1:1/{SECRET}?{SECRET}")
    for _ in range(runs):
        assert desk.run("publish").exit_code == 0
        desk.clock.go(timedelta(minutes=1))
    code, found = findings(desk)
    assert (code, found["hub"][0]) == (0, "warning")
    assert f"127.0.0.1 did not answer {times}: it is to be told of 9 feeds that changed." in found["hub"][1]
    assert SECRET not in found["hub"][1]


def test_doctor_says_that_a_feed_has_waited_for_the_hub(desk: DeskRunner) -> None:
    with hub() as told:
        told.status = lambda topic: 404 if topic.endswith("/feed.json") and "stories" in topic else 204
        desk.site = with_hub(desk.site, told.url)
        assert "its server answers 404" in desk.run("publish").stderr
    desk.clock.go(timedelta(minutes=6))
    status, text = findings(desk)[1]["hub"]
    assert (status, "is to be told of 1 feed that changed, since 2015-" in text) == ("warning", True)


def test_doctor_is_quiet_about_what_was_just_recorded(desk: DeskRunner) -> None:
    desk.record(commands.report(FIRE, "Three hurt"))
    assert findings(desk)[1]["waiting"] == ("ok", "events not published: 1 ")


def test_doctor_of_a_new_newsroom_says_what_is_next(tmp_path: Path) -> None:
    desk = DeskRunner(tmp_path / "new")
    desk.clock = Clock(desk.clock.now)
    code, found = findings(desk)
    assert (code, found["publication"][0], found["output"][0]) == (0, "warning", "warning")
