"""The sequences that runs of cron save, and what they do with a file that is not as they left it."""

import errno
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from stat import S_IMODE
from typing import Any
from unittest.mock import patch

import pytest

from events import commands
from events.model.events import AnyEvent
from events.projections.pickles import dump
from feed.cache import Cache
from feed.publishing import saved_sequences
from feed.publishing.saved_sequences import SavedSequences
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
    return site.folder / "cache" / f"{STORY}.sequence"


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


@pytest.mark.parametrize("value", [print, {"a": 1}, STORY], ids=["function", "object", "text"])
def test_pickle_of_something_else_counts_as_absent(site: Site, value: object) -> None:
    line = saved(site).read_bytes().partition(b"\n")[0]
    saved(site).write_bytes(line + b"\n" + zlib.compress(dump(value)))
    assert made_from_all_events(site)


def test_each_kind_of_object_can_be_loaded(site: Site) -> None:
    record_all_kinds(site)
    go_on(site)
    assert not made_from_all_events(site)
    assert site.verify_rebuild() == ()


def test_saved_sequence_that_fails_is_made_again(site: Site) -> None:
    with patch.object(GrowingSequence, "go_on", side_effect=AttributeError):
        assert made_from_all_events(site)
    assert not made_from_all_events(site)


def test_sequence_of_a_story_that_fails_is_not_saved(site: Site) -> None:
    before = saved(site).read_bytes()
    assert isinstance(site.clock, Clock)
    site.clock.go(site.clock.now + HOUR)
    record(site, *(commands.report(STORY, f"More {number}") for number in range(5)))
    with patch("feed.publishing.tasks.render_story", side_effect=ValueError):
        assert site.publish().failed != ()
    assert saved(site).read_bytes() == before


def test_disk_without_room_for_the_cache_is_no_failure(site: Site) -> None:
    with patch.object(Cache, "write", side_effect=OSError(errno.ENOSPC, "full")):
        go_on(site, "One more", "And one more", "And this")
    assert site.verify_rebuild() == ()


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
    later = saved(site).read_bytes()
    site.publish(after_restore=True)
    saved(site).write_bytes(later)
    assert made_from_all_events(site)
    assert site.verify_rebuild() == ()


def test_redaction_removes_what_is_saved(site: Site) -> None:
    record(site, commands.report(STORY, SECRET, development="named"))
    go_on(site, "One more", "And one more")
    assert SECRET.encode() in unpacked(saved(site))
    record(site, commands.redact(STORY, "A court ordered it.", development="named"))
    assert not saved(site).exists()
    go_on(site)
    assert SECRET.encode() not in unpacked(saved(site))


def test_redaction_by_another_host_empties_the_cache(site: Site) -> None:
    with patch.object(Cache, "clear"):  # theirs is another one
        record(site, commands.redact(STORY, "A court ordered it.", development="d2"))
    assert saved(site).exists()
    with site.ledger() as ledger, ledger.store.reading() as reading:
        site.cache.forget_redacted(reading)
    assert not saved(site).exists()


def test_file_of_another_story_is_not_used(site: Site) -> None:
    other = "a-second-fire"
    record(site, commands.open_story(other, "Fire in the town"))
    record(site, *(commands.report(other, f"Report {number}") for number in range(EVENTS)))
    (site.folder / "cache" / f"{other}.sequence").write_bytes(saved(site).read_bytes())
    go_on(site)
    assert (site.root / "stories" / other / "index.html").exists()
    assert site.verify_rebuild() == ()


def test_redaction_leaves_the_files_of_others(site: Site) -> None:
    folder, others = site.folder / "cache", site.folder / "others"
    (folder / "notes.sequence.txt").write_text("mine", encoding="utf-8")
    record(site, commands.redact(STORY, "A court ordered it.", development="d2"))
    assert (folder / "notes.sequence.txt").exists()
    folder.rename(others)
    folder.symlink_to(others)
    (others / "dna.sequence").write_text("mine", encoding="utf-8")
    record(site, commands.redact(STORY, "A court ordered it.", development="d3"))
    assert (others / "dna.sequence").exists()
    assert [problem.where for problem in site.publish().problems] == ["cache/"]


