"""The commands that list over all stories, as somebody at a terminal or a pipe gets them."""

import json
from datetime import UTC, datetime
from typing import Any

import click
import pytest

from events.commands import (
    close_story,
    correct,
    open_story,
    report,
)
from events.ledger import Ledger
from feed.cli.exit_codes import OVERDUE
from feed.cli.program import run
from tests.builders import frozen_at
from tests.desk import FIRE, NOW, DeskRunner


class TestStories:
    def test_stories_are_listed_newest_update_first(self, cuba: DeskRunner) -> None:
        harbour, prisoners = cuba.record(open_story(FIRE, "Fire")).output("stories").splitlines()
        headline = "Cuba and the 53: a promised release, and talks with Washington"
        assert harbour == "harbour-fire  open  0 reported   2015-01-24 08:00 UTC  -          Fire"
        assert prisoners == f"cuba-53       open  20 reported  2015-01-12 12:00 UTC  1 OVERDUE  {headline}"

    def test_headline_is_cut_off_at_the_terminals_edge(self, cuba: DeskRunner) -> None:
        (line,) = click.unstyle(cuba.output("stories", FORCE_COLOR="1", COLUMNS="70")).splitlines()
        assert line == "cuba-53  open  20 reported  2015-01-12 12:00 UTC  1 OVERDUE  Cuba and…"

    def test_json_has_the_same_fields(self, cuba: DeskRunner) -> None:
        (line,) = json.loads(cuba.output("stories", "--json"))
        assert line == {
            "story": "cuba-53",
            "headline": "Cuba and the 53: a promised release, and talks with Washington",
            "status": "open",
            "developments": 20,
            "updated_at": "2015-01-12T12:00:00Z",
            "overdue": 1,
        }

    def test_empty_newsroom_prints_how_to_begin(self, room: DeskRunner) -> None:
        result = room.run("stories")
        assert result.stdout == ""
        assert "writethru open" in result.stderr


class TestDue:
    def test_overdue_comes_first_then_by_window_then_undated(self, fire: DeskRunner) -> None:
        lines = _promises(fire).output("due").splitlines()
        assert [line.split()[0] for line in lines] == ["OVERDUE", "pending", "pending", "partly", "open"]
        assert lines[0] == (
            "OVERDUE     due 20 January 2015  The report is out (by Port Authority) [harbour-fire late]"
        )

    def test_promise_wraps_on_a_narrow_terminal(self, cuba: DeskRunner) -> None:
        lines = click.unstyle(cuba.output("due", FORCE_COLOR="1", COLUMNS="80")).splitlines()
        assert lines[:2] == [
            "OVERDUE  due 21–22 January 2015  The United States and Cuba hold talks (by",
            "                                 United States and Cuba) [cuba-53 talks]",
        ]

    def test_within_filters_by_day_and_keeps_overdue(self, fire: DeskRunner) -> None:
        lines = _promises(fire).output("due", "--within", "7d").splitlines()
        assert [line.split()[0] for line in lines] == ["OVERDUE", "pending"]
        assert "due 31 January 2015" in lines[1]

    @pytest.mark.parametrize("within", ["soon", "7w", "-1d"])
    def test_within_refuses_what_is_not_days(self, fire: DeskRunner, within: str) -> None:
        result = fire.run("due", f"--within={within}")
        assert result.exit_code == 2
        assert "is not a number of days, such as 7d" in result.stderr

    @pytest.mark.slow
    def test_fail_overdue_sets_its_own_exit_code(self, cuba: DeskRunner) -> None:
        folder = str(cuba.site.folder)
        with frozen_at(NOW):
            assert run(["-C", folder, "due", "--fail-overdue"]) == OVERDUE
        with frozen_at("2015-01-20"):
            assert run(["-C", folder, "due", "--fail-overdue"]) == 0

    def test_closed_story_lists_only_what_was_overdue(self, fire: DeskRunner) -> None:
        (line,) = _promises(fire).record(close_story(FIRE)).output("due").splitlines()
        assert line.startswith("OVERDUE")

    def test_empty_list_is_reported_on_stderr(self, fire: DeskRunner) -> None:
        assert fire.run("due").stderr == "There are no open expectations.\n"
        assert fire.run("due", "--within", "3").stderr == "Nothing is due within 3 days.\n"

    def test_json_names_the_story(self, cuba: DeskRunner) -> None:
        first = json.loads(cuba.output("due", "--json"))[0]
        assert (first["story"], first["id"], first["status"]) == ("cuba-53", "talks", "overdue")


def _promises(room: DeskRunner) -> DeskRunner:
    expects: list[dict[str, Any]] = [
        {"id": "far", "what": "The pier is rebuilt", "due": "2015-06"},
        {"id": "settled", "what": "The harbour reopens", "due": "2015-01-23"},
        {"id": "open", "what": "An inquiry is held"},
        {"id": "late", "what": "The report is out", "by": "Port Authority", "due": "2015-01-20"},
        {"id": "near", "what": "Ferries sail again", "due": "2015-01-31"},
        {"id": "half", "what": "Both cranes are mended", "due": {"literal": "some day"}},
    ]
    outcomes = [{"expectation": "settled", "outcome": "met"}, {"expectation": "half", "outcome": "partly_met"}]
    return room.record(report(FIRE, "What is promised", expects=expects, resolves=outcomes))


def test_one_day_is_a_day(fire: DeskRunner) -> None:
    assert fire.run("due", "--within", "1d").stderr == "Nothing is due within 1 day.\n"
    assert fire.run("due", "--within", "2d").stderr == "Nothing is due within 2 days.\n"


def test_due_names_promises_in_the_same_words_by_their_headlines_without_folding(
    fire: DeskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, headline in (("a", "Mill Road"), ("b", "Quay")):
        fire.record(report(FIRE, headline, expects=[{"id": name, "what": "Pave"}]))
    monkeypatch.delattr(Ledger, "story")
    output = fire.output("due")
    assert "Mill Road: Pave" in output
    assert "Quay: Pave" in output


def test_due_marks_a_headline_that_is_under_embargo(fire: DeskRunner) -> None:
    for name, headline in (("a", "Mill Road"), ("b", "Quay")):
        fire.record(report(FIRE, headline, development=name, expects=[{"id": name, "what": "Pave"}]))
    until = datetime(2015, 2, 1, tzinfo=UTC)
    fire.record(correct(FIRE, "a", {"headline": "Mill Lane"}, "The name was wrong.", embargoed_until=until))
    lane, quay = fire.output("due").splitlines()
    assert ("Mill Lane: Pave" in lane, "[embargoed until 2015-02-01" in lane) == (True, True)
    assert ("Quay: Pave" in quay, "embargoed" in quay) == (True, False)
