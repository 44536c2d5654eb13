"""After how long without an answer either end of a connection takes the other for dead.

TCP alone waits a quarter of an hour at this end; the server waits two hours, and keeps the locks of the dead meanwhile.
"""

import os
import socket
from typing import Final

import psycopg

ANSWER_S: Final = 6
"""For every connection. With the pause between two probes it is less than others wait for the lock of the dead.
A publication, which another host may take over, has less."""
PROBES: Final = 3


def server_timeouts(after_s: int) -> str:
    """Return the statements that let the server notice after `after_s` seconds that this end's machine is gone."""
    pause_s = after_s // PROBES
    return (
        f"SET tcp_keepalives_idle = {pause_s}; SET tcp_keepalives_interval = {pause_s}; "
        f"SET tcp_keepalives_count = {PROBES}; SET tcp_user_timeout = {after_s * 1000}; "
    )


def detect_death(raw: psycopg.Connection, after_s: int) -> None:
    """Let this end notice after `after_s` seconds that the server's machine is gone."""
    with socket.socket(fileno=os.dup(raw.fileno())) as end:
        if end.family in {socket.AF_INET, socket.AF_INET6} and hasattr(socket, "TCP_USER_TIMEOUT"):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option, value in (("IDLE", after_s // PROBES), ("INTVL", after_s // PROBES), ("CNT", PROBES)):
                end.setsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_KEEP{option}"), value)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, after_s * 1000)
