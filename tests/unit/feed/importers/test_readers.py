"""What the readers of other programs' files make of them: what the text proves, and nothing else."""

import json
import time
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from events.errors import InvalidError
from feed.importers.feeds import _utc
from feed.importers.markup import commonmark, one_line, plain_text
from feed.importers.model import FILE_BYTES_MAX, ForeignItem, ForeignStory, headline_of
from tests.importers import ATOM, BERLIN, INCIDENTS, ISSUE, JSON_FEED, MAINTENANCE, RSS, TIMELINE, read


def only(kind: str, data: str, **options: Any) -> ForeignStory:
    file = read(kind, data, **options)
    assert file.problems == []
    [story] = file.stories
    return story


def item(kind: str, data: str, headline: str, **options: Any) -> ForeignItem:
    return next(one for one in only(kind, data, **options).items if one.headline == headline)


def a_row(**cells: str) -> str:
    return f"{','.join(cells)}\n{','.join(cells.values())}\n"


def test_timeline_is_a_story_with_its_title_and_groups() -> None:
    story = only("timelinejs", TIMELINE)
    assert (story.slug, story.headline) == ("the-mill", "The mill")
    assert story.header == {"summary": "How the mill burned.", "subjects": ["Mills"]}
    assert [one.headline for one in story.items] == ["Mill opens", "Talks in Town"]


def test_timeline_row_keeps_what_it_says_of_when() -> None:
    opens, talks = (item("timelinejs", TIMELINE, headline) for headline in ("Mill opens", "Talks in Town"))
    assert opens.parts["happened"] == {"edtf": "1899", "literal": "the turn of the century"}
    assert talks.parts["happened"] == {"edtf": "2015-01-21/2015-01-22"}


def test_timeline_row_has_a_time_in_the_zone_of_the_newsroom() -> None:
    row = a_row(Year="2015", Month="1", Day="21", Time="3:05 PM", Headline="Talks")
    talks = item("timelinejs", row, "Talks", times=BERLIN)
    assert talks.parts["happened"] == {"edtf": "2015-01-21T15:05:00+01:00"}


def test_timeline_picture_without_words_is_a_source() -> None:
    row = a_row(Year="2015", Headline="Talks", Media="https://pics.example/a.jpg")
    parts = item("timelinejs", row, "Talks").parts
    assert "media" not in parts
    assert parts["sources"][1:] == [{"name": "pics.example", "url": "https://pics.example/a.jpg"}]
    [picture] = item("timelinejs", TIMELINE, "Mill opens").parts["media"]
    assert (picture["alt"], picture["credit"]) == ("The mill from the south", "A. Photographer")


def test_scheme_in_upper_case_is_an_address_in_every_file() -> None:
    row = a_row(Year="2015", Headline="Talks", Media="HTTPS://pics.example/a.jpg")
    [_, picture] = item("timelinejs", row, "Talks").parts["sources"]
    assert picture["url"] == "HTTPS://pics.example/a.jpg"
    assert commonmark('<a href="HTTPS://a.example/">Here</a>').strip() == "[Here](<HTTPS://a.example/>)"


def test_timeline_row_that_lies_ahead_is_a_promise() -> None:
    parts = item("timelinejs", a_row(Year="2031", Month="5", Headline="Reopening"), "Reopening").parts
    assert parts["expects"] == [{"what": "Reopening", "due": {"edtf": "2031-05"}}]
    assert "happened" not in parts


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"Year": "-44", "Headline": "Caesar"}, 'the year "-44" is not one of 1 to 9999.'),
        ({"Year": "2015", "Month": "13", "Headline": "X"}, '"13" is no month or day.'),
        ({"Year": "2015", "Month": "2", "Day": "30", "Headline": "X"}, '"2015-02-30" is not'),
        ({"Year": "", "Headline": "No year"}, "the row has no year."),
        ({"Year": "2015", "Headline": "", "Group": "g"}, "the row has neither a headline nor a text."),
    ],
)
def test_timeline_row_that_cannot_be_read_is_named(cells: dict[str, str], message: str) -> None:
    file = read("timelinejs", f"{a_row(**cells)}2015,,,,,,,,\n", name="t.csv")
    assert (file.problems[0].where, file.problems[0].message[: len(message)]) == ("t.csv:2", message)


