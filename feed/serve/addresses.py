"""From the path of a request to the paths of files in the output. Pure."""

from functools import lru_cache
from typing import Final
from urllib.parse import quote

from feed.output.headers import INDEX

PATH_BYTES_MAX: Final = 1024
"""No path of ours is as long, and what strangers send is cached."""
_ENCODED: Final = (b"%2f", b"%5c", b"%00")
"""Slashes and ends of names, encoded: no address of ours has them, and programs on the way read them differently."""


def tree_paths(path: str, raw: bytes, prefix: str) -> tuple[str, ...]:
    """Return the paths of files that a request may mean: without the `prefix` of the site's address, then with it.

    `path` is decoded, `raw` as it was sent. Names that begin with a dot are not public, and lead nowhere.
    """
    return _tree_paths(path, raw, prefix) if len(raw) <= PATH_BYTES_MAX else ()


@lru_cache(maxsize=1024)
def _tree_paths(path: str, raw: bytes, prefix: str) -> tuple[str, ...]:
    if any(encoded in raw.lower() for encoded in _ENCODED):
        return ()
    relatives = [path[len(start) :] for start in dict.fromkeys((prefix, "/")) if path.startswith(start)]
    files = [f"{relative}{INDEX}" if relative == "" or relative.endswith("/") else relative for relative in relatives]
    return tuple(file for file in files if not any(part == "" or part[0] == "." for part in file.split("/")))


def folder_address(path: str, query: bytes) -> str:
    """Return the address of a folder that was asked for without the slash at its end."""
    return quote(f"{path}/") + (f"?{query.decode('latin-1')}" if query else "")
