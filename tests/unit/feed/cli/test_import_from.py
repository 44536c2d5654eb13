"""`import --from`: files of other programs become events, and importing them again records nothing."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.desk import DeskRunner
from tests.importers import INCIDENTS, ISSUE, RSS, TIMELINE


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    runner = DeskRunner(tmp_path / "newsroom")
    runner.clock.go("2026-03-02T08:00:00Z")
    return runner


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def reports(desk: DeskRunner, story: str) -> list[dict[str, Any]]:
    events = map(json.loads, desk.output("export", story).splitlines())
    return [event for event in events if event["type"] == "development_reported"]


FILES = {
    "timelinejs": ("mill.csv", TIMELINE, 3),
    "statuspage": ("incidents.json", json.dumps(INCIDENTS), 4),
    "cstate": ("issues/2020-04-12-outage.md", ISSUE, 4),
    "feed": ("feed.xml", RSS, 3),
}


@pytest.mark.parametrize("kind", FILES)
def test_import_again_records_nothing(desk: DeskRunner, kind: str, tmp_path: Path) -> None:
    name, text, count = FILES[kind]
    file = write(tmp_path, name, text)
    assert f"{count} events recorded, 0 problems" in desk.output("import", "--from", kind, file)
    assert "0 events recorded, 0 problems" in desk.output("import", "--from", kind, file)
    assert "0 events recorded, 0 problems" in desk.output("import", "--archive", "--from", kind, file)


@pytest.mark.parametrize("kind", ["timeline", "TimelineJS"])
def test_kinds_have_other_names(desk: DeskRunner, kind: str, tmp_path: Path) -> None:
    assert "3 events" in desk.output("import", "--from", kind, write(tmp_path, "mill.csv", TIMELINE))


def test_changed_item_says_what_it_was_and_is_now(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("import", "--from", "rss", write(tmp_path, "feed.xml", RSS))
    changed = write(tmp_path, "feed.xml", RSS.replace("First", "First, changed").replace("Text ", "Other text "))
    assert "2 events recorded" in desk.output("import", "--from", "rss", changed)
    first, _, newer, newest = reports(desk, "harbour-news")
    assert newer["development"] == f"{first['development']}-2"
    assert (newer["headline"], newer["body"]) == ("First, changed", "* Was: First\n* Now: First, changed")
    assert newest["body"] == "* Was: Text **bold**.\n* Now: Other text **bold**.\n\n---\n\nOther text **bold**."
    assert "0 events" in desk.output("import", "--from", "rss", changed)


def test_item_that_is_changed_back_is_a_change_too(desk: DeskRunner, tmp_path: Path) -> None:
    for title in ("First", "Other", "First"):
        desk.output("import", "--from", "rss", write(tmp_path, "feed.xml", RSS.replace("First", title)))
    assert [one["headline"] for one in reports(desk, "harbour-news")] == ["First", "Second & last", "Other", "First"]


def test_item_that_was_redacted_or_undone_does_not_come_back(desk: DeskRunner, tmp_path: Path) -> None:
    file = write(tmp_path, "feed.xml", RSS)
    desk.output("import", "--from", "rss", file)
    first, second = (one["development"] for one in reports(desk, "harbour-news"))
    desk.output("redact", "harbour-news", first, "--reason", "A court ordered it.")
    desk.output("undo", "harbour-news", second)
    changed = write(tmp_path, "feed.xml", RSS.replace("First", "Named again"))
    assert "0 events recorded" in desk.output("import", "--from", "rss", changed)


def test_what_can_be_read_is_recorded_and_the_rest_named(desk: DeskRunner, tmp_path: Path) -> None:
    file = write(tmp_path, "mill.csv", f"{TIMELINE}-44,3,15,,,,,,,Caesar\n")
    result = desk.run("import", "--from", "timelinejs", file)
    assert result.exit_code == 1
    assert f'{file}:5: unreadable: the year "-44" is not one of 1 to 9999.' in result.stderr
    assert "3 events recorded, 1 problem" in result.stdout


def test_item_that_the_ledger_would_refuse_is_named(desk: DeskRunner, tmp_path: Path) -> None:
    ahead = RSS.replace("Mon, 05 Jan 2015", "Mon, 05 Jan 2065").replace(
        "https://h.example/2", "https://me:pw@h.example/2"
    )
    result = desk.run("import", "--from", "rss", write(tmp_path, "feed.xml", ahead))
    assert result.exit_code == 1
    assert "item 2: date: 2065-01-05T10:00:00Z is in the future." in result.stderr
    assert "item 1: sources[0].url: the address contains a user name or a password." in result.stderr


def test_archive_of_another_program_is_announced_to_nobody(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("import", "--archive", "--from", "feed", write(tmp_path, "feed.xml", RSS))
    assert [one["archive"] for one in reports(desk, "harbour-news")] == [True, True]
    desk.site.publish()
    assert b"<item>" not in (desk.site.root / "feed.rss").read_bytes()


def test_story_of_a_file_can_be_named(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("import", "--from", "feed", "--story", "harbour", write(tmp_path, "feed.xml", RSS))
    assert len(reports(desk, "harbour")) == 2
    two = json.dumps(INCIDENTS | {"incidents": INCIDENTS["incidents"] * 2})
    result = desk.run("import", "--from", "statuspage", "--story", "x", write(tmp_path, "two.json", two))
    assert "it holds 2 stories, so that one name is not enough." in result.stderr
    assert desk.run("import", "--story", "x", "y.jsonl").exit_code == 2


def test_incident_that_goes_on_is_reopened(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("import", "--from", "statuspage", write(tmp_path, "a.json", json.dumps(INCIDENTS)))
    [incident] = INCIDENTS["incidents"]
    update = {"id": "u3", "status": "postmortem", "body": "It was a fan.", "created_at": "2025-05-20T00:00:00Z"}
    longer = incident | {"incident_updates": [update, *incident["incident_updates"]]}
    file = write(tmp_path, "a.json", json.dumps(INCIDENTS | {"incidents": [longer]}))
    assert "3 events recorded" in desk.output("import", "--from", "statuspage", file)
    assert "0 events recorded" in desk.output("import", "--from", "statuspage", file)
    assert "closed" in desk.output("stories")


def test_folder_of_cstate_is_read_whole(desk: DeskRunner, tmp_path: Path) -> None:
    write(tmp_path, "issues/one.md", ISSUE)
    write(tmp_path, "issues/two.md", ISSUE)
    write(tmp_path, "issues/_index.md", "---\ntitle: All\n---\n")
    output = desk.output("import", "--from", "cstate", str(tmp_path / "issues"))
    assert output.count("4 events recorded") == 2


def test_feed_without_the_extra_says_how_to_install_it(
    desk: DeskRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)
    result = desk.run("import", "--from", "rss", write(tmp_path, "feed.xml", RSS))
    assert result.exit_code == 1
    assert "needs the extra intake" in result.stderr
    assert "pip install '.[intake]'" in result.stderr


def test_dry_run_records_nothing_of_another_program(desk: DeskRunner, tmp_path: Path) -> None:
    file = write(tmp_path, "feed.xml", RSS)
    assert "3 events would be recorded" in desk.output("import", "--dry-run", "--from", "rss", file)
    assert "3 events recorded" in desk.output("import", "--from", "rss", file)


def test_item_that_the_ledger_refuses_is_named_and_the_others_go_in(desk: DeskRunner, tmp_path: Path) -> None:
    file = write(tmp_path, "feed.xml", RSS)
    desk.output("import", "--from", "rss", "--story", "harbour", file)
    [first, *_] = reports(desk, "harbour")
    desk.output("open", "harbour-news", "Ours")
    desk.output("report", "harbour-news", "Ours", "--id", first["development"])
    result = desk.run("import", "--from", "rss", file)
    assert result.exit_code == 1
    assert f"the id {first['development']} was already used in this story" in result.stderr
    assert "1 event recorded, 1 problem" in result.stdout
