"""What a stranger may do to a newsroom before somebody else uses it.

Each function draws one change and makes it. `canaries` is a folder outside the newsroom that nothing may touch.
"""

import os
import pickle
import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import apsw
import orjson

from events.projections.version import FOLD_VERSION
from tests.builders import STORY

Change: TypeAlias = Callable[[random.Random, Path, Path], str]
TRIGGERS = (
    "events_stay",
    "events_last",
    "bodies_only_cleared",
    "links_stay",
    "leaves_stay",
    "leaves_last",
    "log_keys_stay",
)
NOTES = ("mark", "newest", "corrections", "assets", "logged", "passed", "restored", "unsigned", "strange")
TABLES = ("events", "bodies", "links", "notes", "snapshots", "published", "overviews", "leaves", "log_keys")
SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")


@contextmanager
def ledger_of(folder: Path) -> Iterator[apsw.Connection]:
    """Open the ledger with everything out of the way that protects it."""
    with closing(apsw.Connection(str(folder / "ledger.db"))) as connection:
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
        connection.execute("PRAGMA writable_schema=ON; PRAGMA foreign_keys=OFF")
        for trigger in TRIGGERS:
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        yield connection


def texts(draw: random.Random, canaries: Path) -> str:
    """Return a text that is not what is expected."""
    outside = os.path.relpath(canaries / "docs/index.html", canaries.parent / "desk/public")
    return draw.choice(
        (
            "",
            "\0",
            " ",
            "null",
            "[]",
            "{}",
            "0",
            "-1",
            "9" * 400,
            "1e999",
            "not a date",
            "9999-12-31T23:59:59.999Z",
            "0001-01-01T00:00:00Z",
            "2066-01-01T00:00:00Z",
            "\x1b]0;title\x07",
            "\u202e",
            "\ud7ff\uffff",
            "x" * 1_000_000,
            "[" * 100_000,
            '{"a":' * 50_000,
            "../writethru.toml",
            "../../canaries/docs/index.html",
            outside,
            str(canaries / "docs/index.html"),
            "stories/../../writethru.toml",
            "../ledger.db",
            "../../canaries/docs",
            "a/b",
            ".",
            "..",
            "con\\aux",
            "<script>alert(1)</script>",
        )
    )


def change_note(draw: random.Random, folder: Path, canaries: Path) -> str:
    """Put something else into a note."""
    name, text = draw.choice(NOTES), texts(draw, canaries)
    with ledger_of(folder) as connection:
        connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, text))
    return f"note {name}: {text[:40]!r}"


def change_entries(draw: random.Random, folder: Path, canaries: Path) -> str:
    """Change a field of a cached entry."""
    bad = (
        "<script>alert(1)</script>",
        '<p onclick="x">',
        '<a href="javascript:x">',
        "<iframe>",
        '<img src=x onerror="x">',
        "<p><svg>",
    )
    with ledger_of(folder) as connection:
        entries = orjson.loads(connection.execute("SELECT text FROM notes WHERE name = 'newest'").get)
        entry = draw.choice(entries)
        field = draw.choice([*entry, "content", "content", "url", "story"])
        entry[field] = draw.choice((*bad, 5, None, texts(draw, canaries)))
        text = orjson.dumps(entries).decode()
        connection.execute("INSERT OR REPLACE INTO notes VALUES ('newest', ?)", (text,))
    return f"entry {field}: {str(entry[field])[:40]!r}"


