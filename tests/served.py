"""`writethru serve` as a process of its own, and plain requests to it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from feed.site import Site

ROOT = Path(__file__).parents[1]
PATIENCE_S = 30
TO_END_S = 8
"""What does not end by itself takes longer, on a busy machine too; tests/bench measures the two seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, the headers by lower-case name, and the body as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Serving:
    """A running server: its port, its process, and its first line."""

    port: int
    process: "subprocess.Popen[str]"
    announcement: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """Request a path exactly as it is written; `If_None_Match` is the header If-None-Match."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.putrequest(method, path, skip_host="Host" in named, skip_accept_encoding=True)
            for name, value in named.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    @contextmanager
    def listening(self, query: str = "", path: str = "/~events", **headers: str) -> Iterator["Listener"]:
        """Listen to its event stream in a block; `query` is such as `?story=fire`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path + query, headers={k.replace("_", "-"): v for k, v in headers.items()})
            yield Listener(connection.getresponse())
        finally:
            connection.close()

    def stop(self) -> tuple[int, str]:
        """End it with SIGTERM, and return its exit code and what it wrote to stderr."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, errors


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has taken, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Listener:
    """An open stream: what was heard so far, by fields, and comments as such."""

    def __init__(self, response: HTTPResponse) -> None:
        self.response = response
        self.hello = self.next()

    def next(self) -> dict[str, str]:
        """Wait for the next event, and return its fields; a comment is the field "", the end of the stream is none."""
        lines = iter(lambda: self.response.readline().decode().rstrip("\n"), "")
        return {name: value for name, _, value in (line.partition(": ") for line in lines)}

    def heard(self) -> tuple[str, str]:
        """Wait for the next notification, and return its id and its data. Comments keep a stream open meanwhile."""
        event = self.next()
        while "" in event:
            event = self.next()
        return event["id"], event["data"]


def command(folder: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "feed", "-C", str(folder), "serve", *options]


@contextmanager
def serving(site: Site, *options: str) -> Iterator[Serving]:
    """Serve a newsroom on a free port in a block."""
    arguments = command(site.folder, *(options if "--port" in options else ("--port", "0", *options)))
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r" at http://\S*:(\d+)/", line)
            assert found, line or process.stderr
            yield Serving(int(found[1]), process, line)
        finally:
            process.kill()
