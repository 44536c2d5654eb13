"""What a process that publishes again and again keeps of what it made last."""

from itertools import count

import pytest

from feed.reuse import ReuseCache


@pytest.fixture
def cache() -> ReuseCache[int]:
    cache = ReuseCache[int](2)
    cache.is_on = True
    return cache


def test_what_is_made_of_the_same_is_made_once(cache: ReuseCache[int]) -> None:
    numbers = count(1)
    assert [cache.get(key, lambda: next(numbers)) for key in ("a", "b", "a", "b")] == [1, 2, 1, 2]


def test_process_that_publishes_once_keeps_nothing() -> None:
    cache, numbers = ReuseCache[int](2), count(1)
    assert [cache.get("a", lambda: next(numbers)) for _ in range(3)] == [1, 2, 3]


def test_what_was_used_longest_ago_goes_first(cache: ReuseCache[int]) -> None:
    numbers = count(1)
    made = [cache.get(key, lambda: next(numbers)) for key in ("a", "b", "a", "c", "a", "b")]
    assert made == [1, 2, 1, 3, 1, 4]


def test_what_was_forgotten_is_made_again(cache: ReuseCache[int]) -> None:
    cache.get("a", lambda: 1)
    cache.forget()
    assert cache.get("a", lambda: 2) == 2
