"""The check of the output: each kind of mistake is reported, and a built output has none."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest

from feed.output.check import OutputCheck
from feed.output.readers import READERS, UnreadableError, read_page
from feed.output.tree import TreeFiles
from tests.builders import BASE_URL, reconfigured
from tests.golden.stories import story

NAME = "valley-flood"
FOLDER = f"stories/{NAME}/"
ATOM, RSS, JSON = (f"{FOLDER}feed.{extension}" for extension in ("atom", "rss", "json"))
OLDEST, NEWEST = f"{FOLDER}archive/0001.atom", f"{FOLDER}archive/0002.atom"
PAGE, STATE, HISTORY = f"{FOLDER}index.html", f"{FOLDER}state.json", f"{FOLDER}history.json"
LATER = datetime(2027, 1, 1, tzinfo=UTC)
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Files:
    recording = story(NAME).record(tmp_path_factory.mktemp(NAME) / "newsroom")
    site = reconfigured(recording.site, "entries = 50", "entries = 10")
    site.publish()
    return dict(TreeFiles(site.root))


@pytest.fixture(autouse=True, scope="module")
def pages_are_read_once() -> Iterator[None]:
    """Each test changes a few files, and all are checked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feed.output.check.read_page", cache(read_page))
        yield


@pytest.fixture
def files(built: Files) -> Files:
    return dict(built)


def problems_in(
    files: Files, story: str | None = None, *, base_url: str = BASE_URL, now: datetime = LATER
) -> set[tuple[str, str]]:
    """Return (path, check) of each problem."""
    problems = list(OutputCheck(files, base_url=base_url, now=now).problems(story))
    assert all(problem.remedy and problem.message.endswith(".") for problem in problems)
    return {(problem.where, problem.check) for problem in problems}


def replaced(files: Files, path: str, was: str, now: str, *, count: int = 1) -> Files:
    text = files[path].decode()
    assert was in text
    return files | {path: text.replace(was, now, count).encode()}


def without(files: Files, *paths: str) -> Files:
    return {path: data for path, data in files.items() if path not in paths}


@pytest.mark.slow
def test_built_output_has_no_problems(files: Files) -> None:
    assert {OLDEST, NEWEST} <= files.keys()
    assert problems_in(files) == set()
    assert problems_in(files, NAME) == set()


def test_output_never_built_has_no_problems(files: Files) -> None:
    assert problems_in({}) == set()
    assert problems_in(files, "another-story") == set()


@pytest.mark.parametrize(
    "path", [ATOM, RSS, JSON, OLDEST, "feed.rss", "corrections.json", "stories.opml", STATE, HISTORY]
)
def test_truncated_file_is_unreadable(files: Files, path: str) -> None:
    assert (path, "unreadable") in problems_in(files | {path: files[path][:-20]})


@pytest.mark.parametrize(("path", "other"), [(ATOM, RSS), (RSS, ATOM), (JSON, PAGE), (STATE, PAGE)])
def test_another_kind_of_document_is_unreadable(files: Files, path: str, other: str) -> None:
    assert (path, "unreadable") in problems_in(files | {path: files[other]})


@pytest.mark.parametrize("path", [ATOM, "corrections.rss"])
def test_missing_feed_is_unreadable(files: Files, path: str) -> None:
    assert (path, "unreadable") in problems_in(without(files, path))


@pytest.mark.parametrize(
    ("path", "was", "now"),
    [
        (ATOM, "<id>", "<id/><id>"),
        (ATOM, "<title>Flood", "<title>A</title><title>Flood"),
        (ATOM, "<published>", "<published>yesterday "),
        (RSS, 'isPermaLink="false"', 'isPermaLink="true"'),
        (RSS, "<pubDate>", "<pubDate>on "),
        (RSS, ", 04 May 2026", ", 04 May 99999999999999999999"),
        (RSS, "<atom:updated>", "<atom:updated>2026-05-07T08:00:00</atom:updated><atom:updated>"),
        (RSS, "<lastBuildDate>", "<lastBuildDate/><lastBuildDate>"),
        (JSON, '"version"', '"verse"'),
        (JSON, '"date_published": "', '"date_published": "x'),
    ],
)
def test_feed_that_breaks_its_format_is_unreadable(files: Files, path: str, was: str, now: str) -> None:
    assert (path, "unreadable") in problems_in(replaced(files, path, was, now))


def test_entry_without_a_date_is_unreadable(files: Files) -> None:
    assert (RSS, "unreadable") in problems_in(files | {RSS: files[RSS].replace(b"pubDate>", b"date>")})


def test_many_faults_of_one_json_feed_are_counted(files: Files) -> None:
    with pytest.raises(UnreadableError, match=r"and \d+ more\.$"):
        READERS["json"](re.sub(rb'"id": "urn', b'"ident": "urn', files[JSON]))


