"""A new value of a setting rebuilds the output if, and only if, it reaches the output's bytes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from events import commands
from feed.checkpoint import CHECKPOINT_NOTE
from feed.config import INTERNAL, ConfigFile
from feed.fast_path import nothing_to_do
from feed.site import Published, Site
from tests.builders import Clock, newsroom, reconfigured, signing
from tests.sites import record


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom that has published a story and signs its log."""
    site = newsroom(tmp_path / "desk", Clock())
    record(site, commands.open_story("fire", "Fire"), commands.report("fire", "Two hurt"))
    site = signing(site, tmp_path / "key")
    site.publish()
    return site


def files(site: Site) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_ino, path.read_bytes()) for path in site.root.rglob("*") if path.is_file()}


def with_key_moved(site: Site) -> Site:
    key = site.folder.parent / "key"
    key.rename(key.with_name("moved"))
    return reconfigured(site, str(key), str(key.with_name("moved")))


def table(name: str, *lines: str) -> tuple[str, str]:
    """Return the edit that adds a table to the configuration."""
    return "[log]", "\n".join((f"[{name}]", *lines, "", "[log]"))


MIRROR = table("mirror", 'endpoint = "https://s3.example/"', 'region = "eu"', 'purge = "cat"')

EDITS = {
    "a remark": ("[output]", "# a remark\n[output]"),
    "a default spelled out": ("share_images = false", ""),
    "recording.actor": ('# actor = "night desk"', 'actor = "night desk"'),
    "recording.time_zone": ('# time_zone = "Europe/Berlin"', 'time_zone = "Europe/Berlin"'),
    "publishing.max_jump": ("max_jump = 400", "max_jump = 30"),
    "metrics.file": table("metrics", 'file = "../writethru.prom"'),
    "heartbeat.url": table("heartbeat", 'url = "env:HEARTBEAT"'),
    "serve.hosts": table("serve", 'hosts = ["feed.internal"]'),
    "serve.all_metrics": table("serve", "all_metrics = true"),
    "desk.url": table("desk", 'url = "https://news.example/desk/"'),
    "desk.undo_window": table("desk", "undo_window = 0"),
    "mirror.endpoint": MIRROR,
    "mirror.region": MIRROR,
    "mirror.purge": MIRROR,
}
CHANGES: dict[str, Callable[[Site], Site]] = {
    "log.key": with_key_moved,
    **{name: partial(reconfigured, was=was, now=now) for name, (was, now) in EDITS.items()},
}


def test_every_internal_setting_has_a_change_here(site: Site) -> None:
    internal = {
        f"{name}.{key}"
        for name, table in site.config
        if name in ConfigFile.model_fields
        for key, field in type(table).model_fields.items()
        if INTERNAL in field.metadata
    }
    moving = {"ledger.url", "ledger.schema_name", "mirror.url"}  # test_move.py and tests of the mirror change those
    assert internal - moving == {name for name in CHANGES if "." in name}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_that_reaches_no_byte_renders_and_writes_nothing(
    site: Site, change: Callable[[Site], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(site)
    monkeypatch.setattr("feed.publishing.tasks.render_story", None)
    changed = change(site)
    assert not nothing_to_do(str(site.folder), site.clock().timestamp())
    assert changed.publish() == Published()
    assert files(site) == before
    assert nothing_to_do(str(site.folder), site.clock().timestamp())


def test_published_setting_rebuilds_everything(site: Site) -> None:
    reconfigured(site, "Test desk", "Night desk").publish()
    assert b"Night desk" in (site.root / "stories/fire/index.html").read_bytes()


def test_another_key_of_the_log_rebuilds_the_log(site: Site, tmp_path: Path) -> None:
    signer = site.signer()
    published = signing(site, tmp_path / "second", by=signer).publish()
    assert set(published.changed) >= {"log/keys", "log/checkpoint"}


def test_checkpoint_of_an_older_version_rebuilds_everything(site: Site) -> None:
    # Given the checkpoint as 0.1.0 wrote it, and a file that only a rebuild restores
    page = site.root / "stories/fire/index.html"
    page.write_bytes(b"old")
    token = (site.root / ".writethru").read_text().strip()
    old = f"6\n2\nnever\n{token}\npublic\n{site.config_text}"
    with closing(sqlite3.connect(site.folder / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE notes SET text = ? WHERE name = ?", (old, CHECKPOINT_NOTE))
    assert not nothing_to_do(str(site.folder), site.clock().timestamp())
    assert "stories/fire/index.html" in site.publish().changed
