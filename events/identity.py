"""SHELL: who records, and ids for what is recorded."""

import getpass
import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """Give a UUIDv7 (RFC 9562, section 5.7): ids made in turn sort in turn."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    return uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def system_user() -> str:
    """Give the name under which this process runs."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # cron on a bare system knows neither a name nor a passwd entry
        return "unknown"
