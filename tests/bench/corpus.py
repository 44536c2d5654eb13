"""The corpora of the benchmark: invented stories in the interchange format, always the same.

A corpus is JSON Lines: for each story one `story_opened` and then `UPDATES_PER_STORY` reports, of about 1 KB of text
each, in the order in which they were reported, so that stories are interleaved as in a real ledger. All dates are in
the past: after an import, time alone changes nothing.

    python -m tests.bench.corpus STORIES FILE [UPDATES_PER_STORY [in-turn]]

With `in-turn`, all stories begin together, so that successive events are of different stories.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge
from pathlib import Path
from random import Random
from typing import Any

SEED = "writethru bench 1"
UPDATES_PER_STORY = 50
BODY_CHARS_MIN = 820
SENTENCES_PER_PARAGRAPH = 3
FIRST_STORY_AT = datetime(2024, 1, 2, 6, tzinfo=UTC)
STORY_EVERY = timedelta(hours=4)
STORIES_MAX = 5_000  # at this distance; with more, stories begin closer together, so that they too end in the past

# Five resolutions for six promises: in each story one promise falls overdue.
EXPECTS_AT = range(4, UPDATES_PER_STORY, 9)
RESOLVES_AFTER = 3

Event = dict[str, Any]

PLACES = ("Ålesund", "Braga", "Córdoba", "Dover", "Esbjerg", "Faro", "Gdańsk", "Hull", "Izmir", "Jönköping")
SLUGS = ("alesund", "braga", "cordoba", "dover", "esbjerg", "faro", "gdansk", "hull", "izmir", "jonkoping")
HAPPENINGS = ("fire", "flood", "strike", "landslide", "outage", "derailment", "inquiry", "election", "spill")
BODIES = (
    "the port authority",
    "the fire service",
    "the city council",
    "the regional hospital",
    "the ministry",
)
PEOPLE = ("Anna Berg", "Luís Prado", "Mary O'Neill", "Jan Kowalski", "Elif Kaya", "Nils Aas", "Rosa Díaz")
ROLES = ("spokeswoman", "spokesman", "director", "duty officer", "deputy mayor", "chief engineer")
OUTLETS = ("Harbour Post", "Morning Courier", "Coast Radio", "The Evening Standard-Bearer", "Newswire & Sons")
VERBS = ("said", "confirmed", "told reporters", "wrote in a statement", "added", "acknowledged")
SUBJECTS = (
    "crews",
    "residents of the lower town",
    "two of the three shifts",
    "engineers",
    "volunteers",
    "families",
)
ACTIONS = (
    "were still waiting for clearance to return",
    "had been moved to the sports hall before midnight",
    "worked through the night to secure the eastern bank",
    "reported less than half of the expected damage",
    "were told to keep windows shut & to boil water",
    "asked for a timetable that could be relied upon",
    "had no power for the second day in a row",
    "counted the cost at well over what was insured",
)
CLAUSES = (
    "as the wind turned to the north-west",
    "although the figures could not be checked independently",
    "while the road over the pass remained closed",
    "after a meeting that lasted until 3 a.m.",
    "despite an earlier promise to the contrary",
    "with levels < 2 metres at the old gauge",
)
NEWS = ("evacuated", "injured", "homes without power", "arrested", "roads closed", "volunteers on site")
PROMISES = (
    "publish a list of the missing",
    "reopen the bridge",
    "restore power to the old town",
    "hold talks",
)
KEYS = ("people.evacuated", "people.injured", "homes.without-power", "people.arrested", "roads.closed")
OUTCOMES = ("met", "met", "met", "missed", "cancelled")


def slug(story: int) -> str:
    """Return the name of the story with this number."""
    return f"{SLUGS[story % len(SLUGS)]}-{HAPPENINGS[story % len(HAPPENINGS)]}-{story:04}"


def events(stories: int, updates: int = UPDATES_PER_STORY, *, in_turn: bool = False) -> Iterator[Event]:
    """Yield all events of a corpus, in the order in which they were reported."""
    every = STORY_EVERY * (0 if in_turn else min(1, STORIES_MAX / stories))
    told = (story_events(story, updates, every=every) for story in range(stories))
    return merge(*told, key=lambda event: str(event["reported_at"]))


def story_events(story: int, updates: int = UPDATES_PER_STORY, *, every: timedelta = STORY_EVERY) -> Iterator[Event]:
    """Yield the events of one story; story 7 is the same in each corpus of up to STORIES_MAX stories.

    A longer story is told faster: none reaches into the future.
    """
    random = Random(f"{SEED}/{story}")
    at = FIRST_STORY_AT + story * every
    place, happening = PLACES[story % len(PLACES)], HAPPENINGS[story % len(HAPPENINGS)]
    yield {
        "id": f"{slug(story)}:open",
        "type": "story_opened",
        "story": slug(story),
        "reported_at": _instant(at),
        "headline": f"{happening.capitalize()} in {place}",
        "summary": f"What is known of the {happening} in {place}, and what is still promised.",
        "subjects": [place, happening],
    }
    for update in range(updates):
        at += timedelta(minutes=random.randrange(40, 540)) * UPDATES_PER_STORY / updates
        yield _report(random, story=story, update=update, at=at)


def _report(random: Random, *, story: int, update: int, at: datetime) -> Event:
    body = random.choice(BODIES)
    speaker = {
        "name": random.choice(PEOPLE),
        "role": random.choice(ROLES),
        "org": body.removeprefix("the ").title(),
    }
    report: Event = {
        "id": f"{slug(story)}:{update}",
        "type": "development_reported",
        "story": slug(story),
        "development": f"update-{update}",
        "reported_at": _instant(at),
        "headline": f"{random.randrange(2, 900)} {random.choice(NEWS)}, {body} {random.choice(VERBS)}",
        "body": _text(random),
        "happened": f"{at - timedelta(hours=random.randrange(1, 30)):%Y-%m-%d}",
        "said_by": [speaker],
        "sources": [_source(random, story=story, update=update)],
        "facts": [_claim(random, key, at=at) for key in random.sample(KEYS, random.choice((1, 1, 2)))],
    }
    if update % 5 == 2:
        report["quotes"] = [{"text": _sentence(random), "speaker": speaker}]
    if update in EXPECTS_AT:
        due = at + timedelta(days=random.randrange(1, 6))
        report["expects"] = [
            {
                "id": f"promise-{update}",
                "what": random.choice(PROMISES),
                "by": body,
                "due": {
                    "edtf": f"{due:%Y-%m-%d}/{due + timedelta(days=1):%Y-%m-%d}",
                    "literal": "in the coming days",
                },
            }
        ]
    if update - RESOLVES_AFTER in EXPECTS_AT:
        promise = f"promise-{update - RESOLVES_AFTER}"
        report["resolves"] = [{"expectation": promise, "outcome": random.choice(OUTCOMES)}]
    return report


def _source(random: Random, *, story: int, update: int) -> dict[str, str]:
    outlet = random.choice(OUTLETS)
    return {"name": outlet, "url": f"https://news.example/{slug(story)}/{update}?from={len(outlet)}"}


def _claim(random: Random, key: str, *, at: datetime) -> dict[str, Any]:
    count = random.randrange(1, 900)
    unit = key.partition(".")[0]
    if count % 10 == 0:
        return {"key": key, "value": {"min": count, "max": count + 50}, "unit": unit, "literal": "dozens"}
    if count % 10 == 1:
        return {"key": key, "stance": "cannot_confirm"}
    return {"key": key, "value": count, "unit": unit, "as_of": f"{at - timedelta(days=1):%Y-%m-%d}"}


def _text(random: Random) -> str:
    sentences: list[str] = []
    while sum(map(len, sentences)) < BODY_CHARS_MIN:
        sentences.append(_sentence(random))
    starts = range(0, len(sentences), SENTENCES_PER_PARAGRAPH)
    return "\n\n".join(" ".join(sentences[start : start + SENTENCES_PER_PARAGRAPH]) for start in starts)


def _sentence(random: Random) -> str:
    subject, action, clause = random.choice(SUBJECTS), random.choice(ACTIONS), random.choice(CLAUSES)
    return f"{subject.capitalize()} {action}, {random.choice(BODIES)} {random.choice(VERBS)}, {clause}."


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def main(stories: str, path: str, updates: str = str(UPDATES_PER_STORY), order: str = "") -> None:
    with Path(path).open("w", encoding="utf-8") as lines:
        lines.writelines(
            json.dumps(event, ensure_ascii=False) + "\n"
            for event in events(int(stories), int(updates), in_turn=order == "in-turn")
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