def test_timeline_json_says_the_same_as_the_sheet() -> None:
    timeline = {
        "title": {"text": {"headline": "The mill", "text": "<p>How the <b>mill</b> burned.</p>"}},
        "events": [
            {
                "start_date": {"year": "1899"}, "display_date": "the turn of the century", "group": "Mills",
                "text": {"headline": "Mill opens", "text": "It opens."},
                "media": {
                    "url": "https://pics.example/mill.jpg",
                    "credit": "A. Photographer", "caption": "The mill from the south",
                },
            },
            {
                "start_date": {"year": 2015, "month": 1, "day": 21, "hour": 10, "minute": 30},
                "end_date": {"year": 2015, "month": 1, "day": 22},
                "text": {"headline": "Talks in <i>Town</i>", "text": 'Two days.<br>See <a href="https://a.example/x">this</a>.'},
                "media": {"url": "https://film.example/1"},
            },
        ],
        "eras": [{"start_date": {"year": 1800}}],
    }  # fmt: skip
    one, other = only("timelinejs", json.dumps(timeline)), only("timelinejs", TIMELINE)
    assert [(a.id, a.headline, a.text, a.parts) for a in one.items] == [
        (a.id, a.headline, a.text, a.parts) for a in other.items
    ]
    assert (one.slug, one.header) == (other.slug, other.header)


def test_incident_is_a_story_that_its_resolution_closes() -> None:
    story = only("statuspage", json.dumps(INCIDENTS))
    assert (story.slug, story.headline, story.header["subjects"]) == ("incident-cp306", "API errors", ["API"])
    assert [one.headline for one in story.items] == ["Investigating: We look.", "Resolved: All is well."]
    assert [one.parts["facts"] for one in story.items] == [
        [{"key": "status", "value": "investigating"}],
        [{"key": "status", "value": "resolved"}],
    ]
    assert story.items[0].parts["sources"] == [{"name": "Acme Status", "url": "https://st.example/1"}]
    assert story.items[0].text == "We look.\\\nStill."
    assert story.closed_at == datetime(2025, 5, 14, 20, 35, 21, tzinfo=UTC)


def test_maintenance_is_expected_in_its_window_and_met() -> None:
    first, last = only("statuspage", json.dumps(MAINTENANCE)).items
    assert first.parts["expects"] == [
        {"id": "maintenance", "what": "New disks", "due": "2025-05-03T00:00:00Z/2025-05-03T04:00:00Z"}
    ]
    assert last.parts["resolves"] == [{"expectation": "maintenance", "outcome": "met"}]


def test_updates_that_cannot_be_read_are_named() -> None:
    incident = INCIDENTS["incidents"][0] | {"incident_updates": [{"status": "x"}, {"status": "y", "created_at": "now"}]}
    file = read(
        "statuspage",
        json.dumps(
            INCIDENTS | {"incidents": [incident, {"name": "X"}, incident | {"created_at": 1, "resolved_at": "z"}]}
        ),
    )
    assert [problem.where for problem in file.problems][:3] == [
        "file: incident 1, update 1",
        "file: incident 1, update 2",
        "file: incident 2",
    ]
    assert file.problems[-1].where == "file: incident 3"


def test_issue_of_cstate_has_a_development_for_each_paragraph_with_a_time() -> None:
    story = only("cstate", ISSUE, name="issues/2020-04-12-outage.md")
    assert (story.slug, story.headline) == ("incident-2020-04-12-outage", "Outage of the API")
    assert [(one.headline, one.at) for one in story.items] == [
        ("Resolved: All is back.", datetime(2020, 4, 12, 16, 58, tzinfo=UTC)),
        ("Investigating: We are looking.", datetime(2020, 4, 12, 14, 25, tzinfo=UTC)),
    ]
    assert story.items[1].text == "*Investigating* - We are looking.\n\nIt is slow."
    assert (story.closed_at, story.header["subjects"]) == (datetime(2020, 4, 12, 16, 58, tzinfo=UTC), ["API", "Web"])


