"""Migrations of the ledger's file: schema/NNNN.sql takes it from schema NNNN - 1 to NNNN.

A released step is never edited: files that it made are in use. tests/contract/ledgers has a file of each older schema,
which the tests migrate.
"""

from collections.abc import Callable
from typing import Final, cast

import apsw

from events.model.rows import linked

APPLICATION_ID: Final = 0x77727468  # "wrth", which `file ledger.db` can recognize
SCHEMA_VERSION: Final = 4


def step(version: int) -> str:
    """Return the SQL that takes a file from the version before to `version`."""
    from importlib import resources  # noqa: PLC0415 - takes 4 ms, and most ledgers need no step

    return resources.files("events.store").joinpath("schema", f"{version:04}.sql").read_text(encoding="utf-8")


def migrate(
    connection: apsw.Connection, *, to: int = SCHEMA_VERSION, step_to: Callable[[int], str] = step
) -> list[int]:
    """Take a file to version `to`, step by step, and return the versions of these steps.

    The caller has opened the write transaction: another process that waited for it finds nothing left to do, and a step
    that fails rolls all of them back.
    """
    connection.create_scalar_function("link", _link, 2, deterministic=True)
    version = cast("int", connection.pragma("user_version"))
    if version == 0:
        connection.pragma("application_id", APPLICATION_ID)
    versions = list(range(version + 1, to + 1))
    for version in versions:
        connection.execute(step_to(version))
        connection.pragma("user_version", version)
    return versions


def _link(*arguments: object) -> bytes:
    before, envelope = arguments
    return linked(cast("bytes", before), cast("str", envelope).encode())
