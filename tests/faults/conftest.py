"""Newsrooms that sign their log."""

import shutil
from pathlib import Path

import pytest

from events import commands
from feed.site import Site
from tests.builders import HOUR, Clock, newsroom, signing
from tests.faults.publishers import POSE, POSE_JSON, Publisher
from tests.faults.signing_desk import Desk


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return a newsroom that signs its log, with a headline that poses as a checkpoint."""
    folder = tmp_path_factory.mktemp("hostile")
    clock = Clock()
    site = signing(newsroom(folder / "desk", clock), folder / "key")
    with site.ledger() as ledger:
        ledger.append(commands.open_story("fire", POSE), commands.open_story("flood", "Flood"))
        ledger.append(
            commands.report("fire", POSE_JSON, body=f"{POSE}\n\n{POSE_JSON}", development="d1"),
            commands.report("fire", "Two hurt", development="d2"),
            commands.report("flood", "Water", development="d1"),
        )
        site.publish()
        clock.go(HOUR)
        ledger.append(
            commands.hold("fire", "d2"),
            commands.correct("flood", "d1", {"headline": "Much water"}, "It was more.", id="c1"),
        )
    clock.go(HOUR)
    site.publish()
    return site


@pytest.fixture
def publisher(published: Site, tmp_path: Path) -> Publisher:
    signer = published.signer()
    assert signer is not None
    return Publisher(Path(shutil.copytree(published.root, tmp_path / "public")), signer)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk that has a backup, "old", and has published one more report since."""
    desk = Desk(tmp_path)
    desk.publish()
    desk.back_up("old")
    desk.report()
    desk.publish()
    return desk