def test_issue_of_cstate_is_read_in_the_zone_of_the_newsroom() -> None:
    assert only("cstate", ISSUE, times=BERLIN).items[0].at == datetime(2020, 4, 12, 14, 58, tzinfo=UTC)


def test_issue_of_cstate_is_closed_by_its_last_paragraph() -> None:
    issue = ISSUE.replace("resolvedWhen: 2020-04-12 16:58:00\n", "")
    assert only("cstate", issue).closed_at == datetime(2020, 4, 12, 16, 58, tzinfo=UTC)


def test_issue_of_cstate_without_times_is_one_development() -> None:
    toml = '+++\ntitle = "A notice"\ndate = 2020-04-12T14:22:25Z\nresolvedWhen = 2020-04-13\n+++\nWe plan.\n'
    story = only("cstate", toml)
    assert [(one.headline, one.text, one.at) for one in story.items] == [
        ("A notice", "We plan.", datetime(2020, 4, 12, 14, 22, 25, tzinfo=UTC))
    ]
    assert story.items[0].parts == {"sources": [{"name": "Status page"}]}
    assert story.closed_at is None


def test_paragraph_of_cstate_that_cannot_be_read_is_named() -> None:
    file = read(
        "cstate",
        ISSUE + '\n*Bad* - x {{< track "12 o\'clock" >}}\n\n{{< track "2020-04-12 14:25:00" >}}\n',
        name="i.md",
    )
    assert [problem.where for problem in file.problems] == ["i.md:17", "i.md:19"]


@pytest.mark.parametrize("data", [RSS, RSS.replace('<?xml version="1.0"?>', "")])
def test_feed_is_a_story_with_a_development_for_each_item(data: str) -> None:
    story = only("feed", data)
    assert (story.slug, story.headline, story.header) == (
        "harbour-news",
        "Harbour News",
        {"summary": "All of it", "language": "en"},
    )
    second = next(one for one in story.items if one.id == "g2")
    assert (second.headline, second.text, second.at) == (
        "Second & last",
        "Text **bold**.",
        datetime(2015, 1, 6, 10, tzinfo=UTC),
    )
    assert second.parts["sources"] == [
        {"name": "Harbour News", "url": "https://h.example/2", "title": "Second & last", "published_at": second.at}
    ]


def test_entry_of_atom_says_when_it_was_changed() -> None:
    [entry] = only("feed", ATOM).items
    assert (entry.at, entry.changed_at) == (datetime(2015, 1, 5, 10, tzinfo=UTC), datetime(2015, 1, 6, 10, tzinfo=UTC))
    assert entry.text == "* One\n\n* Two"


def test_item_of_a_json_feed_is_read_as_text() -> None:
    [one] = only("feed", json.dumps(JSON_FEED)).items
    assert (one.headline, one.text) == ("First", r"Plain \* text")


def test_items_of_a_feed_that_cannot_be_read_are_named() -> None:
    bad = RSS.replace("Mon, 05 Jan 2015 10:00:00 GMT", "12 Januar 2015, 2pm").replace(
        "</channel>", "<item><guid>x</guid></item></channel>"
    )
    file = read("feed", bad, name="f.xml")
    assert [(problem.where, problem.message) for problem in file.problems] == [
        ("f.xml: item 2", '"12 Januar 2015, 2pm" is not a date that can be read.'),
        ("f.xml: item 3", "the item has neither a title nor a text."),
    ]


