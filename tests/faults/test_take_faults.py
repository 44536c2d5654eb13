"""`take` that is killed at any step and repeated records one event, and its draft is taken."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.processes import run_python

KILLS, KILLS_LONG = 64, 400


def test_killed_take_records_once_when_repeated(
    tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    kills = KILLS_LONG if request.config.getoption("--long") else KILLS
    ran = run_python("-m", "tests.faults.killed_take", str(tmp_path), str(kills), timeout_s=600)
    assert ran.returncode == 0, ran.stderr
    counts = json.loads(ran.stdout)
    assert 0 < counts["recorded before the kill"] < kills
    record_property("counted", f"take killed {kills} times, somewhere in {counts['steps']} steps: one event each")
