"""How tests and benchmarks start Debian's chromium."""

import shutil
from typing import Final

FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def program() -> str | None:
    """Return where it is installed, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
