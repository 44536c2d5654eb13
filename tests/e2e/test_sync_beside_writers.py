"""Editors and several runs of sync at once: nothing is lost, and nothing recorded twice."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from feed.sync.plan import Plan, make_plan
from tests.desk import DeskRunner
from tests.tables import MAP, csv_text

ROWS = {f"Case {number}": {"What": f"Report {number}", "Status": "held"} for number in range(40)}


def newsroom(folder: Path) -> DeskRunner:
    desk = DeskRunner(folder / "newsroom")
    (desk.site.folder / "sync.toml").write_text(MAP, encoding="utf-8")
    (folder / "cases.csv").write_text(csv_text(ROWS), encoding="utf-8")
    return desk


def ids(desk: DeskRunner) -> list[str]:
    with desk.site.ledger() as ledger:
        return [event.id for event in ledger.events()]


@pytest.mark.slow
def test_runs_at_once_record_each_row_once(tmp_path: Path) -> None:
    desk = newsroom(tmp_path)
    desk.run("sync", str(tmp_path / "cases.csv"), "--clock-is-right")  # the key, and the first rows
    changed = {name: row | {"Status": "released"} for name, row in ROWS.items()}
    (tmp_path / "cases.csv").write_text(csv_text(changed), encoding="utf-8")
    program = [sys.executable, "-m", "feed", "-C", str(desk.site.folder)]
    edit = [*program, "report", "cases", "An editor reports", "--clock-is-right"]
    sync = [*program, "sync", str(tmp_path / "cases.csv"), "--clock-is-right"]
    with ThreadPoolExecutor(6) as pool:
        runs = list(
            pool.map(lambda command: subprocess.run(command, check=False), [sync, edit, sync, edit, sync, edit])
        )
    assert [run.returncode for run in runs] == [0] * 6
    recorded = ids(desk)
    assert len(recorded) == len(set(recorded)) == 1 + 40 + 40 + 3
    assert "0 events recorded" in desk.output("sync", str(tmp_path / "cases.csv"))


def test_run_that_was_overtaken_compares_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = newsroom(tmp_path)
    table = str(tmp_path / "cases.csv")
    desk.output("sync", table)
    changed = {name: row | {"Status": "released"} for name, row in ROWS.items()}
    (tmp_path / "cases.csv").write_text(csv_text(changed), encoding="utf-8")
    overtaken: list[str] = []

    def plan_and_be_overtaken(*arguments: Any, **options: Any) -> Plan:
        plan = make_plan(*arguments, **options)
        if not overtaken:
            overtaken.append("")
            overtaken.append(desk.output("sync", table))
        return plan

    monkeypatch.setattr("feed.sync.sync.make_plan", plan_and_be_overtaken)
    assert "0 events recorded" in desk.output("sync", table)
    assert "40 events recorded" in overtaken[1]
    assert len(ids(desk)) == len(set(ids(desk))) == 1 + 40 + 40
