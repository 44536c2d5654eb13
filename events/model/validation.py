"""Validation errors as sentences: the field, what was expected, what to do next."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from events.errors import InvalidError, Problem, as_slug, did_you_mean
from events.model import events as model
from events.model import parts
from events.model.events import EVENT, AnyEvent
from events.model.settings import FactSettings
from events.model.text import (
    LINE_PATTERN,
    MEDIA_URL_PATTERN,
    PICTURE_PATTERN,
    SLUG_CHARS_MAX,
    SLUG_PATTERN,
    TEXT_PATTERN,
    unfit_character,
)
from events.model.typed_times import TypedTimes

EVENT_TYPES: Mapping[str, type[BaseModel]] = {
    event.model_fields["type"].default: event
    for event in vars(model).values()
    if isinstance(event, type) and issubclass(event, model.Event) and event not in {model.Event, model.Erased}
}
"""Every event type by its name in `type`."""

_PART_OF_FIELD: Mapping[str, type[BaseModel]] = {
    "said_by": parts.Speaker,
    "speaker": parts.Speaker,
    "sources": parts.Source,
    "facts": parts.Claim,
    "quotes": parts.Quote,
    "expects": parts.Expectation,
    "resolves": parts.Resolution,
    "corroborates": parts.Corroboration,
    "disputes": parts.Dispute,
    "media": parts.Media,
    "set": model.Amendment,
}
_DECIMAL_REPR: Final = r"Decimal\('([^']*)'\)"  # a decimal of a file, where none belongs
_EXAMPLES = {
    "said_by": '["Ana Ruiz, fire chief (Port Authority)"]',
    "subjects": '["shipping"]',
    "sources": '[{"name": "Harbour Radio", "url": "https://radio.example/1"}]',
    "facts": '[{"key": "hurt", "value": 2}]',
    "quotes": '[{"text": "We go.", "speaker": "Ana Ruiz (Port)"}]',
    "expects": '[{"what": "Ferries run again", "due": "2026-03-05"}]',
    "resolves": '[{"expectation": "ferries", "outcome": "met"}]',
    "corroborates": '[{"development": "d1"}]',
    "disputes": '[{"development": "d1", "kind": "denies"}]',
    "media": '[{"url": "https://news.example/1.jpg", "type": "image/jpeg", "alt": "Smoke over the quay"}]',
    "origins": '{"US government": ["State Department", "White House"]}',
    "set": '{"headline": "Three hurt"}',
}
"""How a list or an object of that name is written. JSON is YAML, too."""
_TYPE_WORDS = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object with named fields",
    "int_type": "must be a whole number",
    "model_type": "must be an object with named fields",
    "string_type": "must be text",
    "tuple_type": "must be a list",
}
_PATTERN_WORDS = {
    "^media:": "must be the media:NAME of a picture, as writethru picture FILE prints it",
    "a-z0-9]+(-": f'must be lower-case words joined by "-", at most {SLUG_CHARS_MAX} characters: harbour-fire',
    "a-z0-9]+([": 'must be lower-case words joined by ".", "_" or "-": prisoners.released',
    "A-Za-z0-9._": "must be made of letters, digits and . _ : - only",
    "[Hh]": "must be an http or https address without spaces",
    "^[a-z]+/": 'must be a media type such as "image/jpeg"',
    "{2,8}": 'must be a BCP 47 language tag such as "en" or "pt-BR"',
}


def parse_event(raw: object, times: TypedTimes | None = None) -> AnyEvent:
    """Return the event that `raw` describes, or raise InvalidError with every problem in it.

    With `times`, its times may be as people type them.
    """
    if not isinstance(raw, dict):
        raise InvalidError(
            Problem(where="", check="shape", message="an event is an object with fields such as type and story.")
        )
    try:
        return EVENT.validate_python(raw, context=times)
    except ValidationError as error:
        raise InvalidError(*problems_of(error, EVENT_TYPES.get(str(raw.get("type"))))) from None


def problems_of(error: ValidationError, root: type[BaseModel] | None) -> list[Problem]:
    """Return every problem in `error`; `where` is the dotted path of the field below `root`."""
    return [_problem(detail, root) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, root: type[BaseModel] | None) -> Problem:
    # Pydantic adds the type of the event to the path, and "[key]" for a key that is itself wrong. They are dropped,
    # except at the end: an unknown field may have such a name.
    loc, unknown = detail["loc"], 1 if detail["type"] == "extra_forbidden" else 0
    within = loc[: len(loc) - unknown]
    path = tuple(step for step in within if step not in EVENT_TYPES and step != "[key]") + loc[len(within) :]
    message, remedy = _sentence(detail, path, root)
    return Problem(where=_dotted(path), check=str(path[0]) if path else "shape", message=message, remedy=remedy)


def _sentence(detail: ErrorDetails, path: tuple[int | str, ...], root: type[BaseModel] | None) -> tuple[str, str]:
    context: dict[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing.", ""
        case "extra_forbidden":
            return f"there is no field {_short(path[-1])} here.", _known_fields(str(path[-1]), _owner(path, root))
        case "union_tag_not_found":
            return "type is missing.", f"One of: {', '.join(EVENT_TYPES)}."
        case "union_tag_invalid":
            tag = str(context["tag"])
            return f"there is no event type {_short(tag)}.", _did_you_mean_type(tag)
        case "literal_error":
            return f"must be {context['expected']}, not {_short(detail['input'])}.", ""
        case "string_pattern_mismatch":
            text, pattern = str(detail["input"]), str(context["pattern"])
            slug = as_slug(text) if pattern == SLUG_PATTERN else ""
            return f"{_pattern_sentence(text, pattern)}.", f"Write: {slug}" if slug else ""
        case "string_too_long":
            length = len(str(detail["input"]))
            return f"has {length:,} characters; the limit is {context['max_length']:,}.", ""
        case "string_too_short":
            return "is empty.", f"{'Write' if _is_required(path, root) else 'Leave the field out, or write'} something."
        case "too_long":
            return f"has {len(detail['input'])} items; the limit is {context['max_length']}.", ""
        case "value_error":
            return f"{str(context['error']).rstrip('.')}.", ""
        case "greater_than_equal":
            return f"must be at least {context['ge']:,}, not {_short(detail['input'])}.", ""
        case "less_than_equal":
            return f"must be at most {context['le']:,}, not {_short(detail['input'])}.", ""
        case "string_unicode":
            return f"contains {unfit_character(detail['input'], one_line=False)}.", ""
        case kind if kind in _TYPE_WORDS:
            return f"{_TYPE_WORDS[kind]}, not {_short(detail['input'])}.", _type_remedy(kind, detail["input"], path)
        case _:
            return f"{detail['msg'][0].lower()}{detail['msg'][1:]}.", ""


def _type_remedy(kind: str, value: object, path: tuple[int | str, ...]) -> str:
    """Return how to write a value of the right type."""
    match kind, value:
        case "string_type", int() | Decimal() if not isinstance(value, bool):
            return f'Put it in quotes: "{value}"'
        case "tuple_type", str():
            return f"Write [{json.dumps(value, ensure_ascii=False)}]."
        case "tuple_type", _:
            return f"Write a list: {_EXAMPLES.get(str(path[-1]), '[…]')}"
        case "dict_type" | "model_type", _:
            name = next((step for step in reversed(path) if isinstance(step, str)), "")
            return f"Write {_EXAMPLES[name].removeprefix('[').removesuffix(']')}" if name in _EXAMPLES else ""
        case _:
            return ""


def _short(value: object) -> str:
    """Return a value, short enough for a message."""
    text = re.sub(_DECIMAL_REPR, r"\1", repr(value))
    return text if len(text) <= 60 else f"{text[:57]}…"


def _pattern_sentence(text: str, pattern: str) -> str:
    if pattern in {LINE_PATTERN, TEXT_PATTERN}:
        return f"contains {unfit_character(text, one_line=pattern == LINE_PATTERN)}"
    if pattern == MEDIA_URL_PATTERN and text.startswith("media:"):
        pattern = PICTURE_PATTERN
    expected = next(words for part, words in _PATTERN_WORDS.items() if part in pattern)
    return f"{expected}; not {_short(text)}"


def _dotted(path: tuple[int | str, ...]) -> str:
    """Return `facts[1].value` for ("facts", 1, "value")."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _is_required(path: tuple[int | str, ...], root: type[BaseModel] | None) -> bool:
    """Return True if a field cannot be left out, and cannot be removed either."""
    owner, name = _owner(path, root), path[-1] if path else ""
    return name == "headline" or (
        owner is not None and name in owner.model_fields and owner.model_fields[name].is_required()
    )


