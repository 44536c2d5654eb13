"""The file `desk.db` beside the ledger: its tables. Of links and sessions it holds only hashes."""

import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import Final

from events.system import PRIVATE_MODE
from feed.private_file import PrivateFile

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_TABLES: Final = """
CREATE TABLE people (
    name TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, role INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3),
    handle BLOB NOT NULL UNIQUE, added_us INTEGER NOT NULL
) STRICT;
CREATE TABLE invitations (
    hash BLOB PRIMARY KEY, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE, expires_us INTEGER NOT NULL,
    used_us INTEGER
) STRICT;
CREATE TABLE passkeys (
    id BLOB PRIMARY KEY, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE, public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL, made_us INTEGER NOT NULL, used_us INTEGER NOT NULL
) STRICT;
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY, person TEXT NOT NULL REFERENCES people ON DELETE CASCADE, expires_us INTEGER NOT NULL,
    confirmed_us INTEGER NOT NULL
) STRICT;
CREATE TABLE challenges (hash BLOB PRIMARY KEY, expires_us INTEGER NOT NULL) STRICT;
CREATE TABLE secrets (secret BLOB NOT NULL) STRICT;
CREATE TABLE refusals (
    number INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, reason TEXT NOT NULL, person TEXT NOT NULL,
    request TEXT NOT NULL, client TEXT NOT NULL
) STRICT;
INSERT INTO secrets VALUES (randomblob(32));
"""


class PeopleFile(PrivateFile):
    """The open file. Use it as a context manager."""

    FILE = "desk.db"
    CHECK = "desk"
    NOUN = "list of people"
    REMEDY = "Move it away, and invite everybody again: writethru desk invite NAME --role ROLE"
    APPLICATION_ID = 0x77727464  # "wrtd"
    VERSION = 1

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with self.translated():
            self.connection.execute("PRAGMA foreign_keys = ON")
        if self.path.stat().st_mode & OTHERS:
            os.chmod(self.path, PRIVATE_MODE)  # noqa: PTH101 - a copy was restored for everybody to read

    def script_from(self, version: int) -> str | None:
        """Return the statements that make the tables."""
        return None if version else _TABLES


def has_people(folder: Path) -> bool:
    """Return True if anybody was invited to the desk. Nothing is written."""
    with PeopleFile.reading(folder) as file:
        if file is None or file.execute("PRAGMA user_version").fetchone() == (0,):
            return False  # none, or another process is just making it
        return file.execute("SELECT 1 FROM people").fetchone() is not None


def hash_of(token: str) -> bytes:
    """Return what is stored of a secret of 256 random bits: nobody can guess it, so no salt is needed.

    Looking a hash up takes a time that says nothing of the token.
    """
    return sha256(token.encode(errors="replace")).digest()
