"""What the ledger refuses, the desk's forms refuse with the same words: the cases of tests/golden/refusals.txt."""

from pathlib import Path
from typing import Any

import pytest

from events.errors import WritethruError
from events.model.validation import parse_event
from feed.newsroom import Newsroom
from tests.builders import HOUR, STORY, Clock, newsroom
from tests.editor import editor_at
from tests.refusals import CASES, Fields

UNTYPED = {
    "expectation without words", "named expectation without words", "expectation stated twice",
    "settled in an opening", "undo under embargo", "pinning under embargo", "releasing under embargo",
    "version that is past", "undo of an event and a development",
}  # fmt: skip
"""Cases that no form of these screens can state."""
ACTIONS = {"development_pinned": "pin", "development_unpinned": "unpin", "development_released": "release"}
TYPES = {"development_reported", "story_opened", "event_undone", *ACTIONS}
TYPED = [name for name, events in CASES.items() if events[-1].get("type") in TYPES and name not in UNTYPED]


def form_of(event: Fields) -> tuple[str, dict[str, str]]:
    """Return where a person sends an event, and what they type."""
    story = event.get("story", STORY)
    event_id = {"seen": "99"} | ({"event_id": event["id"]} if "id" in event else {})
    match event["type"]:
        case "story_opened":
            return "open", event_id | {"story": story, "headline": event["headline"]}
        case "event_undone":
            return f"stories/{story}/undo", event_id | {
                name: event[name] for name in ("development", "event") if name in event
            }
        case "development_reported":
            return f"stories/{story}/", event_id | texts(event)
        case kind:
            return f"stories/{story}/{event['development']}/{ACTIONS[kind]}", event_id


def texts(event: Fields) -> dict[str, str]:
    """Return the fields of the form of a report."""
    lines = {
        "facts": [fact(claim) for claim in event.get("facts", ())],
        "expects": [f"{item['id']}: {item['what']} @ {item['due']}" for item in event.get("expects", ())],
        "corroborates": [aim(item) for item in event.get("corroborates", ())],
        "disputes": [f"{aim(item)}={item['kind']}" for item in event.get("disputes", ())],
    }
    typed: dict[str, str] = {
        name: event[name] for name in ("development", "reported_at", "published_at", "embargoed_until") if name in event
    }
    if event.get("archive"):
        typed["archive"] = "yes"
    marks = "".join(f" !{item['expectation']}={item['outcome']}" for item in event.get("resolves", ()))
    return typed | {name: "\n".join(text) for name, text in lines.items()} | {"headline": event["headline"] + marks}


def fact(claim: dict[str, Any]) -> str:
    value = f"={claim['value']}" if "value" in claim else ""
    return f"{claim['key']}{value}" + (f"@{claim['as_of']}" if "as_of" in claim else "")


def aim(item: dict[str, Any]) -> str:
    return str(item["development"]) + (f":{','.join(item['keys'])}" if "keys" in item else "")


@pytest.mark.parametrize("name", TYPED)
def test_form_is_refused_with_the_words_of_the_ledger(name: str, tmp_path: Path) -> None:
    clock = Clock()
    site = newsroom(tmp_path / "room", clock)
    *before, last = ({"story": STORY, **event} for event in CASES[name])
    with site.ledger() as ledger:
        for event in before:
            ledger.append(parse_event(event))
            clock.go(HOUR)
        ids = [recorded.id for recorded in ledger.events()]
        with pytest.raises(WritethruError) as refusal:
            ledger.append(parse_event(last))
        path, fields = form_of(last)
        screen = editor_at(Newsroom.open(site.folder, clock=clock)).post(path, fields)
        assert screen.status in {404, 422}
        assert [recorded.id for recorded in ledger.events()] == ids
    for problem in refusal.value.problems:
        message = " ".join(problem.message.removesuffix(".").split())
        assert message in screen.words, name
    if last["type"] == "development_reported" and screen.status == 422:
        assert last["headline"] in screen.words
