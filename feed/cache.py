"""The folder `cache/` of a newsroom: what may be removed at any time (feed/README.md#the-cache)."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from feed.paths import CACHE_NAME

SUFFIX: Final = ".sequence"
FOLDER_MODE: Final = 0o700
NOTICES: Final = {
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n# Caches of writethru: https://bford.info/cachedir/\n",
    ".gitignore": "*\n",
}
"""Files that have programs for backups, and git, leave the folder out."""


def make_cache(newsroom: Path) -> None:
    """Make the folder, which only its owner can read: what is in it may be under embargo."""
    folder = newsroom / CACHE_NAME
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    for name, text in NOTICES.items():
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")


def cache_path(newsroom: Path, story: str) -> Path:
    """Return the path of what is cached of a story."""
    return newsroom / CACHE_NAME / f"{story}{SUFFIX}"


def clear_cache(newsroom: Path) -> None:
    """Remove what is cached, after something was redacted, and nothing else: the folder may be somebody's own."""
    for path in _files(newsroom):
        with suppress(OSError):
            path.unlink()


def is_unwritable(newsroom: Path) -> bool:
    """Return True if this user cannot remove what is cached."""
    folder = newsroom / CACHE_NAME
    return folder.is_dir() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def _files(newsroom: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from (newsroom / CACHE_NAME).glob(f"*{SUFFIX}*")
