"""A new value of a setting rebuilds the output if, and only if, it reaches the output's bytes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from events import commands
from feed.checkpoint import CHECKPOINT_NOTE
from feed.config import INTERNAL, ConfigFile
from feed.fast_path import nothing_to_do
from feed.site import Published, Site
from tests.builders import Clock, newsroom, reconfigured, signing


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom that has published a story and signs its log."""
    site = newsroom(tmp_path / "desk", Clock())
    with site.ledger() as ledger:
        ledger.append(commands.open_story("fire", "Fire"), commands.report("fire", "Two hurt"))
    site = signing(site, tmp_path / "key")
    site.publish()
    return site


def files(site: Site) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_ino, path.read_bytes()) for path in site.root.rglob("*") if path.is_file()}


def with_remark(site: Site) -> Site:
    return reconfigured(site, "[output]", "# a remark\n[output]")


def with_default_spelled_out(site: Site) -> Site:
    return reconfigured(site, "share_images = false", "")


def with_actor(site: Site) -> Site:
    return reconfigured(site, '# actor = "night desk"', 'actor = "night desk"')


def with_time_zone(site: Site) -> Site:
    return reconfigured(site, '# time_zone = "Europe/Berlin"', 'time_zone = "Europe/Berlin"')


def with_key_moved(site: Site) -> Site:
    key = site.folder.parent / "key"
    key.rename(key.with_name("moved"))
    return reconfigured(site, str(key), str(key.with_name("moved")))


def with_max_jump(site: Site) -> Site:
    return reconfigured(site, "max_jump = 400", "max_jump = 30")


def with_metrics(site: Site) -> Site:
    file = site.folder.parent / "writethru.prom"
    return reconfigured(site, "[log]", f'[metrics]\nfile = "{file}"\n\n[log]')


def with_heartbeat(site: Site) -> Site:
    return reconfigured(site, "[log]", '[heartbeat]\nurl = "env:HEARTBEAT"\n\n[log]')


def with_hosts(site: Site) -> Site:
    return reconfigured(site, "[log]", '[serve]\nhosts = ["feed.internal"]\n\n[log]')


def with_all_metrics(site: Site) -> Site:
    return reconfigured(site, "[log]", "[serve]\nall_metrics = true\n\n[log]")


def with_desk_url(site: Site) -> Site:
    return reconfigured(site, "[log]", '[desk]\nurl = "https://news.example/desk/"\n\n[log]')


def with_undo_window(site: Site) -> Site:
    return reconfigured(site, "[log]", "[desk]\nundo_window = 0\n\n[log]")


def with_mirror_options(site: Site) -> Site:
    options = 'endpoint = "https://s3.example/"\nregion = "eu"\npurge = "cat"'
    return reconfigured(site, "[log]", f"[mirror]\n{options}\n\n[log]")


OF_INTERNAL = {
    "recording.actor": with_actor,
    "recording.time_zone": with_time_zone,
    "publishing.max_jump": with_max_jump,
    "log.key": with_key_moved,
    "metrics.file": with_metrics,
    "heartbeat.url": with_heartbeat,
    "serve.hosts": with_hosts,
    "serve.all_metrics": with_all_metrics,
    "desk.url": with_desk_url,
    "desk.undo_window": with_undo_window,
    **dict.fromkeys(("mirror.endpoint", "mirror.region", "mirror.purge"), with_mirror_options),
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
    assert internal - moving == OF_INTERNAL.keys()


@pytest.mark.parametrize("change", [with_remark, with_default_spelled_out, *OF_INTERNAL.values()])
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
