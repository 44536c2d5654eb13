"""The golden stories have the same output, whole, with either store, with and without a mirror, which has it too."""

from pathlib import Path

import pytest

from feed.cli.publishing import publish_site
from tests.bucket import with_mirror
from tests.golden.stories import stories, story
from tests.postgres import Server
from tests.sites import output
from tests.stores import ledgers_in


@pytest.mark.slow
@pytest.mark.usefixtures("same_salts")
@pytest.mark.parametrize("name", stories())
def test_stores_and_mirrors_have_the_same_bytes(name: str, tmp_path: Path, postgres_server: Server) -> None:
    outputs: list[dict[str, bytes]] = []
    for number, url in enumerate((None, None, postgres_server.url)):
        with ledgers_in(url):
            site = story(name).record(tmp_path / str(number)).site
            mirror = tmp_path / f"mirror-{number}"
            site = site if number == 0 else with_mirror(site, "", url=str(mirror))
            assert publish_site(site).problems == ()
            outputs.append(output(site))
            files = {str(path.relative_to(mirror)): path.read_bytes() for path in mirror.rglob("*") if path.is_file()}
            assert files == ({} if number == 0 else outputs[-1])
    plain, *mirrored = outputs
    assert "index.html" in plain
    assert mirrored == [plain, plain]
