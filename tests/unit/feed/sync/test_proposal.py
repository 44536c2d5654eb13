"""What `sync --init` makes of the tables that people have."""

from datetime import UTC, datetime

import pytest

from events.errors import InvalidError
from events.model.typed_times import TypedTimes
from feed.sync.proposal import Proposal, propose
from feed.sync.sheet_map import parse_map
from feed.sync.tables import read_table


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
        "Date": ("reported",),
        "Link": ("source_url",),
    }


def test_name_of_the_row_is_its_headline_if_there_is_no_id() -> None:
    assert roles("Shelter,District,Beds\nNorth,Mill,12\nSouth,Mill,14\n")["Shelter"] == ("development", "headline")


def test_fact_without_a_slug_is_named_by_its_column() -> None:
    made = proposal("ID,Title,病床,地区\n1,Fire,12,北\n2,Flood,14,南\n")
    columns = parse_map(made.text).columns
    assert [columns[header].key for header in ("病床", "地区")] == ["column-3", "column-4"]
    assert [words for _, words, _ in made.understood[2:]] == ["a fact, column-3: a number", "a fact, column-4: a text"]


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


def test_promise_is_found_by_what_was_promised_and_by_whom() -> None:
    table = (
        "ID,Street,What was promised,Who promised,Due,Status\n1,Mill Road,Fill potholes,City,2026-06-30,Late\n"
        "2,Quay,Resurface,Roads office,2026-01-31,Done\n"
    )
    columns = roles(table)
    assert (columns["What was promised"], columns["Who promised"]) == (("what",), ("by",))


def test_stories_of_several_rows_are_understood() -> None:
    table = (
        "Story,Title,Published\nFire,Two hurt,1 Nov 2026\nFire,Ferries stop,2 Nov 2026\nMill,Roof falls,3 Nov 2026\n"
    )
    sheet_map = parse_map(proposal(table).text)
    assert (sheet_map.header("story"), sheet_map.header("reported"), sheet_map.story) == ("Story", "Published", None)


def test_rows_of_a_table_of_numbers_are_named_by_their_day() -> None:
    assert roles("Date,Deaths\n2026-11-01,12\n2026-11-02,14\n") == {
        "Date": ("development", "reported", "headline"),
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
    assert 'What = { as = "headline" }' in text
    assert "  # the headline – Fire at the harbour of the ol…, Flood\n" in text


def test_table_whose_rows_have_no_name_is_refused() -> None:
    with pytest.raises(InvalidError, match="no column names the rows"):
        proposal("What\nFire\nFire\n")


def test_odd_headers_are_quoted() -> None:
    assert 'Say "it"' in roles('ID,"Say ""it"""\n1,Fire\n2,Flood\n')


NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PROMISES = (
    "ID;Promise;Made by;Made on;Source;Status;Due date\n"
    "P1;40 new buses;Mayor;21/01/2026;Council minutes;in progress;01/12/2026\n"
    "P2;Repair Mill Bridge;Deputy mayor;03/02/2026;Press release;done;30/06/2026\n"
    "P3;Two kindergartens;Mayor;05/03/2026;Post;in progress;01/09/2026\n"
    "P4;Free lunch;City council;10/03/2026;;broken;01/09/2026\n"
    "P5;Plant trees;Mayor;15/04/2026;Radio;in progress;end of 2026\n"
)


def test_odd_cell_leaves_its_column_a_date_and_is_named() -> None:
    made = proposal(PROMISES)
    assert parse_map(made.text).columns["Due date"].roles == ("due",)
    assert made.exceptions == ("Due date: due, dates like 01/12/2026; 1 of 5 is none: row 6: end of 2026",)


def test_tracker_with_ids_is_understood() -> None:
    found = roles(PROMISES)
    assert (found["Promise"], found["Made by"], found["Made on"]) == (("what",), ("by",), ("reported",))


def test_table_with_a_status_is_told_that_it_has_no_date() -> None:
    made = proposal("ID,Promise,Due,Status,Completed on\n1,Pave,2026-01-01,Done,2026-01-03\n2,Dig,2026-02-01,Open,\n")
    column = parse_map(made.text).columns["Completed on"]
    assert (column.roles, column.type) == (("fact",), "date")
    assert made.advice[-1].startswith("A status does not say since when: ")
    assert "by the day of the run, not when." in made.text
    assert "since when" not in "".join(proposal("ID,What\n1,Fire\n2,Flood\n").advice)


def test_source_is_made_up_only_for_an_address_without_one() -> None:
    assert parse_map(proposal(PROMISES).text).source is None
    bare = proposal("ID,What\n1,Fire\n2,Flood\n")
    assert parse_map(bare.text).source is None
    assert "No column names a source: if there is one for all rows, write it as source." in bare.advice
    assert parse_map(proposal("ID,What,Link\n1,Fire,https://a.example\n2,Flood,\n").text).source == "Cases"


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ("1 2 3 4 many", "number"),
        ("1 2 3 some many", "text"),
        ("1 2 many", "text"),
        ("2026-11-01 2026-11-02 2026-11-03 2026-11-04 soon", "date"),
        ("2026-11-01 2026-11-02 2026-11-03 later soon", "text"),
    ],
)
def test_fact_is_what_four_of_five_cells_are(cells: str, kind: str) -> None:
    rows = "".join(f"{index},Fire {index},{cell}\n" for index, cell in enumerate(cells.split()))
    made = proposal(f"ID,What,Seen\n{rows}")
    assert parse_map(made.text).columns["Seen"].type == kind
    assert bool(made.exceptions) == (kind != "text")


