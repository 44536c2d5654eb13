"""The sequences that runs of cron save, and what they do with a file that is not as they left it."""

import gc
import pickle
import zlib
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from stat import S_IMODE
from typing import Any
from unittest.mock import patch

import pytest

from events import commands
from events.model.events import AnyEvent
from events.projections.pickles import DIGEST_BYTES
from feed import cache
from feed.publishing import saved_sequences
from feed.publishing.saved_sequences import SHAPE
from feed.publishing.sequences import GrowingSequence
from feed.site import Site
from tests.builders import HOUR, STORY, Clock, claim, newsroom, reconfigured
from tests.sites import output, record

SECRET = "The name of a minor"
EVENTS = 12


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a newsroom that has published one story, long enough to be saved."""
    monkeypatch.setattr(saved_sequences, "EVENTS_MIN", EVENTS)
    monkeypatch.setattr(saved_sequences, "NEW_EVENTS_MIN", 3)
    site = newsroom(tmp_path / "desk", Clock())
    record(site, commands.open_story(STORY, "Fire at the harbour", facts={"hurt": {"follow": True}}))
    for number in range(2, EVENTS + 1):
        record(
            site, commands.report(STORY, f"Report {number}", development=f"d{number}", facts=[claim("hurt", number)])
        )
    go_on(site)
    return site


def go_on(site: Site, *headlines: str) -> tuple[str, ...]:
    """Record reports an hour later, publish them as another process would, and return the paths that changed."""
    assert isinstance(site.clock, Clock)
    site.clock.go(site.clock.now + HOUR)
    if headlines:
        record(site, *(commands.report(STORY, headline) for headline in headlines))
    site.clock.go(site.clock.now + HOUR)
    published = Site.open(site.folder, clock=site.clock).publish()
    assert published.failed == ()
    return published.changed


def saved(site: Site) -> Path:
    return cache.cache_path(site.folder, STORY)


def made_from_all_events(site: Site) -> bool:
    """Return True if the next publication, of one more report, takes all events of the story."""
    make = GrowingSequence.__init__
    with patch.object(GrowingSequence, "__init__", autospec=True, side_effect=make) as made:
        go_on(site, "One more")
    return made.called


def test_cron_goes_on_from_what_the_run_before_has_saved(site: Site) -> None:
    assert not made_from_all_events(site)
    assert site.verify_rebuild() == ()


def test_short_story_is_not_saved(tmp_path: Path) -> None:
    site = newsroom(tmp_path, Clock())
    record(site, commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt"))
    go_on(site)
    assert not (tmp_path / "cache").exists()


def test_sequence_is_saved_again_only_when_the_story_has_grown(site: Site) -> None:
    before = saved(site).read_bytes()
    for grown in (False, False, True):
        go_on(site, "One more")
        assert (saved(site).read_bytes() != before) is grown


def test_only_the_owner_can_read_what_is_saved_and_backups_and_git_leave_it_out(site: Site) -> None:
    folder = site.folder / "cache"
    assert S_IMODE(folder.stat().st_mode) == 0o700
    assert S_IMODE(saved(site).stat().st_mode) == 0o600
    assert (
        (folder / "CACHEDIR.TAG").read_text(encoding="utf-8").startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def flipped(data: bytes) -> bytes:
    return data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:-40],
        flipped,
        lambda data: data.replace(b" ", b"  ", 1),
        lambda data: data[: data.index(b"\n") + 1] + zlib.compress(b"no pickle"),
    ],
    ids=["empty", "cut", "one bit", "another version", "no pickle"],
)
def test_damaged_file_counts_as_absent(site: Site, damage: Callable[[bytes], bytes]) -> None:
    saved(site).write_bytes(damage(saved(site).read_bytes()))
    assert made_from_all_events(site)
    assert not made_from_all_events(site)
    assert site.verify_rebuild() == ()


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("/nonexistent/never"),))  # type: ignore[return-value]


@pytest.mark.parametrize("value", [Hostile(), print, {"a": 1}, SHAPE], ids=["code", "function", "object", "text"])
def test_pickle_of_something_else_counts_as_absent(site: Site, value: object) -> None:
    pickled = pickle.dumps(value)
    line = saved(site).read_bytes().partition(b"\n")[0]
    saved(site).write_bytes(line + b"\n" + zlib.compress(sha256(pickled).digest() + pickled))
    assert made_from_all_events(site)


def test_other_configuration_makes_another_sequence(site: Site) -> None:
    moved = reconfigured(site, "https://news.example/", "https://other.example/")
    go_on(moved, "One more")
    assert moved.verify_rebuild() == ()
    assert b"https://news.example/" not in b"".join(output(moved).values())


def test_older_copy_of_the_ledger_goes_its_own_way(site: Site) -> None:
    copy = (site.folder / "ledger.db").read_bytes()
    sequence = saved(site).read_bytes()
    go_on(site, "Lost", "Lost as well", "And this")
    assert saved(site).read_bytes() != sequence
    (site.folder / "ledger.db").write_bytes(copy)
    record(site, commands.report(STORY, "Recorded instead"))
    site.publish(after_restore=True)
    assert site.verify_rebuild() == ()


def test_redaction_removes_what_is_saved(site: Site) -> None:
    record(site, commands.report(STORY, SECRET, development="named"))
    go_on(site, "One more", "And one more")
    assert SECRET.encode() in unpacked(saved(site))
    record(site, commands.redact(STORY, "A court ordered it.", development="named"))
    assert not saved(site).exists()
    go_on(site)
    assert not any(SECRET.encode() in unpacked(path) for path in (site.folder / "cache").glob("*.sequence"))


def test_publication_from_scratch_removes_what_a_redaction_could_not(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("feed.newsroom.clear_cache", bool)
        record(site, commands.redact(STORY, "A court ordered it.", development="d2"))
    assert saved(site).exists()
    assert isinstance(site.clock, Clock)
    site.clock.go(site.clock.now + HOUR)
    site.publish(everything=True)
    assert not saved(site).exists()


def test_cache_that_belongs_to_somebody_else_is_reported(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, _: Path(path).name != "cache")  # root may do anything
    [problem] = site.publish().problems
    assert problem.where == "cache/"


def test_nothing_is_saved_in_an_output_called_cache(site: Site) -> None:
    saved(site).unlink()
    renamed = reconfigured(site, 'folder = "public"', 'folder = "cache"')
    go_on(renamed, "One more", "And one more", "And this")
    assert (renamed.root / "index.html").exists()
    assert list(renamed.folder.rglob("*.sequence")) == []
    record(renamed, commands.redact(STORY, "A court ordered it.", development="d2"))
    assert (renamed.root / "index.html").exists()


def test_story_with_a_second_retraction_is_not_saved(site: Site) -> None:
    record(site, commands.retract(STORY, "d2", "Never happened."))
    record(site, commands.retract(STORY, "d2", "Never happened.", substitute="d3"))
    go_on(site, "One more", "And one more", "And this")
    assert not saved(site).exists()


def test_rebuild_takes_nothing_that_is_saved_on_trust(site: Site) -> None:
    with patch.object(saved_sequences.SavedSequences, "sequence", side_effect=AssertionError):
        site.publish(everything=True)


def test_trial_changes_nothing(site: Site) -> None:
    before = saved(site).read_bytes()
    record(site, *(commands.report(STORY, f"More {number}") for number in range(5)))
    site.publish(dry_run=True)
    assert saved(site).read_bytes() == before


def unpacked(path: Path) -> bytes:
    return zlib.decompress(path.read_bytes().partition(b"\n")[2])


class Shape(pickle.Unpickler):
    """Loads a pickle, and notes our classes in it, each with its fields."""

    def __init__(self, pickled: bytes) -> None:
        super().__init__(BytesIO(pickled))
        self.classes: set[type] = set()
        self.growing = self.load()

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        if module.startswith(("events.", "feed.")):
            self.classes.add(found)
        return found


def rich_reports() -> tuple[AnyEvent, ...]:
    """Return a report with each kind of part, and one that answers it."""
    return (
        commands.report(
            STORY,
            "Two hurt",
            development="r1",
            facts=[claim("hurt", 2, unit="people"), claim("at", {"date": "2026-03"})],
            said_by=["Ana Ruiz, fire chief (Port)"],
            quotes=[{"text": "Two are hurt", "speaker": {"name": "Ana Ruiz", "org": "Port"}}],
            sources=[{"name": "Harbour Radio", "url": "https://radio.example/1"}],
            media=[{"url": "https://radio.example/1.jpg", "type": "image/jpeg", "alt": "Smoke"}],
            urgency=1,
            expects=[
                {"id": "tally", "what": "a tally", "due": "2026-03-02"},
                {"id": "report", "what": "a report", "due": "2026-03-01"},
            ],
        ),
        commands.report(
            STORY,
            "At least three",
            development="r2",
            facts=[claim("hurt", {"min": 3})],
            said_by=["- (Clinic)"],
            disputes=[{"development": "r1", "kind": "denies"}],
            resolves=[{"expectation": "tally", "outcome": "missed"}],
        ),
    )


def record_all_kinds(site: Site) -> None:
    """Record what makes each kind of object in a sequence."""
    record(
        site,
        *rich_reports(),
        commands.correct(STORY, "r1", {"facts": [claim("hurt", 4)], "headline": "Four hurt"}, "We misheard."),
        commands.hold(STORY, "d3", reason="Doubtful."),
        commands.release(STORY, "d3"),
        commands.retract(STORY, "d4", "Never happened."),
        commands.pin(STORY, "d5"),
        commands.redact(STORY, "A court ordered it.", development="d6"),
        commands.revise_story(STORY, headline="Fire at the port"),
    )
    assert isinstance(site.clock, Clock)
    site.clock.go(site.clock.now + 50 * HOUR)  # until a promise is overdue
    go_on(site)
    record(site, commands.close_story(STORY))


def fields_by_class(root: object, classes: set[type]) -> dict[type, set[str]]:
    """Return the names of the fields that the instances of `classes` have in all that `root` leads to."""
    fields: dict[type, set[str]] = {kind: set() for kind in classes}
    seen, waiting = set[int](), [root]
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, type):
            continue
        seen.add(id(item))
        if type(item) in fields:
            slots = (name for base in type(item).__mro__ for name in vars(base).get("__slots__", ()))
            names = {*slots, *getattr(item, "_fields", ()), *getattr(item, "__dict__", ())}
            fields[type(item)] |= {name for name in names if not name.startswith("__")}  # those are pydantic's
        waiting += gc.get_referents(item)
    return fields


def test_shape_version_rises_when_a_class_changes(site: Site) -> None:
    record_all_kinds(site)
    saved(site).unlink()
    go_on(site)
    shape = Shape(unpacked(saved(site))[DIGEST_BYTES:])
    fields = fields_by_class(shape.growing, shape.classes)
    lines = (f"{kind.__module__}.{kind.__name__} {' '.join(sorted(names))}" for kind, names in fields.items())
    text = "\n".join(sorted(lines))
    # A saved sequence of another shape would fail. If this fails, raise SHAPE, and write down both.
    assert (SHAPE, sha256(text.encode()).hexdigest()[:12]) == ("1", "b50984eaa174"), text
