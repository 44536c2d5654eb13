"""The library API of the README, as an editor with completion, `help` or a type checker sees it."""

import pydoc
from importlib import resources
from types import ModuleType

import pytest

import events
import feed

COMMANDS = [
    events.open_story,
    events.revise_story,
    events.close_story,
    events.reopen_story,
    events.report,
    events.correct,
    events.hold,
    events.release,
    events.retract,
    events.pin,
    events.unpin,
    events.redact,
]


@pytest.mark.parametrize("package", [events, feed])
def test_package_ships_its_types(package: ModuleType) -> None:
    assert (resources.files(package) / "py.typed").is_file()


@pytest.mark.parametrize("package", [events, feed])
def test_dir_lists_public_names_that_all_exist(package: ModuleType) -> None:
    assert dir(package) == sorted(package.__all__)
    assert [name for name in dir(package) if not hasattr(package, name)] == []


def test_dir_lists_every_command() -> None:
    assert {command.__name__ for command in COMMANDS} <= set(dir(events))


def test_help_on_report_names_its_fields() -> None:
    text = pydoc.render_doc(events.report)
    assert [field for field in ("headline", "facts", "said_by", "sources") if field not in text] == []
