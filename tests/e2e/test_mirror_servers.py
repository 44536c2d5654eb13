"""Servers of S3's protocol, real and another imitation, obey conditional writes as ours, and get the same files."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from events import commands
from feed.mirror.bucket import Bucket, NewerError
from feed.mirror.state import read_queue
from tests.bucket import KEYS, object_server, with_mirror
from tests.desk import FIRE, DeskRunner

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)
SAME = "The mirror has the same files as the output.\n"


@pytest.fixture(scope="module", params=["weed", "moto_server"])
def endpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with object_server(request.param, tmp_path_factory.mktemp("objects")) as url:
        yield url


def test_server_gets_each_change_and_obeys_conditions(
    tmp_path: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    desk = DeskRunner(tmp_path / "desk")
    desk.site = with_mirror(desk.site, endpoint)
    desk.record(commands.open_story(FIRE, "Fire"), commands.report(FIRE, "Two hurt", development="d1"))
    for _ in range(2):
        desk.clock.go(MINUTE)
        assert desk.output("publish") == ""
        assert desk.output("mirror", "--verify") == SAME
        desk.record(commands.report(FIRE, "Three hurt", facts=[{"key": "hurt", "value": 3}]))
    assert "Two hurt" in desk.output("show", FIRE)
    assert desk.run("hold", FIRE, "d1", "--publish").exit_code == 0
    # Then no object has the text, once the command has returned
    objects = Bucket(desk.site.config, desk.site.folder)
    there = {path: objects.look(path, is_whole=True) for path in objects.tags()}
    assert [path for path, remote in there.items() if remote is None or b"Two hurt" in remote.data] == []
    assert desk.output("mirror", "--verify") == SAME
    with desk.site.ledger() as ledger:
        queue = read_queue(desk.site, ledger)
    assert queue is not None
    assert queue.conditions == "tags"
    late = Bucket(desk.site.config, desk.site.folder)
    late.conditions, late.stamp = "tags", (1, 1)
    for tag in ("", "0" * 32, "?"):
        with pytest.raises(NewerError):
            late.put("index.html", b"late", {"Content-Type": "text/html"}, tag=tag)
    with pytest.raises(NewerError):
        late.delete("index.html", is_known=True)
    assert desk.output("mirror", "--verify") == SAME
    desk.output("mirror", "--everything")
    assert desk.output("mirror", "--verify") == SAME
