"""`writethru read`: one article → one draft, each field beside the sentence that proves it; nothing is recorded."""

import json
import shlex
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from feed.fetch import Access, Answer
from feed.intake.inbox import TEXT_DAYS
from tests.desk import FIRE, DeskRunner
from tests.remedies import failures
from tests.reprints import Event, reprint
from tests.sources import LOOPBACK, item, rss, server_of

TEXT = """Ferry runs aground

KIRVANA, Jan. 6 (Northwire) - Some of the 53 passengers were taken ashore on Tuesday, and the rest are to follow.

"It is not sinking," said Commander Ivo Brandt. "We have time," he said of the ferry.

Popular Video
"""


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    desk = DeskRunner(tmp_path)
    desk.record(commands.open_story(FIRE, "Fire at the harbour"))
    (tmp_path / "ferry.txt").write_text(TEXT)
    return desk


def test_read_prints_each_field_beside_its_sentence(desk: DeskRunner, tmp_path: Path) -> None:
    output = desk.output("read", str(tmp_path / "ferry.txt"), "--published", "2015-01-06")
    assert output.startswith("Draft 1 made: Ferry runs aground\n")
    assert '  source.via: ["Northwire"]\n    agency of the dateline: KIRVANA, Jan. 6 (Northwire) - Some' in output
    assert '"speaker": {"name": "Ivo Brandt", "role": "Commander"}}\n    quote, said NAME: "It is not' in output
    assert '  date: {"edtf": "2015-01-06", "literal": "Tuesday"}\n    the nearest weekday: KIRVANA' in output
    assert '  number: "Some of the 53 passengers"\n' in output
    assert '  question: "Who is “he”, who says: We have time"\n' in output


def test_read_records_nothing_and_take_fills_its_report(desk: DeskRunner, tmp_path: Path) -> None:
    before = desk.output("export", FIRE)
    result = desk.run("read", str(tmp_path / "ferry.txt"), "--story", FIRE, "--published", "6 January 2015")
    assert "Left out as parts of the site: Popular Video" in result.stderr
    assert desk.output("export", FIRE) == before
    editor = tmp_path / "editor.sh"
    editor.write_text(
        f'#!/bin/sh\ncp "$1" \'{tmp_path}/template.md\'\nsed -i \'s/^headline: ""/headline: Aground/\' "$1"\n'
    )
    editor.chmod(0o700)
    assert "source" in str(desk.run("take", "1", EDITOR=shlex.quote(str(editor))).exception)
    template = (tmp_path / "template.md").read_text()
    assert '    # Who published it? The text does not say.\n    name: ""\n' in template
    assert '# number: "Some of the 53 passengers" (a number of a total, verbatim:' in template
    desk.output("take", "1", "--headline", "Ferry aground")
    [report] = [json.loads(line) for line in desk.output("export", FIRE).splitlines()[-1:]]
    assert (report["headline"], "sources" in report) == ("Ferry aground", False)


