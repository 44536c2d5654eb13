"""`source` and `intake`: feeds and pages are read politely, and what is new of them waits for a person."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from feed.intake import sources
from tests.builders import HOUR, reconfigured
from tests.desk import FIRE
from tests.remedies import failures
from tests.sources import LOOPBACK, SourceDesk, item, rss, server_of

MINUTE = timedelta(minutes=1)
PAGE = b'<html><link rel="alternate" type="application/rss+xml" href="/feed.xml"><p>News</html>'


@pytest.fixture
def desk(tmp_path: Path) -> SourceDesk:
    return SourceDesk(tmp_path)


def test_new_feed_makes_drafts_of_its_newest_items(desk: SourceDesk) -> None:
    with server_of(rss(*(item(number) for number in range(30, 0, -1)))) as server:
        assert "Harbour Radio, a feed: 30 items, 10 drafts made. To decide: writethru inbox\n" in desk.add(
            server.url, "--story", FIRE
        )
        assert desk.titles() == [f"Item {number}" for number in range(21, 31)]
        assert desk.intake() == "0 1 source read, 0 drafts made.\n"
    assert {draft["story"] for draft in desk.drafts()} == {FIRE}


def test_each_new_item_makes_one_draft(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        server.body = rss(item(3), item(2), item(1))
        assert "2 drafts made. To decide: writethru inbox" in desk.intake()
        assert "0 drafts" in desk.intake()
    assert desk.titles() == ["Item 1", "Item 2", "Item 3"]


def test_changed_item_makes_one_draft_that_says_so(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        for text in ("Three hurt.", "Three hurt.", "Text 1."):
            server.body = rss(item(1, description=text, pubDate="Sat, 24 Jan 2015 09:00:00 GMT"))
            desk.intake()
    notes = [(draft["number"], draft["note"]) for draft in desk.drafts()]
    assert notes == [
        (1, None),
        (2, "Its source changed it since draft 1."),
        (3, "Its source changed it since draft 2."),
    ]


def test_item_is_known_by_its_id_and_then_by_its_link(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        server.body = rss(item(1, guid="other"))
        assert "0 drafts" in desk.intake()
        server.body = rss(item(1, guid="other", link="https://radio.example/moved"))
        assert "0 drafts" in desk.intake()


def test_link_that_items_share_does_not_identify_them(desk: SourceDesk) -> None:
    link = "https://radio.example/status"
    with server_of(rss(item(1, link=link))) as server:
        desk.add(server.url)
        server.body = rss(item(2, link=link), item(1, link=link))
        desk.intake()
    assert desk.titles() == ["Item 1", "Item 2"]


def test_item_of_two_feeds_makes_one_draft(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as one, server_of(rss(item(1, guid="x", description="Short."), item(2))) as two:
        desk.add(one.url)
        assert "2 items, 1 draft made" in desk.add(two.url)
    assert desk.titles() == ["Item 1", "Item 2"]


def test_flood_of_items_waits_for_the_next_time(desk: SourceDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "DRAFTS_MAX", 3)
    with server_of(rss()) as server:
        desk.add(server.url)
        server.body, server.headers = rss(*(item(number) for number in range(5, 0, -1))), {"ETag": '"1"'}
        assert "2 more new items wait for the next time." in desk.intake()
        assert "2 drafts made" in desk.intake()
        assert "0 drafts made" in desk.intake()
    assert [one.get("If-None-Match") for one in server.requests] == [None, None, None, '"1"']
    assert desk.titles() == [f"Item {number}" for number in range(1, 6)]


def test_page_that_has_a_feed_names_it(desk: SourceDesk) -> None:
    with server_of(PAGE, **{"Content-Type": "text/html"}) as server:
        result = desk.run("source", "add", server.url, "--allow", LOOPBACK)
        feed = server.url.replace("/pub", "/feed.xml")
        assert f"this is a web page; its feed is {feed}." in str(result.exception)
        assert f"source add {feed}. To watch the page itself, add --page." in str(result.exception)
        assert json.loads(desk.output("source", "list", "--json")) == []
        assert f"{server.url}, a web page. From now on, each sentence that changes" in desk.add(server.url, "--page")
    assert desk.state()["kind"] == "page"


def test_feed_that_became_a_page_is_named(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        server.body = PAGE
        assert "it was a feed, and now it is a web page." in desk.intake()


def test_source_that_cannot_be_read_yet_is_added(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        server.status = 503
        assert "added. It is tried again by writethru intake." in desk.add(server.url)
        assert "the server answers 503.\n  It is asked again after 2015-01-24T11:00:00Z." in desk.intake()
        server.status = 200
        assert "1 draft made" in desk.intake(2 * HOUR)
    assert desk.state()["kind"] == "feed"


def test_page_that_could_not_be_read_at_first_names_its_feed(desk: SourceDesk) -> None:
    with server_of(PAGE) as server:
        server.status = 503
        desk.add(server.url)
        server.status = 200
        assert "this is a web page, which is watched now; its feed is http://" in desk.intake()
        server.body += b" "
        assert "its feed is" not in desk.intake()


def test_text_of_an_item_is_read_as_an_article(desk: SourceDesk) -> None:
    said = 'The ferry was in the port on Tuesday, and it is safe. "It is over," said Ana Pires, the mayor of the port.'
    dated = {"pubDate": "Thu, 22 Jan 2015 10:00:00 GMT"}
    with server_of(rss(item(1, description=said, **dated), item(2, description=said * 100, **dated))) as server:
        desk.add(server.url)
    shown = {number: json.loads(desk.output("inbox", "show", str(number), "--json")) for number in (1, 2)}
    names = {draft["title"]: [field["name"] for field in draft["fields"]] for draft in shown.values()}
    assert [name for name in names["Item 1"] if "." not in name] == ["quotes", "date"]
    assert [name for name in names["Item 2"] if "." not in name] == []


def test_changed_page_makes_a_draft_of_each_changed_sentence(desk: SourceDesk) -> None:
    text = "Some of the 53 are free. Both will hold their talks in Havana later this month."
    page = f"<html><title>Cases</title><nav>{{0}}</nav><p>{text}</p></html>"
    with server_of(page.format(1).encode(), **{"Content-Type": "text/html"}) as server:
        desk.add(server.url, "--story", FIRE)
        server.body = page.format(2).encode()
        assert "0 drafts made" in desk.intake()
        server.body = page.replace("Some", "35").replace("later this month", "on Jan. 21 and 22").encode()
        assert "2 drafts made" in desk.intake()
        assert "1 source read, 0 drafts made" in desk.intake()
        server.body = page.format(1).encode()
        assert "2 drafts made" in desk.intake()
        server.body = page.replace("Some", "35").replace("later this month", "on Jan. 21 and 22").encode()
        assert "2 drafts made" in desk.intake()
    assert desk.titles()[:2] == ["35 of the 53 are free.", "Both will hold their talks in Havana on Jan. 21 and 22."]
    shown = desk.output("inbox", "show", "1")
    assert shown.count("35 of the 53 are free.") == 2  # the title, and beside what it was
    lines = [line.split() for line in shown.splitlines() if " | " in line]
    before, now = text.partition(". ")[0] + ".", "35 of the 53 are free."
    assert lines == [["was", "|", "now"], [*before.split(), "|", *now.split()]]
    desk.output("take", "1", "--headline", "35 are free")
    [report] = [json.loads(line) for line in desk.output("export", FIRE).splitlines()[-1:]]
    assert report["sources"] == [{"name": "Cases", "url": server.url}]


def test_page_that_was_rewritten_makes_a_limited_number_of_drafts(
    desk: SourceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "DRAFTS_MAX", 3)
    with server_of(b"<html><p>It ran.</p></html>", **{"Content-Type": "text/html"}) as server:
        desk.add(server.url)
        server.body = b"<html>" + b"".join(b"<p>Number %d sank.</p>" % number for number in range(5)) + b"</html>"
        assert "3 drafts made" in desk.intake()
    assert [draft["note"] for draft in desk.drafts()] == [None, None, "3 more changed with it: look at the page."]


@pytest.mark.parametrize(("every", "shown"), [("15m", "15m"), ("90 min", "90m"), ("2 hours", "2h"), ("48h", "2d")])
def test_interval_is_shown_in_the_largest_unit(desk: SourceDesk, every: str, shown: str) -> None:
    with server_of(rss(item(1))) as server:
        assert f"To be read every {shown}, let cron run" in desk.add(server.url, "--every", every)
    assert desk.state()["every"] == shown


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://radio.example/feed", "does not begin with https:// or http://"),
        ("radio.example", "does not begin with https:// or http://"),
        ("https:///feed", "no host"),
        ("https://me:secret@radio.example/feed", "a user name or a password"),
        ("http://127.0.0.1:1/feed", "127.0.0.1, which is not a public address"),
    ],
)
def test_address_that_cannot_be_a_source_is_refused(desk: SourceDesk, url: str, message: str) -> None:
    result = desk.run("source", "add", url)
    assert message in str(result.exception)
    assert json.loads(desk.output("source", "list", "--json")) == []


@pytest.mark.parametrize(("status", "body"), [(404, b""), (410, b""), (200, b"%PDF-1.7")])
def test_address_of_nothing_to_read_is_refused(desk: SourceDesk, status: int, body: bytes) -> None:
    with server_of(body) as server:
        server.status = status
        assert desk.run("source", "add", server.url, "--allow", LOOPBACK).exception is not None
    assert json.loads(desk.output("source", "list", "--json")) == []


def test_newsroom_without_an_address_is_told_that_nobody_can_reach_it(desk: SourceDesk) -> None:
    reconfigured(desk.site, "https://news.example/", "http://localhost:8000/")
    with server_of(rss(item(1))) as server:
        result = desk.run("source", "add", server.url, "--allow", LOOPBACK)
    assert "where nobody can reach you. Set site.base_url" in result.stderr


def test_source_is_added_once_and_removed(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        desk.add(server.url)
        assert "a source already" in str(desk.run("source", "add", server.url, "--allow", LOOPBACK).exception)
        assert "removed" in desk.output("source", "remove", server.url)
        assert "no such source" in str(desk.run("source", "remove", server.url).exception)
        assert desk.titles() == ["Item 1"]
        assert "1 item, 0 drafts made" in desk.add(server.url)
    assert len(server.requests) == 2


def test_source_is_removed_by_the_address_that_was_typed(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        typed = f"{server.url.replace('http', 'HTTP')}#news"
        desk.add(typed)
        assert f"{server.url}: removed" in desk.output("source", "remove", typed)
    assert json.loads(desk.output("source", "list", "--json")) == []


def test_address_inside_is_refused_with_what_allows_it(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        refusal = str(desk.run("source", "add", f"{server.url}?a=1&b=2").exception)
        assert f"writethru source add '{server.url}?a=1&b=2' --allow 127.0.0.1/32" in refusal
        assert server.requests == []
        assert failures(desk, refusal) == []


def test_unknown_story_is_refused_before_anything_is_asked(desk: SourceDesk) -> None:
    with server_of(rss(item(1))) as server:
        result = desk.run("source", "add", server.url, "--allow", LOOPBACK, "--story", "harbor-fire")
    assert f"Did you mean {FIRE}?" in str(result.exception)
    assert server.requests == []


def test_source_without_the_extra_says_how_to_install_it(desk: SourceDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.cli.extras.find_spec", lambda _: None)
    for arguments in (("source", "add", "https://radio.example/feed"), ("intake",)):
        assert "pip install 'writethru[intake]'" in str(desk.run(*arguments).exception)


def test_reading_that_is_cut_off_makes_no_draft_twice(desk: SourceDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with server_of(rss(item(1)), ETag='"1"') as server:
        desk.add(server.url)
        server.body, server.headers = rss(item(3), item(2), item(1)), {"ETag": '"2"'}
        with monkeypatch.context() as patch:
            patch.setattr(sources.Sources, "update", cut_off)  # the last step of those that are made together
            desk.clock.go(HOUR)
            assert desk.run("intake").exit_code != 0
        assert desk.titles() == ["Item 1"]
        assert "2 drafts made" in desk.intake()
    assert desk.titles() == ["Item 1", "Item 2", "Item 3"]
