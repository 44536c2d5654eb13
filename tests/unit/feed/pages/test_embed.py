"""A story for other people's pages: one small file that asks for nothing, and how to frame it."""

import json
import re
from base64 import b64encode
from hashlib import sha256

import html5lib

from events.wording.redactions import NO_REDACTIONS
from feed.entries.model import Entry
from feed.pages.embed import EMBED_BYTES_MAX, embed_page, oembed
from tests.builders import Scenario, claim
from tests.pages import HOSTILE, MASTER, SITE, UPDATED, a_page, a_story, an_entry, leaked, words_of

SEVEN = tuple(an_entry(f"d{number}", withdrawn=number == 6) for number in range(7, 0, -1))


def an_embed(scenario: Scenario, entries: tuple[Entry, ...] = ()) -> str:
    story = scenario.public().state
    assert story is not None
    page = embed_page(site=SITE, story=story, entries=entries, redactions=NO_REDACTIONS, updated=UPDATED)
    html5lib.HTMLParser(strict=True).parse(page)
    assert len(page) < EMBED_BYTES_MAX
    return page.decode()


def test_embed_has_headline_key_facts_and_five_newest() -> None:
    page = an_embed(a_story().report("d1", leaked(7), by=MASTER).report("d2", leaked(8), by=MASTER), SEVEN)
    assert words_of(page).startswith(
        "Ferry aground Running story · Updated 4 March 2024, 09:20 UTC "
        "Key facts Fuel leaked 7 tonnes → 8 tonnes Single source: Port Authority Latest Told as d7"
    )
    assert re.findall('<li><a href="https://ledger.example/news/stories/ferry/#([^"]+)"', page) == [
        "d7", "d5", "d4", "d3", "d2",
    ]  # fmt: skip
    assert "Read the whole story: The Harbour Ledger" in page


def test_embed_says_that_an_entry_was_edited_since() -> None:
    page = an_embed(a_story().report("d1", leaked()), (an_entry("d2", edited=True), an_entry("d1")))
    assert re.findall("Told as (d[0-9]) [^E]*(edited)?", words_of(page)) != []
    assert words_of(page).count("edited 4 March 2024") == 1


def test_embed_shows_a_denial_with_the_account_that_it_is_of() -> None:
    story = a_story().report("d1", claim("cause", "wind"), by="A (X)").report("d2", claim("cause", "fog"), by="B (Y)")
    story.report("d3", by="C (Z)", disputes=[{"development": "d1", "kind": "denies"}])
    assert "Accounts differ: wind, says A (X) – denied by C (Z)" in words_of(an_embed(story))


def test_embed_of_an_empty_story_is_a_whole_page() -> None:
    page = an_embed(a_story())
    assert "Key facts" not in page
    assert "Latest" not in page


def test_embed_asks_for_nothing_and_runs_nothing() -> None:
    page = an_embed(a_story().report("d1", leaked(), by=MASTER), SEVEN)
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    assert not [element.tag for element in tree.iter() if element.tag in {"script", "img", "iframe", "form"}]
    assert [link.get("rel") for link in tree.iter("link")] == ["canonical"]
    assert {link.get("target") for link in tree.iter("a")} == {"_blank"}
    [style] = [element.text for element in tree.iter("style")]
    assert "url(" not in style
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;" in page.replace("'", "&#39;")


def test_embed_stays_small_whatever_the_texts_are() -> None:
    long = "”&<" * 90
    story = a_story(headline=long)
    for name in "abcdef":
        person = {"name": long, "org": long}
        story.report(f"d-{name}", claim(f"key-{name}", long, literal=long), by=[person])
        story.report(f"e-{name}", claim(f"key-{name}", f"{long}!"), by=[person])
    an_embed(story, tuple(an_entry(entry.anchor, title=long) for entry in SEVEN))


def test_embed_escapes_hostile_text() -> None:
    page = an_embed(a_story(headline=HOSTILE).report("d1", claim("cause", HOSTILE)), (an_entry(title=HOSTILE),))
    assert "<script>" not in page
    assert "<b onclick" not in page


def test_oembed_frames_the_embed() -> None:
    story = a_story(headline='Ferry "Ara" & co').state()
    answer = json.loads(oembed(site=SITE, story=story, entries=()))
    assert (answer["version"], answer["type"], answer["title"]) == ("1.0", "rich", 'Ferry "Ara" & co')
    [frame] = html5lib.parse(answer["html"], namespaceHTMLElements=False).iter("iframe")
    assert frame.get("src") == "https://ledger.example/news/stories/ferry/embed.html"
    assert frame.get("title") == 'Ferry "Ara" & co'
    assert (int(frame.get("width")), int(frame.get("height"))) == (answer["width"], answer["height"])


def test_page_says_how_to_embed_the_story() -> None:
    address = "https://ledger.example/news/stories/ferry/oembed.json"
    assert (f'<link rel="alternate" type="application/json+oembed" title="Ferry aground" href="{address}">') in a_page()
