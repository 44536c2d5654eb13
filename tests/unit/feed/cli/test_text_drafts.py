"""Drafts of texts that others published: `inbox`, `take` and `drop` of what no table has."""

import json
import shlex
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import commands
from events.files.importer import read_events
from feed.cli.text_drafts import text_template
from feed.intake.drafts import TextDraft
from feed.intake.inbox import TEXT_DAYS, Inbox
from feed.reading.model import Field, Kind, Text
from tests.desk import FIRE, NOW, DeskRunner
from tests.texts import FEED, ITEM, QUOTE, opening


class TextDesk(DeskRunner):
    """A newsroom with an open story, and drafts of texts."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.record(opening())

    def add(self, text: Text, story: str = FIRE) -> int | None:
        """Make a draft of a text."""
        with Inbox(self.site.folder) as box:
            return box.add(text, story=story, at=self.clock.now)

    def editor(self, folder: Path, *edits: str) -> str:
        """Return an editor that keeps the template as template.md, and runs these commands of sed on it."""
        editor = folder / "editor.sh"
        commands_ = [f"sed -i '{edit}' \"$1\"" for edit in edits]
        editor.write_text("\n".join(["#!/bin/sh", f"cp \"$1\" '{folder}/template.md'", *commands_, ""]))
        editor.chmod(0o700)
        return shlex.quote(str(editor))

    def reports(self) -> list[dict[str, object]]:
        """Return the reports of the ledger, as they are exported."""
        lines = map(json.loads, self.output("export", FIRE).splitlines())
        return [event for event in lines if event["type"] == "development_reported"]


@pytest.fixture
def desk(tmp_path: Path) -> TextDesk:
    return TextDesk(tmp_path)


def test_text_waits_once_for_each_version(desk: TextDesk) -> None:
    assert [desk.add(ITEM), desk.add(ITEM)] == [1, None]
    assert desk.add(Text(kind="item", address=FEED, name="1", title="Ferry hits quay again")) == 2
    drafts = json.loads(desk.output("inbox", "--json"))
    assert [(draft["kind"], draft["title"]) for draft in drafts] == [
        ("item", "Ferry hits quay"),
        ("item", "Ferry hits quay again"),
    ]
    assert "1  harbour-fire  item: Ferry hits quay  https://radio.example/1" in desk.output("inbox")


def test_show_prints_each_field_beside_what_proves_it(desk: TextDesk) -> None:
    desk.add(ITEM)
    output = desk.output("inbox", "show", "1")
    assert '  source.name: "Harbour Radio"\n    title of the feed: Harbour Radio\n' in output
    assert "  A ferry hit the quay.\n\n  Two people are hurt." in output
    shown = json.loads(desk.output("inbox", "show", "1", "--json"))
    assert shown["fields"][3]["sentence"] == '"Two are hurt," Ana Ruiz said.'
    assert shown["published"] == ITEM.published


def test_take_opens_a_template_with_the_evidence(desk: TextDesk, tmp_path: Path) -> None:
    desk.add(ITEM)
    desk.output("take", "1", EDITOR=desk.editor(tmp_path, 's/headline: ""/headline: "Ferry hits the quay"/'))
    template = (tmp_path / "template.md").read_text()
    assert 'headline: ""\n' in template
    assert "    # title of the feed: Harbour Radio\n    name: " in template
    assert '  # quote: "Two are hurt," Ana Ruiz said.\n  - {"text": "Two are hurt."' in template
    [report] = desk.reports()
    assert report["id"] == ITEM.event_id
    assert report["sources"] == [
        {"name": "Harbour Radio", "url": "https://radio.example/1", "via": ["Port Wire"]},
    ]
    assert report["quotes"] == [QUOTE.value]
    assert "Nothing waits" in desk.run("inbox").stderr


def test_take_with_a_headline_records_no_field_unread(desk: TextDesk) -> None:
    desk.add(ITEM)
    desk.output("take", "1", "--headline", "Ferry hits the quay")
    [report] = desk.reports()
    assert ("sources" in report, "quotes" in report) == (True, False)


def test_template_that_is_saved_as_it_was_records_nothing(desk: TextDesk, tmp_path: Path) -> None:
    desk.add(ITEM)
    result = desk.run("take", "1", EDITOR=desk.editor(tmp_path, "s/^---$/--- /"))
    assert "headline" in str(result.exception)
    assert "take 1 -f " in result.stderr
    assert desk.reports() == []
    assert len(json.loads(desk.output("inbox", "--json"))) == 1


def test_edited_text_that_was_refused_is_taken_from_its_file(desk: TextDesk, tmp_path: Path) -> None:
    desk.add(ITEM)
    edit = 's/headline: ""/headline: "Ferry hits"\\ndisputes: [{development: d9, kind: denies}]/'
    refused = desk.run("take", "1", EDITOR=desk.editor(tmp_path, edit))
    file = Path(shlex.split(refused.stderr.split(" -f ")[1])[0])
    file.write_text(file.read_text().replace("disputes: [{development: d9, kind: denies}]\n", ""))
    desk.output("take", "1", "-f", str(file))
    file.unlink()
    assert [report["headline"] for report in desk.reports()] == ["Ferry hits"]


def test_text_of_an_editor_that_died_is_taken_from_its_file(desk: TextDesk, tmp_path: Path) -> None:
    desk.add(ITEM)
    editor = desk.editor(tmp_path, 's/headline: ""/headline: "Ferry hits"/')
    with (tmp_path / "editor.sh").open("a") as script:
        script.write("kill -9 $$\n")
    result = desk.run("take", "1", EDITOR=editor)
    file = Path(shlex.split(str(result.exception).split(" -f ")[1])[0])
    assert (result.exit_code, desk.reports()) == (1, [])
    desk.output("take", "1", "-f", str(file))
    file.unlink()
    assert [report["headline"] for report in desk.reports()] == ["Ferry hits"]


def test_editor_that_does_not_start_leaves_no_file(desk: TextDesk, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    desk.add(ITEM)
    before = sorted(tmp_path.iterdir())
    assert "Editing failed" in str(desk.run("take", "1", EDITOR="/no/editor").exception)
    assert sorted(tmp_path.iterdir()) == before


def test_draft_that_somebody_else_took_meanwhile_is_named(desk: TextDesk, monkeypatch: Any) -> None:
    def edit_slowly(template: str, **_: str) -> bytes:
        desk.record(commands.report(FIRE, "Other", id=ITEM.event_id))
        return template.replace('headline: ""', 'headline: "Ferry hits"').encode()

    desk.add(ITEM)
    monkeypatch.setattr("feed.cli.commands.inbox.edit_text", edit_slowly)
    result = desk.run("take", "1")
    file = Path(shlex.split(str(result.exception).split(" -f ")[1])[0])
    assert "somebody else took draft 1 meanwhile" in str(result.exception)
    assert 'headline: "Ferry hits"' in file.read_text()
    file.unlink()
    assert [report["headline"] for report in desk.reports()] == ["Other"]


def test_draft_without_a_story_needs_one(desk: TextDesk, tmp_path: Path) -> None:
    desk.add(ITEM, story="")
    assert desk.run("take", "1", "--headline", "Ferry hits").exit_code == 2
    editor = desk.editor(tmp_path, 's/headline: ""/headline: "Ferry hits"/', f's/^story: ""/story: {FIRE}/')
    desk.output("take", "1", EDITOR=editor)
    assert f"such as: {FIRE}" in (tmp_path / "template.md").read_text()
    assert [report["headline"] for report in desk.reports()] == ["Ferry hits"]


def test_take_with_a_story_needs_no_other(desk: TextDesk) -> None:
    desk.add(ITEM, story="")
    desk.output("take", "1", "--headline", "Ferry hits", "--story", FIRE)
    assert len(desk.reports()) == 1


def test_text_cannot_be_retracted(desk: TextDesk) -> None:
    desk.add(ITEM)
    assert desk.run("take", "1", "--retract", "Wrong.").exit_code == 2
    assert desk.run("take", "1", "--retract", "Wrong.", "--headline", "Ferry").exit_code == 2


def test_dropped_text_is_refused_and_does_not_come_again(desk: TextDesk) -> None:
    desk.add(ITEM)
    desk.output("drop", "1")
    assert desk.add(ITEM) is None
    assert "draft 1 was dropped before" in str(desk.run("take", "1", "--headline", "Ferry").exception)


def test_draft_that_was_recorded_is_not_dropped(desk: TextDesk) -> None:
    desk.add(ITEM)
    desk.output("take", "1", "--headline", "Ferry hits")
    with sqlite3.connect(desk.site.folder / "inbox.db") as connection:  # as if `take` was killed before it said so
        connection.execute("UPDATE drafts SET state = 'new'")
    connection.close()
    assert "draft 1 was taken before" in str(desk.run("drop", "1").exception)


def test_long_note_and_missing_title_are_said_in_short(desk: TextDesk) -> None:
    desk.add(Text(kind="item", address=FEED, name="1", text="Two hurt.", note="Left out: menu " * 40))
    line = desk.output("inbox")
    assert "item: Two hurt." in line
    assert len(line) < 250
    assert desk.output("inbox", "show", "1").splitlines()[1] == "  item: (without a title)"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [(("inbox", "2"), "inbox show"), (("source", "ls"), "source add, source list, source remove")],
)
def test_command_that_a_group_lacks_names_those_that_it_has(
    desk: TextDesk, arguments: tuple[str, ...], names: str
) -> None:
    result = desk.run(*arguments)
    assert (result.exit_code, f"there is no command '{arguments[1]}' here. Run: {names}\n" in result.output) == (
        2,
        True,
    )


def test_old_text_is_purged_and_its_draft_dropped(desk: TextDesk) -> None:
    desk.add(ITEM)
    with Inbox(desk.site.folder) as box:
        assert box.purge(NOW + timedelta(days=TEXT_DAYS)) == 0
        assert box.purge(NOW + timedelta(days=TEXT_DAYS, seconds=1)) == 1
        assert box.drafts() == []
    assert b"quay.\n\nTwo people" not in (desk.site.folder / "inbox.db").read_bytes()
    assert desk.add(ITEM) is None


def test_old_words_of_others_are_all_deleted(desk: TextDesk) -> None:
    words = "The ferry sank."
    field = Field("changed", {"was": "", "now": words}, words, "sentence that is new")
    for kind in get_args(Kind):
        desk.add(Text(kind=kind, address=FEED, name=kind, title=words if kind == "change" else "Fire", fields=(field,)))
        desk.add(Text(kind=kind, address=FEED, name=f"{kind} 2", title="Fire", note=f"Left out: {words}"))
    later = NOW + timedelta(days=TEXT_DAYS, seconds=1)
    with Inbox(desk.site.folder) as box:
        assert box.purge(later) == 2 * len(get_args(Kind))
    assert words.encode() not in (desk.site.folder / "inbox.db").read_bytes()


def test_purge_of_nothing_old_does_not_write(desk: TextDesk) -> None:
    desk.add(ITEM)
    desk.add(Text(kind="item", address=FEED, name="2", title="Ferry sinks"))
    later = NOW + timedelta(days=TEXT_DAYS, seconds=1)
    with Inbox(desk.site.folder) as box:
        box.purge(later)
        changes = box.connection.total_changes
        assert (box.purge(later), box.connection.total_changes) == (0, changes)
        with closing(sqlite3.connect(box.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert box.purge(later) == 0


_words = st.text(max_size=60)


@pytest.mark.slow
@given(title=_words, text=_words, sentence=_words, name=_words.filter(lambda text: text.strip().isprintable()))
def test_any_text_makes_a_template_that_is_read_again(title: str, text: str, sentence: str, name: str) -> None:
    fields = (Field("source.name", f"x{name.strip()}", sentence, "rule"), Field("happened", "2015-01-24", text, "date"))
    content = Text(kind="item", address=FEED, name="1", title=title, text=text, note=sentence, fields=fields)
    draft = TextDraft(number=1, id=content.event_id, state="new", story=FIRE, made_us=0, content=content)
    template = text_template(draft, story=FIRE, stories=[])
    assert '\nheadline: ""\n' in template
    data = template.replace('headline: ""', 'headline: "Ferry"').encode(errors="replace")
    [item] = read_events(data, name="draft.md", story=FIRE)
    assert item.event.story == FIRE
    assert item.event.model_dump(mode="json", include={"sources"})["sources"][0]["name"] == f"x{name.strip()}"


def test_take_without_a_terminal_says_what_to_give_instead(desk: TextDesk, monkeypatch: Any) -> None:
    monkeypatch.setattr("click.edit", lambda **_: pytest.fail("an editor was opened"))
    desk.add(ITEM)
    refused = str(desk.run("take", "1", EDITOR="", VISUAL="").exception)
    assert "draft 1: edit: there is no terminal in which an editor could open." in refused
    assert 'Use one of: writethru take 1 --headline "HEADLINE", writethru take 1 -f FILE' in refused


class TestUndone:
    """The report of a draft was undone: the draft waits again."""

    @pytest.fixture
    def desk(self, desk: TextDesk) -> TextDesk:
        desk.add(ITEM)
        desk.output("take", "1", "--headline", "Ferry hits the quay")
        assert "Draft 1 waits in the inbox again." in desk.run("undo", FIRE).stderr
        return desk

    def test_draft_is_taken_again_as_another_event(self, desk: TextDesk) -> None:
        assert [draft["number"] for draft in json.loads(desk.output("inbox", "--json"))] == [1]
        desk.output("take", "1", "--headline", "Ferry hits the old quay")
        assert [report["id"] for report in desk.reports()] == [ITEM.event_id, f"{ITEM.event_id}.2"]
        assert "recorded before" in desk.output("take", "1", "--headline", "Ferry hits the old quay")
        assert "Nothing waits" in desk.run("inbox").stderr
        desk.output("undo", FIRE)
        desk.output("take", "1", "--headline", "Ferry hits the quay")
        assert [report["id"] for report in desk.reports()][2:] == [f"{ITEM.event_id}.3"]

    def test_take_that_was_killed_records_once_when_repeated(self, desk: TextDesk) -> None:
        desk.output("take", "1", "--headline", "Ferry hits the old quay")
        with Inbox(desk.site.folder) as box:  # as if it was killed before it said so
            box.mark(box.draft(1), "new")
        assert "recorded before" in desk.output("take", "1", "--headline", "Another headline")
        assert len(desk.reports()) == 2
        assert "Nothing waits" in desk.run("inbox").stderr

    def test_draft_can_be_dropped(self, desk: TextDesk) -> None:
        desk.output("drop", "1")
        desk.record(commands.report(FIRE, "Two hurt"), commands.undo(FIRE))
        assert "Nothing waits" in desk.run("inbox").stderr


@pytest.mark.parametrize("look", [("inbox", "--json"), ("inbox", "show", "1", "--json")])
def test_undo_of_another_program_lets_a_draft_wait_again(desk: TextDesk, look: tuple[str, ...]) -> None:
    desk.add(ITEM)
    desk.output("take", "1", "--headline", "Ferry hits the quay")
    assert json.loads(desk.output("inbox", "--json")) == []
    desk.record(commands.undo(FIRE, development="d1"))
    assert '"state": "new"' in desk.output(*look)


def test_undo_makes_no_inbox(desk: TextDesk) -> None:
    desk.record(commands.report(FIRE, "Two hurt"))
    assert desk.run("undo", FIRE).exit_code == 0
    assert not (desk.site.folder / Inbox.FILE).exists()
