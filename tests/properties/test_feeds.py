"""Properties of the output of random stories, and of stories whose every text is hostile."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import feedparser
import html5lib
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from events.model.text import BREAK, UNFIT
from events.public.sequence import public_story
from events.rules import admission
from feed.config import parse_config
from feed.output.check import OutputCheck
from feed.publishing.render import asset_files
from tests.builders import BASE_URL, NEWSROOM, STORY, Scenario, claim
from tests.properties.growth import CONFIG, files_of
from tests.properties.player import Step
from tests.properties.strategies import played, runs, step_lists

FEED = f"stories/{STORY}/feed"
PLAIN = "strong em small del ins ul li br hr h4 h5 h6 table tbody tr pre blockquote figure figcaption p"
SAFE: dict[str, set[str]] = {
    "bdi": {"dir", "lang"},
    **{name: set() for name in PLAIN.split()},
    **{name: {"align", "scope", "class"} for name in ("th", "td", "code")},
    "a": {"href", "type"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
}
"""The elements of which an entry's body may consist, and the attributes that each may have."""
NASTY = (
    "<script>alert(1)</script>", "]]>", "<![CDATA[", "<b onclick=alert(1)>", "<img src=x onerror=alert(1)>", "</title>",
    "</textarea>", "<!--", "-->", "<?xml ?>", "&lt;script&gt;", "&#x3C;", "&amp;amp;", "{{ 7*7 }}", "{% raw %}",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt&colon;alert(1))", "![x](data:text/html,1)", "[x](vbscript:1)",
    "[a]: data:text/html,1\n\n[a]", "<javascript:alert(1)>", '[x](https://a.example/"onmouseover=alert(1))',
    "\u202eright\u202c", "\u2066x\u2069", "\u200f", "\ufeff", "\u0600", "\U0001f5de", "\U000e0001", "é", "e\u0301", "`",
    "'", '"', "\\", "#",
    "https://a.example/?a=1&b=2", "ftp://a.example/", "\t", " ",
)  # fmt: skip
texts = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), min_size=1
).map(lambda parts: _admitted(UNFIT.sub("", "".join(parts)).replace("\r", "")))
lines = texts.map(lambda text: _admitted(BREAK.sub(" ", text).strip()[:300]))


def _admitted(text: str) -> str:
    """Return `text`, or a letter if nothing of it is visible: a new event is refused then."""
    return text if admission.is_visible(text) and not admission.unbalanced_direction(text) else "x"


@runs(300, 10_000)
@given(step_lists(redactions=True))
def test_feeds_of_random_stories_are_well_formed_sorted_and_alike(drawn: list[Step]) -> None:
    scenario = played(drawn)
    public = public_story(STORY, scenario.recorded, now=scenario.clock)
    files = {file.path: file.data for file in [*files_of(public), *asset_files(CONFIG)]}
    assert list(OutputCheck(files, base_url=BASE_URL, now=scenario.clock).problems()) == []
    for path in ("feed", "corrections", *([FEED] if public.state else [])):
        items = json.loads(files[f"{path}.json"])["items"]
        expected = [(item["id"], item["title"], item["url"], item["date_modified"]) for item in items]
        for extension in ("atom", "rss"):
            assert list(_parsed(files[f"{path}.{extension}"])) == expected
        if path != FEED:
            assert [item["date_modified"] for item in items] == sorted((at for *_, at in expected), reverse=True)


