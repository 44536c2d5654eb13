"""init and demo: what they make, what they say, and what they refuse."""

import shlex
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from feed.cli import pages
from feed.cli.commands import setup
from feed.cli.desk import Desk
from feed.cli.program import command
from feed.hosting.pages import WORKFLOW
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


def test_schema_without_a_database_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    assert "name it with --ledger" in run("init", str(tmp_path / "news"), "--schema", "harbour").stderr
    assert not (tmp_path / "news").exists()


def test_init_pages_writes_the_workflow_into_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    made = run("init", str(tmp_path / "a b" / "news"), "--pages", "--base-url", "https://ana.github.io/news/")
    assert made.exit_code == 0, made.exception
    assert "PACKAGE in the workflow is empty." in made.stderr
    text = (tmp_path / WORKFLOW).read_text(encoding="utf-8")
    assert yaml.safe_load(text)["env"] == {
        "PACKAGE": "",
        "WRITETHRU_DIR": "a b/news",
        "OUTPUT": "a b/news/public",
        "TABLE": "",
        "REPORTS": "reports",
    }
    assert (tmp_path / "a b/news/ledger.db").exists()
    assert "*.key\n" in (tmp_path / "a b/news/.gitignore").read_text(encoding="utf-8")


def test_init_pages_names_the_commit_that_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = f"writethru[intake,log,share] @ git+https://github.com/ana/writethru@{'a' * 40}"
    monkeypatch.setattr(pages, "package_source", lambda: source)
    monkeypatch.setattr(setup, "package_source", lambda: source)
    assert "PACKAGE" not in run("init", str(tmp_path), "--pages").stderr
    assert yaml.safe_load((tmp_path / WORKFLOW).read_text(encoding="utf-8"))["env"]["PACKAGE"] == source


def test_init_pages_of_a_newsroom_adds_the_workflow_alone(tmp_path: Path) -> None:
    assert run("init", str(tmp_path), "--base-url", "https://news.example/").exit_code == 0
    config = (tmp_path / "writethru.toml").read_text(encoding="utf-8").replace('folder = "public"', 'folder = "out"')
    (tmp_path / "writethru.toml").write_text(config, encoding="utf-8")
    (tmp_path / ".gitignore").write_text("out\n*.key", encoding="utf-8")
    assert run("init", str(tmp_path), "--pages").exit_code == 0
    assert (tmp_path / "writethru.toml").read_text(encoding="utf-8") == config
    env = yaml.safe_load((tmp_path / WORKFLOW).read_text(encoding="utf-8"))["env"]
    assert (env["WRITETHRU_DIR"], env["OUTPUT"]) == (".", "out")
    ignored = (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ignored == ["out", "*.key", "*.db-journal", "*.db-shm", "*.db-wal", "desk.db", "metrics.lock"]


def test_init_pages_refuses_a_ledger_that_git_cannot_hold(tmp_path: Path) -> None:
    assert run("init", str(tmp_path), "--base-url", "https://news.example/").exit_code == 0
    with (tmp_path / "writethru.toml").open("a", encoding="utf-8") as config:
        config.write('[ledger]\nurl = "postgresql:///news"\n')
    assert "the ledger is in a database" in str(run("init", str(tmp_path), "--pages").exception)
    both = run("init", str(tmp_path / "new"), "--pages", "--ledger", "postgresql:///news")
    assert both.exit_code == 2
    assert not (tmp_path / ".github").exists()
    assert not (tmp_path / "new").exists()


def test_second_init_pages_changes_nothing(tmp_path: Path) -> None:
    workflow = tmp_path / WORKFLOW
    workflow.parent.mkdir(parents=True)
    workflow.write_text("mine", encoding="utf-8")
    assert "there is a workflow already" in str(run("init", str(tmp_path), "--pages").exception)
    assert workflow.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "writethru.toml").exists()


@pytest.mark.parametrize("name", ["a\nb", "${{ github.token }}", "a\u2028b"])
def test_init_pages_refuses_what_a_workflow_cannot_name(tmp_path: Path, name: str) -> None:
    (tmp_path / ".git").mkdir()
    assert "a workflow cannot name this path" in str(run("init", str(tmp_path / name), "--pages").exception)
    assert not (tmp_path / ".github").exists()
    assert not (tmp_path / name).exists()


@pytest.mark.slow
def test_demo_shows_a_story_and_says_what_it_wrote(tmp_path: Path) -> None:
    shown = run("demo", str(tmp_path / "demo"))
    assert shown.exit_code == 0, shown.exception
    assert " files written in " in shown.stdout
    assert (tmp_path / "demo/public/stories/cuba-53/index.html").exists()
    again = run("demo", str(tmp_path / "demo"))
    assert "Nothing has changed in " in again.stdout


@pytest.mark.slow
def test_demo_ends_and_names_the_line_that_serves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "demo"
    assert f" -C {shlex.quote(str(folder))} serve\n" in run("demo", str(folder)).stdout
    monkeypatch.setattr("feed.cli.extras.find_spec", lambda _: None)
    assert f" -d {shlex.quote(str(folder / 'public'))} 8000\n" in run("demo", str(folder)).stdout


@pytest.mark.slow
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
    assert last.strip().startswith("writethru -C" if on_path else f"{shlex.quote(str(program))} -C")
