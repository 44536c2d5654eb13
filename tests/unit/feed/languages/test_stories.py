"""A long story in another script: no English word on its pages or in its feeds that does not say that it is one."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from feed.site import Site
from tests.languages import ARABIC, JAPANESE, PAGE_TEXTS, WORD, latin_words, long_story, shown_words

pytestmark = pytest.mark.slow
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("feed", "corrections", "stories/story/feed")


@pytest.fixture(scope="module", params=sorted(PAGE_TEXTS))
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return long_story(PAGE_TEXTS[request.param], tmp_path_factory.mktemp("newsroom"))


def test_pages_have_no_english_word_outside_of_english(site: Site) -> None:
    pages = sorted(site.root.rglob("*.html"))
    assert len(pages) > 3
    words = {str(page.relative_to(site.root)): latin_words(shown_words(page.read_text("utf-8"))) for page in pages}
    assert words == {str(page.relative_to(site.root)): set() for page in pages}


def test_feeds_have_no_english_word_outside_of_english(site: Site) -> None:
    for name in FEEDS:
        feed = json.loads((site.root / f"{name}.json").read_text(encoding="utf-8"))
        assert WORD.findall(f"{feed['title']} {feed['description']}") == []
        for item in feed["items"]:
            language = item.get("language", feed["language"])
            assert latin_words(shown_words(item["content_html"], language)) == set()
            assert WORD.findall(f"{item['title']} {item.get('summary', '')}") == []


def test_feeds_say_which_language_they_are_in(site: Site) -> None:
    language = site.config.site.language
    for name in FEEDS:
        atom = ET.parse(site.root / f"{name}.atom").getroot()
        assert atom.get("{http://www.w3.org/XML/1998/namespace}lang") == language
        rss = ET.parse(site.root / f"{name}.rss").getroot()
        assert rss.findtext("channel/language") == language


def test_content_of_a_feed_says_its_direction(site: Site) -> None:
    feed = json.loads((site.root / "feed.json").read_text(encoding="utf-8"))
    begins = '<div lang="ar" dir="rtl">' if site.config.site.language == "ar" else "<"
    assert all(item["content_html"].startswith(begins) for item in feed["items"])


def _stories(folder: Path, language: str) -> Iterator[str]:
    """Yield the pages of a short Arabic story for readers of a language without a catalogue."""
    site = long_story(ARABIC, folder / language, updates=30)
    for page in site.root.rglob("*.html"):
        yield page.read_text(encoding="utf-8")


def test_story_without_a_catalogue_marks_english_words(tmp_path: Path) -> None:
    texts = JAPANESE.__class__(**{**JAPANESE.__dict__, "language": "ru"})
    site = long_story(texts, tmp_path / "ru", updates=40)
    for page in site.root.rglob("*.html"):
        marked = [(text, language) for text, language in shown_words(page.read_text("utf-8")) if WORD.search(text)]
        unmarked = {text for text, language in marked if language != "en"}
        assert any(language == "en" for _, language in marked)
        assert unmarked == set()
