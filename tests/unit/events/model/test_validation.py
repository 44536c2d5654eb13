"""Every bad input gets a sentence of our own: where, what was expected, and what to do."""

# ruff: noqa: E501 - a row of a table reads best whole

import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from events.errors import InvalidError
from events.model.parts import Part
from events.model.text import INTEGER_MAX
from events.model.validation import EVENT_TYPES, parse_event, problems_of

MISSING = object()
REPORT = {"type": "development_reported", "story": "harbour-fire", "headline": "Two hurt"}
OPENED = {"type": "story_opened", "story": "harbour-fire", "headline": "Fire at the harbour"}
CORRECTED = {"type": "development_corrected", "story": "harbour-fire", "development": "d1", "set": {"headline": "Two"}}
REDACTED = {"type": "event_redacted", "story": "harbour-fire", "reason": "A court ordered it."}
MEDIA = {"url": "https://x.example/a.jpg", "type": "image/jpeg", "alt": "Smoke"}

SLUG = 'must be lower-case words joined by "-", at most 64 characters: harbour-fire'
KEY = 'must be lower-case words joined by ".", "_" or "-": prisoners.released'
URL = "must be an http or https address without spaces"
EMPTY = "is empty.\n  Write something."
VALUE = 'an integer, text, true or false, {"decimal": "7.8"}, {"min": 1, "max": 52} or {"date": WHEN}'
ZONE = "write it as in 2015-01-21T15:00:00Z"
TWICE = "facts: hurt is claimed twice by the same speaker; remove one of the claims."
REPORT_FIELDS = (
    "id, story, reported_at, published_at, embargoed_until, actor, type, development, headline, body, happened, "
    "said_on, said_by, sources, facts, quotes, expects, resolves, corroborates, disputes, urgency, media, archive"
)

OPENED_FIELDS = (
    "id, story, reported_at, published_at, embargoed_until, actor, type, headline, summary, language, subjects, "
    "origins, facts"
)


