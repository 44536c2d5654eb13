"""Pages: valid, escaped, complete, and the same bytes each time."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from events.wording.redactions import Redactions
from feed.entries.model import Enclosure
from feed.pages import build as page
from feed.pages.build import PageParts, SiteFace, index_page, older_page, story_page
from feed.pages.templating import check_templates, template_names
from tests.builders import Scenario, claim
from tests.docs import Document
from tests.pages import (
    HOSTILE,
    MASTER,
    SITE,
    UNION,
    UPDATED,
    a_line,
    a_page,
    a_story,
    an_entry,
    assert_valid,
    headings_of,
    leaked,
    words_of,
)


def test_empty_story_is_a_whole_page() -> None:
    page = a_page()
    assert headings_of(page) == ["Timeline"]
    assert "Nothing has been published yet." in page


def test_head_introduces_the_page_and_its_feeds() -> None:
    page = a_page(a_story(summary="A ferry\nlies on a sandbank.", language="pt-BR"))
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


def test_anchors_of_older_entries_are_named_once_for_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOVED_MAX", 1)
    parts = PageParts(entries=(), numbered=2, elsewhere={"d1": 1, "d2": 1, "d3": 2})
    state = a_story().state()
    html = story_page(site=SITE, story=state, state=state.as_json(), parts=parts, updated=UPDATED).decode()
    assert '{"page/0001.html":[["d",1,2]]}' in html


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("he-IL", "rtl"), ("az-Arab", "rtl"), ("ur-Latn", "ltr"), ("en", "ltr")]
)
def test_page_is_written_in_the_direction_of_its_language(language: str, direction: str) -> None:
    assert f'<html lang="{language}" dir="{direction}" ' in a_page(a_story(language=language))


def test_long_summary_is_cut_at_a_word_for_the_description() -> None:
    page = a_page(a_story(summary="word " * 100))
    description = re.search('name="description" content="([^"]*)"', page)
    assert description
    assert description[1].endswith("word …")
    assert len(description[1]) <= 302


def test_page_has_its_sections_in_order() -> None:
    story = a_story().report("d1", leaked(), source="Radio", expects=[{"id": "plan", "what": "A plan"}])
    story.correct("d1", body="Another text.")
    assert headings_of(a_page(story, (an_entry("d1"),))) == [
        "Key facts", "Latest", "Open questions", "Timeline", "All facts", "Promises and deadlines", "Corrections",
        "Sources",
    ]  # fmt: skip


def test_fact_says_value_standing_speaker_and_time() -> None:
    text = words_of(a_page(a_story().report("d1", leaked(as_of="2024-03-02"), by=MASTER)))
    assert "Key facts All facts Fuel leaked 8 tonnes Single source: Port Authority" in text
    assert (
        "Fuel leaked 8 tonnes Single source: Port Authority "
        "According to Ines Moreau, harbour master (Port Authority), as of 2 March 2024."
    ) in text
    assert "not independently confirmed" not in text


def test_fact_without_speakers_is_attributed_to_its_source() -> None:
    assert "According to Radio, as of" in words_of(a_page(a_story().report("d1", leaked(), source="Radio")))
    assert "According to an unattributed report, as of" in words_of(a_page(a_story().report("d1", leaked())))


def test_fact_links_to_its_report_if_the_page_has_it() -> None:
    story = a_story().report("d1", leaked(), by=MASTER)
    assert 'href="#d1">Report of 4 March 2024</a>' in a_page(story, (an_entry("d1"),))
    assert ">Report of" not in a_page(story)


def test_unknown_value_has_no_standing() -> None:
    text = words_of(a_page(a_story().report("d1", claim("cause", stance="withholds"), by=MASTER)))
    assert "Cause unknown Withheld by Ines Moreau, harbour master (Port Authority), as of 4 March 2024" in text
    assert "Reported" not in text


def test_contradicting_claims_are_shown_side_by_side() -> None:
    story = a_story().report("d1", leaked({"min": 40}, unit=None, as_of="2024-03-04"), by=UNION)
    text = words_of(a_page(story.report("d2", leaked(), by=MASTER)))
    assert (
        "8 tonnes According to Ines Moreau, harbour master (Port Authority), as of 4 March 2024. "
        "at least 40 According to Tomas Reyl (Dockworkers' Union), as of 4 March 2024. "
        "Disputed: at least 40, says Tomas Reyl (Dockworkers' Union)"
    ) in text
    assert "Contradicted by" not in text


def test_doubts_and_verification_are_told_apart() -> None:
    story = a_story().report("d1", leaked(), by=MASTER)
    story.report("d2", leaked({"min": 1, "max": 9}, stance="denies"), by=UNION)
    story.report("d3", leaked(None, stance="cannot_confirm", unit=None), by="Coast Guard (Navy)")
    verified = [{"development": "d1", "verification": True, "method": "soundings"}]
    story.report("d4", by="Inspector (Port Authority)", corroborates=verified)
    story.report("d5", by="Diver (Institute)", corroborates=verified)
    page = a_page(story)
    text = words_of(page)
    assert "Denied by Tomas Reyl (Dockworkers' Union), as to 1–9 tonnes, as of 4 March 2024" in text
    assert "Not confirmed by Coast Guard (Navy), as of 4 March 2024" in text
    assert "Verified by Inspector (Port Authority), the claimant’s own side: soundings" in text
    assert "Verified independently by Diver (Institute): soundings" in text
    assert re.findall('class="voice voice-([a-z]+)"', page) == ["denies", "unconfirmed", "verified", "verified"]


def test_denial_of_a_withdrawn_report_does_not_quote_it() -> None:
    story = a_story().report("d1", leaked({"min": 7, "max": 9}), by=MASTER)
    story.report("d2", by=UNION, disputes=[{"development": "d1", "kind": "denies"}])
    state = story.report("d3", leaked(8), by=MASTER).retract("d1").public().state
    assert state is not None
    parts = PageParts(entries=(), redactions=Redactions(developments={"d1": "(withdrawn)"}))
    page = story_page(site=SITE, story=state, state=state.as_json(), parts=parts, updated=UPDATED).decode()
    assert "Denied by Tomas Reyl (Dockworkers' Union), as to (withdrawn), as of 4 March 2024" in words_of(page)
    assert "7–9" not in page


def test_history_shows_each_step() -> None:
    def moved(steps: int) -> Scenario:
        story = a_story().report("d1", leaked({"max": 5}, literal="little"))
        story.report("d2", leaked(None, stance="denies", unit=None))
        for number in range(3, steps + 1):
            story.report(f"d{number}", leaked(number), by=MASTER)
        return story

    short, long = a_page(moved(3)), a_page(moved(6))
    assert "4 March 2024 at most 5 tonnes (“little”), first report" in words_of(short)
    assert "withdrawn an unattributed report 4 March 2024 3 tonnes, first report" in words_of(short)
    assert "History: 6 reports" in words_of(long)
    assert "History" not in a_page(moved(1).retract("d2"))


def test_known_facts_come_before_unknown_ones() -> None:
    page = a_page(a_story().report("d1", claim("a", stance="withholds"), claim("b", value=False)))
    assert page.index("~fact:b") < page.index("~fact:a")


def test_disputes_name_what_they_are_about() -> None:
    disagrees = [{"development": "d1", "kind": "disagrees", "statement": "Not so."}]
    story = a_story().report("d1", headline="All is well").report("d2", by=UNION, disputes=disagrees)
    story.report("d3", disputes=[{"development": "d1", "kind": "denies"}])
    text = words_of(a_page(story))
    assert "Tomas Reyl (Dockworkers' Union) disagrees: All is well Not so." in text
    assert "An unattributed report denies this: All is well" in text


def test_overdue_expectations_come_first_and_settled_ones_last() -> None:
    windows: dict[str, dict[str, Any]] = {
        "settled": {"due": "2024-03-01"},
        "called-off": {"due": "2024-03-01"},
        "worded": {"due": {"literal": "soon"}},
        "undated": {},
        "from": {"due": "2024-03-20/.."},
        "year": {"due": "2024"},
        "april": {"due": "2024-03-01/2024-04-09?"},
        "late": {"due": {"edtf": "2024-03-06", "literal": "Wednesday"}},
    }
    expects = [{"id": name, "what": f"<{name}>", **due} for name, due in windows.items()]
    story = a_story().report("d1", expects=expects)
    outcomes = [("settled", "met"), ("called-off", "cancelled")]
    story.report("d2", resolves=[{"expectation": name, "outcome": outcome} for name, outcome in outcomes])
    page = a_page(story, now="2024-03-08")
    order = re.findall('data-part="expectation:([a-z-]+)"', page)
    assert order == ["late", "april", "year", "from", "undated", "worded", "settled", "called-off"]
    assert "Overdue was due 6 March 2024 (“Wednesday”)" in words_of(page)
    assert page.index('aria-label="Settled"') > page.index("expectation:worded")


def test_all_settled_leaves_no_empty_list() -> None:
    story = a_story().report("d1", expects=[{"id": "e1", "what": "Tow"}])
    page = a_page(story.report("d2", resolves=[{"expectation": "e1", "outcome": "cancelled"}]))
    assert page.count('<ul class="expectations') == 1


def test_expectation_says_who_why_and_how_it_moved() -> None:
    terms = {"by": "Nordline", "wanted_by": "Kestrel", "condition": "calm sea"}
    story = a_story().report("d1", expects=[{"id": "e1", "what": "Tow", "due": "2024-03-09", **terms}])
    story.report("d2", expects=[{"id": "e1", "due": "2024-03-10"}])
    story.report("d3", at="2024-03-12", resolves=[{"expectation": "e1", "outcome": "met"}])
    text = words_of(a_page(story, (an_entry("d3"),)))
    assert "Met late due 10 March 2024 Tow" in text
    assert (
        "To be done by Nordline. Wanted by Kestrel. On condition: calm sea. Before: due 9 March 2024. "
        "Settled on 12 March 2024"
    ) in text


def test_entries_keep_their_order_after_pinned_ones() -> None:
    page = a_page(entries=(an_entry("c"), an_entry("b", pinned=True), an_entry("a")))
    timeline = page.partition('id="~entries"')[2]
    assert re.findall('<article [^>]*(?:id|data-entry)="([a-z])"', timeline) == ["b", "c", "a"]
    assert "Pinned" in page


def test_entry_content_is_shown_as_it_is_and_its_title_escaped() -> None:
    page = a_page(entries=(an_entry(title=HOSTILE, content="<p>Bread &amp; <em>salt</em></p>"),))
    assert "<p>Bread &amp; <em>salt</em></p>" in page
    assert "<script>" not in page


def test_entry_ids_never_meet_the_ids_of_the_page() -> None:
    anchors = ("known", "expected", "changed", "main", "follow", "fact:fuel.leaked", "_A.b:c-1")
    a_page(a_story().report("d1", leaked()), tuple(an_entry(anchor) for anchor in anchors))


def test_edited_foreign_and_withdrawn_entries_are_marked() -> None:
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


def test_newest_picture_is_that_of_the_page() -> None:
    def pictured(anchor: str, url: str, **fields: Any) -> Any:
        file = Enclosure(**{"url": url, "type": "image/png", "alt": 'A "ship"', **fields})
        return an_entry(anchor, enclosures=(file,), withdrawn=anchor == "gone")

    entries = (
        pictured("gone", "https://a.example/gone.png"),
        pictured("sound", "https://a.example/sound", type="audio/mpeg"),
        pictured("newest", "https://a.example/new.png", width=640, height=480),
        pictured("older", "https://a.example/old.png"),
    )
    page = a_page(entries=entries)
    assert '<meta property="og:image" content="https://a.example/new.png">' in page
    assert '<meta property="og:image:width" content="640">' in page
    assert '<meta property="og:image:alt" content="A &#34;ship&#34;">' in page
    assert '"image":"https://a.example/new.png"' in page
    assert "og:image:width" not in a_page(entries=entries[3:])
    assert "og:image" not in a_page(entries=entries[:2])


def test_corrections_show_was_and_now_newest_first() -> None:
    story = a_story().report("d1", headline="Bay", body="x")
    story.correct("d1", headline="Point", note="Place.")
    story.correct("d1", level="clarification", said_by=[MASTER]).correct("d1", body=None)
    text = words_of(a_page(story))
    newer, older = text.index("Clarification of the speakers."), text.index("Correction of the headline.")
    assert newer < older
    assert "Correction of the headline. Place. Was Bay Now Point" in text
    assert "Was nothing Now Ines Moreau, harbour master (Port Authority)" in text
    assert "Was x Now nothing" in text


def test_correction_of_references_not_public_is_left_out() -> None:
    story = a_story().report("d0", embargoed_until="2030-01-01T00:00:00Z")
    story.report("d1", disputes=[{"development": "d0", "kind": "denies"}])
    text = words_of(a_page(story.correct("d1", disputes=[{"development": "d0", "kind": "disagrees"}])))
    assert "Correction of the disputes" not in text
    assert "Was nothing" not in text


def test_sources_list_their_pieces_once_and_credit_upstream() -> None:
    radio = {"name": "Radio", "url": "https://r.example/1", "title": "Aground", "via": ["Wire"]}
    dated = {"name": "Radio", "url": "https://r.example/2", "published_at": "2024-03-04T07:00:00Z"}
    withheld = {"name": "Radio", "url": "https://r.example/secret"}
    story = a_story().report("d1", sources=[radio, dated, {"name": "Bulletin"}])
    story.report("d2", sources=[radio]).report("d3", sources=[withheld]).hold("d3").report("d4")
    page = a_page(story)
    text = words_of(page)
    assert "Radio 2 reports; crediting Wire Aground https://r.example/2, 4 March 2024, 07:00 UTC" in text
    assert "Bulletin 1 report" in text
    assert page.count('"https://r.example/1"') == 1
    assert "secret" not in page


def test_hostile_text_is_text_everywhere() -> None:
    person = {"name": HOSTILE, "role": HOSTILE, "org": HOSTILE}
    story = a_story(headline=HOSTILE, summary=HOSTILE)
    source = {"name": HOSTILE, "title": HOSTILE, "url": "https://a.example/?a=1&b='", "via": [HOSTILE]}
    terms = dict.fromkeys(["what", "by", "wanted_by", "condition"], HOSTILE)
    story.report(
        "d1",
        claim("cause", HOSTILE, unit=HOSTILE, literal=HOSTILE),
        leaked(unit=HOSTILE, literal=HOSTILE),
        headline=HOSTILE,
        by=[person],
        source=source,
        expects=[{"id": "e1", "due": {"literal": HOSTILE}, **terms}],
    )
    story.report("d2", leaked(3, unit=HOSTILE, literal=HOSTILE), claim("cause", stance="denies"), by=[UNION])
    story.report("d3", by=[person], disputes=[{"development": "d1", "kind": "denies", "statement": HOSTILE}])
    verified = {"development": "d2", "verification": True, "method": HOSTILE}
    story.report("d4", by=[person], corroborates=[verified]).correct("d4", body=HOSTILE, note=HOSTILE)
    site = SiteFace(
        title=HOSTILE, description=HOSTILE, base_url="https://a.example/", language="en", author=HOSTILE,
        stylesheet="assets/style.css", script="assets/page.js", icon="assets/icon.svg",
    )  # fmt: skip
    page = a_page(story, (an_entry("d1", title=HOSTILE),), site)
    assert page.count("alert") > 20
    assert "<script>" not in page
    assert "<b onclick" not in page
    front = index_page(site=site, stories=[a_line(headline=HOSTILE, summary=HOSTILE, change=HOSTILE)], entries=[])
    assert_valid(front)
    assert b"<script>" not in front


def test_same_input_gives_the_same_bytes() -> None:
    story, entries = a_story().report("d1", leaked(), by=MASTER), (an_entry(),)
    assert a_page(story, entries) == a_page(story, entries)


def test_every_variable_of_a_template_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, set[str]] = {}

    def render(template: str, *, templates: Mapping[str, str], **context: Any) -> bytes:
        assert templates == SITE.templates
        given[template] = set(context)
        return b""

    monkeypatch.setattr(page, "render", render)
    story = a_story().state()
    story_page(site=SITE, story=story, state=story.as_json(), parts=PageParts(entries=()), updated=UPDATED)
    older_page(site=SITE, state=story.as_json(), number=1, entries=())
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


def test_promises_in_the_same_words_are_listed_with_their_headlines() -> None:
    story = a_story().report("d1", headline="Mill Road", expects=[{"id": "e1", "what": "Pave", "due": "2024-04"}])
    page = a_page(story.report("d2", headline="Quay", expects=[{"id": "e2", "what": "Pave", "due": "2024-05"}]))
    assert '<h3 dir="auto">Mill Road: Pave</h3>' in page
    assert "Quay: Pave</text>" in page  # in the schedule
