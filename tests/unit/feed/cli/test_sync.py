"""`writethru sync`: a table that people go on editing becomes events."""

import json
from pathlib import Path

import pytest

from events import commands
from tests.builders import HOUR
from tests.sync_desk import ROW, SyncDesk
from tests.tables import csv_text


@pytest.fixture
def desk(tmp_path: Path) -> SyncDesk:
    return SyncDesk(tmp_path)


def test_sync_of_the_same_table_records_nothing(desk: SyncDesk) -> None:
    assert "2 rows read, 3 events recorded" in desk.synced({"A": ROW, "B": {"What": "Man detained"}})
    before = (desk.folder / "ledger.db").stat().st_mtime_ns
    assert "2 rows read, 0 events recorded" in desk.synced({"B": {"What": "Man detained"}, "A": ROW})
    assert (desk.folder / "ledger.db").stat().st_mtime_ns == before  # an idle publish is not woken


def announced(desk: SyncDesk) -> list[str]:
    """Publish, and return the titles in the story's feed."""
    desk.output("publish")
    feed = json.loads((desk.site.root / "stories" / "cases" / "feed.json").read_text())
    return [item["title"] for item in feed["items"]]


def test_first_run_is_an_archive_and_later_ones_are_news(desk: SyncDesk) -> None:
    desk.synced({"A": ROW})
    assert announced(desk) == []
    assert ROW["What"] in (desk.site.root / "stories" / "cases" / "index.html").read_text()
    desk.clock.go(HOUR)
    desk.synced({"A": ROW | {"Status": "released"}, "B": {"What": "Man detained"}})
    assert announced(desk) == ["Man detained", "Woman detained: Status: held → released"]


@pytest.mark.parametrize(("line", "titles"), [("2015-01-01", ["Woman detained"]), ("2015-02-01T00:00:00Z", [])])
def test_announce_from_moves_the_line_of_the_archive(line: str, titles: list[str], desk: SyncDesk) -> None:
    desk.map(('table = "cases"', f'table = "cases"\nannounce_from = "{line}"'))
    desk.synced({"A": ROW})
    assert announced(desk) == titles


def test_sync_of_a_changed_cell_reports_was_and_now(desk: SyncDesk) -> None:
    desk.synced({"A": ROW})
    desk.synced({"A": ROW | {"Status": "released", "Hurt": "3"}})
    assert desk.headlines()[1:] == ["Woman detained: Status: held → released; Hurt: 2 → 3 people"]
    assert "development_corrected" not in desk.kinds()


def test_sync_of_a_changed_headline_reports_the_new_one(desk: SyncDesk) -> None:
    desk.synced({"A": ROW})
    desk.synced({"A": ROW | {"What": "Woman freed", "Hurt": "3"}})
    newest = desk.state()["developments"][-1]
    assert newest["headline"] == "Woman freed"
    assert newest["body"] == "* What: Woman detained → Woman freed\n* Hurt: 2 → 3 people"


def test_sync_corrects_if_the_row_says_what_was_wrong(desk: SyncDesk) -> None:
    desk.map(("[columns.Source]", '[columns.Wrong]\nas = "correction"\n\n[columns.Source]'))
    header = "ID,What,Hurt,Wrong,Status,Seen,Date,Source,Speaker,Promise,By,Due,Kept\n"
    desk.synced(header + "A,Woman detained,2,\n")
    desk.synced(header + "A,Woman detained,3,The port first said two.\n")
    desk.synced(header + "A,Woman detained,4,The port first said two.\n")
    assert desk.kinds()[2:] == ["development_corrected", "development_reported"]
    [correction] = desk.state()["corrections"]
    assert correction["note"] == "The port first said two."


def test_sync_corrects_if_the_map_says_so(desk: SyncDesk) -> None:
    desk.map(('type = "number"', 'type = "number"\nchange = "correction"'))
    desk.synced({"A": ROW})
    desk.synced({"A": ROW | {"Hurt": "3"}})
    assert desk.kinds()[2:] == ["development_corrected"]
    desk.synced({"A": ROW | {"Hurt": "3"}})
    assert desk.kinds()[3:] == []


def test_sync_makes_its_facts_evolving(desk: SyncDesk) -> None:
    desk.synced({"A": ROW})
    facts = desk.state()["facts"]
    assert [fact["evolving"] for fact in facts.values()] == [True, True]
    assert {fact["label"] for fact in facts.values()} == {"Status", "Hurt"}


def test_row_names_are_codes_unless_the_map_makes_them_public(desk: SyncDesk) -> None:
    desk.synced({"Ana Ruiz": ROW})
    text = json.dumps(desk.state()).lower()
    assert "ruiz" not in text
    assert (desk.folder / "sync.key").stat().st_mode & 0o777 == 0o600
    with desk.site.ledger() as ledger, ledger.store.reading() as reading:
        assert not any("uiz" in f"{row.envelope}{row.body}" for row in reading.rows())


