"""`writethru sync` after a change that gives all rows other names: nothing may be announced twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sync_desk import ROW, SyncDesk
from tests.tables import Repository, Rows, csv_text, history

TABLE: Rows = {name: ROW | {"What": f"Woman detained in {name}"} for name in ("Dover", "Hull", "York")}
PUBLIC = ('as = "development"', 'as = "development"\npublic_id = true')


@pytest.fixture
def desk(tmp_path: Path) -> SyncDesk:
    return SyncDesk(tmp_path)


def refused(desk: SyncDesk, table: Rows) -> str:
    """Sync a table, which must be refused whole, and return why."""
    events = desk.kinds()
    assert desk.sync(table, "--dry-run").exit_code == 1
    result = desk.sync(table)
    assert (result.exit_code, desk.kinds()) == (1, events)
    assert desk.output("inbox") == ""
    return str(result.exception)


@pytest.mark.parametrize("before", ["true", "false"])
def test_public_id_changed_after_a_run_is_refused(before: str, desk: SyncDesk) -> None:
    now = "false" if before == "true" else "true"
    settings = [*({"true": [PUBLIC], "false": []}[value] for value in (before, now, before))]
    desk.map(*settings[0]).synced({"Dover": ROW})
    message = refused(desk.map(*settings[1]), {"Dover": ROW, "Hull": ROW})
    assert f"public_id was changed after the first run, from {before} to {now}" in message
    assert f"Set public_id = {before} in the map again." in message
    assert "1 row read, 0 events" in desk.map(*settings[2]).synced({"Dover": ROW})


@pytest.mark.parametrize(
    "replacements",
    [
        [('[columns.ID]\nas = "development"\n', ""), ('as = "headline"', 'as = ["development", "headline"]')],
        [('id = "cases"', 'id = "detained"')],
    ],
    ids=["key column", "story"],
)
def test_map_that_renames_all_rows_is_refused(replacements: list[tuple[str, str]], desk: SyncDesk) -> None:
    desk.synced(TABLE)
    message = refused(desk.map(*replacements), TABLE)
    assert "3 of 3 known rows have other names now, and would be announced again." in message
    assert "Change back what names the rows" in message
    assert "0 events" in desk.map().synced(TABLE)


@pytest.mark.parametrize(
    "rename",
    [
        lambda name, row: (f"The {name}", row),
        lambda name, row: (f"The {name}", row | {"What": f"A woman in {name}", "Seen": "2014-01-02"}),
    ],
    ids=["names", "names and headlines"],
)
def test_cells_that_rename_half_of_the_rows_are_refused(
    rename: Callable[[str, dict[str, str]], tuple[str, dict[str, str]]], desk: SyncDesk
) -> None:
    rows = {name: row | {"Seen": "2014-01-02"} for name, row in TABLE.items()}
    others = {name: {"What": f"Man detained in {name}"} for name in ("Bath", "Ely", "Ripon")}
    desk.synced(rows | others)
    renamed = dict(rename(name, row) for name, row in rows.items())
    assert "3 of 6 known rows have other names now" in refused(desk, renamed | others)


def test_rows_that_replace_others_are_recorded(desk: SyncDesk) -> None:
    desk.synced(TABLE)
    new = {f"{name} again": {"What": f"Man detained in {name}"} for name in TABLE}
    assert "3 rows read, 3 events recorded." in desk.synced(new)


def test_public_id_changed_between_replays_is_refused(desk: SyncDesk, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    for version in history(1, 2):
        repository.commit(csv_text(version.rows), version.at)
    command = ["sync", "--git", str(repository.folder), repository.name]
    assert desk.run(*command).exit_code == 0
    events = desk.kinds()
    result = desk.map(PUBLIC).run(*command)
    assert "public_id was changed after the first run, from false to true" in str(result.exception)
    assert desk.kinds() == events


def test_row_of_a_story_that_becomes_public_is_refused(desk: SyncDesk) -> None:
    two = (
        ('[story]\nid = "cases"\nheadline = "The cases"\n', ""),
        ("[columns.What]", '[columns.Case]\nas = "story"\n\n[columns.What]'),
    )
    header = "Case,ID,What,Hurt,Status,Seen,Date,Source,Speaker,Promise,By,Due,Kept\n"
    table = header + "".join(f"Port,{name},Woman detained in {name}\n" for name in "ABC")
    desk.map(*two).synced(table)
    result = desk.map(*two, PUBLIC).sync(table.replace("in A", "in Hull"))
    assert "3 of 3 known rows have other names now" in str(result.exception)
