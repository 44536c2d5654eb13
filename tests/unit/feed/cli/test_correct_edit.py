"""correct --edit and -f; and what a second correction of one report says of the first."""

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from events.commands import correct, report
from events.errors import RefusedError
from events.files.importer import read_events
from events.files.markdown import write_markdown
from events.model.codec import plain
from events.model.events import DevelopmentReported
from feed.cli.editing import MTIME_STEP_NS
from tests.desk import FIRE, DeskRunner, edit_by
from tests.properties.strategies import AWKWARD, BODIES, MEDIA, QUOTES

FACTS = [{"key": "dead", "value": 1}, {"key": "hurt", "value": 2, "unit": "people"}, {"key": "ships", "value": 3}]
NOTE = ("--note", "The port first said two.")


@pytest.fixture
def hurt(fire: DeskRunner) -> DeskRunner:
    return fire.record(report(FIRE, "Two hurt", development="two", body="By *smoke*.", facts=FACTS))


def editing(patch: pytest.MonkeyPatch, *replacements: tuple[str, str]) -> list[str]:
    """Edit as somebody would who replaces texts; return the list that gets what the editor opened."""
    opened: list[str] = []

    def edit(text: str) -> str:
        opened.append(text)
        for was, now in replacements:
            assert was in text
            text = text.replace(was, now)
        return text

    edit_by(patch, edit)
    return opened


def corrected(desk: DeskRunner) -> dict[str, Any]:
    """Return what the last event sets."""
    with desk.site.ledger() as ledger:
        event = list(ledger.events(FIRE))[-1].event
    assert event.type == "development_corrected"
    return dict(plain(event)["set"])


