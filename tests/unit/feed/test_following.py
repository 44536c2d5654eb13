"""Whether anything is to be published, asked by a process that watches."""

from pathlib import Path

from events import commands
from feed.following import FollowedFile
from tests.builders import STORY, newsroom


def test_ledger_that_another_process_has_open_may_be_idle(tmp_path: Path) -> None:
    site = newsroom(tmp_path / "desk")
    log = site.folder / "ledger.db-wal"
    with site.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire"))
        site.publish()
        assert log.exists()
        assert FollowedFile(site.folder).idle_reports() == ""
        ledger.append(commands.report(STORY, "Two hurt"))
        assert FollowedFile(site.folder).idle_reports() is None
    site.publish()
    assert not log.exists()
    assert FollowedFile(site.folder).idle_reports() == ""
