"""Texts that others published, for the tests of the inbox."""

from events import commands
from events.model.events import AnyEvent
from feed.reading.model import Field, Text
from tests.desk import FIRE

FEED = "https://radio.example/feed.xml"
SOURCE = (
    Field("source.name", "Harbour Radio", "Harbour Radio", "title of the feed"),
    Field("source.url", "https://radio.example/1", "https://radio.example/1", "link of the item"),
    Field("source.via", ["Port Wire"], "Port Wire", "source of the item"),
)
QUOTE = Field(
    "quotes", {"text": "Two are hurt.", "speaker": {"name": "Ana Ruiz"}}, '"Two are hurt," Ana Ruiz said.', "quote"
)
ITEM = Text(
    kind="item",
    address=FEED,
    name="1",
    title="Ferry hits quay",
    link="https://radio.example/1",
    text="A ferry hit the quay.\n\nTwo people are hurt.",
    published="2015-01-24T07:00:00Z",
    fields=(*SOURCE, QUOTE),
)


def opening() -> AnyEvent:
    """Return the opening of the story that the texts are about."""
    return commands.open_story(FIRE, "Fire at the harbour")
