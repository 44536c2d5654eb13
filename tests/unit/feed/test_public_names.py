"""`import feed` loads nothing, and shows every public name."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import feed

STUB = Path(feed.__file__).with_suffix(".pyi")


def test_names_are_those_of_the_stub() -> None:
    imports = [node for node in ast.parse(STUB.read_text()).body if isinstance(node, ast.ImportFrom)]
    modules = {alias.name: node.module for node in imports for alias in node.names}
    assert modules == vars(feed)["_MODULES"]
    assert dir(feed) == sorted(feed.__all__) == sorted(modules)


@pytest.mark.parametrize("name", feed.__all__)
def test_name_is_loaded_from_its_module(name: str) -> None:
    assert getattr(feed, name).__name__ == name


def test_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'feed' has no attribute 'site_map'"):
        importlib.import_module("feed").site_map  # noqa: B018 - the access is the test


def test_import_loads_no_other_module() -> None:
    code = "import sys; before = {*sys.modules}; import feed; print(*({*sys.modules} - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["feed"]
