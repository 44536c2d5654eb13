"""Feeds are parsed for their checkpoint alone, wherever they end."""

import json
from contextlib import suppress

from feed.transparency.verifier.encoding import b64
from feed.transparency.verifier.parsers import json_checkpoint

CHECKPOINT = {"origin": "news.example/log", "size": 3, "root": b64(bytes(32))}
FEED = json.dumps({"title": "Fire", "_writethru": {"checkpoint": CHECKPOINT}, "items": [{"id": "a"}]}).encode()


def test_json_feed_that_is_cut_off_anywhere_has_a_verdict() -> None:
    for end in range(len(FEED)):
        with suppress(ValueError):
            head, _ = json_checkpoint(FEED[:end])
            assert head is not None
            assert head.size == 3


def test_json_feed_says_whether_it_has_items() -> None:
    assert json_checkpoint(FEED)[1]
    assert not json_checkpoint(FEED.replace(b'[{"id": "a"}]', b"[]"))[1]
    assert not json_checkpoint(FEED.replace(b'[{"id": "a"}]', b"{}"))[1]
