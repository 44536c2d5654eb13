"""Remedies at the desk name its buttons and pages, never a command of a shell."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from events import commands
from events.errors import Problem, UnknownStoryError
from feed.cli.program import SECTIONS
from feed.desk.remedies import OPERATOR, at_desk
from feed.newsroom import Newsroom
from tests.desk_forms import sheet
from tests.editor import editor_at
from tests.sites import a_site, record

ROOT = Path(__file__).parents[4]
NAMES = [name for modules in SECTIONS.values() for names in modules.values() for name in names]
ADVICE_MIN = 20
COMMAND = re.compile(rf"writethru (?:{'|'.join(NAMES)})\b")


def advice(module: Path) -> Iterator[str]:
    """Yield the texts of a module that name a command, with x for what is filled in; no docstrings."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    inner = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and node not in inner | docstrings):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)
            if COMMAND.search(text):
                yield text


@pytest.mark.slow
def test_no_advice_names_a_command_at_the_desk() -> None:
    modules = [
        module for folder in ("events", "feed/intake", "feed/people") for module in ROOT.glob(f"{folder}/**/*.py")
    ]
    texts = [text for module in modules if module.name != "lint.py" for text in advice(module)]  # `check` alone lints
    whole = [text for text in texts if "{}" not in text]
    assert len(whole) > ADVICE_MIN
    remedies = {text: at_desk(Problem("", "", "", f"To go on: {text}")).remedy for text in whole}
    assert {text: remedy for text, remedy in remedies.items() if COMMAND.search(remedy)} == {}


@pytest.mark.parametrize(
    ("remedy", "words"),
    [
        ("Reopen it first: writethru reopen fire", "Reopen it first: “Reopen it”, on the page of the story"),
        (
            "Undo that first: writethru undo fire. Or withdraw d1: writethru retract fire d1 --reason REASON",
            "Undo that first: “Undo”, on the page of the story. Or withdraw d1: “Retract”, in its row of the timeline",
        ),
        (
            "For a new link: writethru desk recover 'Ana B. Ruiz'. To see who is there: writethru desk people",
            "For a new link: “Make a new link”, on the page People. To see who is there: the page People",
        ),
        ("It is only a cache. To make it again: writethru rebuild", f"It is only a cache. {OPERATOR}"),
        ("Use a ledger.db that writethru made.", "Use a ledger.db that writethru made."),
    ],
)
def test_remedy_names_what_the_desk_has(remedy: str, words: str) -> None:
    assert at_desk(Problem("", "", "", remedy)).remedy == words


def test_story_that_does_not_exist_leads_to_the_board() -> None:
    [problem] = UnknownStoryError("fire", stories=["mill-fire"]).problems
    assert at_desk(problem).remedy.endswith("To see all: the board. To open it: “Open a story”, on the board")


def test_report_into_a_closed_story_names_the_button(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path / "room", "fire")
    editor = editor_at(Newsroom.open(site.folder, clock=clock))
    form = sheet(editor, "stories/fire/")
    record(site, commands.close_story("fire"))
    fields = form.values | {"headline": "Two hurt"}
    for text in (form.send(headline="Two hurt").text, editor.post("stories/fire/preview?part", fields).text):
        assert "Reopen it first: “Reopen it”, on the page of the story" in text
