"""`[metrics] file`: each run says how it went, for Prometheus. It never fails a publication."""

import fcntl
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from stat import S_IFMT

import pytest
from prometheus_client.parser import text_string_to_metric_families

from events import commands
from feed import cron
from feed.cli.exit_codes import DONE, SOME_FAILED
from feed.fast_path import idle_reports
from feed.health import idle
from feed.health.idle import lock_metrics, write_idle
from feed.health.metrics import METRICS
from feed.watch import Watch
from tests.builders import reconfigured
from tests.desk import FIRE, DeskRunner
from tests.docs import Document
from tests.metrics import metrics, samples
from tests.sites import break_story, lock_held

TIMES = {"last_run_timestamp_seconds", "last_success_timestamp_seconds"}


@pytest.fixture
def file(fire: DeskRunner) -> Path:
    """Return the metrics file of a newsroom that has published."""
    path = metrics(fire)
    ends = fire.clock() + timedelta(hours=1)
    fire.record(commands.report(FIRE, "Secret", embargoed_until=ends.isoformat()))
    assert fire.run("publish").exit_code == DONE
    return path


def test_metrics_say_what_was_published_and_what_is_next(fire: DeskRunner, file: Path) -> None:
    now = fire.clock().timestamp()
    values = samples(file)
    took = values.pop("last_publication_duration_seconds")
    assert took > 0
    assert values.pop("publication_duration_seconds_sum") == took
    assert values == {
        "build_info": 1,
        "last_run_timestamp_seconds": int(now),
        "last_success_timestamp_seconds": int(now),
        "last_run_success": 1,
        "failed_runs_total": 0,
        "last_publication_timestamp_seconds": now,
        "next_instant_timestamp_seconds": now + 3600,
        "recorded_events_total": 2,
        "published_events_total": 2,
        "waiting_events": 0,
        "failed_stories": 0,
        "publication_duration_seconds_count": 1,
    }


def test_metrics_name_their_site_and_their_kind(file: Path) -> None:
    families = [*text_string_to_metric_families(file.read_text())]
    assert {sample.labels["site"] for family in families for sample in family.samples} == {"https://news.example/"}
    assert {family.name for family in families if family.type == "counter"} == {
        "writethru_failed_runs",
        "writethru_recorded_events",
        "writethru_published_events",
    }
    assert all(family.documentation for family in families)


def test_metrics_can_be_read_by_others_and_leave_nothing(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in file.parent.iterdir() if "prom" in path.name] == [file.name]


def test_idle_minute_writes_the_time_of_the_run_alone(fire: DeskRunner, file: Path) -> None:
    before, inode, now = samples(file), file.stat().st_ino, fire.clock().timestamp()
    assert cron._is_idle(str(fire.site.folder), now + 60)
    after = samples(file)
    assert {name for name in after if after[name] != before[name]} == TIMES
    assert {after[name] for name in TIMES} == {int(now) + 60}
    assert file.stat().st_ino != inode  # a reader of the former file has it whole


@pytest.mark.parametrize("text", [None, "", "writethru_last_run_success{} 0\n"])
def test_idle_minute_without_metrics_publishes_and_writes_them(fire: DeskRunner, file: Path, text: str | None) -> None:
    file.unlink() if text is None else file.write_text(text)
    assert not cron._is_idle(str(fire.site.folder), fire.clock().timestamp())
    fire.run("publish")
    assert samples(file)["last_run_success"] == 1


def test_idle_minute_without_metrics_configured_reports_nothing(fire: DeskRunner) -> None:
    fire.site.publish()
    assert idle_reports(str(fire.site.folder), fire.clock().timestamp()) == ""
    assert cron._is_idle(str(fire.site.folder), fire.clock().timestamp())


@pytest.mark.usefixtures("file")
def test_metrics_that_are_no_longer_wanted_are_left(fire: DeskRunner) -> None:
    config = fire.site.folder / "writethru.toml"
    config.write_text(config.read_text().replace("[metrics]\nfile", "# file"))
    fire.run("publish")
    assert idle_reports(str(fire.site.folder), fire.clock().timestamp()) == ""


