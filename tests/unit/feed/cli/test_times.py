"""Typed times at every door: options, short forms, files and functions."""

import json
from pathlib import Path

import pytest

from events import TypedTimes, commands
from events.errors import InvalidError
from tests.builders import reconfigured
from tests.desk import FIRE, DeskRunner

ZONE = '[recording]\ntime_zone = "Europe/Berlin"\n'
TODAY = "2015-01-24"  # the day of the runner's clock


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    runner = DeskRunner(tmp_path / "newsroom").record(commands.open_story(FIRE, "Fire"))
    runner.site = reconfigured(runner.site, "[recording]\n", ZONE)
    return runner


def recorded(desk: DeskRunner) -> dict[str, object]:
    fields: dict[str, object] = json.loads(desk.output("log", FIRE, "--json").splitlines()[-1])
    return fields


INSTANT_OPTIONS = {"--reported": "reported_at", "--published": "published_at", "--embargo": "embargoed_until"}


@pytest.mark.parametrize("option", INSTANT_OPTIONS)
def test_time_without_zone_is_of_the_newsroom(desk: DeskRunner, option: str) -> None:
    for typed in ("2015-01-23T07:30", "23 Jan 2015 07:30", "2015-01-23T06:30Z"):
        result = desk.run("report", FIRE, "Two hurt", option, typed)
        assert result.exit_code == 0, result.output
        assert recorded(desk)[INSTANT_OPTIONS[option]] == "2015-01-23T06:30:00Z"


def test_time_of_today_is_read_aloud_before_it_is_recorded(desk: DeskRunner) -> None:
    result = desk.run("report", FIRE, "Two hurt", "--reported", "07:30", "--happened", "7:15Z")
    assert f"Read 07:30 as {TODAY}T07:30:00+01:00.\n" in result.stderr
    assert f"Read 7:15Z as {TODAY}T07:15:00Z.\n" in result.stderr
    assert recorded(desk)["reported_at"] == f"{TODAY}T06:30:00Z"
    assert recorded(desk)["happened"] == f"{TODAY}T07:15:00Z"


def test_short_forms_and_settings_read_typed_times(desk: DeskRunner) -> None:
    claim = '{"key": "b", "value": 1.50, "as_of": "07:30"}'
    dates = ("--fact", "a=1@07:30", "--fact", claim, "--fact", "c=date:27 Jan 2015", "--expect", "ferries @ 20:15")
    desk.output("report", FIRE, "Two hurt", *dates)
    facts = recorded(desk)["facts"]
    assert facts == [
        {"key": "a", "value": 1, "as_of": f"{TODAY}T07:30:00+01:00"},
        {"key": "b", "value": {"decimal": "1.50"}, "as_of": f"{TODAY}T07:30:00+01:00"},
        {"key": "c", "value": {"date": "2015-01-27"}},
    ]
    assert recorded(desk)["expects"] == [{"id": "e1", "what": "ferries", "due": f"{TODAY}T20:15:00+01:00"}]
    desk.output("correct", FIRE, "d1", "--set", "happened=07:10", "--set", "reported_at=07:20", "--note", "Earlier.")
    assert recorded(desk)["set"] == {"happened": f"{TODAY}T07:10:00+01:00", "reported_at": f"{TODAY}T06:20:00Z"}


@pytest.mark.parametrize("arguments", [("show", FIRE, "--as-of"), ("show", FIRE, "--now"), ("since", FIRE)])
def test_reading_commands_take_typed_times(desk: DeskRunner, arguments: tuple[str, ...]) -> None:
    for typed in ("23:30", "2015-01-24T23:30", "24 Jan 2015", "24 Jan 2015 23:30"):
        assert desk.run(*arguments, typed).exit_code == 0


FILES = {
    "jsonl": '{{"type": "development_reported", "story": "harbour-fire", "headline": "H", {fields}}}\n',
    "yaml": '- {{"type": "development_reported", "story": "harbour-fire", "headline": "H", {fields}}}\n',
    "md": '---\n{{"story": "harbour-fire", "headline": "H", {fields}}}\n---\n',
}
TIMES = '"reported_at": "2015-01-23T07:30", "happened": "23 Jan 2015", "facts": [{"key": "mag", "value": 7.80}]'


@pytest.mark.parametrize("form", FILES)
def test_files_hold_typed_times_and_plain_decimals(desk: DeskRunner, form: str, tmp_path: Path) -> None:
    file = tmp_path / f"report.{form}"
    file.write_text(FILES[form].format(fields=TIMES))
    for command in (("import", str(file)), ("report", FIRE, "-f", str(file))):
        result = desk.run(*command)
        assert result.exit_code == 0, result.output
    assert recorded(desk)["version"] == 2  # the same event, twice
    assert recorded(desk)["reported_at"] == "2015-01-23T06:30:00Z"
    assert recorded(desk)["happened"] == "2015-01-23"
    assert recorded(desk)["facts"] == [{"key": "mag", "value": {"decimal": "7.80"}}]


@pytest.mark.parametrize("form", FILES)
def test_file_with_a_time_of_today_is_refused(desk: DeskRunner, form: str, tmp_path: Path) -> None:
    file = tmp_path / f"report.{form}"
    file.write_text(FILES[form].format(fields='"reported_at": "07:30"'))
    result = desk.run("import", str(file))
    assert result.exit_code == 1
    assert 'reported_at: "07:30" has no date: write it too, as in 2015-01-21T07:30.' in result.stderr


def test_functions_read_typed_times_in_the_zone_they_are_given(desk: DeskRunner) -> None:
    times = TypedTimes(zone=desk.site.config.recording.zone)
    report = commands.report(FIRE, "H", reported_at="2015-01-23T07:30", happened="2015-01-23 07:10", times=times)
    assert report.happened is not None
    assert report.happened.edtf == "2015-01-23T07:10:00+01:00"
    report = commands.report(FIRE, "H", happened={"edtf": "23 Jan 2015", "literal": "late January"})
    assert report.happened is not None
    assert report.happened.edtf == "2015-01-23"
    with pytest.raises(InvalidError, match=r"happened: .* has no time zone: write 2015-01-23 07:10Z for UTC"):
        commands.report(FIRE, "H", happened="2015-01-23 07:10")


def test_zone_that_is_none_is_refused(desk: DeskRunner) -> None:
    reconfigured_text = desk.site.config_text.replace("Europe/Berlin", "Europe/Bonn")
    (desk.site.folder / "writethru.toml").write_text(reconfigured_text)
    result = desk.run("show", FIRE)
    assert isinstance(result.exception, InvalidError)
    assert 'recording.time_zone: must be the name of a time zone of this machine, such as "Europe/Berlin"' in str(
        result.exception
    )
