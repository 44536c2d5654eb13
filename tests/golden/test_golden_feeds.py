"""The feeds of the worked stories, byte for byte, in every format.

Each story is published alone, at its end, with ten entries a feed, so that there is an archive.
To write them again: `pytest tests/golden --update-golden`, then read `git diff tests/golden`.
"""

import pytest

from feed.output.tree import TreeFiles
from feed.publishing.remembered import damage
from tests.builders import reconfigured
from tests.conftest import Golden
from tests.golden.stories import HERE, stories, story

FEEDS = (".atom", ".rss", "/feed.json", "/corrections.json", ".opml")


@pytest.fixture(scope="module", params=stories())
def published(
    request: pytest.FixtureRequest, store: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, bytes]]:
    recording = story(request.param).record(tmp_path_factory.mktemp(f"{request.param}-{store}") / "newsroom")
    site = reconfigured(recording.site, "entries = 50", "entries = 10")
    assert site.publish().failed == ()
    assert site.output_problems() == ()
    with site.ledger() as ledger, ledger.store.reading() as reading:
        assert list(damage(reading, site.config.site.base_url, now=site.clock())) == []
    return request.param, {path: data for path, data in TreeFiles(site.root).items() if f"/{path}".endswith(FEEDS)}


def test_feeds_are_as_in_the_golden_files(published: tuple[str, dict[str, bytes]], golden: Golden) -> None:
    name, files = published
    for path, data in files.items():
        golden(data.decode(), f"{name}/feeds/{golden_path(path)}")


def test_no_golden_feed_is_left_over(published: tuple[str, dict[str, bytes]]) -> None:
    name, files = published
    folder = HERE / name / "feeds"
    files_there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert files_there == {golden_path(path) for path in files}


def golden_path(path: str) -> str:
    """Return the path of the golden file for a published one: without the story's folder, where the golden file is."""
    parts = path.split("/")
    return "/".join(parts[2:]) if parts[0] == "stories" else f"all/{path}"
