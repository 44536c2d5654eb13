"""`--picture`, and the command that adds one for a file."""

import json
from pathlib import Path

import pytest

from events import commands
from events.fold.state import Story
from tests.desk import FIRE, DeskRunner
from tests.pictures import names, picture_bytes, stored

ALT = ("--alt", "Smoke over the quay")


@pytest.fixture
def fire(tmp_path: Path) -> DeskRunner:
    runner = DeskRunner(tmp_path / "desk")
    return runner.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "First", development="d1"))


@pytest.fixture
def quay(tmp_path: Path) -> str:
    (tmp_path / "quay.txt").write_bytes(picture_bytes(700, 400))
    return str(tmp_path / "quay.txt")


def story(fire: DeskRunner) -> Story:
    with fire.site.ledger() as ledger:
        return ledger.story(FIRE)


@pytest.mark.parametrize("command", [("report", FIRE), ("dispute", FIRE, "d1", "--kind", "disagrees"),
                                     ("corroborate", FIRE, "d1")])  # fmt: skip
def test_report_brings_pictures(fire: DeskRunner, quay: str, command: tuple[str, ...]) -> None:
    second = ("--picture", quay, "--alt", "The same again")
    elsewhere = ("--media", "https://a.example/1.png image/png Elsewhere")
    fire.output(*command, "Smoke", "--picture", quay, *ALT, *second, "--credit", "Ana", *elsewhere)
    report = story(fire).developments[-1].report
    assert report is not None
    assert [(item.alt, item.credit) for item in report.media] == [
        ("Elsewhere", None), ("Smoke over the quay", "Ana"), ("The same again", "Ana")
    ]  # fmt: skip
    assert stored(fire.site) == names(*report.media)


def test_correction_replaces_media_by_a_picture(fire: DeskRunner, quay: str) -> None:
    fire.output("correct", FIRE, "d1", "--picture", quay, *ALT, "--note", "A picture.")
    report = story(fire).developments[0].report
    assert report is not None
    assert [item.alt for item in report.media] == [ALT[1]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--picture", "{}"), "--alt"),
        (ALT, "--alt"),
        (("--picture", "{}", *ALT, *ALT), "--alt"),
        (("--credit", "Ana"), "--credit"),
        (("--picture", "{}", *ALT, "--credit", "Ana", "--credit", "Bo"), "--credit"),
    ],
)
def test_picture_without_its_words_is_refused(
    fire: DeskRunner, quay: str, arguments: tuple[str, ...], words: str
) -> None:
    result = fire.run("report", FIRE, "Smoke", *(argument.format(quay) for argument in arguments))
    assert result.exit_code == 2
    assert words in result.output
    assert stored(fire.site) == set()


@pytest.mark.parametrize("more", [("--dry-run",), ("--fact", "hurt"), ("--id", "d1"), ("--expected-version", "1")])
def test_report_that_is_not_recorded_leaves_no_picture(fire: DeskRunner, quay: str, more: tuple[str, ...]) -> None:
    result = fire.run("report", FIRE, "Smoke", "--picture", quay, *ALT, *more)
    assert (result.exit_code == 0) == (more == ("--dry-run",))
    assert stored(fire.site) == set()


def test_refused_report_keeps_the_picture_of_another(fire: DeskRunner, quay: str) -> None:
    fire.output("report", FIRE, "Smoke", "--picture", quay, *ALT)
    before = stored(fire.site)
    assert fire.run("report", FIRE, "Smoke", "--picture", quay, *ALT, "--id", "d1").exit_code
    assert stored(fire.site) == before != set()


@pytest.mark.parametrize("file", ["no-such.jpg", "."])
def test_file_that_cannot_be_read_is_refused(fire: DeskRunner, file: str) -> None:
    result = fire.run("report", FIRE, "Smoke", "--picture", file, *ALT)
    assert result.exit_code == 1
    assert story(fire).version == 2


def test_added_picture_is_printed_for_a_file(fire: DeskRunner, quay: str, tmp_path: Path) -> None:
    printed = json.loads(fire.output("picture", quay, *ALT, "--credit", "Ana"))
    event = {"type": "development_reported", "story": FIRE, "headline": "Smoke", "media": [printed]}
    (tmp_path / "file.jsonl").write_text(json.dumps(event), encoding="utf-8")
    fire.output("import", str(tmp_path / "file.jsonl"))
    report = story(fire).developments[-1].report
    assert report is not None
    assert report.media[0].model_dump(exclude_defaults=True, mode="json") == printed
    fire.output("report", FIRE, "Again", "--media", json.dumps(printed))


@pytest.mark.parametrize("url", ["quay.jpg", "media/quay.jpg", "media:quay.jpg", f"media:{'0' * 64}.svg",
                                 f"media:{'0' * 64}.jpg", "file:///etc/passwd"])  # fmt: skip
def test_picture_of_a_file_that_was_not_added_is_refused(fire: DeskRunner, tmp_path: Path, url: str) -> None:
    medium = {"url": url, "type": "image/jpeg", "alt": "x", "width": 2, "height": 2}
    event = {"type": "development_reported", "story": FIRE, "headline": "Smoke", "media": [medium]}
    (tmp_path / "file.jsonl").write_text(json.dumps(event), encoding="utf-8")
    result = fire.run("import", str(tmp_path / "file.jsonl"))
    assert result.exit_code == 1
    assert "media" in result.output or "media" in str(result.exception)


def test_backup_verify_and_restore_name_pictures(fire: DeskRunner, quay: str, tmp_path: Path) -> None:
    fire.output("report", FIRE, "Smoke", "--picture", quay, *ALT)
    assert fire.run("backup", str(tmp_path / "copy.db")).exit_code == 0
    other = DeskRunner(tmp_path / "other")
    fire.site.ledger().close()
    assert other.run("restore", str(tmp_path / "copy.db")).exit_code == 0
    assert stored(other.site) == stored(fire.site)
    [first, *_] = sorted(stored(other.site))
    (other.site.media.root / first).unlink()
    result = other.run("verify")
    assert (result.exit_code, first in result.output) == (5, True)
    assert other.run("backup", str(tmp_path / "second.db")).exit_code == 3