def test_row_names_are_slugs_if_the_map_makes_them_public(desk: SyncDesk) -> None:
    desk.map(('as = "development"', 'as = "development"\npublic_id = true'))
    desk.synced({"Ana Ruiz": ROW, "Łukasz": {"What": "Man detained"}})
    names = [item["id"] for item in desk.state()["developments"]]
    assert names[0] == "ana-ruiz"
    assert names[1].startswith("ukasz-")
    assert not (desk.folder / "sync.key").exists()


@pytest.mark.parametrize(
    ("name", "begin"), [("3", "Woman detained"), ("P-17", "Woman detained"), ("Ana Ruiz", "Ana Ruiz")]
)
def test_fact_of_a_numbered_row_is_called_by_its_headline(name: str, begin: str, desk: SyncDesk) -> None:
    desk.map(('as = "development"', 'as = "development"\npublic_id = true'))
    desk.synced({name: ROW})
    assert {fact["label"] for fact in desk.state()["facts"].values()} == {f"{begin}: Status", f"{begin}: Hurt"}
    desk.output("publish")
    page = (desk.site.root / "stories" / "cases" / "index.html").read_text()
    assert f'<h3 class="group-title" dir="auto">{begin}</h3>' in page


def test_sync_with_another_key_is_refused(desk: SyncDesk) -> None:
    desk.synced({"A": ROW})
    (desk.folder / "sync.key").unlink()
    result = desk.sync({"A": ROW})
    assert (result.exit_code, len(desk.kinds())) == (1, 2)
    assert "Restore sync.key from a backup" in str(result.exception)
    assert not (desk.folder / "sync.key").exists()


def test_unreadable_cells_are_named_and_the_other_rows_recorded(desk: SyncDesk) -> None:
    result = desk.sync({"A": ROW | {"Hurt": "about 12"}, "B": ROW, "C": ROW | {"Seen": "soon", "What": ""}})
    assert result.exit_code == 1
    for part in ("row 2, column Hurt: ", "“about 12” is not a number", "row 4, column Seen: ", "row 4, column What: "):
        assert part in result.output
    assert len(desk.headlines()) == 1


def test_unreadable_row_is_not_taken_for_gone(desk: SyncDesk) -> None:
    desk.synced({"A": ROW, "B": ROW})
    assert "draft" not in desk.sync({"A": ROW | {"Hurt": "x"}, "B": ROW}).output
    assert desk.output("inbox") == ""


@pytest.mark.parametrize("begin", ["B,", "x,B,"])
def test_row_with_too_many_cells_is_not_taken_for_gone(begin: str, desk: SyncDesk) -> None:
    desk.synced({"A": ROW, "B": ROW})
    text = csv_text({"A": ROW, "B": ROW}).replace("\nB,", f"\n{begin}").rstrip("\n")
    output = desk.sync(f"{text}x,x\n" if begin == "B," else f"{text}x\n").output
    assert "cells, but there are 12 columns" in output
    assert "draft" not in output


def test_rows_of_one_name_are_refused_but_the_first(desk: SyncDesk) -> None:
    result = desk.sync("ID,What,Status,Hurt,Seen,Date,Source,Speaker,Promise,By,Due,Kept\nA,One\nA,Two\n")
    assert "row 3, column ID: development: is named like row 2." in result.output
    assert desk.headlines() == ["One"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no header row"),
        ("ID,What\nA,x\n", "has no column 'Status'"),
        ("ID,ID\nA,B\n", "two columns are called 'ID'"),
        (csv_text({"A": ROW}) + '"B,One\n', "row 3 cannot be read"),
    ],
)
def test_table_that_does_not_fit_is_refused_whole(text: str, message: str, desk: SyncDesk) -> None:
    result = desk.sync(text)
    assert result.exit_code == 1
    assert message in str(result.exception)
    assert desk.kinds() == []


def test_table_without_rows_is_refused_once_rows_were_recorded(desk: SyncDesk) -> None:
    desk.synced({"A": ROW})
    result = desk.sync({})
    assert "the table has no rows" in str(result.exception)
    assert desk.output("inbox") == ""


def test_dry_run_shows_every_event_and_records_none(desk: SyncDesk) -> None:
    output = desk.synced({"A": ROW, "B": ROW}, "--dry-run")
    assert "cases: story opened: The cases" in output
    assert output.count("development reported: Woman detained") == 2
    assert "3 events would be recorded" in output
    assert (desk.kinds(), (desk.folder / "inbox.db").exists()) == ([], False)


