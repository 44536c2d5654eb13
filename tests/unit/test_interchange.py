"""The interchange format: what is read, every message of what is not, and that printing loses nothing."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import interchange
from events.codec import plain
from events.drafts import DEPTH_MAX
from events.errors import InvalidError
from events.exporting import write_event
from events.fields import INTEGER_MAX
from events.interchange import Incoming, read_events
from events.json_lines import LINE_BYTES_MAX
from events.model import AnyEvent, DevelopmentReported, Erased, Recorded
from events.validation import EVENT_TYPES, parse_event
from events.when import instant

RECORDED = datetime(2015, 1, 12, 14, 30, tzinfo=UTC)
OPENED = '{"type":"story_opened","story":"cuba-53","headline":"Prisoners"}'
OPENED_YAML = "- type: story_opened\n  story: cuba-53\n  headline: Prisoners\n"
OPENED_ID = "sha256:2bbc2fd04d7ab2a271eadcf7992a0a9d"
TYPES = ", ".join(EVENT_TYPES)
OPENED_FIELDS = (
    "id, story, reported_at, published_at, embargoed_until, actor, type, headline, summary, language, subjects, origins"
)
NO_FRONT_MATTER = (
    "F:1: front_matter: there is no front matter that begins in line 1 and ends.\n"
    "  Write ---, then the fields such as headline, then --- again."
)
EMPTY = "F:1: empty: the file holds no events.\n  See: writethru import --help"
NO_EVENT = (
    "shape: an event is an object with fields such as type and story.\n"
    "  Each line, or each item of a YAML list, is one event."
)


def is_float(text: str, *, example: str = "7.8") -> str:
    return (
        f"{text} is a float, and events hold none: they are not exact.\n"
        f'  Write a number as {{"decimal": "{example}"}}, a text in quotes.'
    )


def read(text: str | bytes, form: interchange.Format = "jsonl") -> list[Incoming]:
    return read_events(text.encode() if isinstance(text, str) else text, name="F", format=form)


def refused(text: str | bytes, form: interchange.Format = "jsonl") -> list[str]:
    with pytest.raises(InvalidError) as caught:
        read(text, form)
    return [str(problem) for problem in caught.value.problems]


def with_field(json_field: str) -> str:
    return f"{OPENED[:-1]},{json_field}}}"


def recorded(event: AnyEvent | Erased, *, position: int = 7) -> Recorded:
    return Recorded(position, 3, RECORDED, event)


# What is read


def test_line_and_file_stand_with_every_event() -> None:
    assert [(item.line, item.where) for item in read(f"\n{OPENED}\n\n{OPENED}\n")] == [(2, "F:2"), (4, "F:4")]


def test_three_formats_tell_the_same_event() -> None:
    fields = "headline: All free\nstory: cuba-53\n"
    line = read('{"type":"development_reported","headline":"All free","story":"cuba-53","body":"Yes."}')
    listed = read(f"type: development_reported\nbody: Yes.\n{fields}", "yaml")
    report = read(f"---\n{fields}---\n\nYes.\n", "md")
    assert line[0].event == listed[0].event == report[0].event


def test_extension_tells_the_format() -> None:
    for name in ("-", "a.jsonl", "a.b/A.JSONL", "x.json"):
        assert len(read_events(OPENED.encode(), name=name)) == 1
    for name in ("a.yaml", "a.b/c.yml"):
        assert len(read_events(OPENED_YAML.encode(), name=name)) == 1
    assert read_events(b"---\nheadline: x\nstory: a\n---\n", name="a.md")[0].where == "a.md:1"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("notes.txt", ".txt files are not read"),
        ("notes", "the name does not tell the format"),
        ("a.jsonl/notes", "the name does not tell the format"),
    ],
)
def test_other_names_are_refused(name: str, message: str) -> None:
    with pytest.raises(InvalidError) as caught:
        read_events(OPENED.encode(), name=name)
    assert str(caught.value) == (
        f"{name}: format: {message}; expected .jsonl, .json, .yaml, .yml or .md.\n  Name it by what it holds."
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [(OPENED, "jsonl"), (OPENED_YAML, "yaml"), ("---\nheadline: x\nstory: a\n---\nOne\n\nTwo\n", "md")],
)
def test_byte_order_mark_and_crlf_change_nothing(text: str, form: interchange.Format) -> None:
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert [item.event for item in read(windows, form)] == [item.event for item in read(text, form)]


def test_what_only_the_ledger_assigns_is_ignored() -> None:
    exported = with_field('"recorded_at":"never","position":-1,"version":null,"schema":1')
    assert read(exported) == read(OPENED)


def test_story_given_by_the_caller_is_a_default() -> None:
    named, unnamed = read_events(f'{OPENED}\n{{"type":"story_closed"}}\n'.encode(), name="-", story="harbour-fire")
    assert (named.event.story, unnamed.event.story) == ("cuba-53", "harbour-fire")


def test_yaml_takes_only_null_true_false_and_integers_for_what_they_are() -> None:
    texts = ["no", "yes", "on", "True", "NULL", "2015-01-21", "12:30:45", "0755", "0o17", "0x1F", "+5", "1_000", "="]
    items = "\n".join(f"  - {text}" for text in [*texts, '"7.5"', "'null'", "|-\n    5"])
    [item] = read(f"type: story_opened\nstory: a\nheadline: x\nsubjects:\n{items}\n", "yaml")
    assert plain(item.event)["subjects"] == (*texts, "7.5", "null", "5")
    [item] = read(
        "type: development_reported\nstory: a\nheadline: x\nfacts: [{key: a, value: -53}, "
        "{key: b, value: true}, {key: c, value: false, unit: null}]\n",
        "yaml",
    )
    assert isinstance(item.event, DevelopmentReported)
    assert [claim.value for claim in item.event.facts] == [-53, True, False]


def test_markdown_keeps_its_body_without_the_outer_blank_lines() -> None:
    [item] = read("---\nheadline: x\nstory: a\n---  \n\nOne\n\n---\n\nTwo\n\n", "md")
    assert plain(item.event)["body"] == "One\n\n---\n\nTwo"
    [item] = read("---\nheadline: x\nstory: a\nbody: In front.\n---\n\n", "md")
    assert plain(item.event)["body"] == "In front."
    [item] = read("---\nheadline: x\nstory: a\n---", "md")
    assert "body" not in plain(item.event)


# Ids


def test_event_without_id_gets_the_digest_of_its_content_and_ordinal() -> None:
    first, second, other = read(f"{OPENED}\n{OPENED}\n{OPENED.replace('Prisoners', 'Talks')}\n")
    assert first.event.id == OPENED_ID
    assert len({first.event.id, second.event.id, other.event.id}) == 3


def test_importing_twice_changes_no_id() -> None:
    held = '{"type":"development_held","story":"a","development":"d1"}'
    released = held.replace("held", "released")
    file = f"{held}\n{released}\n{held}\n"
    ids = [item.event.id for item in read(file)]
    assert len(set(ids)) == 3
    assert ids == [item.event.id for item in read(file.replace(":", ": "))]
    assert read(OPENED_YAML, "yaml")[0].event.id == OPENED_ID


def test_same_id_with_the_same_content_is_said_once_more() -> None:
    given_id = '"id":"open"'
    lines_of_file = [with_field(given_id), with_field(f'{given_id},"summary":null')]
    assert len(read("\n".join(lines_of_file))) == 2


def test_same_id_with_other_content_is_refused() -> None:
    one = with_field('"id":"open"')
    assert refused(f"{one}\n{one}\n{one.replace('Prisoners', 'Talks')}") == [
        "F:3: id: open is the id of another event, in line 1.\n  Give each its own id, or none: then import makes one."
    ]


# What JSON is refused

BAD_JSON: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("", [EMPTY]),
    "blank": (" \r\n\n", [EMPTY]),
    "not JSON": ("nul", ["F:1: json: is not JSON: expecting value at column 1."]),
    "two on a line": (f"{OPENED} {{}}", ["F:1: json: is not JSON: extra data at column 66."]),
    "control character": ('{"a":"\t"}', ["F:1: json: is not JSON: invalid control character at column 7."]),
    "pretty-printed": (
        '\n{\n  "type": 1\n}\n',
        [
            (
                "F:2: json: a JSON document over several lines begins here; JSON Lines has one object a line.\n"
                "  Convert it: jq -c '.[]' FILE for a list, jq -c . FILE for one object."
            )
        ],
    ),
    "a list": ("[]", [f"F:1: {NO_EVENT}"]),
    "a text": ('"x"', [f"F:1: {NO_EVENT}"]),
    "a float": ("7.5", [f"F:1: shape: {is_float('7.5', example='7.5')}"]),
    "no type": ("{}", [f"F:1: shape: type is missing.\n  One of: {TYPES}."]),
    "unknown field": (
        with_field('"hedline":"x"'),
        ["F:1: hedline: there is no field 'hedline' here.\n  Did you mean headline?"],
    ),
    "duplicate key": (
        with_field('"headline":"x"'),
        ["F:1: headline: is given twice in one object.\n  Keep one of them."],
    ),
    "NaN": (with_field('"summary":NaN'), [f"F:1: summary: {is_float('NaN')}"]),
    "infinity": (with_field('"summary":-Infinity'), [f"F:1: summary: {is_float('-Infinity')}"]),
    "exponent": (with_field('"summary":1e999'), [f"F:1: summary: {is_float('1e999')}"]),
    "float in a type": ('{"type":7.5}', [f"F:1: type: {is_float('7.5', example='7.5')}"]),
    "too large": (
        with_field(f'"summary":{INTEGER_MAX + 1}'),
        [
            (
                "F:1: summary: 9007199254740992 is beyond ±(2^53-1).\n"
                '  Write a number as {"decimal": "9007199254740992"}, a text in quotes.'
            )
        ],
    ),
    "far too large": (
        with_field(f'"summary":{"9" * 5000}'),
        [
            (
                f"F:1: summary: {'9' * 59}… is beyond ±(2^53-1).\n"
                '  Write a number as {"decimal": "7.8"}, a text in quotes.'
            )
        ],
    ),
    "nested deep": (
        with_field(f'"summary":{"[" * 40}{"]" * 40}'),
        [
            f"F:1: json: summary{'[0]' * (DEPTH_MAX - 1)}: is nested more than 32 deep.\n  No event is.",
            "F:1: summary: must be a text, not [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…]]]]]]]]]]]]]]]]]]]]]]]]]….",
        ],
    ),
    "nested too deep for Python": ("[" * 200_000, ["F:1: json: is nested more than 32 deep.\n  No event is."]),
    "not UTF-8": (
        b'{}\n {"\xed\xa0\x80"}\n\xff\n',
        [
            f"F:1: shape: type is missing.\n  One of: {TYPES}.",
            "F:2: utf8: byte 3 of the line (0xED) is not UTF-8.\n  Save it as UTF-8.",
            "F:3: utf8: byte 1 of the line (0xFF) is not UTF-8.\n  Save it as UTF-8.",
        ],
    ),
    "lone surrogate in a key": (
        with_field(r'"a\u001b\ud800":1'),
        ["F:1: shape: holds a character that feeds cannot carry (U+001B) at character 2."],
    ),
    "escape sequence in a key": (
        with_field(r'"\u001b[31m":1'),
        [r"F:1: \x1b[31m: there is no field '\x1b[31m' here." + f"\n  Known: {OPENED_FIELDS}."],
    ),
    "long line": (
        f"{' ' * 9}{'x' * (LINE_BYTES_MAX + 1)}\n7",
        [
            "F:1: size: the line has 2,097,153 bytes; at most 2,097,152 are taken.\n  Split it.",
            f"F:2: {NO_EVENT}",
        ],
    ),
    "redacted": (
        with_field('"redacted":true'),
        [
            (
                "F:1: redacted: what this event said was redacted, so it cannot be recorded afresh.\n"
                "  Its text is gone for good. Leave the line out."
            )
        ],
    ),
    "redacted, or not": (
        with_field('"redacted":false'),
        [f"F:1: redacted: there is no field 'redacted' here.\n  Known: {OPENED_FIELDS}."],
    ),
    "long key": (
        with_field(f'"{"k" * 5000}":1'),
        [f"F:1: {'k' * 59}…: there is no field '{'k' * 56}… here.\n  Known: {OPENED_FIELDS}."],
    ),
    "several in one event": (
        (
            '{"type":"development_reported","story":"A","headline":"x","urgency":1.0,'
            '"facts":[{"key":"a","value":7.8},{"value":1}]}'
        ),
        [
            f"F:1: urgency: {is_float('1.0', example='1.0')}",
            f"F:1: facts: facts[0].value: {is_float('7.8', example='7.8')}",
            "F:1: story: must be lower-case words joined by \"-\", at most 64 characters: harbour-fire; not 'A'.",
            "F:1: facts: facts[1].key: is missing.",
        ],
    ),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json_is_told_with_its_line(name: str) -> None:
    text, messages = BAD_JSON[name]
    assert refused(text) == messages


# What YAML is refused: here added to a story's opening, in line 4 and after

YAML_TAIL: dict[str, tuple[str, list[str]]] = {
    "no value": ("summary:", ["F:4: summary: has no value.\n  Write null, or leave the field out."]),
    "tilde": ("summary: ~", ["F:4: summary: has no value.\n  Write null, or leave the field out."]),
    "float": ("summary: 7.50", [f"F:4: summary: {is_float('7.50', example='7.50')}"]),
    "other floats": (
        "subjects:\n  - .5\n  - 1.\n  - 1e3\n  - .inf\n  - -.INF\n  - .nan\n  - +7.5",
        [
            f"F:{line}: subjects: subjects[{line - 5}]: {is_float(text)}"
            for line, text in enumerate([".5", "1.", "1e3", ".inf", "-.INF", ".nan", "+7.5"], start=5)
        ],
    ),
    "too large": (
        "summary: -9007199254740992",
        [
            (
                "F:4: summary: -9007199254740992 is beyond ±(2^53-1).\n"
                '  Write a number as {"decimal": "-9007199254740992"}, a text in quotes.'
            )
        ],
    ),
    "duplicate key": ("headline: [x]", ["F:4: headline: is given twice, first in line 3.\n  Keep one of them."]),
    "merge key": ("<<: {a: 1}", ["F:4: yaml: the merge key << is not read.\n  Write the fields out."]),
    "quoted merge key": (
        '"<<": 1',
        [f"F:4: <<: there is no field '<<' here.\n  Known: {OPENED_FIELDS}."],
    ),
    "anchor and alias": (
        "summary: &a x\n  actor: *a",
        [
            "F:4: yaml: summary: the anchor &a is not read.\n  Write values out.",
            "F:5: yaml: actor: the alias *a is not read.\n  Write the value out.",
        ],
    ),
    "tag": ("summary: !!str x", ["F:4: yaml: summary: the tag !!str is not read.\n  Leave it out."]),
    "unspecific tag": ("summary: ! x", ["F:4: yaml: summary: the tag ! is not read.\n  Leave it out."]),
    "tagged list": (
        "subjects: !mine [x, 5]",
        [
            "F:4: yaml: subjects: the tag !mine is not read.\n  Leave it out.",
            "F:4: subjects: subjects[1]: must be a text, not 5.",
        ],
    ),
    "anchored key": ("&a summary: {x: [1]}", ["F:4: yaml: the anchor &a is not read.\n  Write values out."]),
    "key that is a list": (
        "? [1, [2]]\n  : x",
        ["F:4: yaml: a key is not a text.\n  Write each field as KEY: VALUE."],
    ),
    "key that is an alias": ("*a : x", ["F:4: yaml: a key is not a text.\n  Write each field as KEY: VALUE."]),
    "nested field": (
        "origins:\n    U.S. government:\n      - State Department\n      - 5",
        ["F:7: origins: origins.U.S. government[1]: must be a text, not 5."],
    ),
    "field missing": ("type: x", ["F:4: type: is given twice, first in line 1.\n  Keep one of them."]),
    "second document": (
        f"actor: x\n---\n{OPENED_YAML}",
        ["F:5: yaml: a second document begins here.\n  Keep one list of events a file."],
    ),
    "no event": ("actor: x\n- 1", [f"F:5: {NO_EVENT}"]),
    "lone surrogate": (
        r'summary: "\uD800"',
        ["F:4: summary: holds a character that feeds cannot carry (U+D800) at character 1."],
    ),
    "escape out of range": (
        r'summary: "\U00110000"',
        ["F:4: yaml: is not YAML: an escape or a version is out of range."],
    ),
    "control character": (
        "summary: \x01",
        ["F:4: yaml: is not YAML: it holds a character that YAML cannot carry (U+0001).\n  Take it out."],
    ),
    "other line breaks": (
        "summary: a\u2028b\u0085c",
        [
            (
                "F:4: yaml: holds U+2028, which is a line break to some readers of YAML.\n"
                '  Take it out, or write "\\u2028" in double quotes.'
            ),
            (
                "F:4: yaml: holds U+0085, which is a line break to some readers of YAML.\n"
                '  Take it out, or write "\\u0085" in double quotes.'
            ),
        ],
    ),
    "colon in a text": (
        "summary: Cuba: all free",
        [
            (
                "F:4: yaml: is not YAML: mapping values are not allowed here at column 16.\n"
                "  Put a text with special characters in quotes."
            )
        ],
    ),
    "tab": (
        "\tsummary: x",
        [
            (
                "F:4: yaml: is not YAML: found character '\\t' that cannot start any token at column 3.\n"
                "  Indent with spaces, not with tabs."
            )
        ],
    ),
    "open quote, after other problems": (
        'zz: 1\n- story: A\n  actor: 7.5\n  note: "x',
        [
            f"F:4: zz: there is no field 'zz' here.\n  Known: {OPENED_FIELDS}.",
            f"F:6: actor: {is_float('7.5', example='7.5')}",
            (
                "F:8: yaml: is not YAML: found unexpected end of stream at column 1, "
                "while scanning a quoted scalar from line 7.\n  Put a text with special characters in quotes."
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", YAML_TAIL)
def test_bad_yaml_is_told_with_the_line_of_the_field(name: str) -> None:
    tail, messages = YAML_TAIL[name]
    assert refused(f"{OPENED_YAML}  {tail}\n", "yaml") == messages


BAD_YAML: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("", [EMPTY]),
    "comment": ("# nothing\n", [EMPTY]),
    "empty list": ("[]", [EMPTY]),
    "no events": ("x", [f"F:1: {NO_EVENT}"]),
    "no value": ("~", ["F:1: shape: has no value.\n  Write null, or leave the field out."]),
    "anchored list": (
        f"&a\n{OPENED_YAML}",
        ["F:1: yaml: the anchor &a is not read.\n  Write values out."],
    ),
    "another version": (
        "%YAML 2.0\n---\n[]",
        [
            (
                "F:1: yaml: is not YAML: found incompatible YAML document (version 1.* is required) at column 1.\n"
                "  Put a text with special characters in quotes."
            )
        ],
    ),
    "not UTF-8": (
        OPENED_YAML.encode() + b"  summary: \xe9t\xe9\n",
        ["F:4: utf8: byte 12 of the line (0xE9) is not UTF-8.\n  Save it as UTF-8."],
    ),
    "nested deep": (
        f"- {'[' * 40}{']' * 40}",
        [
            f"F:1: yaml: {'[0]' * DEPTH_MAX}: is nested more than 32 deep.\n  No event is.",
            f"F:1: {NO_EVENT}",
        ],
    ),
}


@pytest.mark.parametrize("name", BAD_YAML)
def test_file_that_is_no_list_of_events_is_refused(name: str) -> None:
    text, messages = BAD_YAML[name]
    assert refused(text, "yaml") == messages


def test_syntax_error_without_a_place_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # PyYAML gives every error of its own a place, and promises none.
    import yaml  # noqa: PLC0415  # for this test alone

    monkeypatch.setattr(yaml.SafeLoader, "check_event", lambda *_: (_ for _ in ()).throw(yaml.YAMLError("broken")))
    assert refused("x", "yaml") == ["F:1: yaml: is not YAML: broken."]


# What Markdown is refused

BAD_MARKDOWN: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("\n", [EMPTY]),
    "no front matter": ("All free.\n", [NO_FRONT_MATTER]),
    "front matter begins late": ("\n---\nheadline: x\n---\n", [NO_FRONT_MATTER]),
    "front matter never ends": ("---\nheadline: x\n", [NO_FRONT_MATTER]),
    "empty front matter": ("---\n---\nx", ["F:1: story: is missing.", "F:1: headline: is missing."]),
    "no story": ("---\nheadline: x\n---\nx", ["F:1: story: is missing."]),
    "other type": (
        "---\nstory: a\nheadline: x\ntype: story_opened\n---\n",
        ["F:4: type: a Markdown file is a development_reported.\n  Use a .yaml file for other types."],
    ),
    "type that cannot be read": (
        "---\nstory: a\nheadline: x\ntype: 7.5\n---\n",
        [f"F:4: type: {is_float('7.5', example='7.5')}"],
    ),
    "two bodies": (
        "---\nstory: a\nheadline: x\nbody: y\n---\nz",
        ["F:4: body: stands in the front matter, and below it too.\n  Keep one of them."],
    ),
    "bad body": (
        "---\nstory: a\nheadline: x\nzz: 1\n---\n\n\nOne\x01",
        [
            f"F:4: zz: there is no field 'zz' here.\n  Known: {', '.join(DevelopmentReported.model_fields)}.",
            "F:8: body: holds a character that feeds cannot carry (U+0001) at character 4.",
        ],
    ),
    "not a mapping": ("---\nx\n---\n", [f"F:2: {NO_EVENT}"]),
    "two reports": (
        "---\n- story: a\n  headline: x\n- story: a\n  headline: y\n---\n",
        ["F:4: front_matter: a Markdown file is one report.\n  Use a .yaml file for several."],
    ),
    "bad YAML": (
        '---\nheadline: "x\n---\nx',
        [
            (
                "F:2: yaml: is not YAML: found unexpected end of stream at column 13, "
                "while scanning a quoted scalar from line 2.\n  Put a text with special characters in quotes."
            )
        ],
    ),
    "not UTF-8": (
        b"---\nheadline: x\n---\n\nCuba\xff",
        ["F:5: utf8: byte 5 of the line (0xFF) is not UTF-8.\n  Save it as UTF-8."],
    ),
}


@pytest.mark.parametrize("name", BAD_MARKDOWN)
def test_bad_markdown_is_told_with_its_line(name: str) -> None:
    text, messages = BAD_MARKDOWN[name]
    assert refused(text, "md") == messages


def test_large_file_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchange, "FILE_BYTES_MAX", {"jsonl": 3, "yaml": 2, "md": 1})
    told = "F:1: size: the file has 4 bytes; at most {} are taken.\n  Split it{}."
    assert refused("null", "jsonl") == [told.format(3, "")]
    assert refused("null", "yaml") == [told.format(2, ", or write JSON Lines")]
    assert refused("null", "md") == [told.format(1, ", or write JSON Lines")]


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
    assert second == first
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


# Printing


def test_export_is_one_canonical_line() -> None:
    event = parse_event({**json.loads(OPENED), "id": "open", "actor": "sam", "reported_at": "2015-01-06T18:00:00Z"})
    assert write_event(recorded(event)).decode() == (
        '{"actor":"sam","headline":"Prisoners","id":"open","position":7,"recorded_at":"2015-01-12T14:30:00Z",'
        '"reported_at":"2015-01-06T18:00:00Z","schema":1,"story":"cuba-53","type":"story_opened","version":3}\n'
    )


def test_redacted_event_prints_what_its_envelope_tells_and_is_not_imported() -> None:
    erased = Erased(
        id="one",
        story="cuba-53",
        development="all-freed",
        was="development_reported",
        reported_at=instant("2015-01-06T18:00:00Z"),
        expectations=("talks",),
    )
    line = write_event(recorded(erased))
    assert line.decode() == (
        '{"development":"all-freed","expectations":["talks"],"id":"one","position":7,'
        '"recorded_at":"2015-01-12T14:30:00Z","redacted":true,"reported_at":"2015-01-06T18:00:00Z","schema":1,'
        '"story":"cuba-53","type":"development_reported","version":3}\n'
    )
    assert refused(line) == BAD_JSON["redacted"][1]
