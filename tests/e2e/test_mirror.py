"""The mirror has the same files as the output after each publication, in an order that breaks no link."""

import shlex
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.store.base import MIRRORS
from feed.checkpoint import MIRROR_NOTE
from feed.fast_path import nothing_to_do
from feed.mirror.stages import stage_of
from feed.output.headers import kind_of
from tests.bucket import KEYS, Bucket, bucket, published, with_mirror
from tests.builders import BASE_URL
from tests.desk import FIRE, DeskRunner
from tests.metrics import metrics, samples
from tests.sites import output

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)
SECRET = "Perhaps arson"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with bucket() as state:
        yield state


@pytest.fixture
def desk(tmp_path: Path, there: Bucket) -> DeskRunner:
    """Return a newsroom that has a mirror, published, with the purged URLs in the file `purged`."""
    desk = DeskRunner(tmp_path / "desk")
    purge = shlex.join((sys.executable, "-c", "import sys; open('purged', 'a').write(sys.stdin.read())"))
    desk.site = with_mirror(desk.site, there.url, purge=purge)
    desk.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Two hurt", development="d1"))
    desk.clock.go(MINUTE)
    assert desk.output("publish") == ""
    return desk


def report(desk: DeskRunner, headline: str = "Three hurt", development: str | None = None) -> None:
    desk.record(commands.report(FIRE, headline, development=development))
    desk.clock.go(MINUTE)


def purged(desk: DeskRunner) -> set[str]:
    file = desk.site.folder / "purged"
    return set(file.read_text().split()) if file.exists() else set()


def test_first_publication_fills_the_mirror(desk: DeskRunner, there: Bucket) -> None:
    assert there.files() == published(desk.site)
    for path, stored in there.objects.items():
        kind = kind_of(path)
        assert kind is not None
        assert (stored.headers["Content-Type"], stored.headers["Cache-Control"]) == (
            kind.content_type,
            kind.cache_control,
        )
        assert stored.headers["X-Amz-Meta-Position"] == "2"


def test_output_has_the_same_bytes_without_a_mirror(tmp_path: Path, desk: DeskRunner) -> None:
    plain = DeskRunner(tmp_path / "plain")
    plain.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Two hurt", development="d1"))
    plain.clock.go(MINUTE)
    plain.output("publish")
    assert output(plain.site).keys() == output(desk.site).keys()


def test_nothing_is_asked_if_nothing_changed(desk: DeskRunner, there: Bucket) -> None:
    there.asked()
    desk.output("publish")
    desk.clock.go(MINUTE)
    desk.output("publish")
    assert there.asked() == []
    assert nothing_to_do(str(desk.site.folder), desk.clock().timestamp())


def test_event_puts_just_what_it_changed_stage_by_stage(desk: DeskRunner, there: Bucket) -> None:
    there.asked()
    report(desk)
    changed = desk.output("publish", "-v").split()
    asked = there.asked()
    puts = [request.removeprefix("PUT ") for request in asked if request.startswith("PUT ")]
    deleted = [request.removeprefix("DELETE ") for request in asked if request.startswith("DELETE ")]
    assert sorted(puts + deleted) == sorted(changed)
    assert [request for request in asked if not request.startswith(("PUT ", "DELETE ", "HEAD "))] == []
    looks = [request.removeprefix("HEAD ") for request in asked if request.startswith("HEAD ")]
    assert sorted(looks) == sorted(deleted)
    stages = list(map(stage_of, puts))
    assert stages == sorted(stages)
    assert puts[-1] == "log/checkpoint"
    assert there.files() == published(desk.site)


def test_text_that_is_held_leaves_the_mirror_first(desk: DeskRunner, there: Bucket) -> None:
    desk.record(commands.open_story("other", "Another"))
    report(desk, SECRET, development="d2")
    desk.output("publish")
    showed = {path for path, data in there.files().items() if SECRET.encode() in data}
    assert showed
    report(desk, "Four hurt", development="d3")
    desk.record(commands.report("other", "News"))
    there.asked()
    result = desk.run("hold", FIRE, "d2", "--publish")
    assert result.exit_code == 0, result.output
    assert not [path for path, data in there.files().items() if SECRET.encode() in data]
    assert there.files() == published(desk.site)
    asked = [request.partition(" ")[2] for request in there.asked()]
    assert max(map(asked.index, showed - {"index.html"})) < asked.index("stories/other/index.html")
    assert {BASE_URL + path for path in showed} <= purged(desk)
    assert {BASE_URL, f"{BASE_URL}stories/{FIRE}/"} <= purged(desk)
    assert not [url for url in purged(desk) if "/log/" in url or "/other/" in url]


