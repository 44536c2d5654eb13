"""Entries of stories in other languages: their titles, summaries and content."""

import pytest

from feed.entries.builder import Address
from feed.entries.model import Entry
from feed.entries.story import SiteWords, StoryEntries
from tests.builders import BASE_URL, NEWSROOM, Scenario, claim


def entries(story: Scenario, now: str | None = None, *, site: SiteWords | None = None) -> tuple[Entry, ...]:
    address = Address(newsroom=NEWSROOM, base_url=BASE_URL)
    return StoryEntries(story.public(now), address, site=site or SiteWords()).newest()


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("es", "Plazo vencido: talks (previsto: 3 de marzo de 2026)"),
        ("es-MX", "Plazo vencido: talks (previsto: 3 de marzo de 2026)"),
        ("fr", "En retard\u00a0: talks (prévu\u00a0: 3 mars 2026)"),
        ("de", "Überfällig: talks (fällig: 3. März 2026)"),
        ("ar", "متأخر: \u2068talks\u2069 (موعده 3 مارس 2026)"),
        ("ja", "期限超過：talks（期限：2026年3月3日）"),
        ("fi", "Overdue: talks (due 3 March 2026)"),
    ],
)
def test_notice_is_titled_in_the_language_of_its_story(language: str, title: str) -> None:
    story = Scenario(language=language).report("d1", expects=[{"id": "e1", "what": "talks", "due": "2026-03-03"}])
    assert entries(story, "2026-03-09")[0].title == title


@pytest.mark.parametrize(
    ("language", "text", "title"),
    [
        ("ar", "A380 يهبط", "تصحيح: \u2067A380 يهبط\u2069"),
        ("ar", "حريق", "تصحيح: حريق"),
        ("he", "שריפה", "Correction: \u2068שריפה\u2069"),
        ("en", "Fire", "Correction: Fire"),
    ],
)
def test_text_is_isolated_in_a_title_only_if_it_has_to(language: str, text: str, title: str) -> None:
    story = Scenario(language=language).report("d1", headline=text).correct("d1", body="x")
    assert [entry.title for entry in entries(story) if entry.kind == "correction"] == [title]


def test_story_without_a_language_has_that_of_the_site() -> None:
    [entry] = entries(Scenario().report("d1", claim("hurt", 12_000)), site=SiteWords(language="de"))
    assert "<h4>Was sich geändert hat</h4>" in entry.content
    assert "<strong>Hurt</strong>: 12.000" in entry.content


def test_old_ids_and_dates_do_not_depend_on_the_language() -> None:
    english, arabic = (
        entries(Scenario(language=language).report("d1", claim("hurt", 2)).correct("d1", body="x").retract("d1"))
        for language in ("en", "ar")
    )
    for one, other in zip(english, arabic, strict=True):
        assert (one.id, one.published, one.updated, one.url) == (other.id, other.published, other.updated, other.url)


def test_content_in_arabic_has_its_direction_at_its_root() -> None:
    [entry] = entries(Scenario(language="ar").report("d1", body="Boeing 737"))
    assert entry.content == '<div lang="ar" dir="rtl">\n<p dir="ltr">Boeing 737</p>\n</div>\n'


def test_unnamed_speaker_is_not_called_unnamed_twice() -> None:
    speaker = {"role": "fuente anónima", "named": False, "org": "Puerto"}
    [entry] = entries(Scenario(language="es").report("d1", by=[speaker]))
    assert "<li>fuente anónima, Puerto</li>" in entry.content