NESTED = "<a>" * 100_000
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "laughs": ('<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel/></rss>', "defines entities"),
    "xxe": ('<!DOCTYPE r [<!entity x SYSTEM "file:///etc/passwd">]><rss version="2.0"/>', "defines entities"),
    "laughs in utf-16": ('<!DOCTYPE r [<!ENTITY a "ha">]><rss/>'.encode("utf-16"), "defines entities"),
    "nested": (f'<rss version="2.0"><channel>{NESTED}', "nested more than"),
    "nested json": ("{" + '"a":[' * 100_000, "not JSON"),
    "a page": ("<html><p>Not a feed", "neither RSS nor Atom"),
    "nothing": ("", "neither RSS nor Atom"),
    "a path": ("/etc/passwd", "neither RSS nor Atom"),
    "an address": ("http://127.0.0.1:9/feed", "neither RSS nor Atom"),
    "comments without end": ("<rss>" + "<!--" * 100_000, "neither RSS nor Atom"),
    "large": ("x" * (8 * 1024 * 1024 + 1), "more than 8,388,608 bytes"),
    "many tags": (f'<rss version="2.0"><channel>{"<br/>" * 200_001}', "more than 200,000 tags"),
    "many attributes": (f'<rss version="2.0" {"a=1 " * 200}>', "attributes"),
    "brackets without end": ("<rss>" + "<" * 500_000, "more than 400,000 marks"),
    "a character that is none": ('<rss version="2.0"><channel><title>&#xFFFFFFFFFF;</title></channel></rss>', "broken"),
    "other json": ('{"version": 1}', "neither RSS nor Atom"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_feed_is_refused_with_a_sentence(name: str) -> None:
    data, message = HOSTILE[name]
    with pytest.raises(InvalidError, match=message):
        read("feed", data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("timelinejs", "a,b\n1,2\n"),
        ("timelinejs", '{"events": 1}'),
        ("timelinejs", "{"),
        ("timelinejs", f"Year,Headline\n2015,{'x' * 200_000}\n"),
        ("statuspage", "{"),
        ("statuspage", "[]"),
        ("statuspage", '{"incidents": 1}'),
        ("cstate", "no front matter"),
        ("cstate", b"\xff\xfe"),
        ("cstate", "---\n- a list\n---\n"),
        ("cstate", "---\na: &x 1\nb: *x\n---\n"),
        ("cstate", "---\ndate: 2020-01-01\n---\n"),
        ("cstate", "---\ntitle: X\ndate: yesterday\n---\n"),
        ("cstate", "+++\ntitle = \n+++\n"),
        ("cstate", "---\n" + "[" * 10_000 + "\n---\n"),
    ],
)
def test_file_of_another_kind_is_refused(kind: str, data: str | bytes) -> None:
    with pytest.raises(InvalidError, match="file"):
        read(kind, data)


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"items": [7]}, 1),
        ({"items": [{"id": "1", "title": "First", "date_published": "yesterday"}]}, 1),
        (
            {
                "language": "not a language",
                "items": [{"title": "First", "image": "https://a.example/i.png"}],
            },
            0,
        ),
    ],
)
def test_odd_items_of_a_json_feed_are_named_or_left_out(change: dict[str, Any], count: int) -> None:
    assert len(read("feed", json.dumps(JSON_FEED | change)).problems) == count


def test_date_beyond_the_calendar_is_none() -> None:
    assert _utc((99_999, 1, 1, 0, 0, 0)) is None


def test_timeline_leaves_out_eras_and_empty_rows() -> None:
    sheet = "Year,Headline,Type,Day,Month,Time\n1999,Nineties,era,,,\n,,,,,\n2015,Talks,,21,1,9:05\n"
    [talks] = only("timelinejs", sheet, times=BERLIN).items
    assert talks.parts["happened"] == {"edtf": "2015-01-21T09:05:00+01:00"}


def test_event_of_a_timeline_that_is_none_is_named() -> None:
    assert read("timelinejs", '{"events": [7]}').problems[0].where == "file: event 1"


