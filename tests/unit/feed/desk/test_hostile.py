"""Hostile texts in every field of the desk's forms: refused, or recorded as they are and shown as text."""

from pathlib import Path

import html5lib
import pytest

from events.system import uuid7
from feed.desk.compose import FIELDS
from feed.newsroom import Newsroom
from tests import feeds, pages
from tests.desk_forms import sheet
from tests.editor import XHTML, Editor, Screen, editor_at
from tests.sites import a_site

TEXTS = (
    pages.HOSTILE,
    feeds.HOSTILE,
    "javascript:alert(1)",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "{{ 7*7 }}{% for x in y %}",
    "</textarea><script>alert(1)</script>",
    "\u202egnp\u202c\u2066",
    "a\x00b",
    "=cmd|' /C calc'!A0",
    "x" * 20_000,
)
OWN = {f"{XHTML}script": 1, f"{XHTML}link": 3}
"""How many of the elements that may run or load something are ours, on each page."""


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    site, _ = a_site(Path(tmp_path_factory.mktemp("room")) / "room", "fire")
    return editor_at(Newsroom.open(site.folder, clock=site.clock))


def assert_harmless(screen: Screen) -> None:
    elements = list(html5lib.parse(screen.text).iter())
    tags = [element.tag for element in elements]
    assert {tag: tags.count(tag) for tag in OWN} == OWN
    assert not {f"{XHTML}{tag}" for tag in ("img", "svg", "iframe", "object", "style", "base")} & set(map(str, tags))
    names = {name for element in elements for name in element.attrib}
    assert not [name for name in names if str(name).startswith("on")]
    addresses = [element.get("href") or element.get("src") or element.get("action") or "" for element in elements]
    assert not [address for address in addresses if "script:" in address]


@pytest.mark.slow
@pytest.mark.parametrize("field", [*FIELDS, "fact:hurt", "resolve:ferries", "fact:<b>", "seen", "event_id"])
def test_hostile_text_in_a_report_is_only_text(editor: Editor, field: str) -> None:
    form = sheet(editor, "stories/fire/").values | {"headline": f"A report of {field[:4]}"}
    for text in TEXTS:
        answer = editor.post("stories/fire/", form | {"event_id": str(uuid7()), field: text})
        assert answer.status in {303, 409, 422}
        if answer.status != 303:
            assert_harmless(answer)
    assert_harmless(editor.get("stories/fire/"))


@pytest.mark.slow
@pytest.mark.parametrize("field", ["headline", "story", "summary", "subjects", "language", "embargoed_until"])
def test_hostile_text_in_an_opening_is_only_text(editor: Editor, field: str) -> None:
    for number, text in enumerate(TEXTS):
        fields = {"headline": "A story", "story": f"{field.replace('_', '-')}-{number}", field: text}
        answer = editor.post("open", {"event_id": str(uuid7()), **fields})
        assert answer.status in {303, 422}
        if answer.status == 422:
            assert_harmless(answer)
    assert_harmless(editor.get(""))
