"""What a server adds to the contract: connections that are lost, many hosts, poolers, and what is asked at once."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.errors import RefusedError, StoreDamagedError, StoreError
from events.integrity.verify import verify
from events.ledger import Ledger
from events.store import listen, open_store
from events.store.base import ERASING, Address
from tests import postgres
from tests.builders import STORY
from tests.contract.stores import put

psycopg = pytest.importorskip("psycopg", reason=postgres.MISSING)
from events.store import postgres_migrations  # noqa: E402 - it needs psycopg
from events.store.postgres import PostgresStore  # noqa: E402
from events.store.postgres_connection import UNANSWERED_MAX, PostgresConnection  # noqa: E402

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
ROUND_TRIPS_MAX = 3
BATCH = 100
APPENDERS, APPENDED = 8, 25
APPENDERS_LONG, APPENDED_LONG = 32, 200
STOPS, STOPS_LONG = 3, 200
WRITERS = 8
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
APPENDER = """
import sys
from events import commands
from events.ledger import Ledger
from events.store.postgres import PostgresStore
url, schema, name, story, most = sys.argv[1:]
with Ledger(PostgresStore(url, schema=schema, busy_timeout_s=120), actor=name) as ledger:
    for number in range(int(most)):
        ledger.append(commands.report(story, f"Report {number}", id=f"{name}-{number}"))
"""


@pytest.fixture
def address(postgres_server: postgres.Server, tmp_path: Path) -> Address:
    """Return the address of a ledger in which a story is open."""
    return opened(postgres_server, f"s{abs(hash(tmp_path))}")


def opened(server: postgres.Server, schema: str) -> Address:
    address = Address(server.url, schema)
    with Ledger(open_store(address, create=True), actor="Desk") as ledger:
        ledger.append(commands.open_story(STORY, "Fire at the harbour"))
    return address


@pytest.fixture
def ledger(address: Address) -> Iterator[Ledger]:
    with Ledger(store_at(address), actor="Desk") as ledger:
        yield ledger


def store_at(address: Address) -> PostgresStore:
    return PostgresStore(address.url, schema=address.schema)


def cut(store: Any) -> None:
    """Let the server end the store's connection."""
    with psycopg.connect(store._url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (store._connection.raw.info.backend_pid,))


def ids(ledger: Ledger) -> list[str]:
    return [event.id for event in ledger.events()][1:]


# Lost connections


def test_lost_connection_is_made_again(ledger: Ledger) -> None:
    cut(ledger.store)
    ledger.append(commands.report(STORY, "Two hurt", id="two"))
    cut(ledger.store)
    assert ids(ledger) == ["two"]


def test_connection_lost_halfway_records_nothing(ledger: Ledger) -> None:
    lost = "the connection to the database failed"
    with pytest.raises(StoreError, match=lost), ledger.store.writing() as writing:  # noqa: PT012
        put(writing, 2, story=STORY)
        cut(ledger.store)
    ledger.append(commands.report(STORY, "Two hurt", id="two"))
    assert ids(ledger) == ["two"]


def losing(end: Callable[..., None], *, commits: bool) -> Callable[..., None]:
    """Return a COMMIT after whose answer, or before it is sent, the connection is lost."""

    def lose(connection: PostgresConnection, *statements: str) -> None:
        if "COMMIT" in statements and connection._pending:
            if commits:
                end(connection, *statements)
            connection.raw.close()
            raise psycopg.OperationalError("the server closed the connection unexpectedly")
        end(connection, *statements)

    return lose


