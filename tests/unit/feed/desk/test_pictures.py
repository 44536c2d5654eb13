"""A picture in the form of a report: one step without script, kept when the form comes back, and refused in words."""

import os
import signal
from pathlib import Path

import pytest
from PIL import Image

from events.model.parts import Media
from feed.desk import pictures
from feed.newsroom import Newsroom
from feed.pictures import BYTES_MAX
from feed.site import Site
from tests.desk_forms import sheet
from tests.editor import Editor, editor_at
from tests.pictures import camera_bytes, names, picture_bytes, saved
from tests.sites import a_site

ALT = {"headline": "Smoke", "alt": 'Smoke "over" the quay', "credit": "Ana Ruiz"}


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    site, _ = a_site(tmp_path / "room", "fire")
    return Newsroom.open(site.folder, clock=site.clock)


@pytest.fixture
def editor(room: Newsroom) -> Editor:
    return editor_at(room)


def media_of(room: Newsroom) -> tuple[Media, ...]:
    with room.ledger() as ledger:
        report = ledger.story("fire").developments[-1].report
    assert report is not None
    return report.media


def stored(room: Newsroom) -> set[str]:
    return {path.name for path in room.media.root.glob("*")}


@pytest.mark.slow
def test_picture_is_recorded_with_its_report(room: Newsroom, editor: Editor) -> None:
    form = sheet(editor, "stories/fire/").values
    answer = editor.upload("stories/fire/", form | ALT, camera_bytes(700, 500))
    assert answer.status == 303
    [picture] = media_of(room)
    assert (picture.alt, picture.credit, picture.width) == (ALT["alt"], "Ana Ruiz", 700)
    assert stored(room) == names(picture)


@pytest.mark.slow
def test_redaction_names_a_picture_by_what_it_shows(room: Newsroom, editor: Editor) -> None:
    editor.upload("stories/fire/", sheet(editor, "stories/fire/").values | ALT, picture_bytes())
    Site.open(room.folder, clock=room.clock).publish()
    with room.ledger() as ledger:
        name = ledger.story("fire").developments[-1].id
    words = editor.get(f"stories/fire/{name}/redact").words
    assert 'goes: “Smoke "over" the quay”' in words or 'go: “Smoke "over" the quay”' in words


@pytest.mark.slow
def test_form_that_comes_back_keeps_its_picture(room: Newsroom, editor: Editor) -> None:
    screen = sheet(editor, "stories/fire/")
    answer = editor.upload("stories/fire/", screen.values | ALT | {"happened": "no date"}, picture_bytes())
    assert answer.status == 422
    again = type(screen)(editor, answer)
    assert again.values["media"].startswith('{"url":"media:')
    assert again.values["alt"] == ""
    assert again.send(happened="").status == 303
    assert [item.alt for item in media_of(room)] == [ALT["alt"]]


@pytest.mark.slow
def test_preview_without_script_keeps_the_picture(editor: Editor) -> None:
    form = sheet(editor, "stories/fire/").values
    answer = editor.upload("stories/fire/preview", form | ALT, picture_bytes())
    assert answer.status == 200
    assert "Smoke &#34;over&#34; the quay" in answer.text
    assert "media:" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "fields", "words"),
    [
        (b"<svg/>", ALT, "none of the kinds"),
        (picture_bytes()[:900], ALT, "damaged"),
        (picture_bytes(), {"headline": "Smoke"}, "needs words"),
        (b"", ALT, "there is no picture"),
        (picture_bytes() + bytes(BYTES_MAX), ALT, "the limit is"),
    ],
)
def test_wrong_picture_is_refused_beside_its_field(
    room: Newsroom, editor: Editor, data: bytes, fields: dict[str, str], words: str
) -> None:
    form = sheet(editor, "stories/fire/").values
    answer = editor.upload("stories/fire/", form | fields, data)
    assert answer.status == 422
    assert words in answer.words
    assert "Smoke" in answer.text
    assert stored(room) == set()


def test_too_large_an_upload_is_cut_off(room: Newsroom, editor: Editor) -> None:
    answer = editor.upload("stories/fire/", ALT, bytes(BYTES_MAX + 2_000_000))
    assert answer.status == 413
    assert stored(room) == set()


def test_picture_that_takes_too_long_is_refused(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ENCODING_S", 0.0)
    form = sheet(editor, "stories/fire/").values
    assert "takes too long" in editor.upload("stories/fire/", form | ALT, picture_bytes()).words


def killed(*_: object) -> None:
    """Do as the system does with a process that takes too much."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_picture_whose_reader_is_killed_is_refused(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "encode_within", killed)
    form = sheet(editor, "stories/fire/").values
    answer = editor.upload("stories/fire/", form | ALT, picture_bytes())
    assert (answer.status, "this picture could not be read" in answer.words) == (422, True)


@pytest.mark.slow
def test_reader_has_no_more_memory_than_its_limit(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MEMORY_MAX", 128 * 1024**2)
    large = saved(Image.new("P", (5_000, 5_000)), "PNG")
    answer = editor.upload("stories/fire/", sheet(editor, "stories/fire/").values | ALT, large)
    assert (answer.status, "too much memory" in answer.words) == (422, True), answer.words


def test_form_without_a_file_is_as_before(room: Newsroom, editor: Editor) -> None:
    form = sheet(editor, "stories/fire/").values
    assert editor.upload("stories/fire/", form | {"headline": "Plain"}, b"", file="").status == 303
    assert media_of(room) == ()


def test_refused_picture_shows_the_field_it_lacks(editor: Editor) -> None:
    form = sheet(editor, "stories/fire/").values
    answer = editor.upload("stories/fire/", form | {"headline": "Smoke"}, picture_bytes())
    assert answer.status == 422
    assert answer.text.count("<details open>") == 2