def test_odd_address_leaves_its_column_addresses() -> None:
    made = proposal("ID,What,Source,Link\n1,Fire,A,https://a.example\n2,Flood,B,by mail\n3,Hail,C,https://c.example\n")
    assert parse_map(made.text).columns["Link"].roles == ("source_url",)
    assert "1 of 3 is none: row 3: by mail" in made.exceptions[0]


def test_id_with_a_blank_and_a_duplicate_names_the_rows() -> None:
    ids = ["BY-001", "BY-002", "BY-003", "", *(f"BY-{number:03d}" for number in range(5, 31)), "BY-003"]
    rows = "".join(f"{name},Somebody was detained,Outlet {index}\n" for index, name in enumerate(ids))
    made = proposal(f"ID,What happened,Source\n{rows}")
    assert parse_map(made.text).header("development") == "ID"
    assert made.exceptions == (
        "ID: row 5 is empty: sync will leave it out until it is filled in",
        "ID: rows 4 and 32 are both BY-003: sync will leave out row 32 until they differ",
    )


@pytest.mark.parametrize("header", ["Date", "Made on", "Reported", "Datum", "Published", "Date of arrest", "When"])
def test_only_date_of_the_past_is_the_day_on_the_page(header: str) -> None:
    assert roles(f"ID,What,{header}\n1,Fire,2026-11-01\n2,Flood,2026-11-02\n")[header] == ("reported",)


def test_second_date_is_when_it_happened() -> None:
    found = roles("ID,What,Incident date,Published\n1,Fire,2026-11-01,2026-11-03\n2,Flood,2026-11-02,2026-11-03\n")
    assert (found["Published"], found["Incident date"]) == (("reported",), ("happened",))


@pytest.mark.parametrize("days", [("2026-12-01", "2026-12-24"), ("2026-10", "2026-11")])
def test_date_no_entry_can_have_is_when_it_happened(days: tuple[str, str]) -> None:
    text = f"ID,What,Date\n1,Fire,{days[0]}\n2,Flood,{days[1]}\n"
    made = propose(read_table(text.encode(), "csv", name="x.csv"), name="x.csv", times=TypedTimes(), now=NOW)
    assert parse_map(made.text).header("happened") == "Date"


def test_date_of_birth_is_a_fact() -> None:
    assert roles("ID,What,Date of birth\n1,Fire,1980-11-01\n2,Flood,1990-11-02\n")["Date of birth"] == ("fact",)


def test_headline_with_a_due_date_is_what_is_promised() -> None:
    found = roles("ID,Title,Owner,Deadline\n1,Reopen the ferry,Ana,2026-12-01\n2,Mend the roof,Ben,2026-12-02\n")
    assert found == {"ID": ("development",), "Title": ("headline", "what"), "Owner": ("by",), "Deadline": ("due",)}


def test_day_that_could_be_a_month_is_read_as_in_other_columns() -> None:
    text = "ID,What,Seen,Left\n1,Fire,01/02/2026,21/02/2026\n2,Flood,03/04/2026,\n"
    columns = parse_map(proposal(text).text).columns
    assert (columns["Seen"].format, columns["Left"].format) == ("%d/%m/%Y", "%d/%m/%Y")


def test_status_words_that_mean_no_outcome_are_open() -> None:
    status = parse_map(proposal(PROMISES).text).columns["Status"]
    assert (status.met, status.missed, status.open) == (("done",), ("broken",), ("in progress",))


def test_due_dates_that_could_be_two_days_are_named() -> None:
    made = proposal("ID,Promise,Due\n1,Reopen the ferry,01/02/2026\n2,Mend the roof,03/04/2026\n")
    assert made.exceptions == (
        'Due: not due, since its dates are unclear, as in 01/02/2026: set as = "due", and format',
    )


