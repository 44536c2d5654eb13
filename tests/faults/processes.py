"""Runs of Python in processes of their own, which may die at any moment."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run_python(
    *arguments: str, timeout_s: float = 120, stdin: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments` in the repository, and return how it ended, with what it printed.

    A process that is killed would leave half a file of coverage behind, so none is measured.
    """
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("COV")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=inherited | environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