def test_read_twice_is_one_draft(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("read", str(tmp_path / "ferry.txt"))
    assert desk.output("read", str(tmp_path / "ferry.txt")).startswith("Draft 1 in the inbox already")
    desk.output("drop", "1")
    assert desk.output("read", str(tmp_path / "ferry.txt")).startswith("Draft 1 dropped before")
    assert desk.run("inbox").stderr.startswith("Nothing waits")


def test_read_of_stdin_is_another_article_for_each_text(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = iter([Event(7).article(2), reprint(Event(7).article(2), 9)])
    monkeypatch.setattr("feed.cli.commands.read_article.read_input", lambda *_, **__: next(texts).encode())
    desk.output("read", "-")
    assert "Another printing of draft 1" in desk.run("read", "-").stderr


def test_read_says_which_drafts_it_dropped(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("read", str(tmp_path / "ferry.txt"))
    desk.clock.go(timedelta(days=TEXT_DAYS, seconds=1))
    (tmp_path / "other.txt").write_text("Other.")
    assert "1 draft dropped that waited for more than 90 days." in desk.run("read", str(tmp_path / "other.txt")).stderr


def test_read_without_a_day_leaves_dates_open(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "feed.cli.commands.read_article.read_input", lambda name, most: TEXT.encode()[:most] * (name == "-")
    )
    draft = json.loads(desk.output("read", "-", "--json"))
    assert [field for field in draft["fields"] if field["name"] == "date"] == []
    questions = [field["value"] for field in draft["fields"] if field["name"] == "question"]
    assert "When is “Tuesday”? The article does not say when it was published." in questions
    assert "\n    no stated date of publication\n" in desk.output("read", "-")


def test_read_compares_the_storys_facts(desk: DeskRunner, tmp_path: Path) -> None:
    desk.output("report", FIRE, "All are ashore", "--fact", "ashore=53/53:people")
    output = desk.output("read", str(tmp_path / "ferry.txt"), "--story", FIRE)
    assert '  differs: {"key": "ashore", "recorded": "53 of 53 people", "text": "Some of the 53 passengers"}' in output
    assert "no-such" in str(desk.run("read", str(tmp_path / "ferry.txt"), "--story", "no-such").exception)


@pytest.mark.parametrize("arguments", [("missing.txt",), ("-", "--published", "soon"), ("http://127.0.0.1:9/",)])
def test_read_refuses_what_it_cannot_read(desk: DeskRunner, arguments: tuple[str, ...]) -> None:
    assert desk.run("read", *arguments).exit_code != 0
    assert desk.run("inbox").stderr.startswith("Nothing waits")


def test_read_of_a_feed_names_the_command_for_feeds(desk: DeskRunner, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(rss(item(1)))
    message = str(desk.run("read", str(tmp_path / "feed.xml")).exception)
    assert f"not an article.\n  Run: writethru import --from feed {shlex.quote(str(tmp_path / 'feed.xml'))}" in message
    with server_of(rss(item(1))) as server:
        message = str(desk.run("read", server.url, "--allow", LOOPBACK).exception)
    assert message.endswith(f"Run: writethru source add {server.url}")
    assert desk.run("inbox").stderr.startswith("Nothing waits")


@pytest.mark.slow
def test_read_of_an_address_links_it(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://post.example/1"
    head = '<html><meta property="og:site_name" content="Port Post"><article>'
    body = f"{head}{''.join(f'<p>{line}</p>' for line in TEXT.split(chr(10)) if line)}</article>".encode()
    answers = iter([Answer(200, {"Content-Type": "text/html"}, url, body), Answer(404, {}, url)])
    monkeypatch.setattr("feed.fetch.fetch", lambda _url, _access: next(answers))
    draft = json.loads(desk.output("read", url, "--json"))
    fields = {field["name"]: field["value"] for field in draft["fields"]}
    assert (draft["link"], fields["source.url"], fields["source.name"]) == (url, url, "Port Post")
    assert "the server answers 404" in str(desk.run("read", url).exception)


def test_read_of_an_address_inside_says_what_allows_it(desk: DeskRunner) -> None:
    with server_of(
        f"<html><article><p>{TEXT}</p></article></html>".encode(), **{"Content-Type": "text/html"}
    ) as server:
        refusal = str(desk.run("read", f"{server.url}?a=1&b=2").exception)
        assert f"writethru read '{server.url}?a=1&b=2' --allow 127.0.0.1/32" in refusal
        assert server.requests == []
        assert failures(desk, refusal) == []
        draft = json.loads(desk.output("read", f"{server.url}#top", "--allow", LOOPBACK, "--json"))
    assert (draft["address"], draft["link"]) == (server.url, server.url)
    assert {one["User-Agent"] for one in server.requests} == {"writethru (+https://news.example/)"}


def test_read_of_an_address_asks_for_its_host_as_browsers_do(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fetch(url: str, _: Access) -> Answer:
        asked.append(url)
        return Answer(200, {}, url, TEXT.encode())

    monkeypatch.setattr("feed.fetch.fetch", fetch)
    draft = json.loads(desk.output("read", "https://bücher.example/ä", "--json"))
    assert [draft["link"], *asked] == ["https://xn--bcher-kva.example/%C3%A4"] * 2
    assert "a user name or a password" in str(desk.run("read", "https://me:secret@post.example/").exception)


@pytest.mark.parametrize(("source", "network"), [("ferry.txt", LOOPBACK), ("https://post.example/", "nonsense")])
def test_read_refuses_a_network_of_nothing(desk: DeskRunner, source: str, network: str) -> None:
    assert desk.run("read", source, "--allow", network).exit_code == 2


def test_read_of_an_address_without_the_extra_says_so(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.cli.extras.find_spec", lambda _: None)
    message = str(desk.run("read", "https://post.example/1").exception)
    assert "needs urllib3" in message
    assert "Or save the page, and read the file." in message
