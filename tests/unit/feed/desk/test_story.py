"""A story's screen: one line is enough, the preview, what waits, and what is refused."""

from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from feed.newsroom import Newsroom
from tests.desk_forms import sheet
from tests.editor import Editor, editor_at
from tests.sites import a_site, record

LINE = "Two hurt @Ana Ruiz, chief (Port) #hurt=2:people !ferries=met"


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    site, clock = a_site(tmp_path / "room", "fire")
    record(site, commands.report("fire", "Ferries stop", expects=[{"id": "ferries", "what": "ferries run again"}]))
    clock.go(timedelta(seconds=5))
    return Newsroom.open(site.folder, clock=site.clock)


@pytest.fixture
def editor(room: Newsroom) -> Editor:
    return editor_at(room)


def test_one_line_records_a_report(room: Newsroom, editor: Editor) -> None:
    answer = sheet(editor, "stories/fire/").send(headline=LINE)
    assert (answer.status, answer.headers["location"]) == (303, "../../stories/fire/")
    with room.ledger() as ledger:
        story = ledger.story("fire")
    report = story.developments[-1].report
    assert report is not None
    assert (report.headline, [speaker.org for speaker in report.said_by]) == ("Two hurt", ["Port"])
    assert (story.facts["hurt"].fact.current or report).value == 2  # type: ignore[union-attr]
    assert story.expectations[0].outcome == "met"


def test_preview_says_how_a_line_is_read_and_what_it_changes(editor: Editor) -> None:
    form = sheet(editor, "stories/fire/")
    for path in ("stories/fire/preview?part", "stories/fire/preview"):
        text = " ".join(editor.post(path, form.values | {"headline": LINE}).text.split())
        assert "role: chief · organisation: Port" in text
        assert "Hurt: 2 people (one origin: Port; not independently confirmed)" in text
        assert "ferries run again" in text
    assert LINE.replace("#", "#") in editor.post(path, form.values | {"headline": LINE}).words
