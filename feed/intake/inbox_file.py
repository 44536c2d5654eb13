"""The file `inbox.db` beside the ledger: its tables and their versions. It holds texts of others."""

from pathlib import Path
from typing import Final

from feed.private_file import PrivateFile

VERSION: Final = 3
_TABLES: Final = """
CREATE TABLE drafts (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL DEFAULT 'new', story TEXT NOT NULL,
    made_us INTEGER NOT NULL
) STRICT;
CREATE TABLE absences (
    number INTEGER PRIMARY KEY REFERENCES drafts, "table" TEXT NOT NULL, identity TEXT NOT NULL, last INTEGER NOT NULL,
    slot TEXT NOT NULL, label TEXT NOT NULL, ended_us INTEGER
) STRICT;
CREATE INDEX absences_of_cells ON absences ("table", identity, slot);
CREATE TABLE texts (
    number INTEGER PRIMARY KEY REFERENCES drafts, kind TEXT NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL,
    title TEXT NOT NULL, link TEXT NOT NULL, text TEXT NOT NULL, published TEXT NOT NULL, note TEXT NOT NULL,
    fields TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX texts_of_names ON texts (address, name);
CREATE TABLE shingles (
    number INTEGER NOT NULL REFERENCES texts, shingle INTEGER NOT NULL, PRIMARY KEY (shingle, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE sources (
    url TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, story TEXT NOT NULL, every_s INTEGER NOT NULL,
    allow TEXT NOT NULL, validators TEXT NOT NULL DEFAULT '{}', digest TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '', due_us INTEGER NOT NULL, fetched_us INTEGER, failures INTEGER NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT '', is_gone INTEGER NOT NULL DEFAULT FALSE
) STRICT;
CREATE TABLE items (
    source TEXT NOT NULL REFERENCES sources, name TEXT NOT NULL, link TEXT NOT NULL, title TEXT NOT NULL,
    hash TEXT NOT NULL, draft INTEGER, PRIMARY KEY (source, name)
) STRICT;
CREATE INDEX items_of_links ON items (link);
"""
_INDEX: Final = "CREATE INDEX shingles_of_numbers ON shingles (number);"
_PROGRESS: Final = """
CREATE TABLE progress (source TEXT PRIMARY KEY, text TEXT NOT NULL, event TEXT NOT NULL) STRICT;
"""
_BEFORE_MIGRATION: Final = """
DROP INDEX drafts_of_cells;
ALTER TABLE drafts RENAME TO drafts_1;
"""
_AFTER_MIGRATION: Final = """
INSERT INTO drafts SELECT number, id, state, story, made_us FROM drafts_1;
INSERT INTO absences SELECT number, "table", identity, last, slot, label, ended_us FROM drafts_1;
DROP TABLE drafts_1;
"""


def waiting_drafts(folder: Path) -> int:
    """Return how many drafts wait for a decision. Nothing is written: neither an inbox nor its tables are made."""
    with InboxFile.reading(folder) as file:
        if file is None:
            return 0
        [version] = file.execute("PRAGMA user_version").fetchone()
        absences = "" if version == 1 else "LEFT JOIN absences USING (number)"
        waiting = f"SELECT count(*) FROM drafts {absences} WHERE state = 'new' AND ended_us IS NULL"  # noqa: S608
        return int(file.execute(waiting).fetchone()[0])


class InboxFile(PrivateFile):
    """The open file. Use it as a context manager."""

    FILE = "inbox.db"
    CHECK = NOUN = "inbox"
    REMEDY = "Move it away. The next run of sync makes its drafts again; add the sources again yourself."
    APPLICATION_ID = 0x77727469  # "wrti"
    VERSION = VERSION

    def script_from(self, version: int) -> str | None:
        """Return the statements that bring a file of an earlier version up to date."""
        return {
            0: _TABLES + _INDEX + _PROGRESS,
            1: _BEFORE_MIGRATION + _TABLES + _INDEX + _AFTER_MIGRATION,
            2: _INDEX,
        }.get(version)
