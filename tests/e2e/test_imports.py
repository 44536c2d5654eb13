"""What a command imports: it takes most of the time of a command that records or publishes one event."""

import subprocess
import sys
from pathlib import Path

import pytest

from events import commands
from tests.sites import a_site, record

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TO_PUBLISH = {"feedgen", "jinja2", "lxml", "markdown_it", "feed.pages", "feed.languages"}
TO_SERVE = {"asyncio", "sse_starlette", "starlette", "uvicorn"}
TO_READ_FILES = {"yaml", "events.files.importer"}
TO_READ_SOURCES = {
    "feed.fetch",
    "feed.importers",
    "feed.intake",
    "feed.reading",
    "feed.sync",
    "feedparser",
    "sqlite3",
    "trafilatura",
    "urllib3",
}


def imported(folder: Path, *arguments: str) -> set[str]:
    """Return the modules and packages that a command imports."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "feed", "-C", folder, *arguments],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    names = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if line.startswith("import time:")}
    return names | {name.partition(".")[0] for name in names}


def test_report_imports_only_what_one_event_needs(tmp_path: Path) -> None:
    a_site(tmp_path, "a")
    options = ("--said-by", "Ana Ruiz, fire chief (Port)", "--fact", "hurt=2:people", "--body", "Two *hurt*.")
    modules = imported(tmp_path, "report", "a", "Two hurt", *options, "--source", "Radio https://radio.example/1")
    assert "events.ledger" in modules
    assert modules & {"rich", *TO_PUBLISH, *TO_READ_FILES, *TO_READ_SOURCES, *TO_SERVE} == set()


def test_show_imports_only_what_it_prints(tmp_path: Path) -> None:
    a_site(tmp_path, "a")
    modules = imported(tmp_path, "show", "a")
    assert "events.ledger" in modules
    assert modules & {*TO_PUBLISH, *TO_READ_FILES} == set()


def test_publish_without_reports_imports_none_of_them(tmp_path: Path) -> None:
    a_site(tmp_path, "a")
    modules = imported(tmp_path, "publish")
    assert "feed.publishing.publication" in modules
    assert {name for name in modules if name.startswith("feed.health.")} == {"feed.health.hub"}  # is there a hub?
    assert modules & {"http.client", "ssl"} == set()


def test_publish_needs_no_parser_for_text_without_marks(tmp_path: Path) -> None:
    made, _ = a_site(tmp_path)
    report = commands.report("a", "Two hurt", body="Two people are hurt.\n\nThe road is closed.")
    record(made, commands.open_story("a", "Fire"), report)
    modules = imported(tmp_path, "publish")
    assert "feedgen" in modules
    assert modules & {"markdown_it", "yaml", "rich", *TO_READ_SOURCES, *TO_SERVE} == set()
    assert imported(tmp_path, "publish") & {"click", *TO_PUBLISH, *TO_READ_SOURCES} == set()  # nothing to do
