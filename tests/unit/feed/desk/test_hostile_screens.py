"""Hostile texts, on each screen that shows what was recorded, and in each form that comes back refused."""

import html5lib
import pytest

from events import commands
from feed.intake.inbox import Inbox
from feed.newsroom import Newsroom
from feed.reading.model import Field, Text
from tests.desk_forms import sheet
from tests.editor import XHTML, Editor, editor_at
from tests.sites import a_site, record

HOSTILE = (
    "<script>alert(1)</script> \"><img src=x onerror=alert(1)>' </textarea><svg onload=alert(1)> "
    "{{ 7 * 7 }}{% include 'x' %} </title></style><b onclick=alert(1)>"
)
FORMS = (
    "stories/fire/d2/correct",
    "stories/fire/d2/correct?fact=0",
    "stories/fire/d2/hold",
    "stories/fire/d2/retract",
    "stories/fire/d2/redact",
    "stories/fire/revise",
    "stories/fire/close",
    "stories/fire/facts/cause",
    "due/fire/talks?outcome=met",
    "inbox/1",
)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    """Return an editor of a newsroom in which every text is hostile."""
    site, _ = a_site(tmp_path_factory.mktemp("room"), "fire")
    report = commands.report(
        "fire",
        HOSTILE,
        development="d2",
        body=HOSTILE,
        said_by=[{"name": HOSTILE, "role": HOSTILE, "org": HOSTILE}],
        sources=[{"name": HOSTILE, "title": HOSTILE}],
        facts=[{"key": "cause", "value": HOSTILE, "unit": HOSTILE}],
        expects=[{"id": "talks", "what": HOSTILE, "by": HOSTILE, "condition": HOSTILE}],
    )
    record(site, report, commands.revise_story("fire", headline=HOSTILE, facts={"cause": {"label": HOSTILE}}))
    record(site, commands.correct("fire", "d2", {"body": f"{HOSTILE} again"}, HOSTILE))
    texts = dict.fromkeys(("address", "title", "link", "text", "note"), HOSTILE)
    proof = Field("facts", {"key": "cause", "value": HOSTILE}, HOSTILE, HOSTILE)
    with Inbox(site.folder) as box:
        box.add(Text(kind="item", name="1", **texts, fields=(proof,)), story="fire", at=site.clock())
    return editor_at(Newsroom.open(site.folder, clock=site.clock))


def foreign(text: str) -> list[str]:
    """Return the elements and attributes of a page that are not ours."""
    elements = [item for item in html5lib.parse(text).iter() if isinstance(item.tag, str)]
    scripts = [item.get("src", "") for item in elements if item.tag == f"{XHTML}script"]
    tags = [item.tag for item in elements if item.tag.rpartition("}")[2] in {"img", "svg", "b", "style"}]
    handlers = [name for item in elements for name in item.attrib if name.startswith("on")]
    return [*(source for source in scripts if not source.endswith("assets/desk.js")), *tags, *handlers]


@pytest.mark.parametrize("screen", [*FORMS, "stories/fire/facts", "due", "inbox"])
def test_hostile_text_is_text_on_each_screen(editor: Editor, screen: str) -> None:
    answer = editor.get(screen)
    assert (answer.status, foreign(answer.text)) == (200, [])


@pytest.mark.slow
@pytest.mark.parametrize("screen", FORMS)
def test_hostile_text_is_text_in_a_form_that_comes_back(editor: Editor, screen: str) -> None:
    form = sheet(editor, screen)
    names = form.values.keys() - {"event_id", "act"}
    answer = form.send(**{**dict.fromkeys(names, HOSTILE), "level": "typo"})
    assert (answer.status < 500, foreign(answer.text)) == (True, [])
