"""Errors of SQLite, translated into the ledger's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from events.errors import StoreBusyError, StoreDamagedError
from events.store.errors import disk_error, permission_error

DAMAGE_ERRORS: Final = (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError)
"""What reading a damaged file raises within a transaction, before it is translated."""


@contextmanager
def translate_sqlite_errors(path: Path, *, so_far: str = "Nothing was recorded.") -> Iterator[None]:
    """Raise errors of SQLite as StoreError about the ledger at `path`. `so_far` says what was recorded before them."""
    try:
        yield
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StoreBusyError(
            str(path),
            "another process has been writing to the ledger for too long.",
            remedy=f"{so_far} Try again. To see which process it is: fuser ledger.db",
            check="locked",
        ) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreDamagedError(
            str(path), "the file is damaged, or is not a ledger.", remedy="Restore a backup from before the damage."
        ) from error
    except (apsw.SQLError, apsw.TooBigError, apsw.ConstraintError, UnicodeDecodeError) as error:
        raise StoreDamagedError(
            str(path), f"the file is damaged: {error}.", remedy="To see all damage: writethru verify"
        ) from error
    except (apsw.FullError, apsw.IOError) as error:
        # The first process that opens a ledger makes the file for shared memory (-shm), which needs room as well.
        no_room = getattr(error, "extendedresult", None) == apsw.SQLITE_IOERR_SHMSIZE  # apsw's stubs lack it
        is_full = no_room or isinstance(error, apsw.FullError)
        raise disk_error(path, "" if is_full else str(error), so_far=so_far) from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError) as error:
        raise permission_error(path, "ledger", so_far=so_far) from error