def test_events_are_not_searched_for_redactions_again_and_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.cache.POSITIONS_MAX", 1)
    go_on(site, "One more", "And one more")  # too few to save the story again
    assert int((site.folder / "cache" / "position").read_bytes()) == EVENTS + 2


def test_memory_is_bounded_if_many_long_stories_are_due(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_sequences, "EVENTS_MAX", EVENTS + 5)
    other = "a-second-fire"
    record(site, commands.open_story(other, "Fire in the town"))
    record(site, *(commands.report(other, f"Report {number}") for number in range(EVENTS)))
    before = saved(site).read_bytes()
    go_on(site, "One more", "And one more", "And this")
    assert sorted(path.name for path in (site.folder / "cache").glob("*.sequence")) == [f"{STORY}.sequence"]
    assert saved(site).read_bytes() != before
    assert site.verify_rebuild() == ()


def test_redaction_during_a_publication_is_not_written_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    save = SavedSequences.save

    def redact_and_save(*arguments: Any, **named: Any) -> bool:
        record(site, commands.redact(STORY, "A court ordered it.", development="d2"))
        return save(*arguments, **named)

    monkeypatch.setattr(SavedSequences, "save", redact_and_save)
    go_on(site, "One more", "And one more", "And this")
    assert not saved(site).exists()


def test_cache_that_cannot_be_emptied_is_reported_only_after_a_redaction(site: Site) -> None:
    with patch.object(Cache, "_cached", side_effect=PermissionError):
        assert site.publish().problems == ()
        record(site, commands.redact(STORY, "A court ordered it.", development="d2"))
        assert isinstance(site.clock, Clock)
        site.clock.go(site.clock.now + HOUR)
        assert [problem.where for problem in site.publish().problems] == ["cache/"]


def others_can_write(folder: Path) -> None:
    folder.chmod(0o777)


def others_can_write_files(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o666)


def link(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def links(folder: Path) -> None:
    for file in folder.glob("*.sequence"):
        file.rename(folder / "elsewhere")
        file.symlink_to(folder / "elsewhere")


def pipes(folder: Path) -> None:
    for file in folder.glob("*.sequence"):
        file.unlink()
        os.mkfifo(file)


@pytest.mark.parametrize("change", [others_can_write, link])
def test_folder_that_somebody_else_may_write_is_not_used(site: Site, change: Callable[[Path], None]) -> None:
    change(site.folder / "cache")
    for _ in range(2):
        assert made_from_all_events(site)
    assert site.verify_rebuild() == ()


@pytest.mark.parametrize("change", [others_can_write_files, links, pipes])
def test_file_that_somebody_else_may_have_written_is_replaced(site: Site, change: Callable[[Path], None]) -> None:
    change(site.folder / "cache")
    assert made_from_all_events(site)
    assert not made_from_all_events(site)
    assert site.verify_rebuild() == ()


def test_root_leaves_no_cache_in_the_newsroom_of_another_user(site: Site) -> None:
    shutil.rmtree(site.folder / "cache")
    if os.geteuid() == 0:
        os.chown(site.folder, 1, -1)
    with patch("os.geteuid", return_value=0):
        go_on(site, "One more", "And one more", "And this")
    assert not (site.folder / "cache").exists()


def test_cache_of_another_user_is_not_used(site: Site) -> None:
    with patch("os.geteuid", return_value=os.geteuid() + 1):
        assert made_from_all_events(site)


@pytest.mark.parametrize("folder", ["cache", "cache/public"])
def test_nothing_is_saved_where_the_output_is(site: Site, folder: str) -> None:
    saved(site).unlink()
    renamed = reconfigured(site, 'folder = "public"', f'folder = "{folder}"')
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
    with patch.object(SavedSequences, "sequence", side_effect=AssertionError):
        assert site.publish(everything=True).failed == ()


def test_trial_changes_nothing(site: Site) -> None:
    before = saved(site).read_bytes()
    record(site, *(commands.report(STORY, f"More {number}") for number in range(5)))
    site.publish(dry_run=True)
    assert saved(site).read_bytes() == before


def unpacked(path: Path) -> bytes:
    return zlib.decompress(path.read_bytes().partition(b"\n")[2])


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
    record(site, commands.close_story(STORY), commands.reopen_story(STORY))
