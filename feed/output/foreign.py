"""How files are served that others have put into the output: by their extension."""

import mimetypes

from feed.output.headers import BRIEFLY, Kind, kind_of


def served_kind(path: str) -> Kind:
    """Return the kind of the file at `path` in the output, no matter who put it there."""
    return kind_of(path) or _foreign_kind(path)


def _foreign_kind(path: str) -> Kind:
    content_type, encoding = mimetypes.guess_type(path)
    if content_type is None or encoding is not None:
        content_type = "application/octet-stream"
    return Kind("", f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type, BRIEFLY)
