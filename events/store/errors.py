"""What SQLite says, turned into what it means for a ledger and whoever is at the desk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from events.errors import StoreBusyError, StoreDamagedError, StoreError


@contextmanager
def told(path: Path, *, so_far: str = "Nothing was recorded.") -> Iterator[None]:
    """Turn what SQLite says into what it means for the ledger at `path`. `so_far` tells what was kept."""
    try:
        yield
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StoreBusyError(
            str(path),
            "another process has been writing to the ledger for too long.",
            remedy=f"{so_far} Try again; see who holds it: fuser ledger.db",
            check="locked",
        ) from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreDamagedError(
            str(path), "the file is damaged, or no ledger.", remedy="Put back a copy from before the damage."
        ) from error
    except (apsw.FullError, apsw.IOError) as error:
        # The file that all who use the log share (-shm) is made anew by the first of them, and needs room.
        no_room = getattr(error, "extendedresult", None) == apsw.SQLITE_IOERR_SHMSIZE  # apsw's stubs lack it
        if no_room or isinstance(error, apsw.FullError):
            what, remedy = "the disk is full.", f"{so_far} Make room and try again."
        else:
            what, remedy = f"the disk failed: {error}.", f"{so_far} Check the disk."
        raise StoreError(str(path), what, remedy=remedy, check="disk") from error
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError) as error:
        hidden = os.access(path, os.F_OK) and not os.access(path, os.R_OK)
        what, so_far = ("read", "") if hidden else ("written", f"{so_far} ")
        raise StoreError(
            str(path),
            f"the ledger cannot be {what} here.",
            remedy=f"{so_far}Check who owns the folder and the file: ls -l",
            check="permission",
        ) from error