@pytest.mark.parametrize(
    ("html", "markdown", "line"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo", "One Two"),
        ("a<br>b<hr>c", "a\\\nb\n\nc", "a b c"),
        ("<blockquote><p>Said</p></blockquote>", "> Said", "Said"),
        ("<blockquote>Said</blockquote>", "> Said", "Said"),
        ("<b>bold <i>both", "**bold *both***", "bold both"),
        ("<a href='javascript:x'>no</a> <a href='https://a.example/'>yes", "no [yes](<https://a.example/>)", "no yes"),
        ("1. <b>x</b> &amp;amp; <u>_</u>", "1\\. **x** \\&amp; \\_", "1. x &amp; _"),
        ("# no *marks*\nline", "\\# no \\*marks\\*\\\nline", "# no *marks* line"),
        ("<style>a{}</style></a></b></li>x", "x", "x"),
        ("<iframe src='x'>y</iframe>", "", ""),
        ("&lt;script&gt; 3 < 4", "<script> 3 < 4", "<script> 3 < 4"),
        ("snake_case", "snake_case", "snake_case"),
        (f'a<img src="data:{"x" * 2_000}"> b<b alt="{"y" * 2_000}">c</b>', "a b**c**", "a bc"),
        (f"a<![if {'x' * 2_000}]>b", "ab", "ab"),
        ("<p>1 < 2", "1 < 2", "1 < 2"),
    ],
)
def test_html_becomes_commonmark_or_a_line(html: str, markdown: str, line: str) -> None:
    assert (commonmark(html), one_line(html)) == (markdown, line)


MARKS: Final = ("<a ", "<!--", "<!--x>", "</", "<!", "<?", "<a b='", "<![CDATA[", "<![CDATA[>", "<?php>")


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("end", ["", ">"])
def test_marks_without_an_end_take_little_time(mark: str, end: str) -> None:
    began = time.process_time()
    commonmark("<p>" + mark * 50_000 + end)
    assert time.process_time() - began < 5


def test_headline_is_the_first_sentence_and_never_too_long() -> None:
    assert headline_of("", r"\# We [look](<https://a.example/>) **now**. Then not.") == "# We look now."
    assert len(headline_of("x" * 400, "")) == 300


def test_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidError, match="more than 67,108,864 bytes"):
        read("statuspage", b" " * (FILE_BYTES_MAX + 1))


@pytest.mark.parametrize("kind", ["timelinejs", "feed"])
def test_file_of_too_many_items_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"feed.importers.{'timeline' if kind == 'timelinejs' else 'feeds'}.ITEMS_MAX", 1)
    with pytest.raises(InvalidError, match="more than 1"):
        read(kind, TIMELINE if kind == "timelinejs" else RSS)


def test_problems_of_a_file_are_limited() -> None:
    rows = "2015,13,,X\n" * 1_100
    assert len(read("timelinejs", f"Year,Month,Day,Headline\n{rows}").problems) == 1_000


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<p>b<![CDATA[ x ]]>c", "a\n\nbc"),
        ("a<p>b<![if !supportLists]>c<!-- x -->d<!doctype html>e", "a\n\nbcde"),
        ("a<p>1 < 2 <b", "a\n\n1 < 2 <b"),
        ("a<p>x" + "<![" * 2, "a\n\nx<![<!["),
        ("<p title='<!--'>a</p><p>b</p><p title='-->'>c", "a\n\nb\n\nc"),
        ("<p>a<script>x = '<!--'</script><p>b<p>c --> d", "a\n\nb\n\nc --> d"),
        ("<p>a<!-->b<p>c--><!--->d", "ab\n\nc-->d"),
        ("<p>a<!-- b --> c <!-- d", "a c <!-- d"),
        ("a<p>b<![CDATA[ x > y ]]>c<![CDATA[d>e", "a\n\nbce"),
        ("a<p>b<?php if (x > y) { ?>c<?php } ?>d<?xml:namespace />e", "a\n\nbcde"),
    ],
)
def test_html_that_is_broken_is_read_as_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["<a ", "<!", "</", "<a x='", "&", "<!--", "<p>", "<b><i>"])
@pytest.mark.parametrize("end", ["", ">", "'>"])
def test_html_of_a_stranger_takes_no_more_than_its_size(piece: str, end: str) -> None:
    before = time.process_time()
    plain_text(f"<p>{piece * (100_000 // len(piece))}{end}")
    assert time.process_time() - before < 2