def test_row_that_the_ledger_refuses_is_named_and_others_recorded(desk: SyncDesk) -> None:
    desk.map(
        ('[story]\nid = "cases"\nheadline = "The cases"\n', ""),
        ("[columns.What]", '[columns.Case]\nas = "story"\npublic_id = true\n\n[columns.What]'),
    )
    desk.record(commands.open_story("old", "An old case"), commands.close_story("old"))
    header = "Case,ID,What,Hurt,Status,Seen,Date,Source,Speaker,Promise,By,Due,Kept\n"
    result = desk.sync(header + "old,A,One\nnew,B,Two\n")
    assert result.exit_code == 1
    assert "row 2: closed: the story is closed" in result.output
    assert desk.headlines() == ["Two"]


def test_redacted_row_is_left_alone(desk: SyncDesk) -> None:
    desk.synced({"A": ROW})
    desk.output("redact", "cases", desk.state()["developments"][0]["id"], "--reason", "A court ordered it.")
    events = len(desk.kinds())
    output = desk.synced({"A": ROW | {"Status": "released"}})
    assert "row 2 was redacted in the ledger" in output
    assert len(desk.kinds()) == events


def test_editors_correction_is_not_recorded_again(desk: SyncDesk) -> None:
    desk.synced({"A": ROW})
    [development] = desk.state()["developments"]
    desk.record(commands.correct("cases", development["id"], {"headline": "Women detained"}, "There were two."))
    assert "0 events" in desk.synced({"A": ROW})


def test_undone_row_is_recorded_again(desk: SyncDesk) -> None:
    desk.synced({"A": ROW, "B": ROW})
    desk.output("undo", "cases", desk.state()["developments"][1]["id"])
    desk.synced({"A": ROW, "B": ROW})
    assert len(desk.state()["developments"]) == 2


