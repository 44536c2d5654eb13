"""The commands that refusals suggest, and running them on a copy of a newsroom."""

import re
import shlex
import shutil
import tempfile
from pathlib import Path

from tests.desk import DeskRunner

COMMAND = re.compile(r"writethru ([a-z-]+ .+?)(?=\. |[.,]?$)", re.MULTILINE)
EDITOR = "sed -i -e '$a More.'"
"""Adds a line to the text."""


def suggested(message: str) -> list[list[str]]:
    """Return the commands that `message` names, each with its arguments."""
    return [shlex.split(command) for command in COMMAND.findall(message)]


def failures(room: DeskRunner, message: str) -> list[str]:
    """Run each command that `message` names, and return what was said of those that fail."""
    failed = []
    for name, *arguments in suggested(message):
        with tempfile.TemporaryDirectory() as folder:
            copied = room.copy(Path(shutil.copytree(room.site.folder, Path(folder, "copy"))))
            result = copied.run(name, *arguments, EDITOR=EDITOR)
            if result.exit_code != 0:
                failed.append(f"{message}\n$ writethru {name} {arguments}\n{result.output}{result.exception}")
    return failed
