"""The stylesheet, the script and the icons of pages and feeds. Their names change with their content."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources

ICON = "icon.svg"
ICON_LARGE, ICON_SMALL = "icon-512.png", "icon-144.png"
"""The icon for programs that do not draw SVG. RSS allows no picture wider than 144 pixels."""
ICON_SMALL_PX = 144
SCRIPT = "page.js"
_PARTS = {
    "words.json": (b"const WORDS = {};", b"const WORDS = %s;"),
    "bell.js": (b"// bell.js", b"%s"),
    "live.js": (b"// live.js", b"%s"),
}
"""What is put into the script: where, and as what."""
ASSETS = ("style.css", SCRIPT, ICON, ICON_LARGE, ICON_SMALL)


def asset(name: str, replaced: Mapping[str, str] | None = None) -> tuple[str, bytes]:
    """Return the path of one of ASSETS, which changes with its content, and its bytes."""
    data = replaced[name].encode() if replaced and name in replaced else _ours(name)
    stem, _, extension = name.rpartition(".")
    return f"assets/{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{extension}", data


@cache
def _ours(name: str) -> bytes:
    folder = resources.files("feed.pages").joinpath("assets")
    data = folder.joinpath(name).read_bytes()
    for part, (before, after) in _PARTS.items() if name == SCRIPT else ():
        text = folder.joinpath(part).read_bytes().strip().replace(b"\n", b"\n  ").replace(b"\n  \n", b"\n\n")
        data = data.replace(before, after % text, 1)
    return data
