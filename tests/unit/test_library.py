"""The library API of the README, as an editor with completion, `help` or a type checker sees it."""

import gc
import os
import pydoc
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from types import ModuleType

import pytest

import events
import feed
from feed import cron
from feed.cli import program
from tests.sites import a_site

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


@pytest.fixture
def threshold() -> Iterator[tuple[int, int, int]]:
    """Return how rarely Python searches for garbage, and restore that at the end."""
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


def test_library_leaves_the_search_for_garbage_alone(tmp_path: Path, threshold: tuple[int, int, int]) -> None:
    site, _ = a_site(tmp_path, "fire")
    site.publish(everything=True)
    assert gc.get_threshold() == threshold
    assert gc.isenabled()


@pytest.mark.usefixtures("threshold")
@pytest.mark.parametrize("command", ["rebuild", "verify", "import", "publish"])
def test_command_searches_rarely_for_garbage(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["writethru", "-C", "nowhere", command])
    monkeypatch.setattr(program, "run", lambda: gc.get_threshold()[0])
    assert cron.main() == cron.GC_THRESHOLD[0]


@pytest.mark.usefixtures("threshold")
@pytest.mark.parametrize(("setting", "plugins"), [(None, "__all__"), ("", "")])
def test_command_loads_no_plugins_of_pydantic_unless_it_is_set_to(
    setting: str | None, plugins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cron.PLUGINS_VARIABLE, setting or "")
    if setting is None:
        monkeypatch.delenv(cron.PLUGINS_VARIABLE)
    monkeypatch.setattr(sys, "argv", ["writethru", "-C", "nowhere", "publish"])
    monkeypatch.setattr(program, "run", lambda: 0)
    assert cron.main() == 0
    assert os.environ[cron.PLUGINS_VARIABLE] == plugins
