"""The interchange format: what is read, every message of what is not, and that printing loses nothing."""

import orjson
import pytest

from events.errors import InvalidError
from events.files import importer as interchange
from events.files.importer import read_events
from events.model.codec import plain
from events.model.events import DevelopmentReported
from tests.event_files import OPENED, OPENED_ID, OPENED_YAML, read, refused, with_field

# What is read


def test_event_has_its_file_and_line() -> None:
    assert [(item.line, item.where) for item in read(f"\n{OPENED}\n\n{OPENED}\n")] == [(2, "F:2"), (4, "F:4")]


def test_three_formats_hold_the_same_event() -> None:
    fields = "headline: All free\nstory: cuba-53\n"
    line = read('{"type":"development_reported","headline":"All free","story":"cuba-53","body":"Yes."}')
    listed = read(f"type: development_reported\nbody: Yes.\n{fields}", "yaml")
    report = read(f"---\n{fields}---\n\nYes.\n", "md")
    assert line[0].event == listed[0].event == report[0].event


def test_extension_decides_the_format() -> None:
    for name in ("-", "a.jsonl", "a.b/A.JSONL", "x.json"):
        assert len(read_events(OPENED.encode(), name=name)) == 1
    for name in ("a.yaml", "a.b/c.yml"):
        assert len(read_events(OPENED_YAML.encode(), name=name)) == 1
    assert read_events(b"---\nheadline: x\nstory: a\n---\n", name="a.md")[0].where == "a.md:1"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("notes.txt", ".txt files cannot be imported"),
        ("notes", "the name does not say the format"),
        ("a.jsonl/notes", "the name does not say the format"),
    ],
)
def test_other_extensions_are_refused(name: str, message: str) -> None:
    with pytest.raises(InvalidError) as caught:
        read_events(OPENED.encode(), name=name)
    assert str(caught.value) == (
        f"{name}: format: {message}; expected .jsonl, .json, .yaml, .yml or .md.\n"
        "  Give the file the extension of its format."
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [(OPENED, "jsonl"), (OPENED_YAML, "yaml"), ("---\nheadline: x\nstory: a\n---\nOne\n\nTwo\n", "md")],
)
def test_byte_order_mark_and_crlf_are_ignored(text: str, form: interchange.Format) -> None:
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert [item.event for item in read(windows, form)] == [item.event for item in read(text, form)]


def test_fields_of_the_ledger_are_ignored() -> None:
    exported = with_field('"recorded_at":"never","position":-1,"version":null,"schema":1')
    assert read(exported) == read(OPENED)


def test_story_of_the_caller_is_a_default() -> None:
    named, unnamed = read_events(f'{OPENED}\n{{"type":"story_closed"}}\n'.encode(), name="-", story="harbour-fire")
    assert (named.event.story, unnamed.event.story) == ("cuba-53", "harbour-fire")


def test_yaml_values_other_than_json_constants_are_text() -> None:
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


def test_markdown_body_has_no_outer_blank_lines() -> None:
    [item] = read("---\nheadline: x\nstory: a\n---  \n\nOne\n\n---\n\nTwo\n\n", "md")
    assert plain(item.event)["body"] == "One\n\n---\n\nTwo"
    [item] = read("---\nheadline: x\nstory: a\nbody: In front.\n---\n\n", "md")
    assert plain(item.event)["body"] == "In front."
    [item] = read("---\nheadline: x\nstory: a\n---", "md")
    assert "body" not in plain(item.event)


# Ids


def test_event_without_id_gets_a_digest_as_id() -> None:
    first, second, other = read(f"{OPENED}\n{OPENED}\n{OPENED.replace('Prisoners', 'Talks')}\n")
    assert first.event.id == OPENED_ID
    assert len({first.event.id, second.event.id, other.event.id}) == 3


def test_second_import_has_the_same_ids() -> None:
    held = '{"type":"development_held","story":"a","development":"d1"}'
    released = held.replace("held", "released")
    file = f"{held}\n{released}\n{held}\n"
    ids = [item.event.id for item in read(file)]
    assert len(set(ids)) == 3
    assert ids == [item.event.id for item in read(file.replace(":", ": "))]
    assert read(OPENED_YAML, "yaml")[0].event.id == OPENED_ID


def test_same_id_with_same_content_is_accepted() -> None:
    given_id = '"id":"open"'
    lines_of_file = [with_field(given_id), with_field(f'{given_id},"summary":null')]
    assert len(read("\n".join(lines_of_file))) == 2


def test_same_id_with_other_content_is_refused() -> None:
    one = with_field('"id":"open"')
    assert refused(f"{one}\n{one}\n{one.replace('Prisoners', 'Talks')}") == [
        (
            "F:3: id: open is also the id of another event, in line 1.\n"
            "  Give each event its own id, or none: import then makes one."
        )
    ]


@pytest.mark.parametrize("schema", [99, 0, -1, "1", None])
def test_event_of_a_newer_schema_is_refused(schema: object) -> None:
    line = orjson.dumps({"type": "story_opened", "story": "fire", "headline": "Fire", "schema": schema})
    [problem] = refused(line)
    assert "is not a schema that this version reads" in problem
    assert "Install the newest writethru." in problem


@pytest.mark.parametrize("rules", [99, 0, "2", None])
def test_report_by_newer_rules_is_refused(rules: object) -> None:
    fields = {"type": "development_reported", "story": "fire", "headline": "Two hurt", "rules": rules}
    [problem] = [item for item in refused(orjson.dumps(fields)) if "rules" in item]
    assert "are no rules that this version folds by" in problem
    assert "Install the newest writethru." in problem


def test_event_of_no_type_at_all_is_refused_without_a_stand_in() -> None:
    assert "there is no event type" in refused('{"type": [], "story": "a"}')[0]
