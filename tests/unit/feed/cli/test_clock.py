"""Commands under a clock that jumps and comes back: feed/README.md#the-clock."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from feed.cli import exit_codes
from feed.cli.program import run
from feed.fast_path import nothing_to_do
from tests.desk import FIRE, NOW, DeskRunner

JUMPED = NOW + timedelta(days=7_000)


@pytest.fixture
def ahead(fire: DeskRunner) -> DeskRunner:
    """Return a desk that has published with a wrong clock, and has the right one again."""
    fire.clock.go(JUMPED)
    fire.output("publish", "--clock-is-right")
    fire.clock.go(NOW + timedelta(hours=1))
    return fire


@pytest.mark.parametrize(
    "line",
    [
        ["publish"],
        ["publish", "--dry-run"],
        ["rebuild"],
        ["report", FIRE, "Two hurt"],
        ["report", FIRE, "Two hurt", "--dry-run"],
        ["close", FIRE],
    ],
)
def test_unexplained_clock_exits_with_7(fire: DeskRunner, line: list[str]) -> None:
    fire.clock.go(JUMPED)
    before = (fire.site.folder / "ledger.db").read_bytes()
    with pytest.raises(Exception, match="the clock may be wrong"):
        raise fire.run(*line).exception or AssertionError
    assert (fire.site.folder / "ledger.db").read_bytes() == before
    assert fire.run(*line, "--clock-is-right").exit_code == 0


def test_program_maps_an_unexplained_clock_to_7(fire: DeskRunner) -> None:
    # The newsroom is of 2015, and this machine's clock is years after it
    assert run(["-C", str(fire.site.folder), "publish"]) == exit_codes.CLOCK
    assert run(["-C", str(fire.site.folder), "clock"]) == exit_codes.CLOCK


def test_ledger_that_is_ahead_is_named(ahead: DeskRunner) -> None:
    words = "the ledger is ahead of this machine's clock: it has reached 2034-"
    assert words in str(ahead.run("publish").exception)
    assert words in str(ahead.run("report", FIRE, "Secret", "--embargo", "2015-01-25T08:00:00Z").exception)
    checked = ahead.run("check")
    assert (checked.exit_code, words in checked.stdout) == (exit_codes.REFUSED, True)
    assert not nothing_to_do(str(ahead.site.folder), ahead.clock.now.timestamp())
    reported = ahead.run("report", FIRE, "Two hurt")
    assert "so this is dated 2034-" in reported.stderr
    assert ahead.run("clock").exit_code == exit_codes.REFUSED


def test_reset_lets_the_desk_go_on(ahead: DeskRunner) -> None:
    assert ahead.output("clock", "--reset", "--yes") == "Reset the clock of 1 story. Next: writethru publish\n"
    ahead.output("publish")
    ahead.clock.go(timedelta(minutes=1))
    ahead.output("report", FIRE, "Secret", "--embargo", "2015-01-25T08:00:00Z", "--publish")
    files = [path.read_bytes() for path in ahead.site.root.rglob("*") if path.is_file()]
    assert not [data for data in files if b"Secret" in data]
    assert ahead.output("clock").splitlines()[0] == "this machine      2015-01-24T09:01:00Z"
    again = ahead.run("clock", "--reset")
    assert "the ledger is not ahead" in str(again.exception)


def test_export_of_a_ledger_that_was_ahead_is_imported(ahead: DeskRunner, tmp_path: Path) -> None:
    ahead.run("report", FIRE, "Two hurt")
    ahead.output("export", "-o", str(tmp_path / "all.jsonl"))
    other = DeskRunner(tmp_path / "other")
    other.clock.go(NOW + timedelta(hours=2))
    other.output("import", str(tmp_path / "all.jsonl"))
    state = json.loads(other.output("show", FIRE, "--json"))
    assert {item["reported_at"][:4] for item in state["developments"]} == {"2015"}


def test_watch_takes_no_word_that_the_clock_is_right(fire: DeskRunner) -> None:
    assert fire.run("publish", "--watch", "--clock-is-right").exit_code == exit_codes.USAGE


@pytest.mark.parametrize(("option", "wrong"), [("--base-url", "ftp://news.example/"), ("--title", "x" * 301)])
def test_init_names_the_option_that_is_wrong(
    tmp_path: Path, option: str, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "n"), option, wrong]) == exit_codes.REFUSED
    error = capsys.readouterr().err
    assert error.startswith(f"{option}: ")
    assert "writethru.toml" not in error
