"""Our side: every call of the benchmark to the commands and the library of writethru.

python -m tests.bench.ours append FOLDER CORPUS EVENTS BATCH
python -m tests.bench.ours replay NEWSROOM
"""

import json
import sys
from itertools import islice
from pathlib import Path

from events.ledger import Ledger
from events.model.validation import parse_event
from tests.bench.corpus import slug
from tests.bench.measure import Sample, Stopwatch, run, worker

# The script beside this interpreter. The path is not resolved: that would lead out of a virtual environment.
WRITETHRU = Path(sys.executable).parent / "writethru"

# What a feed reader fetches: RSS, Atom with its archives, and JSON Feed.
FEEDS = ("*.rss", "*.atom", "feed.json", "corrections.json")

WARM_UP = 50


def import_corpus(newsroom: Path, corpus: Path) -> Sample:
    """Make a newsroom that has recorded a corpus and published nothing; return the time and memory of the import."""
    run([WRITETHRU, "init", newsroom])
    return run([WRITETHRU, "-C", newsroom, "import", corpus])


def report(newsroom: Path, story: str, headline: str) -> None:
    """Record one new event."""
    run([WRITETHRU, "-C", newsroom, "report", story, headline])


def report_command(newsroom: Path) -> list[str | Path]:
    """Return the command that records one more event in the story of a long newsroom."""
    return [WRITETHRU, "-C", newsroom, "report", slug(0), "Another report"]


def watched(newsroom: Path, story: str, events: int) -> list[float]:
    """Return how many ms each of some events took from its commit until `publish --watch` had shown it."""
    sample = run([sys.executable, "-m", "tests.bench.watching", newsroom, story, str(events)])
    return [1000 * seconds for seconds in json.loads(sample.output)]


def publish(newsroom: Path) -> list[str | Path]:
    """Return the command that is measured."""
    return [WRITETHRU, "-C", newsroom, "publish"]


def read(newsroom: Path, *words: str) -> list[str | Path]:
    """Return a command that only reads."""
    return [WRITETHRU, "-C", newsroom, *words]


def feeds_written(newsroom: Path) -> int:
    return sum(1 for pattern in FEEDS for _ in (newsroom / "public").rglob(pattern))


def feed_shows(newsroom: Path, story: str, headline: str) -> bool:
    feed = newsroom / "public" / "stories" / story / "feed.atom"
    return feed.exists() and headline in feed.read_text(encoding="utf-8")


def append(folder: Path, corpus: Path, count: int, batch: int) -> tuple[int, Stopwatch]:
    """Append the first events of a corpus in batches. The time includes validating, deciding and making durable.

    They go through `append_stream`, which does not say what each event changed, as no peer does.
    """
    with corpus.open("rb") as lines:
        raw = [json.loads(line) for line in islice(lines, count)]
    (folder / "first").mkdir(parents=True, exist_ok=True)
    with Ledger.create(folder / "first") as ledger:  # pydantic makes our models on first use, the peers' on import
        ledger.append(*[parse_event(fields) for fields in raw[:WARM_UP]])
    with Ledger.create(folder) as ledger, Stopwatch() as watch:
        for first in range(0, len(raw), batch):
            events = [parse_event(fields) for fields in raw[first : first + batch]]
            ledger.append_stream((event, "", None) for event in events)
    return len(raw), watch


def replay(newsroom: Path) -> tuple[int, Stopwatch]:
    """Read every event back, validated, and fold every story."""
    with Ledger.open(newsroom) as ledger:
        slugs = list(ledger.stories())
        list(ledger.events(slugs[0]))  # pydantic makes our models on first use, the peers' on import
        with Stopwatch() as watch:
            versions = [ledger.story(slug).version for slug in slugs]
    return sum(versions), watch


if __name__ == "__main__":
    worker(append=append, replay=replay)
