"""`writethru inbox`, `take` and `drop`: what is gone from a table waits for a person."""

import json
import shlex
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.builders import HOUR
from tests.desk import DeskRunner
from tests.tables import MAP, Rows, csv_text

ROW = {"What": "Woman detained", "Status": "held", "Source": "Harbour Radio"}
BOTH = {"A": ROW, "B": {"What": "Man detained", "Status": "held"}}


class InboxDesk(DeskRunner):
    """A newsroom with a table of two rows, which were recorded."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.table = folder / "cases.csv"
        (self.site.folder / "sync.toml").write_text(MAP, encoding="utf-8")
        self.sync(BOTH)

    def sync(self, rows: dict[str, dict[str, str]]) -> str:
        """Run sync with a table of these rows."""
        self.table.write_text(csv_text(rows), encoding="utf-8")
        return self.output("sync", str(self.table))

    def drafts(self) -> list[dict[str, Any]]:
        """Return what waits."""
        drafts: list[dict[str, Any]] = json.loads(self.output("inbox", "--json"))
        return drafts

    def events(self) -> list[tuple[str, str]]:
        """Return the types and the ids of all events."""
        with self.site.ledger() as ledger:
            return [(event.event.type, event.id) for event in ledger.events()]

    def without_a_row(self) -> dict[str, Any]:
        """Take row B out of the table, and return its draft."""
        self.sync({"A": ROW})
        [draft] = self.drafts()
        return draft


@pytest.fixture
def desk(tmp_path: Path) -> InboxDesk:
    return InboxDesk(tmp_path)


def test_vanished_row_becomes_one_draft_and_no_event(desk: InboxDesk) -> None:
    before = desk.events()
    assert "1 draft made" in desk.sync({"A": ROW})
    assert "draft" not in desk.sync({"A": ROW})
    [draft] = desk.drafts()
    assert (draft["kind"], draft["headline"]) == ("row", "Man detained")
    assert desk.events() == before


def test_emptied_cell_becomes_one_draft_and_no_event(desk: InboxDesk) -> None:
    before = desk.events()
    rows = BOTH | {"A": ROW | {"Status": "", "Source": ""}}
    assert "2 drafts made" in desk.sync(rows)
    assert "draft" not in desk.sync(rows)
    assert [(draft["column"], draft["was"]) for draft in desk.drafts()] == [
        ("Source", "Harbour Radio"),
        ("Status", "held"),
    ]
    assert "cell emptied: Woman detained: Status, was held" in desk.output("inbox")
    assert desk.events() == before


def test_draft_is_over_once_the_row_is_back(desk: InboxDesk) -> None:
    desk.without_a_row()
    desk.clock.go(HOUR)
    desk.sync(BOTH)
    assert desk.drafts() == []
    desk.clock.go(HOUR)
    assert desk.without_a_row()["number"] == 2
    shown = desk.run("inbox", "show", "1")
    assert ("over: it is back" in shown.stdout, "To decide" in shown.stderr) == (True, False)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"A": ROW}, 'take --retract "REASON" withdraws the report of the row'),
        (BOTH | {"A": ROW | {"Status": ""}}, "unless it says otherwise, the value stays."),
    ],
)
def test_draft_says_what_a_decision_does_to_the_page(rows: Rows, words: str, desk: InboxDesk) -> None:
    desk.sync(BOTH)
    desk.sync(rows)
    shown = desk.run("inbox", "show", "1").stderr
    assert "take opens a report of what changed, a new entry of the page" in shown
    assert words in shown
    assert "drop records nothing: the page stays as it is" in shown


def test_dropped_draft_does_not_come_again(desk: InboxDesk) -> None:
    desk.without_a_row()
    before = desk.events()
    assert "nothing was recorded" in desk.output("drop", "1")
    desk.sync({"A": ROW})
    assert (desk.drafts(), desk.events()) == ([], before)


def test_taken_row_is_retracted_if_it_was_wrong(desk: InboxDesk) -> None:
    draft = desk.without_a_row()
    desk.output("take", "1", "--retract", "It was a duplicate.")
    assert desk.events()[-1][0] == "development_retracted"
    state = json.loads(desk.output("show", "cases", "--json"))
    assert [item["status"] for item in state["developments"] if item["id"] == draft["development"]] == ["canceled"]
    assert desk.drafts() == []


def test_row_whose_retraction_was_undone_waits_again(desk: InboxDesk) -> None:
    desk.without_a_row()
    desk.output("take", "1", "--retract", "It was a duplicate.")
    retraction = desk.events()[-1][1]
    desk.output("undo", "cases")
    assert [draft["number"] for draft in desk.drafts()] == [1]
    desk.output("take", "1", "--headline", "He is gone")
    assert desk.events()[-1] == ("development_reported", f"{retraction}.2")
    assert desk.drafts() == []


def test_take_opens_a_template_that_names_the_facts(desk: InboxDesk, tmp_path: Path) -> None:
    draft = desk.without_a_row()
    editor = tmp_path / "editor.sh"
    editor.write_text(
        f'#!/bin/sh\ncp "$1" "{tmp_path}/template.md"\nsed -i \'s/headline: ""/headline: "He is gone"/\' "$1"\n'
    )
    editor.chmod(0o700)
    desk.output("take", "1", EDITOR=shlex.quote(str(editor)))
    assert f"{{key: {draft['development']}.status, stance: cannot_confirm}}" in (tmp_path / "template.md").read_text()
    assert desk.events()[-1][0] == "development_reported"


def test_take_that_was_killed_records_once_when_repeated(desk: InboxDesk) -> None:
    desk.without_a_row()
    desk.output("take", "1", "--headline", "He is gone")
    recorded = desk.events()
    with sqlite3.connect(desk.site.folder / "inbox.db") as connection:  # as if it was killed before it said so
        connection.execute("UPDATE drafts SET state = 'new'")
    connection.close()
    assert "was recorded before" in desk.output("take", "1", "--headline", "He is really gone")
    assert (desk.events(), desk.drafts()) == (recorded, [])


def test_decided_draft_is_refused(desk: InboxDesk) -> None:
    desk.without_a_row()
    desk.output("drop", "1")
    result = desk.run("take", "1", "--headline", "He is gone")
    assert "draft 1 was dropped before" in str(result.exception)
    assert "there is no draft 7" in str(desk.run("drop", "7").exception)


def test_inbox_is_private_and_holds_no_text(desk: InboxDesk) -> None:
    desk.without_a_row()
    path = desk.site.folder / "inbox.db"
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"detained" not in path.read_bytes()


def test_draft_does_not_touch_the_ledger(desk: InboxDesk) -> None:
    ledger = desk.site.folder / "ledger.db"
    before = ledger.stat().st_mtime_ns
    desk.without_a_row()
    assert ledger.stat().st_mtime_ns == before


def test_show_prints_what_was_recorded_of_the_row(desk: InboxDesk) -> None:
    draft = desk.without_a_row()
    output = desk.output("inbox", "show", "1")
    assert "row gone: Man detained" in output
    assert f"status: held  ({draft['development']})" in output
