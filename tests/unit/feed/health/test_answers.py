"""What is wrong with a web server's answer, without a server."""

import pytest

from feed.health.answers import Answer, answer_problems, is_poll, poll_problem

FEED = "stories/fire/feed.atom"
ATOM = {"content-type": "application/atom+xml; charset=utf-8"}


def answer(status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, ATOM | named, b"")


def checks(path: str, given: Answer) -> list[tuple[str, str]]:
    return [(problem.check, problem.message) for problem in answer_problems(path, given)]


def test_answer_as_it_should_be_has_no_problem() -> None:
    assert checks(FEED, answer(age="60", cache_control="public, max-age=60")) == []
    assert checks("robots.txt", answer(content_type="")) == []


@pytest.mark.parametrize(
    ("path", "given", "expected"),
    [
        (FEED, answer(301), ("missing", "the server redirects.")),
        (FEED, answer(404), ("missing", "the server answers 404.")),
        (FEED, answer(content_type="text/plain"), ("type", "files that end in .atom are served as text/plain.")),
        (FEED, answer(content_type=""), ("type", "files that end in .atom are served as no type.")),
        (
            FEED,
            answer(content_type="text/xml; charset=latin-1"),
            ("type", "it is served as latin-1, and is UTF-8."),
        ),
        (
            FEED,
            answer(age="61", cache_control="s-maxage=60, max-age=90"),
            ("age", "a cache has served its copy for longer than the 60 s that it may."),
        ),
    ],
)
def test_problem_of_an_answer(path: str, given: Answer, expected: tuple[str, str]) -> None:
    assert checks(path, given) == [expected]


def test_age_that_is_no_number_is_unknown() -> None:
    assert answer(age="soon", cache_control="max-age=x").age is None
    assert answer(cache_control="no-store").lifetime is None


def test_feeds_are_polled_and_pages_are_not() -> None:
    assert is_poll(FEED)
    assert is_poll("stories/fire/feed.json")
    assert not is_poll("index.html")


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        (answer(), 200, "the answer has neither ETag nor Last-Modified"),
        (answer(etag='"a"'), 200, "a conditional request is answered with 200, not with 304"),
        (answer(etag='"a"', last_modified="Mon, 02 Mar 2026 08:00:00 GMT"), 304, ""),
    ],
)
def test_poll_is_to_be_answered_in_short(given: Answer, status: int, message: str) -> None:
    asked = []

    def ask(*, headers: dict[str, str]) -> Answer:
        asked.append(headers)
        return answer(status)

    problems = [problem.message for problem in poll_problem(FEED, given, ask)]
    assert [text.startswith(message) for text in problems] == [True] * bool(message)
    assert all(headers["If-None-Match"] == '"a"' for headers in asked)
