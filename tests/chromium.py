"""Debian's Chromium, as tests and benchmarks start it."""

import shutil
from typing import Final

FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def program() -> str | None:
    """Return its path, or None if it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