def test_crowded_story_is_warned_of(desk: SyncDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.sync.plan.ROWS_MAX", 2)
    output = desk.synced(dict.fromkeys("ABC", ROW))
    assert "cases has 3 rows" in output
    assert 'as = "story"' in output


def test_init_writes_a_map_that_sync_can_use(desk: SyncDesk) -> None:
    (desk.folder / "sync.toml").unlink()
    desk.table.write_text("ID;Name;Date;Children\n1;Ana detained;13/03/2026;2\n2;Ben detained;14/03/2026;0\n")
    output = desk.output("sync", "--init", str(desk.table))
    assert "Children  a fact, children: a number" in output
    text = (desk.folder / "sync.toml").read_text()
    assert 'Date = { as = "happened", format = "%d/%m/%Y" }' in text
    assert "  # when it happened – 13/03/2026, 14/03/2026\n" in text
    assert "3 events recorded" in desk.output("sync", str(desk.table))
    assert "there is already a map" in str(desk.run("sync", "--init", str(desk.table)).exception)


@pytest.mark.parametrize("option", ["--dry-run", "--publish"])
def test_init_refuses_what_it_would_not_do(desk: SyncDesk, option: str) -> None:
    (desk.folder / "sync.toml").unlink()
    result = desk.run("sync", "--init", str(desk.table), option)
    assert "--init only writes the map: leave out --dry-run and --publish." in result.output
    assert not (desk.folder / "sync.toml").exists()


def test_rows_that_are_left_out_are_counted(desk: SyncDesk) -> None:
    result = desk.sync({"A": ROW | {"Hurt": "about 12", "Seen": "soon"}, "B": ROW, "": ROW})
    assert "3 rows read, 2 left out, 2 events recorded." in result.output
    assert "announced as news once it is repaired. To prevent that, repair it before anything else" in result.output
    assert 'set announce_from = "2015-' in result.output
    assert "announce_from" not in desk.sync({"A": ROW | {"Hurt": "about 12"}, "B": ROW}).output


@pytest.mark.parametrize("line", ["2014-01-01", "2015-12-01"])
def test_first_run_with_announce_from_warns_of_no_news(line: str, desk: SyncDesk) -> None:
    desk.map(('table = "cases"', f'table = "cases"\nannounce_from = "{line}"'))
    assert "once it is repaired" not in desk.sync({"A": ROW | {"Hurt": "about 12"}}).output


def test_row_that_the_ledger_refuses_is_left_out(desk: SyncDesk) -> None:
    desk.record(commands.open_story("cases", "The cases"), commands.close_story("cases"))
    assert "1 row read, 1 left out, " in desk.sync({"A": ROW}).output


def test_status_that_no_list_has_is_named_once(desk: SyncDesk) -> None:
    desk.map(('dropped"]', 'dropped"]\nopen = ["Stalled"]'))
    promise = {"What": "Port", "Promise": "Ferries run", "Kept": "done"}
    table = {"A": promise, "B": promise, "C": promise | {"Kept": "stalled"}, "D": promise | {"Kept": "KEPT"}}
    first = desk.synced(table | {"E": {"What": "No promise", "Kept": "done"}})
    message = "“done” in 2 rows is in none of met, partly_met, missed, cancelled: their promises stay open."
    assert (first.count(message), first.count("is in none of")) == (1, 1)
    assert "is in none of" not in desk.synced(table)
    assert "“odd” in 1 row is in none of met, partly_met, missed, cancelled: its promise stays open." in desk.synced(
        table | {"A": promise | {"Kept": "odd"}}
    )


def test_dry_run_says_what_is_announced(desk: SyncDesk) -> None:
    desk.map(('type = "number"', 'type = "number"\nchange = "correction"'))
    assert desk.synced({"A": ROW}, "--dry-run").count("\n  archive") == 2
    desk.synced({"A": ROW})
    later = desk.synced({"A": ROW | {"Hurt": "3"}, "B": {"What": "Man detained"}}, "--dry-run")
    assert "development corrected\n  archive" in later
    assert "development reported: Man detained\n  announced" in later


def test_status_that_the_map_comes_to_list_settles_promises(desk: SyncDesk) -> None:
    table = {"A": {"What": "Port", "Promise": "Ferries run", "Kept": "done"}}
    desk.synced(table)
    desk.map(('met = ["kept"]', 'met = ["kept", "done"]'))
    assert "1 event recorded" in desk.synced(table)
    assert [promise["status"] for promise in desk.state()["expectations"]] == ["met"]
    assert "0 events recorded" in desk.synced(table)


def test_dry_run_sums_up_promises(desk: SyncDesk) -> None:
    row = {"What": "Pave the quay", "Promise": "Pave the quay", "By": "Port", "Date": "2014-11-01", "Due": "2015-01-01"}
    rows = {"A": row, "B": row | {"Kept": "kept", "Promise": "Pave all"}, "C": row | {"Due": "2016"}}
    rows["D"] = row | {"Kept": "half kept"}
    output = desk.synced(rows, "--dry-run")
    assert "expects this, by Port, due 1 January 2015" in output
    assert "expects Pave all, by Port" in output
    assert "No feed announces them." in output
    assert "4 promises: 1 met, 1 partly met, 2 open; 2 overdue.\n" in output
    desk.synced(rows)
    later = desk.synced(rows | {"A": row | {"Kept": "kept"}}, "--dry-run")
    assert "\nAnnounced by the next publication: 2 events.\n1 promise: 1 met.\nNext: " in later


def test_changed_day_of_a_row_dates_what_changed_with_it(desk: SyncDesk) -> None:
    desk.map(("[columns.Source]", '[columns.Updated]\nas = "reported"\n\n[columns.Source]'))
    header = "ID,What,Status,Updated,Hurt,Seen,Date,Source,Speaker,Promise,By,Due,Kept\n"
    desk.synced(header + "A,Ferry,shut,2015-01-10\nB,Bus,open,2015-01-10\n")
    changed = header + "A,Ferry,open,2015-01-20\nB,Bus,open,2015-01-21\n"
    desk.synced(changed)
    assert desk.headlines()[2:] == ["Ferry: Status: shut → open", "Bus: Updated: 2015-01-10 → 2015-01-21"]
    assert [item["published_at"][:10] for item in desk.state()["developments"][2:]] == ["2015-01-20", "2015-01-21"]
    assert "0 events recorded" in desk.synced(changed)


def test_correction_of_an_older_report_leaves_what_was_stated_since(desk: SyncDesk) -> None:
    desk.map(('type = "number"', 'type = "number"\nchange = "correction"'))
    desk.synced({"A": ROW})
    desk.synced({"A": ROW | {"Status": "released"}})
    corrected = {"A": ROW | {"Status": "released", "Hurt": "3"}}
    desk.synced(corrected)
    assert "0 events recorded" in desk.synced(corrected)


def test_later_run_names_what_it_recorded(desk: SyncDesk) -> None:
    desk.map(('type = "number"', 'type = "number"\nchange = "correction"'))
    first = desk.synced(dict.fromkeys("ABCDEFGHIJK", ROW))
    assert first.endswith("12 events recorded.\nNext: writethru publish\n")
    changed = dict.fromkeys("ABCDEFGHIJK", ROW | {"Status": "released"})
    later = desk.synced(changed)
    line = "  Woman detained: Status: held → released\n"
    assert later.endswith(f"11 events recorded.\n{line * 10}  … and 1 more\nNext: writethru publish\n")
    changed["L"] = {"What": "Man detained"}
    assert desk.synced(changed).endswith("1 event recorded.\n  Man detained\nNext: writethru publish\n")
    changed["L"] = {"What": "Man detained", "Hurt": "1"}
    desk.synced(changed)
    changed["L"] = {"What": "Man detained", "Hurt": "2"}
    assert "-2 corrected: Hurt: 1 → 2 people\nNext: writethru publish\n" in desk.synced(changed)
    assert desk.synced(changed).endswith(" 0 events recorded.\n")
