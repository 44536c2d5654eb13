"""Which share of a text makes it a reprint: `python -m tests.reprint_curve` prints recall against false flags."""

from collections.abc import Iterator
from typing import Final

from feed.reading.reprints import containment, shingles
from tests.reprints import Event, reprint

REPRINTS: Final = 100
PAIRS: Final = 200
THRESHOLDS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def reprint_shares() -> list[float]:
    """Return how much of each reprint is in what it reprints."""
    texts = [(Event(seed).article(seed % 5), seed) for seed in range(REPRINTS)]
    return [containment(shingles(text), shingles(reprint(text, seed))) for text, seed in texts]


def pair_shares() -> list[float]:
    """Return how much two articles of different outlets on the same event have in common."""
    outlets = [(one, other) for one in range(5) for other in range(one)]
    pairs = [(Event(number // len(outlets)), *outlets[number % len(outlets)]) for number in range(PAIRS)]
    return [containment(shingles(event.article(one)), shingles(event.article(other))) for event, one, other in pairs]


def curve() -> Iterator[str]:
    """Yield the lines of a table."""
    reprints, pairs = reprint_shares(), pair_shares()
    yield "| share from | reprints found | other articles on the event flagged |"
    yield "| --- | --- | --- |"
    for threshold in THRESHOLDS:
        recall = sum(share >= threshold for share in reprints) / len(reprints)
        flagged = sum(share >= threshold for share in pairs)
        yield f"| {threshold:.1f} | {recall:.0%} | {flagged} of {len(pairs)} |"


if __name__ == "__main__":
    print(*curve(), sep="\n")  # noqa: T201 - a command prints
