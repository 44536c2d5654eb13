"""What all tests share: golden files, the profiles of hypothesis, and which tests are slow."""

import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import postgres
from tests.builders import SALT
from tests.stores import ledgers_in

TESTS = Path(__file__).parent
GOLDEN = TESTS / "golden"
MEMORY, MEMORY_BYTES_MIN = Path("/dev/shm"), 4_000_000_000
SLOW_FOLDERS = {"browser", "e2e", "faults", "hosting", "properties", "readers"}

# `ci` draws the same cases on every run, so that only a change of the code can break it; `long` draws new ones. Neither
# has a deadline: the machine may be slow.
settings.register_profile("ci", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("long", deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden with what the tests now make")
    parser.addoption(
        "--ledger", choices=("sqlite", "postgres"), default="sqlite", help="where the builders make ledgers"
    )
    parser.addoption("--long", action="store_true", help="the long tier of tests/properties, with new random cases")


def pytest_configure(config: pytest.Config) -> None:
    if " " not in tempfile.gettempdir():  # or this is a worker, which inherits it
        os.environ["TMPDIR"] = tempfile.tempdir = str(temporary_folder())
    if not config.getoption("--hypothesis-profile", default=None):
        settings.load_profile("long" if config.getoption("--long") else "ci")
    if config.getoption("--long"):
        config.option.hypothesis_show_statistics = True  # how many cases each property was tried on


def temporary_folder() -> Path:
    """Return the folder of all temporary folders.

    It is in memory if there is room, since a third of the time of tests with ledgers is that of a disk. It has a space
    in its name, as some people's homes have: otherwise a command that does not quote a path would pass.
    """
    in_memory = "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES_MIN
    folder = (MEMORY if in_memory else Path(tempfile.gettempdir())) / f"tests of user {os.getuid()}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL runs as another user
    return folder


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out folders of which no test would run: to import them takes as long as a tenth of the quick tests."""
    asked, name = config.option.markexpr, collection_path.name
    is_left_out = asked.startswith("not slow") and f"folder='{name}'" not in asked
    return True if is_left_out and name in SLOW_FOLDERS and collection_path.parent == TESTS else None


def pytest_collection_finish() -> None:
    """Keep what was imported and collected, 10,000 tests, out of each search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)  # before -m looks at the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in SLOW_FOLDERS and item.get_closest_marker("slow") is None:
            item.add_marker(pytest.mark.slow(folder=folder))  # -m "slow(folder='e2e')" asks for these alone
        elif "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow(server="postgres"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests of faults counted: how much was tried, and found."""
    for report in terminalreporter.getreports("passed"):
        for name, count in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(f"counted: {count}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Yield a PostgreSQL server of this test process."""
    folder = postgres.programs()
    if folder is None:
        pytest.skip(postgres.MISSING)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres.server(folder))
        except subprocess.CalledProcessError as error:
            pytest.skip(f"PostgreSQL does not start here: {error.stderr}")
        yield server


@pytest.fixture(scope="session", autouse=True)
def ledgers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the builders make ledgers where `--ledger` says."""
    is_there = request.config.getoption("--ledger") == "postgres"
    server = request.getfixturevalue("postgres_server") if is_there else None
    with ledgers_in(server and server.url):
        yield


@pytest.fixture
def same_salts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ledgers with the same events have the same bytes: otherwise the salts differ."""
    monkeypatch.setattr("events.recorder._new_salt", lambda: SALT)


class Golden:
    """Compares a text with a file under tests/golden: `golden(text, "show/cuba-53.txt")`."""

    def __init__(self, *, update: bool) -> None:
        self.update = update

    def __call__(self, text: str, name: str) -> None:
        path = GOLDEN / name
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        expected = path.read_bytes().decode() if path.exists() else ""
        difference = "".join(
            unified_diff(
                expected.splitlines(keepends=True), text.splitlines(keepends=True), f"tests/golden/{name}", "this run"
            )
        )
        remedy = f"If the change is intended: pytest --update-golden, then read git diff tests/golden/{name}"
        assert text == expected, f"{difference}\n{remedy}"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(update=request.config.getoption("--update-golden"))
