"""Checks that run while others record and publish compare one consistent state, and raise no false alarm."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from events import commands
from feed.cli.commands.backup import backup, verify
from feed.cli.desk import Desk
from feed.site import Site
from feed.transparency import audit, recover
from tests.sites import LATER, a_site, record

FIRE = "harbour-fire"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site, clock = a_site(tmp_path / "desk", FIRE)
    site.publish()
    clock.go(LATER)
    return site


def test_rebuild_is_compared_as_of_the_publication(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    makes = tempfile.mkdtemp
    recorded: list[int] = []

    def record_first(**options: Any) -> str:
        recorded.append(len(recorded))
        record(site, commands.report(FIRE, f"Meanwhile {len(recorded)}"))
        return str(makes(**options))

    monkeypatch.setattr("feed.site.tempfile.mkdtemp", record_first)
    assert site.verify_rebuild() == ()
    assert recorded == [0]


def test_rebuild_starts_again_after_a_redaction(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    makes = tempfile.mkdtemp
    made: list[str] = []

    def redact_first(**options: Any) -> str:
        if not made:
            record(site, commands.redact(FIRE, "A court.", development="d1"))
        made.append(makes(**options))
        return made[-1]

    monkeypatch.setattr("feed.site.tempfile.mkdtemp", redact_first)
    assert site.verify_rebuild() == ()
    assert len(made) == 2


@pytest.mark.parametrize("command", [verify, backup])
def test_check_beside_a_publication_finds_no_damage(
    site: Site, tmp_path: Path, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = recover.read_checkpoint

    def publish_first(root: Path) -> str:
        record(site, commands.report(FIRE, "Meanwhile"))
        site.publish()
        return reads(root)

    monkeypatch.setattr(audit, "read_checkpoint", publish_first)
    desk = Desk(named=str(site.folder), now=site.clock())
    result = CliRunner().invoke(command, [str(tmp_path / "copy.db")] if command is backup else [], obj=desk)
    assert (result.exit_code, "no problems found" in result.output) == (0, True), result.output
