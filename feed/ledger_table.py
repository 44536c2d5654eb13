"""The table [ledger] of `writethru.toml`: what it may say, and how it is written."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

DEFAULT_SCHEMA: Final = "writethru"
_SCHEMA: Final = r"[a-z_][a-z0-9_]{0,62}"
_HEADER: Final = r"\s*\[\s*ledger\s*\]"


def checked_url(url: str) -> str:
    """Return the address of a database; ValueError if it is none, or contains a password."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ValueError('must be the address of a PostgreSQL database, such as "postgresql:///news"')
    try:
        parts = urlsplit(url)
        names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError as error:
        raise ValueError(f"is not an address: {error}") from None
    if parts.password is not None or names & {"password", "sslpassword"}:
        raise ValueError(
            "contains a password, which everybody who sees it could use. Leave it out: PostgreSQL reads it from the "
            "file that PGPASSFILE names, from a service file, or from PGPASSWORD"
        )
    return url


def checked_schema(name: str) -> str:
    """Return the name of a schema, which needs no quotes; ValueError if it is none."""
    if not re.fullmatch(_SCHEMA, name) or name.startswith("pg_"):
        raise ValueError(f'must be a name of a-z, 0-9 and _, such as "harbour", not {name!r}')
    return name


def ledger_table(url: str, schema: str) -> str:
    """Return the table [ledger] of `writethru.toml` as text."""
    return f"[ledger]\nurl = {toml_string(url)}\nschema = {toml_string(schema)}\n"


def with_ledger(text: str, table: str) -> str:
    """Return the text of a configuration with `table` as its table [ledger]; "": without one, so with `ledger.db`.

    All other lines stay, comments included.
    """
    lines = text.splitlines(keepends=True)
    headers = [number for number, line in enumerate(lines) if line.lstrip().startswith("[")]
    start = next((number for number in headers if re.match(_HEADER, lines[number])), None)
    if start is None:
        return f"{text.rstrip()}\n\n{table}" if table else text
    end = next((number for number in headers if number > start), len(lines))
    comments = [line for line in lines[start + 1 : end] if line.lstrip().startswith("#") or not line.strip()]
    return "".join((*lines[:start], table, *comments, *lines[end:]))


def toml_string(text: str) -> str:
    """Return `text` as a TOML basic string."""
    escaped = "".join(
        f"\\u{ord(char):04x}" if ord(char) < 0x20 or char in '"\\' or ord(char) == 0x7F else char for char in text
    )
    return f'"{escaped}"'
