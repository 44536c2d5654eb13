"""Several hosts with one ledger in PostgreSQL, each with a folder of its own: one publishes, the others stand by."""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import pytest

from events import commands
from events.errors import BusyError, StoreError
from events.store import open_store
from events.store.base import Address, Host, Store
from feed.cli.publishing import publish_site
from feed.ledger_table import ledger_table, with_ledger
from feed.output.tree import Tree
from feed.paths import CONFIG_NAME
from feed.site import Site
from tests.bucket import KEYS, Bucket, bucket, with_mirror
from tests.builders import HOUR, STORY, Clock, newsroom, reconfigured, signing
from tests.postgres import MISSING, Server
from tests.sites import output, record

psycopg = pytest.importorskip("psycopg", reason=MISSING)
A, B = Host("alpha", "a1"), Host("beta", "b2")
PATIENCE_S, PAUSE_S = 10, 0.05


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hosts(postgres_server: Server, tmp_path: Path, clock: Clock) -> tuple[Site, Site]:
    """Return two newsrooms with the same settings, and one ledger with two stories."""
    address = Address(postgres_server.url, f"s{abs(hash(tmp_path))}")
    one, other = (in_database(newsroom(tmp_path / name, clock), address) for name in ("one", "other"))
    record(one, commands.open_story(STORY, "Fire"), commands.open_story("flood", "Flood"))
    record(one, commands.report("flood", "Rain"), commands.report(STORY, "Two hurt", id="first"))
    return one, other


def in_database(site: Site, address: Address) -> Site:
    """Return a newsroom in the same folder, with its ledger in a database, which is made if it is missing."""
    text = with_ledger(site.config_text, ledger_table(*address))
    (site.folder / CONFIG_NAME).write_text(text, encoding="utf-8")
    made = Site.open(site.folder, clock=site.clock)
    made.store(create=True).close()
    return made


def is_whole(site: Site) -> bool:
    """Return True if the output is what a rebuild would make."""
    return site.verify_rebuild() == ()


# A host that takes over


@pytest.mark.slow
def test_host_that_takes_over_shows_what_the_other_published(hosts: tuple[Site, Site], clock: Clock) -> None:
    one, other = hosts
    one.publish()
    other.publish()
    assert output(one) == output(other)
    for number in range(3):
        for site in (one, other):
            clock.go(HOUR)
            record(site, commands.report(STORY, f"Report {number}"))
            site.publish()
            assert is_whole(site)


@pytest.mark.slow
def test_host_that_takes_over_reads_only_what_it_lacks(hosts: tuple[Site, Site], clock: Clock) -> None:
    one, other = hosts
    for site in hosts:
        site.publish()
    clock.go(HOUR)
    record(one, commands.report(STORY, "Three hurt"))
    one.publish()
    assert all("flood" not in path for path in other.publish().changed)
    assert is_whole(other)


def test_host_that_takes_over_shows_what_time_changed(hosts: tuple[Site, Site], clock: Clock) -> None:
    one, other = hosts
    promise = {"what": "ferries run", "due": "2026-03-03"}
    record(one, commands.report(STORY, "Ferries stop", expects=[promise]))
    record(one, commands.report("flood", "Under embargo", embargoed_until=clock() + 2 * HOUR))
    for site in hosts:
        site.publish()
    clock.go("2026-03-05")
    one.publish()
    other.publish()
    assert output(one) == output(other)
    assert is_whole(other)


def test_older_copy_of_a_tree_is_brought_up_to_date(hosts: tuple[Site, Site], clock: Clock) -> None:
    one, other = hosts
    one.publish()
    shutil.copytree(one.root, other.root)
    clock.go(HOUR)
    record(one, commands.report(STORY, "Three hurt"))
    one.publish()
    other.publish()
    assert output(one) == output(other)


@pytest.mark.slow
def test_tree_that_lacks_a_redaction_is_rebuilt(hosts: tuple[Site, Site], clock: Clock) -> None:
    one, other = hosts
    for site in hosts:
        site.publish()
    clock.go(HOUR)
    record(one, commands.redact(STORY, "Names a child.", event="first"))
    one.publish()
    other.publish()
    assert "Two hurt" not in "".join(map(str, output(other).values()))
    assert is_whole(other)


def test_tree_of_other_settings_is_rebuilt(hosts: tuple[Site, Site]) -> None:
    one, other = hosts
    for site in hosts:
        site.publish()
    one, other = (reconfigured(site, "entries = 50", "entries = 10") for site in hosts)
    one.publish()
    other.publish()
    assert output(one) == output(other)
    assert is_whole(other)


