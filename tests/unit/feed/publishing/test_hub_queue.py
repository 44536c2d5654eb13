"""The queue of a WebSub hub: when it is due, what a call leaves, and that its notes are read as a stranger's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed.publishing.hub_queue import FEEDS_MAX, Answers, HubQueue, is_feed, parse_queue, story_of
from tests.hub import feeds

NOW = 1_772_440_000_000_000
MINUTE = 60_000_000
FIRE, HURT = "stories/harbour-fire/feed.atom", "stories/harbour-fire/facts/hurt.atom"
EMPTY = HubQueue(published_us=NOW)
NO_ANSWER = Answers({}, why="no answer", reached=False)


def test_queue_after_a_publication_is_ready_and_due_in_a_minute() -> None:
    queue = EMPTY.after_publication(NOW, [FIRE, HURT])
    assert queue.is_ready(NOW)
    assert [queue.is_due(NOW), queue.is_due(NOW + MINUTE)] == [False, True]


def test_queue_of_a_publication_without_feeds_is_never_due() -> None:
    queue = EMPTY.after_publication(NOW + 1, [])
    assert queue == HubQueue(published_us=NOW + 1)
    assert not queue.is_due(NOW + MINUTE)
    assert not queue.is_ready(NOW + MINUTE)


def test_queue_keeps_its_first_due_instant() -> None:
    queue = EMPTY.after_publication(NOW, [FIRE]).after_publication(NOW + MINUTE // 2, [HURT])
    assert queue.due_us == NOW + MINUTE
    assert queue.feeds == {FIRE: NOW, HURT: NOW + MINUTE // 2}


def test_queue_after_all_is_acknowledged_is_empty() -> None:
    queue = EMPTY.after_publication(NOW, [FIRE]).after_answers(NOW, NO_ANSWER)
    assert queue.after_answers(NOW, Answers({FIRE: NOW})) == EMPTY


def test_feed_that_changed_meanwhile_stays_queued() -> None:
    queue = EMPTY.after_publication(NOW, [FIRE, HURT]).after_publication(NOW + 1, [FIRE])
    assert queue.after_answers(NOW + 2, Answers({FIRE: NOW, HURT: NOW}, why="no answer")).feeds == {FIRE: NOW + 1}


def test_silent_hub_is_left_alone_for_longer_each_time() -> None:
    queue, now, minutes = EMPTY.after_publication(NOW, [FIRE]), NOW, []
    for _ in range(200):
        queue = queue.after_answers(now, NO_ANSWER)
        assert queue.due_us is not None
        assert not queue.is_ready(queue.due_us - 1)
        assert queue.is_ready(queue.due_us)
        minutes.append((queue.due_us - now) // MINUTE)
        now = queue.due_us
    assert minutes[:6] == [1, 2, 4, 8, 15, 15]
    assert set(minutes[6:]) == {15}
    assert parse_queue(*queue.texts()) == queue


def test_publication_does_not_try_a_silent_hub_before_it_is_due() -> None:
    silent = EMPTY.after_publication(NOW, [FIRE]).after_answers(NOW, NO_ANSWER).after_answers(NOW, NO_ANSWER)
    queue = silent.after_publication(NOW + 1, [HURT])
    assert (queue.due_us, queue.is_ready(NOW + MINUTE)) == (NOW + 2 * MINUTE, False)


def test_hub_that_is_there_is_tried_by_the_next_publication() -> None:
    answers = Answers({FIRE: NOW}, unanswered=HURT, why="no answer")
    queue = EMPTY.after_publication(NOW, [FIRE, HURT]).after_answers(NOW, answers)
    assert (queue.due_us, queue.failures) == (NOW + MINUTE, 0)
    assert queue.is_ready(NOW + 1)


def test_refused_feed_is_told_again_after_a_quarter_of_an_hour() -> None:
    answers = Answers({FIRE: NOW}, refusals=[HURT], why="its server answers 400")
    queue = EMPTY.after_publication(NOW, [FIRE, HURT]).after_answers(NOW, answers)
    assert (queue.feeds, queue.due_us, queue.failures) == ({HURT: NOW}, NOW + 15 * MINUTE, 0)
    assert parse_queue(*queue.texts()) == queue
    queue = queue.after_publication(NOW + MINUTE, [HURT])
    assert not queue.is_ready(NOW + MINUTE)
    queue = queue.after_publication(NOW + MINUTE, [HURT, FIRE])
    assert (queue.feeds_at(NOW + MINUTE), queue.due_us) == ({FIRE: NOW + MINUTE}, NOW + 2 * MINUTE)
    assert list(queue.feeds_at(NOW + 15 * MINUTE)) == [FIRE, HURT]
    assert list(queue.feeds_at(NOW - MINUTE)) == [FIRE, HURT], "a clock was wrong"
    queue = queue.after_answers(NOW + MINUTE, Answers({FIRE: NOW + MINUTE}))
    assert (queue.due_us, queue.is_ready(NOW + 14 * MINUTE)) == (NOW + 15 * MINUTE, False)
    assert queue.is_ready(NOW + 15 * MINUTE)
    assert queue.after_answers(NOW + 15 * MINUTE, Answers({HURT: NOW + MINUTE})) == EMPTY._replace(
        published_us=NOW + MINUTE
    )


def test_acknowledged_feed_that_changed_meanwhile_has_no_pause() -> None:
    queue = EMPTY.after_publication(NOW, [HURT]).after_answers(NOW, Answers({}, refusals=[HURT], why="400"))
    later = NOW + 15 * MINUTE
    queue = queue.after_publication(later, [HURT]).after_answers(later, Answers({HURT: NOW}))
    assert (queue.feeds_at(later), queue.due_us) == ({HURT: later}, later + MINUTE)


def test_hub_that_is_away_is_no_refusal() -> None:
    queue = EMPTY.after_publication(NOW, [HURT, FIRE])
    queue = queue.after_answers(NOW, Answers({}, refusals=[HURT, FIRE], why="503", reached=False))
    assert (queue.pauses, queue.due_us, queue.failures) == ({}, NOW + MINUTE, 1)


@given(st.lists(st.integers(0, 3), min_size=1), st.integers(1, 4))
def test_no_feed_keeps_another_waiting_for_ever(changes: list[int], patience: int) -> None:
    """A slow hub answers `patience` feeds in a call: some it refuses, some it hangs at."""
    queue, now = EMPTY, NOW
    bad = ["corrections.atom", "corrections.rss", "feed.json", "stories/a/feed.json"]
    queue = queue.after_publication(now, [*bad, FIRE])
    for change in changes + [0] * 6:
        if FIRE not in queue.feeds:
            return
        now += MINUTE
        queue = queue.after_publication(now, [*bad[:change]])
        if queue.is_ready(now):
            queue = queue.after_answers(now, slow_answers(queue.feeds_at(now), patience))
    assert FIRE not in queue.feeds


def slow_answers(feeds: dict[str, int], patience: int) -> Answers:
    """Return what a slow hub answers that takes one feed alone."""
    paths = list(feeds)
    good = {path: feeds[path] for path in paths[:patience] if path == FIRE}
    refusals = [path for path in paths[:patience] if path != FIRE and "json" not in path]
    unanswered = next((path for path in paths[: patience + 1] if path not in {FIRE, *refusals}), None)
    return Answers(good, refusals, unanswered, why="slow", reached=bool(good or refusals))


def test_due_instant_of_a_wrong_clock_is_due() -> None:
    queue = EMPTY.after_publication(NOW + 10**15, [FIRE])
    assert queue.is_due(NOW)


def test_oldest_of_too_many_feeds_are_dropped() -> None:
    stories = [f"stories/s{number}/feed.atom" for number in range(FEEDS_MAX)]
    queue = EMPTY.after_publication(NOW, [FIRE, HURT]).after_publication(NOW, stories[:-1])
    assert [HURT, *stories[:-1]] == list(queue.feeds)


def test_feeds_of_facts_are_in_a_note_of_their_own() -> None:
    text, facts = EMPTY.after_publication(NOW, [FIRE, HURT]).texts()
    assert "hurt" not in text
    assert facts == f"{NOW} {HURT}"


def test_stories_of_facts_outlive_the_note_of_facts() -> None:
    queue = EMPTY.after_publication(NOW, [FIRE, HURT, "stories/budget/facts/a.atom"])
    text, facts = queue.after_answers(NOW, Answers({FIRE: NOW}, unanswered=HURT, why="no answer")).texts()
    assert parse_queue(text, facts) == queue._replace(
        feeds={"stories/budget/facts/a.atom": NOW, HURT: NOW}, due_us=NOW + MINUTE
    )
    redacted = parse_queue(text, None)
    assert redacted is not None
    assert (redacted.feeds, redacted.fact_stories) == ({}, ("budget", "harbour-fire"))
    assert redacted.after_publication(NOW, []).fact_stories == ()


@pytest.mark.slow
@given(
    st.dictionaries(
        st.sampled_from([*feeds(), *feeds("a"), *feeds("b-2", "killed", "x.y_z-1")]), st.integers(0, 10**18 - 1)
    ),
    st.none() | st.integers(1, 10**18 - 1),
    st.integers(0, 99),
    st.integers(0, 9),
)
def test_queue_comes_back_from_its_texts(paths: dict[str, int], due: int | None, failures: int, refused: int) -> None:
    pauses = {path: at // 2 for path, at in list(paths.items())[:refused]}
    queue = HubQueue(published_us=NOW, feeds=paths, pauses=pauses, due_us=due, failures=failures)
    assert parse_queue(*queue.texts()) == queue


@pytest.mark.parametrize(
    "text",
    ["", "never", "never\n1", "never\n1\n100", "soon\n1\n0", "-5\n1\n0", f"never\n1\n0\n{'9' * 19} feed.atom"]
    + [
        f"never\n1\n0\n1 {path}"
        for path in (
            "index.html",
            "../feed.atom",
            "/feed.atom",
            "stories/../feed.atom",
            "stories/a/../b/feed.atom",
            "a/feed.atom",
            "stories/a/archive/0001.atom",
            "https://evil.example/feed.atom",
            "feed.atom?a=1",
            "feed.atom ",
            "Feed.atom",
            "stories/a/facts/../feed.atom",
            "stories/a/facts/",
            "feed.atom 1 2",
            ".atom",
        )
    ],
)
def test_notes_of_a_stranger_are_no_queue(text: str) -> None:
    assert parse_queue(text, "") is None
    assert parse_queue(*EMPTY.texts()) == EMPTY
    assert parse_queue(EMPTY.texts()[0], text.partition("0\n")[2] or "x") is None


@given(st.data())
def test_damaged_notes_are_no_queue_or_one_of_feeds(data: st.DataObject) -> None:
    whole = EMPTY.after_publication(NOW, [*feeds(), FIRE, HURT]).texts()
    texts = []
    for text in whole:
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        texts.append(text[:start] + data.draw(st.text("0129 \nnever./-_az\0é", max_size=12)) + text[end:])
    queue = parse_queue(*texts)
    if queue is not None:
        assert all(is_feed(path) and ".." not in path.split("/") for path in queue.feeds)
        later = queue.after_publication(NOW + 1, [FIRE]).after_answers(NOW + 2, NO_ANSWER)
        assert parse_queue(*later.texts()) == later


def test_notes_with_too_many_feeds_are_no_queue() -> None:
    lines = "\n".join(f"1 stories/s{number}/feed.atom" for number in range(2 * FEEDS_MAX + 1))
    assert parse_queue(f"never\n1\n0\n{lines}", "") is None


def test_feeds_that_name_the_hub_are_told_apart() -> None:
    paths = [*feeds(), *feeds("a", "hurt"), "corrections.json", "stories/a/archive/0001.atom", "stories/a/state.json"]
    assert [path for path in paths if not is_feed(path)] == paths[-2:]
    assert [story_of("feed.atom"), story_of(FIRE)] == [None, "harbour-fire"]
