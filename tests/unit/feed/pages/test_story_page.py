"""Pages: valid, escaped, complete, and the same bytes each time."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from feed.entries.model import Enclosure
from feed.pages import build as page
from feed.pages.build import PageParts, SiteFace, index_page, older_page, story_page
from feed.pages.templating import check_templates, template_names
from tests.docs import Document
from tests.pages import (
    HOSTILE,
    MASTER,
    SITE,
    UNION,
    UPDATED,
    a_fact,
    a_line,
    a_page,
    a_state,
    an_entry,
    assert_valid,
    headings_of,
    words_of,
)


def test_empty_story_is_a_whole_page() -> None:
    page = a_page()
    assert headings_of(page) == ["Timeline"]
    assert "Nothing has been published yet." in page


def test_head_introduces_the_page_and_its_feeds() -> None:
    page = a_page(a_state(summary="A ferry\nlies on a sandbank.", language="pt-BR"))
    assert '<html lang="pt-BR" dir="ltr" data-page="story">' in page
    assert "<title>Ferry aground – The Harbour Ledger</title>" in page
    assert '<meta name="description" content="A ferry lies on a sandbank.">' in page
    assert '<link rel="canonical" href="https://ledger.example/news/stories/ferry/">' in page
    assert '<link rel="stylesheet" href="../../assets/style-1a2b3c4d.css">' in page
    assert "default-src &#39;none&#39;; style-src &#39;self&#39;" in page
    for extension, media_type in (("atom", "atom+xml"), ("rss", "rss+xml"), ("json", "feed+json")):
        url = f"https://ledger.example/news/stories/ferry/feed.{extension}"
        assert re.search(
            f'<link rel="alternate" type="application/{re.escape(media_type)}" title="[^"]+" href="{url}">', page
        )
        assert page.count(url) == 2  # for machines, and for people


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("he-IL", "rtl"), ("az-Arab", "rtl"), ("ur-Latn", "ltr"), ("en", "ltr")]
)
def test_page_is_written_in_the_direction_of_its_language(language: str, direction: str) -> None:
    assert f'<html lang="{language}" dir="{direction}" ' in a_page(a_state(language=language))


def test_long_summary_is_cut_at_a_word_for_the_description() -> None:
    page = a_page(a_state(summary="word " * 100))
    description = re.search('name="description" content="([^"]*)"', page)
    assert description
    assert description[1].endswith("word …")
    assert len(description[1]) <= 302


def test_sections_stand_in_order() -> None:
    page = a_page(
        a_fact()
        | {
            "expectations": [{"id": "plan", "what": "A plan", "status": "open"}],
            "corrections": [
                {"development": "d1", "field": "body", "level": "correction", "at": "2024-03-05T08:00:00Z"}
            ],
            "sources": [{"name": "Radio", "developments": 1}],
        },
        (an_entry(),),
    )
    assert headings_of(page) == [
        "What is known now", "What is expected", "Timeline", "Corrections", "Sources",
    ]  # fmt: skip


def test_fact_says_value_standing_speaker_and_time() -> None:
    said = words_of(a_page(a_fact(origins=["Port"], said_by=[MASTER], as_of="2024-03-06", development="d1")))
    assert "Fuel leaked 8 tonnes Reported one origin: Port; not independently confirmed" in said
    assert "According to Ines Moreau, harbour master (Port Authority), as of 6 March 2024" in said


def test_unspoken_fact_falls_to_the_outlets_of_its_report() -> None:
    reports = [{"id": "d1", "status": "usable", "sources": [{"name": "Radio"}, {"name": "Radio"}, {"name": "Wire"}]}]
    assert "According to Radio and Wire" in words_of(a_page(a_fact(development="d1") | {"developments": reports}))
    assert "According to an unattributed report" in words_of(a_page(a_fact(development="d1")))


def test_fact_links_to_its_report_where_the_page_has_it() -> None:
    state = a_fact(development="d1", said_by=[MASTER])
    assert 'href="#d1">report</a>' in a_page(state, (an_entry("d1"),))
    assert ">report</a>" not in a_page(state)


def test_unknown_value_has_no_standing() -> None:
    state = a_state(facts={"cause": {"value": None, "withheld_by": [{**MASTER, "as_of": "2024-03-05"}]}})
    said = words_of(a_page(state))
    assert "Cause unknown Withheld by Ines Moreau, harbour master (Port Authority), 5 March 2024" in said
    assert "Reported" not in said


def test_contradiction_stands_side_by_side() -> None:
    said = words_of(
        a_page(
            a_fact(
                standing="disputed",
                said_by=[MASTER],
                contradicted_by=[{"value": {"min": 40}, "as_of": "2024-03-06", "said_by": [UNION]}],
            )
        )
    )
    assert (
        "Ines Moreau, harbour master (Port Authority) says 8 tonnes "
        "Tomas Reyl (Dockworkers' Union) says at least 40 tonnes As of 6 March 2024 Disputed"
    ) in said


def test_doubts_and_verification_are_told_apart() -> None:
    said = words_of(
        a_page(
            a_fact(
                standing="disputed",
                denied_by=[
                    {**UNION, "value": 8, "as_of": "2024-03-06", "development": "d2"},
                    {**UNION, "statement": "No."},
                ],
                unconfirmed_by=[{"org": "Coast Guard"}],
                verified_by=[{"role": "inspector", "own_side": True, "method": "soundings"}],
            )
        )
    )
    assert "Denied by Tomas Reyl (Dockworkers' Union), as to 8 tonnes, 6 March 2024" in said
    assert "Denied by Tomas Reyl (Dockworkers' Union): No." in said
    assert "Cannot be confirmed by Coast Guard" in said
    assert "Verified by inspector (the claimant’s own side, so not independent), by soundings" in said


def test_history_shows_each_step_and_folds_when_long() -> None:
    steps: list[dict[str, Any]] = [
        {"value": {"max": 5}, "as_of": "2024-03-04", "relation": "new", "literal": "little", "development": "d1"},
        {"relation": "withdrawn", "development": "d2"},
        {"value": 8, "as_of": "2024-03-06", "relation": "advances", "development": "d3"},
    ]
    short, long = a_page(a_fact(history=steps)), a_page(a_fact(history=steps * 2))
    assert "4 March 2024 at most 5 tonnes (“little”), first report" in words_of(short)
    assert "withdrawn an unattributed report 6 March 2024 8 tonnes, changed" in words_of(short)
    assert "<details" not in short
    assert "How it moved, in 6 steps" in long
    assert "How it moved" not in a_page(a_fact(history=steps[:1]))


def test_known_facts_come_before_unknown_ones() -> None:
    page = a_page(a_state(facts={"a": {"value": None}, "b": {"value": False, "standing": "reported"}}))
    assert page.index("~fact:b") < page.index("~fact:a")


def test_disputes_name_what_they_are_about() -> None:
    dispute = {"development": "d1", "by_development": "d2", "by": [UNION], "kind": "disagrees", "statement": "Not so."}
    state = a_state(
        disputes=[dispute, {"development": "gone", "by_development": "d2", "kind": "denies"}],
        developments=[
            {"id": "d1", "status": "usable", "headline": "All is well"},
            {"id": "gone", "status": "canceled"},
        ],
    )
    said = words_of(a_page(state))
    assert "Tomas Reyl (Dockworkers' Union) disagrees: All is well Not so." in said
    assert "One report denies this: an earlier report" in said


def test_what_is_overdue_comes_first_and_what_is_settled_last() -> None:
    windows = [
        ("settled", "met", {"edtf": "2024-03-01"}),
        ("worded", "open", {"literal": "soon"}),
        ("undated", "open", None),
        ("from", "pending", {"edtf": "2024-03-20/.."}),
        ("year", "pending", {"edtf": "2024"}),
        ("april", "pending", {"edtf": "2024-03-01/2024-04-09?"}),
        ("late", "overdue", {"edtf": "2024-03-06", "literal": "Wednesday"}),
    ]
    expectations = [
        {"id": name, "what": f"<{name}>", "status": status} | ({"due": due} if due else {})
        for name, status, due in windows
    ]
    page = a_page(a_state(expectations=expectations))
    order = re.findall('data-part="expectation:([a-z]+)"', page)
    assert order == ["late", "april", "year", "from", "undated", "worded", "settled"]
    assert "Overdue was due 6 March 2024 (“Wednesday”)" in words_of(page)
    assert page.index('aria-label="Settled"') > page.index("expectation:worded")


def test_all_settled_leaves_no_empty_list() -> None:
    page = a_page(a_state(expectations=[{"id": "e1", "what": "Tow", "status": "cancelled"}]))
    assert page.count('<ul class="expectations') == 1


def test_expectation_says_who_why_and_how_it_moved() -> None:
    expected = {
        "id": "e1", "what": "Tow", "status": "met_late", "by": "Nordline", "wanted_by": "Kestrel",
        "condition": "calm sea", "due": {"edtf": "2024-03-10"}, "development": "d1", "resolved_by": "d2",
        "history": [{"due": {"edtf": "2024-03-09"}}, {"due": {"edtf": "2024-03-10"}}, {"development": "d1"}],
    }  # fmt: skip
    said = words_of(a_page(a_state(expectations=[expected]), (an_entry("d2"),)))
    assert "Met late due 10 March 2024 Tow" in said
    assert (
        "To be done by Nordline. Wanted by Kestrel. On condition: calm sea. Before: due 9 March 2024. what settled it"
    ) in said


def test_entries_keep_their_order_save_that_pinned_ones_lead() -> None:
    page = a_page(entries=(an_entry("c"), an_entry("b", pinned=True), an_entry("a")))
    assert re.findall('<article [^>]*id="([a-z])"', page) == ["b", "c", "a"]
    assert "Pinned" in page


def test_entry_content_is_shown_as_it_is_and_its_title_escaped() -> None:
    page = a_page(entries=(an_entry(title=HOSTILE, content="<p>Bread &amp; <em>salt</em></p>"),))
    assert "<p>Bread &amp; <em>salt</em></p>" in page
    assert "<script>" not in page


def test_entry_ids_never_meet_the_ids_of_the_page() -> None:
    anchors = ("known", "expected", "changed", "main", "follow", "fact:fuel.leaked", "_A.b:c-1")
    a_page(a_fact(), tuple(an_entry(anchor) for anchor in anchors))


def test_edited_foreign_and_withdrawn_entries_say_so() -> None:
    page = a_page(entries=(an_entry(updated=UPDATED, edited=True, language="ar", withdrawn=True),))
    assert 'edited <time datetime="2024-03-07T12:00:00Z">7 March 2024, 12:00 UTC</time>' in page
    assert "entry-withdrawn" in page
    assert ' lang="ar">' in page


def test_enclosures_are_shown_unless_the_text_shows_them() -> None:
    def enclosed(**fields: Any) -> Enclosure:
        return Enclosure(**{"url": "https://a.example/x", "type": "image/png", "alt": 'A "ship"', **fields})

    page = a_page(
        entries=(
            an_entry(
                content='<p><img src="https://a.example/shown?a=1&amp;b=2" alt=""></p>',
                enclosures=(
                    enclosed(width=640, height=480, credit="Radio"),
                    enclosed(url="https://a.example/bare"),
                    enclosed(url="https://a.example/shown?a=1&b=2"),
                    enclosed(url="https://a.example/sound", type="audio/mpeg", alt="", credit="Wire"),
                    enclosed(url="https://a.example/film", type="video/mp4"),
                    enclosed(url="javascript:alert(1)"),
                ),
            ),
        )
    )
    assert '<img src="https://a.example/x" alt="A &#34;ship&#34;" width="640" height="480" loading="lazy">' in page
    assert '<img src="https://a.example/bare" alt="A &#34;ship&#34;" loading="lazy"></figure>' in page
    assert page.count("https://a.example/shown") == 1
    assert 'type="audio/mpeg" dir="auto">https://a.example/sound</a> (audio/mpeg), <bdi>Wire</bdi>' in page
    assert 'type="video/mp4" dir="auto">A &#34;ship&#34;</a>' in page
    assert "javascript:" not in page


def test_corrections_show_was_and_now_newest_first() -> None:
    place: dict[str, Any] = {"field": "headline", "was": "Bay", "now": "Point", "level": "correction", "note": "Place."}
    speaker: dict[str, Any] = {"field": "said_by", "now": [MASTER], "level": "clarification"}
    corrections = [
        {"development": "d1", "at": "2024-03-05T08:00:00Z", **place},
        {"development": "d1", "at": "2024-03-06T08:00:00Z", **speaker},
        {"development": "d1", "field": "body", "was": "x", "level": "correction"},
        {"development": "gone", "field": "facts", "level": "correction", "at": "2024-03-04T08:00:00Z"},
    ]
    said = words_of(a_page(a_state(corrections=corrections)))
    newer, older = said.index("Clarification of the speakers."), said.index("Correction of the headline.")
    assert newer < older
    assert "Correction of the headline. Place. Was Bay Now Point" in said
    assert "Was nothing Now Ines Moreau, harbour master (Port Authority)" in said
    assert "Was x Now nothing" in said
    assert "Correction of the facts. Correction of the text." in said


def test_sources_list_their_pieces_once_and_credit_upstream() -> None:
    radio = {"name": "Radio", "url": "https://r.example/1", "title": "Aground", "via": ["Wire"]}
    dated = {"name": "Radio", "url": "https://r.example/2", "published_at": "2024-03-04T09:00:00Z"}
    developments = [
        {"id": "d1", "status": "usable", "sources": [radio, dated, {"name": "Bulletin"}]},
        {"id": "d2", "status": "usable", "sources": [radio, {"name": "Bulletin", "url": "javascript:alert(1)"}]},
        {"id": "d3", "status": "withheld", "sources": [{"name": "Radio", "url": "https://r.example/secret"}]},
        {"id": "d4", "status": "usable"},
    ]
    outlets = [{"name": "Radio", "developments": 2}, {"name": "Bulletin", "developments": 1}]
    page = a_page(a_state(developments=developments, sources=outlets))
    said = words_of(page)
    assert "Radio 2 reports; crediting Wire Aground https://r.example/2, 4 March 2024, 09:00 UTC" in said
    assert "Bulletin 1 report" in said
    assert page.count('"https://r.example/1"') == 1
    assert "javascript:" not in page
    assert "secret" not in page


def hostile(value: Any) -> Any:
    """Return `value` with every text of a reporter's turned hostile; ids, keys, dates and terms stay."""
    match value:
        case dict():
            kept = {"id", "story", "status", "standing", "relation", "kind", "level", "field", "at", "as_of", "key",
                    "development", "by_development", "edtf", "url", "published_at", "language", "stance"}  # fmt: skip
            return {name: item if name in kept else hostile(item) for name, item in value.items()}
        case list():
            return [hostile(item) for item in value]
        case str():
            return HOSTILE
    return value


