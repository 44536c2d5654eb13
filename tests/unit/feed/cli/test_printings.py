"""Another printing of a recorded source: both texts are shown, and taking it adds its outlet to the source."""

import json
from pathlib import Path

import pytest

from events import commands
from tests.desk import FIRE, DeskRunner
from tests.reprints import Event, reprint

WHOLE = Event(7).article(2)
PAGE = (
    '<!doctype html><html><head><meta property="og:site_name" content="{site}"></head><body><article>{text}</article>'
)


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    desk = DeskRunner(tmp_path)
    desk.record(commands.open_story(FIRE, "Fire at the harbour"))
    for name, text, site in (("a", WHOLE, "Port Post"), ("b", reprint(WHOLE, 4), "Harbour Radio")):
        paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
        (tmp_path / f"{name}.html").write_text(PAGE.format(site=site, text=paragraphs))
        (tmp_path / f"{name}.txt").write_text(f"Fire\n\n{text}")
    return desk


def via(desk: DeskRunner) -> list[list[str]]:
    """Return whom the one source of each development credits."""
    developments = json.loads(desk.output("show", FIRE, "--json"))["developments"]
    return [item["sources"][0]["via"] for item in developments]


@pytest.mark.slow
def test_reprint_of_a_recorded_source_adds_its_outlet(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("read", str(tmp_path / "a.html"), "--story", FIRE)
    desk.output("take", "1", "--headline", "Fire in the old wing")
    result = desk.run("read", str(tmp_path / "b.html"), "--story", FIRE)
    assert "Another printing of d1's source in harbour-fire (draft 1): " in result.stderr
    shown = desk.output("inbox", "show", "2")
    assert "It is no second source. To add its outlet to that source: writethru take 2 --reprint" in shown
    assert f"\n  | {WHOLE.split()[0]} " in shown
    [other] = json.loads(desk.output("inbox", "show", "2", "--json"))["reprints"]
    assert (other["draft"], other["story"], other["development"]) == (1, FIRE, "d1")
    desk.output("take", "2", "--reprint")
    assert via(desk) == [["Harbour Radio"]]
    assert "recorded before" in desk.output("take", "2", "--reprint")
    assert "Nothing waits" in desk.run("inbox").stderr


def test_reprint_of_a_draft_is_not_taken_before_it(desk: DeskRunner, tmp_path: Path) -> None:
    for name in ("a", "b"):
        desk.output("read", str(tmp_path / f"{name}.html"))
    assert "Another printing of draft 1: " in desk.output("inbox", "show", "2")
    assert "Take the draft that it reprints first" in str(desk.run("take", "2", "--reprint").exception)


def test_reprint_of_what_was_undone_is_none_of_a_source(desk: DeskRunner, tmp_path: Path) -> None:
    for name in ("a", "b"):
        desk.output("read", str(tmp_path / f"{name}.html"), "--story", FIRE)
    desk.output("take", "1", "--headline", "Fire in the old wing")
    desk.output("undo", FIRE)
    assert "Another printing of draft 1: " in desk.output("inbox", "show", "2")


def test_reprint_without_an_outlet_asks_for_it(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("read", str(tmp_path / "a.html"), "--story", FIRE)
    desk.output("take", "1", "--headline", "Fire in the old wing")
    desk.output("read", str(tmp_path / "b.txt"))
    assert desk.run("take", "2", "--reprint").exit_code == 2
    assert "names Port Post already" in str(desk.run("take", "2", "--reprint", "--outlet", "Port Post").exception)
    desk.output("take", "2", "--reprint", "--outlet", "Evening Post")
    assert via(desk) == [["Evening Post"]]


def test_reprint_of_a_report_without_sources_is_refused(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("read", str(tmp_path / "a.txt"), "--story", FIRE)
    desk.output("take", "1", "--headline", "Fire in the old wing")
    desk.output("read", str(tmp_path / "b.html"))
    assert "d1 has no source.\n" in str(desk.run("take", "2", "--reprint").exception)


@pytest.mark.parametrize(
    "options", [("--reprint", "--headline", "Fire"), ("--outlet", "Post"), ("--outlet", "Post", "--headline", "Fire")]
)
def test_reprint_is_an_option_of_its_own(desk: DeskRunner, tmp_path: Path, options: tuple[str, ...]) -> None:
    desk.output("read", str(tmp_path / "a.html"), "--story", FIRE)
    assert desk.run("take", "1", *options).exit_code == 2
