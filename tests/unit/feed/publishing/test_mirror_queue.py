"""The queue of a mirror: what it lacks after each publication and each run, and when a run is to put it."""

from dataclasses import replace
from typing import Any

import pytest

from feed.config import new_config, parse_config
from feed.publishing import mirror_queue
from feed.publishing.mirror_queue import ABSENT, MirrorQueue, mirror_target, parse_mirror_queue, tag_of
from tests.builders import BASE_URL, NEWSROOM

NOW = 1_772_440_000_000_000
MINUTE = 60_000_000
PAGE, FEED, INDEX = "stories/fire/index.html", "stories/fire/feed.atom", "index.html"
EMPTY = MirrorQueue(target="here", conditions="tags")


def after(queue: MirrorQueue, *files: str, now: int = NOW, **changes: Any) -> MirrorQueue:
    fields: dict[str, Any] = {"target": "here", "log_size": 1, "withdrawn": (), "is_behind": False} | changes
    return queue.before_writing(now).after_publication(now, dict.fromkeys(files, "aa"), **fields)


def test_publication_queues_what_it_changed_at_once() -> None:
    queue = after(EMPTY, PAGE)
    assert queue.files == {PAGE: "aa"}
    assert queue.compare_us is None
    assert queue.stamp == (1, NOW)
    assert queue.is_ready(NOW)
    assert queue.is_due(NOW)


def test_publication_that_changed_nothing_queues_nothing() -> None:
    queue = after(EMPTY)
    assert queue.is_empty
    assert queue.due_us is None
    assert not queue.is_ready(NOW)


def test_former_tag_is_that_of_the_first_change() -> None:
    queue = replace(after(EMPTY), files={PAGE: ABSENT}, due_us=NOW)
    assert after(queue, PAGE, FEED).files == {PAGE: ABSENT, FEED: "aa"}


@pytest.mark.parametrize("changes", [{"target": "elsewhere"}, {"is_behind": True}])
def test_other_target_or_output_is_compared(changes: dict[str, Any]) -> None:
    assert after(EMPTY, PAGE, **changes).compare_us == NOW


def test_new_target_overwrites_and_forgets_what_the_server_obeys() -> None:
    first, other = after(MirrorQueue(), PAGE), after(EMPTY, PAGE, target="elsewhere")
    assert [first.is_overwriting, other.is_overwriting] == [False, True]
    assert other.conditions == "unknown"


def test_new_target_may_have_files_of_others() -> None:
    assert [after(queue, PAGE).is_new for queue in (MirrorQueue(), EMPTY)] == [True, False]
    assert after(EMPTY, PAGE, target="elsewhere").is_new
    assert not after(EMPTY, PAGE, is_behind=True).is_new


def test_publication_after_a_killed_one_compares_everything() -> None:
    killed = EMPTY.before_writing(NOW)
    assert killed.before_writing(NOW + 1).compare_us == NOW + 1
    fields: dict[str, Any] = {"target": "here", "log_size": 1, "withdrawn": (), "is_behind": False}
    assert killed.after_publication(NOW + 1, {}, **fields).compare_us == NOW + 1


def test_too_many_files_are_compared_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror_queue, "FILES_MAX", 2)
    queue = after(EMPTY, PAGE, FEED, "stories/flood/index.html", withdrawn=("fire",))
    assert set(queue.files) == {PAGE, FEED}
    assert queue.compare_us == NOW


def test_files_of_a_withdrawal_are_urgent_and_purged() -> None:
    queue = after(EMPTY, PAGE, INDEX, "stories/flood/index.html", "log/checkpoint", "assets/a.css", withdrawn=("fire",))
    assert list(filter(queue.is_urgent, queue.files)) == [PAGE, INDEX]
    left = queue.after_slice(NOW, [PAGE], [PAGE])
    assert left.purges == (PAGE,)
    assert left.withdrawn == ("fire",)
    done = left.after_slice(NOW, [INDEX], [])
    assert done.withdrawn == ()
    assert not done.is_empty


def test_slice_leaves_the_rest_to_another_run_after_a_minute() -> None:
    queue = after(EMPTY, PAGE, FEED).after_slice(NOW, [PAGE], [])
    assert not queue.is_due(NOW)
    assert queue.is_due(NOW + MINUTE)
    assert queue.is_ready(NOW)


def test_mirror_that_is_away_is_left_alone_for_longer_each_time() -> None:
    queue, now, minutes = after(EMPTY, PAGE), NOW, []
    for _ in range(150):
        queue = queue.after_failure(now)
        assert queue.due_us is not None
        assert not queue.is_ready(queue.due_us - 1)
        minutes.append((queue.due_us - now) // MINUTE)
        now = queue.due_us
        assert queue.is_ready(now)
    assert minutes[:6] == [1, 2, 4, 8, 15, 15]
    assert queue.after_success().failures == 0


def test_only_a_withdrawal_ends_the_pause() -> None:
    away = after(EMPTY, PAGE).after_failure(NOW)
    assert not after(away, FEED, now=NOW + 1).is_ready(NOW + 1)
    assert after(away, FEED, now=NOW + 1, withdrawn=("fire",)).is_ready(NOW + 1)


def test_pause_of_a_queue_that_was_never_due_ends_at_once() -> None:
    assert after(replace(EMPTY, failures=1), PAGE).is_ready(NOW)


@pytest.mark.parametrize("queue", [MirrorQueue(), after(EMPTY, PAGE, withdrawn=("fire",)), EMPTY.before_writing(NOW)])
def test_note_is_read_as_it_was_written(queue: MirrorQueue) -> None:
    assert parse_mirror_queue(queue.text()) == queue


@pytest.mark.parametrize(
    "text",
    ["", "never", "never\n{}x", "1\n{}", 'never\n{"files": {"a": 1}}', 'never\n{"conditions": "other"}', "x\n{}"],
)
def test_foreign_note_is_no_queue(text: str) -> None:
    assert parse_mirror_queue(text) is None


def test_tag_is_the_md5_of_the_bytes() -> None:
    assert tag_of(b"") == "d41d8cd98f00b204e9800998ecf8427e"
    assert tag_of(None) == ABSENT


def test_another_address_is_another_target() -> None:
    config = parse_config(new_config(NEWSROOM, created_at="2026-03-01T00:00:00Z", base_url=BASE_URL, title="Desk"))
    elsewhere = config.model_copy(update={"mirror": config.mirror.model_copy(update={"url": "s3://news"})})
    assert mirror_target(config) == mirror_target(config)
    assert mirror_target(config) != mirror_target(elsewhere)
