"""The names of the files of a site."""

from pathlib import Path

from events import commands
from feed.publishing.render import SITE_FILES
from tests.builders import STORY, Clock, newsroom


def test_files_over_all_stories_are_those_that_are_published(tmp_path: Path) -> None:
    """A withdrawal on a full disk removes them: one that is not named here would go on quoting it."""
    site = newsroom(tmp_path, Clock())
    with site.ledger() as ledger:
        expects = [{"what": "A list", "due": "2030-03-09"}]
        ledger.append(commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt", expects=expects))
    site.publish()
    assert {path.name for path in site.root.iterdir() if path.is_file()} == {*SITE_FILES, ".writethru"}