def test_event_whose_commit_was_not_answered_is_found(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(PostgresConnection, "end", losing(PostgresConnection.end, commits=True))
        (appended,) = ledger.append(commands.report(STORY, "Two hurt", id="two"))
    assert appended.new
    assert ids(ledger) == ["two"]


def test_event_that_was_not_committed_is_recorded_again(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    event = commands.report(STORY, "Two hurt", id="two")
    with monkeypatch.context() as patch:
        patch.setattr(PostgresConnection, "end", losing(PostgresConnection.end, commits=False))
        with pytest.raises(StoreError, match=r"closed the connection.*\n.*Nothing was recorded"):
            ledger.append(event)
    (appended,) = ledger.append(event)
    assert (appended.new, ids(ledger)) == (True, ["two"])


def test_commit_that_nobody_can_look_up_is_unknown(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    event = commands.report(STORY, "Two hurt", id="two")
    with monkeypatch.context() as patch:
        patch.setattr(PostgresConnection, "end", losing(PostgresConnection.end, commits=True))
        patch.setattr(ledger.store, "_url", "postgresql:///gone?host=/nowhere")
        patch.setattr("events.store.postgres.LOOK_S", 0)
        with pytest.raises(StoreError, match="It is not known whether this was recorded"):
            ledger.append(event)
    (appended,) = ledger.append(event)
    assert (appended.new, ids(ledger)) == (False, ["two"])


@pytest.mark.slow
def test_listener_hears_of_events_and_of_a_lost_connection(ledger: Ledger, address: Address) -> None:
    def hears() -> bool:
        until = time.monotonic() + 5
        while not (heard := listener.changed()) and time.monotonic() < until:
            time.sleep(0.01)
        return heard

    with closing(listen(address)) as listener:
        assert hears()
        assert not listener.changed()
        ledger.append(commands.report(STORY, "Two hurt"))
        assert hears()
        with ledger.store.writing() as writing:
            writing.head()
        with ledger.store.reading() as reading:
            assert reading.head() == 2
        assert not listener.changed()
        with ledger.store.writing() as writing:
            writing.put_note("mark", "x")
        assert hears()
        with ledger.store.writing() as writing:
            writing.put_note("mark", "y")
            assert writing.note("mark") == "y"  # by now the server has made the change
        assert hears()
        with psycopg.connect(address.url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^LISTEN'")
        assert hears()
        ledger.append(commands.report(STORY, "Three hurt"))
        assert hears()


# Under the lock


def test_append_waits_for_the_server_three_times_at_most(address: Address) -> None:
    for story_is_folded in (False, True):
        with Ledger(store_at(address), actor="Desk") as ledger:
            store: Any = ledger.store
            if story_is_folded:
                ledger.append(commands.report(STORY, "One"))
                with Ledger(store_at(address), actor="Other") as other:
                    other.append(commands.report(STORY, "Two"))
            before = store.round_trips
            ledger.append(commands.report(STORY, "Three", id=f"id-{story_is_folded}"))
            assert store.round_trips - before <= ROUND_TRIPS_MAX


def test_batch_waits_for_the_server_no_more_often_than_one_event(address: Address) -> None:
    with Ledger(store_at(address), actor="Desk") as ledger:
        store: Any = ledger.store
        before = store.round_trips
        ledger.append(*(commands.report(STORY, f"Report {number}") for number in range(BATCH)))
        assert store.round_trips - before <= ROUND_TRIPS_MAX
        assert (ledger.head(), verify(ledger.store).problems) == (1 + BATCH, ())


def test_event_refused_in_a_batch_takes_those_with_it_that_were_sent(ledger: Ledger) -> None:
    reports = [commands.report(STORY, f"Report {number}") for number in range(BATCH)]
    before = ledger.store._connection.raw.info.backend_pid  # type: ignore[attr-defined]
    with pytest.raises(RefusedError, match="d999"):
        ledger.append(*reports, commands.pin(STORY, "d999"))
    assert ledger.store._connection.raw.info.backend_pid == before  # type: ignore[attr-defined]
    ledger.append(commands.report(STORY, "Two hurt", id="two"))
    assert ids(ledger) == ["two"]


def test_many_changes_wait_for_the_server_from_time_to_time(address: Address) -> None:
    with closing(store_at(address)) as store:
        before = store.round_trips
        with store.writing() as writing:
            for position in range(2, UNANSWERED_MAX + 1):
                put(writing, position, story=STORY)
        assert 2 < store.round_trips - before <= 2 + 3  # an event has three rows
        with store.reading() as reading:
            assert reading.head() == UNANSWERED_MAX


def test_gap_in_what_was_sent_is_told_at_the_end(ledger: Ledger) -> None:
    with pytest.raises(StoreError, match="positions are dense"), ledger.store.writing() as writing:  # noqa: PT012
        for position in range(3, 3 + BATCH):
            put(writing, position, story=STORY)
    assert ids(ledger) == []


@pytest.mark.slow
def test_many_processes_lose_nothing(address: Address, request: pytest.FixtureRequest) -> None:
    is_long = request.config.getoption("--long")
    appenders, appended = (APPENDERS_LONG, APPENDED_LONG) if is_long else (APPENDERS, APPENDED)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", APPENDER, *address, f"w{number}", STORY, str(appended)],
            stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for number in range(appenders)
    ]  # fmt: skip
    assert [error for process in started if (error := process.communicate()[1])] == []
    with Ledger(store_at(address)) as ledger:
        assert [event.position for event in ledger.events()] == list(range(1, appenders * appended + 2))
        assert len({*ids(ledger)}) == appenders * appended


@pytest.mark.slow
def test_stopped_server_loses_no_acknowledged_event(request: pytest.FixtureRequest) -> None:
    folder = postgres.programs()
    if folder is None:
        pytest.skip(postgres.MISSING)
    stops = STOPS_LONG if request.config.getoption("--long") else STOPS
    acknowledged: list[str] = []
    ended = threading.Event()

    def write(address: Address, name: str) -> None:
        with suppress(StoreError), Ledger(store_at(address), actor=name) as ledger:
            for number in count():
                if ended.is_set():
                    return
                ledger.append(commands.report(f"{STORY}-{name}", "More", id=f"{name}-{number}"))
                acknowledged.append(f"{name}-{number}")

    with postgres.server(folder, durable=True) as server:
        address = opened(server, "harbour")
        for stop in range(stops):
            writers = [threading.Thread(target=write, args=(address, f"{stop}-{writer}")) for writer in range(WRITERS)]
            with Ledger(store_at(address), actor="Desk") as ledger:
                for writer in range(WRITERS):
                    ledger.append(commands.open_story(f"{STORY}-{stop}-{writer}", "Fire"))
            for thread in writers:
                thread.start()
            time.sleep(0.3)
            server.stop("immediate")
            server.start()
            ended.set()
            for thread in writers:
                thread.join()
            ended.clear()
        with closing(store_at(address)) as store, store.reading() as reading:
            assert verify(store).problems == ()
            assert all(reading.row(event) is not None for event in acknowledged)
    assert acknowledged


# What is refused


@pytest.fixture
def pooled(postgres_server: postgres.Server) -> Iterator[Callable[[str], str]]:
    """Return a function that starts pgbouncer in a mode, and returns the address behind it."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is missing: install Debian's package pgbouncer")
    processes = []

    def start(mode: str) -> str:
        folder = postgres_server.folder / mode
        folder.mkdir()
        (folder / "users").write_text('"postgres" ""\n')
        (folder / "ini").write_text(
            f"[databases]\n* = host='{postgres_server.folder}'\n[pgbouncer]\nlisten_addr =\nauth_type = trust\n"
            f"auth_file = {folder}/users\nunix_socket_dir = {folder}\npool_mode = {mode}\nlisten_port = 5432\n"
        )
        postgres.give(folder)
        processes.append(subprocess.Popen([PGBOUNCER, "-q", folder / "ini"], cwd=folder, **postgres.as_user()))
        until = time.monotonic() + 10
        while not (folder / ".s.PGSQL.5432").exists() and time.monotonic() < until:
            time.sleep(0.01)
        return postgres.Server(postgres_server.bin, folder).url

    yield start
    for process in processes:
        process.terminate()
        process.wait()


def test_pooler_in_transaction_mode_is_refused(address: Address, pooled: Callable[[str], str]) -> None:
    with pytest.raises(StoreError, match=r"a connection pooler in transaction mode.*\n.*pool_mode = session"):
        store_at(Address(pooled("transaction"), address.schema))


def test_pooler_in_session_mode_is_taken(address: Address, pooled: Callable[[str], str]) -> None:
    with Ledger(store_at(Address(pooled("session"), address.schema)), actor="Desk") as ledger:
        ledger.append(commands.report(STORY, "Two hurt", id="two"))
        assert ids(ledger) == ["two"]


def test_schema_of_somebody_else_is_refused(postgres_server: postgres.Server) -> None:
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA recipes; CREATE TABLE recipes.soups (name text)")
    for create in (False, True):
        with pytest.raises(StoreDamagedError, match="this schema holds no ledger of writethru"):
            PostgresStore(postgres_server.url, schema="recipes", create=create)


def test_newer_schema_is_refused(address: Address) -> None:
    with psycopg.connect(address.url, autocommit=True) as connection:
        connection.execute(f"UPDATE {address.schema}.head SET schema_version = 99")
    with pytest.raises(StoreError, match="the ledger has schema 99; this writethru knows"):
        store_at(address)


def test_true_error_of_a_pipeline_is_told(ledger: Ledger) -> None:
    with pytest.raises(StoreDamagedError, match="versions are dense"), ledger.store.writing() as writing:  # noqa: PT012
        put(writing, 2, story="other", version=2)
        writing.put_note("mark", "x")


def test_verify_names_what_was_changed_behind_the_triggers(address: Address) -> None:
    with psycopg.connect(address.url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {address.schema}; SET session_replication_role = replica")
        connection.execute("UPDATE events SET envelope = replace(envelope, 'Desk', 'Dusk')")
        connection.execute("DROP TRIGGER events_last ON events")
    with closing(store_at(address)) as store:
        problems = "\n".join(map(str, verify(store).problems))
    assert "events.events_last is not as this version makes it" in problems
    assert "position 1" in problems


def test_user_with_the_grants_of_the_readme_records(address: Address) -> None:
    section = (ROOT / "feed" / "README.md").read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    with psycopg.connect(address.url, autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS editors; CREATE ROLE editors LOGIN")
        owner.execute(section.replace("harbour", address.schema))
    url = address.url.replace("user=postgres", "user=editors")
    with Ledger(store_at(Address(url, address.schema)), actor="Desk") as ledger:
        ledger.append(commands.report(STORY, "Names a child", id="two"))
        ledger.append(commands.redact(story=STORY, development="d1", reason="Names a child."))
        with ledger.store.reading() as reading:
            assert reading.note(ERASING) is not None, "only the owner can rewrite the tables"
    with Ledger(store_at(address)) as ledger:
        assert ledger.store.finish_erasing()
        assert verify(ledger.store).problems == ()
    with psycopg.connect(url, autocommit=True) as editor, pytest.raises(psycopg.errors.InsufficientPrivilege):
        editor.execute(f"DROP TRIGGER events_last ON {address.schema}.events")


# Migrations


@pytest.mark.parametrize("dump", sorted((HERE / "ledgers").glob("postgres-*.sql")), ids=lambda path: path.stem)
def test_ledger_of_each_older_version_opens(postgres_server: postgres.Server, dump: Path) -> None:
    schema = dump.stem.replace("-", "_")
    postgres_server.run("psql", postgres_server.url, "-v", "ON_ERROR_STOP=1", "-c", dump.read_text())
    with closing(PostgresStore(postgres_server.url, schema=schema)) as store:
        assert verify(store).problems == ()
        with store.reading() as reading:
            assert reading.stories() == [STORY]
        with psycopg.connect(postgres_server.url) as connection:
            (version,) = connection.execute(f"SELECT schema_version FROM {schema}.head").fetchone()
    assert version == postgres_migrations.VERSION


def test_every_version_has_a_frozen_dump() -> None:
    dumps = {int(path.stem.rpartition("-")[2]) for path in (HERE / "ledgers").glob("postgres-*.sql")}
    assert dumps == set(range(1, postgres_migrations.VERSION + 1))