def change_cell(draw: random.Random, folder: Path, canaries: Path) -> str:
    """Change one value of a table, or add a row to a cache."""
    value = draw.choice((texts(draw, canaries), -(2**63), 2**62, 0))
    table, column = draw.choice(
        (
            ("published", "story"),
            ("published", "updated_us"),
            ("published", "next_us"),
            ("published", "text"),
            ("overviews", "story"),
            ("overviews", "line"),
            ("overviews", "awaited"),
            ("events", "story"),
            ("events", "envelope"),
            ("events", "id"),
            ("bodies", "body"),
            ("bodies", "salt"),
            ("links", "link"),
            ("leaves", "story"),
            ("leaves", "entry"),
            ("leaves", "hashes"),
            ("leaves", "number"),
            ("log_keys", "note"),
        )
    )
    if isinstance(value, int) and column not in {"updated_us", "next_us", "number"}:
        value = str(value)
    try:
        with ledger_of(folder) as connection:
            row = connection.execute(f"SELECT * FROM {table} ORDER BY random() LIMIT 1").fetchone()
            if row is not None:
                connection.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {column} IS (SELECT {column} FROM {table} LIMIT 1)",
                    (value,),
                )
            if table == "published":
                connection.execute("INSERT OR REPLACE INTO published VALUES (?, 0, 0, '{}')", (texts(draw, canaries),))
    except apsw.Error as error:
        return f"nothing: {error}"
    return f"{table}.{column} = {str(value)[:40]!r}"


def change_type(draw: random.Random, folder: Path, _: Path) -> str:
    """Store a value of a type that its column does not take, with a schema that looks as it should."""
    table, column = draw.choice(
        (
            ("notes", "text"),
            ("published", "text"),
            ("published", "next_us"),
            ("overviews", "line"),
            ("events", "envelope"),
            ("events", "story"),
            ("bodies", "body"),
            ("leaves", "entry"),
            ("snapshots", "fold"),
            ("links", "link"),
        )
    )
    value = draw.choice((b"\xff\xfe", b"", 5, 2.5, "text"))
    with ledger_of(folder) as connection:
        sql = str(connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).get)
        loose = sql.replace("STRICT, ", "").replace("STRICT", "")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (loose, table))
    with ledger_of(folder) as connection:
        try:
            connection.execute(f"UPDATE {table} SET {column} = ?", (value,))
        except apsw.ConstraintError:
            value = "nothing"
    with ledger_of(folder) as connection:
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, table))
    return f"type of {table}.{column}: {value!r}"


class _Runs:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self._call = function, arguments

    def __reduce__(self) -> Any:
        return self._call


def change_snapshot(draw: random.Random, folder: Path, canaries: Path) -> str:
    """Put a pickle in place of a fold that runs code, or is garbage."""
    target = str(canaries / "docs/index.html")
    pickled = draw.choice(
        (
            pickle.dumps(_Runs(os.remove, target)),
            pickle.dumps(_Runs(os.system, f"echo > {target}")),
            pickle.dumps(_Runs(eval, f"open({target!r}).read()")),
            pickle.dumps(_Runs(open, target)),
            pickle.dumps({"story": STORY}),
            b"cevents.fold.story\nStoryFold\n(V" + STORY.encode() + b"\ntR.",
            b"cevents.fold.story\nStoryFold\n(V" + STORY.encode() + b"\ntR}Vversion\nI1\nsb.",
            b"cevents.fold.story\nfold_of\n.",
            b"cevents.model.codec\nre.compile\n.",
            draw.randbytes(100),
        )
    )
    with ledger_of(folder) as connection:
        row = (STORY, draw.choice((0, 1, 3, 99)), FOLD_VERSION, sha256(pickled).digest() + pickled)
        connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", row)
    return f"snapshot {pickled[:40]!r}"


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"


