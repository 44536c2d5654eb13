"""What recording commands print before they record."""

from pathlib import Path

import pytest

from events.commands import report
from tests.desk import FIRE, DeskRunner


def test_report_prints_how_short_forms_were_read(fire: DeskRunner) -> None:
    done = fire.run(
        "report",
        FIRE,
        "Aground",
        "--said-by",
        "Ana Ruiz, chief (Port)",
        "--expect",
        "afloat [by Blue Line] @ 2026-12-05",
    )
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines()[:2] == [
        "Read as name: Ana Ruiz · role: chief · organisation: Port",
        "Read as afloat · owed by: Blue Line · due: 5 December 2026",
    ]


def test_refused_report_has_printed_its_reading(fire: DeskRunner) -> None:
    done = fire.run("report", "no-such-story", "Aground", "--expect", "ship afloat")
    assert done.exit_code != 0
    assert done.stderr.startswith("Read as ship afloat · owed by: not stated · no date given\n")


def test_restated_promise_is_read_as_what_changes_alone(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "A promise", "--expect", "open: bridge opens [by City] @ 2026-12-05")
    done = fire.run("report", FIRE, "Later", "--expect", "open: @ 2026-12-09")
    assert done.stderr.splitlines()[0] == "Read as open, stated before · due: 9 December 2026"


def test_release_that_publishes_says_so(fire: DeskRunner) -> None:
    fire.record(report(FIRE, "A budget", development="budget", embargoed_until="2030-01-01T00:00:00Z"))
    assert "It is published now." in fire.run("release", FIRE, "budget", "--publish").stderr


SECRET = "2030-01-01T00:00:00Z"


@pytest.fixture
def budget(fire: DeskRunner) -> DeskRunner:
    return fire.record(report(FIRE, "Port’s budget leaks, editor says", development="secret", embargoed_until=SECRET))


@pytest.mark.parametrize(
    "headline",
    ["Port’s budget leaks, editor says", "PORT’S BUDGET LEAKS — editor says!", "Port budget leaks, editor says"],
)
def test_headline_of_an_embargoed_report_gets_a_warning(budget: DeskRunner, headline: str) -> None:
    warning = (
        f"secret has the same headline and is under embargo until {SECRET}, but this is not under embargo.\n"
        f"  To take it back: writethru undo {FIRE} d1. To record it under embargo, add: --embargo {SECRET}\n"
    )
    for arguments in (("report", FIRE, headline, "--dry-run"), ("report", FIRE, headline)):
        assert warning in budget.run(*arguments).stderr
    other = "Another report of the fire"
    assert "embargo" not in budget.run("report", FIRE, other).stderr
    assert (
        "has the same headline"
        in budget.run("correct", FIRE, "d2", "--set", f"headline={headline}", "--note", "N").stderr
    )
    assert "has the same headline" in budget.run("revise", FIRE, "--headline", headline).stderr


def test_headline_under_the_same_embargo_gets_no_warning(budget: DeskRunner) -> None:
    done = budget.run("report", FIRE, "Port’s budget leaks, editor says", "--embargo", SECRET)
    assert "same headline" not in done.stderr
    budget.clock.go(SECRET)
    assert "same headline" not in budget.run("report", FIRE, "Port’s budget leaks, editor says").stderr


@pytest.mark.parametrize("arguments", [("import",), ("report", FIRE, "-f")])
def test_file_with_a_headline_under_embargo_gets_a_warning(
    budget: DeskRunner, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "report.md"
    file.write_text(f"---\nstory: {FIRE}\nheadline: Port's budget leaks, editor says\n---\n", encoding="utf-8")
    done = budget.run(*arguments, str(file))
    assert done.exit_code == 0
    assert f"writethru {'hold' if arguments == ('import',) else 'undo'} {FIRE} d1" in done.stderr
    assert "the headline of d1 is public, and says what secret keeps under embargo." in budget.run("check", FIRE).stdout


def test_headline_that_is_published_at_once_is_not_to_be_undone(budget: DeskRunner) -> None:
    headline = "Port’s budget leaks, editor says"
    told = budget.run("report", FIRE, headline, "--publish").stderr
    assert f"To withhold it: writethru hold {FIRE} d1. To record it" in told
    told = budget.run("revise", FIRE, "--headline", headline, "--publish").stderr
    assert f"To withhold it: writethru revise {FIRE} --headline HEADLINE. To record it" in told


def test_embargo_of_the_past_can_be_taken_back(fire: DeskRunner) -> None:
    past = ("--embargo", "2014-01-01T00:00:00Z")
    assert fire.run("report", FIRE, "Secret", *past).stderr.endswith(f"If that is wrong: writethru undo {FIRE} d1\n")
    assert fire.run("revise", FIRE, "--headline", "Secret", *past).stderr.endswith(f"writethru undo {FIRE}\n")
    assert "undo" not in fire.run("report", FIRE, "Now", *past, "--publish").stderr


def test_doubtful_correction_is_asked_about(fire: DeskRunner) -> None:
    fire.output("report", FIRE, "Two hurt", "--fact", "hurt=2/4")
    asked = "Is this right? Hurt is more than the total that it is of."
    for options in (("--dry-run",), ()):
        told = fire.run("correct", FIRE, "d1", "--fact", "hurt=5", "--note", "Wrong.", *options).stderr
        assert asked in told
    assert asked not in fire.run("correct", FIRE, "d1", "--fact", "hurt=3", "--note", "Wrong.").stderr
