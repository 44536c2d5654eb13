"""What pyproject.toml and the workflows of this repository promise."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from tests.docs import ROOT
from tests.workflows import problems

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
WORKFLOW_FILES = [*WORKFLOWS, ROOT / "feed/hosting/templates/publish.yml.jinja"]
PIN = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$")


def group(name: str) -> set[str]:
    """Return the requirements of a dependency group, with those of the groups that it includes (PEP 735)."""
    items = PROJECT["dependency-groups"][name]
    return {item for item in items if isinstance(item, str)}.union(
        *(group(item["include-group"]) for item in items if isinstance(item, dict))
    )


def versions() -> list[str]:
    """Return the versions of Python that the classifiers name."""
    start = "Programming Language :: Python :: 3."
    return [line.removeprefix(start) for line in PROJECT["project"]["classifiers"] if line.startswith(start)]


def test_group_dev_and_extra_dev_are_the_same() -> None:
    assert group("dev") == set(PROJECT["project"]["optional-dependencies"]["dev"])


def test_versions_of_python_agree() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["tests"]["strategy"]["matrix"]["python"] == [f"3.{version}" for version in versions()]
    assert PROJECT["project"]["requires-python"] == f">=3.{versions()[0]}"


@pytest.mark.parametrize("package", PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
def test_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()
    assert "Typing :: Typed" in PROJECT["project"]["classifiers"]


def test_actions_are_pinned_alike_by_commit_and_version() -> None:
    uses = [
        line for file in WORKFLOW_FILES for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line
    ]
    assert [line for line in uses if not PIN.search(line)] == []
    pins = {line.partition("uses: ")[2] for line in uses}
    assert sorted({pin.partition("@")[0] for pin in pins}) == sorted(pin.partition("@")[0] for pin in pins)


@pytest.mark.slow
def test_actionlint_finds_nothing() -> None:
    assert problems(*WORKFLOWS) == []