def test_mirror_that_is_away_is_filled_later(desk: DeskRunner, there: Bucket) -> None:
    there.refuse = lambda _: 503
    report(desk)
    result = desk.run("publish")
    assert result.exit_code == 3
    assert "mirror: its server answers 503." in result.output
    assert "Three hurt" in (desk.site.root / "index.html").read_text()
    assert desk.run("doctor").output.count("s3://news/site did not take everything last time") == 1
    there.asked()
    report(desk, "Four hurt")
    desk.clock.go(-MINUTE / 2)
    # Until a minute is over, publications do not try it.
    assert desk.run("publish").output == ""
    assert there.asked() == []
    assert nothing_to_do(str(desk.site.folder), desk.clock().timestamp())
    there.refuse = lambda _: 0
    desk.clock.go(MINUTE)
    assert not nothing_to_do(str(desk.site.folder), desk.clock().timestamp())
    assert desk.output("publish") == ""
    assert there.files() == published(desk.site)


def test_hold_is_put_although_the_mirror_was_away(desk: DeskRunner, there: Bucket) -> None:
    there.refuse = lambda _: 503
    report(desk, SECRET, development="d2")
    desk.run("publish")
    there.refuse = lambda _: 0
    assert desk.run("hold", FIRE, "d2", "--publish").exit_code == 0
    assert there.files() == published(desk.site)


def test_verify_names_each_difference(desk: DeskRunner, there: Bucket) -> None:
    assert desk.output("mirror", "--verify") == "The mirror has the same files as the output.\n"
    there.objects["index.html"].data = b"altered"
    there.objects["feed.rss"].headers["Content-Type"] = "text/plain"
    there.objects["feed.atom"].headers["Cache-Control"] = "no-store"
    del there.objects["feed.json"]
    there.objects["stories/old/index.html"] = there.objects["index.html"]
    result = desk.run("mirror", "--verify")
    assert result.exit_code == 1
    assert result.output.splitlines()[::2] == [
        "feed.atom: cache: its Cache-Control is no-store, not public, max-age=60.",
        "feed.json: missing: the mirror does not have it.",
        "feed.rss: type: its Content-Type is text/plain, not application/rss+xml; charset=utf-8.",
        "index.html: different: the mirror has other bytes.",
        "stories/old/index.html: extra: the output does not have it.",
    ]
    assert desk.output("mirror") == "3 files put or deleted.\n"
    assert "extra" not in desk.run("mirror", "--verify").output
    desk.output("mirror", "--everything")
    assert desk.output("mirror", "--verify") == "The mirror has the same files as the output.\n"


def test_foreign_object_is_left(desk: DeskRunner, there: Bucket) -> None:
    there.objects["robots.txt"] = type(there.objects["index.html"])(b"x", {})
    desk.output("mirror")
    assert "This newsroom did not put it, and leaves it." in desk.run("mirror", "--verify").output


def test_mirror_of_another_newsroom_below_is_left(desk: DeskRunner, there: Bucket) -> None:
    index = there.objects["index.html"]
    other = type(index)(b"other", {**index.headers, "X-Amz-Meta-Newsroom": "other", "X-Amz-Meta-Position": "9"})
    there.objects["below/stories/fire/index.html"] = other
    desk.output("mirror")
    assert there.objects["below/stories/fire/index.html"] is other
    assert "This newsroom did not put it, and leaves it." in desk.run("mirror", "--verify").output


def test_object_of_another_newsroom_is_not_replaced(desk: DeskRunner, there: Bucket) -> None:
    index = there.objects["index.html"]
    index.data, index.headers["X-Amz-Meta-Newsroom"] = b"other", "other"
    result = desk.run("mirror")
    assert "index.html there is of another newsroom.\n  Give each newsroom a prefix of its own." in result.output
    assert there.objects["index.html"] is index
    desk.output("mirror", "--everything")
    assert there.files() == published(desk.site)


def test_hidden_files_are_never_put(desk: DeskRunner, there: Bucket) -> None:
    for name in (".hidden", ".well-known/x", "stories/.index.html.0a.part", "robots.txt"):
        (desk.site.root / name).parent.mkdir(exist_ok=True)
        (desk.site.root / name).write_text("x")
    desk.output("mirror")
    assert {path for path in there.objects if "/." in f"/{path}"} == set()
    assert there.objects["robots.txt"].headers["Content-Type"] == "text/plain; charset=utf-8"


def test_late_publisher_replaces_nothing_newer(desk: DeskRunner, there: Bucket) -> None:
    for later in there.objects.values():
        later.headers["X-Amz-Meta-Position"] = "9"
        later.data += b" "
    newer = there.files()
    report(desk)
    result = desk.run("publish")
    assert result.exit_code == 3
    assert "is of a later publication than this one" in result.output
    kept = {path: data for path, data in there.files().items() if path in newer}
    assert kept == newer
    desk.output("mirror", "--everything")
    assert there.files() == published(desk.site)


