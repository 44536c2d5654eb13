"""An entry's HTML: safe with any text, and in the order of feed/README.md#body-of-an-entry."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.model.parts import Media, Source
from events.wording.redactions import NO_REDACTIONS
from feed.entries import html as body
from feed.entries.model import Entry
from feed.languages.choice import words_for
from feed.languages.markup import markup_words
from tests.builders import Scenario, claim
from tests.markup import assert_harmless, elements

HOSTILE = "<script>alert(1)</script> ]]> &amp; \" ' \u202egnp\u202c <img src=x onerror=alert(1)> javascript:alert(1)"
WORDS = markup_words(words_for("en", {}), "en")


def the_entry(**fields: Any) -> Entry:
    [entry] = Scenario().report("d1", **fields).entries()
    return entry


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Two **hurt**.", "<p>Two <strong>hurt</strong>.</p>\n"),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>\n"),
        ("<div>\nblock\n</div>", "<p>&lt;div&gt;\nblock\n&lt;/div&gt;</p>\n"),
        ("# One\n\n###### Six", "<h4>One</h4>\n<h6>Six</h6>\n"),
        ("Two\n===", "<h4>Two</h4>\n"),
        ("[x](https://a.example/?a=1&b=2)", '<p><a href="https://a.example/?a=1&amp;b=2">x</a></p>\n'),
        ("<HTTPS://A.example/>", '<p><a href="HTTPS://A.example/">HTTPS://A.example/</a></p>\n'),
        ('[x](https://a.example/ "a \\"t\\"")', '<p><a href="https://a.example/" title="a &quot;t&quot;">x</a></p>\n'),
        ("![alt](https://a.example/p.png)", '<p>!<a href="https://a.example/p.png">alt</a></p>\n'),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert body.markdown(text)[0] == html


def test_long_list_of_reports_answered_ends_in_their_number() -> None:
    items = [body.Response("Denies", body.Link(f"#d{number}", "a report"), "") for number in range(40)]
    html = body.responses(WORDS, items)
    assert html.count("Denies") == 11
    assert "and 29 more" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Boeing 737", '<p dir="ltr">Boeing 737</p>\n'),
        ("A380 يهبط", "<p>A380 يهبط</p>\n"),
        ("- Boeing\n- حريق", '<ul>\n<li dir="ltr">Boeing</li>\n<li>حريق</li>\n</ul>\n'),
        ("```\nx = 1\n```", '<pre><code dir="ltr">x = 1\n</code></pre>\n'),
    ],
)
def test_blocks_of_a_right_to_left_text_say_their_direction(text: str, html: str) -> None:
    assert body.markdown(text, "rtl")[0] == html


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/",
        "/relative",
        "mailto:a@example.org",
        "ftp://a.example/",
    ],
)
def test_only_http_leads_anywhere(target: str) -> None:
    for text in (f"[x]({target})", f"![x]({target})", f"<{target}>", f"[x][1]\n\n[1]: {target}"):
        assert not [element for element in elements(body.markdown(text)[0]) if element.tag in {"a", "img"}]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&\"'`[]()!#*_:\n"), max_size=200))
def test_no_text_is_active(text: str) -> None:
    html, plain = body.markdown(text)
    assert_harmless(html)
    assert_harmless(body.note(WORDS, text, text, link=body.Link("https://a.example/", text)))
    assert "\n" not in plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Two **hurt**,\nsays *she*.", "Two hurt, says she."),
        ("# Head\n\nOne  \ntwo `x < y`", "Head One two x < y"),
        ("```\ncode\n```\n\n    more", "code more"),
        ("[words](https://a.example/) &amp; <b>", "words & <b>"),
        ("- one\n- two\n\n---", "one two"),
    ],
)
def test_plain(text: str, plain: str) -> None:
    assert body.markdown(text)[1] == plain


def test_summary_is_the_first_text_in_one_or_two_sentences() -> None:
    assert body.summary("", "Short. Text. Of three.") == "Short. Text. Of three."
    assert body.summary("", "") == ""
    long = f"First one. “Second {'word ' * 20}.” {'Third ' * 60}"
    assert body.summary(long) == f"First one. “Second {'word ' * 20}."
    cut = body.summary("word, " * 100)
    assert cut.endswith("word …")
    assert len(cut) <= body.SUMMARY_CHARS_MAX + 2


def test_summary_of_a_script_without_spaces_is_cut_too() -> None:
    assert body.summary("火" * 400) == "火" * body.SUMMARY_CHARS_MAX + " …"


def test_sections_are_in_order() -> None:
    fields: dict[str, Any] = {
        "body": "The text.",
        "said_by": ["Ana Ruiz, chief (Port)"],
        "quotes": [{"text": "Words\nsaid", "speaker": "Ana Ruiz"}],
        "facts": [claim("hurt", {"min": 1, "max": 52}, of=53, unit="people", literal="some")],
        "expects": [{"id": "e1", "what": "A list", "by": "the Port", "due": "2026-03-04"}],
        "sources": [{"name": "Radio", "url": "https://r.example/", "title": "On air", "via": ["Wire", "Agency"]}],
        "media": [{"url": "https://r.example/p.jpg", "type": "image/png", "alt": "Smoke", "credit": "C. Photo"}],
    }
    story = Scenario().report("d1", **fields).correct("d1", level="clarification", note="Clearer.", body="The text.!")
    [entry] = story.entries()
    marks = (
        "Clarification, 2 March 2026:",
        "The text.",
        "Words<br>said",
        "— Ana Ruiz",
        'alt="Smoke"',
        "C. Photo",
        "<h4>What changed",
        "1–52 of 53 people (“some”)",
        "<h4>Who says so",
        "<li>Ana Ruiz, chief (Port)",
        "Hurt: one origin: Port; not independently confirmed",
        "<h4>Expected next",
        "A list, by the Port: due 4 March 2026",
        "<h4>Sources",
        'Radio: <a href="https://r.example/">On air</a> (crediting Wire and Agency)',
    )
    places = [entry.content.index(mark) for mark in marks]
    assert places == sorted(places)


def test_hostile_text_is_text_everywhere() -> None:
    url = "https://a.example/?q='x'&y=1;alert(1)"
    line = HOSTILE
    fields: dict[str, Any] = {
        "headline": line,
        "body": f"{HOSTILE}\n\n# {HOSTILE}\n\n    {HOSTILE}",
        "said_by": [{"name": line, "role": line, "org": line}],
        "quotes": [{"text": HOSTILE, "speaker": {"name": line}}],
        "facts": [claim("hurt", line, unit=line, literal=line)],
        "expects": [{"id": "e1", "what": line, "by": line, "due": {"literal": HOSTILE[:150]}, "condition": line}],
        "sources": [{"name": line, "title": line, "url": url, "via": [line]}],
        "media": [{"url": url, "type": kind, "alt": HOSTILE, "credit": line} for kind in ("image/png", "video/mp4")],
    }
    story = Scenario(headline=HOSTILE, summary=HOSTILE, subjects=[HOSTILE]).report("d1", **fields)
    other = "Other & <i>"
    story.report(
        "d2", facts=[claim("hurt", other)], said_by=[{"name": line}], disputes=[{"development": "d1", "kind": "denies"}]
    )
    story.correct("d1", headline=other, note=HOSTILE, facts=[claim("hurt", other)], quotes=[])
    story.hold("d2", reason=HOSTILE).release("d2", reason=HOSTILE).retract("d1", reason=HOSTILE, substitute="d2")
    for moment in (story.recorded[2].recorded_at, story.clock):
        for entry in story.entries(moment):
            assert_harmless(entry.content)
            assert "<script" not in entry.content


def test_media_show_their_size_and_films_are_links() -> None:
    image = Media(url="https://a.example/p.png", type="image/png", alt="Smoke", width=40)
    film = Media(url="https://a.example/f.mp4", type="video/mp4", alt="A film", credit="C. Camera")
    assert (
        body.media(WORDS, [image], "")
        == '<figure><img src="https://a.example/p.png" alt="Smoke" width="40"></figure>\n'
    )
    assert body.media(WORDS, [film], "") == (
        '<figure><a href="https://a.example/f.mp4" type="video/mp4">A film</a>'
        "<figcaption>C. Camera</figcaption></figure>\n"
    )


def test_empty_sections_leave_no_heading() -> None:
    assert body.what_changed(WORDS, [], NO_REDACTIONS) == ""
    assert body.was_now(WORDS, []) == ""
    assert body.expected_next(WORDS, [], NO_REDACTIONS) == ""
    assert body.sources(WORDS, []) == ""
    assert body.who_says_so(WORDS, [], [], NO_REDACTIONS, own="d1") == ""
    assert body.sources(WORDS, [Source(name="A <b>")]) == "<h4>Sources</h4>\n<ul>\n<li>A &lt;b&gt;</li>\n</ul>\n"


def test_doubts_follow_the_value() -> None:
    story = (
        Scenario().report("d1", claim("hurt", 2), by="A (X)").report("d2", claim("hurt", stance="denies"), by="B (Y)")
    )
    story.report("d3", claim("hurt", stance="cannot_confirm"), by="C (Z)")
    story.report("d4", claim("hurt", stance="withholds"), by="D (V)").report("d5", claim("hurt", 2), by="A (X)")
    content = story.entries()[0].content
    places = [
        content.index(words)
        for words in ("Hurt, 2: disputed", "denied by B (Y)", "not confirmed by C (Z)", "withheld by D (V)")
    ]
    assert places == sorted(places)


def test_doubt_of_a_withdrawn_value_does_not_quote_it() -> None:
    story = Scenario().report("d1", claim("hurt", {"min": 1, "max": 9}, literal="some"), by="A (X)")
    story.report("d2", by="C (Z)", disputes=[{"development": "d1", "kind": "cannot_confirm"}])
    story.report("d3", claim("hurt", 9), by="A (X)", at="2026-03-03")
    assert "not confirmed by C (Z), as to 1–9" in story.entries()[0].content
    content = story.retract("d1").entry("d3").content
    assert "not confirmed by C (Z), as to (withdrawn)" in content
    assert "1–9" not in content


def test_fact_that_nobody_asserts_is_unknown() -> None:
    assert (
        "Hurt: unknown; not confirmed by A (X)"
        in the_entry(facts=[claim("hurt", stance="cannot_confirm")], said_by=["A (X)"]).content
    )


def test_standing_of_a_withdrawn_value_is_left_out() -> None:
    # Given a late report, whose fact has a newer value already
    story = Scenario().report("d1", claim("hurt", 3), by="A (X)")
    story.report("d2", claim("hurt", 2, as_of="2026-03-01"), by="B (Y)", at="2026-03-03", reported="2026-03-01")
    assert "one origin: X" in story.entries()[0].content
    # When that newer value is withdrawn, then its standing is nobody's business
    content = story.retract("d1").entries()[-1].content
    assert "<li>B (Y)" in content
    assert "<li>Hurt: 2, as of 1 March 2026</li>" in content


def test_settled_expectation_is_no_longer_expected() -> None:
    settled: dict[str, Any] = {
        "expects": [{"id": "e1", "what": "X"}],
        "resolves": [{"expectation": "e1", "outcome": "met"}],
    }
    assert "Expected next" not in the_entry(**settled).content


def test_correction_shows_what_was_and_what_is_as_a_list() -> None:
    assert body.was_now(WORDS, [body.Replacement("Text", "a\nb", "<c>")]) == (
        "<ul>\n<li><strong>Text</strong><br>was: <del>a<br>b</del><br>now: <ins>&lt;c&gt;</ins></li>\n</ul>\n"
    )


def test_corrected_text_is_shown_without_its_markdown() -> None:
    story = Scenario().report("d1", body="# Two\n\n* *Two* [men](https://a.example)\nfell & broke\n\n`x` <b>")
    story.correct("d1", body="**Three** men")
    [correction] = [entry for entry in story.entries() if entry.kind == "correction"]
    assert "was: <del>Two<br>Two men fell &amp; broke<br>x &lt;b&gt;</del>" in correction.content
    assert "now: <ins>Three men</ins>" in correction.content


def test_entries_have_no_tables() -> None:
    story = Scenario().report("d1", claim("hurt", 2), by="A (X)").correct("d1", facts=[claim("hurt", 3)])
    assert not any("<table" in entry.content or "align=" in entry.content for entry in story.entries())
    assert "<li><strong>Hurt</strong>: 2 → 3 <small>(" in story.entry(kind="correction").content


def test_own_older_claim_stands_in_its_entry() -> None:
    story = Scenario().report("d1", claim("hurt", 7), by="A (X)")
    story.report("d2", claim("hurt", 5, as_of="2026-03-01"), by="B (Y)", reported="2026-03-01T10:00:00Z")
    assert "<li>Hurt: 5, as of 1 March 2026; now 7: one origin: X; not" in story.entry("d2").content


def test_own_claim_stands_without_what_a_corrected_value_rested_on() -> None:
    story = Scenario().report("d1", claim("hurt", 3), by="Ana (Port)", at="2026-03-02")
    story.report("d2", claim("hurt", 2, as_of="2026-03-01"), by="Lee (Clinic)", at="2026-03-03")
    story.correct("d1", facts=[{"key": "hurt", "value": 4}], at="2026-03-04")
    assert "<li>Hurt: 2, as of 1 March 2026</li>" in next(
        entry.content for entry in story.entries() if entry.anchor == "d2"
    )


def test_own_wider_claim_stands_in_its_entry() -> None:
    story = Scenario().report("d1", claim("hurt", 7, unit="people"), by="A (X)")
    story.report("d2", claim("hurt", {"min": 5, "max": 9}, unit="people", literal="several"), by="B (Y)")
    assert "<li>Hurt: 5–9 people (“several”); now 7 people: " in story.entry("d2").content
    story.report("d3", claim("hurt", 7, unit="people"), by="A (X)")
    assert "<li>Hurt, 7 people: one origin: X" in story.entry("d3").content


def test_claims_of_two_speakers_stand_with_their_speakers() -> None:
    story = Scenario().report("d1", claim("hurt", 7, as_of="2026-03-02"), by="A (X)")
    own = [claim("hurt", number, as_of="2026-03-01", said_by=[who]) for number, who in ((4, "B (Y)"), (5, "C (Z)"))]
    story.report("d2", *own)
    assert "Hurt: B (Y): 4, as of 1 March 2026; C (Z): 5, as of 1 March 2026; now 7: " in story.entry("d2").content


def test_own_claim_that_was_denied_stands_beside_unknown() -> None:
    story = Scenario().report("d1", claim("hurt", stance="denies", as_of="2026-03-02"), by="A (X)")
    story.report("d2", claim("hurt", 5, as_of="2026-03-01"), by="A (X)", reported="2026-03-01T10:00:00Z")
    assert "Hurt: 5, as of 1 March 2026; now unknown" in story.entry("d2").content


def test_archive_report_is_not_overdue_on_its_own_day() -> None:
    promise: dict[str, Any] = {"expects": [{"id": "e1", "what": "X", "due": "2024-05"}]}
    for dated in ({"reported": "2023-06-01"}, {"published_at": "2023-06-01T10:00:00Z"}):
        story = Scenario().report("d1", **dated, **promise)
        entry = story.entry("d1")
        assert "due May 2024" in entry.content
        assert "overdue" not in f"{entry.content} {entry.summary}"
        assert story.entry(None, kind="overdue").title.startswith("Overdue: X")
