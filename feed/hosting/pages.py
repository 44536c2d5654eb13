"""The workflow that publishes a newsroom on GitHub Pages, and what git is to leave out (docs/pages.md). Pure."""

import json
import re
from typing import Final

from events.errors import InvalidError, Problem
from feed.hosting.newsroom import has_control, render

WORKFLOW: Final = ".github/workflows/publish.yml"
"""Its path in the repository."""
REPORTS: Final = "reports"
IGNORED: Final = ("*.key", "*.db-journal", "*.db-shm", "*.db-wal", "desk.db", "metrics.lock")
"""Secrets, and what lies beside a file while it is written."""
_HTTPS: Final = re.compile(r"https://[\w.~/-]+", re.ASCII)
_COMMIT: Final = re.compile("[0-9a-f]{40,64}")


def package(direct_url: str | None) -> str:
    """Return what pip is to install, from the `direct_url.json` of what is installed (PEP 610).

    Only a commit of a git repository is certain to be the same program. From anything else, empty: by its name alone,
    pip would install the package of anyone who owns that name on PyPI.
    """
    origin = json.loads(direct_url or "{}")
    url, commit = origin.get("url", ""), origin.get("vcs_info", {}).get("commit_id", "")
    is_certain = origin.get("vcs_info", {}).get("vcs") == "git" and _HTTPS.fullmatch(url) and _COMMIT.fullmatch(commit)
    return f"writethru[intake,log,share] @ git+{url}@{commit}" if is_certain else ""


def workflow(folder: str, output: str, *, version: str, source: str) -> str:
    """Return the workflow of the newsroom in `folder`; paths are relative to the repository.

    `source` is what pip is to install. If it is empty, the workflow refuses to run.
    """
    if has_control(folder) or "${{" in folder:
        message = "a workflow cannot name this path: it has a control character or ${{."
        raise InvalidError(
            Problem(where=ascii(folder)[1:-1], check="path", message=message, remedy="Rename the folder.")
        )
    return render(
        "publish.yml.jinja",
        version=version,
        package=_word(source),
        folder=_word(folder),
        output=_word(output),
        reports=_word(REPORTS),
    )


def ignore_file(text: str) -> str:
    """Return the text of a `.gitignore` with what must not be committed."""
    lines = text.splitlines()
    missing = [name for name in IGNORED if name not in lines]
    return "".join(f"{line}\n" for line in [*lines, *missing])


def _word(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # YAML reads the strings of JSON
