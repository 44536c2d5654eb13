"""What was published is lost, or older than it was: no two roots of one size are ever signed.

The `Desk` of these tests loses its ledger, its output or both, and goes on as the messages of `publish` say.
"""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from events import commands
from events.errors import StoreError, WritethruError
from feed.cli.program import run
from feed.output.tree import Tree
from feed.publishing.publication import Publication
from feed.site import Site
from feed.transparency.verifier.check import verify
from tests.builders import HOUR, Clock, newsroom, signing
from tests.faults.signing_desk import Desk
from tests.sites import record

SEED = 1917
RESTORES, RESTORES_LONG = 12, 200


@pytest.mark.parametrize("by", ["hand", "command"])
def test_an_older_ledger_without_output_waits(desk: Desk, by: str) -> None:
    desk.lose_ledger("old", by=by)
    desk.lose_output(None)
    desk.report()
    with pytest.raises(StoreError, match="the output has no checkpoint") as refused:
        desk.publish()
    assert "--after-restore" in str(refused.value)
    assert "--ledger-is-newest" in str(refused.value)
    assert not desk.site.root.exists() or not (desk.site.root / "log").exists()
    desk.publish(after_restore=str(desk.web))
    assert verify(str(desk.site.root)).withdrawn == {"lost": 1}
    desk.report()
    desk.publish()


def test_a_kept_checkpoint_tells_that_the_ledger_is_older(desk: Desk, tmp_path: Path) -> None:
    kept = Path(shutil.copy(desk.site.root / "log/checkpoint", tmp_path / "kept"))
    desk.lose_ledger("old", by="command")
    desk.lose_output(None)
    with pytest.raises(StoreError, match="3 leaves, but this ledger has 2 of them") as refused:
        desk.publish(after_restore=str(kept))
    assert "a copy of the published site" in str(refused.value)


def test_a_kept_checkpoint_tells_that_the_ledger_is_the_newest(desk: Desk, tmp_path: Path) -> None:
    kept = Path(shutil.copy(desk.site.root / "log/checkpoint", tmp_path / "kept"))
    desk.lose_output(None)
    desk.report()
    desk.publish(after_restore=str(kept))
    assert list(desk.signed) == [2, 3, 4]


def test_a_checkpoint_older_than_the_ledger_proves_nothing(desk: Desk) -> None:
    desk.lose_output(None)
    with pytest.raises(StoreError, match="has only 2: it is not the newest"):
        desk.publish(after_restore=str(desk.keep / "old"))


def test_a_restored_ledger_beside_its_output_waits(desk: Desk) -> None:
    desk.back_up("new")
    desk.lose_ledger("new", by="command")
    desk.report()
    with pytest.raises(StoreError, match="this ledger was restored"):
        desk.publish()
    desk.publish(after_restore=True)
    desk.report()
    desk.publish()


def test_a_redaction_does_not_make_a_restored_ledger_sign(desk: Desk) -> None:
    desk.back_up("new")
    desk.lose_ledger("new", by="command")
    record(desk.site, commands.redact("fire", "A court said so.", development="d1"))
    with pytest.raises(StoreError, match="this ledger was restored"):
        desk.publish()


def test_an_output_older_than_the_ledger_waits(desk: Desk) -> None:
    desk.lose_output("old")
    desk.report()
    with pytest.raises(StoreError, match="the output has 2 of the 3 leaves that this ledger published"):
        desk.publish()
    desk.publish(ledger_is_newest=True)


def test_nobody_can_say_newest_beside_a_proof_of_the_opposite(desk: Desk) -> None:
    desk.lose_ledger("old", by="hand")
    with pytest.raises(StoreError, match="it is an older copy"):
        desk.publish(ledger_is_newest=True)
    desk.report()
    desk.clock.go(HOUR)
    with pytest.raises(StoreError, match="it is an older copy"):
        desk.publish()


def test_an_export_is_restored_and_signs_on(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(desk.folder), "export"]) == 0
    (tmp_path / "all.jsonl").write_text(capsys.readouterr().out)
    for path in desk.folder.glob("ledger.db*"):
        path.unlink()
    desk.lose_output(None)
    assert run(["-C", str(desk.folder), "restore", str(tmp_path / "all.jsonl")]) == 0
    with pytest.raises(WritethruError):
        desk.publish()
    desk.publish(after_restore=str(desk.web))
    assert verify(str(desk.site.root)).problems == []


