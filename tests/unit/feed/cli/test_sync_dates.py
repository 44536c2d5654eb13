"""What `writethru sync` says of when: nothing that the table does not say."""

from pathlib import Path
from typing import Any

import pytest

from events.model.edtf import instant, parse_when
from events.model.events import AnyEvent, DevelopmentReported, Recorded
from tests.desk import NOW
from tests.sync_desk import SyncDesk

BY_TODAY = f"../{NOW.date().isoformat()}"
FERRIES = {"What": "Port", "Promise": "Ferries run", "Due": "2014-05-01", "Kept": "kept"}
REPORTED = ('[columns.Date]\nas = "happened"', '[columns.Date]\nas = "reported"')


@pytest.fixture
def desk(tmp_path: Path) -> SyncDesk:
    return SyncDesk(tmp_path)


def outcome(desk: SyncDesk) -> tuple[str, str]:
    """Return what became of the one promise, and when the report says that it happened."""
    [promise] = desk.state()["expectations"]
    [settling] = [item for item in desk.state()["developments"] if item["id"] == promise["resolved_by"]]
    return promise["status"], settling["happened"]["edtf"]


@pytest.mark.parametrize("date", [{}, {"Date": "2014-01-02"}])
def test_outcome_that_was_never_seen_open_has_no_date(date: dict[str, str], desk: SyncDesk) -> None:
    desk.map(REPORTED).synced({"A": FERRIES | date})
    assert outcome(desk) == ("met", BY_TODAY)
    assert "0 events recorded" in desk.synced({"A": FERRIES | date})


@pytest.mark.parametrize("change", [{}, {"What": "The port"}, {"Hurt": "2"}])
def test_outcome_that_was_seen_open_before_is_not_late(change: dict[str, str], desk: SyncDesk) -> None:
    desk.synced({"A": FERRIES | {"Kept": "in progress"}})
    desk.synced({"A": FERRIES | change})
    assert outcome(desk) == ("met", BY_TODAY)
    assert "0 events recorded" in desk.synced({"A": FERRIES | change})


def test_promise_that_was_broken_and_then_kept_is_late(desk: SyncDesk) -> None:
    desk.synced({"A": FERRIES | {"Kept": "broken"}})
    desk.synced({"A": FERRIES})
    assert outcome(desk) == ("met_late", BY_TODAY)


def test_outcome_of_a_new_row_with_its_own_day_has_that_day(desk: SyncDesk) -> None:
    desk.synced({"A": FERRIES | {"Date": "2014-05-03"}})
    assert outcome(desk) == ("met_late", "2014-05-03")


def test_outcome_is_not_dated_by_the_day_of_the_promise(desk: SyncDesk) -> None:
    desk.map(REPORTED).synced({"A": FERRIES | {"Date": "2014-01-02", "Kept": "broken"}})
    made, settled = desk.state()["developments"]
    assert made["reported_at"].startswith("2014-01-02")
    assert settled["reported_at"] > "2015"
    assert desk.headlines() == ["Port", "Port: Kept: broken"]


def test_page_says_when_an_outcome_was_reported(desk: SyncDesk) -> None:
    desk.map(REPORTED).synced({"A": FERRIES | {"Date": "2014-01-02"}})
    desk.output("publish")
    page = (desk.site.root / "stories" / "cases" / "index.html").read_text()
    assert "Promised on 2 January 2014" in page
    assert "Report of 24 January 2015" in page
    assert "Settled on" not in page


def noted(desk: SyncDesk) -> SyncDesk:
    """Let the column Seen be the text of a row, and Date the day of its report."""
    return desk.map(REPORTED, ('[columns.Seen]\nas = "fact"\ntype = "date"', '[columns.Seen]\nas = "body"'))


