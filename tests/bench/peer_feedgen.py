"""The peer: what a person would write instead, a cron script that rebuilds every feed every time.

It reads all updates, validates them, and writes RSS and Atom with the last 50 entries of each story. It is
written as by one who knows pydantic and feedgen: JSON validated straight from the line, one `FeedGenerator`
for both formats, entries appended and not prepended, and only those fields modelled that it shows. Where
there was a choice, it got the faster way.

    python peer_feedgen.py UPDATES.jsonl OUTPUT_FOLDER
"""

import sys
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Annotated, Literal

from feedgen.feed import FeedGenerator
from pydantic import BaseModel, Field, TypeAdapter

BASE_URL = "https://news.example/"
ENTRIES_PER_FEED = 50


class Source(BaseModel):
    name: str
    url: str


class Range(BaseModel):
    min: int
    max: int


class Fact(BaseModel):
    key: str
    value: int | Range | None = None
    unit: str = ""


class Quote(BaseModel):
    text: str


class Expectation(BaseModel):
    what: str


class StoryOpened(BaseModel):
    type: Literal["story_opened"]
    story: str
    reported_at: datetime
    headline: str
    summary: str = ""


class Report(BaseModel):
    type: Literal["development_reported"]
    id: str
    story: str
    reported_at: datetime
    headline: str = Field(max_length=300)
    body: str = ""
    sources: list[Source] = []
    facts: list[Fact] = []
    quotes: list[Quote] = []
    expects: list[Expectation] = []


UPDATE: TypeAdapter[StoryOpened | Report] = TypeAdapter(Annotated[StoryOpened | Report, Field(discriminator="type")])


@dataclass
class Story:
    opened: StoryOpened
    reports: deque[Report] = field(default_factory=lambda: deque(maxlen=ENTRIES_PER_FEED))


def read(path: Path) -> dict[str, Story]:
    stories: dict[str, Story] = {}
    with path.open("rb") as lines:
        for line in lines:
            update = UPDATE.validate_json(line)
            if isinstance(update, StoryOpened):
                stories[update.story] = Story(update)
            else:
                stories[update.story].reports.append(update)
    return stories


def write_feeds(story: Story, folder: Path) -> None:
    url = f"{BASE_URL}stories/{story.opened.story}/"
    feed = FeedGenerator()
    feed.id(url)
    feed.title(story.opened.headline)
    feed.subtitle(story.opened.summary)
    feed.language("en")
    feed.author(name="The news desk")
    feed.link(href=f"{url}feed.atom", rel="self")
    feed.link(href=url, rel="alternate")
    newest_first = list(reversed(story.reports))
    feed.updated(newest_first[0].reported_at if newest_first else story.opened.reported_at)
    for report in newest_first:
        entry = feed.add_entry(order="append")
        entry.id(f"{url}#{report.id}")
        entry.title(report.headline)
        entry.link(href=f"{url}#{report.id}")
        entry.published(report.reported_at)
        entry.updated(report.reported_at)
        entry.content(html(report), type="html")
    folder.mkdir(parents=True, exist_ok=True)
    feed.rss_file(str(folder / "feed.rss"))
    feed.atom_file(str(folder / "feed.atom"))


def html(report: Report) -> str:
    parts = [f"<p>{escape(paragraph)}</p>" for paragraph in report.body.split("\n\n")]
    parts += [f"<blockquote>{escape(quote.text)}</blockquote>" for quote in report.quotes]
    if report.facts:
        parts.append(f"<ul>{''.join(f'<li>{escape(text(fact))}</li>' for fact in report.facts)}</ul>")
    parts += [f"<p>Expected: {escape(expected.what)}</p>" for expected in report.expects]
    parts += [f'<p>Source: <a href="{escape(s.url)}">{escape(s.name)}</a></p>' for s in report.sources]
    return "\n".join(parts)


def text(fact: Fact) -> str:
    value = f"{fact.value.min} to {fact.value.max}" if isinstance(fact.value, Range) else fact.value
    return f"{fact.key}: {value if value is not None else 'not confirmed'} {fact.unit}".rstrip()


def main(updates: Path, output: Path) -> None:
    for name, story in read(updates).items():
        write_feeds(story, output / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
