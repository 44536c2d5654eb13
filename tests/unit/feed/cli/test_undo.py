"""The command undo, and what other commands say of what was undone."""

import json

from events.commands import hold, open_story, report, undo
from feed.cli import exit_codes
from feed.paths import TOKEN_NAME
from tests.builders import HOUR
from tests.desk import FIRE, DeskRunner


def test_undo_names_what_it_takes_back_and_what_changes(fire: DeskRunner) -> None:
    fire.record(report(FIRE, "Oops, wrong story", facts=[{"key": "hurt", "value": 2}]))
    assert fire.output("undo", FIRE, "--dry-run").splitlines() == [
        "harbour-fire: event undone, would be position 3.",
        "  Undone: the report d1: Oops, wrong story",
        "  Hurt: 2 → unknown",
    ]
    assert "position 3." in fire.output("undo", FIRE)
    assert "d1" not in fire.output("show", FIRE)


def test_undo_of_a_development_names_all_that_it_takes_back(fire: DeskRunner) -> None:
    fire.record(report(FIRE, "Two hurt", development="two"), hold(FIRE, "two"), report(FIRE, "Five hurt"))
    assert fire.output("undo", FIRE, "two", "--reason", "Wrong story.").splitlines() == [
        "harbour-fire: two: event undone, position 5.",
        "  Undone: the report two: Two hurt",
        "  Undone: the hold of two",
    ]


def test_undone_report_was_never_published(fire: DeskRunner) -> None:
    fire.output("publish")
    before = {path: path.read_bytes() for path in fire.site.root.rglob("*") if path.is_file()}
    fire.clock.go(HOUR)
    fire.output("report", FIRE, "Oops, wrong story", "--fact", "hurt=2", "--expect", "ferries run @ 2015-02-01")
    fire.output("undo", FIRE, "--publish")
    after = {path: path.read_bytes() for path in fire.site.root.rglob("*") if path.is_file()}
    assert {path for path in after if before.get(path) != after[path]} - {fire.site.root / TOKEN_NAME} == set()


def test_undo_after_publishing_names_the_command_for_it(fire: DeskRunner) -> None:
    fire.record(report(FIRE, "Two hurt"))
    fire.output("publish")
    result = fire.run("undo", FIRE)
    assert "the report d1 has been published" in str(result.exception)
    assert "writethru retract harbour-fire d1" in str(result.exception)


def test_log_leaves_out_what_was_undone_and_says_so(fire: DeskRunner) -> None:
    fire.record(report(FIRE, "Oops, wrong story"), undo(FIRE))
    result = fire.run("log", FIRE)
    assert "Oops" not in result.stdout
    assert result.stderr == "Not listed: 2 events, undone or an undo. To see all: writethru log harbour-fire --undone\n"
    assert fire.run("log").stderr.endswith("To see all: writethru log --undone\n")
    assert [line.split()[3] for line in fire.output("log", FIRE, "--undone").splitlines()] == [
        "story_opened",
        "reported",
        "event_undone",
    ]
    types = [json.loads(line)["type"] for line in fire.output("log", "--json").splitlines()]
    assert types == ["story_opened", "development_reported", "event_undone"]


def test_undone_story_is_in_no_list(fire: DeskRunner) -> None:
    fire.record(open_story("habour", "Fire"), undo("habour"))
    for command in ("stories", "due", "check", "publish"):
        assert "habour" not in fire.run(command).output
    assert "there is no story habour" in str(fire.run("show", "habour").exception)
    assert "there is no story habour" in str(fire.run("check", "habour").exception)
    assert "story_opened" in fire.output("export", "habour")
    assert not (fire.site.root / "stories" / "habour").exists()


def test_event_that_was_undone_says_so_if_it_is_recorded_again(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "Two hurt", "--event-id", "one")
    fire.output("undo", FIRE)
    assert fire.output("report", FIRE, "Two hurt", "--event-id", "one").splitlines() == [
        "harbour-fire: d1: already recorded at position 2; nothing changed.",
        "  It was undone since. To record it again, give it another --event-id.",
    ]


def test_undone_text_is_redacted_by_its_event_id(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "Names a child", "--event-id", "one")
    fire.output("undo", FIRE)
    refused = fire.run("redact", FIRE, "d1", "--reason", "A child.")
    assert "writethru redact harbour-fire --event one" in str(refused.exception)
    fire.output("redact", FIRE, "--event", "one", "--reason", "A child.")
    assert "Names a child" not in fire.output("export")
    assert fire.run("verify").exit_code == exit_codes.DONE


def test_retraction_of_what_nobody_has_seen_advises_to_undo_it(fire: DeskRunner) -> None:
    fire.record(report(FIRE, "Oops, wrong story"), report(FIRE, "Two hurt"))
    result = fire.run("retract", FIRE, "d1", "--reason", "Wrong story.")
    assert "To leave no trace: writethru undo harbour-fire d1" in result.stderr
    fire.output("undo", FIRE, "d1", "--publish")
    assert "Oops" not in fire.output("log", FIRE)
    assert "writethru undo" not in fire.run("retract", FIRE, "d2", "--reason", "Wrong.").stderr
