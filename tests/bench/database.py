"""The rows on PostgreSQL: appends beside `eventsourcing`, and many writers who are a millisecond away."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from events.store import open_store
from events.store.base import Address
from tests import postgres
from tests.bench.measure import Series, Step, event_cpu_us, event_us, interleave
from tests.bench.newsrooms import Bench
from tests.bench.on_postgres import DATABASE, SCHEMA, url_at
from tests.bench.rows import Row, Table, Target, alone, exactly

MODULE = "tests.bench.on_postgres"
BATCH = 100
EVENTS = {1: 1_000, BATCH: 5_000}
WRITERS = 8
WRITERS_S = 5.0
DELAY_S = 0.0005
"""One way: a millisecond there and back."""
PROXY = """
import asyncio, sys
async def pump(reader, writer):
    loop = asyncio.get_running_loop()
    while data := await reader.read(65_536):
        loop.call_later(float(sys.argv[2]), writer.write, data)
    loop.call_later(float(sys.argv[2]), writer.close)
async def handle(reader, writer):
    server_reader, server_writer = await asyncio.open_unix_connection(sys.argv[1])
    await asyncio.gather(pump(reader, server_writer), pump(server_reader, writer))
async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def appends(bench: Bench) -> list[Row]:
    programs = postgres.programs()
    if programs is None:
        return [alone("append in PostgreSQL", None, Target(unit="µs"), note=postgres.MISSING)]
    rows = []
    with postgres.server(programs, durable=True) as server:
        for batch, target in ((1, Target(must=1.0)), (BATCH, Target(must=0.5))):
            steps = {side: _append(bench, server, side, batch) for side in ("raw", "ours")}
            missing = [module for module in ("eventsourcing", "psycopg_pool") if find_spec(module) is None]
            absent = {"raw": Series(failure=f"{' and '.join(missing)} is not installed")} if missing else {}
            series = absent | interleave([step for side, step in steps.items() if side not in absent], runs=bench.runs)
            table = Table(series, wall=event_us, cpu=event_cpu_us, unit="µs")
            name = "append in PostgreSQL, " + ("durable, one event" if batch == 1 else f"in batches of {batch}")
            rows.append(table.row(name, target, **steps))
        rate = _writers(server)
        target = Target(must=100, unit="a second")
        rows.append(alone(f"{WRITERS} writers, PostgreSQL 1 ms away", exactly(rate), target))
    return rows


GROUPS: dict[str, Callable[[Bench], list[Row]]] = {"database": appends}


def _append(bench: Bench, server: postgres.Server, side: str, batch: int) -> Step:
    count = min(EVENTS[batch], bench.small)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        MODULE,
        side,
        server.folder,
        bench.corpus(bench.small),
        str(count),
        str(batch),
    ]
    return Step(side, command, partial(_empty, server))


def _empty(server: postgres.Server) -> None:
    for statement in (f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}"):
        server.run("psql", server.url, "-qc", statement)


def _writers(server: postgres.Server) -> float:
    """Return how many events a second many writers record together, each in a story of its own."""
    _empty(server)
    open_store(Address(url_at(str(server.folder)), SCHEMA), create=True).close()
    arguments = [sys.executable, "-c", PROXY, f"{server.folder}/.s.PGSQL.5432", str(DELAY_S)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout is not None
        url = f"postgresql://postgres@127.0.0.1:{proxy.stdout.readline().strip()}/{DATABASE}"
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", MODULE, "writer", url, f"story-{number}", str(WRITERS_S)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for number in range(WRITERS)
        ]  # fmt: skip
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        counts = [int(writer.communicate()[0]) for writer in writers]
        proxy.kill()
    return sum(counts) / WRITERS_S
