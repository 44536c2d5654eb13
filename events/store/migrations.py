"""The shape of the ledger's file, in numbered steps: schema/NNNN.sql takes it from version NNNN - 1 to NNNN.

A step is never edited once it is out: files that it made are in use. Each version has a frozen file in
tests/contract/ledgers, which the tests bring up to date.
"""

from collections.abc import Callable
from importlib import resources
from typing import Final, cast

import apsw

from events.model.rows import linked

APPLICATION_ID: Final = 0x77727468  # "wrth", so that `file ledger.db` can tell
SCHEMA_VERSION: Final = 4


def step(version: int) -> str:
    """Return the SQL that makes a file of `version` from one of the version before."""
    return resources.files("events.store").joinpath("schema", f"{version:04}.sql").read_text(encoding="utf-8")


def migrate(
    connection: apsw.Connection, *, to: int = SCHEMA_VERSION, step_to: Callable[[int], str] = step
) -> list[int]:
    """Take a file to version `to`, step by step, and give the versions it went through.

    The caller holds the one writer's place: whoever waited for it finds nothing left to do, and what fails is undone
    as a whole.
    """
    connection.create_scalar_function("link", _link, 2, deterministic=True)
    version = cast("int", connection.pragma("user_version"))
    if version == 0:
        connection.pragma("application_id", APPLICATION_ID)
    taken = list(range(version + 1, to + 1))
    for reached in taken:
        connection.execute(step_to(reached))
        connection.pragma("user_version", reached)
    return taken


def _link(*given: object) -> bytes:
    before, envelope = given
    return linked(cast("bytes", before), cast("str", envelope).encode())
