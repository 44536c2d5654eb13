"""What `sync --init` makes of the tables that people have."""

import pytest

from events.errors import InvalidError
from events.model.typed_times import TypedTimes
from feed.intake.proposal import Proposal, propose
from feed.intake.sheet_map import parse_map
from feed.intake.tables import read_table


def proposal(text: str, name: str = "cases.csv") -> Proposal:
    return propose(read_table(text.encode(), "csv", name=name), name=name, times=TypedTimes())


def roles(text: str) -> dict[str, tuple[str, ...]]:
    return {header: column.roles for header, column in parse_map(proposal(text).text).columns.items()}


def test_table_with_ids_is_understood() -> None:
    table = "ID,District,What happened,Date,Link\n1,Mill,One is hurt,2026-11-01,https://a.example\n2,Mill,Fire,2026-11-02,\n"
    assert roles(table) == {
        "ID": ("development",),
        "District": ("fact",),
        "What happened": ("headline",),
        "Date": ("happened",),
        "Link": ("source_url",),
    }


def test_name_of_the_row_is_its_headline_if_there_is_no_id() -> None:
    assert roles("Shelter,District,Beds\nNorth,Mill,12\nSouth,Mill,14\n")["Shelter"] == ("development", "headline")


def test_tracker_of_promises_is_understood() -> None:
    table = (
        "Promise,Promised by,Deadline,Status\nBuild 400 flats,City,2026-06-30,In progress\n"
        "Reopen the ferry,Blue Line,2026-01-31,KEPT\nCut the fare,Blue Line,,broken\n"
    )
    assert roles(table) == {
        "Promise": ("development", "what"),
        "Promised by": ("by",),
        "Deadline": ("due",),
        "Status": ("status",),
    }
    status = parse_map(proposal(table).text).columns["Status"]
    assert (status.met, status.missed) == (("KEPT",), ("broken",))


def test_stories_of_several_rows_are_understood() -> None:
    table = (
        "Story,Title,Published\nFire,Two hurt,1 Nov 2026\nFire,Ferries stop,2 Nov 2026\nMill,Roof falls,3 Nov 2026\n"
    )
    sheet_map = parse_map(proposal(table).text)
    assert (sheet_map.header("story"), sheet_map.header("reported"), sheet_map.story) == ("Story", "Published", None)


def test_rows_of_a_table_of_numbers_are_named_by_their_day() -> None:
    assert roles("Date,Deaths\n2026-11-01,12\n2026-11-02,14\n") == {
        "Date": ("development", "headline"),
        "Deaths": ("fact",),
    }


@pytest.mark.parametrize(
    ("cells", "settings"),
    [
        (("1,204", "12"), {"thousands": ","}),
        (("1.204,5", "12"), {"thousands": ".", "decimal": ","}),
        (("1 204", "12"), {"thousands": " ", "decimal": ","}),
        (("12", "7.5"), {}),
    ],
)
def test_numbers_are_read_as_they_are_written(cells: tuple[str, str], settings: dict[str, str]) -> None:
    one, other = cells
    column = parse_map(proposal(f'ID;What;Hurt\n1;Fire;"{one}"\n2;Flood;"{other}"\n').text).columns["Hurt"]
    assert (column.type, column.thousands, column.decimal) == (
        "number",
        settings.get("thousands"),
        settings.get("decimal", "."),
    )


@pytest.mark.parametrize(
    ("days", "form"),
    [
        (("13/11/2026", "01/02/2026"), "%d/%m/%Y"),
        (("11/13/2026", "01/02/2026"), "%m/%d/%Y"),
        (("01.02.2026", "03.04.2026"), "%d.%m.%Y"),
    ],
)
def test_dates_are_read_as_they_are_written(days: tuple[str, str], form: str) -> None:
    column = parse_map(proposal(f"ID,What,Seen\n1,Fire,{days[0]}\n2,Flood,{days[1]}\n").text).columns["Seen"]
    assert (column.type, column.format) == ("date", form)


def test_day_that_could_be_a_month_is_left_a_text() -> None:
    column = parse_map(proposal("ID,What,Seen\n1,Fire,01/02/2026\n2,Flood,03/04/2026\n").text).columns["Seen"]
    assert column.type == "text"


def test_values_stand_in_comments() -> None:
    text = proposal("ID,What\n1,Fire at the harbour of the old town\n2,Flood\n").text
    assert '[columns."What"]          # Fire at the harbour of the ol…, Flood' in text


def test_table_whose_rows_have_no_name_is_refused() -> None:
    with pytest.raises(InvalidError, match="no column names the rows"):
        proposal("What\nFire\nFire\n")


def test_odd_headers_are_quoted() -> None:
    assert 'Say "it"' in roles('ID,"Say ""it"""\n1,Fire\n2,Flood\n')
