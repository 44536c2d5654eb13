"""The inbox beside publishing: it wakes nothing, and no byte of the output depends on it."""

import shutil
from dataclasses import replace
from pathlib import Path

from feed.fast_path import nothing_to_do
from feed.intake.inbox import Inbox
from feed.intake.sources import Sources
from feed.site import Site
from tests.sites import a_site, everything, output
from tests.texts import FEED, ITEM


def fill(site: Site, drafts: int) -> None:
    """Make so many drafts of a source."""
    with Inbox(site.folder) as inbox:
        Sources(inbox).add(FEED, story="a", every_s=3600, allow=(), now=site.clock())
        with inbox.writing():
            for number in range(drafts):
                inbox.add(replace(ITEM, name=str(number)), story="a", at=site.clock())
        assert len(inbox.drafts()) == drafts


def test_thousand_drafts_do_not_wake_an_idle_publish(tmp_path: Path) -> None:
    site, _ = a_site(tmp_path, "a")
    site.publish()
    before = everything(tmp_path)
    fill(site, 1_000)
    assert nothing_to_do(str(tmp_path), 9e12)
    after = everything(tmp_path)
    assert after.keys() - before.keys() == {"inbox.db"}
    assert {path: after[path] for path in before} == before


def test_output_is_the_same_with_and_without_an_inbox(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path / "with", "a")
    twin = Site.open(Path(shutil.copytree(site.folder, tmp_path / "without")), clock=clock)
    fill(site, 3)
    for one in (site, twin):
        one.publish()
    assert output(site) == output(twin)
    assert not (twin.folder / "inbox.db").exists()
