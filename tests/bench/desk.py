"""The rows on the desk: a preview in a long story, and reports of 20 editors at once."""

import http.client
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode

from events import commands
from events.system import uuid7
from feed.site import Site
from tests.bench.measure import Figure, RunError, progress
from tests.bench.newsrooms import Bench
from tests.bench.rows import Row, Target, alone, exactly
from tests.builders import newsroom
from tests.served import Serving, serving

DEVELOPMENTS, PREVIEWS, EDITORS, REPORTS = 500, 100, 20, 10
PAUSE_S_MAX = 0.6
PAGE = "/desk/stories/fire/"


def desk(bench: Bench) -> list[Row]:
    """Measure the desk of a newsroom with one story."""
    progress("the desk")
    site = Site.open(newsroom(bench.folder / "desk").folder)
    claims = [[{"key": f"key{number % 40}", "value": number, "unit": "people"}] for number in range(DEVELOPMENTS)]
    with site.ledger() as ledger:
        ledger.append(commands.open_story("fire", "Fire at the harbour"))
        ledger.append_all(
            commands.report("fire", f"Report {number}", facts=facts) for number, facts in enumerate(claims)
        )
    site.publish()
    with serving(site) as server, ThreadPoolExecutor(EDITORS) as threads:
        _post(server, PAGE, "The first one loads the story")
        previews = [_post(server, f"{PAGE}preview?part", f"Two hurt #hurt={number}") for number in range(PREVIEWS)]
        reports = [time_s for times in threads.map(lambda _: _edit(server), range(EDITORS)) for time_s in times]
    return [
        alone(f"preview, p95, {DEVELOPMENTS} developments", _p95(previews), Target(50, at_most=True, unit="ms")),
        alone(f"a report, p95, {EDITORS} editors", _p95(reports), Target(100, at_most=True, unit="ms")),
    ]


def _edit(server: Serving) -> list[float]:
    times = []
    for number in range(REPORTS):
        time.sleep(random.uniform(0, PAUSE_S_MAX))
        times.append(_post(server, PAGE, f"Report {number}"))
    return times


def _post(server: Serving, path: str, headline: str) -> float:
    """Send a form, and return how many seconds the answer took."""
    fields = {"event_id": str(uuid7()), "seen": "99999", "headline": headline}
    headers = {"Origin": server.url.rstrip("/"), "Content-Type": "application/x-www-form-urlencoded"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        began = time.perf_counter()
        connection.request("POST", path, urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in {200, 303}:
            raise RunError(f"the desk answers {answer.status}")
        return time.perf_counter() - began


def _p95(seconds: list[float]) -> Figure:
    return exactly(1000 * sorted(seconds)[len(seconds) * 95 // 100])


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {"desk": desk}
