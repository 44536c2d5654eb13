"""The direction in which a browser sets each text: that of its story, of a foreign text, or of our words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events import commands
from feed.site import Site
from tests.builders import Clock, claim, newsroom, reconfigured
from tests.server import Server, serving

ARABIC_TEXTS = (
    ("حريق في المرفأ", "rtl"),
    ("A380 يهبط في المرفأ", "rtl"),
    ("BBC: حريق كبير", "rtl"),
    ("“iPhone” في الأسواق", "rtl"),
    ("Reuters وAFP تؤكدان", "rtl"),
    ("12 قتيلا", "rtl"),
    ("12%", "rtl"),
    ("2026-03-02", "rtl"),
    ("(…)", "rtl"),
    ("COVID-19 ينتشر", "rtl"),
    ("שלום", "rtl"),
    ("Boeing 737 MAX", "ltr"),
    ("The Port Authority", "ltr"),
    ("Élysée", "ltr"),
    ("«Le Monde»", "ltr"),
    ("東京", "ltr"),
    ("Привет", "ltr"),
    ("3 Musketeers", "ltr"),
)
ENGLISH_TEXTS = (
    ("Fire at the harbour", "ltr"),
    ("Ynet: שלום", "ltr"),
    ("A380 يهبط", "ltr"),
    ("12%", "ltr"),
    ("حريق في المرفأ", "rtl"),
    ("שלום", "rtl"),
    ("“حريق” في المرفأ", "rtl"),
    ("(1) حريق", "rtl"),
)
URDU_TEXTS = (("آگ", "rtl"), ("PTI آگ", "rtl"), ("PTI", "ltr"), ("100", "rtl"))
TEXTS = {"ar": ARABIC_TEXTS, "en": ENGLISH_TEXTS, "ur": URDU_TEXTS}
DIRECTIONS = "elements => elements.map(element => getComputedStyle(element).direction)"


@pytest.fixture(params=sorted(TEXTS))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(tmp_path: Path, language: str) -> Site:
    """Return a newsroom with a story of the texts: each a headline, a paragraph, a quote, a value and a promise."""
    clock = Clock("2026-03-02T08:00:00Z")
    site = reconfigured(newsroom(tmp_path / "desk", clock), 'language = "en"', f'language = "{language}"')
    with site.ledger() as ledger:
        ledger.append(commands.open_story("story", TEXTS[language][0][0]))
        for number, (text, _) in enumerate(TEXTS[language], start=1):
            promise: dict[str, Any] = {"id": f"e{number}", "what": text, "due": "2026-03-03"}
            quote = {"text": text, "speaker": {"name": text}}
            fact = claim(f"fact{number}", text)
            report = commands.report(
                "story",
                text,
                development=f"d{number}",
                body=f"{text}\n\n{text}",
                facts=[fact],
                expects=[promise],
                quotes=[quote],
            )
            ledger.append(report)
    clock.go("2026-03-05T08:00:00Z")
    site.publish()
    return site


@pytest.fixture
def served(site: Site) -> Iterator[Server]:
    with serving(site.root) as server:
        yield server


def test_texts_have_the_direction_of_their_letters(open_page: Any, served: Server, language: str) -> None:
    page = open_page(f"{served.url}stories/story/index.html")
    for number, (text, direction) in enumerate(TEXTS[language], start=1):
        entry = page.locator(f"#d{number}")
        shown = {
            "headline": entry.locator("h3, .line-entry a"),
            "paragraph": entry.locator(".prose > p"),
            "quote": entry.locator("blockquote"),
            "value": page.locator(f"[id='~fact:fact{number}'] bdi.now"),
            "promise": page.locator(f"[id='~expected:e{number}'] h3"),
        }
        directions = {name: set(locator.evaluate_all(DIRECTIONS)) for name, locator in shown.items()}
        assert directions == {name: {direction} for name in shown}, text


def test_words_of_ours_have_the_direction_of_their_language(open_page: Any, served: Server, language: str) -> None:
    page = open_page(f"{served.url}stories/story/index.html")
    words = page.locator("h2 > span, h2:not(:has(span))")
    # There is no catalogue for Urdu: English words are set from left to right on its page.
    assert set(words.evaluate_all(DIRECTIONS)) == {"rtl" if language == "ar" else "ltr"}
    assert page.locator("html").evaluate("element => getComputedStyle(element).direction") == (
        "ltr" if language == "en" else "rtl"
    )


def test_feed_content_has_the_same_directions(open_page: Any, site: Site, served: Server, language: str) -> None:
    feed = json.loads((site.root / "stories/story/feed.json").read_text(encoding="utf-8"))
    page = open_page(f"{served.url}stories/story/index.html")
    for item in feed["items"]:
        texts = [direction for text, direction in TEXTS[language] if text == item["title"]]
        if not texts:
            continue
        page.evaluate("html => document.body.innerHTML = `<article dir='ltr'>${html}</article>`", item["content_html"])
        shown = page.locator("article > p, article > div > p, blockquote")
        assert set(shown.evaluate_all(DIRECTIONS)) == set(texts), item["title"]