SCHEMA_CHANGES = (
    "ALTER TABLE {table} RENAME TO other; CREATE VIEW {table} AS SELECT * FROM other",
    f"DROP TABLE {{table}}; CREATE VIEW {{table}} AS {ENDLESS}",
    "DROP TABLE {table}; CREATE TABLE {table} (x)",
    "DROP TABLE {table}; CREATE VIRTUAL TABLE {table} USING fts5(story, text)",
    "DROP TABLE {table}; CREATE VIRTUAL TABLE {table} USING rtree(id, a, b)",
    "DROP TABLE {table}",
    "ALTER TABLE {table} ADD COLUMN extra TEXT GENERATED ALWAYS AS (hex(zeroblob(1000))) VIRTUAL",
    "CREATE TRIGGER strange AFTER INSERT ON {table} BEGIN DELETE FROM notes; END",
    "CREATE TRIGGER strange AFTER UPDATE ON {table} BEGIN SELECT load_extension('{canaries}/docs/a'); END",
    "CREATE TRIGGER strange BEFORE INSERT ON {table} BEGIN SELECT raise(ABORT, 'no'); END",
    "CREATE INDEX strange ON {table} (hex(zeroblob(100)))",
    f"CREATE VIEW strange AS {ENDLESS}",
    "CREATE VIRTUAL TABLE strange USING fts5(text)",
    "CREATE TABLE strange (a CHECK (abs(-9223372036854775808)))",
    "PRAGMA user_version=-1",
    "PRAGMA user_version=0",
    "PRAGMA user_version=2",
    "PRAGMA user_version=99",
    "PRAGMA user_version=2147483647",
    "PRAGMA application_id=0",
    "PRAGMA application_id=-1",
    "PRAGMA encoding='UTF-16'",
    "UPDATE sqlite_schema SET sql = 'CREATE TABLE {table} (' WHERE name = '{table}'",
    "UPDATE sqlite_schema SET sql = 'garbage' WHERE name = '{table}'",
    "UPDATE sqlite_schema SET rootpage = 1 WHERE name = '{table}'",
    "UPDATE sqlite_schema SET rootpage = 9999 WHERE name = '{table}'",
    "UPDATE sqlite_schema SET type = 'view' WHERE name = '{table}'",
    "DELETE FROM sqlite_schema",
)
"""What a stranger may have made of a ledger's schema: {table} is one of its tables."""


def change_schema(draw: random.Random, folder: Path, canaries: Path) -> str:
    """Change the schema: views, triggers, virtual tables, columns, or something that is none."""
    table = draw.choice(TABLES)
    sql = draw.choice(SCHEMA_CHANGES).replace("{table}", table).replace("{canaries}", str(canaries))
    try:
        with ledger_of(folder) as connection:
            for statement in sql.split("; ") if "BEGIN" not in sql else [sql]:
                connection.execute(statement)
    except apsw.Error as error:
        return f"nothing: {error}"
    return sql[:100]


def change_bytes(draw: random.Random, folder: Path, _: Path) -> str:
    """Flip bytes of the ledger's file, or cut it."""
    with ledger_of(folder):
        pass
    file = folder / "ledger.db"
    data = bytearray(file.read_bytes())
    for _number in range(draw.choice((1, 3, 50))):
        data[draw.randrange(len(data))] = draw.randrange(256)
    if draw.random() < 0.3:
        del data[draw.randrange(len(data)) :]
    file.write_bytes(data)
    return "bytes"


PATHS = (
    "ledger.db-wal",
    "ledger.db-shm",
    "ledger.db-journal",
    "public/log/checkpoint",
    "public/.writethru",
    "public/log",
    "public/stories",
    f"public/stories/{STORY}",
    f"public/stories/{STORY}/index.html",
    "public/index.html",
    "public/log/keys",
    f"public/stories/{STORY}/.index.html.part",
    "public/feed.atom",
    "public/log/tile/entries",
    "templates",
    ".restore.part",
)


def change_files(draw: random.Random, folder: Path, canaries: Path) -> str:
    """Put links, FIFOs and others' journals in the place of files."""
    outside = canaries / "docs/index.html"
    path = draw.choice(PATHS)
    file = folder / path
    if file.is_dir() and not file.is_symlink():
        file.rename(folder / "moved")
    file.unlink(missing_ok=True)
    kind = draw.choice(("link", "fifo", "folder", "linked folder", "journal"))
    match kind:
        case "link":
            file.symlink_to(outside)
        case "linked folder":
            file.symlink_to(outside.parent)
        case "fifo":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case _:
            name = str(outside).encode()
            end = len(name).to_bytes(4, "big") + sum(name).to_bytes(4, "big") + SUPER_JOURNAL
            header = SUPER_JOURNAL + bytes(20) + bytes(484)
            file.write_bytes(header + (1).to_bytes(4, "big") + name + end)
    return f"{path}: {kind}"


CHANGES: list[Change] = [
    change_note,
    change_note,
    change_entries,
    change_cell,
    change_cell,
    change_type,
    change_snapshot,
    change_schema,
    change_schema,
    change_bytes,
    change_files,
    change_files,
]
