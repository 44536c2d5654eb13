"""The workflow that publishes a newsroom on GitHub Pages, and what git is to leave out (docs/pages.md). Pure."""

import json
from typing import Final

from events.errors import InvalidError, Problem
from feed.hosting.newsroom import has_control, render

WORKFLOW: Final = ".github/workflows/publish.yml"
"""Its path in the repository."""
REPORTS: Final = "reports"
IGNORED: Final = ("*.key", "*.db-journal", "*.db-shm", "*.db-wal", "metrics.lock")
"""Secrets, and what lies beside a file while it is written."""


def workflow(folder: str, output: str, *, version: str) -> str:
    """Return the workflow of the newsroom in `folder`; paths are relative to the repository."""
    if has_control(folder) or "${{" in folder:
        message = "a workflow cannot name this path: it has a control character or ${{."
        raise InvalidError(
            Problem(where=ascii(folder)[1:-1], check="path", message=message, remedy="Rename the folder.")
        )
    return render(
        "publish.yml.jinja", version=version, folder=_word(folder), output=_word(output), reports=_word(REPORTS)
    )


def ignore_file(text: str) -> str:
    """Return the text of a `.gitignore` with what must not be committed."""
    lines = text.splitlines()
    missing = [name for name in IGNORED if name not in lines]
    return "".join(f"{line}\n" for line in [*lines, *missing])


def _word(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # YAML reads the strings of JSON