def event(base: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {name: field for name, field in {**base, **fields}.items() if field is not MISSING}


def claim(**fields: Any) -> list[dict[str, Any]]:
    return [{"key": "hurt", **fields}]


def source(**fields: Any) -> list[dict[str, Any]]:
    return [event({"name": "Harbour Post"}, **fields)]


def refused(raw: object) -> list[str]:
    with pytest.raises(InvalidError) as caught:
        parse_event(raw)
    return [str(problem) for problem in caught.value.problems]


# One row an input: its name, the fields of a report (or of the event named with them), and its errors.
TEXTS: list[tuple[dict[str, Any], str]] = [
    ({"headline": MISSING}, "headline: is missing."),
    ({"headline": ""}, f"headline: {EMPTY}"),
    ({"headline": "   "}, f"headline: {EMPTY}"),
    ({"headline": None}, "headline: must be text, not None."),
    ({"headline": 53}, 'headline: must be text, not 53.\n  Put it in quotes: "53"'),
    ({"headline": "Two\nhurt"}, "headline: contains a line break (U+000A) at character 4."),
    ({"headline": "Two\u2028hurt"}, "headline: contains a line break (U+2028) at character 4."),
    ({"headline": "Two\x85hurt"}, "headline: contains a line break (U+0085) at character 4."),
    ({"headline": "Two\x00"}, "headline: contains a character that feeds cannot carry (U+0000) at character 4."),
    ({"headline": "x" * 301}, "headline: has 301 characters; the limit is 300."),
    ({"body": "A bell: \x07"}, "body: contains a character that feeds cannot carry (U+0007) at character 9."),
    ({"body": "\ufffe"}, "body: contains a character that feeds cannot carry (U+FFFE) at character 1."),
    ({"body": "\ufdd0"}, "body: contains a character that feeds cannot carry (U+FDD0) at character 1."),
    ({"body": "\U0010ffff"}, "body: contains a character that feeds cannot carry (U+10FFFF) at character 1."),
    ({"body": f"{'x' * 99}\ud83d"}, "body: contains a character that feeds cannot carry (U+D83D) at character 100."),
    ({"body": "x" * 100_001}, "body: has 100,001 characters; the limit is 100,000."),
    ({"body": ""}, "body: is empty.\n  Leave the field out, or write something."),
    ({"actor": "A\tB\nC"}, "actor: contains a line break (U+000A) at character 4."),
    ({"quotes": [{"text": "No."}]}, "quotes[0].speaker: is missing."),
    ({"quotes": [{"text": "x" * 5001, "speaker": "A"}]}, "quotes[0].text: has 5,001 characters; the limit is 5,000."),
]  # fmt: skip
NAMES: list[tuple[dict[str, Any], str]] = [
    ({"story": MISSING}, "story: is missing."),
    ({"story": "../x"}, f"story: {SLUG}; not '../x'.\n  Write: x"),
    ({"story": "Harbour"}, f"story: {SLUG}; not 'Harbour'.\n  Write: harbour"),
    ({"story": "fire\n"}, f"story: {SLUG}; not 'fire\\n'.\n  Write: fire"),
    ({"story": "a--b"}, f"story: {SLUG}; not 'a--b'.\n  Write: a-b"),
    ({"story": "a" * 65}, "story: has 65 characters; the limit is 64."),
    ({"story": "é" * 63}, f"story: {SLUG}; not '{'é' * 56}…."),
    ({"development": "d 1"}, f"development: {SLUG}; not 'd 1'.\n  Write: d-1"),
    ({"id": "a b"}, "id: must be made of letters, digits and . _ : - only; not 'a b'."),
    ({"id": "a" * 129}, "id: has 129 characters; the limit is 128."),
    ({"facts": claim(key="Hurt!", value=1)}, f"facts[0].key: {KEY}; not 'Hurt!'."),
    ({"facts": claim(key="k" * 129, value=1)}, "facts[0].key: has 129 characters; the limit is 128."),
    ({"resolves": [{"expectation": "E", "outcome": "met"}]}, f"resolves[0].expectation: {SLUG}; not 'E'.\n  Write: e"),
    ({"sources": source(url="ftp://x.example")}, f"sources[0].url: {URL}; not 'ftp://x.example'."),
    ({"sources": source(url="javascript:alert(1)")}, f"sources[0].url: {URL}; not 'javascript:alert(1)'."),
    ({"sources": source(url="https://x.example/a b")}, f"sources[0].url: {URL}; not 'https://x.example/a b'."),
    ({"sources": source(url="https://x.example/\x01")}, f"sources[0].url: {URL}; not 'https://x.example/\\x01'."),
    ({"sources": source(url="https://x.example/\ufffe")}, f"sources[0].url: {URL}; not 'https://x.example/\\ufffe'."),
    ({"sources": source(url="https://")}, f"sources[0].url: {URL}; not 'https://'."),
    ({"media": [MEDIA | {"type": "jpeg"}]}, "media[0].type: must be a media type such as \"image/jpeg\"; not 'jpeg'."),
]  # fmt: skip
VALUES: list[tuple[dict[str, Any], str]] = [
    ({"facts": claim()}, "facts[0]: hurt asserts nothing: give a value, or another stance."),
    ({"facts": claim(value=7.8)}, 'facts[0].value: 7.8 is a binary float; write decimals as {"decimal": "7.8"}.'),
    ({"facts": claim(value={"decimal": 7.8})}, 'facts[0].value: a decimal is a text such as "7.8", not 7.8.'),
    ({"facts": claim(value={"decimal": "07"})}, "facts[0].value: a decimal is a text such as \"7.8\", not '07'."),
    ({"facts": claim(value={"min": 1.5})}, 'facts[0].value: a decimal is a text such as "7.8", not 1.5.'),
    ({"facts": claim(value={"min": True})}, 'facts[0].value: a decimal is a text such as "7.8", not True.'),
    ({"facts": claim(value={"min": 3, "max": 1})}, "facts[0].value: the range 3..1 ends before it begins."),
    ({"facts": claim(value={"min": None})}, 'facts[0].value: a range has at least one end: {"min": 1}, {"max": 52} or both.'),
    ({"facts": claim(value=INTEGER_MAX + 1)}, "facts[0].value: 9007199254740992 is beyond ±(2^53-1); write it as a decimal."),
    ({"facts": claim(value={"max": -INTEGER_MAX - 1})}, "facts[0].value: -9007199254740992 is beyond ±(2^53-1); write it as a decimal."),
    ({"facts": claim(value=" ")}, "facts[0].value: text must have 1 to 1,000 characters."),
    ({"facts": claim(value="x" * 1001)}, "facts[0].value: text must have 1 to 1,000 characters."),
    ({"facts": claim(value="x\x0c")}, "facts[0].value: contains a character that feeds cannot carry (U+000C) at character 2."),
    ({"facts": claim(value=["53"])}, f"facts[0].value: must be {VALUE}."),
    ({"facts": claim(value={"decimal": "1", "min": 1})}, f"facts[0].value: must be {VALUE}."),
    ({"facts": claim(value=1, of="many")}, "facts[0].of: a total is a number or a range."),
    ({"facts": claim(value=1, stance="says")}, "facts[0].stance: must be 'asserts', 'denies', 'cannot_confirm' or 'withholds', not 'says'."),
    ({"facts": claim(value=1) + claim(value=2)}, TWICE),
    ({"facts": claim(value=1, said_by=["A"]) + claim(value=2, said_by=[{"name": "A"}])}, TWICE),
    ({"said_by": ["A"], "facts": claim(value=1) + claim(value=2, said_by=["A"])}, TWICE),
    ({"urgency": 0}, "urgency: must be at least 1, not 0."),
    ({"urgency": 10}, "urgency: must be at most 9, not 10."),
    ({"urgency": 1.0}, "urgency: must be a whole number, not 1.0."),
    ({"urgency": True}, "urgency: must be a whole number, not True."),
    ({"media": [MEDIA | {"width": -1}]}, "media[0].width: must be at least 0, not -1."),
    ({"media": [MEDIA | {"length": 2**53}]}, "media[0].length: must be at most 9,007,199,254,740,991, not 9007199254740992."),
]  # fmt: skip
TIMES: list[tuple[dict[str, Any], str]] = [
    ({"reported_at": "2015-01-06T18:00:00"}, f'reported_at: "2015-01-06T18:00:00" needs a zone, such as Z or +02:00: {ZONE}.'),
    ({"reported_at": "2015-01-06"}, 'reported_at: "2015-01-06" needs a time and a zone, as in 2015-01-21T15:00:00Z.'),
    ({"reported_at": 1420567200.5}, 'reported_at: must be a time with zone, such as "2015-01-06T18:00:00Z", not float.'),
    ({"embargoed_until": "soon"}, 'embargoed_until: "soon" is not an instant: expected RFC 3339 with a zone, such as 2015-01-21T15:00:00Z.'),
    ({"happened": 2015}, 'happened: a when is not a number: put it in quotes, "2015", or give {"literal": "mid May"}.'),
    ({"happened": {"edtff": "2015"}}, 'happened: "edtff" is not a field of a when: expected edtf, literal or both (did you mean edtf?).'),
    ({"facts": claim(value={"date": "2015-1"})}, 'facts[0].value: "2015-1" needs two digits for month and day, as in 2015-01-05.'),
]  # fmt: skip
PARTS: list[tuple[dict[str, Any], str]] = [
    ({"headlin": "x"}, "headlin: there is no field 'headlin' here.\n  Did you mean headline?"),
    ({"zz": 1}, f"zz: there is no field 'zz' here.\n  Known: {REPORT_FIELDS}."),
    ({"facts": claim(value=1, vale=2)}, "facts[0].vale: there is no field 'vale' here.\n  Did you mean value?"),
    ({"facts": claim(value=1, said_by=[{"nam": "A"}])}, "facts[0].said_by[0].nam: there is no field 'nam' here.\n  Did you mean name?"),
    ({"facts": {"key": "hurt"}}, "facts: must be a list, not {'key': 'hurt'}.\n  Write a list: [{\"key\": \"hurt\", \"value\": 2}]"),
    ({"facts": ["hurt=1"]}, "facts[0]: must be an object with named fields, not 'hurt=1'.\n  Write {\"key\": \"hurt\", \"value\": 2}"),
    ({"sources": [{"name": "A"}] * 201}, "sources: has 201 items; the limit is 200."),
    ({"said_by": "A, chief"}, "said_by: must be a list, not 'A, chief'.\n  Write [\"A, chief\"]."),
    ({"said_by": [5]}, 'said_by[0]: must be an object with named fields, not 5.\n  Write "Ana Ruiz, fire chief (Port Authority)"'),
    ({"said_by": [{"named": "no", "role": "aide"}]}, "said_by[0].named: must be true or false, not 'no'."),
    ({"said_by": [{"named": False, "name": "Deep", "role": "aide"}]}, "said_by[0]: a speaker who is not named must have no name, since it would be published; give role and org."),
    ({"said_by": [{"named": False}]}, "said_by[0]: a speaker needs a name, a role or an org."),
    ({"said_by": [""]}, "said_by[0]: a speaker needs a name, a role or an org."),
    ({"said_by": ["-"]}, "said_by[0]: a speaker who is not named needs a role or an org: -, senior official (Ministry)."),
    ({"said_by": [", aide"]}, 'said_by[0]: the name is missing; write "-" for a speaker who is not named.'),
    ({"expects": [{"id": "e1", "what": None}]}, "expects[0]: what is expected can be reworded, but not cleared."),
    ({"expects": ["talks"]}, "expects[0]: must be an object with named fields, not 'talks'.\n  Write {\"what\": \"Ferries run again\", \"due\": \"2026-03-05\"}"),
    ({"resolves": [{"expectation": "e1", "outcome": "done"}]}, "resolves[0].outcome: must be 'met', 'partly_met', 'missed' or 'cancelled', not 'done'."),
    ({"disputes": [{"development": "d1", "kind": "doubts"}]}, "disputes[0].kind: must be 'denies', 'cannot_confirm' or 'disagrees', not 'doubts'."),
    ({"corroborates": [{"development": "d1", "verification": 1}]}, "corroborates[0].verification: must be true or false, not 1."),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "message"), [*TEXTS, *NAMES, *VALUES, *TIMES, *PARTS])
