"""Sample states, entries and sites for tests of pages, and readers of the pages made of them."""

import json
from datetime import UTC, datetime
from typing import Any

import html5lib

from feed.config import new_config, parse_config
from feed.entries.model import Entry
from feed.pages.build import PageParts, SiteFace, StoryLine, story_page
from feed.pages.history import History
from feed.publishing.render import render_story
from feed.transparency.leaves import StoryLog
from tests.builders import BASE_URL, NEWSROOM, Scenario, claim

CONFIG = parse_config(new_config(NEWSROOM, created_at="2026-03-01T00:00:00Z", base_url=BASE_URL, title="Test desk"))
HOSTILE = "</title><script>alert(\"1\")</script><b onclick='x'>&amp;"
ENTRY_AT = datetime(2024, 3, 4, 9, 20, tzinfo=UTC)
UPDATED = datetime(2024, 3, 7, 12, tzinfo=UTC)
SITE = SiteFace(
    title="The Harbour Ledger",
    description="Running stories.",
    base_url="https://ledger.example/news/",
    language="en",
    author="The desk",
    stylesheet="assets/style-1a2b3c4d.css",
    script="assets/page-1a2b3c4d.js",
    icon="assets/icon-1a2b3c4d.svg",
)
MASTER = "Ines Moreau, harbour master (Port Authority)"
UNION = "Tomas Reyl (Dockworkers' Union)"


def an_entry(anchor: str = "aground", **fields: Any) -> Entry:
    defaults: dict[str, Any] = {
        "id": f"urn:uuid:{anchor}",
        "kind": "report",
        "story": "ferry",
        "anchor": anchor,
        "url": f"https://ledger.example/news/stories/ferry/#{anchor}",
        "title": f"Told as {anchor}",
        "summary": "",
        "content": f"<p>Safe <em>text</em> of {anchor}.</p>",
        "published": ENTRY_AT,
        "updated": ENTRY_AT,
        "touched": ENTRY_AT,
        "listed": 1,
        "language": "en",
    }
    return Entry(**{**defaults, **fields})


def a_story(**header: Any) -> Scenario:
    """Return a story that opens on 4 March 2024."""
    return Scenario("ferry", start="2024-03-04T08:00:00Z", **{"headline": "Ferry aground", **header})


def a_page(
    scenario: Scenario | None = None, entries: tuple[Entry, ...] = (), site: SiteFace = SITE, now: str | None = None
) -> str:
    story = (scenario or a_story()).public(now).state
    assert story is not None
    parts = PageParts(entries=entries)
    page = story_page(site=site, story=story, state=story.as_json(), parts=parts, updated=UPDATED)
    assert_valid(page)
    return page.decode()


def files(scenario: Scenario, now: str | None = None) -> dict[str, bytes]:
    """Return the files of a story, by path in its folder."""
    rendered = render_story(CONFIG, scenario.public(now), StoryLog(updates=(), leaves=()))
    return {file.path.removeprefix(f"stories/{scenario.slug}/"): file.data for file in rendered.files}


def reports(count: int, **fields: Any) -> Scenario:
    """Return a story with so many reports: d1, d2 and so on."""
    scenario = Scenario()
    for number in range(1, count + 1):
        scenario.report(f"d{number}", **fields)
    return scenario


def rows_of(history: History) -> list[dict[str, Any]]:
    """Return the rows of all pages of a history, and of `history.json`."""
    files = [*map(history.page, history.numbered), history.data]
    return [row for file in files for row in json.loads(file)["items"]]


def leaked(value: Any = 8, **fields: Any) -> dict[str, Any]:
    return claim("fuel.leaked", value, **{"unit": "tonnes", **fields})


def assert_valid(page: bytes) -> None:
    """Check what must be true of every page: it parses without an error, ids are unique, fragments lead somewhere."""
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    elements = list(tree.iter())
    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = {element.get("href")[1:] for element in elements if (element.get("href") or "").startswith("#")}
    targets |= {element.get("aria-labelledby") for element in elements if element.get("aria-labelledby")}
    assert targets <= set(ids)
    assert not [element.tag for element in elements if element.tag in {"style", "iframe", "form"}]
    scripts = [element for element in elements if element.tag == "script"]
    data = [element for element in scripts if element.get("type") in {"application/json", "application/ld+json"}]
    assert all(json.loads(element.text) for element in data)
    [script] = [element for element in scripts if element not in data]
    assert script.get("src").endswith(".js")
    assert not script.text
    assert not [name for element in elements for name in element.attrib if name.startswith("on")]
    assert page.endswith(b"</html>\n")


def words_of(page: str) -> str:
    """Return the text of the main element, with single spaces."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return " ".join("".join(tree.find(".//main").itertext()).split())


def headings_of(page: str) -> list[str]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return ["".join(heading.itertext()) for heading in tree.find(".//main").iter("h2")]


def a_line(**fields: Any) -> StoryLine:
    defaults: dict[str, Any] = {"story": "ferry", "headline": "Ferry aground", "status": "open", "updated_at": UPDATED}
    return StoryLine(**{**defaults, **fields})
