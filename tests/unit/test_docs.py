"""What the documents show is what the program does; what the program has, they document."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import get_args

import click
import orjson
import pytest
from pydantic import BaseModel

from events.commands import correct
from events.files.importer import FILE_BYTES_MAX, read_events
from events.files.json_lines import LINE_BYTES_MAX
from events.model import edtf as when
from events.model import parts, values
from events.model import text as fields
from events.model.codec import ENVELOPE_FIELDS, LEDGER_FIELDS, encode
from events.model.events import Amendment, DevelopmentReported, Event
from events.model.settings import FactSettings
from events.model.validation import EVENT_TYPES
from feed import short_forms
from feed.cli import exit_codes
from feed.cli import program as cli
from feed.config import ENTRIES_MAX, ConfigFile
from feed.entries.model import Entry, EntryKind, Feed
from feed.output import check as output
from feed.publishing.render import STORY_FILES
from tests.builders import SALT, Scenario
from tests.demo import run_library
from tests.desk_routes import requests
from tests.docs import DOCUMENTS, ROOT, Document

EVENTS = Document("events/README.md")
FEED = Document("feed/README.md")
PARTS: dict[str, type[BaseModel]] = {
    "speaker": parts.Speaker,
    "source": parts.Source,
    "claim": parts.Claim,
    "quote": parts.Quote,
    "expectation": parts.Expectation,
    "resolution": parts.Resolution,
    "corroboration": parts.Corroboration,
    "dispute": parts.Dispute,
    "media": parts.Media,
    "settings": FactSettings,
}
SHORT_FORMS: dict[str, Callable[..., object]] = {
    "--fact": short_forms.parse_fact,
    "--said-by": short_forms.parse_speaker,
    "--source": short_forms.parse_source,
    "--quote": short_forms.parse_quote,
    "--expect": short_forms.parse_expectation,
    "--resolve": short_forms.parse_resolution,
    "--corroborates": short_forms.parse_corroboration,
    "--disputes": short_forms.parse_dispute,
    "--media": short_forms.parse_media,
    "--set": short_forms.parse_setting,
    "--origins": short_forms.parse_origin,
}


@pytest.fixture(params=DOCUMENTS)
def document(request: pytest.FixtureRequest) -> Document:
    return Document(request.param)


def test_every_marked_block_shows_what_is_made_now(
    document: Document, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    made = document.renewed(tmp_path)
    if pytestconfig.getoption("--update-golden"):
        document.path.write_text(made, encoding="utf-8")
        return
    assert document.text == made, f"to renew it: pytest {__file__} --update-golden, then read git diff {document.name}"


def test_python_in_documents_runs_and_prints_what_they_show(document: Document, tmp_path: Path) -> None:
    for number, (code, printed) in enumerate(document.library()):
        folder = tmp_path / str(number)
        folder.mkdir()
        shown = run_library(code, folder)
        assert printed is None or shown == printed


def test_events_in_documents_are_read_and_fold(document: Document) -> None:
    scenarios: dict[str, Scenario] = {}
    for form, text in document.examples():
        for item in read_events(text.encode(), name=document.name, format=form):
            slug = item.event.story
            scenario = scenarios.setdefault(
                slug, Scenario(slug, open_=item.event.type != "story_opened", start="2026-03-01")
            )
            scenario.record(item.event, at="2026-11-22")
    for scenario in scenarios.values():
        assert scenario.state().as_json()


def test_documents_stand_on_their_own(document: Document) -> None:
    """No path of any one machine, and no page that a reader does not have."""
    foreign = r"(?<![\w.:/])/(work|home|root)/|shared/design|[1-5]-(vocabulary|publication|architecture|commands|style)"
    assert not re.search(foreign, document.text)


@cache
def anchors(name: str) -> list[str]:
    return Document(name).anchors()


def test_links_in_documents_lead_somewhere(document: Document) -> None:
    for target, anchor in document.links():
        path = (document.path.parent / target).resolve() if target else document.path
        assert path.exists(), target
        assert path.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(str(path.relative_to(ROOT))), f"{target}#{anchor}"


def test_each_anchor_of_a_document_is_set_once(document: Document) -> None:
    assert [anchor for anchor, times in Counter(document.anchors()).items() if times > 1] == []


def test_every_document_of_the_repository_is_read() -> None:
    assert {"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "events/README.md", "feed/README.md"} <= set(DOCUMENTS)
    assert {"feed/transparency/README.md", "tests/README.md"} <= set(DOCUMENTS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A story:\n\n<!-- flod -->\n```text\n```\n", "3: <!-- flod --> is no marker."),
        ("<!--fold-->\n```text\n```\n", "1: <!--fold--> is no marker."),
        ("<!-- fold -->\n\n```text\n```\n", "1: <!-- fold --> marks nothing."),
        ("* a\n  <!-- fold -->\n  ```text\n  ```\n", "2: <!-- fold --> marks nothing."),
        ("<!-- manual -->\n\n<!-- fold -->\n```text\n```\n<!-- end -->\n", "1: <!-- manual --> marks nothing."),
        ("<!-- end -->\n", "1: <!-- end --> is no marker."),
    ],
)
def test_marker_that_marks_nothing_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "x.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(f"{path}:{message}")):
        [*Document(str(path)).marked()]


def test_anchors_of_a_document_are_those_of_github(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    text = '# A `title`, with *marks*\n\n## Rule 1: so_called\n<a id="own"></a>Text\n\n## Rule 1: so_called\n'
    path.write_text(f"{text}\n```sh\n## A comment\n```\n", encoding="utf-8")
    assert Document(str(path)).anchors() == ["a-title-with-marks", "rule-1-so_called", "rule-1-so_called-1", "own"]


# The manual.


@pytest.mark.parametrize(
    "command", [name for modules in cli.SECTIONS.values() for names in modules.values() for name in names]
)
def test_every_command_is_in_the_manual(command: str) -> None:
    assert f"Usage: writethru {command}" in FEED.section(f"writethru {command}")


@pytest.mark.parametrize("code", exit_codes.MEANINGS)
def test_every_exit_code_is_documented(code: int) -> None:
    assert str(code) in FEED.rows("Exit codes")


@pytest.mark.parametrize("option", sorted(SHORT_FORMS))
def test_examples_of_short_forms_are_read(option: str) -> None:
    row = FEED.rows("Short forms")[option]
    examples = re.findall(r"`([^`]+)`", row.cells[2])
    assert examples
    for example in examples:
        SHORT_FORMS[option](example)


def test_every_option_with_a_short_form_is_in_the_table() -> None:
    report = cli.command("report")
    options = {name for option in report.params if isinstance(option, click.Option) for name in option.opts}
    assert set(SHORT_FORMS) - {"--set", "--origins"} <= options
    assert set(SHORT_FORMS) <= set(FEED.rows("Short forms"))


# Configuration, output, mapping.


def _settings() -> Iterator[tuple[str, object]]:
    for table, of_table in ConfigFile.model_fields.items():
        model = of_table.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        for key, setting in model.model_fields.items():
            yield f"{table}.{setting.alias or key}", None if setting.is_required() else setting.default


@pytest.mark.parametrize(("key", "default"), [*_settings()])
def test_every_configuration_key_is_documented_with_its_default(key: str, default: object) -> None:
    row = FEED.rows("Configuration")[key]
    assert default is None or f"`{default}`" in row.cells[2]


def test_no_configuration_key_is_documented_that_is_gone() -> None:
    assert set(FEED.rows("Configuration")) == {key for key, _ in _settings()}
    assert str(ENTRIES_MAX) in FEED.rows("Configuration")["output.entries"].cells[1]


@pytest.mark.parametrize("name", [*STORY_FILES, "stories.opml", "corrections.atom", ".writethru"])
def test_every_file_of_the_output_is_documented(name: str) -> None:
    assert name in FEED.section("The output tree")


def test_every_field_of_an_entry_and_of_a_feed_is_in_the_mapping() -> None:
    assert set(FEED.rows("From entry to element")) == set(Entry.model_fields)
    assert set(FEED.rows("From feed to element")) == set(Feed.model_fields) - {"entries"}


def test_every_check_of_the_output_is_documented() -> None:
    named = re.findall(r"^`([a-z-]+)`", output.__doc__ or "", flags=re.MULTILINE)
    assert [*FEED.rows("What validators say")][-len(named) :] == named
    assert len(named) == 7


@pytest.mark.parametrize("kind", get_args(EntryKind))
def test_every_kind_of_entry_is_documented(kind: str) -> None:
    assert f"`{kind}`" in FEED.section("What becomes an entry")


# The specification.


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_every_field_of_an_event_type_is_specified(name: str) -> None:
    model = EVENT_TYPES[name]
    common = {*Event.model_fields, "type"}
    own = {field: model.model_fields[field] for field in model.model_fields if field not in common}
    rows = EVENTS.rows(name)
    assert set(rows) == set(own)
    for field, given in own.items():
        assert ("required" in rows[field].cells[2]) == given.is_required(), field
        _assert_default(rows[field].cells[2], given.default)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_every_field_of_a_part_is_specified(name: str) -> None:
    rows = EVENTS.rows(name)
    assert set(rows) == set(PARTS[name].model_fields)
    for field, given in PARTS[name].model_fields.items():
        assert ("required" in rows[field].cells[2]) == given.is_required(), field
        _assert_default(rows[field].cells[2], given.default)


def _assert_default(told: str, default: object) -> None:
    if isinstance(default, str | bool):
        assert f"`{orjson.dumps(default).decode()}`".replace('"', "") in told.replace('"', "")


def test_a_correction_sets_the_fields_of_a_report() -> None:
    settable = set(DevelopmentReported.model_fields) - {*Event.model_fields, "type", "development", "archive"}
    assert set(Amendment.model_fields) == settable | {"reported_at"}


def test_every_field_of_the_envelope_is_specified() -> None:
    scenario = Scenario().report("d1", archive=True, expects=[short_forms.parse_expectation("e1: it ends")])
    scenario.record(correct(scenario.slug, "d1", {"headline": "Other"}, "It was wrong."))
    stored = [orjson.loads(encode(recorded, salt=SALT).envelope) for recorded in scenario.recorded]
    keys = {key for envelope in stored for key in envelope}
    assert keys | ENVELOPE_FIELDS | LEDGER_FIELDS == set(EVENTS.rows("The envelope"))


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        (name.removesuffix("_MAX"), limit)
        for room in (fields, values, when)
        for name, limit in vars(room).items()
        if name.endswith("_CHARS_MAX") and name != "SHOWN_CHARS_MAX"
    ],
)
def test_every_limit_is_specified(name: str, limit: int) -> None:
    told = EVENTS.section("Small values") + EVENTS.section("When") + EVENTS.section("Value")
    assert f"{limit:,}" in told, name


def test_the_limits_of_lists_and_files_are_specified() -> None:
    assert f"at most {fields.PARTS_MAX} items" in EVENTS.section("Small values")
    told = EVENTS.section("The interchange format")
    for limit in (LINE_BYTES_MAX, *FILE_BYTES_MAX.values()):
        assert f"{limit // 2**20} MiB" in told


@pytest.mark.parametrize(
    "choice", [*get_args(parts.Stance), *get_args(parts.Outcome), *get_args(parts.DisputeKind), *get_args(parts.Level)]
)
def test_every_choice_is_specified(choice: str) -> None:
    assert f"`{choice}`" in EVENTS.text


def test_every_command_is_where_the_program_looks_for_it() -> None:
    for modules in cli.SECTIONS.values():
        for module, names in modules.items():
            commands: tuple[click.Command, ...] = import_module(f"feed.cli.commands.{module}").COMMANDS
            assert tuple(command.name for command in commands) == names


def test_every_request_to_the_desk_says_who_may_send_it() -> None:
    """A row for each route: feed/README.md#desk-people. tests/unit/feed/desk/test_roles.py sends them."""
    assert set(FEED.table("People of the desk")) == {f"`{request}`" for request in requests()}


def test_readme_activates_the_command_before_it_types_it() -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = [line for block in blocks for line in block.splitlines()]
    bare = next(index for index, line in enumerate(lines) if line.startswith("writethru "))
    assert any(line.startswith(". .venv/bin/activate") for line in lines[:bare])