def test_editor_opens_the_report_as_it_is(hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = editing(monkeypatch, ("Two hurt", "Three hurt"))
    hurt.output("correct", FIRE, "two", "--edit", *NOTE)
    [text] = opened
    assert text.splitlines() == [
        "---",
        "# Change what is wrong, and save. The text (Markdown) is below the second line of dashes.",
        'reported_at: "2015-01-24T08:00:00Z"',
        'headline: "Two hurt"',
        "facts:",
        '  - {"key": "dead", "value": 1}',
        '  - {"key": "hurt", "value": 2, "unit": "people"}',
        '  - {"key": "ships", "value": 3}',
        "---",
        "",
        "By *smoke*.",
    ]
    assert corrected(hurt) == {"headline": "Three hurt"}


def test_edit_records_only_what_differs(hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    editing(monkeypatch, ('"value": 2', '"value": 4'), ("By *smoke*.\n", ""))
    assert "Hurt: 2 people → 4 people" in hurt.output("correct", FIRE, "two", "--edit", *NOTE)
    changed = corrected(hurt)
    assert [*changed["facts"]] == [FACTS[0], FACTS[1] | {"value": 4}, FACTS[2]]
    assert {name: value for name, value in changed.items() if name != "facts"} == {"body": None}


def test_edit_that_changes_nothing_is_refused(hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    editing(monkeypatch)
    result = hurt.run("correct", FIRE, "two", "--edit", *NOTE)
    assert "nothing was changed" in str(result.exception)


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("facts:", "fax:", "there is no field 'fax' here"),
        ("headline:", 'development: "three"\nheadline:', "development cannot be corrected"),
        ("headline:", "type: story_closed\nheadline:", "type"),
        ("Two hurt", "", "is empty"),
    ],
)
def test_edit_that_is_refused_saves_the_text(
    hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch, was: str, now: str, message: str
) -> None:
    editing(monkeypatch, (was, now))
    result = hurt.run("correct", FIRE, "two", "--edit", *NOTE)
    assert message in str(result.exception)
    [saved] = shlex.split(result.stderr.strip().rpartition(" -f ")[2])
    assert now in Path(saved).read_text(encoding="utf-8")


def test_saved_text_is_read_with_f(hurt: DeskRunner, tmp_path: Path) -> None:
    with hurt.site.ledger() as ledger:
        development = ledger.story(FIRE).development("two")
    assert development is not None
    assert development.report is not None
    path = tmp_path / "two.md"
    path.write_text(write_markdown(development.report).replace("Two hurt", "Three hurt"), encoding="utf-8")
    hurt.output("correct", FIRE, "two", "-f", str(path), *NOTE)
    assert corrected(hurt) == {"headline": "Three hurt"}


def test_edit_asks_for_the_note_before_the_editor_opens(hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = editing(monkeypatch)
    assert "--note NOTE" in hurt.run("correct", FIRE, "two", "--edit").output
    assert opened == []


def test_ways_to_correct_exclude_each_other(hurt: DeskRunner) -> None:
    for arguments in ((), ("--edit", "--fact", "hurt=3"), ("--edit", "-f", "x.md"), ("-f", "x.md", "--set", "body=")):
        assert "Give what to correct" in hurt.run("correct", FIRE, "two", *arguments, *NOTE).output


def test_report_that_changes_during_the_edit_is_not_overwritten(
    hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(text: str) -> str:
        hurt.record(correct(FIRE, "two", {"headline": "Four hurt"}, "Miscounted."))
        return text.replace("Two hurt", "Three hurt")

    edit_by(monkeypatch, edit)
    result = hurt.run("correct", FIRE, "two", "--edit", *NOTE)
    assert isinstance(result.exception, RefusedError)
    assert "two was changed while you edited it" in str(result.exception)


@pytest.mark.parametrize("name", ["two", "none"])
def test_what_has_no_text_is_not_edited(hurt: DeskRunner, name: str) -> None:
    hurt.output("retract", FIRE, "two", "--reason", "Wrong.")
    assert name in str(hurt.run("correct", FIRE, name, "--edit", *NOTE).exception)


def test_template_reads_back_as_the_report() -> None:
    for text in (*AWKWARD, "a\u2028b \x85 \U0001f6a2 \u200b", 'x: "y" # z'):
        for body in (*BODIES, None):
            event = report(
                FIRE, " ".join(text.split()), body=body, quotes=QUOTES, media=MEDIA, said_on="2015-01", facts=FACTS,
                disputes=[{"development": "d1", "kind": "denies", "statement": text}],
                expects=[{"id": "e1", "due": None}, {"what": "Ferries", "due": {"literal": "in the coming days"}}],
            )  # fmt: skip
            [incoming] = read_events(write_markdown(event).encode(), name="r.md", story=FIRE)
            assert isinstance(incoming.event, DevelopmentReported)
            fields = {"id": None, "body": body}
            assert plain(incoming.event.model_copy(update=fields)) == plain(event.model_copy(update=fields))


# A second correction.


def test_second_correction_says_which_one_it_replaces(hurt: DeskRunner) -> None:
    hurt.output("correct", FIRE, "two", "--set", "headline=Three hurt", *NOTE)
    result = hurt.run("correct", FIRE, "two", "--set", "headline=Four hurt", *NOTE)
    assert "This replaces a correction by " in result.stderr
    assert ", 2015-01-24T08:00:00Z: headline: Two hurt → Three hurt." in result.stderr
    assert "--expected-version N" in result.stderr


def test_stale_facts_say_which_correction_they_undo(hurt: DeskRunner) -> None:
    hurt.output("correct", FIRE, "two", "--fact", "hurt=3", *NOTE)
    stale = '[{"key":"dead","value":1},{"key":"hurt","value":2,"unit":"people"},{"key":"ships","value":4}]'
    result = hurt.run("correct", FIRE, "two", "--set", f"facts={stale}", *NOTE)
    assert "facts: Hurt: 2 people → Hurt: 3 people." in result.stderr


def test_correction_of_another_fact_replaces_none(hurt: DeskRunner) -> None:
    hurt.output("correct", FIRE, "two", "--fact", "hurt=3", *NOTE)
    assert "This replaces" not in hurt.run("correct", FIRE, "two", "--fact", "dead=2", *NOTE).stderr
    assert "This replaces" not in hurt.run("correct", FIRE, "two", "--set", "body=", *NOTE).stderr


def test_editor_in_which_nothing_is_saved_corrects_nothing(hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_by(monkeypatch, lambda _: None)
    told = str(hurt.run("correct", FIRE, "two", "--edit", *NOTE).exception)
    assert "nothing was saved in the editor, so nothing is recorded." in told


def test_nothing_is_saved_where_files_have_coarse_times(hurt: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    set_times = os.utime

    def set_coarse_times(path: Path, *, ns: tuple[int, int]) -> None:
        set_times(path, ns=(ns[0] // MTIME_STEP_NS * MTIME_STEP_NS, ns[1] // MTIME_STEP_NS * MTIME_STEP_NS))

    monkeypatch.setattr(os, "utime", set_coarse_times)
    edit_by(monkeypatch, lambda _: None)
    error = str(hurt.run("correct", FIRE, "two", "--edit", *NOTE).exception)
    assert "nothing was saved in the editor, so nothing is recorded." in error


def test_text_of_another_type_is_no_correction(hurt: DeskRunner, tmp_path: Path) -> None:
    file = tmp_path / "closing.md"
    file.write_text("---\ntype: story_closed\n---\n")
    told = str(hurt.run("correct", FIRE, "two", "-f", str(file), *NOTE).exception)
    assert "type: a Markdown file holds a development_reported" in told
