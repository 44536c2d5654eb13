"""`writethru checked`: somebody looked again, and nothing had changed."""

from typing import Any

import orjson
import pytest

from events.commands import report
from tests.builders import HOUR
from tests.desk import FIRE, DeskRunner


@pytest.fixture
def hurt(fire: DeskRunner) -> DeskRunner:
    return fire.record(report(FIRE, "Two hurt", facts=[{"key": "hurt", "value": 2}], said_by=["Ana Ruiz (Port)"]))


def files(desk: DeskRunner) -> dict[str, bytes]:
    folder = desk.site.folder / "public"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fact(desk: DeskRunner) -> dict[str, Any]:
    state: dict[str, Any] = orjson.loads(files(desk)[f"stories/{FIRE}/state.json"])
    fact: dict[str, Any] = state["facts"]["hurt"]
    return fact


def test_check_changes_the_page_and_the_state_alone(hurt: DeskRunner) -> None:
    hurt.output("publish")
    before = files(hurt)
    arguments = ("checked", FIRE, "hurt", "--on", "2015-01-23", "--said-by", "Ben Okoye, doctor (City Clinic)")
    assert hurt.output(*arguments, "--dry-run") == "harbour-fire: fact checked, would be position 3.\n"
    hurt.output("publish")
    assert files(hurt) == before
    hurt.clock.go(HOUR)
    assert hurt.output(*arguments, "--publish").startswith("harbour-fire: fact checked, position 3.\n")
    after = files(hurt)
    assert {name for name in after if after[name] != before.get(name)} == {
        f"stories/{FIRE}/index.html", f"stories/{FIRE}/state.json",
    }  # fmt: skip
    assert fact(hurt)["last_checked"] == "2015-01-23"
    page = after[f"stories/{FIRE}/index.html"].decode()
    assert "Last changed 24 January 2015, last checked 23 January 2015 by Ben Okoye, doctor (City Clinic)" in page


def test_check_by_nobody_in_particular_is_made_today(hurt: DeskRunner) -> None:
    hurt.output("checked", FIRE, "hurt", "--publish")
    assert fact(hurt)["last_checked"] == "2015-01-24"
    assert "last checked 24 January 2015" in hurt.output("show", FIRE)
    assert "checked" in hurt.output("log", FIRE)


def test_check_of_an_unknown_fact_is_refused(hurt: DeskRunner) -> None:
    result = hurt.run("checked", FIRE, "hurtt")
    assert result.exit_code == 1
    assert "no report speaks of hurtt.\n  Did you mean hurt?" in str(result.exception)


def test_check_that_was_not_published_is_undone(hurt: DeskRunner) -> None:
    hurt.output("publish")
    before = files(hurt)
    hurt.clock.go(HOUR)
    hurt.output("checked", FIRE, "hurt")
    hurt.output("undo", FIRE)
    hurt.output("publish")
    assert files(hurt) == before


def test_check_that_was_published_is_not_undone(hurt: DeskRunner) -> None:
    hurt.output("checked", FIRE, "hurt", "--publish")
    result = hurt.run("undo", FIRE)
    assert result.exit_code == 1
    assert "the check of hurt has been published" in str(result.exception)
    assert f"Check it again: writethru checked {FIRE} hurt" in str(result.exception)
