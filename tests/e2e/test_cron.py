"""The line for cron: the fast path decides from the publish checkpoint, and any doubt runs the full check."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from events import commands
from feed.checkpoint import CHECKPOINT_NOTE, NEVER, RENDERERS, format_checkpoint, parse_checkpoint
from feed.cron import main
from feed.fast_path import nothing_to_do
from feed.paths import find_newsroom
from feed.site import Site
from tests.builders import reconfigured
from tests.sites import EMBARGO, LATER, a_site, everything, lock_held, record, sql

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HEAVY = {"pydantic", "feedgen", "click", "apsw", "orjson", "jinja2", "markdown_it", "rich", "lxml"}
BEFORE_S, AFTER_S = 1772481599.0, 1772481600.0  # 2026-03-02T20:00:00Z, where the embargo ends


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom that is published, and waits for an embargo to end."""
    made, _ = a_site(tmp_path / "desk ?#%25é", "a")
    record(made, commands.report("a", "Secret", embargoed_until=EMBARGO))
    made.publish()
    return made


def run(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a bare Python as cron would: no HOME, no locale, no PATH to speak of."""
    bare = {"PATH": "/usr/bin:/bin", "LANG": "C", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd or "/",
        env=bare | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_idle_until_the_embargo_ends(site: Site) -> None:
    folder = str(site.folder)
    before = everything(site.folder)
    assert nothing_to_do(folder, BEFORE_S)
    assert not nothing_to_do(folder, AFTER_S)
    assert everything(site.folder) == before


def test_ledger_that_is_gone_is_not_made_again(site: Site) -> None:
    (site.folder / "ledger.db").unlink()
    assert not nothing_to_do(str(site.folder), BEFORE_S)
    assert not (site.folder / "ledger.db").exists()


def test_fifo_in_place_of_the_ledger_is_not_waited_for(site: Site) -> None:
    site.publish()
    ledger = site.folder / "ledger.db"
    ledger.unlink()
    os.mkfifo(ledger)
    code = f"from feed.fast_path import nothing_to_do; assert not nothing_to_do({str(site.folder)!r}, {BEFORE_S})"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)


def test_idle_forever_if_nothing_is_awaited(tmp_path: Path) -> None:
    made, _ = a_site(tmp_path, "a")
    made.publish()
    assert nothing_to_do(str(tmp_path), 9e12)


def edit_config(site: Site) -> None:
    config = site.folder / "writethru.toml"
    config.write_text(config.read_text() + "# a remark\n")


def append(site: Site) -> None:
    record(site, commands.report("a", "More"))


def other_renderers(site: Site) -> None:
    with sql(site) as ledger:
        ledger.execute("UPDATE notes SET text = 'x' || text WHERE name = ?", (CHECKPOINT_NOTE,))


def no_checkpoint(site: Site) -> None:
    with sql(site) as ledger:
        ledger.execute("DELETE FROM notes WHERE name = ?", (CHECKPOINT_NOTE,))


DOUBTS: dict[str, Callable[[Site], object]] = {
    "an event": append,
    "another configuration": edit_config,
    "other renderers": other_renderers,
    "no checkpoint": no_checkpoint,
    "no output": lambda site: site.root.rename(site.folder / "moved"),
    "another token": lambda site: (site.root / ".writethru").write_text("x"),
    "no configuration": lambda site: (site.folder / "writethru.toml").unlink(),
    "no ledger": lambda site: (site.folder / "ledger.db").unlink(),
    "no database": lambda site: (site.folder / "ledger.db").write_bytes(b"x" * 4096),
    "a log of changes": lambda site: (site.folder / "ledger.db-wal").touch(),
    "a journal": lambda site: (site.folder / "ledger.db-journal").touch(),
}


@pytest.mark.parametrize("doubt", DOUBTS.values(), ids=DOUBTS.keys())
def test_any_doubt_runs_the_full_check(site: Site, doubt: Callable[[Site], object]) -> None:
    doubt(site)
    assert not nothing_to_do(str(site.folder), BEFORE_S)


def test_checkpoint_is_parsed_as_it_was_formatted() -> None:
    settings = "a\nb = 1\n"
    text = format_checkpoint(position=7, next_us=None, token="t", folder="public", digest="d", settings=settings)
    assert parse_checkpoint(text) == {
        "renderers": RENDERERS,
        "position": "7",
        "next_us": NEVER,
        "token": "t",
        "folder": "public",
        "digest": "d",
        "settings": settings,
    }


@pytest.mark.parametrize(
    "text", ["", RENDERERS, "6\n7\nnever\nt\npublic\n[newsroom]", "6\n7\nnever\nt\npublic\na\nb\nc"]
)
def test_text_that_is_no_checkpoint_of_these_renderers_is_none(text: str) -> None:
    assert parse_checkpoint(text) is None


def test_newsroom_is_found_from_below(site: Site) -> None:
    assert find_newsroom(str(site.root / "stories/a")) == str(site.folder)
    assert find_newsroom("/") is None


@pytest.mark.parametrize(
    "line", [["publish"], ["-C", "DIR", "publish"], ["publish", "-v"], ["-C", "DIR", "publish", "-v"]]
)
def test_plain_publish_takes_the_fast_path(
    tmp_path: Path, line: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made, _ = a_site(tmp_path, "a")
    made.publish()
    before = everything(tmp_path)
    monkeypatch.setenv("WRITETHRU_DIR", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["writethru", *(str(tmp_path) if word == "DIR" else word for word in line)])
    assert main() == 0
    assert everything(tmp_path) == before
    assert capsys.readouterr().out == ""


def test_other_commands_run_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = a_site(tmp_path, "a")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WRITETHRU_DIR", raising=False)
    monkeypatch.setattr(sys, "argv", ["writethru", "publish"])
    assert main() == 0
    assert (made.root / "index.html").exists()
    monkeypatch.setattr(sys, "argv", ["writethru", "nonsense"])
    assert main() == 2


# As cron runs it.


@pytest.mark.parametrize("way", ["-C", "variable", "cwd"])
def test_cron_needs_no_environment_and_leaves_no_trace(site: Site, way: str) -> None:
    # Given the embargo has ended by the machine's clock: the first run publishes, the second has nothing to do
    folder = str(site.folder)
    module = ["-m", "feed", *(["-C", folder] if way == "-C" else []), "publish"]
    environment = {"WRITETHRU_DIR": folder} if way == "variable" else {}
    cwd = site.root / "stories" if way == "cwd" else None
    first = run(*module, cwd=cwd, **environment)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    assert b"Secret" in (site.root / "feed.rss").read_bytes()
    before = everything(site.folder)
    second = run("-X", "importtime", *module, cwd=cwd, **environment)
    assert (second.returncode, second.stdout) == (0, "")
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in second.stderr.splitlines()}
    assert "_sqlite3" in imported
    assert imported.isdisjoint(HEAVY)
    assert everything(site.folder) == before


def test_idle_minute_with_metrics_imports_as_little(site: Site) -> None:
    file = site.folder.parent / "desk.prom"
    configured = reconfigured(site, "[output]", f'[metrics]\nfile = "{file}"\n\n[output]')
    assert run("-m", "feed", "-C", str(site.folder), "publish").returncode == 0
    file.write_text(re.sub("timestamp_seconds({.*}) .*", r"timestamp_seconds\1 7", file.read_text()))
    idle = run("-X", "importtime", "-m", "feed", "-C", str(configured.folder), "publish")
    assert (idle.returncode, idle.stdout) == (0, "")
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in idle.stderr.splitlines()}
    assert imported.isdisjoint(HEAVY | {"pathlib", "re", "datetime", "tomllib"})
    assert 'last_run_timestamp_seconds{site="https://news.example/"} 7' not in file.read_text()


@pytest.mark.parametrize("reports", ["", '[metrics]\nfile = "../desk.prom"\n\n'])
def test_idle_minute_parses_no_text_of_several_lines(site: Site, reports: str) -> None:
    described = reconfigured(site, 'description = "', 'description = """\nA desk:\n""" # "')
    configured = reconfigured(described, "[output]", f"{reports}[output]")
    assert run("-m", "feed", "-C", str(site.folder), "publish").returncode == 0
    idle = run("-X", "importtime", "-m", "feed", "-C", str(configured.folder), "publish")
    assert (idle.returncode, idle.stdout) == (0, "")
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in idle.stderr.splitlines()}
    assert imported.isdisjoint(HEAVY | {"tomllib"})


def test_publishing_imports_no_click(site: Site) -> None:
    done = run("-X", "importtime", "-m", "feed", "-C", str(site.folder), "publish")
    assert done.returncode == 0
    assert b"Secret" in (site.root / "feed.rss").read_bytes()
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "pydantic" in imported
    assert imported.isdisjoint({"click", "rich"})


def test_wal_of_a_killed_writer_is_published(site: Site) -> None:
    # Given an event that was recorded, and a process that died before SQLite tidied up
    script = (
        "import os, sys; from events.ledger import Ledger; from events import commands\n"
        "ledger = Ledger.open(sys.argv[1]); ledger.append(commands.report('a', 'Left in the log'))\n"
        "os.kill(os.getpid(), 9)"
    )
    assert run("-c", script, str(site.folder)).returncode == -9
    assert list(site.folder.glob("ledger.db-*"))
    done = run("-m", "feed", "-C", str(site.folder), "publish")
    assert (done.returncode, done.stderr) == (0, "")
    assert b"Left in the log" in (site.root / "feed.rss").read_bytes()
    assert not list(site.folder.glob("ledger.db-*"))
    assert nothing_to_do(str(site.folder), time.time())


def test_run_while_another_holds_the_lock_exits(tmp_path: Path) -> None:
    made, clock = a_site(tmp_path, "a")
    clock.go(LATER)
    with lock_held(tmp_path):
        done = run("-m", "feed", "-C", str(tmp_path), "publish")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not made.root.exists()


def test_failed_story_has_its_own_exit_code(tmp_path: Path) -> None:
    made, _ = a_site(tmp_path, "a", "bad")
    with sql(made) as ledger:
        ledger.execute("UPDATE bodies SET body = '{' WHERE position = 3")
    for _ in range(2):
        done = run("-m", "feed", "-C", str(tmp_path), "publish")
        assert done.returncode == 3
        assert "bad: not published" in done.stderr
    assert (made.root / "stories/a/index.html").exists()


def test_verbose_prints_the_paths_written(tmp_path: Path) -> None:
    a_site(tmp_path, "a")
    done = run("-m", "feed", "-C", str(tmp_path), "publish", "-v")
    assert "stories/a/feed.atom\n" in done.stdout
    again = run("-m", "feed", "-C", str(tmp_path), "publish", "-v")
    assert (again.returncode, again.stdout) == (0, "")
