"""The commands that list over all stories, as somebody at a terminal or a pipe gets them."""

import json

import click
import pytest
from freezegun import freeze_time

from events.commands import (
    close_story,
    open_story,
    report,
)
from feed.cli.commands import lists as overview
from feed.cli.exit_codes import OVERDUE
from feed.cli.program import run
from tests.desk import FIRE, NOW, Newsroom


class TestStories:
    def test_the_newest_update_comes_first(self, cuba: Newsroom) -> None:
        harbour, prisoners = cuba.record(open_story(FIRE, "Fire")).out("stories").splitlines()
        headline = "Cuba and the 53: a promised release, and talks with Washington"
        assert harbour == "harbour-fire  open  0 reported   2015-01-24 08:00 UTC  -          Fire"
        assert prisoners == f"cuba-53       open  20 reported  2015-01-12 12:00 UTC  1 OVERDUE  {headline}"

    def test_a_terminal_gets_a_line_that_fits(self, cuba: Newsroom) -> None:
        (line,) = click.unstyle(cuba.out("stories", FORCE_COLOR="1", COLUMNS="70")).splitlines()
        assert line == "cuba-53  open  20 reported  2015-01-12 12:00 UTC  1 OVERDUE  Cuba and…"

    def test_json_tells_the_same(self, cuba: Newsroom) -> None:
        (told,) = json.loads(cuba.out("stories", "--json"))
        assert told == {
            "story": "cuba-53",
            "headline": "Cuba and the 53: a promised release, and talks with Washington",
            "status": "open",
            "developments": 20,
            "updated_at": "2015-01-12T12:00:00Z",
            "overdue": 1,
        }

    def test_an_empty_newsroom_says_how_to_begin(self, room: Newsroom) -> None:
        done = room.run("stories")
        assert done.stdout == ""
        assert "writethru open" in done.stderr


class TestDue:
    def test_overdue_comes_first_then_the_nearest_window_then_none(self, fire: Newsroom) -> None:
        lines = _promises(fire).out("due").splitlines()
        assert [line.split()[0] for line in lines] == ["OVERDUE", "pending", "pending", "partly", "open"]
        assert lines[0] == (
            "OVERDUE     due 20 January 2015  The report is out (by Port Authority) [harbour-fire late]"
        )

    def test_a_narrow_terminal_still_gets_every_word(self, cuba: Newsroom) -> None:
        lines = click.unstyle(cuba.out("due", FORCE_COLOR="1", COLUMNS="80")).splitlines()
        assert lines[:2] == [
            "OVERDUE  due 21–22 January 2015  The United States and Cuba hold talks (by",
            "                                 United States and Cuba) [cuba-53 talks]",
        ]

    def test_within_counts_days_and_keeps_what_is_overdue(self, fire: Newsroom) -> None:
        lines = _promises(fire).out("due", "--within", "7d").splitlines()
        assert [line.split()[0] for line in lines] == ["OVERDUE", "pending"]
        assert "due 31 January 2015" in lines[1]

    @pytest.mark.parametrize("within", ["soon", "7w", "-1d"])
    def test_within_wants_days(self, fire: Newsroom, within: str) -> None:
        done = fire.run("due", f"--within={within}")
        assert done.exit_code == 2
        assert "is not a number of days, such as 7d" in done.stderr

    def test_fail_overdue_gives_its_own_exit_code(self, cuba: Newsroom) -> None:
        folder = str(cuba.site.folder)
        with freeze_time(NOW):
            assert run(["-C", folder, "due", "--fail-overdue"]) == overview.EXIT_OVERDUE == OVERDUE
        with freeze_time("2015-01-20"):
            assert run(["-C", folder, "due", "--fail-overdue"]) == 0

    def test_a_closed_story_awaits_nothing_more_save_what_was_overdue(self, fire: Newsroom) -> None:
        (line,) = _promises(fire).record(close_story(FIRE)).out("due").splitlines()
        assert line.startswith("OVERDUE")

    def test_nothing_awaited_is_said_on_stderr(self, fire: Newsroom) -> None:
        assert fire.run("due").stderr == "Nothing is awaited.\n"
        assert fire.run("due", "--within", "3").stderr == "Nothing is due within 3 days.\n"

    def test_json_carries_the_story(self, cuba: Newsroom) -> None:
        first = json.loads(cuba.out("due", "--json"))[0]
        assert (first["story"], first["id"], first["status"]) == ("cuba-53", "talks", "overdue")


def _promises(room: Newsroom) -> Newsroom:
    expects = [
        {"id": "far", "what": "The pier is rebuilt", "due": "2015-06"},
        {"id": "settled", "what": "The harbour reopens", "due": "2015-01-23"},
        {"id": "open", "what": "An inquiry is held"},
        {"id": "late", "what": "The report is out", "by": "Port Authority", "due": "2015-01-20"},
        {"id": "near", "what": "Ferries sail again", "due": "2015-01-31"},
        {"id": "half", "what": "Both cranes are mended", "due": {"literal": "some day"}},
    ]
    outcomes = [{"expectation": "settled", "outcome": "met"}, {"expectation": "half", "outcome": "partly_met"}]
    return room.record(report(FIRE, "What is promised", expects=expects, resolves=outcomes))
