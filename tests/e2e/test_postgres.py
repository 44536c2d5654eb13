"""A newsroom whose ledger is in PostgreSQL: the same commands, and the same bytes."""

import time
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from events import commands
from events.integrity.verify import verify
from events.store import open_store
from events.store.base import Address, Store
from feed import following
from feed.config import parse_config
from feed.ledger_table import ledger_table, with_ledger
from feed.paths import CONFIG_NAME, LEDGER_NAME
from feed.site import Site
from feed.watch import Watch
from tests.builders import STORY, Clock, newsroom
from tests.desk import NOW, DeskRunner
from tests.postgres import Server
from tests.sites import record

pytestmark = pytest.mark.usefixtures("same_salts")


@pytest.fixture
def address(postgres_server: Server, tmp_path: Path) -> Address:
    """Return the address of a new schema."""
    return Address(postgres_server.url, f"s{abs(hash(tmp_path))}")


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    """Return a newsroom that has published the worked story."""
    desk = DeskRunner(tmp_path / "desk").record_worked_story()
    desk.output("publish")
    return desk


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def contents(store: Store) -> tuple[object, ...]:
    """Return everything that lasts in a store."""
    with closing(store), store.reading() as reading:
        return list(reading.raw_rows()), list(reading.leaves(until=reading.log_size())), reading.log_keys()