@pytest.mark.slow
@pytest.mark.parametrize("path", [ATOM, RSS, JSON, OLDEST, "feed.atom", "corrections.json"])
def test_self_link_must_be_the_configured_address(files: Files, path: str) -> None:
    assert (path, "self-link") in problems_in(
        replaced(files, path, f"{BASE_URL}{path}", f"http://elsewhere.example/{path}")
    )
    assert (path, "self-link") in problems_in(files, base_url="https://moved.example/")


def test_rss_without_a_self_link_is_a_problem(files: Files) -> None:
    assert (RSS, "self-link") in problems_in(replaced(files, RSS, 'rel="self"', 'rel="related"'))


@pytest.mark.parametrize("path", [ATOM, RSS, JSON])
def test_two_entries_with_one_id_are_a_problem(files: Files, path: str) -> None:
    ids = re.findall(r"urn:uuid:[0-9a-f-]{36}(?=</id>|</guid>|\",\n)", files[path].decode())
    first, second = list(dict.fromkeys(ids))[-2:]
    assert (path, "unique-id") in problems_in(replaced(files, path, second, first))


def test_date_in_the_future_is_a_problem(files: Files) -> None:
    problems = problems_in(files, now=datetime(2026, 5, 5, tzinfo=UTC))
    assert {(ATOM, "date"), (RSS, "date"), (JSON, "date")} <= problems
    assert (OLDEST, "date") not in problems


def test_feed_older_than_its_entries_is_a_problem(files: Files) -> None:
    older = re.sub(rb"(</title>\s*<updated>)2026", rb"\g<1>2025", files[ATOM], count=1)
    assert (ATOM, "date") in problems_in(files | {ATOM: older})


@pytest.mark.parametrize(("path", "was"), [(RSS, "<title>Correction: "), (JSON, '"title": "Correction: ')])
def test_formats_that_differ_in_content_are_a_problem(files: Files, path: str, was: str) -> None:
    path = path.replace(f"{FOLDER}feed", "corrections")
    assert problems_in(replaced(files, path, was, f"{was}oh, ")) == {(path, "formats")}


@pytest.mark.parametrize(
    ("path", "was", "now"),
    [
        (ATOM, f"{BASE_URL}stories/{NAME}/#", f"{BASE_URL}stories/other/#"),
        (RSS, "&lt;p&gt;", '&lt;a href="javascript:alert(1)"&gt;x&lt;/a&gt;&lt;p&gt;'),
        (RSS, "&lt;p&gt;", f'&lt;a href="{BASE_URL}stories/{NAME}/#gone"&gt;x&lt;/a&gt;&lt;p&gt;'),
        (JSON, '"external_url": "https:', '"external_url": "data:'),
        (PAGE, "../../index.html", "../../index.htm"),
        (PAGE, 'href="#', 'href="#not-'),
        ("stories.opml", f"{FOLDER}feed.rss", f"{FOLDER}feed.xml"),
    ],
)
def test_link_without_a_target_is_a_problem(files: Files, path: str, was: str, now: str) -> None:
    assert (path, "link") in problems_in(replaced(files, path, was, now))


def test_page_without_its_stylesheet_is_a_problem(files: Files) -> None:
    [style] = [path for path in files if path.endswith(".css")]
    assert {(PAGE, "link"), ("index.html", "link")} <= problems_in(without(files, style))


def test_missing_page_of_a_json_file_is_a_problem(files: Files) -> None:
    longer = replaced(files, HISTORY, '"pages":[]', '"pages":["history/0001.json"]')
    assert problems_in(longer) == {(HISTORY, "link")}
    assert problems_in(longer | {f"{FOLDER}history/0001.json": b"{}"}) == set()


def test_missing_archive_page_breaks_the_chain(files: Files) -> None:
    assert (NEWEST, "archive-chain") in problems_in(without(files, OLDEST))
    assert {(ATOM, "archive-chain"), (OLDEST, "archive-chain")} <= problems_in(without(files, NEWEST))


@pytest.mark.parametrize(
    ("path", "was", "now", "where"),
    [
        (ATOM, 'rel="prev-archive"', 'rel="prev"', NEWEST),
        (NEWEST, 'rel="prev-archive"', 'rel="prev"', OLDEST),
        (NEWEST, "archive/0001.atom", "archive/0002.atom", NEWEST),
        (OLDEST, "<fh:archive/>", "", OLDEST),
        (OLDEST, 'rel="current"', 'rel="related"', OLDEST),
    ],
)
def test_archive_page_out_of_reach_breaks_the_chain(files: Files, path: str, was: str, now: str, where: str) -> None:
    assert (where, "archive-chain") in problems_in(replaced(files, path, was, now))


def test_archive_behind_an_unreadable_feed_breaks_the_chain(files: Files) -> None:
    assert {(ATOM, "unreadable"), (OLDEST, "archive-chain")} <= problems_in(files | {ATOM: b"<feed"})
    assert {(NEWEST, "unreadable"), (OLDEST, "archive-chain")} <= problems_in(files | {NEWEST: b"<feed"})


def test_attribute_without_a_value_is_an_empty_link() -> None:
    page = read_page("<a href id>x</a><img src='a.png'>")
    assert (page.links, page.anchors) == (["", "a.png"], {""})
