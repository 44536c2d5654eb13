"""Pictures of the newsroom: in the output while a public report names them, and with the ledger wherever it goes."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from events import commands
from events.errors import RefusedError, StoreError
from events.files.exporter import read_export, write_row
from events.integrity import backup as copies
from events.integrity.pictures import missing_pictures, named_pictures
from events.ledger import Ledger
from events.model.events import AnyEvent
from events.model.parts import Media
from events.store.base import ERASING_PICTURES
from feed.output.tree import files_of
from feed.site import Site
from tests.builders import Clock, newsroom
from tests.pictures import added, names, shown, stored
from tests.sites import EMBARGO, a_site, output, record

pytestmark = pytest.mark.slow
FIRE, FLOOD = "fire", "flood"


@pytest.fixture
def room(tmp_path: Path) -> tuple[Site, Clock]:
    return a_site(tmp_path / "room", FIRE, FLOOD)


def reported(site: Site, media: Media, *, story: str = FIRE, id_: str = "d2", until: str | None = None) -> None:
    record(site, commands.report(story, "A picture", development=id_, media=[media], embargoed_until=until))


def problems(site: Site) -> list[str]:
    with site.ledger() as ledger, ledger.store.reading() as reading:
        return [problem.where for problem in missing_pictures(named_pictures(reading), site.media)]


def test_page_and_feeds_show_a_picture_in_its_sizes(room: tuple[Site, Clock]) -> None:
    site, _ = room
    media = added(site, alt='Smoke "over" <the> quay')
    reported(site, media)
    assert shown(site) == set()
    assert site.publish().failed == ()
    assert shown(site) == names(media)
    files, [full, small] = output(site), [media.url[6:], media.sizes[0].url[6:]]
    at, alt = "https://news.example/stories/fire/media/", "Smoke &quot;over&quot; &lt;the&gt; quay"
    page = files["stories/fire/index.html"].decode()
    [image] = re.findall(r"<img [^>]*>", page)
    below = "../../stories/fire/media/"
    for part in (f'alt="{alt}"', 'width="700" height="350"', 'loading="lazy"', f'src="{below}{full}"',
                 f'srcset="{below}{small} 480w, {below}{full} 700w" sizes="'):  # fmt: skip
        assert part in image
    assert f'<meta property="og:image" content="{at}{full}">' in page
    assert f'"{at}{full}"' in page.partition("application/ld+json")[2]
    assert f'url="{at}{full}" type="image/jpeg" medium="image" fileSize="{media.length}" width="700"' in (
        files["stories/fire/feed.rss"].decode()
    )
    [attachment] = orjson.loads(files["feed.json"])["items"][0]["attachments"]
    assert attachment["url"] == f"{at}{full}"
    state = orjson.loads(files["stories/fire/state.json"])["developments"][1]["media"][0]
    assert (state["url"], state["sizes"]) == (f"{at}{full}", [{"url": f"{at}{small}", "width": 480}])
    assert f'"url":"media:{full}"' in files["stories/fire/updates.jsonl"].decode(), "as it was recorded"
    assert site.output_problems() == ()


def test_older_page_shows_its_pictures(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path / "room", FIRE)
    reported(site, added(site))
    record(site, *(commands.report(FIRE, f"Report {number}") for number in range(220)))
    site.publish()
    older = (site.root / "stories/fire/page/0001.html").read_text()
    [path] = re.findall(r'<img src="([^"]*)"', older)
    assert (site.root / "stories/fire/page" / path).is_file()
    assert site.output_problems() == ()


WITHDRAWN: dict[str, AnyEvent] = {
    "held": commands.hold(FIRE, "d2"),
    "retracted": commands.retract(FIRE, "d2", "It was another quay."),
    "redacted": commands.redact(FIRE, "Names a child.", development="d2"),
    "corrected": commands.correct(FIRE, "d2", {"media": None}, "Another quay."),
}


@pytest.mark.parametrize("how", WITHDRAWN)
def test_picture_leaves_the_output_with_its_report(room: tuple[Site, Clock], how: str) -> None:
    site, _ = room
    media = added(site)
    reported(site, media)
    site.publish()
    record(site, WITHDRAWN[how])
    site.publish()
    assert shown(site) == set()
    named = {path for path, data in output(site).items() if media.url[6:].encode() in data}
    recorded = {"updates.jsonl", "state.json"} if how == "corrected" else {"updates.jsonl"} if how == "held" else set()
    assert {path.rpartition("/")[2] for path in named} <= recorded
    assert site.verify_rebuild() == ()
    assert site.output_problems() == ()


def test_released_picture_is_shown_again_and_a_new_one_replaces_the_old(room: tuple[Site, Clock]) -> None:
    site, _ = room
    first, second = added(site), added(site, "blue")
    reported(site, first)
    record(site, commands.hold(FIRE, "d2"))
    site.publish()
    record(site, commands.release(FIRE, "d2"))
    site.publish()
    assert shown(site) == names(first)
    record(site, commands.correct(FIRE, "d2", {"media": [second]}, "Another quay."))
    site.publish()
    assert shown(site) == names(second)
    assert site.verify_rebuild() == ()


def test_archive_page_drops_a_picture_that_was_corrected(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path / "room", FIRE)
    first, second = added(site), added(site, "blue")
    reported(site, first)
    record(site, *(commands.report(FIRE, f"Report {number}") for number in range(120)))
    site.publish()
    archive = site.root / "stories/fire/archive/0001.atom"
    assert first.url[6:] in archive.read_text()
    record(site, commands.correct(FIRE, "d2", {"media": [second]}, "Another quay."))
    site.publish()
    assert first.url[6:] not in archive.read_text()
    assert shown(site) == names(second)
    assert site.verify_rebuild() == ()


@pytest.mark.usefixtures("same_salts")
def test_nothing_tells_of_a_picture_under_embargo(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path / "with", FIRE)
    site.publish()
    shutil.copytree(site.folder, tmp_path / "without")
    twin = Site.open(tmp_path / "without", clock=clock)
    media = added(site)
    reported(site, media, until=EMBARGO)
    for each in (site, twin):
        record(each, commands.report(FIRE, "Later", development="d9", id="later"))
        each.publish()
    assert output(site) == output(twin)
    clock.go(EMBARGO)
    site.publish()
    assert shown(site) == names(media)


def test_redaction_removes_a_picture_unless_another_report_names_it(room: tuple[Site, Clock]) -> None:
    site, _ = room
    media = added(site)
    reported(site, media)
    reported(site, media, story=FLOOD, until=EMBARGO)
    record(site, commands.redact(FIRE, "Names a child.", development="d2"))
    assert stored(site) == names(media), "a report under embargo names it"
    site.publish()
    assert shown(site) == set()
    record(site, commands.redact(FLOOD, "Names a child.", development="d2"))
    assert stored(site) == set()
    assert problems(site) == []


def test_redaction_of_a_report_takes_the_pictures_of_its_corrections(room: tuple[Site, Clock]) -> None:
    site, _ = room
    reported(site, added(site))
    record(site, commands.correct(FIRE, "d2", {"media": [added(site, "blue")]}, "Another quay."))
    record(site, commands.redact(FIRE, "Names a child.", development="d2"))
    assert stored(site) == set()


def test_picture_that_cannot_be_removed_is_removed_by_a_publication(
    room: tuple[Site, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, _ = room
    media = added(site)
    reported(site, media)
    with monkeypatch.context() as patch:
        patch.setattr("events.media.MediaFolder.remove", _refuse)
        record(site, commands.redact(FIRE, "Names a child.", development="d2"))
        assert [problem.where for problem in site.publish().problems] == ["media/"]
    assert stored(site) == names(media)
    assert site.publish().problems == ()
    assert stored(site) == set()
    with site.ledger() as ledger, ledger.store.reading() as reading:
        assert reading.note(ERASING_PICTURES) is None


def _refuse(*_: object) -> None:
    raise PermissionError(13, "no")


def test_event_with_a_missing_picture_is_refused(room: tuple[Site, Clock], tmp_path: Path) -> None:
    site, _ = room
    media = added(site)
    small = site.media.root / media.sizes[0].url[6:]
    small.write_bytes(b"other bytes")
    with pytest.raises(RefusedError, match=small.name):
        reported(site, media)
    small.unlink()
    link = tmp_path / "elsewhere"
    link.write_bytes(b"SECRET")
    small.symlink_to(link)
    with pytest.raises(RefusedError, match=small.name):
        record(site, commands.correct(FIRE, "d1", {"media": [media]}, "A picture."))


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"x")])
def test_missing_picture_is_named_and_the_story_published(
    room: tuple[Site, Clock], damage: Callable[[Path], object]
) -> None:
    site, _ = room
    media = added(site)
    reported(site, media)
    kept = (site.media.root / media.url[6:]).read_bytes()
    damage(site.media.root / media.url[6:])
    published = site.publish()
    assert [problem.where for problem in published.problems] == [f"stories/fire/media/{media.url[6:]}"]
    assert shown(site) == {media.sizes[0].url[6:]}
    assert {problem.check for problem in site.output_problems()} == {"link"}
    assert problems(site) == [f"media/{media.url[6:]}"]
    (site.media.root / media.url[6:]).write_bytes(kept)
    site.publish(everything=True)
    assert shown(site) == names(media)
    assert site.output_problems() == ()


def test_leftover_picture_is_removed(room: tuple[Site, Clock]) -> None:
    site, _ = room
    media = added(site)
    reported(site, media)
    site.publish()
    leftover = site.root / "stories/fire/media" / f"{'0' * 64}.jpg"
    leftover.write_bytes(b"of a killed run")
    record(site, commands.report(FIRE, "Later"))
    site.publish()
    assert shown(site) == names(media)


def test_undone_picture_is_nowhere_in_the_output(room: tuple[Site, Clock]) -> None:
    site, _ = room
    reported(site, added(site))
    record(site, commands.undo(FIRE, development="d2"))
    site.publish()
    assert shown(site) == set()


def test_backup_and_restore_take_pictures_along(room: tuple[Site, Clock], tmp_path: Path) -> None:
    site, clock = room
    public, secret, redacted = added(site), added(site, "blue"), added(site, "black")
    reported(site, public)
    reported(site, secret, id_="d3", until=EMBARGO)
    reported(site, redacted, id_="d4")
    record(site, commands.redact(FIRE, "Names a child.", development="d4"))
    added(site, "white", alt="Named by no event")
    with site.ledger() as ledger:
        copies.backup(ledger.store, tmp_path / "copy.db", folder=site.folder)
    other = newsroom(tmp_path / "other", clock)
    with other.ledger() as ledger:
        copies.restore(tmp_path / "copy.db", ledger.store, folder=other.folder)
    assert stored(other) == names(public, secret)
    other.publish(ledger_is_newest=True)
    site.publish()
    assert output(other) == output(site)
    assert problems(other) == []


def test_backup_names_a_missing_picture(room: tuple[Site, Clock], tmp_path: Path) -> None:
    site, _ = room
    media = added(site)
    reported(site, media)
    site.media.remove(media.url[6:])
    with site.ledger() as ledger:
        verified = copies.backup(ledger.store, tmp_path / "copy.db", folder=site.folder)
    assert [problem.where for problem in verified.problems] == [f"media/{media.url[6:]}"]
    assert (tmp_path / "copy.db").exists()


def test_restore_takes_only_pictures_that_are_named_and_whole(room: tuple[Site, Clock], tmp_path: Path) -> None:
    from events.store.picture_table import put_pictures  # noqa: PLC0415

    site, clock = room
    media = added(site)
    reported(site, media)
    copy = tmp_path / "copy.db"
    with site.ledger() as ledger:
        copies.backup(ledger.store, copy, folder=site.folder)
    put_pictures(copy, [("../evil.jpg", b"x"), (f"{'0' * 64}.jpg", b"x"), (media.url[6:], b"x")])
    other = newsroom(tmp_path / "other", clock)
    with other.ledger() as ledger:
        copies.restore(copy, ledger.store, folder=other.folder)
    assert stored(other) == set()
    assert not (other.folder / "evil.jpg").exists()


def test_export_of_pictures_is_restored_byte_by_byte(room: tuple[Site, Clock], tmp_path: Path) -> None:
    site, clock = room
    reported(site, added(site))
    reported(site, added(site, "blue"), id_="d3")
    record(site, commands.correct(FIRE, "d1", {"media": [added(site, "black")]}, "A picture."))
    record(site, commands.redact(FIRE, "Names a child.", development="d2"))
    with site.ledger() as ledger, ledger.store.reading() as reading:
        rows, lines = list(reading.rows()), b"".join(map(write_row, reading.rows()))
    other = newsroom(tmp_path / "other", clock)
    with other.ledger() as ledger:
        copies.restore_rows(read_export(lines, name="x"), ledger.store)
        with ledger.store.reading() as reading:
            assert list(reading.rows()) == rows


def test_only_its_owner_reads_pictures(room: tuple[Site, Clock]) -> None:
    site, _ = room
    media = added(site)
    assert site.media.root.stat().st_mode & 0o777 == 0o700
    assert {(site.media.root / name).stat().st_mode & 0o777 for name in names(media)} == {0o600}


def test_output_in_the_folder_of_pictures_is_refused(room: tuple[Site, Clock]) -> None:
    from events.errors import WritethruError  # noqa: PLC0415
    from tests.builders import reconfigured  # noqa: PLC0415

    site = reconfigured(room[0], 'folder = "public"', 'folder = "media"')
    with pytest.raises(WritethruError, match="media/"):
        added(site)


def test_killed_between_redaction_and_removal_the_next_run_removes(
    room: tuple[Site, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, _ = room
    reported(site, added(site))
    site.publish()
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "erase_pictures", lambda _: (_ for _ in ()).throw(StoreError("x", "killed")))
        record(site, commands.redact(FIRE, "Names a child.", development="d2"))
    assert stored(site)
    site.publish()
    assert (stored(site), shown(site)) == (set(), set())
    assert files_of(site.media.root) == []
