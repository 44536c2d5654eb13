"""The same ledger, settings and passed instants give the same bytes (feed/README.md#same-bytes)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from feed.output.tree import files_of
from feed.paths import TOKEN_NAME

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

# A whole newsroom, recorded at fixed instants and published at argv[2]: what a process of its own does.
SCRIPT = """
import sys
from pathlib import Path
from events import recorder
from events import commands
from tests.builders import SALT, Clock, newsroom
recorder._new_salt = lambda: SALT  # otherwise ledgers that record the same would differ
folder, published_at, often = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "often"
clock = Clock()
site = newsroom(folder, clock)
picture = {"url": "https://a.example/p.png", "type": "image/png", "alt": "Smoke"}
events = [
    commands.open_story("fire", "Fire \\u202e\\u202c at the \\"harbour\\"", id="o1", subjects=["Port", "Fire"],
                   origins={"Port": ["Chief", "Harbour"], "City": ["Mayor"]}),
    commands.open_story("flood", "Flood", id="o2"),
    commands.report("fire", "Two hurt", id="r1", development="d1", body="*Two* [x](https://a.example)",
               said_by=["Ana, chief (Port)"],
               facts=[{"key": "hurt", "value": 2}, {"key": "ships", "value": {"min": 1, "max": 3}}], media=[picture],
               expects=[{"id": "e1", "what": "Ferries run", "due": "2026-03-04"}], urgency=1),
    commands.report("fire", "Three hurt", id="r2", development="d2", said_by=["Bo (City)"],
               facts=[{"key": "hurt", "value": 3}],
               disputes=[{"development": "d1", "kind": "denies"}], sources=[{"name": "B"}, {"name": "A"}]),
    commands.report("flood", "Water rises", id="r3", development="d1"),
    commands.correct("fire", "d1", {"headline": "Two were hurt"}, "Grammar.", id="c1"),
    commands.report("flood", "Secret", id="r4", development="d2", embargoed_until="2026-03-20T00:00:00Z"),
    commands.hold("flood", "d1", id="h1"),
    commands.release("flood", "d1", id="h2"),
    commands.retract("fire", "d2", "Misheard.", id="x1"),
]
for number, event in enumerate(events):
    clock.go(f"2026-03-02T{8 + number:02}:00:00Z")
    with site.ledger() as ledger:
        ledger.append(event)
    if often:
        site.publish()
clock.go("2026-03-06T00:00:00Z")
if often:
    site.publish()
clock.go(published_at)
site.publish()
"""


def published(folder: Path, at: str = "2026-03-10", often: str = "once", **environment: str) -> dict[str, bytes]:
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), at, often],
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
        timeout=120,
    )
    public = folder / "public"
    return {path: (public / path).read_bytes() for path in files_of(public) if path != TOKEN_NAME}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return published(tmp_path_factory.mktemp("plain"), PYTHONHASHSEED="0", TZ="UTC", LANG="C")


def test_compared_newsroom_has_every_kind_of_file(plain: dict[str, bytes]) -> None:
    assert len(plain) == 36
    feed = plain["feed.json"]
    for words in (b"Overdue: Ferries run", b"Correction: Two were hurt", b"Retracted:", b"Restored:"):
        assert words in feed
    assert b"Secret" not in b"".join(plain.values())


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LANG": "C", "LC_ALL": "C", "HOME": "/nonexistent"},
        {"PYTHONHASHSEED": "77", "TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "PYTHONUTF8": "0", "USER": "somebody"},
    ],
    ids=lambda environment: environment["TZ"],
)
def test_output_is_independent_of_the_machine(
    tmp_path: Path, plain: dict[str, bytes], environment: dict[str, str]
) -> None:
    folder = tmp_path / environment["TZ"].replace("/", " ") / "a deeper ünïcode folder"
    assert published(folder, **environment) == plain


def test_output_is_independent_of_the_day(tmp_path: Path, plain: dict[str, bytes]) -> None:
    assert published(tmp_path, at="2026-03-19T23:59:59Z") == plain


def test_output_is_independent_of_earlier_runs(tmp_path: Path, plain: dict[str, bytes]) -> None:
    assert published(tmp_path, often="often") == plain
