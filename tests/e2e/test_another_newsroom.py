"""A ledger under another newsroom's configuration: nothing is announced again (feed/README.md#another-newsroom)."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from events.errors import WritethruError
from events.integrity import backup as copies
from events.store import open_store
from feed.paths import CONFIG_NAME
from feed.site import Site
from tests.builders import HOUR, reconfigured
from tests.sites import a_site, output

pytestmark = pytest.mark.slow
OTHER = "6f1c1f0e-5d0c-4c5e-9a51-0d4f3f1f9b12"


def test_ledger_of_another_newsroom_is_not_published(tmp_path: Path) -> None:
    # Given a published newsroom, and its backup restored into one with another id
    site, clock = a_site(tmp_path / "one", "fire")
    site.publish()
    other, _ = a_site(tmp_path / "other")
    other = reconfigured(other, str(site.config.newsroom.id), OTHER)
    with closing(open_store(site.folder / "ledger.db")) as store:
        copies.backup(store, tmp_path / "copy.db")
    with closing(open_store(other.folder / "ledger.db")) as store:
        copies.restore(tmp_path / "copy.db", store, folder=other.folder)
    other.clock = clock
    # Then nothing is published, not even in a trial
    for dry_run in (True, False):
        with pytest.raises(WritethruError, match=r"another `newsroom\.id` has published this ledger"):
            other.publish(dry_run=dry_run)
    assert output(other) == {}
    # And with the right configuration the entries keep their ids
    shutil.copy(site.folder / CONFIG_NAME, other.folder)
    clock.go(HOUR)
    restored = Site.open(other.folder, clock=clock)
    restored.publish()
    assert output(restored)["feed.atom"] == output(site)["feed.atom"]


def test_changed_id_of_a_newsroom_is_refused(tmp_path: Path) -> None:
    site, clock = a_site(tmp_path, "fire")
    site.publish()
    before = output(site)
    clock.go(HOUR)
    with pytest.raises(WritethruError, match=r"newsroom\.id"):
        reconfigured(site, str(site.config.newsroom.id), OTHER).publish()
    assert output(site) == before