MENTIONS = ["# nothing", "# {other}", 'actor = """\\\nfile = "{other}" \\\n"""']


@pytest.mark.parametrize("mention", MENTIONS)
def test_metrics_that_only_the_ledger_names_are_not_written(fire: DeskRunner, file: Path, mention: str) -> None:
    other = file.with_name("other.prom")
    other.write_bytes(before := file.read_bytes())
    fire.site = reconfigured(fire.site, "[recording]", f"[recording]\n{mention.replace('{other}', str(other))}")
    fire.run("publish")
    with closing(sqlite3.connect(fire.site.folder / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE notes SET text = ? WHERE name = 'reports'", (f"{other}\n",))
    assert not cron._is_idle(str(fire.site.folder), fire.clock().timestamp() + 60)
    assert other.read_bytes() == before


def test_failed_story_is_counted_in_each_run(fire: DeskRunner, file: Path) -> None:
    break_story(fire.site)
    values = samples(file)
    success = values["last_success_timestamp_seconds"]
    for runs in (1, 2):
        fire.clock.go(timedelta(minutes=1))
        assert fire.run("publish").exit_code == SOME_FAILED
        values = samples(file)
        assert (values["failed_stories"], values["failed_runs_total"], values["last_run_success"]) == (1, runs, 0)
    assert values["last_success_timestamp_seconds"] == success
    assert values["last_run_timestamp_seconds"] == success + 120


def test_run_without_a_ledger_fails_and_keeps_the_numbers(fire: DeskRunner, file: Path) -> None:
    (fire.site.folder / "ledger.db").unlink()
    assert fire.run("publish").exception is not None
    values = samples(file)
    assert (values["last_run_success"], values["failed_runs_total"], values["recorded_events_total"]) == (0, 1, 2)


def test_run_that_finds_the_lock_held_reports_nothing(fire: DeskRunner, file: Path) -> None:
    before = file.read_bytes()
    fire.clock.go(timedelta(minutes=1))
    fire.record(commands.report(FIRE, "Three hurt"))
    with lock_held(fire.site.folder):
        fire.run("publish")
    assert file.read_bytes() == before


def test_idle_minute_reads_settings_however_they_are_spelled(fire: DeskRunner, file: Path) -> None:
    fire.site = reconfigured(fire.site, f'[metrics]\nfile = "{file}"', f'[metrics]\nfile = "\\u002f{str(file)[1:]}"')
    fire.run("publish")
    assert cron._is_idle(str(fire.site.folder), fire.clock().timestamp() + 60)
    assert samples(file)["last_run_timestamp_seconds"] == int(fire.clock().timestamp()) + 60


def test_numbers_that_are_none_are_not_counted_on(fire: DeskRunner, file: Path) -> None:
    text = file.read_text()
    for name in ("failed_runs_total", "publication_duration_seconds_sum"):
        text = re.sub(rf"^(writethru_{name}{{.*}}) .*", r"\1 NaN", text, flags=re.MULTILINE)
    file.write_text(text)
    fire.record(commands.report(FIRE, "Three hurt"))
    assert fire.run("publish").stderr == ""
    values = samples(file)
    assert (values["failed_runs_total"], values["publication_duration_seconds_count"]) == (0, 2)


def test_runs_write_the_metrics_one_after_the_other(
    fire: DeskRunner, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, pauses = file.read_bytes(), list[float]()
    lock = lock_metrics(str(fire.site.folder))

    def pause(seconds: float) -> None:
        assert file.read_bytes() == before
        pauses.append(seconds)
        lock.close()

    monkeypatch.setattr(idle, "sleep", pause)
    assert write_idle(str(fire.site.folder), str(file), 1e9)
    assert samples(file)["last_run_timestamp_seconds"] == 1e9
    assert pauses == [idle.LOCK_PAUSE_S]


def test_publication_does_not_wait_for_metrics_that_are_locked(
    fire: DeskRunner, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    fire.record(commands.report(FIRE, "Three hurt"))
    monkeypatch.setattr(idle, "LOCK_PAUSE_S", 0)
    with lock_metrics(str(fire.site.folder)):
        result = fire.run("publish")
        assert not cron._is_idle(str(fire.site.folder), fire.clock().timestamp() + 60), "a publication warns"
    assert (result.exit_code, file.read_bytes()) == (DONE, before)
    assert "metrics: they cannot be written: another process holds metrics.lock." in result.stderr
    assert "Three hurt" in (fire.site.root / "feed.atom").read_text()


def test_no_file_that_others_can_read_locks_the_metrics(fire: DeskRunner, file: Path) -> None:
    before, folder = samples(file), fire.site.folder
    readable = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    with ExitStack() as stack:
        for path in [*readable, file.parent]:
            descriptor = os.open(path, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert write_idle(str(folder), str(file), before["last_run_timestamp_seconds"] + 60)
    assert folder / "writethru.toml" in readable
    assert samples(file)["last_run_timestamp_seconds"] == before["last_run_timestamp_seconds"] + 60


def test_what_a_killed_run_left_is_replaced(fire: DeskRunner, file: Path) -> None:
    file.with_name(f".{file.name}.part").write_text("half")
    assert write_idle(str(fire.site.folder), str(file), 1e9)
    assert [path.name for path in file.parent.iterdir() if "prom" in path.name] == [file.name]


def link(path: Path) -> None:
    path.symlink_to(path.with_name("linked"))


@pytest.mark.parametrize("other", [os.mkfifo, Path.mkdir, link])
def test_what_is_no_regular_file_is_not_replaced(fire: DeskRunner, other: Callable[[Path], object]) -> None:
    file = metrics(fire)
    other(file)
    kind = S_IFMT(file.lstat().st_mode)
    result = fire.run("publish")
    assert (result.exit_code, S_IFMT(file.lstat().st_mode)) == (DONE, kind)
    assert "metrics: they cannot be written: it is not a regular file." in result.stderr


@pytest.mark.parametrize("name", ["no/such/folder.prom", "desk/public/metrics.prom"])
def test_metrics_that_cannot_be_written_are_a_warning(tmp_path: Path, name: str) -> None:
    desk = DeskRunner(tmp_path / "desk")
    file = metrics(desk, name)
    desk.record(commands.open_story(FIRE, "Fire"))
    result = desk.run("publish")
    assert result.exit_code == DONE
    assert result.stderr.startswith(f"{file}: metrics: they cannot be written: ")
    assert (desk.site.root / f"stories/{FIRE}/index.html").exists()
    assert not file.exists()


def test_dry_run_reports_nothing(fire: DeskRunner) -> None:
    file = metrics(fire)
    fire.run("publish", "--dry-run")
    assert not file.exists()


def test_rebuild_and_report_publish_report_too(fire: DeskRunner, file: Path) -> None:
    fire.run("rebuild")
    fire.run("report", FIRE, "Three hurt", "--publish")
    assert samples(file)["publication_duration_seconds_count"] == 3


@pytest.mark.slow
def test_watch_reports_once_a_minute_that_it_is_idle(fire: DeskRunner, file: Path) -> None:
    reports: list[str] = []
    ticks = iter([False] * 30)

    def reported(text: str) -> bool:
        reports.append(text)
        return True

    watch = Watch(
        fire.site.folder,
        stopped=lambda: next(ticks, True),
        on_published=lambda _: None,
        on_error=reports.append,
        on_idle=reported,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feed.watch.time.time", fire.clock().timestamp)
        patch.setattr("feed.watch.CHECK_S", 0)
        watch.run()
    assert reports == [f"{file}\n"]


def test_report_of_an_idle_run_leaves_no_half_file(
    fire: DeskRunner, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    assert not write_idle(str(fire.site.folder), str(file), 1e9)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if "prom" in path.name] == [file.name]


def test_every_metric_is_documented() -> None:
    rows = Document("feed/README.md").rows("Metrics")
    assert {name: rows[name].cells[1] for name in METRICS} == {name: kind for name, (kind, _) in METRICS.items()}