def test_redaction_is_put_after_it_has_cleared_the_queue(desk: DeskRunner, there: Bucket) -> None:
    report(desk, SECRET, development="d2")
    desk.output("publish")
    desk.record(commands.redact(FIRE, "Legal", development="d2"))
    desk.clock.go(MINUTE)
    desk.output("publish")
    assert not [path for path, data in there.files().items() if SECRET.encode() in data]
    assert there.files() == published(desk.site)
    assert f"{BASE_URL}stories/{FIRE}/" in purged(desk)


def test_server_without_conditions_gets_the_same_files(desk: DeskRunner, there: Bucket) -> None:
    there.obeys = False
    desk.output("mirror", "--everything")
    report(desk)
    desk.output("publish")
    assert there.files() == published(desk.site)


def test_refused_file_does_not_keep_others_from_purge(desk: DeskRunner, there: Bucket) -> None:
    report(desk, SECRET, development="d2")
    desk.output("publish")
    there.refuse = lambda request: 403 if request == "PUT feed.json" else 0
    assert desk.run("hold", FIRE, "d2", "--publish").exit_code == 3
    assert f"{BASE_URL}stories/{FIRE}/" in purged(desk)
    assert f"{BASE_URL}feed.json" not in purged(desk)
    there.refuse = lambda _: 0
    desk.clock.go(MINUTE)
    desk.output("publish")
    assert f"{BASE_URL}feed.json" in purged(desk)


def test_refused_file_keeps_no_withdrawn_text_there(desk: DeskRunner, there: Bucket) -> None:
    report(desk, SECRET, development="d2")
    desk.output("publish")
    # Given a page that only the withdrawn text needs, and one file of the story that the server refuses
    extra = f"stories/{FIRE}/page/0009.html"
    (desk.site.root / extra).parent.mkdir(exist_ok=True)
    (desk.site.root / extra).write_text(SECRET)
    desk.output("mirror", "--everything")
    assert extra in there.objects
    there.refuse = lambda request: 403 if request == f"PUT stories/{FIRE}/index.html" else 0
    assert desk.run("hold", FIRE, "d2", "--publish").exit_code == 3
    assert extra not in there.objects
    assert [path for path, data in there.files().items() if SECRET.encode() in data] == [f"stories/{FIRE}/index.html"]


def test_purge_that_fails_is_tried_again(desk: DeskRunner, there: Bucket) -> None:
    file = desk.site.folder / "purged"
    file.mkdir()
    report(desk, SECRET, development="d2")
    desk.output("publish")
    result = desk.run("hold", FIRE, "d2", "--publish")
    assert result.exit_code == 3
    assert "mirror: the command of mirror.purge failed (1)" in result.output
    assert there.files() == published(desk.site)
    file.rmdir()
    desk.clock.go(MINUTE)
    desk.output("publish")
    assert f"{BASE_URL}stories/{FIRE}/" in purged(desk)


def test_site_of_others_in_a_bucket_is_left(desk: DeskRunner, there: Bucket) -> None:
    index = there.objects["index.html"]
    there.objects = {"index.html": type(index)(b"other", {}), "notes.txt": type(index)(b"x", {})}
    with desk.site.ledger() as ledger, ledger.store.writing() as writing:
        writing.forget_note(MIRRORS)
        writing.forget_note(MIRROR_NOTE)
    report(desk)
    result = desk.run("publish")
    assert result.exit_code == 3
    assert "index.html is there already, and this newsroom has put nothing there yet" in result.output
    assert there.files() == {"index.html": b"other", "notes.txt": b"x"}
    desk.output("mirror", "--everything")
    assert there.files() == published(desk.site) | {"notes.txt": b"x"}


def test_metrics_say_what_waits(desk: DeskRunner, there: Bucket) -> None:
    file = metrics(desk)
    there.refuse = lambda _: 403
    report(desk)
    result = desk.run("publish")
    assert "its server refuses the credentials" in result.output
    found = samples(file)
    assert found["mirror_waiting_files"] > 5
    assert found["mirror_failures_total"] == 1


def test_missing_extra_is_named(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.cli.extras.find_spec", lambda _: None)
    report(desk)
    result = desk.run("publish")
    assert result.exit_code == 3
    assert "Install it: pip install 'writethru[s3]'" in result.output
    assert desk.run("mirror").exit_code == 1


def test_mirror_command_needs_a_mirror(tmp_path: Path) -> None:
    result = DeskRunner(tmp_path / "desk").run("mirror")
    assert result.exit_code == 1