def test_a_story_that_is_lost_keeps_its_lines(desk: Desk) -> None:
    desk.report(commands.open_story("flood", "Flood"))
    desk.publish()
    desk.lose_ledger("old", by="command")
    desk.lose_output(None)
    desk.publish(after_restore=str(desk.web))
    report = verify(str(desk.site.root))
    assert ([str(problem) for problem in report.problems], report.exit_code) == ([], 8)
    assert report.withdrawn == {"lost": 3}


def test_a_first_publication_that_was_stopped_goes_on(tmp_path: Path) -> None:
    site = signing(newsroom(tmp_path / "desk", Clock()), tmp_path / "key")
    with site.ledger() as ledger:
        ledger.append(commands.open_story("fire", "Fire"))
        now = ledger.advance_publication_time()
        publication = Publication(site.config, site.settings, Tree(site.root), now, 1, site.signer(), media=site.media)
        with ledger.store.reading() as reading:
            plan = publication.plan(reading)
        with ledger.store.writing() as writing:
            publication.append_leaves(writing, plan)
    site.publish()
    assert verify(str(site.root)).problems == []


def test_a_log_that_is_signed_for_the_first_time_needs_no_word(tmp_path: Path) -> None:
    site = newsroom(tmp_path / "desk", Clock())
    record(site, commands.open_story("fire", "Fire"))
    site.publish()
    assert run(["-C", str(site.folder), "keygen", "--key", str(tmp_path / "key")]) == 0
    config = site.folder / "writethru.toml"
    config.write_text(f'{config.read_text()}\n[log]\nkey = "{tmp_path / "key"}"\n')
    Site.open(site.folder, clock=Clock()).publish()
    assert verify(str(site.root)).problems == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--after-restore", "--ledger-is-newest"),
        ("--ledger-is-newest", "--dry-run"),
        ("--ledger-is-newest", "--watch"),
        ("--after-restore", "--watch"),
    ],
)
def test_words_that_do_not_fit_are_usage_errors(desk: Desk, arguments: tuple[str, ...]) -> None:
    assert run(["-C", str(desk.folder), "publish", *arguments]) == 2


def test_the_command_takes_an_address_or_none(desk: Desk, tmp_path: Path) -> None:
    desk.lose_ledger("old", by="hand")
    assert run(["-C", str(desk.folder), "publish"]) == 1
    web = shutil.copytree(desk.web, tmp_path / "copy")
    desk.lose_output(None)
    assert run(["-C", str(desk.folder), "publish", "--after-restore"]) == 1
    assert run(["-C", str(desk.folder), "publish", "--after-restore", str(tmp_path / "nowhere")]) == 1
    assert run(["-C", str(desk.folder), "publish", "--after-restore", str(web)]) == 0
    assert run(["-C", str(desk.folder), "publish", "--after-restore", "-v"]) == 0


def test_restores_in_every_order_of_loss_never_fork(
    tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    wanted = RESTORES_LONG if pytestconfig.getoption("--long") else RESTORES
    chance = random.Random(SEED)
    ways: Counter[str] = Counter()
    desk = Desk(tmp_path / "0")
    desk.publish()
    for number in range(wanted):
        if number % 10 == 9:
            desk = Desk(tmp_path / str(number))
            desk.publish()
        desk.back_up("old")
        newest = {"ledger": True, "output": True}
        for _ in range(chance.randrange(3)):
            desk.report()
            desk.publish()
            newest = {"ledger": False, "output": False}
        losses = chance.sample(["ledger", "output"], chance.randrange(1, 3))
        by, output_copy = chance.choice(["hand", "command"]), chance.choice([None, "old"])
        for loss in losses:
            desk.lose_ledger("old", by=by) if loss == "ledger" else desk.lose_output(output_copy)
        is_newest = newest["ledger"] or "ledger" not in losses
        rolled_back = losses and not is_newest and "output" in losses and output_copy == "old" and by == "hand"
        if rolled_back:  # ledger and output both as they were then: nothing is left that tells. Say so by `restore`.
            desk.lose_ledger("old", by="command")
        desk.report()
        try:
            desk.publish()
            ways["went on"] += 1
        except StoreError:
            try:
                desk.publish(ledger_is_newest=True) if is_newest else desk.publish(after_restore=str(desk.web))
            except StoreError:
                desk.publish(after_restore=str(desk.web))
            ways["waited"] += 1
        assert not verify(str(desk.site.root), since=str(desk.web / "log/checkpoint")).problems
    record_property("counted", f"{wanted} restores ({dict(ways)}), never two signed roots of one size")
