"""init and demo: what they make, what they say, and what they refuse."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feed.cli.desk import Desk
from feed.cli.program import command
from tests.desk import NOW


def run(name: str, *arguments: str) -> Result:
    return CliRunner().invoke(command(name), arguments, obj=Desk(named=None, now=NOW))


def test_second_init_changes_nothing(tmp_path: Path) -> None:
    assert run("init", str(tmp_path), "--base-url", "https://news.example/").exit_code == 0
    before = (tmp_path / "writethru.toml").read_bytes()
    again = run("init", str(tmp_path), "--base-url", "https://other.example/")
    assert "there is already a newsroom here; nothing was changed." in str(again.exception)
    assert (tmp_path / "writethru.toml").read_bytes() == before


def test_init_with_a_local_address_says_so(tmp_path: Path) -> None:
    made = run("init", str(tmp_path / "a b"))
    assert "The site's address is local (http://localhost:8000/)." in made.stderr
    assert f"writethru -C '{tmp_path / 'a b'}' publish" in made.stdout
    assert "local" not in run("init", str(tmp_path / "c"), "--base-url", "https://news.example/").stderr


def test_wrong_option_of_init_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    assert "--base-url: " in str(run("init", str(tmp_path / "news"), "--base-url", "news").exception)
    assert not (tmp_path / "news").exists()


def test_demo_shows_a_story_and_says_what_it_wrote(tmp_path: Path) -> None:
    shown = run("demo", str(tmp_path / "demo"))
    assert shown.exit_code == 0, shown.exception
    assert " files written in " in shown.stdout
    assert (tmp_path / "demo/public/stories/cuba-53/index.html").exists()
    again = run("demo", str(tmp_path / "demo"))
    assert "Nothing has changed in " in again.stdout


@pytest.mark.parametrize("on_path", [True, False])
def test_demo_names_the_program_as_it_can_be_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, on_path: bool
) -> None:
    program = tmp_path / "bin/writethru"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("PATH", str(program.parent) if on_path else "")
    last = run("demo", str(tmp_path / "demo")).stdout.splitlines()[-1]
    assert last.strip().startswith("writethru -C" if on_path else f"{program} -C")
