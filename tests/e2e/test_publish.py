"""Publishing: which files are written, which are left alone, and what rebuilds them."""

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from events import commands
from events.errors import BusyError, StoreError
from feed.checkpoint import RENDERERS
from feed.output.tree import files_of
from feed.paths import TOKEN_NAME
from feed.site import Published, Site
from tests.builders import BASE_URL
from tests.sites import EMBARGO, LATER, a_site, everything, output, record, sql

SITE_FILES = [
    "index.html",
    *(f"{name}.{extension}" for name in ("corrections", "feed") for extension in ("atom", "rss", "json")),
]


def story_files(story: str, *, new: bool = False) -> list[str]:
    """Return the files that change with each event of a story, and those that are written once for a `new` one."""
    once = ["oembed.json"] if new else []
    names = ["state.json", "updates.jsonl", "history.json", "embed.html", *once, "index.html"]
    feeds = [f"feed.{extension}" for extension in ("atom", "rss", "json")]
    return [f"stories/{story}/{name}" for name in (*names, *feeds)]


def log_files(size: int) -> list[str]:
    return [f"log/tile/entries/000.p/{size}", f"log/tile/0/000.p/{size}", "log/checkpoint"]


def outgrown(size: int) -> list[str]:
    return [f"log/tile/entries/000.p/{size}", f"log/tile/0/000.p/{size}"]


# What is written.


