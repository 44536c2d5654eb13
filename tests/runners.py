"""A repository with a newsroom, and runs of its workflow: its own script lines, in clones, without a network."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import yaml

from feed.hosting.pages import WORKFLOW
from tests.web_servers import run
from tests.workflows import steps

TOKEN = "token-of-the-run"
TABLE = "ID,Headline,Status\n1,First case,held\n"
IDENTITY = {f"GIT_{who}_{what}": "desk@news.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ENVIRONMENT = {
    **os.environ,
    **IDENTITY,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
}


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the feed over all stories, as it was deployed."""

    title: str
    published: str
    modified: str


@dataclass
class Clone:
    """A clone of the repository, on `main`."""

    folder: Path

    @classmethod
    def of(cls, origin: Path, folder: Path) -> Self:
        """Clone a bare repository."""
        run("git", "clone", "--quiet", origin, folder, env=ENVIRONMENT)
        return cls(folder)

    def git(self, *arguments: str) -> str:
        return run("git", "-C", self.folder, *arguments, env=ENVIRONMENT)

    def writethru(self, *arguments: str) -> str:
        return run("writethru", "-C", self.folder / "news", *arguments, env=ENVIRONMENT)

    def commit(self, files: dict[str, str] | None = None, *paths: str) -> Self:
        """Write files, and commit all that has changed, or what has changed in `paths`."""
        for name, text in (files or {}).items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        self.git("add", "--all", "--", *paths)
        self.git("commit", "--quiet", "--message", "Edit")
        return self

    def push(self) -> None:
        self.git("push", "--quiet", "origin", "HEAD:main")

    def before_push(self, command: str, *, once: bool = True) -> None:
        """Let something else happen while this clone pushes: git has read what the other side has by then."""
        hook = self.folder / ".git/hooks/pre-push"
        end = f"rm {shlex.quote(str(hook))}\n" if once else ""
        hook.write_text(f"#!/bin/bash\nunset $(git rev-parse --local-env-vars)\n{end}{command}\n", encoding="utf-8")
        hook.chmod(0o755)


class Runner(Clone):
    """A clone in which the workflow runs. `log_key` is the value of a secret."""

    log_key = ""

    def script(self) -> Path:
        """Return a file that does what the job does, from its keys to its push."""
        text = (self.folder / WORKFLOW).read_text(encoding="utf-8")
        output, home = (
            self.folder.parent / f"{self.folder.name}.output",
            self.folder.parent / f"{self.folder.name}.home",
        )
        home.mkdir(exist_ok=True)
        secret = (self.folder.parent / "desk/news/sync.key").read_text(encoding="ascii").strip()
        variables = {
            **yaml.safe_load(text)["env"],
            "GITHUB_OUTPUT": output,
            "HOME": home,
            "SYNC_KEY": secret,
            "LOG_KEY": self.log_key,
            "TOKEN": TOKEN,
            "PACKAGE": "here",
        }
        lines = [f"cd {shlex.quote(str(self.folder))}"]
        lines += [f"export {name}={shlex.quote(str(value))}" for name, value in variables.items()]
        lines += [step["run"] for step in steps(text, "publish") if "run" in step and "pip" not in step["run"]]
        file = self.folder.parent / f"{self.folder.name}.sh"
        file.write_text("\n".join(lines), encoding="utf-8")
        return file

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run the job's script, as GitHub runs it."""
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(self.script())]
        return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)

    @property
    def status(self) -> str | None:
        """The status that the script reports; None if nothing may be deployed."""
        file = self.folder.parent / f"{self.folder.name}.output"
        return file.read_text(encoding="utf-8").strip() if file.exists() else None

    def deployed(self) -> dict[str, Item]:
        """Return the items that readers get, by id."""
        assert self.status is not None
        feed = json.loads((self.folder / "news/public/feed.json").read_bytes())
        return {
            item["id"]: Item(item["title"], item["date_published"], item.get("date_modified", ""))
            for item in feed["items"]
        }


def a_repository(folder: Path) -> Path:
    """Make a bare repository with a newsroom that syncs a table, whose first row is an archive; return its path."""
    origin = folder / "origin.git"
    run("git", "init", "--quiet", "--bare", "--initial-branch", "main", origin, env=ENVIRONMENT)
    desk = Clone.of(origin, folder / "desk")
    news = desk.folder / "news"
    run("writethru", "init", news, "--pages", "--base-url", "https://ana.github.io/news/", env=ENVIRONMENT)
    workflow = desk.folder / WORKFLOW
    workflow.write_text(
        workflow.read_text(encoding="utf-8").replace('TABLE: ""', 'TABLE: "cases.csv"'), encoding="utf-8"
    )
    (desk.folder / "cases.csv").write_text(TABLE, encoding="utf-8")
    desk.writethru("sync", "--init", str(desk.folder / "cases.csv"))
    desk.writethru("sync", str(desk.folder / "cases.csv"))
    desk.commit().push()
    return origin
