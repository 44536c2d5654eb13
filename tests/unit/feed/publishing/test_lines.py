"""The cached line of a story in the index."""

import orjson
import pytest

from feed.publishing.lines import same_listing, story_line
from tests.builders import START, STORY

AT = "2026-03-02T08:00:00Z"
FIELDS = {"listed_at": AT, "shown_at": AT, "items": 1, "updates": "", "calendar": ""}


def text(**fields: object) -> str:
    return orjson.dumps(FIELDS | fields).decode()


def test_story_that_was_not_public_is_listed_anew() -> None:
    assert not same_listing("", text())
    assert same_listing("", "")
    assert same_listing(text(), text(items=2))
    assert not same_listing(text(), text(listed_at="2026-03-02T09:00:00Z"))


@pytest.mark.parametrize("fields", [{"items": -1}, {"items": "1"}, {"updates": "no mark"}, {"calendar": []}])
def test_line_that_is_not_one_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=STORY):
        story_line(STORY, START, text(**fields))
