"""The public log, from the desk to an outsider who has only the published files and the verifier."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from events.errors import StoreError, WritethruError
from events.model.events import AnyEvent
from feed.output.tree import Tree
from feed.publishing.publication import Publication
from feed.site import Site
from feed.transparency import verifier
from feed.transparency.keys import load_key, make_key
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.encoding import b64, canonical, parse_object
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.report import Report
from tests.builders import ORIGIN, Clock, newsroom, signing
from tests.server import serving
from tests.sites import output, record

HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """A newsroom that signs its log, and its clock."""

    site: Site
    clock: Clock
    keys: Path

    def tell(self, *events: AnyEvent, after_restore: bool = False) -> tuple[str, ...]:
        """Record `events` an hour later, publish, and give what changed."""
        self.clock.go(HOUR)
        if events:
            record(self.site, *events)
        return self.site.publish(after_restore=after_restore).changed

    def sign_with(self, name: str, *, before: str | None = None) -> str:
        """Make a key, signed by the one before, configure it, and give the verifier key."""
        by = self.site.signer() if before else None
        self.site = signing(self.site, self.keys / name, by=by)
        return str(load_key(self.keys / name, newsroom=self.site.folder).key)

    def check(self, *, since: str | None = None, key: str | None = None) -> Report:
        return verify(str(self.site.root), since=since, key=key)


@pytest.fixture
def unsigned(tmp_path: Path) -> Desk:
    clock = Clock()
    return Desk(newsroom(tmp_path / "newsroom", clock), clock, tmp_path / "keys")


@pytest.fixture
def desk(unsigned: Desk) -> Desk:
    unsigned.sign_with("one.key")
    unsigned.tell(commands.open_story("fire", "Fire"), commands.report("fire", "Two hurt", id="r1", development="d1"))
    return unsigned


def problems(report: Report) -> list[str]:
    return [str(bad) for bad in report.problems]


def remembered(report: Report) -> str:
    assert report.head is not None
    return f"{report.head.size} {b64(report.head.root)}"


def test_published_log_is_verified(desk: Desk) -> None:
    report = desk.check()
    assert problems(report) == []
    assert (report.stories, report.bodies, report.withdrawn) == (1, 2, {})
    assert report.key == str(desk.site.signer().key)  # type: ignore[union-attr]  # it signs


def test_log_of_one_leaf_is_told_of_in_the_singular(unsigned: Desk) -> None:
    unsigned.sign_with("one.key")
    unsigned.tell(commands.open_story("fire", "Fire"))
    lines = [*unsigned.check(since=str(unsigned.site.root / "log/checkpoint")).lines()]
    assert lines[0].endswith(": 1 leaf of 1 story; verified.")
    assert "  Its first leaf is the one that you remember." in lines
    wrong = unsigned.check(since=f"1 {b64(bytes(32))}")
    assert [str(problem) for problem in wrong.problems] == [
        "log/checkpoint: its first leaf is not the one that you remember"
    ]


def test_verifier_runs_as_a_copied_folder(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(Path(verifier.__file__).parent, tmp_path / "copied")
    command = [sys.executable, "-s", "-m", "copied", str(desk.site.root)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"{ORIGIN}: 2 leaves of 1 story; verified.\n")
    (desk.site.root / "log/checkpoint").unlink()
    ran = subprocess.run([*command, "--json"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 1
    assert '"holds": false' in ran.stdout
    assert (
        subprocess.run([*command, "--key", "x"], cwd=tmp_path, capture_output=True, check=False, timeout=60).returncode
        == 2
    )


def test_log_is_verified_over_http(desk: Desk) -> None:
    with serving(desk.site.root) as server:
        assert problems(verify(server.url)) == []
        assert problems(verify(server.url + "nowhere")) == ["log/checkpoint: cannot be read (Not Found)"]


@pytest.mark.parametrize("path", ["log/checkpoint", "feed.atom", "feed.json", "stories/fire/feed.rss"])
def test_saved_feed_reveals_a_rewritten_log(desk: Desk, tmp_path: Path, path: str) -> None:
    saved = Path(shutil.copy(desk.site.root / path, tmp_path / "saved"))
    desk.tell(commands.report("fire", "Three hurt", development="d2"))
    report = desk.check(since=str(saved))
    assert problems(report) == []
    assert (report.since, report.head and report.head.size) == (Head(ORIGIN, 2, report.since.root), 3)  # type: ignore[union-attr]  # not None
    # When the newsroom makes up another past
    again = Desk(newsroom(tmp_path / "again", Clock()), Clock(), tmp_path / "other")
    again.sign_with("x.key")
    again.tell(commands.open_story("fire", "Fire"), commands.report("fire", "None hurt", id="r1", development="d1"))
    again.tell(commands.report("fire", "Three hurt", development="d2"))
    forged = verify(str(again.site.root), since=str(saved))
    assert problems(forged) == ["log/checkpoint: its first 2 leaves are not those that you remember"]


def test_unchanged_feed_keeps_its_bytes(desk: Desk) -> None:
    before = output(desk.site)
    changed = desk.tell(commands.open_story("flood", "Flood"), commands.report("flood", "Water", development="d1"))
    assert not [path for path in changed if path.startswith("stories/fire/")]
    assert output(desk.site)["stories/fire/feed.atom"] == before["stories/fire/feed.atom"]
    assert b'size="2"' in before["stories/fire/feed.atom"]
    assert b'size="4"' in output(desk.site)["feed.atom"]
    assert b"checkpoint" not in output(desk.site)["corrections.atom"]
    assert desk.site.verify_rebuild() == ()


def test_log_without_a_key_is_unsigned(unsigned: Desk) -> None:
    unsigned.tell(commands.open_story("fire", "Fire"))
    report = unsigned.check()
    assert problems(report) == []
    assert "It is not signed" in report.notes[0]
    assert not [path for path, data in output(unsigned.site).items() if b"writethru:checkpoint" in data]
    key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    assert problems(unsigned.check(key=key)) == [
        "log/keys: cannot be read (No such file or directory)"
    ] or "log/keys" in str(unsigned.check(key=key).problems[0])


def test_new_key_is_signed_by_the_former(desk: Desk) -> None:
    old = desk.check()
    new = desk.sign_with("two.key", before="one.key")
    desk.tell(commands.report("fire", "Three hurt", development="d2"))
    report = desk.check(since=remembered(old), key=old.key)
    assert problems(report) == []
    assert report.key == new
    assert problems(desk.check(key=new)) == []


def test_key_not_signed_by_the_former_is_a_problem(desk: Desk) -> None:
    old = desk.check()
    new = desk.sign_with("two.key")
    desk.tell(commands.report("fire", "Three hurt", development="d2"))
    assert problems(desk.check(key=old.key)) == [f"log/keys: key 2 is not signed by {old.key}"]
    assert problems(desk.check(key=new)) == []


def test_unannounced_key_is_refused(desk: Desk, tmp_path: Path) -> None:
    make_key(tmp_path / "own.key", origin=ORIGIN, newsroom=desk.site.folder)
    config = desk.site.folder / "writethru.toml"
    config.write_text(config.read_text().replace("one.key", "../own.key"))
    before = output(desk.site)
    with pytest.raises(WritethruError, match="the ledger does not know this key"):
        Site.open(desk.site.folder, clock=desk.clock).publish()
    assert output(desk.site) == before


def test_redaction_leaves_the_leaf_and_no_text(desk: Desk) -> None:
    before = desk.check()
    desk.tell(commands.redact("fire", "A court said so.", development="d1"))
    report = desk.check(since=remembered(before), key=before.key)
    assert problems(report) == []
    assert (report.bodies, report.withdrawn) == (2, {"redacted": 1})
    assert not [path for path, data in output(desk.site).items() if b"Two hurt" in data]


def test_withdrawal_without_its_leaf_is_a_problem(desk: Desk) -> None:
    file = desk.site.root / "stories/fire/updates.jsonl"
    opening, report = file.read_bytes().splitlines()
    line = parse_object(report)
    del line["body"], line["salt"]
    file.write_bytes(opening + b"\n" + canonical({**line, "withdrawn": "retracted"}) + b"\n")
    assert problems(desk.check()) == ["stories/fire/updates.jsonl:2: its body is retracted, but no leaf says so"]


def test_ledger_older_than_its_output_is_refused(desk: Desk, tmp_path: Path) -> None:
    # Given a copy of the ledger, and something published since
    old = Path(shutil.copy(desk.site.folder / "ledger.db", tmp_path / "old.db"))
    desk.tell(commands.report("fire", "Three hurt", development="d2"))
    since = desk.check()
    before = output(desk.site)
    # When the copy is put back, and something else is recorded
    shutil.copy(old, desk.site.folder / "ledger.db")
    desk.clock.go(HOUR)
    record(desk.site, commands.report("fire", "Four hurt", development="d3"))
    with pytest.raises(StoreError, match="3 leaves were published, but this ledger has 2") as refused:
        desk.site.publish()
    assert "--after-restore" in str(refused.value)
    assert output(desk.site) == before
    # Then it goes on after what was published: the log does not fork
    desk.site.publish(after_restore=True)
    report = desk.check(since=remembered(since), key=since.key)
    assert problems(report) == []
    assert (report.head and report.head.size, report.withdrawn) == (4, {"lost": 1})
    assert b"Four hurt" in output(desk.site)["feed.atom"]
    desk.tell(commands.report("fire", "Five hurt", development="d4"))
    assert problems(desk.check(since=remembered(report), key=since.key)) == []
    assert desk.site.verify_rebuild() == ()


def test_after_restore_recovers_keys(desk: Desk, tmp_path: Path) -> None:
    old = Path(shutil.copy(desk.site.folder / "ledger.db", tmp_path / "old.db"))
    first = desk.check()
    desk.sign_with("two.key", before="one.key")
    desk.tell(commands.report("fire", "Three hurt", development="d2"))
    shutil.copy(old, desk.site.folder / "ledger.db")
    desk.tell(after_restore=True)
    assert problems(desk.check(since=remembered(first), key=first.key)) == []


def test_diverged_ledger_is_refused(desk: Desk, tmp_path: Path) -> None:
    # Given two copies of one newsroom that went on by themselves
    other = tmp_path / "other"
    shutil.copytree(desk.site.folder, other)
    desk.tell(commands.report("fire", "Three hurt", development="d2"))
    astray = Desk(Site.open(other, clock=desk.clock), desk.clock, desk.keys)
    astray.tell(commands.report("fire", "No one hurt", development="d2"))
    # When one publishes where the other has
    shutil.rmtree(other / "public")
    shutil.copytree(desk.site.root, other / "public")
    for after_restore in (False, True):
        with pytest.raises(StoreError, match="to go on would fork the public log"):
            astray.tell(commands.report("fire", "Four hurt"), after_restore=after_restore)


def test_after_restore_refuses_a_damaged_log(desk: Desk, tmp_path: Path) -> None:
    old = Path(shutil.copy(desk.site.folder / "ledger.db", tmp_path / "old.db"))
    desk.tell(commands.report("fire", "Three hurt", development="d2"))
    shutil.copy(old, desk.site.folder / "ledger.db")
    bundle = desk.site.root / "log/tile/entries/000.p/3"
    whole = bundle.read_bytes()
    for damaged in (
        whole[:-1],
        b"",
        whole.replace(b"d2", b"d9"),
        whole.replace(b"{", b"["),
        whole.replace(b"story", b"stork"),
    ):
        bundle.write_bytes(damaged)
        with pytest.raises(StoreError, match=r"fork|damaged"):
            desk.site.publish(after_restore=True)
    bundle.unlink()
    with pytest.raises(StoreError, match="damaged here"):
        desk.site.publish(after_restore=True)


def test_unreadable_log_checkpoint_is_rewritten(desk: Desk) -> None:
    good = (desk.site.root / "log/checkpoint").read_bytes()
    (desk.site.root / "log/checkpoint").write_bytes(b"\xff")
    for everything in (False, True):
        with pytest.raises(StoreError, match="the output has no checkpoint"):
            desk.site.publish(everything=everything)
    desk.site.publish(everything=True, ledger_is_newest=True)
    assert (desk.site.root / "log/checkpoint").read_bytes() == good


def test_log_with_a_full_tile_is_verified(desk: Desk) -> None:
    desk.tell(*(commands.report("fire", f"Report {number}") for number in range(300)))
    assert {"log/tile/0/000", "log/tile/entries/000", "log/tile/1/000.p/1"} <= output(desk.site).keys()
    assert not (desk.site.root / "log/tile/0/000.p").exists()
    report = desk.check()
    assert problems(report) == []
    assert (report.head and report.head.size, report.bodies) == (302, 302)


@pytest.mark.slow
@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("moment", ["before it is written", "before the checkpoint"])
def test_text_redacted_during_a_publication_is_shown_nowhere(desk: Desk, moment: str, *, everything: bool) -> None:
    desk.tell(commands.open_story("flood", "Flood"), commands.report("flood", "Water", development="d1"))
    desk.clock.go(HOUR)
    record(desk.site, commands.report("fire", "Gorgon", development="d2"))
    site, signer = desk.site, desk.site.signer()
    redaction = commands.redact("fire", "A court said so.", development="d2")
    with site.ledger() as ledger:
        publication = Publication(
            site.config, site.settings, Tree(site.root), ledger.advance_publication_time(), 5, signer, media=site.media
        )
        with ledger.store.reading() as reading:
            plan = publication.plan(reading, everything=everything)
        with ledger.store.writing() as writing:
            publication.append_leaves(writing, plan)
        if moment == "before it is written":
            record(site, redaction)
        with ledger.store.reading() as reading:
            written = publication.write(reading, plan)
        if moment == "before the checkpoint":
            record(site, redaction)
        else:
            assert not [path for path, data in output(site).items() if b"Gorgon" in data]
            assert b"Flood" in output(site)["index.html"]
        with ledger.store.writing() as writing:
            publication.remember(writing, written)
    desk.tell()
    assert not [path for path, data in output(site).items() if b"Gorgon" in data]
    assert b"Flood" in output(site)["index.html"]
    assert desk.check().withdrawn == {"redacted": 1}
    assert problems(desk.check()) == []
    assert site.verify_rebuild() == ()