def test_error_in_a_report_is_a_sentence(fields: dict[str, Any], message: str) -> None:
    assert refused(event(REPORT, **fields)) == [message]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (event(OPENED, origins={"A\x01": ["B"]}), "origins.A\x01: contains a character that feeds cannot carry (U+0001) at character 2."),
        (event(OPENED, origins={"A": "B"}), "origins.A: must be a list, not 'B'.\n  Write [\"B\"]."),
        (event(OPENED, origins=[]), 'origins: must be an object with named fields, not [].\n  Write {"US government": ["State Department", "White House"]}'),
        (event(OPENED, origins={str(n): [] for n in range(201)}), "origins: has 201 items; the limit is 200."),
        (event(OPENED, language="in English"), "language: must be a BCP 47 language tag such as \"en\" or \"pt-BR\"; not 'in English'."),
        (event(OPENED, language="e" * 36), "language: has 36 characters; the limit is 35."),
        (event(CORRECTED, set={}), "set: names no field to correct."),
        (event(CORRECTED, set=None), 'set: must be an object with named fields, not None.\n  Write {"headline": "Three hurt"}'),
        (event(CORRECTED, set={"headline": None}), "set: headline can be replaced, but not removed."),
        (event(CORRECTED, set={"reported_at": None}), "set: reported_at can be replaced, but not removed."),
        (event(CORRECTED, set={"headlin": "x"}), "set.headlin: there is no field 'headlin' here.\n  Did you mean headline?"),
        (event(CORRECTED, set={"facts": claim(vale=1, value=2)}), "set.facts[0].vale: there is no field 'vale' here.\n  Did you mean value?"),
        (event(CORRECTED, set={"facts": claim(value=1) + claim(value=2)}), "set.facts: hurt is claimed twice by the same speaker; remove one of the claims."),
        (event(CORRECTED, level="loud"), "level: must be 'typo', 'clarification' or 'correction', not 'loud'."),
        (event(REDACTED), "shape: name the event, or the development, to redact."),
        (event(REDACTED, event="a", development="d1"), "shape: name an event or a development, not both."),
        (event(REPORT, type=MISSING), f"shape: type is missing.\n  One of: {', '.join(EVENT_TYPES)}."),
        (event(REPORT, type="development_report"), "shape: there is no event type 'development_report'.\n  Did you mean development_reported?"),
        (event(REPORT, type="report"), "shape: there is no event type 'report'.\n  Did you mean development_reported?"),
        (event(REPORT, type="correction"), "shape: there is no event type 'correction'.\n  Did you mean development_corrected?"),
        (event(REPORT, type="open"), "shape: there is no event type 'open'.\n  Did you mean story_opened?"),
        (event(REPORT, type=5), f"shape: there is no event type '5'.\n  Known: {', '.join(EVENT_TYPES)}."),
        (event(REPORT, type="erased"), f"shape: there is no event type 'erased'.\n  Known: {', '.join(EVENT_TYPES)}."),
        (["type", "story"], "shape: an event is an object with fields such as type and story."),
        (None, "shape: an event is an object with fields such as type and story."),
    ],
)  # fmt: skip
def test_error_in_another_event_is_a_sentence(raw: object, message: str) -> None:
    assert refused(raw) == [message]


