"""`revise` and `open` set how facts are shown and folded: feed/README.md#settings-of-facts."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from events.commands import report
from tests.desk import FIRE, DeskRunner

SECRET = "2015-01-26T00:00:00Z"


@pytest.fixture
def hurt(fire: DeskRunner) -> DeskRunner:
    facts = [{"key": "hurt", "value": 2, "unit": "people"}, {"key": "ferries.running", "value": 0}]
    return fire.record(report(FIRE, "Two hurt", facts=facts, said_by=["Ana Ruiz (Port)"]))


def settings(desk: DeskRunner) -> dict[str, dict[str, Any]]:
    with desk.site.ledger() as ledger:
        return {key: dict(item.in_force) for key, item in ledger.story(FIRE).settings.items()}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--label", "hurt=People hurt"], {"label": "People hurt"}),
        (["--label", 'hurt="Hurt, \\"so far\\" = known"'], {"label": 'Hurt, "so far" = known'}),
        (["--label", " hurt = A = B "], {"label": "A = B"}),
        (["--lead", "hurt"], {"lead": True}),
        (["--order", "hurt=-3"], {"order": -3}),
        (["--order", "hurt=0"], {"order": 0}),
        (["--hide", "hurt"], {"hidden": True}),
        (["--evolving", "hurt"], {"evolving": True}),
        (["--settle", "hurt=d1"], {"settled": "d1"}),
        (["--follow", "hurt"], {"follow": True}),
    ],
)
def test_option_sets_one_setting_of_a_key(hurt: DeskRunner, arguments: list[str], expected: dict[str, Any]) -> None:
    hurt.output("revise", FIRE, *arguments)
    assert settings(hurt) == {"hurt": expected}


@pytest.mark.parametrize("threshold", ["10%", "2.5%", "5", "0.5"])
def test_threshold_is_a_number_or_a_percentage(hurt: DeskRunner, threshold: str) -> None:
    hurt.output("revise", FIRE, "--threshold", f"hurt={threshold}")
    assert str(settings(hurt)["hurt"]["threshold"]) == threshold


def test_options_can_be_repeated_and_taken_back(hurt: DeskRunner) -> None:
    all_of = ["--label", "hurt=People hurt", "--lead", "hurt", "--lead", "ferries.running", "--order", "hurt=1",
              "--hide", "hurt", "--evolving", "hurt", "--settle", "hurt=d1", "--follow", "hurt",
              "--threshold", "hurt=10%"]  # fmt: skip
    hurt.output("revise", FIRE, *all_of)
    assert settings(hurt).keys() == {"hurt", "ferries.running"}
    back = ["--label", "hurt=", "--no-lead", "hurt", "--order", "hurt=", "--show", "hurt", "--no-evolving", "hurt",
            "--unsettle", "hurt", "--no-follow", "hurt", "--threshold", "hurt="]  # fmt: skip
    hurt.output("revise", FIRE, *back)
    assert settings(hurt) == {"ferries.running": {"lead": True}}


def test_revision_prints_what_changed_and_a_dry_run_the_same(hurt: DeskRunner) -> None:
    arguments = ("revise", FIRE, "--label", "hurt=People hurt", "--lead", "hurt")
    changes = "position 3.\n  hurt, label: none → People hurt\n  hurt, lead: none → yes\n"
    assert hurt.output(*arguments, "--dry-run") == f"harbour-fire: story revised, would be {changes}"
    assert settings(hurt) == {}
    assert hurt.output(*arguments) == f"harbour-fire: story revised, {changes}"


def test_opening_takes_the_same_options(fire: DeskRunner) -> None:
    fire.output("open", "flood", "Flood", "--label", "dead=People dead", "--lead", "dead", "--threshold", "dead=10%")
    with fire.site.ledger() as ledger:
        assert ledger.story("flood").settings["dead"].label == "People dead"


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_unknown_key_gets_a_warning_with_the_nearest(hurt: DeskRunner, dry_run: tuple[str, ...]) -> None:
    result = hurt.run("revise", FIRE, "--label", "ferry.running=Ferries", "--lead", "hurt", *dry_run)
    assert result.exit_code == 0
    assert result.stderr == (
        "No report speaks of ferry.running yet, so its settings wait. Did you mean ferries.running?\n"
    )
    assert hurt.run("revise", FIRE, "--lead", "zzz").stderr == "No report speaks of zzz yet, so its settings wait.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--label", "hurt"], "--label: form: cannot read 'hurt': a value is missing.\n  Write --label KEY=TEXT. To"),
        (["--lead", "hurt=yes"], "cannot read 'hurt=yes': this option takes a key alone.\n  Write --lead KEY."),
        (["--settle", "hurt"], "cannot read 'hurt': a value is missing.\n  Write --settle KEY=DEVELOPMENT."),
        (["--label", 'hurt="a\\b c\\d"'], r"write \\ for a backslash within quotes"),
        (["--order", "hurt=first"], "facts.hurt.order: must be a whole number, not 'first'."),
        (["--order", "hurt=1.5"], "must be a whole number"),
        (["--threshold", "hurt=ten"], 'must be a percentage, "10%"'),
        (["--threshold", "hurt=0%"], 'must be a percentage, "10%"'),
        (["--label", f"hurt={'x' * 301}"], "has 301 characters; the limit is 300."),
        (["--label", "hurt=evil\u202etxt"], "contains U+202E"),
        (["--label", "Hurt=x"], "facts.Hurt: must be lower-case words"),
        (["--settle", "hurt=d2"], "there is no development d2.\n  Name one that does: d1."),
    ],
)  # fmt: skip
def test_wrong_argument_is_refused(hurt: DeskRunner, arguments: list[str], message: str) -> None:
    result = hurt.run("revise", FIRE, *arguments)
    assert result.exit_code == 1
    assert message in str(result.exception)
    assert settings(hurt) == {}


@pytest.mark.parametrize(
    "arguments", [("--lead", "hurt", "--no-lead", "hurt"), ("--label", "hurt=A", "--label", "hurt=B")]
)
def test_setting_given_twice_is_a_usage_error(hurt: DeskRunner, arguments: tuple[str, ...]) -> None:
    result = hurt.run("revise", FIRE, *arguments)
    assert result.exit_code == 2
    assert "another option already sets that of hurt." in result.output


def test_threshold_of_a_text_is_refused(hurt: DeskRunner) -> None:
    hurt.record(report(FIRE, "Contained", facts=[{"key": "fire", "value": "contained"}]))
    result = hurt.run("revise", FIRE, "--threshold", "fire=10%")
    assert "fire is a text, and only a number can have a threshold (10%)." in str(result.exception)


class TestEmbargo:
    def test_key_known_under_embargo_needs_the_same_embargo(self, hurt: DeskRunner) -> None:
        hurt.record(report(FIRE, "Bids", facts=[{"key": "bids", "value": 3}], embargoed_until=SECRET))
        result = hurt.run("revise", FIRE, "--label", "bids=Secret bids")
        assert f"Give them the same embargo or a later one: --embargo {SECRET}" in str(result.exception)
        hurt.output("revise", FIRE, "--label", "bids=Secret bids", "--embargo", SECRET)
        assert settings(hurt)["bids"] == {"label": "Secret bids"}

    def test_label_that_is_not_public_is_in_no_public_file(self, hurt: DeskRunner) -> None:
        hurt.record(report(FIRE, "Bids", facts=[{"key": "bids", "value": 3}], embargoed_until=SECRET))
        hurt.output("revise", FIRE, "--label", "bids=Zebra one", "--label", "hurt=Zebra two", "--embargo", SECRET)
        hurt.output("revise", FIRE, "--label", "nothing.yet=Zebra three", "--publish")
        assert "Zebra" not in published(hurt)
        hurt.clock.go(SECRET)
        hurt.output("publish")
        assert "Zebra one" in published(hurt)
        assert "Zebra three" not in published(hurt)


def published(desk: DeskRunner) -> str:
    files = (path for path in sorted((desk.site.folder / "public").rglob("*")) if path.is_file())
    return "".join(path.read_bytes().decode(errors="replace") for path in files)


def test_settings_survive_an_export_and_an_import(hurt: DeskRunner, tmp_path: Path) -> None:
    hurt.output("revise", FIRE, "--label", "hurt=People hurt", "--threshold", "hurt=0.50", "--lead", "hurt")
    lines = hurt.output("export")
    assert [orjson.loads(line)["schema"] for line in lines.splitlines()] == [1, 1, 2]
    other = DeskRunner(tmp_path / "other")
    other.clock.go(hurt.clock.now)
    (tmp_path / "all.jsonl").write_text(lines, encoding="utf-8")
    other.output("import", str(tmp_path / "all.jsonl"))
    assert settings(other) == settings(hurt)
    third = DeskRunner(tmp_path / "third")
    third.output("restore", str(tmp_path / "all.jsonl"))
    assert third.output("export") == lines


def test_settings_in_a_yaml_file_are_taken(hurt: DeskRunner, tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text(
        f"- type: story_revised\n  story: {FIRE}\n  facts:\n    hurt: {{label: People hurt, threshold: 10%}}\n"
        "    ferries.running:\n      order: 1\n      lead: false\n",
        encoding="utf-8",
    )
    hurt.output("import", str(file))
    assert settings(hurt)["ferries.running"] == {"order": 1}
    file.write_text(f"- type: story_revised\n  story: {FIRE}\n  facts:\n    hurt: {{lable: x}}\n", encoding="utf-8")
    result = hurt.run("import", str(file))
    assert result.exit_code == 1
    assert "facts.yaml:4: facts.hurt.lable: there is no field 'lable' here.\n  Did you mean label?" in result.output


def test_show_notes_the_settings_of_a_fact(hurt: DeskRunner) -> None:
    hurt.output("revise", FIRE, "--lead", "hurt", "--order", "hurt=1", "--hide", "hurt", "--threshold", "hurt=10%")
    assert "key fact · order 1 · hidden on the page · threshold 10%" in " ".join(hurt.output("show", FIRE).split())


def test_label_is_printed_wherever_the_fact_is_named(hurt: DeskRunner) -> None:
    hurt.output("revise", FIRE, "--label", "hurt=People hurt")
    more = ("report", FIRE, "Three hurt", "--fact", "hurt=3:people", "--said-by", "Ana Ruiz (Port)")
    assert "\n  People hurt: 2 people → 3 people (" in hurt.output(*more, "--dry-run")
    assert "\n  People hurt: 2 people → 3 people (" in hurt.output(*more)
    assert "\nPeople hurt: 2 people → 3 people (" in hurt.output("since", FIRE, "3")
    changes = orjson.loads(hurt.output("since", FIRE, "3", "--json"))
    assert [change["subject"] for change in changes if change["change"] == "fact"] == ["People hurt"]
    shown = hurt.output("show", FIRE)
    assert "  People hurt           2 people → 3 people" in shown
    assert "key hurt" in shown
    assert "  People hurt " in hurt.output("show", FIRE, "--as-of", "2015-01-24T08:00:00Z")


def test_log_names_the_settings_of_a_revision(hurt: DeskRunner) -> None:
    hurt.output("revise", FIRE, "--headline", "Fire out", "--lead", "hurt")
    assert "headline and lead of hurt" in hurt.output("log", FIRE)


DESCRIBED = """\
- {type: story_opened, story: mill, headline: Mill fire, facts: {hurt: {label: People hurt}, hrut: {lead: true}}}
- {type: development_reported, story: mill, headline: Two hurt, facts: [{key: hurt, value: 2}]}
"""
WAITS = "o report speaks of hrut yet, so its settings wait."


@pytest.mark.parametrize("door", ["open", "revise", "import", "report -f", "check"])
def test_described_key_of_which_nobody_speaks_is_warned_of(fire: DeskRunner, tmp_path: Path, door: str) -> None:
    file = tmp_path / "mill.yaml"
    file.write_text(DESCRIBED)
    match door:
        case "open":
            told = fire.run("open", "mill", "Mill fire", "--lead", "hrut").stderr
        case "revise":
            told = fire.run("revise", FIRE, "--lead", "hrut").stderr
        case "import":
            told = fire.run("import", str(file)).stderr
        case "report -f":
            told = fire.run("report", "mill", "-f", str(file)).stderr
        case _:
            fire.output("import", str(file))
            told = fire.run("check", "mill").stdout
            assert f"mill:1: settings: n{WAITS}\n  Did you mean hurt?" in told
    assert told.count(WAITS) == 1
    assert ("Did you mean hurt?" in told) is (door in {"import", "report -f", "check"})
    assert "speaks of hurt" not in told


def test_check_is_silent_on_settings_that_were_taken_back(fire: DeskRunner) -> None:
    fire.output("revise", FIRE, "--lead", "hrut")
    assert f"n{WAITS}\n  Report it, or take its settings back." in fire.run("check", FIRE).stdout
    fire.output("revise", FIRE, "--no-lead", "hrut")
    assert WAITS not in fire.run("check", FIRE).stdout + fire.run("revise", FIRE, "--no-lead", "hrut").stderr
