"""Addresses of a stranger → sources and pictures of a report."""

from typing import Any, Final
from urllib.parse import urlsplit

_IMAGE_TYPES: Final = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml", "avif": "image/avif",
}  # fmt: skip


def image(url: str, shows: str, credit: str = "") -> dict[str, Any] | None:
    """Return the picture at `url`; None if it is none, or if nobody says what it shows."""
    kind = _IMAGE_TYPES.get(urlsplit(url).path.rpartition(".")[2].lower())
    if kind is None or not shows:
        return None
    return {"url": url, "type": kind, "alt": shows[:2_000], **({"credit": credit} if credit else {})}


def outlet(url: str, name: str = "") -> dict[str, str]:
    """Return the page at `url` as a source, called by its host if it has no name."""
    return {"name": name or urlsplit(url).netloc.removeprefix("www.") or url[:300], "url": url}
