"""Mistakes that a newcomer made by following the README: one test each."""

from pathlib import Path

import pytest

from feed.cli.program import run
from tests.builders import Clock, Scenario, claim, newsroom

STORY = "harbour-fire"


@pytest.fixture
def desk(tmp_path: Path) -> str:
    newsroom(tmp_path, Clock())
    folder = str(tmp_path)
    assert run(["-C", folder, "open", STORY, "Fire at the harbour"]) == 0
    return folder


def test_redaction_leaves_no_text_in_the_ledger(desk: str) -> None:
    claims = ["--body", "ZEDBODY", "--fact", 'zed.key="ZEDVALUE"', "--said-by", "A (B)"]
    assert run(["-C", desk, "report", STORY, "ZEDTEXT Child", "--id", "z", *claims, "--publish"]) == 0
    assert run(["-C", desk, "redact", STORY, "z", "--reason", "A court."]) == 0
    assert b"ZED" not in (Path(desk) / "ledger.db").read_bytes()
    assert run(["-C", desk, "publish"]) == 0
    files = [path for path in (Path(desk) / "public").rglob("*") if path.is_file()]
    assert not [path for path in files if b"ZED" in path.read_bytes()]


def test_release_says_whether_an_embargo_still_holds(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", desk, "report", STORY, "Soon", "--id", "s", "--embargo", "9998-01-01T00:00:00Z"]) == 0
    assert run(["-C", desk, "hold", STORY, "s"]) == 0
    capsys.readouterr()
    assert run(["-C", desk, "release", STORY, "s"]) == 0
    assert capsys.readouterr().err == "It is still under embargo, until 9998-01-01T00:00:00Z.\n"
    assert run(["-C", desk, "release", STORY, "s"]) == 0
    assert capsys.readouterr().err == "It is published on the next run.\n"


def test_embargo_in_the_past_is_reported(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", desk, "report", STORY, "Late", "--embargo", "2020-01-01T00:00:00Z"]) == 0
    assert "The embargo ended at 2020-01-01T00:00:00Z: this is published on the next run." in capsys.readouterr().err


def test_failed_publication_says_that_it_was_recorded(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    (Path(desk) / "public").write_text("in the way", encoding="utf-8")
    assert run(["-C", desk, "report", STORY, "Recorded once", "--publish"]) == 3
    assert "Recorded, but not published" in capsys.readouterr().err
    (Path(desk) / "public").unlink()
    assert run(["-C", desk, "publish"]) == 0
    assert "Recorded once" in (Path(desk) / "public" / "stories" / STORY / "feed.atom").read_text(encoding="utf-8")


def test_headline_cannot_be_rewritten_as_a_typo(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", desk, "report", STORY, "Two hurt in the vally", "--id", "v"]) == 0
    rewritten = ["--set", "headline=Mayor arrested for fraud", "--level", "typo"]
    assert run(["-C", desk, "correct", STORY, "v", *rewritten]) == 1
    assert "the headline changes too much for a typo." in capsys.readouterr().err
    assert run(["-C", desk, "correct", STORY, "v", "--set", "headline=Two hurt in the valley", "--level", "typo"]) == 0


def test_key_that_only_a_withdrawn_report_used_is_not_shown() -> None:
    scenario = Scenario().report("a", claim("bribery.charged", "the mayor"), by="P (Police)")
    scenario.report("b", by="L (Lawyer)", disputes=[{"development": "a", "kind": "denies"}]).retract("a")
    texts = "".join(entry.content + entry.summary + entry.title for entry in scenario.entries())
    assert "ribery" not in texts
    assert "(not shown)" not in texts
