"""The demo's newsroom as the documents show it: each command at the same moment, on a terminal of the same width."""

import io
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final
from unittest.mock import patch

from freezegun import freeze_time

from feed.cli.commands.setup import make_newsroom
from feed.cli.program import run, sections
from tests.builders import at

FROZEN: Final = "2026-11-22T12:00:00Z"
DEMO: Final = "writethru-demo"
HOME: Final = "~"

_PYTHON = re.compile(r"\bpython[0-9.]*(?= -m http)")
_HEAD = re.compile(r"(.*) \| head -([0-9]+)")


class Demo:
    """The demo's newsroom at a frozen time, and a terminal of 80 columns in the folder around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def block(self, command: str, before: str) -> str:
        """Return what a `run` block shows."""
        shown = f"$ {command}\n" if before.startswith("$ ") else ""
        return shown + self.output(command)

    def manual(self) -> str:
        """Return the help of the program and of every command, by purpose."""
        parts: list[tuple[str, str, str | None]] = [("writethru", "###", "")]
        for title, members in sections().items():
            parts.append((title, "###", None))
            parts += [(f"writethru {command.name}", "####", command.name) for command in members]
        return "".join(
            f"\n{mark} {name}\n"
            if command is None
            else f"\n{mark} `{name}`\n\n```text\n{self.output(f'writethru {command} --help')}```\n"
            for name, mark, command in parts
        )

    def output(self, command: str) -> str:
        """Return what `command` prints on stdout and stderr."""
        whole, lines_max = (found[1], int(found[2])) if (found := _HEAD.fullmatch(command)) else (command, None)
        program, *arguments = shlex.split(whole)
        assert program == "writethru", f"only writethru is run here, not {program}"
        exists = (self.folder / DEMO / "writethru.toml").exists()
        with self._terminal():
            if not exists and "--help" not in arguments and arguments != ["demo"]:
                _printed(["demo", DEMO])
            text = _printed(arguments)
        text = _PYTHON.sub("python3", text.replace(str(self.folder.resolve()), HOME))
        return "".join(f"{line.rstrip()}\n" for line in text.splitlines()[:lines_max])

    @contextmanager
    def _terminal(self) -> Iterator[None]:
        ours = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        variables = {"COLUMNS": "80", "LOGNAME": "desk", "NO_COLOR": "1", "WRITETHRU_DIR": DEMO}
        with patch.dict(os.environ, ours | variables, clear=True), freeze_time(FROZEN), chdir(self.folder):
            yield


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
