"""The workflow of `init --pages`: its runs lose nothing and announce nothing twice, also if others push meanwhile."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from feed.hosting.pages import WORKFLOW
from tests.docs import Document
from tests.runners import ENVIRONMENT, TABLE, TOKEN, Clone, Item, Runner, a_repository
from tests.web_servers import run
from tests.workflows import problems, steps

MORE = f"{TABLE.replace('held', 'free')}2,Second case,held\n"
NEWS = {"First case: Status: held → free", "Second case"}
REPORT = """\
- {type: story_opened, story: fire, headline: Fire}
- {type: development_reported, story: fire, headline: Two hurt}
"""
Deployed = dict[str, Item]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_repository(tmp_path_factory.mktemp("made"))


@pytest.fixture
def origin(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made.parent, tmp_path, dirs_exist_ok=True)
    desk = Clone(tmp_path / "desk")
    desk.git("remote", "set-url", "origin", str(tmp_path / made.name))
    return tmp_path / made.name


def runner(origin: Path, name: str) -> Runner:
    return Runner.of(origin, origin.parent / name)


def desk(origin: Path) -> Clone:
    return Clone(origin.parent / "desk")


def headlines(origin: Path, name: str) -> list[str]:
    """Return the headlines of all reports in the ledger that everybody has."""
    lines = Clone.of(origin, origin.parent / name).writethru("export").splitlines()
    return sorted(event["headline"] for event in map(json.loads, lines) if event["type"] == "development_reported")


def check_readers(deployments: Iterable[Deployed], expected: set[str]) -> None:
    """Fail if a reader of all deployments misses one of the expected titles, or gets one twice."""
    latest: Deployed = {}
    for deployed in deployments:
        assert latest.items() <= deployed.items()  # neither gone nor changed
        latest = deployed
    assert sorted(item.title for item in latest.values()) == sorted(expected)


def test_runs_announce_each_change_once(origin: Path) -> None:
    deployed: list[Deployed] = []
    for number, files in enumerate(({}, {"cases.csv": MORE}, {"reports/1.yaml": REPORT}, {})):
        if files:
            desk(origin).git("pull", "--quiet", "--rebase")
            desk(origin).commit(files).push()
        one = runner(origin, f"runner{number}")
        done = one.run()
        assert done.returncode == 0, done.stderr
        assert one.status == "status=0"
        deployed.append(one.deployed())
    check_readers(deployed, {*NEWS, "Two hurt"})
    assert headlines(origin, "after") == sorted({*NEWS, "First case", "Two hurt"})


def test_run_without_news_commits_nothing(origin: Path) -> None:
    assert runner(origin, "first").run().returncode == 0
    before = desk(origin).git("ls-remote", "origin")
    assert runner(origin, "second").run().returncode == 0
    assert desk(origin).git("ls-remote", "origin") == before


def test_no_key_is_committed(origin: Path) -> None:
    assert runner(origin, "first").run().returncode == 0
    names = Clone.of(origin, origin.parent / "after").git("log", "--all", "--format=", "--name-only").splitlines()
    assert "news/ledger.db" in names
    assert not [name for name in names if name.endswith((".key", "-wal", "-shm"))]


@pytest.mark.parametrize("ignored", ["", "*.key\n!*.key\n"])
def test_key_that_git_does_not_ignore_is_not_committed(origin: Path, ignored: str) -> None:
    desk(origin).commit({"news/.gitignore": ignored, "cases.csv": MORE}, "cases.csv", "news/.gitignore").push()
    one = runner(origin, "runner")
    assert one.run().returncode == 0
    assert "news/ledger.db" in one.git("show", "--format=", "--name-only").splitlines()
    assert not [name for name in one.git("ls-files").splitlines() if name.endswith(".key")]


def test_programs_get_neither_token_nor_keys(origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, seen, program = (
        runner(origin, "runner"),
        origin.parent / "environments",
        shutil.which("writethru", path=ENVIRONMENT["PATH"]),
    )
    wrapper = origin.parent / "bin/writethru"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\nenv >> {shlex.quote(str(seen))}\nexec {shlex.quote(str(program))} "$@"\n', encoding="utf-8"
    )
    wrapper.chmod(0o755)
    monkeypatch.setitem(ENVIRONMENT, "PATH", f"{wrapper.parent}:{ENVIRONMENT['PATH']}")
    assert one.run().returncode == 0
    text = seen.read_text(encoding="utf-8")
    assert "TABLE=cases.csv" in text
    assert TOKEN not in text
    assert not re.search("^(LOG|SYNC)_KEY=", text, re.MULTILINE)


def test_git_gets_the_token_to_push(origin: Path) -> None:
    one, seen = runner(origin, "runner"), origin.parent / "credentials"
    hook = one.folder / ".git/hooks/pre-push"
    asked = r"printf 'protocol=https\nhost=github.com\n\n'"
    hook.write_text(f"#!/bin/sh\n{asked} | git credential fill > {shlex.quote(str(seen))}\n", encoding="utf-8")
    hook.chmod(0o755)
    assert one.run().returncode == 0
    assert f"username=x-access-token\npassword={TOKEN}\n" in seen.read_text(encoding="utf-8")
    checkout = steps((one.folder / WORKFLOW).read_text(encoding="utf-8"), "publish")[1]
    assert checkout["with"] == {"persist-credentials": False}


def test_keys_are_gone_after_the_step_that_needs_them(origin: Path) -> None:
    one = runner(origin, "runner")
    assert one.run().returncode == 0
    assert not list(one.folder.rglob("*.key"))
    text = (one.folder / WORKFLOW).read_text(encoding="utf-8")
    assert [step["id"] for step in steps(text, "publish") if "secrets." in str(step)] == ["publish"]


def test_workflow_that_names_no_package_refuses_at_once(origin: Path) -> None:
    text = (desk(origin).folder / WORKFLOW).read_text(encoding="utf-8")
    first, *others = steps(text, "publish")
    assert "uses" not in first
    for package, code in (("", 1), ("writethru @ git+https://github.com/ana/writethru@1", 0)):
        done = subprocess.run(
            ["bash", "-ec", first["run"]], env={"PACKAGE": package}, capture_output=True, text=True, check=False
        )
        assert done.returncode == code
        assert ("::PACKAGE is empty. " in done.stdout) == (package == "")
    assert sum("pip install" in step.get("run", "") for step in others) == 1


def outpaced(origin: Path, how: str) -> tuple[Runner, Runner]:
    """Return two runners that begin at once with a changed table. The second pushes before the first, or during."""
    desk(origin).commit({"cases.csv": MORE, "reports/1.yaml": REPORT}).push()
    late, early = runner(origin, "late"), runner(origin, "early")
    if how == "during its push":
        late.before_push(f"bash --noprofile --norc -eo pipefail {shlex.quote(str(early.script()))}")
    else:
        assert early.run().returncode == 0
    return late, early


@pytest.mark.parametrize("how", ["before its push", "during its push"])
def test_run_that_another_outpaces_begins_again(origin: Path, how: str) -> None:
    late, early = outpaced(origin, how)
    done = late.run()
    assert done.returncode == 0, done.stderr
    assert "rejected" in done.stderr
    check_readers([early.deployed(), late.deployed()], {*NEWS, "Two hurt"})
    assert headlines(origin, "after") == sorted({*NEWS, "First case", "Two hurt"})


def test_edits_that_arrive_during_a_run_are_published_by_it(origin: Path) -> None:
    editor = Clone.of(origin, origin.parent / "editor").commit({"cases.csv": MORE})
    one = runner(origin, "runner")
    one.before_push(f"git -C {shlex.quote(str(editor.folder))} push --quiet origin HEAD:main")
    done = one.run()
    assert done.returncode == 0, done.stderr
    check_readers([one.deployed()], NEWS)


def test_report_that_an_editor_records_and_pushes_wins(origin: Path) -> None:
    editor, one = Clone.of(origin, origin.parent / "editor"), runner(origin, "runner")
    editor.writethru("open", "flood", "Flood")
    editor.writethru("report", "flood", "Road closed")
    editor.commit({"cases.csv": MORE}).push()
    assert one.run().returncode == 0
    check_readers([one.deployed()], {*NEWS, "Road closed"})


def test_editor_who_is_outpaced_loses_no_report(origin: Path) -> None:
    """With the lines of docs/pages.md."""
    editor = Clone.of(origin, origin.parent / "editor")
    desk(origin).commit({"cases.csv": MORE}).push()
    first = runner(origin, "first")
    assert first.run().returncode == 0
    editor.writethru("open", "flood", "Flood")
    editor.writethru("report", "flood", "Road closed")
    editor.commit()
    lines = re.search(r"```sh\n(.*?)```", Document("docs/pages.md").section("If your push is refused"), re.DOTALL)
    assert lines is not None
    run("bash", "-ec", f"cd {shlex.quote(str(editor.folder))}\n{lines[1]}", env=ENVIRONMENT)
    second = runner(origin, "second")
    assert second.run().returncode == 0
    check_readers([first.deployed(), second.deployed()], {*NEWS, "Road closed"})


def test_run_that_is_always_outpaced_deploys_nothing(origin: Path) -> None:
    desk(origin).commit({"cases.csv": MORE}).push()
    editor, late = Clone.of(origin, origin.parent / "editor"), runner(origin, "late")
    folder = shlex.quote(str(editor.folder))
    edit = f"git -C {folder} commit --quiet --allow-empty --message Edit && git -C {folder} push --quiet"
    late.before_push(f"{edit} origin HEAD:main", once=False)
    done = late.run()
    assert (done.returncode, late.status) == (1, None)
    assert done.stderr.count("error: failed to push") == 5
    assert "Others pushed five times meanwhile, so" in done.stdout


def test_push_that_is_refused_for_good_is_tried_once(origin: Path) -> None:
    hook = origin / "hooks/pre-receive"
    desk(origin).commit({"cases.csv": MORE}).push()
    hook.write_text("#!/bin/sh\necho this branch is protected\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    one = runner(origin, "runner")
    done = one.run()
    assert (done.returncode, one.status) == (1, None)
    assert done.stderr.count("this branch is protected") == 1
    assert "::error::The push was refused" in done.stdout
    assert "Others pushed" not in done.stdout


def test_row_that_cannot_be_read_stops_nothing_else(origin: Path) -> None:
    desk(origin).commit(
        {"cases.csv": MORE, "reports/1.yaml": REPORT.replace("development_reported", "nonsense")}
    ).push()
    one = runner(origin, "runner")
    assert one.run().returncode == 0
    assert one.status == "status=1"
    check_readers([one.deployed()], NEWS)


def test_publication_that_fails_pushes_and_deploys_nothing(origin: Path) -> None:
    config = desk(origin).folder / "news/writethru.toml"
    desk(origin).commit(
        {"news/writethru.toml": config.read_text(encoding="utf-8").replace("entries = 50", "entries = 0")}
    )
    desk(origin).push()
    before = desk(origin).git("ls-remote", "origin")
    one = runner(origin, "runner")
    assert (one.run().returncode, one.status) == (1, None)
    assert desk(origin).git("ls-remote", "origin") == before


def test_log_is_signed_with_the_key_of_the_secret(origin: Path) -> None:
    file, config = origin.parent / "newsroom.key", desk(origin).folder / "news/writethru.toml"
    said = desk(origin).writethru("keygen", "--key", str(file))
    name = said.partition("[log]\nkey = ")[2].partition("origin = ")[2].splitlines()[0]
    table = f'[log]\nkey = "~/.config/writethru/newsroom.key"\norigin = {name}\n'
    desk(origin).commit({"news/writethru.toml": f"{config.read_text(encoding='utf-8')}\n{table}"}).push()
    bare, signing = runner(origin, "bare"), runner(origin, "signing")
    assert (bare.run().returncode, bare.status) == (1, None)
    signing.log_key = file.read_text(encoding="ascii").strip()
    done = signing.run()
    assert done.returncode == 0, done.stderr
    assert f"\u2014 {name.strip(chr(34))} " in (signing.folder / "news/public/log/checkpoint").read_text(
        encoding="utf-8"
    )
    tracked = [signing.folder / name for name in signing.git("ls-files", "-z").split("\0") if name]
    assert not [file for file in tracked if signing.log_key.encode() in file.read_bytes()]


def test_actionlint_finds_no_problem(origin: Path) -> None:
    odd = origin.parent / "odd"
    (odd / ".git").mkdir(parents=True)
    run("writethru", "init", odd / 'it\'s "q" #ü: {x}', "--pages", "--base-url", "https://a.example/", env=ENVIRONMENT)
    assert problems(desk(origin).folder / WORKFLOW, odd / WORKFLOW) == []