def test_hostile_text_is_text_everywhere() -> None:
    source = {"name": "x", "title": "x", "url": 'https://a.example/?a=1&b="><b>', "via": ["x"]}
    state = a_fact(
        literal="x", origins=["x"], said_by=[MASTER], development="d1", as_of="2024",
        contradicted_by=[{"value": "x", "said_by": [UNION]}], denied_by=[{**UNION, "statement": "x"}],
        verified_by=[{**UNION, "method": "x"}],
        history=[{"value": "x", "relation": "new", "literal": "x"}, {"value": 8, "relation": "advances"}],
    ) | {
        "summary": "x",
        "expectations": [{"id": "e1", "what": "x", "by": "x", "wanted_by": "x", "condition": "x", "status": "open",
                          "due": {"literal": "x"}}],
        "disputes": [{"development": "d1", "by_development": "d1", "by": [UNION], "kind": "denies", "statement": "x"}],
        "corrections": [{"development": "d1", "field": "body", "was": "x", "now": "x", "level": "typo", "note": "x"}],
        "developments": [{"id": "d1", "status": "usable", "headline": "x", "sources": [source]}],
        "sources": [{"name": "x", "developments": 1}],
    }  # fmt: skip
    site = SiteFace(
        title=HOSTILE, description=HOSTILE, base_url="https://a.example/", language="en", author=HOSTILE,
        stylesheet="assets/style.css", script="assets/page.js", icon="assets/icon.svg",
    )  # fmt: skip
    page = a_page(hostile(state), (an_entry("d1", title=HOSTILE),), site)
    assert "<script>" not in page
    assert "<b onclick" not in page
    assert 'b="><b>' not in page
    front = index_page(site=site, stories=[a_line(headline=HOSTILE, summary=HOSTILE, change=HOSTILE)], entries=[])
    assert_valid(front)
    assert b"<script>" not in front