def _owner(path: tuple[int | str, ...], root: type[BaseModel] | None) -> type[BaseModel] | None:
    """Return the model that was to have the last field of `path`."""
    owner = root
    for step in path[:-1]:
        if step == "facts" and owner is not None and issubclass(owner, model.StoryOpened | model.StoryRevised):
            return FactSettings
        if step in _PART_OF_FIELD:
            owner = _PART_OF_FIELD[str(step)]
        elif owner is not None and isinstance(step, str):
            annotation = owner.model_fields[step].annotation
            owner = annotation if isinstance(annotation, type) else None
    return owner


def _known_fields(name: str, owner: type[BaseModel] | None) -> str:
    return _did_you_mean(name, owner.model_fields) if owner else ""


def _did_you_mean_type(tag: str) -> str:
    """Return the type that people mean by its last word, or by another form of that: `report`, `correction`."""
    by_verb = {name.rpartition("_")[2]: name for name in EVENT_TYPES}
    verb = re.split(r"[_\W]", tag.lower())[-1]
    close = did_you_mean(verb, [name for name in by_verb if name[:2] == verb[:2]])  # "erased" is not "released"
    return f"Did you mean {by_verb[close]}?" if close else _did_you_mean(tag, EVENT_TYPES)


def _did_you_mean(word: str, names: Mapping[str, object]) -> str:
    close = did_you_mean(word, names)
    return f"Did you mean {close}?" if close else f"Known: {', '.join(names)}."
