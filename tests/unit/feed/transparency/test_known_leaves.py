"""What is read again of the leaves of a story."""

from typing import cast

from events.store.base import Leaf, TransparencyLog
from feed.transparency.log import KnownLeaves
from tests.builders import STORY


class Log:
    """A log that counts the leaves that are read."""

    def __init__(self, *entries: str) -> None:
        self.entries = list(entries)
        self.read = 0

    def leaves_of(self, story: str, *, since: int = 1) -> list[Leaf]:
        assert story == STORY
        leaves = [
            Leaf(index=number + 10, story=story, number=number, entry=entry, hashes=bytes(32))
            for number, entry in enumerate(self.entries, start=1)
            if number >= since
        ]
        self.read += len(leaves)
        return leaves


def texts(known: KnownLeaves, log: Log) -> list[str]:
    known.read(cast("TransparencyLog", log), STORY)
    return [text for _, text in known.leaves]


def test_only_new_leaves_are_read_and_the_last_known_one() -> None:
    log, known = Log(*"abcd"), KnownLeaves()
    assert texts(known, log) == [*"abcd"]
    log.read, log.entries = 0, [*"abcdef"]
    assert texts(known, log) == [*"abcdef"]
    assert log.read == 3
    assert known.leaves[-1] == (16, "f")


def test_story_without_leaves_gets_its_first_ones() -> None:
    log, known = Log(), KnownLeaves()
    assert texts(known, log) == []
    log.entries = ["a", "b"]
    assert texts(known, log) == ["a", "b"]


def test_another_log_is_read_from_its_beginning() -> None:
    known = KnownLeaves()
    texts(known, Log(*"abc"))
    for entries in ("xyzw", "x", "", "abc"):
        assert texts(known, Log(*entries)) == [*entries]
