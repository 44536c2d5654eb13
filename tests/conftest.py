"""What all tests share: golden files, which are read by a person before they are committed, and how long tests run."""

from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.builders import SALT

GOLDEN = Path(__file__).parent / "golden"

# `ci` draws the same cases on every run, so that a change is all that can break it; `long` searches on. Neither
# judges by the clock: the machine may be slow.
settings.register_profile("ci", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("long", deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what the tests now give")
    parser.addoption("--long", action="store_true", help="the long tier of tests/properties, with new random cases")


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--hypothesis-profile", default=None):
        settings.load_profile("long" if config.getoption("--long") else "ci")
    if config.getoption("--long"):
        config.option.hypothesis_show_statistics = True  # how many cases each property was tried on


@pytest.fixture
def same_salts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ledgers that record the same hold the same bytes: salts alone would tell them apart."""
    monkeypatch.setattr("events.ledger._new_salt", lambda: SALT)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests of faults have counted: how much was tried, and found."""
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(f"counted: {told}")


class Golden:
    """Compares a text with a file under tests/golden: `golden(text, "show/cuba-53.txt")`."""

    def __init__(self, *, update: bool) -> None:
        self.update = update

    def __call__(self, text: str, name: str) -> None:
        place = GOLDEN / name
        if self.update:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
        expected = place.read_bytes().decode() if place.exists() else ""
        difference = "".join(
            unified_diff(
                expected.splitlines(keepends=True), text.splitlines(keepends=True), f"tests/golden/{name}", "this run"
            )
        )
        remedy = f"If this is what it should be: pytest --update-golden, then read git diff tests/golden/{name}"
        assert text == expected, f"{difference}\n{remedy}"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(update=request.config.getoption("--update-golden"))
