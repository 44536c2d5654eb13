"""Properties of files of events: whatever a file holds is read or refused, and an event survives its export."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidError
from events.files.exporter import write_event
from events.model.text import INTEGER_MAX
from events.model.validation import EVENT_TYPES
from tests.event_files import OPENED_YAML, read, recorded

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()) | st.sampled_from(["value", "id"]), inner),
    max_leaves=8,
)
field_names = sorted({name for event in EVENT_TYPES.values() for name in event.model_fields} - {"type"})


@given(st.dictionaries(st.sampled_from(field_names), json_values), st.sampled_from([*EVENT_TYPES, "x"]) | json_values)
def test_no_json_ends_otherwise_than_read_or_refused(raw: dict[str, Any], type_name: object) -> None:
    try:
        read(json.dumps({**raw, "type": type_name}))
    except InvalidError as error:
        assert all(problem.where == "F:1" for problem in error.problems)  # noqa: PT017  # it may pass too
        assert "".join(map(str, error.problems)).replace("\n", "").isprintable()  # noqa: PT017  # it may pass too


@given(st.text(st.sampled_from(" \n-:{}[],&*!|>'\"%@`#?~.<0123456789abc\t\\uU\u2028\ud800"), max_size=60))
def test_no_yaml_ends_otherwise_than_read_or_refused(text: str) -> None:
    for form in ("yaml", "md"):
        for file in (text, f"{OPENED_YAML}  {text}", f"---\n{text}\n---\n"):
            try:
                read(file.encode("utf-8", "surrogatepass"), form)
            except InvalidError as error:
                assert all(problem.where.startswith("F:") for problem in error.problems)  # noqa: PT017  # may pass too


# Round trips

characters = st.characters(exclude_categories=("Cc", "Cs", "Cn"))
lines = st.text(characters.filter(lambda c: c not in "\u2028\u2029"), min_size=1, max_size=12).filter(str.strip)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join)
slugs = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,4})?", fullmatch=True)
keys = st.from_regex(r"[a-z0-9]{1,4}([._-][a-z0-9]{1,4})?", fullmatch=True)
instants = st.sampled_from(["2015-01-06T18:00:00Z", "2015-01-12T14:30:00.25+02:00"])
whens = st.sampled_from(
    ["2015", "2015-01~", "2015-01-07/..", {"literal": "soon"}, {"edtf": "2015", "literal": "in 2015"}]
)
numbers = st.integers(-INTEGER_MAX, INTEGER_MAX) | st.just({"decimal": "7.80"}) | st.just({"min": 1, "max": "52.5"})
values = numbers | lines | st.booleans() | whens.map(lambda when: {"date": when})


def objects(needed: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]]) -> Any:
    return st.fixed_dictionaries(needed, optional=optional)


def listed(items: st.SearchStrategy[Any], **unique: Any) -> Any:
    return st.lists(items, min_size=1, max_size=2, **unique)


speakers = (
    st.just("Jen Psaki, spokeswoman (State)")
    | st.just({"role": "official", "named": False})
    | objects({"name": lines}, {"role": lines, "org": lines, "origin": lines})
)
claims = objects(
    {"key": keys, "value": values},
    {
        "unit": lines,
        "of": numbers,
        "stance": st.sampled_from(["asserts", "denies"]),
        "as_of": whens,
        "said_by": listed(speakers),
        "literal": lines,
    },
)
expectations = objects({}, {"id": slugs, "what": lines, "by": lines | st.none(), "due": whens | st.none()})
aims = {"development": slugs}
reports = {
    "body": texts,
    "happened": whens,
    "said_on": whens,
    "said_by": listed(speakers),
    "sources": listed(objects({"name": lines}, {"url": st.just("https://a.example/?b=c&d#e"), "via": listed(lines)})),
    "facts": listed(claims, unique_by=lambda claim: claim["key"]),
    "quotes": listed(objects({"text": texts, "speaker": speakers}, {})),
    "expects": listed(expectations),
    "resolves": listed(objects({"expectation": slugs, "outcome": st.sampled_from(["met", "missed"])}, {})),
    "corroborates": listed(objects(aims, {"keys": listed(keys), "method": lines, "verification": st.booleans()})),
    "disputes": listed(objects({**aims, "kind": st.sampled_from(["denies", "disagrees"])}, {"statement": texts})),
    "urgency": st.integers(1, 9),
    "media": listed(
        objects(
            {"url": st.just("https://a.example/b.jpg"), "type": st.just("image/jpeg"), "alt": texts},
            {"width": st.integers(0, 9)},
        )
    ),
}
cleared = {name: field | st.none() for name, field in reports.items()}
headers = {
    "summary": texts,
    "language": st.just("pt-BR"),
    "subjects": st.lists(lines, max_size=2),
    "origins": st.dictionaries(lines, listed(lines), max_size=2),
}
envelope = {
    "id": st.from_regex(r"[A-Za-z0-9._:-]{1,9}", fullmatch=True),
    "reported_at": instants,
    "published_at": instants,
    "embargoed_until": instants,
    "actor": lines,
}
about = {"story": slugs, "development": slugs}


def typed(name: str, needed: Any, optional: Any) -> Any:
    return objects({"type": st.just(name), **needed}, {**envelope, **optional})


raw_events = st.one_of(
    typed("story_opened", {"story": slugs, "headline": lines}, headers),
    typed("story_revised", {"story": slugs}, {"headline": lines, **headers}),
    typed("story_closed", {"story": slugs}, {"reason": texts}),
    typed("story_reopened", {"story": slugs}, {"reason": texts}),
    typed("development_reported", {"story": slugs, "headline": lines}, {"development": slugs, **reports}),
    typed(
        "development_corrected",
        {**about, "set": objects({"headline": lines}, {"reported_at": instants, **cleared})},
        {"note": texts, "level": st.sampled_from(["typo", "correction"])},
    ),
    typed("development_held", about, {"reason": texts}),
    typed("development_released", about, {"reason": texts}),
    typed("development_retracted", {**about, "reason": texts}, {"substitute": slugs}),
    typed("development_pinned", about, {}),
    typed("development_unpinned", about, {}),
    typed("event_redacted", {**about, "reason": texts}, {"authority": lines}),
)


@given(st.lists(raw_events, min_size=1, max_size=3))
def test_parse_print_parse_is_the_identity(raws: list[dict[str, Any]]) -> None:
    for number, raw in enumerate(raws):
        raw.pop("id", None)
        raw["actor"] = f"desk {number}"
    first = read("\n".join(json.dumps(raw) for raw in raws))
    printed = b"".join(write_event(recorded(item.event)) for item in first)
    second = read(printed)
    assert [item.event for item in second] == [item.event for item in first]
    assert b"".join(write_event(recorded(item.event)) for item in second) == printed


@given(raw_events)
def test_yaml_tells_what_json_tells(raw: dict[str, Any]) -> None:
    # JSON is YAML, where it escapes nothing beyond the 16 bits of Unicode.
    assert read(json.dumps([raw], ensure_ascii=False), "yaml") == read(json.dumps(raw))


@given(objects({"story": slugs, "headline": lines}, reports))
def test_markdown_tells_what_json_tells(raw: dict[str, Any]) -> None:
    body = raw.pop("body", "")
    front = json.dumps(raw, ensure_ascii=False)
    [item] = read(f"---\n{front}\n---\n\n{body}\n", "md")
    stripped = body.strip("\n")
    whole = {**raw, "type": "development_reported", **({"body": stripped} if stripped else {})}
    assert item.event == read(json.dumps(whole))[0].event