def in_database(site: Site, address: Address) -> Site:
    """Return a newsroom in the same folder, with an empty ledger in a database."""
    text = with_ledger(site.config_text, ledger_table(*address))
    (site.folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    made = Site.open(site.folder, clock=site.clock)
    made.store(create=True).close()
    return made


def test_output_of_both_stores_is_the_same(tmp_path: Path, address: Address) -> None:
    sites = newsroom(tmp_path / "one", Clock()), in_database(newsroom(tmp_path / "other", Clock()), address)
    for site in sites:
        record(site, commands.open_story(STORY, "Fire", id="opened"), commands.report(STORY, "Two hurt", id="first"))
        site.publish()
        record(site, commands.report(STORY, "Three hurt", id="second"))
        site.publish()
        (site.root / ".writethru").unlink()  # its token is random
    one, other = (files(site.root) for site in sites)
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


def test_newsroom_moves_there_and_back_to_the_byte(desk: DeskRunner, address: Address) -> None:
    ledger, public = desk.site.folder / LEDGER_NAME, desk.site.root
    before, published = contents(open_store(ledger)), files(public)
    moved = desk.output("move", "--to", address.url, "--schema", address.schema)
    assert "Every byte of them is the same." in moved
    assert contents(open_store(address)) == before
    assert not ledger.exists()
    assert desk.output("publish") == ""
    assert files(public) == published
    assert "no problems found" in desk.output("verify")
    desk.output("move", "--to", LEDGER_NAME)
    assert contents(open_store(ledger)) == before
    assert desk.output("publish") == ""
    assert files(public) == published


def test_ledger_that_was_moved_takes_nothing_more(desk: DeskRunner, address: Address) -> None:
    with desk.site.ledger() as former:
        desk.output("move", "--to", address.url, "--schema", address.schema)
        with pytest.raises(Exception, match="the ledger was moved to"):
            former.append(commands.report("cuba-53", "More"))
    assert desk.run("move", "--to", address.url, "--schema", address.schema).exit_code == 1


def test_ledger_moves_to_an_empty_schema_only(desk: DeskRunner, address: Address) -> None:
    desk.output("move", "--to", address.url, "--schema", address.schema)
    desk.output("move", "--to", LEDGER_NAME)
    again = desk.run("move", "--to", address.url, "--schema", address.schema)
    assert (again.exit_code, "the ledger here is not empty" in str(again.exception)) == (1, True)
    assert parse_config((desk.site.folder / CONFIG_NAME).read_text(encoding="utf-8")).ledger.url is None


def test_backup_of_either_restores_into_either(desk: DeskRunner, address: Address, tmp_path: Path) -> None:
    before = contents(open_store(desk.site.folder / LEDGER_NAME))
    desk.output("move", "--to", address.url, "--schema", address.schema)
    copy = tmp_path / "copy.db"
    assert "no problems found" in desk.output("backup", str(copy))
    assert copy.stat().st_mode & 0o777 == 0o600
    for folder, schema in (("local", None), ("remote", f"{address.schema}r")):
        other = DeskRunner(tmp_path / folder)
        other.clock.go(NOW)
        if schema is not None:
            in_database(other.site, Address(address.url, schema))
        else:
            (other.site.folder / LEDGER_NAME).unlink()
        other.output("restore", str(copy))
        assert "no problems found" in other.output("verify")
        assert (
            contents(open_store(Address(address.url, schema) if schema else other.site.folder / LEDGER_NAME)) == before
        )


def test_redaction_says_what_the_database_keeps(desk: DeskRunner, address: Address) -> None:
    desk.output("move", "--to", address.url, "--schema", address.schema)
    said = desk.output("redact", "cuba-53", "talks-dated", "--reason", "Names a child.")
    assert "write-ahead log (WAL), replicas, archives and base backups" in said
    with closing(open_store(address)) as store:
        assert verify(store).problems == ()


def test_erased_text_is_in_no_table_file(desk: DeskRunner, address: Address, postgres_server: Server) -> None:
    secret = b"Zzyzx-on-the-quay"
    desk.output("move", "--to", address.url, "--schema", address.schema)
    desk.output("report", "cuba-53", secret.decode(), "--id", "secret")
    desk.output("publish")
    desk.output("redact", "cuba-53", "secret", "--reason", "Names a child.")
    postgres_server.run("psql", postgres_server.url, "-c", "CHECKPOINT")
    held = [
        path
        for path in (postgres_server.folder / "data" / "base").rglob("*")
        if path.is_file() and secret in path.read_bytes()
    ]
    assert held == []


@pytest.mark.parametrize("url", ["postgresql://desk:secret@db/news", "postgresql:///news?password=secret"])
def test_address_with_a_password_is_refused(tmp_path: Path, url: str) -> None:
    desk = DeskRunner(tmp_path / "desk")
    with (desk.site.folder / CONFIG_NAME).open("a", encoding="utf-8") as config:
        config.write(f'\n[ledger]\nurl = "{url}"\n')
    refused = desk.run("stories")
    assert "contains a password" in str(refused.exception)
    assert "PGPASSFILE" in str(refused.exception)
    assert "secret" not in str(refused.exception)


def test_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    desk = DeskRunner(tmp_path / "desk")
    with (desk.site.folder / CONFIG_NAME).open("a", encoding="utf-8") as config:
        config.write(f'\n[ledger]\nurl = "postgresql:///news?host={tmp_path}"\n')
    assert "the database cannot be reached: " in str(desk.run("stories").exception)


@pytest.mark.slow
def test_watch_publishes_what_another_host_records(
    desk: DeskRunner, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "NET_S", 600.0)
    desk.output("move", "--to", address.url, "--schema", address.schema)
    stopped = Event()
    watch = Watch(
        desk.site.folder, stopped=stopped.is_set, on_published=lambda _: None, on_error=pytest.fail,
        publish=lambda site: Site.open(site.folder, clock=desk.site.clock).publish(),
    )  # fmt: skip
    thread = Thread(target=watch.run)
    thread.start()
    try:
        time.sleep(1)
        desk.output("report", "cuba-53", "Word from afar")
        began = time.monotonic()
        while "Word from afar" not in (desk.site.root / "stories" / "cuba-53" / "feed.atom").read_text(
            encoding="utf-8"
        ):
            assert time.monotonic() - began < 60, "it heard of nothing"
            time.sleep(0.01)
    finally:
        stopped.set()
        thread.join()
