"""Many editors at one desk, whose server is killed at random: nothing is lost, nothing is recorded twice."""

import http.client
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

import html5lib
import pytest

from events import commands
from events.model.events import DevelopmentReported
from feed.site import Site
from tests.builders import newsroom, reconfigured
from tests.editor import XHTML
from tests.served import Serving, serving
from tests.sites import record

PAGE = "/desk/stories/fire/"
CONFLICT_SHARE_MAX = 0.02
TRIES_S = 60
KILLS_MIN = 3
POSTS_MAX = 20


@dataclass
class Server:
    """A server that is killed again and again, `kills_max` times at most, and started at the same port."""

    site: Site
    kills_max: int
    serving: Serving | None = None
    kills: int = 0
    stop: Event = field(default_factory=Event)

    def run(self, *, lives_s: tuple[float, float]) -> None:
        """Serve until `stop` is set, each time for a random while."""
        port = "0"
        while not self.stop.is_set():
            with serving(self.site, "--port", port) as server:
                self.serving, port = server, str(server.port)
                self.stop.wait(random.uniform(*lives_s) if self.kills < self.kills_max else None)
                if not self.stop.is_set():
                    self.kills += 1
                    server.process.kill()
                    server.process.wait()

    def ask(self, method: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Ask until there is an answer, as the page's script does."""
        until = time.monotonic() + TRIES_S
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException), ExitStack() as stack:
                assert self.serving is not None
                connection = http.client.HTTPConnection("127.0.0.1", self.serving.port, timeout=20)
                stack.callback(connection.close)
                headers = {"Origin": f"http://127.0.0.1:{self.serving.port}"}
                headers |= {"Content-Type": "application/x-www-form-urlencoded"} if fields is not None else {}
                connection.request(method, PAGE, urlencode(fields or {}), headers)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            time.sleep(0.05)
        raise AssertionError("the server does not come back")


@contextmanager
def killed_again_and_again(site: Site, lives_s: tuple[float, float], *, kills_max: int) -> Iterator[Server]:
    """Keep a server running in a block that is killed when it has lived for a random while, so many times at most."""
    server = Server(site, kills_max)
    running = Thread(target=server.run, kwargs={"lives_s": lives_s})
    running.start()
    try:
        while server.serving is None:
            time.sleep(0.05)
        yield server
    finally:
        server.stop.set()
        running.join()


@dataclass
class Count:
    """What editors have sent and got."""

    sent: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def edit(server: Server, editor: int, posts: int, count: Count) -> None:
    """Report again and again: most of it of a fact of one's own, now and then of one that all report.

    An editor who is shown what others have changed sends the report again. While the server was away all editors
    waited, so several of them may meet at the fact of all, and one was seen to need six posts.
    It goes on after so many `posts` until the server has been killed often enough.
    """
    chance = random.Random(editor)
    for number in itertools.takewhile(lambda number: number < posts or server.kills < KILLS_MIN, itertools.count()):
        form = hidden(server.ask("GET")[1])
        headline = f"Report {number} of editor {editor}."
        key = "hurt" if chance.random() < 0.02 else f"of-editor-{editor}"
        fields = {**form, "headline": f"{headline} #{key}={number}"}
        for _ in range(POSTS_MAX):
            began = time.monotonic()
            status, text = server.ask("POST", fields)
            count.statuses[status] += 1
            count.seconds.append(time.monotonic() - began)
            if status == 303:
                break
            assert status == 409, text
            assert headline in text  # nothing that was typed is lost
            assert "Hurt" in text.partition("changed this while you wrote")[2].partition("</ul>")[0]
            assert int(hidden(text)["seen"]) > int(fields["seen"])  # a conflict shows something new each time
            fields |= hidden(text)
        else:
            raise AssertionError(f"{headline} is still refused after {POSTS_MAX} times")
        count.sent.append(headline)


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the form of a report."""
    [form] = [
        form for form in html5lib.parse(page).iter(f"{XHTML}form") if "compose" in (form.get("class") or "").split()
    ]
    fields = form.findall(f"{XHTML}input")
    return {item.get("name", ""): item.get("value", "") for item in fields if item.get("type") == "hidden"}


def reports(site: Site) -> list[str]:
    with site.ledger() as ledger:
        events = [recorded.event for recorded in ledger.events("fire")]
    return [event.headline for event in events if isinstance(event, DevelopmentReported)]


@pytest.mark.slow
def test_killed_desk_loses_nothing_and_records_nothing_twice(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    is_long = request.config.getoption("--long")
    editors, posts, lives_s, kills_max = (20, 50, (3.0, 9.0), 200) if is_long else (4, 4, (0.3, 1.0), KILLS_MIN)
    made = reconfigured(newsroom(tmp_path / "room"), "[publishing]", "[desk]\nundo_window = 1\n\n[publishing]")
    site = Site.open(made.folder)
    record(site, commands.open_story("fire", "Fire at the harbour"))
    site.publish()
    count = Count()
    killed = killed_again_and_again(site, lives_s, kills_max=kills_max)
    with killed as server, ThreadPoolExecutor(editors) as threads:
        list(threads.map(lambda editor: edit(server, editor, posts, count), range(editors)))
    times = sorted(count.seconds)
    sys.stderr.write(f"{server.kills} kills, {count.statuses}, POST p95 {times[int(len(times) * 0.95)]:.3f} s\n")
    assert Counter(reports(site)) == Counter(count.sent)
    assert count.statuses[409] <= max(1, CONFLICT_SHARE_MAX * len(count.sent))
    assert_published_after_restart(site, count.sent[-1])


def assert_published_after_restart(site: Site, headline: str) -> None:
    """Fail unless what waited when the server was killed is published by the next one, without `--watch`."""
    with serving(site):
        until = time.monotonic() + 20
        while headline.encode() not in (site.root / "stories/fire/history.json").read_bytes():
            assert time.monotonic() < until
            time.sleep(0.1)
