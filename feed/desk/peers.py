"""Who runs the program at the other end of a connection within this machine, as Linux says."""

from contextlib import suppress
from pathlib import Path
from typing import Final

TABLES: Final = ("/proc/net/tcp", "/proc/net/tcp6")
LOCAL, REMOTE, USER = 1, 2, 7
"""Columns of those tables (proc(5))."""


def peer_users(client_port: int, server_port: int) -> set[int]:
    """Return the users of the sockets with these ports; none where the system does not say."""
    ends = f":{client_port:04X}", f":{server_port:04X}"
    users = set()
    for table in TABLES:
        with suppress(OSError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                columns = line.split()
                if columns[LOCAL].endswith(ends[0]) and columns[REMOTE].endswith(ends[1]):
                    users.add(int(columns[USER]))
    return users
