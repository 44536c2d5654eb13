"""The event stream through a real nginx, which is killed and comes back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path

from events import commands
from events.system import utc_now
from feed.site import Site
from tests.builders import STORY, newsroom
from tests.served import Serving, serving
from tests.sites import record
from tests.web_servers import free_port, nginx_command, printed, running

OTHER = "flood"


@contextmanager
def nginx(site: Site, server: Serving, port: int, folder: Path) -> Iterator[Serving]:
    """Run nginx, with the file that `config` prints, in front of the server in a block."""
    text = printed(site.folder, "nginx").replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
    folder.mkdir(exist_ok=True)
    with running(nginx_command(folder, text), port, folder / "log"):
        yield replace(server, port=port)


def report(site: Site, story: str, number: int) -> tuple[str, str]:
    """Record a report, the item `number` of its story, and return what listeners hear of it."""
    with site.ledger() as ledger, ledger.store.reading() as reading:
        size = reading.log_size() + 1
    record(site, commands.report(story, f"Report {number}"))
    return str(size), f'{{"story":"{story}","n":{number}}}'


def test_listener_catches_up_when_nginx_is_back(tmp_path: Path) -> None:
    port = free_port()
    site = newsroom(tmp_path / "desk", base_url=f"http://127.0.0.1:{port}/")
    site = Site.open(site.folder, clock=utc_now)
    record(site, commands.open_story(STORY, "Fire"), commands.open_story(OTHER, "Flood"))
    site.publish()
    with serving(site, "--watch") as server:
        with nginx(site, server, port, tmp_path / "nginx") as proxy, proxy.listening() as listener:
            first = report(site, STORY, 2)
            assert listener.heard() == first
        with server.listening() as direct:  # nginx is gone
            missed = []
            for story in (OTHER, STORY):
                missed.append(report(site, story, 2 if story == OTHER else 3))
                assert direct.heard() == missed[-1]
        with nginx(site, server, port, tmp_path / "nginx") as proxy, proxy.listening(Last_Event_ID=first[0]) as again:
            assert [again.heard() for _ in missed] == missed
            newest = report(site, STORY, 4)
            assert again.heard() == newest
            assert proxy.ask(f"/stories/{STORY}/").body == (site.root / f"stories/{STORY}/index.html").read_bytes()
            with suppress(HTTPException):
                assert server.stop() == (0, "")
