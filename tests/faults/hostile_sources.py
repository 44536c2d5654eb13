"""A script: adds each address that stdin names as a source, in a process of its own, and prints what came of it.

Arguments: a newsroom's folder, and the seconds that a fetch may take. A line of stdin is a JSON list of a name and an
address; a line of stdout is JSON: the exit code, what was printed, the seconds, the MB that it grew, and the addresses
that it connected to. The names of hosts are answered here, one of them differently each time.
"""

import json
import os
import resource
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from unittest.mock import patch

from feed.cli.program import command, run
from feed.intake import gather, items

OUTSIDE, INSIDE = "127.0.0.1", "127.0.0.2"
NAMES = {
    "inside.example": [[INSIDE]],
    "mixed.example": [[INSIDE, OUTSIDE]],
    "rebinds.example": [[OUTSIDE], [INSIDE]],
}
SYSTEM_LOOKUP = socket.getaddrinfo
lookups: Counter[str] = Counter()


def looked_up(host: str, port: int, **options: Any) -> list[Any]:
    """Return the addresses of a host, as a hostile name server gives them."""
    if host not in NAMES:
        return SYSTEM_LOOKUP(host, port, **options)
    answers = NAMES[host][min(lookups[host], len(NAMES[host]) - 1)]
    lookups[host] += 1
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def add(folder: Path, name: str, url: str) -> None:
    """Add a source in a process of its own, which prints what came of it."""
    connections: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            connections.append(str(arguments[1][0]))

    sys.stdout.flush()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    sys.addaudithook(watch)
    report, messages = os.dup(1), os.memfd_create("messages")
    os.dup2(messages, 1)
    os.dup2(messages, 2)
    begin, before = time.process_time(), memory_mb()
    code = run(["-C", str(folder), "source", "add", url, "--allow", f"{OUTSIDE}/32"])
    sys.stdout.flush()
    os.lseek(messages, 0, os.SEEK_SET)
    outcome = {
        "name": name,
        "code": code,
        "output": os.read(messages, 1_000_000).decode(),
        "seconds": time.process_time() - begin,
        "grown_mb": memory_mb() - before,
        "connections": connections,
    }
    os.write(report, f"{json.dumps(outcome)}\n".encode())
    os._exit(0)


def main() -> None:
    command("source")
    items.read_items(b"<rss version='2.0'><channel><title>x</title></channel></rss>", url="https://radio.example/")
    with patch.object(gather, "SECONDS_MAX", float(sys.argv[2])), patch("socket.getaddrinfo", looked_up):
        for line in sys.stdin:
            add(Path(sys.argv[1]), *json.loads(line))


main()
