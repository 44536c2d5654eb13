"""A calendar program of Debian imports a story's calendar of promises, as a user would."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from feed.entries.builder import Address
from feed.entries.calendar import calendar_events
from feed.entries.story import StoryEntries
from feed.syndication.ics import ics
from tests.builders import BASE_URL, NEWSROOM, Scenario

PROMISES = (
    {"id": "ferries", "what": "Ferries run again; all lines, day and night", "due": "2026-03-05/2026-03-08"},
    {"id": "count", "what": "إعلان العدد النهائي", "due": "2026-03-10", "by": "港湾局"},
    {"id": "inquiry", "what": "An inquiry reports " + "on everything that it found " * 5, "due": "2026-04"},
)


@pytest.mark.skipif(shutil.which("calcurse") is None, reason="calcurse is not installed")
def test_calcurse_imports_each_promise_on_its_days(tmp_path: Path) -> None:
    public = Scenario().report("d1", expects=list(PROMISES)).public("2026-03-20T09:00:00Z")
    address = Address(newsroom=NEWSROOM, base_url=BASE_URL)
    events = calendar_events(StoryEntries(public, address), public.items, address)
    file = tmp_path / "expected.ics"
    file.write_bytes(ics(events, name="A story", language="en"))

    home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    command = ["calcurse", "-D", str(tmp_path / "calendar"), "-i", str(file)]
    answer = subprocess.run(command, env=home, check=True, capture_output=True, text=True, timeout=60)

    assert "3 events" in answer.stdout
    assert "0 skipped" in answer.stdout
    imported = (tmp_path / "calendar" / "apts").read_text().splitlines()
    assert [re.sub(r">\w+ ", "", line) for line in sorted(imported)] == [
        "03/05/2026 [1] {1D -> 03/08/2026} Overdue: Ferries run again; all lines, day and night",
        "03/10/2026 [1] Overdue: \N{FIRST STRONG ISOLATE}إعلان العدد النهائي\N{POP DIRECTIONAL ISOLATE}",
        f"04/01/2026 [1] {{1D -> 04/30/2026}} {PROMISES[2]['what'].strip()}",
    ]
