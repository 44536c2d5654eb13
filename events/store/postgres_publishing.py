"""Who may publish a ledger in PostgreSQL: two advisory locks, which the server releases when a session ends.

A process that publishes again and again holds the claim for as long as its session lasts. Each publication holds
another lock, also one by a command beside it. What a session commits while it publishes is committed under its lock, or
not at all.
"""

import os
import re
import select
import time
from contextlib import suppress
from typing import Final

import psycopg

from events.errors import BusyError, Problem, StoreError
from events.store.base import Host
from events.store.postgres_connection import PostgresConnection
from events.store.postgres_pipeline import Statement
from events.store.postgres_timeouts import detect_death, server_timeouts

CLAIM, PUBLICATION = 0x7774_0001, 0x7774_0002
CONTACT_S: Final = 1.0
"""How old the server's last answer may be when a file is written. It must be less than GONE_S."""
GONE_S: Final = 3
"""After how long without an answer either end takes the other for dead. A file is then no longer written for long."""
HOST_CHARS_MAX: Final = 30
_PREFIX: Final = "writethru publisher "
_NAME: Final = re.compile(rf"{_PREFIX}(\S+):([0-9]+) (\S+)")
_CHECKS_CLIENT: Final = (  # while it works for a client; PostgreSQL 14 and newer can
    "SELECT set_config(name, '1s', false) FROM pg_settings "
    "WHERE name = 'client_connection_check_interval' AND setting = '0'"
)
_LOCKS: Final = (
    "pg_locks WHERE locktype = 'advisory' AND granted AND classid = {} AND objsubid = 1 "
    "AND objid = current_schema()::regnamespace::oid "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_KEY: Final = "{} * 4294967296 + current_schema()::regnamespace::oid::bigint"
_HELD: Final = "SELECT EXISTS (SELECT FROM " + _LOCKS + " AND pid = pg_backend_pid())"  # noqa: S608 - our own words
_HOLDER: Final = "SELECT application_name, pid FROM pg_stat_activity WHERE pid = (SELECT pid FROM " + _LOCKS + ")"  # noqa: S608 - our own words
HELD: Final = Statement(_HELD.format(PUBLICATION), ())
"""Whether this session publishes: what each of its transactions asks first."""


class PublishingSession:
    """What one session of the server, that of `connection`, has locked of the ledger `name`."""

    def __init__(self, connection: PostgresConnection, name: str) -> None:
        self.connection = connection
        self._name = name
        self._has_label = False
        detect_death(connection.raw, GONE_S)
        connection.raw.execute(server_timeouts(GONE_S).encode())
        connection.raw.execute(_CHECKS_CLIENT.encode())

    def claim(self, host: Host) -> str | None:
        """Return None if the claim is this session's, otherwise who has it."""
        if self._try(CLAIM):
            if not self._has_label:
                label = f"{_PREFIX}{re.sub(r'[^!-~]', '-', host.name)[:HOST_CHARS_MAX]}:{os.getpid()} {host.key}"
                self._ask("SELECT set_config('application_name', ?, false)", label)
                self._has_label = True
            return None
        who, _ = self._holder() or ("another host", "")
        return who

    def publish(self, host: Host) -> bool:
        """Publish from now on; return False if another publication is running, raise BusyError if another host does."""
        if not self._try(PUBLICATION):
            return False
        who, key = self._holder() or ("", host.key)
        if key != host.key:
            self.end()
            raise BusyError(Problem(where=self._name, check="lock", message=f"{who} publishes this newsroom."))
        return True

    def check(self) -> None:
        """Raise StoreError if the session may have ended, and its locks with it."""
        raw = self.connection.raw
        try:
            if self.connection.is_usable:
                if _has_input(raw) or time.monotonic() - self.connection.answered_at > CONTACT_S:
                    self.connection.ping()
                return
        except psycopg.Error as error:
            raise self.lost() from error
        raise self.lost()

    def end(self) -> None:
        """End the publication."""
        with suppress(psycopg.Error):  # a session that has ended holds nothing
            self._ask(f"SELECT pg_advisory_unlock({_KEY.format(PUBLICATION)})")

    def lost(self) -> StoreError:
        """Return the error of a publication whose lock is lost."""
        what = "the connection to the database was lost while publishing, so another host may publish by now."
        remedy = "This publication was stopped; the next one completes it. Check the server: writethru doctor"
        return StoreError(self._name, what, remedy=remedy, check="connection")

    def _try(self, lock: int) -> bool:
        # A session may take a lock that it has several times, and would have to give it up as often.
        held = self._ask(_HELD.format(lock))
        return bool(held or self._ask(f"SELECT pg_try_advisory_lock({_KEY.format(lock)})"))

    def _holder(self) -> tuple[str, str] | None:
        """Return who has the claim, and the key of that host; None if nobody has it."""
        row = self.connection.execute(_HOLDER.format(CLAIM)).fetchone()
        if row is None:
            return None
        match = _NAME.fullmatch(row[0] or "")
        return (f"{match[1]} (process {match[2]})", match[3]) if match else (f"another host (session {row[1]})", "")

    def _ask(self, sql: str, *parameters: str) -> object:
        return self.connection.execute(sql, parameters).get


def _has_input(raw: psycopg.Connection) -> bool:
    """Return True if the server has said something that nobody asked for, such as its goodbye."""
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return bool(poll.poll(0))
