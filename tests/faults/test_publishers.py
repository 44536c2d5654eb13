"""Publishers of one ledger as processes that are killed: one publishes at a time, and nothing is lost."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import pytest

from events import commands
from events.store.base import Address
from events.system import utc_now
from feed.ledger_table import ledger_table, with_ledger
from feed.paths import CONFIG_NAME
from feed.site import Site
from feed.standby import LOOK_S
from tests import postgres
from tests.builders import STORY, newsroom
from tests.postgres import MISSING, Server
from tests.sites import record

psycopg = pytest.importorskip("psycopg", reason=MISSING)
ROOT = Path(__file__).parents[2]
HOSTS = 3
KILLS, KILLS_LONG = 6, 100
LISTENER_KILLS, LISTENER_KILLS_LONG = 4, 50
TAKEOVER_S = 5
CUT_OFF = re.compile("the connection to the database (was lost|failed)|the database cannot be reached")
"""What a host says: it depends on where in its work it was cut off."""
PATIENCE_S = 60
PUBLISHER = """
import os, sys, time
from feed.output.tree import Tree
from feed import cron
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND)
write, pause_s = Tree.write, float(sys.argv.pop(1))
def logged(tree, *arguments, **options):
    time.sleep(pause_s)
    check = tree._check
    tree._check = lambda: (check(), os.write(log, f"{os.getpid()} {time.monotonic()}\\n".encode()))
    try:
        return write(tree, *arguments, **options)
    finally:
        tree._check = check
Tree.write = logged
sys.exit(cron.main())
"""


class Host:
    """A folder of its own with the same settings, in which a process publishes."""

    def __init__(self, folder: Path, address: Address, log: Path) -> None:
        site = newsroom(folder)
        text = with_ledger(site.config_text, ledger_table(*address))
        (folder / CONFIG_NAME).write_text(text, encoding="utf-8")
        self.site = Site.open(folder, clock=utc_now)
        self.site.store(create=True).close()
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *before: object, pause_s: float = 0) -> None:
        """Publish, as the last words of a command that begins with `before`; pause before each file."""
        with (self.site.folder.parent / f"{self.site.folder.name}.err").open("ab") as errors:
            self.process = subprocess.Popen(
                [
                    *map(str, before),
                    *(sys.executable, "-c", PUBLISHER, self.log, str(pause_s)),
                    *("-C", self.site.folder, "publish", "--watch"),
                ],
                cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors,
                env={name: text for name, text in os.environ.items() if not name.startswith("COV")},
            )  # fmt: skip

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @property
    def messages(self) -> str:
        return (self.site.folder.parent / f"{self.site.folder.name}.err").read_text()

    def shows(self, words: str) -> bool:
        path = self.site.root / "stories" / STORY / "feed.atom"
        return path.exists() and words in path.read_text(encoding="utf-8")


@contextmanager
def hosts_of(server: Server, folder: Path, count: int) -> Iterator[list[Host]]:
    address, log = Address(server.url, f"s{abs(hash(folder))}"), folder / "writes"
    log.touch()
    hosts = [Host(folder / f"host{number}", address, log) for number in range(count)]
    record(hosts[0].site, commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt"))
    with ExitStack() as stack:
        for host in hosts:
            stack.callback(host.kill)
            host.start()
        yield hosts


def until(holds: Callable[[], object], patience_s: float = PATIENCE_S) -> float:
    """Wait until it holds, and return how long that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < patience_s, "it never came"
        time.sleep(0.01)
    return time.monotonic() - began


def publisher(site: Site) -> int | None:
    """Return the process that has the claim to publish."""
    with psycopg.connect(site.config.ledger.url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' "
            "AND application_name ~ '^writethru publisher ' AND granted AND objid = %s::regnamespace::oid",
            (site.config.ledger.schema_name,),
        ).fetchall()
    pids = {int(name.split(":")[1].split()[0]) for (name,) in names}
    assert len(pids) <= 1
    return min(pids, default=None)


