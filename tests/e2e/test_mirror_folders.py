"""A folder as the mirror: it gets the same files as the output, and those of others in it are left alone."""

from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.store.base import MIRRORS
from tests.bucket import published, with_mirror
from tests.desk import FIRE, DeskRunner
from tests.metrics import metrics

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)


def report(desk: DeskRunner, headline: str = "Three hurt") -> None:
    desk.record(commands.report(FIRE, headline))
    desk.clock.go(MINUTE)


def in_folder(tmp_path: Path) -> DeskRunner:
    """Return a newsroom with a folder as its mirror, and something to publish."""
    desk = DeskRunner(tmp_path / "desk")
    desk.site = with_mirror(desk.site, "", url="../copy")
    desk.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Two hurt", development="d1"))
    desk.clock.go(MINUTE)
    return desk


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("url", ["public", "public/copy", "."])
def test_folder_around_or_in_the_output_is_refused(tmp_path: Path, url: str) -> None:
    desk = DeskRunner(tmp_path / "plain")
    desk.site = with_mirror(desk.site, "", url=url)
    desk.record(commands.open_story(FIRE, "Fire"))
    result = desk.run("publish")
    assert result.exit_code == 3
    assert "its folder and that of the output are one inside the other" in result.output


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desk = DeskRunner(tmp_path / "plain")
    desk.site = with_mirror(desk.site, "", url=str(tmp_path / "file" / "copy"))
    desk.record(commands.open_story(FIRE, "Fire"))
    assert "mirror: its folder cannot be written: Not a directory." in desk.run("publish").output


def test_folder_gets_the_same_files(tmp_path: Path) -> None:
    desk = in_folder(tmp_path)
    desk.output("publish")
    report(desk)
    desk.output("publish")
    assert files_in(tmp_path / "copy") == published(desk.site)
    assert desk.output("mirror", "--verify") == "The mirror has the same files as the output.\n"


def test_metrics_that_cannot_be_written_stop_no_mirror(tmp_path: Path) -> None:
    desk = in_folder(tmp_path)
    file = metrics(desk, "no/such/folder.prom")
    result = desk.run("publish")
    assert (result.exit_code, files_in(tmp_path / "copy")) == (0, published(desk.site))
    [warning] = [line for line in result.stderr.splitlines() if not line.startswith(" ")]
    assert warning.startswith(f"{file}: metrics: they cannot be written: ")


def test_folder_of_others_is_left_until_taken_over(tmp_path: Path) -> None:
    # Given a folder that another program uses
    others = tmp_path / "copy" / "stories" / "other" / "index.html"
    others.parent.mkdir(parents=True)
    others.write_text("other")
    desk = in_folder(tmp_path)
    # When the newsroom publishes, or is to compare
    for command, code in (("publish", 3), ("mirror", 1)):
        result = desk.run(command)
        # Then it says what to do, and touches nothing
        assert result.exit_code == code
        assert "this newsroom has put nothing there yet" in result.output
        assert "If nobody needs what is there: writethru mirror --everything" in result.output
        assert files_in(tmp_path / "copy") == {"stories/other/index.html": b"other"}
    desk.output("mirror", "--everything")
    assert files_in(tmp_path / "copy") == published(desk.site)
    # And from then on it asks no more, also after a redaction has cleared the queue
    desk.record(commands.redact(FIRE, "Legal", development="d1"))
    desk.clock.go(MINUTE)
    assert desk.output("publish") == ""
    assert files_in(tmp_path / "copy") == published(desk.site)


def test_mirror_that_was_filled_before_is_gone_on_with(tmp_path: Path) -> None:
    desk = in_folder(tmp_path)
    desk.output("publish")
    # Given a ledger that remembers no mirrors by their addresses, as before there was a question
    with desk.site.ledger() as ledger, ledger.store.writing() as writing:
        writing.forget_note(MIRRORS)
    report(desk)
    desk.output("rebuild")
    assert files_in(tmp_path / "copy") == published(desk.site)
