"""The names of the files of a site."""

from pathlib import Path

import pytest

from events import commands
from feed.publishing import render
from feed.publishing.render import SITE_FILES
from tests.builders import STORY, Clock, newsroom, reconfigured


def test_files_over_all_stories_are_those_that_are_published(tmp_path: Path) -> None:
    """A withdrawal on a full disk removes them: one that is not named here would go on quoting it."""
    site = newsroom(tmp_path, Clock())
    with site.ledger() as ledger:
        expects = [{"what": "A list", "due": "2030-03-09"}]
        ledger.append(commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt", expects=expects))
    site.publish()
    assert {path.name for path in site.root.iterdir() if path.is_file()} == {*SITE_FILES, ".writethru"}


def test_pictures_for_sharing_are_files_of_the_site_and_of_each_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "site_image", lambda *_: b"of the site")
    monkeypatch.setattr(render, "story_image", lambda *_: b"of the story")
    site = reconfigured(newsroom(tmp_path, Clock()), "share_images = false", "share_images = true")
    with site.ledger() as ledger:
        ledger.append(commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt"))
    site.publish()
    assert (site.root / "share.png").read_bytes() == b"of the site"
    assert (site.root / "stories" / STORY / "share.png").read_bytes() == b"of the story"
