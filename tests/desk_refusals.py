"""The form of the desk that states an event: where a person sends it, and what they type."""

from typing import Any

from tests.refusals import Fields

SEEN = {"seen": "99"}
ACTS = {
    "development_pinned": "pin",
    "development_unpinned": "unpin",
    "development_released": "release",
    "development_held": "hold",
    "development_retracted": "retract",
    "event_redacted": "redact",
    "story_closed": "close",
    "story_reopened": "reopen",
}
TIMES = ("reported_at", "published_at", "embargoed_until")


def form_of(event: Fields) -> tuple[str, dict[str, str]]:
    """Return the path of a form, and its fields."""
    path = f"stories/{event['story']}/"
    same_id = {"event_id": event["id"]} if "id" in event else {}
    match event["type"]:
        case "story_opened":
            return "open", same_id | {"story": event["story"], "headline": event["headline"]}
        case "story_revised" if "facts" in event:
            return _settings(path, event)
        case "story_revised":
            return f"{path}revise", SEEN
        case "fact_checked":
            return f"{path}facts/{event['key']}", SEEN | {"act": "check", "checked_on": event["checked_on"]}
        case "event_undone":
            return f"{path}undo", same_id | {name: event[name] for name in ("development", "event") if name in event}
        case "development_reported":
            return path, SEEN | same_id | _report(event)
        case "development_corrected":
            return f"{path}{event['development']}/correct", SEEN | _correction(event)
        case "story_closed" | "story_reopened" as kind:
            return f"{path}{ACTS[kind]}", SEEN
        case kind:
            texts = {name: event[name] for name in ("reason", "substitute") if name in event}
            return f"{path}{event['development']}/{ACTS[kind]}", SEEN | {"sure": "yes"} | texts


def _settings(path: str, event: Fields) -> tuple[str, dict[str, str]]:
    """Return the form of the settings of a fact."""
    [(key, settings)] = event["facts"].items()
    texts = {name: str(value) for name, value in settings.items()}
    return f"{path}facts/{key}", SEEN | {"act": "settings", "embargoed_until": event.get("embargoed_until", "")} | texts


def _report(event: Fields) -> dict[str, str]:
    """Return the fields of the form of a report."""
    typed: dict[str, str] = {name: event[name] for name in ("development", *TIMES) if name in event}
    if event.get("archive"):
        typed["archive"] = "yes"
    marks = "".join(f" !{item['expectation']}={item['outcome']}" for item in event.get("resolves", ()))
    return typed | _lines(event) | {"headline": event["headline"] + marks}


def _correction(event: Fields) -> dict[str, str]:
    """Return the fields of the form of a correction."""
    to: Fields = event["set"]
    lines = _lines(to)
    texts = {name: str(value) for name, value in to.items() if name not in lines}
    return {"level": event["level"], "note": event.get("note", "")} | lines | texts


def _lines(event: Fields) -> dict[str, str]:
    """Return the fields that have a line for each part."""
    lines = {
        "facts": [_fact(claim) for claim in event.get("facts", ())],
        "expects": [_promise(item) for item in event.get("expects", ())],
        "resolves": [f"{item['expectation']}={item['outcome']}" for item in event.get("resolves", ())],
        "corroborates": [_aim(item) for item in event.get("corroborates", ())],
        "disputes": [f"{_aim(item)}={item['kind']}" for item in event.get("disputes", ())],
    }
    return {name: "\n".join(text) for name, text in lines.items() if text}


def _fact(claim: dict[str, Any]) -> str:
    value = f"={claim['value']}" if "value" in claim else ""
    return f"{claim['key']}{value}" + (f"@{claim['as_of']}" if "as_of" in claim else "")


def _promise(item: dict[str, Any]) -> str:
    """Return the line of a promise; one that states nothing states it of somebody."""
    due = f" @ {item['due']}" if "due" in item else f" [by {item.get('by', 'Port')}]"
    return f"{item['id']}: {item.get('what', '')}{due}"


def _aim(item: dict[str, Any]) -> str:
    return str(item["development"]) + (f":{','.join(item['keys'])}" if "keys" in item else "")
