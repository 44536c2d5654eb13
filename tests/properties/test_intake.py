"""Whatever a feed shows from one time to the next, each version of an item makes one draft."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from feed.intake.drafts import TextDraft
from feed.intake.inbox import Inbox
from feed.intake.sources import FIRST_ITEMS, Sources
from feed.reading.model import Text
from tests.desk import NOW
from tests.texts import FEED

documents = st.lists(
    st.dictionaries(st.integers(0, 5), st.tuples(st.sampled_from("abc"), st.booleans()), max_size=5), max_size=6
)
"""Feeds: items by their number, each with what it says, and whether its source gave it another id."""


def texts(document: dict[int, tuple[str, bool]]) -> list[Text]:
    """Return the items of a feed."""
    return [
        Text(
            kind="item", address=FEED, name=f"{number}{'!' * renamed}", title=words, link=f"https://a.example/{number}"
        )
        for number, (words, renamed) in document.items()
    ]


@settings(max_examples=25)
@given(documents)
def test_each_version_of_an_item_makes_one_draft(feeds: list[dict[int, tuple[str, bool]]]) -> None:
    assert FIRST_ITEMS >= 6
    seen: dict[int, str] = {}
    versions: list[tuple[str, str, bool]] = []
    with TemporaryDirectory() as folder, Inbox(Path(folder)) as inbox:
        sources = Sources(inbox)
        sources.add(FEED, story="", every_s=3600, allow=(), now=NOW)
        for feed in feeds:
            expected = [
                (f"https://a.example/{number}", words, number in seen)
                for number, (words, _) in reversed(feed.items())
                if seen.get(number) != words
            ]
            seen |= {number: words for number, (words, _) in feed.items()}
            versions += expected
            settled = sources.settle(sources.source(FEED), texts(feed), NOW, kind="feed")
            assert settled == (len(expected), 0)
            assert sources.settle(sources.source(FEED), texts(feed), NOW, kind="feed") == (0, 0)
        drafts = [draft for draft in inbox.drafts() if isinstance(draft, TextDraft)]
        made = [(draft.content.link, draft.content.title, bool(draft.content.note)) for draft in drafts]
    assert made == versions