def _parsed(data: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Yield (id, title, address, date) of each entry, as feedparser and lxml read them."""
    document = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not document.bozo
    raw = etree.fromstring(data)
    titles = [node.text for node in raw.iter("{*}title") if node.getparent().tag.endswith(("entry", "item"))]
    for entry, title in zip(document.entries, titles, strict=True):
        yield entry.id, title, entry.link, f"{datetime(*entry.updated_parsed[:6]).isoformat()}Z"  # noqa: DTZ001


@runs(100, 5_000)
@given(texts, lines)
def test_hostile_text_is_text_in_every_output(text: str, line: str) -> None:
    story = _story(text, line)
    config = parse_config(
        f'[newsroom]\nid = "{NEWSROOM}"\ncreated_at = "2026-03-01T00:00:00Z"\n'
        f"[site]\nbase_url = {json.dumps(BASE_URL)}\n"
    )
    config = config.model_copy(
        update={"site": config.site.model_copy(update={"title": line, "description": text, "author": line})}
    )
    files = {file.path: file.data for file in [*files_of(story.public(), config), *asset_files(CONFIG)]}
    assert list(OutputCheck(files, base_url=BASE_URL, now=story.clock).problems()) == []
    items = json.loads(files[f"{FEED}.json"])["items"]
    for item in items:
        _assert_safe(item["content_html"])
    assert {entry.title for entry in story.entries()} == {item["title"] for item in items}
    report = next(item for item in items if item["url"].endswith("#d1"))
    assert report["title"] == _headline(story)
    for path, data in files.items():
        if path.endswith(".html"):
            _assert_page_runs_nothing(data)
        if path.endswith((".atom", ".rss")):
            for content in etree.fromstring(data).iter("{*}content", "{*}encoded"):
                _assert_safe(content.text)


def test_body_of_100_kb_goes_out_whole() -> None:
    words = "<script>]]> & \u202e\u202c word " * 4_000
    story = Scenario().report("d1", body=words).report("d2", headline="Short")
    files = {file.path: file.data for file in [*files_of(story.public()), *asset_files(CONFIG)]}
    assert list(OutputCheck(files, base_url=BASE_URL, now=story.clock).problems()) == []
    contents = {
        item["url"].partition("#")[2]: item["content_html"] for item in json.loads(files[f"{FEED}.json"])["items"]
    }
    archived = [data for path, data in files.items() if "/archive/" in path]
    whole = contents.get("d1") or etree.fromstring(archived[0]).findtext("{*}entry/{*}content")
    assert whole is not None
    assert whole.count("&lt;script&gt;]]&gt; &amp; \u202e\u202c word") == 4_000


def _story(text: str, line: str) -> Scenario:
    """Return a story with `text` in every field that takes words; with `line` where the field is one line."""
    speaker = {"name": line, "role": line, "org": line, "origin": line}
    source = {"name": line, "title": line, "url": "https://a.example/?a=1&b='2'", "origin": line, "via": [line]}
    picture = {"url": "https://a.example/p.png", "type": "image/png", "alt": text[:2_000], "credit": line}
    film = picture | {"type": "video/mp4"}
    due = {"edtf": "2026-03-05", "literal": line[:200]}
    story = Scenario(headline=line, summary=text[:2_000], subjects=[line])
    story.report(
        "d1", claim("hurt", 2, unit=line), claim("cause", line, as_of={"edtf": "2026-03", "literal": line[:200]}),
        headline=line, by=[speaker], source=source, body=text, quotes=[{"text": text[:5_000], "speaker": speaker}],
        media=[picture, film],
        expects=[{"id": "e1", "what": line, "by": line, "condition": line, "due": due}],
    )  # fmt: skip
    story.report(
        "d2", claim("hurt", 3, unit=line), headline=line, by=[speaker | {"origin": "Another"}],
        disputes=[{"development": "d1", "kind": "denies", "statement": text[:2_000]}],
        corroborates=[{"development": "d1", "keys": ["cause"], "method": line, "verification": True}],
    )  # fmt: skip
    story.correct("d1", note=text[:2_000], headline=f"{line[:290]} again", body=f"{text}!")
    story.report("d3", headline=line).hold("d3", reason=text[:2_000])
    story.report("d4", headline=line, body=text).retract("d4", reason=text[:2_000], substitute="d1")
    return story.report("d5", headline=line, at="2026-03-08")


def _headline(story: Scenario) -> str:
    report = next(item.report for item in story.state().developments if item.id == "d1")
    assert report is not None
    return report.headline


def _assert_safe(html: str) -> None:
    for element in _elements(html5lib.parseFragment(html, namespaceHTMLElements=False)):
        assert element.tag in SAFE, element.tag
        assert set(element.attrib) <= {"dir", *SAFE[element.tag]}, element.attrib
        for name in {"href", "src"} & set(element.attrib):
            assert element.attrib[name].lower().startswith(("http://", "https://"))


def _assert_page_runs_nothing(page: bytes) -> None:
    for element in _elements(html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)):
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.tag not in {"iframe", "object", "embed", "base"}
        if element.tag == "script":
            data = element.attrib.get("type") in {"application/json", "application/ld+json"}
            assert data or (element.attrib["src"] and not element.text)
        for name in {"href", "src", "action"} & set(element.attrib):
            address = element.attrib[name]
            scheme = address.partition(":")[0].lower()
            assert ":" not in address or address.startswith("#") or scheme in {"http", "https"}, address


def _elements(tree: Any) -> Iterator[Any]:
    yield from (
        element for element in tree.iter() if isinstance(element.tag, str) and element.tag != "DOCUMENT_FRAGMENT"
    )
