"""What is plainly valid is accepted without pydantic, and pydantic would make the same of it (`events.model.part`)."""

import copy
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.model.part import Part, read_part
from events.model.schemas import judge
from events.model.typed_times import TypedTimes
from events.model.validation import EVENT_TYPES
from feed.config import ConfigFile

SPEAKER = {"name": "Ana Ruiz", "role": "fire chief", "org": "Port Authority", "named": True, "origin": "Port"}
REPORT_FIELDS: dict[str, Any] = {
    "headline": "Two hurt, “Ålesund” says",
    "body": "The first line.\nThe second, with *stress* & <b>.",
    "happened": "2015-01-06/2015-01-07",
    "said_on": {"edtf": "2015-01~", "literal": "in January"},
    "said_by": [SPEAKER, "-, official (Port)"],
    "sources": [
        {"name": "Harbour Radio", "url": "https://radio.example/1?a=b#c", "published_at": "2015-01-06T18:00:00Z"}
    ],
    "facts": [
        {"key": "hurt", "value": 2, "unit": "people", "of": 4, "as_of": "2015-01-06", "literal": "two"},
        {"key": "cost", "value": {"decimal": "7.80"}, "said_by": ["Ben (City)"]},
        {"key": "missing", "value": {"min": 1}, "stance": "denies"},
        {"key": "opens", "value": {"date": "2015-02"}},
    ],
    "quotes": [{"text": "We go.", "speaker": SPEAKER}],
    "expects": [{"id": "e1", "what": "Talks", "by": "Blue Line", "due": "2015-02", "condition": "If it rains."}],
    "resolves": [{"expectation": "e1", "outcome": "met"}],
    "corroborates": [{"development": "d1", "keys": ["hurt"], "method": "a call", "verification": True}],
    "disputes": [{"development": "d1", "kind": "denies", "statement": "No."}],
    "urgency": 3,
    "media": [{"url": "http://x.example/a.jpg", "type": "image/jpeg", "alt": "Smoke", "width": 100, "length": 0}],
}
ENVELOPE = {
    "id": "a:1", "story": "harbour-fire", "actor": "desk", "reported_at": "2015-01-06T18:00:00Z",
    "published_at": "2015-01-06T18:00:00Z", "embargoed_until": "2015-01-06T19:00:00.5+01:00",
}  # fmt: skip
SETTINGS = {"hurt": {"label": "People hurt", "order": -1, "lead": True, "settled": "d1", "threshold": "10%"}}
STORY = {"headline": "Fire", "summary": "What is known.", "language": "pt-BR", "subjects": ["fire"]}
FIELDS: dict[str, dict[str, Any]] = {
    "story_opened": {**STORY, "origins": {"Port": ["Harbour", "Dock"]}, "facts": SETTINGS},
    "story_revised": {**STORY, "subjects": None, "facts": {"hurt": {"hidden": None, "threshold": {"decimal": "0.5"}}}},
    "development_reported": {"development": "d1", **REPORT_FIELDS},
    "development_corrected": {"development": "d1", "set": {**REPORT_FIELDS, "media": None}, "level": "typo"},
    "event_redacted": {
        "development": "d1",
        "reason": "A court ordered it.",
        "noticed": {"e1": [{"development": "d1", "ends_at": "2015-01-06T18:00:00Z", "at": "2015-01-06T18:00:00Z"}]},
    },
    "fact_checked": {"key": "hurt", "checked_on": "2015-01-06", "said_by": [SPEAKER]},
}
EVENTS = [{"type": name, **ENVELOPE, **fields} for name, fields in FIELDS.items()]
CONFIG = {
    "newsroom": {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "created_at": "2015-01-06T18:00:00Z"},
    "site": {"title": "News", "base_url": "https://news.example", "hub": "https://hub.example/"},
    "output": {"folder": "public", "entries": 50, "share_images": False},
    "publishing": {"max_jump": "400 days"},
    "log": {"key": "~/log.key", "origin": "news.example/log"},
}
WHOLES: list[tuple[type[Part], dict[str, Any]]] = [
    *((EVENT_TYPES[str(event["type"])], event) for event in EVENTS),
    (ConfigFile, CONFIG),
]

odd_texts = st.sampled_from(
    [
        *("", " ", " x ", "\x1cx", "x\x85", "x\xa0", "x\n", "x\r\ny", "\t", "\ufeff", "\ud800", "\ufffe", "\U0001fffe"),
        *("a-b", "a--b", "a.b", "A", "hurt", "hurt\n", "é", "en", "met", "d1", "1", "x" * 301, "image/jpeg"),
        *("http://x", "HTTP://é.example/", "http://x/\xa0", "http:///", "http://x/|", "http://x/%E9?a=b#c"),
        *(
            "2015",
            "2015-01",
            "2015-01-06",
            "2015-01-06T18:00:00Z",
            "2015-01-06T18:00",
            "18:00",
            "6 Jan 2015",
            "2015/..",
        ),
    ]
)
odd_values = st.one_of(
    odd_texts,
    st.text(),
    st.sampled_from([None, True, False, 0, 1, -1, 9, 10, 2**53, 1.0, 0.5, (), [], {}, [[]], [None], ["x"], {"x": 1}]),
    st.sampled_from(
        [{"decimal": "7.8"}, {"min": 2, "max": 1}, {"date": "2015"}, {"edtf": "2015"}, {"literal": "soon"}]
    ),
    st.lists(odd_texts, max_size=3),
    st.just(["x"] * 201),
)
TIMES = TypedTimes(zone=ZoneInfo("Europe/Berlin"), now=datetime(2015, 1, 6, tzinfo=UTC))


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Return each container below `value` with a name or an index in it."""
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return []
    return [(value, step) for step, _ in inner] + [spot for _, item in inner for spot in _spots(item)]


@st.composite
def altered(draw: st.DrawFn) -> tuple[type[Part], dict[str, Any]]:
    kind, whole = draw(st.sampled_from(WHOLES))
    raw = copy.deepcopy(whole)
    for _ in range(draw(st.integers(0, 2))):
        container, step = draw(st.sampled_from(_spots(raw)))
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove":
                del container[step]
            case "add" if isinstance(container, dict):
                container[draw(st.sampled_from(["x", "id", "named", "of", "headline"]))] = copy.deepcopy(
                    draw(odd_values)
                )
            case _:
                container[step] = copy.deepcopy(draw(odd_values))
    return kind, raw


@given(altered())
def test_pydantic_makes_the_same_of_what_is_plainly_valid(case: tuple[type[Part], dict[str, Any]]) -> None:
    kind, raw = case
    try:
        part = read_part(kind, raw)
    except (TypeError, ValueError):
        return  # in doubt: pydantic judges
    for times in (None, TypedTimes(), TIMES):
        judged = judge(kind, raw, times)
        assert (judged, repr(judged), judged.model_fields_set) == (part, repr(part), part.model_fields_set)
        assert judged.model_dump() == part.model_dump()


@pytest.mark.parametrize(("kind", "raw"), WHOLES)
def test_an_ordinary_event_is_never_in_doubt(kind: type[Part], raw: dict[str, Any]) -> None:
    assert read_part(kind, raw) == kind.model_validate(raw)