def test_exception_of_a_fact_says_its_kind_once() -> None:
    made = proposal("ID,Title,Beds\n1,A,12\n2,B,14\n3,C,7\n4,D,9\n5,E,full\n")
    assert made.exceptions == ("Beds: a fact, beds: a number, like 12; 1 of 5 is none: row 6: full",)


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("Promise,Who,Promised on\nPave,City,1 May 2026\nPave,Port,2 May 2026\n", ["Promise", "Who"]),
        ("Status,Source,Service\nopen,Radio,Ferry\nshut,Post,Bus\n", ["Service"]),
        ("Date,Status,Place\n2026-05-01,open,Quay\n2026-05-02,shut,Quay\n", ["Date"]),
        ("Place,Time of day,Status\nQuay,am,open\nQuay,pm,shut\nMill,am,shut\n", ["Place", "Time of day"]),
        ("Status,Source\nopen,Radio\nopen,Post\nshut,Post\n", ["Status", "Source"]),
    ],
)
def test_row_is_named_by_what_lasts(table: str, names: list[str]) -> None:
    made = proposal(table)
    assert list(parse_map(made.text).headers("development")) == names
    assert made.advice[0].startswith(f"A row is known by its {' and '.join(names)}:")


def test_list_of_states_is_understood() -> None:
    table = "Service,Status,Last updated,Reported by\nFerry,shut,2026-11-01,Operator\nBus,open,2026-11-02,City\n"
    found = roles(table)
    assert (found["Service"], found["Status"]) == (("development", "headline"), ("fact",))
    assert (found["Last updated"], found["Reported by"]) == (("reported",), ("source",))


def test_unit_behind_the_name_of_a_number_is_its_unit() -> None:
    columns = parse_map(proposal("ID,What,Cost (KES),Hurt (number)\n1,Fire,12,3\n2,Flood,14,4\n").text).columns
    assert (columns["Cost (KES)"].unit, columns["Cost (KES)"].label) == ("KES", "Cost")
    assert columns["Hurt (number)"].unit is None


@pytest.mark.parametrize("other", ["Street", "Title"])
def test_promises_in_the_same_words_have_a_headline(other: str) -> None:
    found = roles(f"ID,{other},Promise,Due\n1,Mill Road,Pave,2026-12-01\n2,Quay,Pave,2026-12-02\n")
    assert (found[other], found["Promise"]) == (("headline",), ("what",))


def test_column_with_many_settings_has_a_section() -> None:
    text = proposal(PROMISES).text
    assert "\n[columns.Status]  # what became of it – in progress, done, broken\n" in text
    assert list(parse_map(text).columns)[-1] == "Status"


def test_month_or_year_among_days_is_due_then() -> None:
    made = proposal("ID,Promise,Due\n1,Pave,31/12/2026\n2,Light,2027\n3,Mend,2027-03\n")
    assert parse_map(made.text).columns["Due"].format == "%d/%m/%Y"
    assert made.exceptions == ()


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (("7 %", "14 %"), "%"),
        (("€7.50", "€ 9"), "€"),
        (("12 EUR", "-"), "EUR"),
        (("12", "n/a"), None),
    ],
)
def test_unit_in_all_cells_of_a_number_is_its_unit(cells: tuple[str, str], unit: str | None) -> None:
    made = proposal(f"ID,What,Spent\n1,Fire,{cells[0]}\n2,Flood,{cells[1]}\n3,Storm,\n")
    column = parse_map(made.text).columns["Spent"]
    assert (column.type, column.unit, made.exceptions) == ("number", unit, ())


def test_numbers_with_several_units_are_a_text() -> None:
    assert parse_map(proposal("ID,What,Spent\n1,Fire,7 %\n2,Flood,9 €\n").text).columns["Spent"].type == "text"


def test_headline_is_a_text_although_a_row_has_none() -> None:
    made = proposal("ID,Project\n1,Pave\n2,Light\n3,Mend\n4,Plant\nTotal,\n")
    assert parse_map(made.text).columns["Project"].roles == ("headline",)
    assert made.exceptions == ("Project: row 6: empty. Sync leaves out a row without a headline",)


def test_status_is_the_column_with_words_for_outcomes() -> None:
    found = roles("ID,Promise,Due,Progress,State\n1,Pave,2026-12-01,7,done\n2,Light,2026-12-02,9,broken\n")
    assert (found["Progress"], found["State"]) == (("fact",), ("status",))


def test_columns_of_one_name_are_left_out_and_named() -> None:
    made = proposal("ID,What,Note,Note\n1,Fire,a,b\n")
    assert list(parse_map(made.text).columns) == ["ID", "What"]
    assert (
        made.advice[0] == "Several columns are called “Note”, and are left out: to use one, give it a name of its own."
    )
