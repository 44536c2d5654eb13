"""`check`, and `rebuild --verify`: problems on stdout, their number on stderr, exit code 1."""

import json

from events import commands
from tests.builders import BASE_URL, reconfigured
from tests.desk import FIRE, DeskRunner

REFUSED = 1


def test_check_without_problems_prints_nothing(fire: DeskRunner) -> None:
    fire.site.publish()
    assert fire.output("check", FIRE) == ""


def test_check_finds_problems_in_settings_stories_and_output(fire: DeskRunner) -> None:
    fire.record(commands.report(FIRE, "Two hurt", facts=[{"key": "hurt", "value": 2}]))
    fire.site = reconfigured(fire.site, BASE_URL, "http://localhost:8000/")
    fire.site.publish()
    (fire.site.root / "feed.rss").unlink()
    result = fire.run("check")
    assert result.exit_code == REFUSED
    lines = [line for line in result.stdout.splitlines() if not line.startswith("  ")]
    assert lines[0].startswith("writethru.toml:9: site.base_url: local: the site's address is still local")
    assert [line.split(": ")[1] for line in lines[1:]].count("unreadable") == 1
    assert len(lines) > 2
    assert result.stderr == f"{len(lines)} problems found.\n"


def test_check_strict_and_json_report_the_same_problems(fire: DeskRunner) -> None:
    fire.record(commands.report(FIRE, "Two hurt"))
    fire.site.publish()
    text, as_json = fire.run("check", "--strict"), fire.run("check", "--strict", "--json")
    problems = json.loads(as_json.stdout)
    assert [set(problem) for problem in problems] == [{"where", "check", "message", "remedy"}] * len(problems)
    assert [problem["message"] in text.stdout for problem in problems] == [True] * len(problems)
    assert problems


def test_check_of_an_unknown_story_is_refused(fire: DeskRunner) -> None:
    assert "harbor-fire" in str(fire.run("check", "harbor-fire").exception)


def test_check_reports_a_wrong_configuration_as_json(fire: DeskRunner) -> None:
    config = fire.site.folder / "writethru.toml"
    config.write_text(config.read_text().replace("entries = 50", "entries = 0"))
    result = fire.run("check", "--json")
    assert [problem["where"] for problem in json.loads(result.stdout)] == ["writethru.toml:17: output.entries"]
    assert (result.exit_code, result.stderr) == (REFUSED, "1 problem found.\n")


def test_check_reports_a_broken_template(fire: DeskRunner) -> None:
    templates = fire.site.folder / "templates"
    templates.mkdir()
    (templates / "story.html.jinja").write_text("{% if %}")
    result = fire.run("check")
    assert result.stdout.startswith("templates/story.html.jinja:1: template: ")
    assert result.exit_code == REFUSED


def test_rebuild_verify_prints_the_files_that_differ(fire: DeskRunner) -> None:
    fire.site.publish()
    assert fire.output("rebuild", "--verify") == ""
    (fire.site.root / "index.html").write_text("changed")
    result = fire.run("rebuild", "--verify")
    assert (result.exit_code, result.stdout) == (REFUSED, "index.html\n")
    assert result.stderr == "1 file differs from a rebuild. To replace them: writethru rebuild\n"
    assert fire.output("rebuild", "-v") == "index.html\n.writethru\n"