def test_first_publication_writes_everything_in_order(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a", "b")
    changed = list(site.publish().changed)
    # Pages before the feeds that link to them, stories before what lists them
    assert [path for path in changed if not path.startswith("assets/")] == [
        *log_files(4),
        *story_files("a", new=True),
        *story_files("b", new=True),
        "stories.opml",
        *SITE_FILES,
        TOKEN_NAME,
    ]
    assert changed[0].startswith("assets/")
    assert set(files_of(site.root)) == set(changed)


def test_empty_newsroom_has_valid_files(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path)
    assert list(site.publish().changed)[5:] == ["log/checkpoint", "stories.opml", *SITE_FILES, TOKEN_NAME]


def test_nothing_to_do_changes_no_output(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a")
    site.publish()
    before = everything(site.root)
    clock.go("2027-01-01")
    assert site.publish() == Published()
    assert everything(site.root) == before
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in {".toml", ".db", ""}] == []


def test_one_event_changes_its_story_and_the_site(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a", "b")
    site.publish()
    before = everything(site.root)
    clock.go(LATER)
    record(site, commands.report("a", "Second report"))
    changed = site.publish().changed
    assert list(changed) == [
        *log_files(5),
        *outgrown(4),
        *story_files("a"),
        *(path for path in SITE_FILES if "corrections" not in path),
    ]
    after = everything(site.root)
    written = {path for path in after if path not in before or after[path][0] != before[path][0]}
    assert written == set(changed) - set(outgrown(4))


def test_correction_changes_the_feed_of_corrections(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a")
    site.publish()
    clock.go(LATER)
    record(site, commands.correct("a", "d1", {"headline": "Better report"}, "It was worse."))
    assert set(site.publish().changed) == {*log_files(3), *outgrown(2), *story_files("a"), *SITE_FILES}
    assert b"Correction: Better report" in output(site)["corrections.rss"]


def test_opml_is_written_for_a_new_or_renamed_story(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a")
    site.publish()
    clock.go(LATER)
    record(site, commands.revise_story("a", headline="New name"))
    assert "stories.opml" in site.publish().changed
    assert b"New name" in output(site)["stories.opml"]


def test_due_items_are_published_by_time_alone(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a", "b")
    promise = {"id": "e1", "what": "Ferries run", "due": "2026-03-02"}
    record(site, commands.report("a", "Secret", embargoed_until=EMBARGO, expects=[promise]))
    site.publish()
    clock.go("2026-03-02T19:59:59Z")
    assert site.publish() == Published()
    clock.go(EMBARGO)
    assert "stories/a/feed.rss" in site.publish().changed
    assert b"Secret" in output(site)["feed.rss"]
    clock.go("2026-03-03T12:00:00Z")
    changed = site.publish().changed
    assert "stories/a/feed.json" in changed
    assert "stories/b/feed.json" not in changed
    assert b"Overdue: Ferries run" in output(site)["feed.json"]


def test_story_under_embargo_has_no_folder(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path)
    record(site, commands.open_story("secret", "Secret", embargoed_until=EMBARGO))
    site.publish()
    assert not (site.root / "stories").exists()
    clock.go(EMBARGO)
    assert set(site.publish().changed) == {
        *log_files(1),
        *story_files("secret", new=True),
        "stories.opml",
        "index.html",
    }


def test_instant_without_a_change_writes_nothing(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a")
    record(site, commands.report("a", "Secret", development="d2", embargoed_until=EMBARGO))
    record(site, commands.retract("a", "d2", "It was wrong."))
    site.publish()
    clock.go(EMBARGO)
    assert site.publish() == Published()


def test_feeds_have_at_most_the_configured_entries(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a", "b")
    config = tmp_path / "writethru.toml"
    config.write_text(config.read_text().replace("entries = 50 ", "entries = 2 "))
    site = Site.open(tmp_path, clock=clock)
    for number in range(3):
        clock.go(f"2026-03-02T1{number}:00:00Z")
        record(site, commands.report("a", f"Report {number}"))
        site.publish()
    assert output(site)["feed.rss"].count(b"<item>") == 2
    assert site.verify_rebuild() == ()


def test_correction_of_equal_size_has_a_later_time(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a")
    site.publish()
    page = site.root / "stories/a/feed.json"
    before = page.stat()
    clock.go("2026-03-02T08:00:00.500Z")
    record(site, commands.correct("a", "d1", {"headline": "Fir5t report".replace("5", "z")}, level="typo"))
    site.publish()
    after = page.stat()
    assert after.st_size == before.st_size
    assert int(after.st_mtime) == int(before.st_mtime) + 1


# The mark and the token.


def test_deleted_output_is_rebuilt(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a")
    site.publish()
    before = output(site)
    for path in files_of(site.root):
        (site.root / path).unlink()
    site.publish()
    assert output(site) == before


@pytest.mark.parametrize("token", [b"another\n", b"\xff\n"])
def test_foreign_folder_is_rebuilt_and_keeps_other_files(tmp_path: Path, token: bytes) -> None:
    site, _ = a_site(tmp_path, "a")
    site.publish()
    before = output(site)
    (site.root / TOKEN_NAME).write_bytes(token)
    (site.root / "index.html").write_bytes(b"foreign")
    (site.root / "robots.txt").write_bytes(b"theirs")
    assert site.publish().changed == ("index.html", TOKEN_NAME)
    assert output(site) == before | {"robots.txt": b"theirs"}


def test_other_settings_or_renderers_rebuild(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a")
    site.publish()
    config = tmp_path / "writethru.toml"
    config.write_text(config.read_text().replace("Test desk", "Night desk"))
    site = Site.open(tmp_path, clock=clock)
    assert {"index.html", "feed.atom", "stories/a/index.html"} <= set(site.publish().changed)
    assert b"Night desk" in output(site)["feed.atom"]
    with sql(site) as ledger:
        ledger.execute("UPDATE notes SET text = ? || substr(text, 2) WHERE name = 'mark'", ("0",))
        assert RENDERERS != "0"
    (site.root / "feed.rss").write_bytes(b"made by older renderers")
    assert "feed.rss" in site.publish().changed


def test_obsolete_stories_and_assets_are_removed(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a", "b", "c")
    site.publish()
    (site.root / "assets/old.css").write_bytes(b"")
    (site.root / "stories/c/photo.jpg").write_bytes(b"theirs")
    with sql(site) as ledger:
        ledger.execute("DELETE FROM bodies WHERE position > 2; DELETE FROM events WHERE position > 2")
        ledger.execute("UPDATE notes SET text = text || char(10) || 'assets/old.css' WHERE name = 'assets'")
    site.publish(everything=True)
    assert not (site.root / "stories/b").exists()
    assert files_of(site.root / "stories/c") == ["photo.jpg"]
    assert len(list((site.root / "assets").iterdir())) == 5
    assert b"Story b" not in b"".join(output(site).values())


def test_output_folder_may_be_nested(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a")
    config = tmp_path / "writethru.toml"
    config.write_text(config.read_text().replace('folder = "public"', 'folder = "out/public"'))
    site = Site.open(tmp_path, clock=clock)
    site.publish()
    assert (tmp_path / "out/public/index.html").is_file()


def test_dry_run_lists_changes_and_writes_nothing(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a")
    before = {path: data for path, (data, *_) in everything(tmp_path).items()}
    changes = site.publish(dry_run=True).changed
    assert {path: data for path, (data, *_) in everything(tmp_path).items()} == before
    assert (*changes, TOKEN_NAME) == site.publish().changed


def test_dry_run_that_starts_over_lists_each_path_once(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a")
    site.publish()
    with site.ledger() as room:
        room.append(commands.report(next(iter(room.stories())), "One more"))
    with sql(site) as ledger:
        ledger.execute("UPDATE published SET text = 'damaged'")
    changes = site.publish(dry_run=True).changed
    assert len(changes) == len(set(changes)) > 0


def test_rebuild_writes_only_what_differs(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a")
    site.publish()
    before = output(site)
    assert site.publish(everything=True).changed == (TOKEN_NAME,)
    assert output(site) == before


def test_verify_rebuild_names_a_changed_file(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a")
    assert site.verify_rebuild() == ()
    feed = site.root / "stories/a/feed.rss"
    data = bytearray(feed.read_bytes())
    data[100] ^= 1
    feed.write_bytes(data)
    (site.root / "corrections.json").unlink()
    assert site.verify_rebuild() == ("corrections.json", "stories/a/feed.rss")
    assert not list(tmp_path.glob(".verify*"))


# One bad story.


def test_failing_story_is_retried_and_stops_no_other(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a", "bad", "c")
    site.publish()
    before = output(site)
    clock.go(LATER)
    for story in ("a", "bad", "c"):
        record(site, commands.report(story, f"News in {story}"))
    with sql(site) as ledger:
        spoilt = "UPDATE bodies SET body = '{' WHERE position = (SELECT max(position) - 1 FROM events)"
        [(body,)] = ledger.execute("SELECT body FROM bodies WHERE position = (SELECT max(position) - 1 FROM events)")
        ledger.execute(spoilt)
    # When it is published, then the others are out, and the bad one stays as it was
    published = site.publish()
    assert [story for story, _ in published.failed] == ["bad"]
    assert "StoreDamagedError" in published.failed[0][1]
    after = output(site)
    assert all(after[path] == before[path] for path in story_files("bad"))
    assert b"News in c" in after["stories/c/feed.rss"]
    assert b"Story bad" in after["stories.opml"]
    # It is reported until it is fixed
    assert [story for story, _ in site.publish().failed] == ["bad"]
    assert [story for story, _ in site.publish(everything=True).failed] == ["bad"]
    assert all((site.root / path).exists() for path in story_files("bad"))
    with sql(site) as ledger:
        ledger.execute("UPDATE bodies SET body = ? WHERE body = '{'", (body,))
    fixed = site.publish()
    assert fixed.failed == ()
    assert b"News in bad" in output(site)["feed.rss"]
    assert site.verify_rebuild() == ()


def test_story_that_never_rendered_is_not_listed(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a", "bad")
    with sql(site) as ledger:
        ledger.execute("UPDATE bodies SET body = '{' WHERE position = 3")
    assert [story for story, _ in site.publish().failed] == ["bad"]
    assert not (site.root / "stories/bad").exists()
    assert b"Story bad" not in output(site)["index.html"]


# The lock.


def test_second_run_while_one_publishes_is_busy(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a")
    holder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    with pytest.raises(BusyError, match="another publication is running"):
        site.publish()
    # One that waits goes on once the lock is free
    threading.Timer(0.3, os.close, [holder]).start()
    begin = time.monotonic()
    assert site.publish(wait=True).changed
    assert time.monotonic() - begin > 0.2


def test_missing_newsroom_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="writethru init"):
        Site.open(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        Site.open(tmp_path / "file/below")
    (tmp_path / "writethru.toml").write_bytes(b"\xff")
    with pytest.raises(StoreError, match="not UTF-8"):
        Site.open(tmp_path)


def test_configuration_keeps_its_line_ends(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "a")
    config = tmp_path / "writethru.toml"
    config.write_bytes(config.read_bytes().replace(b"\n", b"\r\n"))
    site = Site.open(tmp_path, clock=clock)
    assert site.config.site.base_url == BASE_URL
    site.publish()
    assert Site.open(tmp_path, clock=clock).publish() == Published()


def test_stories_beyond_the_cached_ones_are_published_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, _ = a_site(tmp_path / "one", "a", "b", "c")
    monkeypatch.setattr("feed.publishing.publication.CACHED_ITEMS_MAX", 1)
    site.publish()
    monkeypatch.undo()
    assert site.verify_rebuild() == ()