def test_same_input_gives_the_same_bytes() -> None:
    state, entries = a_fact(said_by=[MASTER]), (an_entry(),)
    one, other = (
        story_page(site=SITE, state=state, parts=PageParts(entries=entries), updated=UPDATED) for _ in range(2)
    )
    assert one == other


def test_every_variable_of_a_template_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, set[str]] = {}

    def render(template: str, *, templates: Mapping[str, str], **context: Any) -> bytes:
        assert templates == SITE.templates
        given[template] = set(context)
        return b""

    monkeypatch.setattr(page, "render", render)
    story_page(site=SITE, state=a_state(), parts=PageParts(entries=()), updated=UPDATED)
    older_page(site=SITE, state=a_state(), number=1, entries=())
    index_page(site=SITE, stories=(), entries=())
    section = Document("feed/README.md").section("Templates of your own")
    rows = {
        line.split("`")[1]: set(re.findall("`([a-z_]+)`", line))
        for line in section.splitlines()
        if line.startswith("| `")
    }
    frame = rows["base.html.jinja"]
    assert [names - frame - rows[name] for name, names in given.items()] == [set(), set(), set()]
    assert set(rows) == {*template_names(), "style.css"}
    check_templates(dict.fromkeys(rows, ""))  # a newsroom may replace each of them