def turns(log: Path, *, every: bool = False) -> list[int]:
    """Return which processes wrote files, in order: one for `every` file, or for each that goes on writing."""
    writes = sorted((float(at), int(pid)) for pid, at in (line.split() for line in log.read_text().splitlines()))
    return [pid for number, (_, pid) in enumerate(writes) if number == 0 or every or writes[number - 1][1] != pid]


def test_killed_publishers_take_turns_and_lose_nothing(
    postgres_server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills = KILLS_LONG if request.config.getoption("--long") else KILLS
    waits: list[float] = []
    with hosts_of(postgres_server, tmp_path, HOSTS) as hosts:
        site = hosts[0].site
        for number in range(kills):
            until(lambda: publisher(site))
            host = next(each for each in hosts if each.process and each.process.pid == publisher(site))
            record(site, commands.report(STORY, f"Report {number}."))
            if number % 2:
                until(lambda: host.shows(f"Report {number}."))  # noqa: B023
            else:
                time.sleep(0.03 * (number % 5))  # somewhere within the publication
            host.kill()
            others = [each for each in hosts if each is not host]
            waits.append(until(lambda: any(each.shows(f"Report {number}.") for each in others)))  # noqa: B023
            host.start()
        until(lambda: publisher(site))
        last = next(each for each in hosts if each.process and each.process.pid == publisher(site))
        until(lambda: last.shows(f"Report {kills - 1}."))
        pids = turns(tmp_path / "writes")
        assert len(pids) == len(set(pids)), "a process wrote again after another one had"
        for host in hosts:
            host.kill()
    for host in hosts:
        host.site.publish()
        assert host.site.verify_rebuild() == ()
    assert sorted(waits)[len(waits) // 2] < TAKEOVER_S
    request.node.user_properties.append(
        ("counted", f"{kills} publishers killed, the next showed it after {max(waits):.1f} s at most")
    )


def test_killed_listener_delays_no_event(
    postgres_server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kills = LISTENER_KILLS_LONG if request.config.getoption("--long") else LISTENER_KILLS
    with (
        hosts_of(postgres_server, tmp_path, 1) as (host,),
        psycopg.connect(postgres_server.url, autocommit=True) as server,
    ):
        until(lambda: host.shows("Two hurt"))
        waits: dict[bool, list[float]] = {True: [], False: []}
        for number in range(2 * kills):
            is_killed = number % 2 == 0
            if is_killed:
                server.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s",
                    ("writethru listen",),
                )
            record(host.site, commands.report(STORY, f"Report {number}."))
            waits[is_killed].append(until(lambda: host.shows(f"Report {number}.")))  # noqa: B023
    assert max(waits[True]) < TAKEOVER_S
    p95 = 1000 * sorted(waits[False])[int(0.95 * (kills - 1))]
    message = f"{kills} listeners killed: published {max(waits[True]):.1f} s later at most, otherwise p95 {p95:.0f} ms"
    request.node.user_properties.append(("counted", message))


class Cable:
    """A network of its own, for one host, with a cable that can be pulled. Other test processes have others."""

    def __init__(self) -> None:
        self._name = f"wt{os.getpid()}"
        self._network = f"10.{128 + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])}.{os.getpid() % 256}"
        self.address = f"{self._network}.1"
        self.before = ("ip", "netns", "exec", self._name)

    def __enter__(self) -> Self:
        name = self._name
        for line in (
            f"netns add {name}",
            f"link add {name}a type veth peer name {name}b netns {name}",
            f"addr add {self.address}/24 dev {name}a",
            f"link set {name}a up",
            f"-n {name} addr add {self._network}.2/24 dev {name}b",
            f"-n {name} link set {name}b up",
        ):
            done = subprocess.run(["ip", *line.split()], check=False, capture_output=True, text=True)
            if done.returncode:
                self.__exit__()
                pytest.skip(f"a network of its own cannot be made here: {done.stderr.strip()}")
        return self

    def pull(self) -> None:
        subprocess.run(["ip", "link", "set", f"{self._name}a", "down"], check=True)

    def plug(self) -> None:
        subprocess.run(["ip", "link", "set", f"{self._name}a", "up"], check=True)

    def __exit__(self, *_: object) -> None:
        for what in (
            ("link", f"{self._name}a"),
            ("netns", self._name),
        ):  # a link that its network deletes stays for a while
            subprocess.run(["ip", what[0], "del", what[1]], check=False, capture_output=True)


@pytest.fixture
def cable() -> Iterator[Cable]:
    if shutil.which("ip") is None:
        pytest.skip("Debian's package iproute2 is missing")
    with Cable() as made:
        yield made


@pytest.fixture
def hosts(cable: Cable, tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    """Yield a host at the other end of a cable, which publishes, and one at this end, which stands by."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip(MISSING)
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server(programs, address=cable.address))
        far = Address(f"postgresql://postgres@{cable.address}/postgres", "news")
        log = tmp_path / "writes"
        log.touch()
        one, other = Host(tmp_path / "one", far, log), Host(tmp_path / "other", Address(server.url, "news"), log)
        record(other.site, commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt"))
        for host in (one, other):
            stack.callback(host.kill)
        one.start(*cable.before, pause_s=0.1)
        until(lambda: one.shows("Two hurt"))
        other.start()
        until(lambda: "stands by" in other.messages)
        yield one, other


def test_host_that_is_cut_off_stops_before_another_takes_over(hosts: tuple[Host, Host], cable: Cable) -> None:
    one, other = hosts
    writes = len(turns(one.log, every=True))
    record(other.site, commands.report(STORY, "Three hurt"))
    until(lambda: len(turns(one.log, every=True)) > writes + 3)
    cable.pull()
    assert until(lambda: other.shows("Three hurt")) < TAKEOVER_S
    time.sleep(TAKEOVER_S)
    assert one.process is not None
    assert one.process.poll() is None
    until(lambda: CUT_OFF.search(one.messages) is not None)
    assert len(turns(one.log)) == 2


def test_idle_host_that_is_cut_off_says_so_until_it_stands_by(hosts: tuple[Host, Host], cable: Cable) -> None:
    one, other = hosts
    record(other.site, commands.report(STORY, "Three hurt"))
    until(lambda: one.shows("Three hurt"))
    time.sleep(3)  # until it has published all, and has asked again
    cable.pull()
    record(other.site, commands.report(STORY, "Four hurt"))
    until(lambda: other.shows("Four hurt"))
    until(lambda: CUT_OFF.search(one.messages) is not None)
    cable.plug()
    until(lambda: "stands by" in one.messages)
    assert not one.shows("Four hurt")


RECORDER = """
import sys, time
from pathlib import Path
from events.store import open_store
from events.store.base import Address
with open_store(Address(*sys.argv[1:])).writing():
    print("writes", flush=True)
    time.sleep(600)
"""


def test_recorder_that_is_cut_off_keeps_no_lock(hosts: tuple[Host, Host], cable: Cable) -> None:
    one, other = hosts
    address = one.site.address
    assert isinstance(address, Address)
    command = [*map(str, cable.before), sys.executable, "-c", RECORDER, *address]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as recorder, ExitStack() as stack:
        stack.callback(recorder.kill)
        assert recorder.stdout is not None
        assert recorder.stdout.readline() == b"writes\n"
        cable.pull()
        record(other.site, commands.report(STORY, "Three hurt"))  # or StoreBusyError


def test_host_that_stands_by_says_who_publishes_once(postgres_server: Server, tmp_path: Path) -> None:
    with hosts_of(postgres_server, tmp_path, 2) as hosts:
        until(lambda: any("stands by" in host.messages for host in hosts))
        standby = next(host for host in hosts if "stands by" in host.messages)
        active = next(host for host in hosts if host is not standby)
        assert active.process is not None
        assert f"(process {active.process.pid}) publishes this newsroom. This process stands by" in standby.messages
        time.sleep(3 * LOOK_S)
        assert standby.messages.count("\n") == 1
        active.process.send_signal(signal.SIGTERM)
        assert active.process.wait(PATIENCE_S) == 0
        until(lambda: "This process publishes now." in standby.messages)
        assert active.messages == ""
