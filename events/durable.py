"""SHELL: what makes a change of files survive a loss of power."""

import os
from pathlib import Path


def sync(place: Path) -> None:
    """Wait until a file's bytes, or the names in a folder, are on the disk: fsync(2)."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
