"""The rows on `writethru serve`: answers beside nginx, and many listeners to its event stream."""

import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest import mock

from events import commands
from feed.output.tree import files_of
from feed.publishing.publication import Publication
from feed.site import Site
from tests.bench import ours
from tests.bench.measure import ENVIRONMENT, ROOT, Figure, RunError, progress, run
from tests.bench.newsrooms import Bench, middle_story
from tests.bench.rows import Row, Side, Target, alone, exactly
from tests.served import cpu_s
from tests.web_servers import free_port

PATH = "/feed.atom"
SECONDS = 3
STREAMS, NOTIFICATIONS = 2_000, 5
START_S, PAUSE_S = 30, 0.5
TEMPORARY = "".join(f"{name}_temp_path {{folder}}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
CONFIG = (
    "daemon off; pid {folder}/pid; error_log stderr; worker_processes 1; {user}\n"
    "events {{ worker_connections 1024; }}\n"
    "http {{ access_log off; include /etc/nginx/mime.types; gzip on; keepalive_requests 100000000; "
    f"{TEMPORARY}\n"
    "server {{ listen 127.0.0.1:{port}; root {root}; }} }}\n"
)


def serve(bench: Bench) -> list[Row]:
    """Measure answers and streams in a newsroom of the smaller size."""
    try:
        bench.make_published(bench.small)
        newsroom = bench.published(bench.small)
        return [
            *_answers(bench, newsroom),
            *_streams(bench, newsroom, watch=False),
            *_streams(bench, newsroom, watch=True),
        ]
    except RunError as error:
        return [alone("serve", None, Target(unit="ms"), note=str(error))]


def _answers(bench: Bench, newsroom: Path) -> Iterator[Row]:
    """Compare answers that nothing has changed with those of one process of nginx, in turns."""
    folder, ports = bench.folder / "nginx", (free_port(), free_port())
    folder.mkdir(exist_ok=True)
    user = "user root;" if os.geteuid() == 0 else ""
    text = CONFIG.format(folder=folder, port=ports[1], root=newsroom / "public", user=user)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    nginx: list[str | Path] = ["nginx", "-e", "stderr", "-p", folder, "-c", folder / "nginx.conf"]
    if shutil.which("nginx") is None:
        yield alone("304", None, Target(unit="/s"), note="nginx is not installed")
        return
    rates: tuple[list[tuple[float, float]], ...] = ([], [])
    with _running(_command(newsroom, ports[0]), ports[0]) as server, _running(nginx, ports[1]) as other:
        for _ in range(bench.runs):
            for rate, port, process in zip(rates, ports, (server.pid, _child(other.pid)), strict=True):
                rate.append(_rate(port, process))
    for aspect, name in enumerate(("304, a second", "304, a second of processor time")):
        ours_, theirs = (_figure([sample[aspect] for sample in rate]) for rate in rates)
        # The best of each: what else the machine does only slows them.
        target, score = Target(must=0.4 if aspect else None), ours_.high / theirs.high
        yield Row(name, "/s", target, Side("serve", ours_), raw=Side("nginx", theirs), score=score)


def _rate(port: int, pid: int) -> tuple[float, float]:
    """Return how many answers a server gives to one who has the file: a second, and a second of processor time."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("HEAD", PATH)
    tag = connection.getresponse().getheader("ETag") or ""
    connection.close()
    progress(f"304, port {port}")
    before = cpu_s(pid)
    if shutil.which("wrk") is None:
        output = run([sys.executable, "-m", "tests.bench.asking", str(port), PATH, tag, str(SECONDS)]).output
        answers = int(output)
    else:
        options = ["-t1", "-c64", f"-d{SECONDS}s", "-H", f"If-None-Match: {tag}"]
        output = run(["wrk", *options, f"http://127.0.0.1:{port}{PATH}"]).output
        answers = int(output.partition(" requests in ")[0].split()[-1])
    return answers / SECONDS, answers / (cpu_s(pid) - before)


def _streams(bench: Bench, newsroom: Path, *, watch: bool) -> list[Row]:
    """Measure 2,000 streams: how soon they hear, what that takes, and how soon all is over."""
    port = free_port()
    with _running(_command(newsroom, port, *(["--watch"] if watch else [])), port) as server:
        _ask_for_all(newsroom / "public", port)
        command = [sys.executable, "-m", "tests.bench.listening", str(port), str(STREAMS), str(NOTIFICATIONS)]
        with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as listeners:
            assert listeners.stdout is not None
            listeners.stdout.readline()
            progress(f"{STREAMS:,} streams{', --watch' if watch else ''}")
            marks = list((_recorded if watch else _published)(newsroom, middle_story(bench.small)))
            heard = json.loads(listeners.stdout.readline())
            memory = _peak_mb(server.pid)
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            server.wait()
            ended = time.monotonic() - began
            polite = int(listeners.stdout.readline())
    waits = [sorted(1000 * (at - mark) for at in instants) for mark, instants in zip(marks, heard, strict=True)]
    if any(len(wait) < STREAMS for wait in waits):
        return [alone("2,000 streams", None, Target(unit="ms"), note="not all notifications came")]
    p99 = _figure([wait[STREAMS * 99 // 100] for wait in waits])
    what, limit = ("from the commit, --watch", None) if watch else ("from the mark", 250)
    more = ", --watch" if watch else ""
    return [
        alone(f"told, p99 of 2,000, {what}", p99, Target(limit, at_most=True, unit="ms")),
        alone(f"peak memory of that{more}", exactly(memory), Target(150, at_most=True, unit="MB")),
        alone(
            f"SIGTERM to its end{more}", exactly(ended), Target(2, at_most=True, unit="s"), note=f"{polite} said bye"
        ),
    ]


def _ask_for_all(output: Path, port: int) -> None:
    """Ask for each file, so that the server has as much in memory as it will ever have."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        for path in files_of(output):
            connection.request("GET", f"/{path}")
            connection.getresponse().read()


def _figure(values: list[float]) -> Figure:
    return Figure(statistics.median(values), min(values), max(values))


def _published(newsroom: Path, story: str) -> Iterator[float]:
    """Publish events in this process, and yield when each publish checkpoint was about to be committed."""
    marks: list[float] = []
    remember = Publication.remember

    def remembered(*arguments: object) -> None:
        remember(*arguments)  # type: ignore[arg-type] # as it is called
        marks.append(time.monotonic())

    with mock.patch.object(Publication, "remember", remembered):
        for number in range(NOTIFICATIONS):
            time.sleep(PAUSE_S)
            site = Site.open(newsroom)
            with site.ledger() as ledger:
                ledger.append(commands.report(story, f"Told at once, {number}"))
            site.publish(wait=True)
            yield marks[-1]


def _recorded(newsroom: Path, story: str) -> Iterator[float]:
    """Record events, which the server publishes, and yield when each was committed."""
    for number in range(NOTIFICATIONS):
        time.sleep(PAUSE_S)
        with Site.open(newsroom).ledger() as ledger:
            ledger.append(commands.report(story, f"Told at once by the watch, {number}"))
        yield time.monotonic()
        time.sleep(PAUSE_S)


def _command(newsroom: Path, port: int, *options: str) -> list[str | Path]:
    return [ours.WRITETHRU, "-C", newsroom, "serve", "--port", str(port), *options]


@contextmanager
def _running(command: list[str | Path], port: int) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a server in a block, once it answers."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as server:
        try:
            ends = time.monotonic() + START_S
            while not _answers_at(port):
                if server.poll() is not None or time.monotonic() > ends:
                    raise RunError(f"{command[0]} does not start")
                time.sleep(0.05)
            yield server
        finally:
            server.terminate()


def _answers_at(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("HEAD", PATH)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _child(pid: int) -> int:
    """Return the one process that a process has started."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()[0])


def _peak_mb(pid: int) -> float:
    """Return the peak of a process's memory."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {"serve": serve}
