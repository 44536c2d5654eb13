"""A story's pages: the newest entries on the first, older ones on numbered pages that stay, each with its address."""

import json
import re
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl

from events import commands
from events.wording.catalogue import STANCES
from feed.pages.asset import asset
from feed.pages.history import EMBEDDED_BYTES_MAX
from feed.pages.paging import PAGE_ENTRIES, anchor_runs
from tests.builders import STORY, Scenario, claim
from tests.golden.stories import stories, story
from tests.pages import files, reports


def articles(page: bytes) -> list[str]:
    """Return the anchors of the entries of the timeline; the newest is a line there, and in full above."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    [timeline] = [element for element in tree.iter("div") if element.get("id") == "~entries"]
    return [element.get("data-entry") or element.get("id") for element in timeline.iter("article")]


def test_story_of_a_hundred_entries_has_one_page() -> None:
    made = files(reports(PAGE_ENTRIES))
    assert not [path for path in made if path.startswith("page/")]
    assert articles(made["index.html"]) == [f"d{number}" for number in range(PAGE_ENTRIES, 0, -1)]
    assert b"Older entries" not in made["index.html"]


@pytest.mark.slow
def test_older_entries_are_on_linked_numbered_pages() -> None:
    made = files(reports(2 * PAGE_ENTRIES + 30))
    assert [path for path in made if path.startswith("page/")] == ["page/0001.html", "page/0002.html"]
    assert articles(made["page/0001.html"]) == [f"d{number}" for number in range(100, 0, -1)]
    assert articles(made["index.html"]) == [f"d{number}" for number in range(230, 130, -1)]
    first = made["index.html"].decode()
    assert 'class="moved" id="d7" href="page/0001.html#d7"' in first
    assert 'class="moved" id="d117" href="page/0002.html#d117"' in first
    assert "~further" not in first
    assert 'href="0001.html">older: page 1</a>' in made["page/0002.html"].decode()
    assert "older:" not in made["page/0001.html"].decode()


@pytest.mark.slow
def test_report_on_an_older_page_is_linked_there() -> None:
    scenario = Scenario().report("old", claim("dead", 2))
    for number in range(2 * PAGE_ENTRIES):
        scenario.report(f"d{number}")
    assert 'class="to-report" href="page/0001.html#old"' in files(scenario)["index.html"].decode()


@pytest.mark.slow
def test_page_stays_small_however_long_its_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.pages.build.MOVED_MAX", 40)
    first = files(reports(2 * PAGE_ENTRIES + 50))["index.html"].decode()
    assert first.count('class="moved"') == 40
    assert 'class="moved" id="d150"' in first
    stated = first.partition('id="~further">')[2].partition("</script>")[0]
    assert json.loads(stated) == {"page/0001.html": [["d", 1, 100]], "page/0002.html": [["d", 101, 110]]}


@pytest.mark.slow
@given(st.lists(st.from_regex(r"(d|e5)?[0-9]{0,2}(-x)?", fullmatch=True)))
def test_anchor_runs_name_each_anchor_in_order(anchors: list[str]) -> None:
    runs = anchor_runs(anchors)
    names = [
        run if isinstance(run, str) else [f"{run[0]}{number}" for number in range(run[1], run[2] + 1)] for run in runs
    ]
    assert [name for named in names for name in ([named] if isinstance(named, str) else named)] == anchors


def test_anchors_with_leading_zeros_keep_them() -> None:
    assert anchor_runs(["d8", "d9", "d10", "d011", "o'hare", "d12"]) == [
        ("d", 8, 10),
        ("d0", 11, 11),
        "o'hare",
        ("d", 12, 12),
    ]


@pytest.mark.slow
def test_full_page_changes_only_with_its_entries() -> None:
    scenario = reports(PAGE_ENTRIES + 5)
    before = files(scenario)
    after = files(scenario.report("more").correct("d103", headline="Better"))
    assert after["page/0001.html"] == before["page/0001.html"]
    corrected = files(scenario.correct("d7", headline="Mended"))
    assert corrected["page/0001.html"] != before["page/0001.html"]
    assert "d7" in articles(corrected["index.html"])


def test_pinned_entry_of_an_older_page_leads_the_first_page() -> None:
    scenario = reports(PAGE_ENTRIES + 5).record(commands.pin(STORY, "d3"))
    assert articles(files(scenario)["index.html"])[0] == "d3"


def test_latest_has_the_newest_in_full_and_two_before_as_lines() -> None:
    scenario = reports(5).retract("d4", reason="Never said.")
    page = files(scenario)["index.html"].decode()
    latest = page.partition('<section class="recent"')[2].partition("</section>")[0]
    assert re.findall('<article [^>]*id="([^"]+)"', latest) == articles(page.encode())[:1]
    assert "Never said." in latest
    assert re.findall('class="line-entry"><a href="#([^"]+)"', latest) == ["d5", "d3"]
    assert "All 6 updates" in latest
    assert page.count('id="d5"') == 1


def test_number_that_moves_has_its_chart_and_its_table() -> None:
    scenario = Scenario().report("d1", claim("hurt", {"min": 1, "max": 4})).report("d2", claim("hurt", 6))
    assert '<svg class="chart"' not in files(scenario)["index.html"].decode()
    page = files(scenario.report("d3", claim("hurt", 7)))["index.html"].decode()
    assert '<svg class="chart"' in page
    assert '<rect class="chart-band"' in page
    assert '<table class="steps">' in page


@pytest.mark.slow
def test_short_history_is_embedded_and_a_long_one_is_not() -> None:
    short, large = files(reports(3)), files(reports(99, facts=[claim(f"key-{number}", 1) for number in range(10)]))
    long = files(reports(PAGE_ENTRIES))
    assert len(short["history.json"]) < EMBEDDED_BYTES_MAX < len(large["history.json"])
    assert 'id="~history"' in short["index.html"].decode()
    assert 'id="~history"' not in large["index.html"].decode()
    assert 'id="~history"' not in long["index.html"].decode()
    rows = json.loads(short["history.json"])["items"]
    assert [row.get("entry") for row in rows] == [None, "d1", "d2", "d3"]


def test_history_has_neither_value_nor_time_of_a_withdrawn_claim() -> None:
    stated = claim("hurt", 4, as_of="2026-02-28")
    [fact] = _facts(files(Scenario().report("d1", stated)))
    assert (fact["value"], fact["as_of"]) == ("4", "as of 28 February 2026")
    for fact in _facts(files(Scenario().report("d1", stated).retract("d1", reason="Never said."))):
        assert "as_of" not in fact
        assert fact["value"] != "4"


def _facts(made: dict[str, bytes]) -> list[dict[str, Any]]:
    rows = json.loads(made["history.json"])["items"]
    return [row["set"]["fact:hurt"] for row in rows if row.get("set", {}).get("fact:hurt")]


def test_history_has_the_date_of_an_archived_report() -> None:
    story = Scenario().report("d1", published_at="2024-03-01T09:00:00Z").report("d2")
    rows = json.loads(files(story)["history.json"])["items"]
    assert [row.get("dated") for row in rows] == [None, "2024-03-01T09:00:00Z", None]


def test_page_script_has_no_words_for_stances() -> None:
    """It lays out those of history.json: events.wording is the one place for them."""
    script = asset("page.js")[1].decode().casefold()
    assert [term for term in STANCES.values() if term.text.casefold() in script] == []


# JSON-LD, held to what schema.org and search engines expect.


class _Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    type: str = Field(alias="@type")


class _Organization(_Thing):
    name: str
    url: HttpUrl = Field(strict=False)


class _Posting(_Thing):
    id: str = Field(alias="@id")
    url: HttpUrl = Field(strict=False)
    headline: str = Field(min_length=1)
    date_published: AwareDatetime = Field(alias="datePublished", strict=False)
    date_modified: AwareDatetime = Field(alias="dateModified", strict=False)
    author: _Organization


class _Update(_Posting):
    article_body: str = Field(alias="articleBody", min_length=1)


class _Comment(_Thing):
    url: HttpUrl = Field(strict=False)
    text: str
    date_published: AwareDatetime = Field(alias="datePublished", strict=False)


class _LiveBlog(_Posting):
    context: str = Field(alias="@context", pattern="^https://schema.org$")
    main: HttpUrl = Field(alias="mainEntityOfPage", strict=False)
    description: str | None = None
    image: HttpUrl | None = Field(default=None, strict=False)
    language: str | None = Field(default=None, alias="inLanguage")
    keywords: list[str] | None = None
    begins: AwareDatetime = Field(alias="coverageStartTime", strict=False)
    ends: AwareDatetime | None = Field(default=None, alias="coverageEndTime", strict=False)
    publisher: _Organization
    part_of: _Organization = Field(alias="isPartOf")
    updates: list[_Update] = Field(alias="liveBlogUpdate")
    corrections: list[_Comment] | None = Field(default=None, alias="correction")


def live_blog(page: bytes) -> _LiveBlog:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    [data] = [element.text for element in tree.iter("script") if element.get("type") == "application/ld+json"]
    return _LiveBlog.model_validate_json(data)


@pytest.mark.slow
@pytest.mark.parametrize("name", stories())
def test_every_golden_story_is_a_live_blog_to_machines(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    recording = story(name).record(tmp_path_factory.mktemp(name) / "newsroom")
    recording.site.publish()
    for page in recording.site.root.rglob("*.html"):
        html5lib.HTMLParser(strict=True).parse(page.read_bytes())
    blog = live_blog((recording.site.root / f"stories/{recording.story}/index.html").read_bytes())
    assert blog.type == "LiveBlogPosting"
    assert blog.begins <= blog.date_modified
    entries = recording.entries(recording.ends_at)
    assert {str(update.id) for update in blog.updates} == {entry.id for entry in entries[:50]}
    wrong = [entry for entry in entries if entry.kind in {"correction", "retraction"}]
    assert len(blog.corrections or []) == len(wrong)
    assert (blog.ends is None) == (recording.state().status == "open")


def test_hostile_headline_ends_no_script() -> None:
    scenario = Scenario(headline="</script><script>alert(1)</script>").report("d1", headline="<!--<script>")
    page = files(scenario)["index.html"]
    assert page.count(b"<script") == 3
    assert live_blog(page).headline == "</script><script>alert(1)</script>"


def test_past_moment_names_a_speaker_who_still_counts() -> None:
    scenario = Scenario().report("d1", claim("open", value=False), by="Ana (Port)")
    scenario.report("d2", claim("open", value=False), by="Bo (Line)")
    scenario.report("d3", claim("open", value=False), by="Di (City)")
    scenario.retract("d2").retract("d3")
    rows = json.loads(files(scenario)["history.json"])["items"]
    facts = [row["set"]["fact:open"] for row in rows if row.get("set", {}).get("fact:open")]
    assert {(fact["value"], fact["who"]) for fact in facts} == {("no", "according to Ana (Port)")}
    assert not any("Bo" in str(fact) or "Di" in str(fact) for fact in facts)


def test_past_moment_borrows_no_older_value() -> None:
    scenario = Scenario().report("d1", claim("open", value=False), by="Ana (Port)")
    scenario.report("d2", claim("open", value=True), by="Ana (Port)")
    scenario.report("d3", claim("open", value=False), by="Bo (Line)").retract("d3")
    rows = json.loads(files(scenario)["history.json"])["items"]
    values = [row["set"]["fact:open"]["value"] for row in rows if row.get("set", {}).get("fact:open")]
    assert values == ["no", "yes", "(withdrawn)", "yes"]


def test_past_moment_names_what_was_corrected_to_nothing() -> None:
    scenario = Scenario().report("d1", claim("hurt", 3), claim("dead", 1), by="Ana (Port)")
    rows = json.loads(files(scenario.correct("d1", facts=[claim("dead", 1)]))["history.json"])["items"]
    assert rows[-1]["told"] == ["Hurt: 3 → unknown"]
    assert rows[-1]["set"]["fact:hurt"] is None
    assert "(not shown)" not in str(rows)


def test_page_shows_corrected_text_and_charts_without_odd_ids() -> None:
    scenario = Scenario().report("d1", claim("prisoners.released", 3), body="*Three* men")
    scenario.report("d2", claim("prisoners.released", 4)).report("d3", claim("prisoners.released", 5))
    scenario.correct("d1", body="**Four** men")
    page = files(scenario)["index.html"].decode()
    assert "<del>Three men</del>" in page
    assert '<svg class="chart"' in page
    assert not re.search("<svg[^>]*(id=|labelledby)|<title id=", page)
