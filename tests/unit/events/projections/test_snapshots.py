"""A snapshot has the state that folding has, and counts as absent if anything about it is odd."""

import pickle
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import apsw
import pytest

from events.commands import correct, open_story, redact, report
from events.fold.story import StoryFold
from events.ledger import Ledger
from events.projections import folds as folds_module
from events.projections.pickles import DIGEST_BYTES
from events.projections.snapshots import freeze, thaw
from events.projections.version import FOLD_VERSION
from tests.builders import Clock, Scenario, claim

STORY = "harbour-fire"


def rich() -> Scenario:
    scenario = Scenario(origins={"Port": ["Ana Ruiz"]}, summary="A fire.", subjects=["disaster"])
    scenario.report("d1", claim("hurt", 2, unit="people"), by="Ana Ruiz", happened="2026-03", source="Radio")
    scenario.report(
        "d2", claim("hurt", {"min": 3}), by="-, doctor (Hospital)", expects=[{"what": "x", "due": "2026-03-09"}]
    )
    scenario.report("d3", disputes=[{"development": "d1", "kind": "denies"}], by="Line (Blue Line)")
    return scenario.correct("d1", headline="Two hurt").hold("d2").release("d2").retract("d3").close()


def test_thawed_fold_has_the_same_state_and_continues() -> None:
    scenario = rich()
    thawed = thaw(freeze(scenario.fold))
    assert thawed is not None
    assert thawed.state(now=scenario.clock) == scenario.fold.state(now=scenario.clock)
    scenario.reopen()
    thawed.apply(scenario.recorded[-1])
    assert thawed.state(now=scenario.clock) == scenario.fold.state(now=scenario.clock)


class Shape(pickle.Unpickler):
    """Loads a snapshot, and notes the core's classes in it, each with its base and its fields."""

    def __init__(self, snapshot: bytes) -> None:
        super().__init__(BytesIO(snapshot[DIGEST_BYTES:]))
        self.classes: set[str] = set()
        self.load()

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        fields = getattr(found, "_fields", None) or getattr(found, "model_fields", None) or vars(found).get("__slots__")
        if module.startswith("events."):
            self.classes.add(f"{module}.{name} {found.__base__.__name__} {' '.join(fields or ())}")
        return found


def test_fold_version_rises_when_the_shape_changes() -> None:
    shape = "\n".join(sorted(Shape(freeze(rich().fold)).classes))
    digest = sha256(shape.encode()).hexdigest()[:12]
    # A snapshot of another shape would count as damage. If this fails, raise FOLD_VERSION, and write down both.
    assert (FOLD_VERSION, digest) == ("12", "9e19610c0462"), shape


class Hostile:
    """Runs code when a pickle of it is loaded without any check."""

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return setattr, (StoryFold, "is_ours", False)


def changing(kind: type) -> bytes:
    """Return a pickle that sets an attribute of a class."""
    name = f"{kind.__module__}\n{kind.__name__}\n".encode()
    return b"\x80\x05c" + name + b"N}\x8c\x07is_oursK\x00s\x86b."


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no pickle",
        pickle.dumps({"a": 1}),
        pickle.dumps(Hostile()),
        pickle.dumps(print),
        b"cevents.ledger\nLedger\n.",
        b"cevents.fold.story\nOrderedDict\n.",
        b"\x80\x04\x8c\x11events.fold.story\x8c\x0fStoryFold.apply\x93.",
        changing(StoryFold),
        changing(UUID),
        freeze(rich().fold)[:-40],
    ],
)
def test_bytes_that_are_no_snapshot_count_as_absent(data: bytes) -> None:
    assert thaw(data) is None
    assert thaw(sha256(data).digest() + data) is None
    assert not hasattr(StoryFold, "is_ours")
    assert not hasattr(UUID, "is_ours")


def test_attribute_that_a_pickle_replaced_is_put_back() -> None:
    apply = StoryFold.apply
    pickled = changing(StoryFold).replace(b"\x07is_ours", b"\x05apply")
    assert thaw(sha256(pickled).digest() + pickled) is None
    assert StoryFold.apply is apply


@pytest.fixture
def long_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folds_module, "SNAPSHOT_EVENTS_MIN", 5)
    with Ledger.create(tmp_path, clock=Clock()) as ledger:
        ledger.append(open_story(STORY, "Fire"))
        for number in range(12):
            ledger.append(report(STORY, f"Report {number}", facts=[claim("hurt", number)]))
    return tmp_path


def snapshots(folder: Path) -> list[tuple[int, str]]:
    connection = apsw.Connection(str(folder / "ledger.db"))
    try:
        return list(connection.execute("SELECT position, version FROM snapshots"))
    finally:
        connection.close()


def execute(folder: Path, sql: str) -> None:
    connection = apsw.Connection(str(folder / "ledger.db"))
    connection.execute(sql)
    connection.close()


def test_growing_story_gets_new_snapshots(long_story: Path) -> None:
    assert snapshots(long_story) == [(10, FOLD_VERSION)]


@pytest.mark.parametrize(
    "harm",
    [
        "SELECT 1",
        "DELETE FROM snapshots",
        "UPDATE snapshots SET fold = x'00'",
        "UPDATE snapshots SET version = 'other'",
    ],
)
def test_state_does_not_depend_on_the_snapshot(long_story: Path, harm: str) -> None:
    execute(long_story, harm)
    clock = Clock()
    with Ledger.open(long_story, clock=clock) as ledger:
        story = ledger.story(STORY)
        assert story == ledger.story(STORY, recorded_by=clock.now)
        assert story.version == 13


def test_snapshot_is_continued_and_replaced(long_story: Path) -> None:
    with Ledger.open(long_story, clock=Clock()) as ledger:
        ledger.append(correct(STORY, "d1", {"headline": "Corrected"}, "Wrong."))
        for number in range(4):
            ledger.append(report(STORY, f"More {number}"))
        story = ledger.story(STORY)
    assert snapshots(long_story) == [(15, FOLD_VERSION)]
    with Ledger.open(long_story, clock=Clock()) as ledger:
        assert ledger.story(STORY) == story


def test_redaction_deletes_the_snapshot_and_its_text(long_story: Path) -> None:
    with Ledger.open(long_story, clock=Clock()) as ledger:
        ledger.append(redact(STORY, "A court ordered it.", development="d3"))
        development = ledger.story(STORY).development("d3")
    assert snapshots(long_story) == []
    assert development is not None
    assert development.report is None
    assert b"Report 2" not in (long_story / "ledger.db").read_bytes()


def test_dry_run_stores_no_snapshot(long_story: Path) -> None:
    with Ledger.open(long_story, clock=Clock()) as ledger:
        ledger.append_all([report(STORY, f"Dry {number}") for number in range(9)], dry_run=True)
    assert snapshots(long_story) == [(10, FOLD_VERSION)]
