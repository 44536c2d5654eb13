"""`publish --watch` as a process of its own."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.system import utc_now
from feed.site import Site
from tests.builders import STORY, newsroom, reconfigured
from tests.sites import sql
from tests.switch import switch

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom that goes by the real clock."""
    site = newsroom(tmp_path / "desk")
    site = Site.open(site.folder, clock=utc_now)
    with site.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire"))
    return site


@contextmanager
def watching(site: Site, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "feed", "-C", str(site.folder), "publish", "--watch", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until((site.root / f"stories/{STORY}/feed.atom").exists)
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


def test_watch_writes_metrics_and_signals(site: Site) -> None:
    file = site.folder.parent / "desk.prom"
    with switch() as deadman:
        tables = f'[metrics]\nfile = "{file}"\n\n[heartbeat]\nurl = "{deadman.url}"\n\n[output]'
        reconfigured(site, "[output]", tables)
        with watching(site):
            until(file.exists)
            until(
                lambda: len(deadman.signals) >= 3
            )  # the start and the end of the first run, and the first idle minute
    assert [path for _, path, _ in deadman.taken()] == ["/start", "", ""]


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.005)


def shows(site: Site, words: str) -> bool:
    return words in (site.root / f"stories/{STORY}/feed.atom").read_text(encoding="utf-8")


def record(site: Site, headline: str, **fields: Any) -> None:
    with site.ledger() as ledger:
        ledger.append(commands.report(STORY, headline, **fields))


def put(path: Path, text: str) -> None:
    """Replace a file at once, as editors do: nobody sees it empty."""
    part = path.with_name("part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def test_watch_publishes_at_once_and_ends_on_sigterm(site: Site) -> None:
    with watching(site) as process:
        for number in range(5):
            record(site, f"Report {number}")
            until(lambda: shows(site, f"Report {number}"))  # noqa: B023
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=PATIENCE_S) == ("", "")
        assert process.returncode == 0
    assert site.verify_rebuild() == ()


def test_watch_publishes_when_an_embargo_ends(site: Site) -> None:
    lifts = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    record(site, "Under embargo", embargoed_until=lifts)
    with watching(site):
        record(site, "Said before")
        until(lambda: shows(site, "Said before"))
        assert datetime.now(UTC) > lifts or not shows(site, "Under embargo")
        until(lambda: shows(site, "Under embargo"))
        assert datetime.now(UTC) >= lifts


def test_killed_watch_can_be_restarted(site: Site) -> None:
    for number in range(5):
        with watching(site):
            record(site, f"Report {number}")
            time.sleep(0.01 * number)
    with watching(site):
        until(lambda: all(shows(site, f"Report {number}") for number in range(5)))
    assert site.verify_rebuild() == ()


def test_failing_story_is_reported_once_for_each_error(site: Site) -> None:
    config = site.folder / "writethru.toml"
    text = config.read_text()

    def publish_as(title: str) -> None:
        put(config, text.replace("Test desk", title))  # which has every story tried again
        until(lambda: title.encode() in (site.root / "feed.atom").read_bytes())

    def spoil(body: str) -> None:
        with sql(site) as ledger:
            ledger.execute("UPDATE bodies SET body = ? WHERE position = 2", (body,))

    with site.ledger() as ledger:
        ledger.append(commands.open_story("other", "Flood"))
    with watching(site) as process:
        until((site.root / "feed.atom").exists)
        spoil("{")
        for number in range(3):
            publish_as(f"Desk {number}")
        spoil("[]")
        publish_as("Desk 3")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert err.count("other: not published") == 2


def test_watch_reports_a_wrong_configuration_once(site: Site) -> None:
    config = site.folder / "writethru.toml"
    good = config.read_text()
    with watching(site, "-v") as process:
        put(config, good.replace("entries = 50", "entries = none"))
        record(site, "While it is wrong")
        time.sleep(0.5)
        assert process.poll() is None
        assert not shows(site, "While it is wrong")
        put(config, good.replace("Test desk", "Night desk"))
        until(lambda: b"Night desk" in (site.root / "feed.atom").read_bytes())
        until(lambda: shows(site, "While it is wrong"))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert "feed.atom" in out
    assert err.count("writethru.toml:") == 1


def test_cron_may_run_beside_watch(site: Site) -> None:
    cron = [sys.executable, "-m", "feed", "-C", str(site.folder), "publish"]
    with watching(site):
        for number in range(4):
            record(site, f"Report {number}")
            done = subprocess.run(cron, cwd=ROOT, capture_output=True, check=False)
            assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        until(lambda: shows(site, "Report 3"))
    assert site.verify_rebuild() == ()


def test_watch_refuses_other_options(site: Site) -> None:
    command = [sys.executable, "-m", "feed", "-C", str(site.folder), "publish", "--watch", "--dry-run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "--watch cannot be used with" in done.stderr) == (2, True)