def test_rebuild_that_was_killed_is_not_taken_for_whole(
    hosts: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = hosts
    one.publish()
    changed = reconfigured(one, 'title = "Test desk"', 'title = "Other desk"')
    with monkeypatch.context() as patch:
        patch.setattr("feed.publishing.publication.render_site", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            changed.publish()
    other.publish()
    one = reconfigured(one, 'title = "Other desk"', 'title = "Test desk"')
    one.publish()
    assert output(one) == output(other)


@pytest.mark.slow
def test_signed_log_goes_on_from_another_host(hosts: tuple[Site, Site], tmp_path: Path, clock: Clock) -> None:
    key = tmp_path / "desk.key"
    one = signing(hosts[0], key)
    config = (one.folder / CONFIG_NAME).read_text(encoding="utf-8")
    (hosts[1].folder / CONFIG_NAME).write_text(config, encoding="utf-8")
    other = Site.open(hosts[1].folder, clock=clock)
    for number in range(2):
        for site in (one, other):
            clock.go(HOUR)
            record(site, commands.report(STORY, f"Report {number}"))
            site.publish()
            assert is_whole(site)


@pytest.mark.slow
def test_idle_hosts_leave_the_checkpoint_alone(hosts: tuple[Site, Site], clock: Clock) -> None:
    one, other = hosts

    def checkpoint() -> str | None:
        with one.ledger() as ledger, ledger.store.reading() as reading:
            return reading.note("mark")

    for site in hosts:
        site.publish()
    before = checkpoint()
    for _ in range(3):
        clock.go(HOUR)
        assert [site.publish().changed for site in (one, other)] == [(), ()]
    assert checkpoint() == before


# Who may publish


@pytest.fixture
def stores(hosts: tuple[Site, Site]) -> Iterator[tuple[Store, Store]]:
    """Return the ledger as two hosts have it open."""
    with closing(open_store(hosts[0].address)) as one, closing(open_store(hosts[1].address)) as other:
        yield one, other


def test_claim_is_of_one_host_until_it_ends(stores: tuple[Store, Store]) -> None:
    one, other = stores
    assert [one.claim(A), one.claim(A)] == [None, None]
    assert str(other.claim(B)).startswith("alpha (process ")
    one.close()
    until = time.monotonic() + PATIENCE_S  # the server ends a session a moment after its connection
    while other.claim(B) is not None:
        assert time.monotonic() < until
        time.sleep(PAUSE_S)


def test_publication_beside_a_claim_is_of_the_same_host(stores: tuple[Store, Store]) -> None:
    one, other = stores
    one.claim(A)
    with pytest.raises(BusyError, match=r"alpha \(process [0-9]+\) publishes this newsroom"):
        other.publishing(B, wait=True).__enter__()
    with other.publishing(A, wait=False), pytest.raises(BusyError, match="another publication is running"):
        one.publishing(A, wait=False).__enter__()
    with one.publishing(A, wait=False) as check:
        check()


def cut(store: Store, other: Store) -> None:
    """Let the server end a store's connection."""
    pid = store._connection.raw.info.backend_pid  # type: ignore[attr-defined]
    other._connection.raw.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))  # type: ignore[attr-defined]


def test_publication_that_lost_its_connection_commits_nothing(stores: tuple[Store, Store]) -> None:
    one, other = stores
    with one.publishing(A, wait=False) as check:
        cut(one, other)
        with pytest.raises(StoreError, match="another host may publish by now"):
            check()
        with pytest.raises(StoreError), one.writing() as writing:
            writing.put_note("mark", "x")
        with other.publishing(B, wait=False), pytest.raises(StoreError):
            check()
    with other.reading() as reading:
        assert reading.note("mark") is None
    assert one.claim(A) is None


def test_transaction_without_its_lock_commits_nothing(stores: tuple[Store, Store]) -> None:
    one, _ = stores
    with one.publishing(A, wait=False):
        one._connection.raw.execute("SELECT pg_advisory_unlock_all()")  # type: ignore[attr-defined]
        with pytest.raises(StoreError, match="another host may publish by now"), one.writing() as writing:
            writing.put_note("mark", "x")


def test_publisher_that_lost_its_connection_writes_no_file(
    hosts: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, count = hosts[0], 0
    write = Tree.write

    def write_and_cut(*arguments: object, **options: object) -> object:
        nonlocal count
        count += 1
        if count == 5:
            with psycopg.connect(site.config.ledger.url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE application_name = 'writethru' AND state = 'idle in transaction'"
                )
        return write(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Tree, "write", write_and_cut)
    with pytest.raises(StoreError, match="another host may publish by now"):
        site.publish()
    assert len(output(site)) <= 4
    monkeypatch.undo()
    hosts[1].publish()
    site.publish()
    assert output(site) == output(hosts[1])


# The mirror


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with bucket() as there:
        yield there


@pytest.mark.slow
def test_mirror_gets_what_either_host_publishes(hosts: tuple[Site, Site], clock: Clock, mirror: Bucket) -> None:
    one, other = (with_mirror(site, mirror.url) for site in hosts)
    for number, site in enumerate((one, one, other, one, other, other)):
        # Given a mirror that was away when the other host published last
        mirror.refuse = (lambda _: 503) if number == 3 else (lambda _: 0)
        record(site, commands.report(STORY, f"Report {number}", facts=[{"key": f"k{number}", "value": number}]))
        clock.go(HOUR)
        publish_site(site)
        if number != 3:
            assert mirror.files() == output(site)


@pytest.mark.slow
def test_mirror_is_filled_with_nothing_to_publish(hosts: tuple[Site, Site], clock: Clock, mirror: Bucket) -> None:
    one, other = (with_mirror(site, mirror.url) for site in hosts)
    # Given both outputs up to date, and a mirror that was away
    mirror.refuse = lambda _: 503
    for site in (one, other):
        publish_site(site)
        clock.go(HOUR)
    mirror.refuse = lambda _: 0
    # When the host that published last is gone
    assert publish_site(one).changed == ()
    assert mirror.files() == output(one)