def test_every_problem_is_reported() -> None:
    assert refused({"type": "story_opened", "story": "X", "headline": "", "colour": 1}) == [
        f"story: {SLUG}; not 'X'.\n  Write: x",
        f"headline: {EMPTY}",
        f"colour: there is no field 'colour' here.\n  Known: {OPENED_FIELDS}.",
    ]


class _Inner(Part):
    width: int


class _Outer(Part):
    box: _Inner
    boxes: tuple[_Inner, ...] = ()


@pytest.mark.parametrize(
    ("root", "raw", "remedy"),
    [
        (_Outer, {"box": {"width": 1, "widht": 2}}, "Did you mean width?"),
        (_Outer, {"box": {"width": 1}, "boxes": [{"width": 1, "widht": 2}]}, ""),
        (None, {"box": {"width": 1}, "boxen": 1}, ""),
    ],
)
def test_unknown_field_without_a_near_one_lists_all_fields(
    root: type[BaseModel] | None, raw: object, remedy: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        _Outer.model_validate(raw)
    assert [problem.remedy for problem in problems_of(caught.value, root)] == [remedy]


def test_other_errors_have_the_words_of_pydantic() -> None:
    class Timed(BaseModel):
        width: float

    with pytest.raises(ValidationError) as caught:
        Timed.model_validate({"width": "wide"})
    message = "width: input should be a valid number, unable to parse string as a number."
    assert [str(problem) for problem in problems_of(caught.value, Timed)] == [message]


def test_every_event_type_is_known_by_its_name() -> None:
    assert sorted(EVENT_TYPES) == [
        "clock_reset",
        "development_corrected",
        "development_held",
        "development_pinned",
        "development_released",
        "development_reported",
        "development_retracted",
        "development_unpinned",
        "event_redacted",
        "event_undone",
        "fact_checked",
        "story_closed",
        "story_opened",
        "story_reopened",
        "story_revised",
    ]


@pytest.mark.parametrize("name", ["story_opened", "development_reported", "[key]"])
def test_unknown_field_may_bear_any_name(name: str) -> None:
    with pytest.raises(InvalidError, match=f"there is no field {re.escape(repr(name))} here"):
        parse_event({"type": "story_opened", "story": "a", "headline": "x", name: 1})
