"""What the interchange format refuses, and every word of it."""

import time

import pytest

from events.files import importer as interchange
from events.files.json_lines import LINE_BYTES_MAX
from events.files.raw import DEPTH_MAX
from events.model.events import DevelopmentReported
from events.model.text import INTEGER_MAX
from tests.event_files import (
    EMPTY,
    NO_EVENT,
    NO_FRONT_MATTER,
    OPENED,
    OPENED_FIELDS,
    OPENED_YAML,
    TYPES,
    not_plain,
    refused,
    with_field,
)

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
    "a decimal": ("7.5", [f"F:1: {NO_EVENT}"]),
    "no type": ("{}", [f"F:1: shape: type is missing.\n  One of: {TYPES}."]),
    "unknown field": (
        with_field('"hedline":"x"'),
        ["F:1: hedline: there is no field 'hedline' here.\n  Did you mean headline?"],
    ),
    "duplicate key": (
        with_field('"headline":"x"'),
        ["F:1: headline: is given twice in one object.\n  Keep one of them."],
    ),
    "NaN": (with_field('"summary":NaN'), [f"F:1: summary: {not_plain('NaN')}"]),
    "infinity": (with_field('"summary":-Infinity'), [f"F:1: summary: {not_plain('-Infinity')}"]),
    "exponent": (with_field('"summary":1e999'), [f"F:1: summary: {not_plain('1e999')}"]),
    "short exponent": (with_field('"summary":1.5e3'), [f"F:1: summary: {not_plain('1.5e3', plain='1500')}"]),
    "decimal in a type": ('{"type":7.5}', [f"F:1: shape: there is no event type '7.5'.\n  Known: {TYPES}."]),
    "too large": (
        with_field(f'"summary":{INTEGER_MAX + 1}'),
        [('F:1: summary: 9007199254740992 is beyond ±(2^53-1).\n  Write {"decimal": "9007199254740992"}.')],
    ),
    "far too large": (
        with_field(f'"summary":{"9" * 5000}'),
        [(f"F:1: summary: {'9' * 59}… is beyond ±(2^53-1).\n  A number has at most 64 digits.")],
    ),
    "nested deep": (
        with_field(f'"summary":{"[" * 40}{"]" * 40}'),
        [
            f"F:1: json: summary{'[0]' * (DEPTH_MAX - 1)}: is nested more than 32 levels deep.\n  Remove some levels.",
            "F:1: summary: must be text, not [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…]]]]]]]]]]]]]]]]]]]]]]]]]….",
        ],
    ),
    "nested too deep for Python": (
        "[" * 200_000,
        ["F:1: json: is nested more than 32 levels deep.\n  Remove some levels."],
    ),
    "not UTF-8": (
        b'{}\n {"\xed\xa0\x80"}\n\xff\n',
        [
            f"F:1: shape: type is missing.\n  One of: {TYPES}.",
            "F:2: utf8: byte 3 of the line (0xED) is not UTF-8.\n  Save the file as UTF-8.",
            "F:3: utf8: byte 1 of the line (0xFF) is not UTF-8.\n  Save the file as UTF-8.",
        ],
    ),
    "lone surrogate in a key": (
        with_field(r'"a\u001b\ud800":1'),
        ["F:1: shape: contains a character that feeds cannot carry (U+001B) at character 2."],
    ),
    "escape sequence in a key": (
        with_field(r'"\u001b[31m":1'),
        [r"F:1: \x1b[31m: there is no field '\x1b[31m' here." + f"\n  Known: {OPENED_FIELDS}."],
    ),
    "long line": (
        f"{' ' * 9}{'x' * (LINE_BYTES_MAX + 1)}\n7",
        [
            "F:1: size: the line has 2,097,153 bytes; the limit is 2,097,152.\n  Split it.",
            f"F:2: {NO_EVENT}",
        ],
    ),
    "redacted": (
        with_field('"redacted":true'),
        [
            (
                "F:1: redacted: this event was redacted, so it cannot be recorded again.\n"
                "  Its text was erased for ever. To move all stories into an empty newsroom: writethru restore FILE. "
                "To import the others, delete this line and those that refer to it."
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
            (
                'F:1: story: must be lower-case words joined by "-", at most 64 characters: harbour-fire; '
                "not 'A'.\n  Write: a"
            ),
            "F:1: facts[1].key: is missing.",
            "F:1: urgency: must be a whole number, not 1.0.",
        ],
    ),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json_is_refused_with_its_line(name: str) -> None:
    text, messages = BAD_JSON[name]
    assert refused(text) == messages


# What YAML is refused: here added to a story's opening, in line 4 and after

YAML_TAIL: dict[str, tuple[str, list[str]]] = {
    "no value": ("summary:", ["F:4: summary: has no value.\n  Write null, or leave the field out."]),
    "tilde": ("summary: ~", ["F:4: summary: has no value.\n  Write null, or leave the field out."]),
    "decimal as a text": ("summary: 7.50", ['F:4: summary: must be text, not 7.50.\n  Put it in quotes: "7.50"']),
    "other floats": (
        "subjects:\n  - .5\n  - 1.\n  - 1e3\n  - .inf\n  - -.INF\n  - .nan\n  - +7.5",
        [
            f"F:{line}: subjects[{line - 5}]: {not_plain(text, plain=plain)}"
            for line, (text, plain) in enumerate(
                {
                    ".5": "0.5",
                    "1.": "1",
                    "1e3": "1000",
                    ".inf": "digits, such as 7.8",
                    "-.INF": "digits, such as 7.8",
                    ".nan": "digits, such as 7.8",
                    "+7.5": "7.5",
                }.items(),
                start=5,
            )
        ],
    ),
    "too large": (
        "summary: -9007199254740992",
        [('F:4: summary: -9007199254740992 is beyond ±(2^53-1).\n  Write {"decimal": "-9007199254740992"}.')],
    ),
    "duplicate key": ("headline: [x]", ["F:4: headline: is given twice, first in line 3.\n  Keep one of them."]),
    "merge key": ("<<: {a: 1}", ["F:4: yaml: the merge key << is not supported.\n  Write the fields out."]),
    "quoted merge key": (
        '"<<": 1',
        [f"F:4: <<: there is no field '<<' here.\n  Known: {OPENED_FIELDS}."],
    ),
    "anchor and alias": (
        "summary: &a x\n  actor: *a",
        [
            "F:4: yaml: summary: the anchor &a is not supported.\n  Remove it.",
            "F:5: yaml: actor: the alias *a is not supported.\n  Write the value out.",
        ],
    ),
    "tag": ("summary: !!str x", ["F:4: yaml: summary: the tag !!str is not supported.\n  Remove it."]),
    "unspecific tag": ("summary: ! x", ["F:4: yaml: summary: the tag ! is not supported.\n  Remove it."]),
    "tagged list": (
        "subjects: !mine [x, 5]",
        [
            "F:4: yaml: subjects: the tag !mine is not supported.\n  Remove it.",
            'F:4: subjects[1]: must be text, not 5.\n  Put it in quotes: "5"',
        ],
    ),
    "anchored key": ("&a summary: {x: [1]}", ["F:4: yaml: the anchor &a is not supported.\n  Remove it."]),
    "key that is a list": (
        "? [1, [2]]\n  : x",
        ["F:4: yaml: a key is not a text.\n  Write each field as KEY: VALUE."],
    ),
    "key that is an alias": ("*a : x", ["F:4: yaml: a key is not a text.\n  Write each field as KEY: VALUE."]),
    "nested field": (
        "origins:\n    U.S. government:\n      - State Department\n      - 5",
        ['F:7: origins.U.S. government[1]: must be text, not 5.\n  Put it in quotes: "5"'],
    ),
    "field missing": ("type: x", ["F:4: type: is given twice, first in line 1.\n  Keep one of them."]),
    "second document": (
        f"actor: x\n---\n{OPENED_YAML}",
        ["F:5: yaml: a second document begins here.\n  Write one list of events in a file."],
    ),
    "no event": ("actor: x\n- 1", [f"F:5: {NO_EVENT}"]),
    "lone surrogate": (
        r'summary: "\uD800"',
        ["F:4: summary: contains a character that feeds cannot carry (U+D800) at character 1."],
    ),
    "escape out of range": (
        r'summary: "\U00110000"',
        ["F:4: yaml: is not YAML: an escape or a version is out of range."],
    ),
    "control character": (
        "summary: \x01",
        ["F:4: yaml: is not YAML: it holds a character that YAML cannot carry (U+0001).\n  Remove it."],
    ),
    "other line breaks": (
        "summary: a\u2028b\u0085c",
        [
            (
                "F:4: yaml: holds U+2028, which some YAML readers take for a line break.\n"
                '  Remove it, or write "\\u2028" in double quotes.'
            ),
            (
                "F:4: yaml: holds U+0085, which some YAML readers take for a line break.\n"
                '  Remove it, or write "\\u0085" in double quotes.'
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
            (
                "F:8: yaml: is not YAML: found unexpected end of stream at column 1, "
                "while scanning a quoted scalar from line 7.\n  Put a text with special characters in quotes."
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", YAML_TAIL)
def test_bad_yaml_is_refused_with_the_line_of_the_field(name: str) -> None:
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
        ["F:1: yaml: the anchor &a is not supported.\n  Remove it."],
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
        ["F:4: utf8: byte 12 of the line (0xE9) is not UTF-8.\n  Save the file as UTF-8."],
    ),
    "nested deep": (
        f"- {'[' * 40}{']' * 40}",
        [
            f"F:1: yaml: {'[0]' * DEPTH_MAX}: is nested more than 32 levels deep.\n  Remove some levels.",
            f"F:1: {NO_EVENT}",
        ],
    ),
}


@pytest.mark.parametrize("name", BAD_YAML)
def test_yaml_that_is_no_list_of_events_is_refused(name: str) -> None:
    text, messages = BAD_YAML[name]
    assert refused(text, "yaml") == messages


def test_syntax_error_without_position_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    # All errors of PyYAML have a position today, but it promises none.
    import yaml  # noqa: PLC0415  # for this test alone

    monkeypatch.setattr(yaml.SafeLoader, "check_event", lambda *_: (_ for _ in ()).throw(yaml.YAMLError("broken")))
    assert refused("x", "yaml") == ["F:1: yaml: is not YAML: broken."]


# What Markdown is refused

BAD_MARKDOWN: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("\n", [EMPTY]),
    "no front matter": ("All free.\n", [NO_FRONT_MATTER]),
    "front matter begins late": ("\n---\nheadline: x\n---\n", [NO_FRONT_MATTER]),
    "front matter never ends": (
        "---\nheadline: x\n",
        ["F:1: front_matter: the front matter does not end.\n  Write a line --- between the fields and the text."],
    ),
    "empty front matter": ("---\n---\nx", ["F:1: story: is missing.", "F:1: headline: is missing."]),
    "no story": ("---\nheadline: x\n---\nx", ["F:1: story: is missing."]),
    "other type": (
        "---\nstory: a\nheadline: x\ntype: story_opened\n---\n",
        ["F:4: type: a Markdown file holds a development_reported.\n  Use a .yaml file for other types."],
    ),
    "type that cannot be read": (
        "---\nstory: a\nheadline: x\ntype: .5\n---\n",
        [f"F:4: type: {not_plain('.5', plain='0.5')}"],
    ),
    "two bodies": (
        "---\nstory: a\nheadline: x\nbody: y\n---\nz",
        ["F:4: body: is given in the front matter and below it.\n  Keep one of them."],
    ),
    "bad body": (
        "---\nstory: a\nheadline: x\nzz: 1\n---\n\n\nOne\x01",
        [
            f"F:4: zz: there is no field 'zz' here.\n  Known: {', '.join(DevelopmentReported.model_fields)}.",
            "F:8: body: contains a character that feeds cannot carry (U+0001) at character 4.",
        ],
    ),
    "not a mapping": ("---\nx\n---\n", [f"F:2: {NO_EVENT}"]),
    "two reports": (
        "---\n- story: a\n  headline: x\n- story: a\n  headline: y\n---\n",
        ["F:4: front_matter: a Markdown file holds one report.\n  Use a .yaml file for several."],
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
        ["F:5: utf8: byte 5 of the line (0xFF) is not UTF-8.\n  Save the file as UTF-8."],
    ),
}


@pytest.mark.parametrize("name", BAD_MARKDOWN)
def test_bad_markdown_is_refused_with_its_line(name: str) -> None:
    text, messages = BAD_MARKDOWN[name]
    assert refused(text, "md") == messages


def test_file_over_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchange, "FILE_BYTES_MAX", {"jsonl": 3, "yaml": 2, "md": 1})
    message = "F:1: size: the file has more than {} bytes, which is the limit.\n  Split it{}."
    assert refused("null", "jsonl") == [message.format(3, "")]
    assert refused("null", "yaml") == [message.format(2, ", or write JSON Lines")]
    assert refused("null", "md") == [message.format(1, ", or write JSON Lines")]


@pytest.mark.parametrize("bracket", ["[", "{", "[a, ", "{a: "])
def test_brackets_nested_without_end_are_refused_at_once(bracket: str) -> None:
    began = time.process_time()
    assert refused(bracket * 10_000, "yaml") == [
        "F:1: yaml: is nested more than 32 levels deep.\n  Remove some levels."
    ]
    assert time.process_time() - began < 1


def test_problems_of_one_event_end_after_a_thousand() -> None:
    text = "{" + ", ".join('"k": 1' for _ in range(5_000)) + "}"
    messages = refused(text, "jsonl")
    assert 1_000 <= len(messages) <= 1_010
    assert "the search stopped here" in messages[-1]
