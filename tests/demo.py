"""The demo's newsroom as the documents show it: each command at the same moment, on a terminal of the same width."""

import io
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final
from unittest.mock import patch

from feed.cli.commands.setup import make_newsroom
from feed.cli.program import run, sections
from feed.fetch import Answer
from tests.builders import at

DOCS: Final = Path(__file__).parents[1] / "docs"
FROZEN: Final = "2026-11-22T12:00:00Z"
DEMO: Final = "writethru-demo"
SESSION: Final = "newsroom"
HOME: Final = "~"

LIKE_REPORT: Final = {"corroborate", "dispute"}
"""Commands that describe a report with the same options, which the manual leaves out of their help."""

_OPTION = re.compile(r"^  -.*\n(?: {8,}.*\n)*", re.MULTILINE)
_RECORDING_OPTIONS = re.compile(r"^  --(expected-version|dry-run|publish|clock-is-right) ")
_HELP_OPTION = re.compile(r"^  -h, --help +Show this message and exit\.\n", re.MULTILINE)
_HELP_ALONE = re.compile(r"\nOptions:\n  -h, --help +Show this message and exit\.\n")
_PYTHON = re.compile(r"\bpython[0-9.]*(?= -m http)")
_HEAD = re.compile(r"(.*) \| head -([0-9]+)")


class Demo:
    """The demo's newsroom, and a terminal of 80 columns in the folder around it. Freeze the clock at FROZEN."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def block(self, command: str, before: str) -> str:
        """Return what a `run` block shows."""
        shown = f"$ {command}\n" if before.startswith("$ ") else ""
        return shown + self.output(command)

    def session(self, files: str, before: str) -> str:
        """Return the commands of a `session` block, each with its output, in a newsroom that is empty at first.

        `files` of docs/ are in the folder around it, each in the folder that it has there. Those in web/ are what
        addresses hold.
        """
        for name in files.split():
            copy = self.folder / Path(name).relative_to(Path(name).parts[0])
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((DOCS / name).read_bytes())
        with self._terminal():
            shutil.rmtree(SESSION, ignore_errors=True)
            make_newsroom(Path(SESSION), now=at(FROZEN), base_url="https://news.example/", title="News updates")
        commands = [line.removeprefix("$ ") for line in before.splitlines() if line.startswith("$ ")]
        return "".join(f"$ {command}\n{self.output(command, newsroom=SESSION)}" for command in commands)

    def manual(self) -> str:
        """Return the help of the program and of every command, by purpose, without what would only be repeated."""
        parts = [f"\n### `writethru`\n\n```text\n{self.output('writethru --help')}```\n"]
        of_report = self.output("writethru report --help").partition("  -f, --file")[0]
        for title, members in sections().items():
            parts.append(f"\n### {title}\n")
            for command in members:
                text = self.output(f"writethru {command.name} --help")
                if command.name in LIKE_REPORT:
                    text = text.replace("Options:\n", "Options, besides --id to --urgency of report:\n")
                    text = _OPTION.sub(lambda option: "" if option[0] in of_report else option[0], text)
                if command.name != "open" and " --expected-version " in text:
                    text = _OPTION.sub(lambda option: "" if _RECORDING_OPTIONS.match(option[0]) else option[0], text)
                text = _HELP_ALONE.sub("", text) if _HELP_ALONE.search(text) else _HELP_OPTION.sub("", text)
                parts.append(f"\n#### `writethru {command.name}`\n\n```text\n{text}```\n")
        return "".join(parts)

    def output(self, command: str, *, newsroom: str = DEMO) -> str:
        """Return what `command` prints on stdout and stderr."""
        whole, lines_max = (found[1], int(found[2])) if (found := _HEAD.fullmatch(command)) else (command, None)
        program, *arguments = shlex.split(whole)
        assert program == "writethru", f"only writethru is run here, not {program}"
        exists = (self.folder / newsroom / "writethru.toml").exists()
        with self._terminal(newsroom):
            if not exists and "--help" not in arguments and arguments != ["demo"]:
                _printed(["demo", DEMO])
            text = _printed(arguments)
        text = _PYTHON.sub("python3", text.replace(str(self.folder.resolve()), HOME))
        return "".join(f"{line.rstrip()}\n" for line in text.splitlines()[:lines_max])

    @contextmanager
    def _terminal(self, newsroom: str = DEMO) -> Iterator[None]:
        ours = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        variables = {"COLUMNS": "80", "LOGNAME": "desk", "NO_COLOR": "1", "WRITETHRU_DIR": newsroom}
        with (
            patch.dict(os.environ, ours | variables, clear=True),
            patch("feed.intake.gather.fetch", _stored_answer),
            chdir(self.folder),
        ):
            yield


def _stored_answer(url: str, *_: object) -> Answer:
    return Answer(200, {}, url, Path("web", url.partition("://")[2]).read_bytes())


def run_library(code: str, folder: Path) -> str:
    """Run Python in `folder`, where it finds a new newsroom, and return what it prints."""
    printed = io.StringIO()
    with chdir(folder), redirect_stdout(printed):
        make_newsroom(Path("newsroom"), now=at(FROZEN), base_url="http://localhost:8000/", title="Test desk")
        exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def _printed(arguments: list[str]) -> str:
    printed = io.BytesIO()
    stream = io.TextIOWrapper(printed, encoding="utf-8", write_through=True)
    with redirect_stdout(stream), redirect_stderr(stream):
        run(arguments)
    return printed.getvalue().decode()