def test_changed_text_is_news_of_the_day_of_the_change(desk: SyncDesk) -> None:
    row = FERRIES | {"Date": "2014-01-02", "Seen": "4 km", "Kept": "open"}
    noted(desk).synced({"A": row})
    desk.synced({"A": row | {"Seen": "7 km", "Kept": "kept"}})
    assert desk.headlines()[1:] == ["Port: Seen: 4 km → 7 km; Kept: open → kept"]
    changed = desk.state()["developments"][-1]
    assert (changed["body"], "published_at" in changed) == ("7 km", False)
    assert "0 events recorded" in desk.synced({"A": row | {"Seen": "7 km", "Kept": "kept"}})
    desk.synced({"A": row | {"Seen": "9 km", "Kept": "kept"}})
    assert desk.headlines()[2:] == ["Port: Seen: 7 km → 9 km"]


def test_changed_day_is_said_in_the_headline(desk: SyncDesk) -> None:
    row = FERRIES | {"Date": "2014-05-01", "Kept": "open"}
    desk.synced({"A": row})
    desk.synced({"A": row | {"Date": "2014-05-02", "Kept": "kept"}})
    assert desk.headlines()[1:] == ["Port: Date: 2014-05-01 → 2014-05-02", "Port: Kept: open → kept"]
    assert [item["happened"]["edtf"] for item in desk.state()["developments"]] == [
        "2014-05-01",
        "2014-05-02",
        BY_TODAY,
    ]
    assert "0 events recorded" in desk.synced({"A": row | {"Date": "2014-05-02", "Kept": "kept"}})


def test_changed_headline_is_news_of_the_day_of_the_change(desk: SyncDesk) -> None:
    row = FERRIES | {"Date": "2014-01-02", "Kept": "open"}
    noted(desk).synced({"A": row})
    desk.synced({"A": row | {"What": "The port"}})
    assert "published_at" not in desk.state()["developments"][-1]
    assert "0 events recorded" in desk.synced({"A": row | {"What": "The port"}})


def test_correction_of_a_changed_text_keeps_the_headline(desk: SyncDesk) -> None:
    row = FERRIES | {"Kept": "open", "Seen": "4 km"}
    noted(desk).synced({"A": row})
    desk.synced({"A": row | {"Seen": "7 km"}})
    text = (desk.folder / "sync.toml").read_text()
    (desk.folder / "sync.toml").write_text(text.replace('as = "body"', 'as = "body"\nchange = "correction"'))
    desk.synced({"A": row | {"Seen": "8 km"}})
    corrected = desk.state()["developments"][-1]
    assert (corrected["headline"], corrected["body"]) == ("Port: Seen: 8 km", "8 km")
    assert "0 events recorded" in desk.synced({"A": row | {"Seen": "8 km"}})


def earlier_release(item: Recorded) -> AnyEvent:
    """Return an event as it was recorded before: an outcome happened when it was due, a changed headline at first."""
    event: Any = item.event
    if isinstance(event, DevelopmentReported) and event.resolves:
        event = event.model_copy(update={"happened": parse_when("../2014-05-01")})
    elif isinstance(event, DevelopmentReported):
        event = event.model_copy(update={"published_at": instant("2014-01-02T00:00:00Z")})
    return event  # type: ignore[no-any-return]


def test_ledger_of_an_earlier_release_is_not_recorded_again(desk: SyncDesk, tmp_path: Path) -> None:
    rows = {name: FERRIES | {"Date": "2014-01-02"} for name in "AB"}
    desk.map(REPORTED).synced(rows)
    rows["A"]["What"] = "The port"
    desk.synced(rows)
    with desk.site.ledger() as ledger:
        events = [earlier_release(item) for item in ledger.events()]
    old = SyncDesk(tmp_path / "old").map(REPORTED)
    (old.folder / "sync.key").write_bytes((desk.folder / "sync.key").read_bytes())
    old.record(*events)
    assert outcome_days(old) == ["../2014-05-01"] * 2
    assert "0 events recorded" in old.synced(rows)


def outcome_days(desk: SyncDesk) -> list[str]:
    """Return when the reports of outcomes say that they happened."""
    settling = [promise["resolved_by"] for promise in desk.state()["expectations"]]
    return [item["happened"]["edtf"] for item in desk.state()["developments"] if item["id"] in settling]
