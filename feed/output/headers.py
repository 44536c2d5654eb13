"""How a web server sends each published file: its type, and for how long caches keep it. Pure.

The files fall into KINDS, and the first kind whose pattern matches the whole path counts: feed/README.md#headers.
"""

import re
from typing import Final, NamedTuple

INDEX: Final = "index.html"
BRIEFLY: Final = "public, max-age=60"
ALWAYS_ASK: Final = "no-cache"
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""What changes its name with its content is never asked for again."""


class Kind(NamedTuple):
    """A kind of published file, with the headers Content-Type and Cache-Control.

    `pattern` matches whole paths in the output. Python, PCRE (nginx) and RE2 (Caddy) read it alike.
    """

    pattern: str
    content_type: str
    cache_control: str = BRIEFLY
    is_topic: bool = False
    """Whether hubs push it: a feed to subscribe to (w3.org/TR/websub)."""

    @property
    def media_type(self) -> str:
        """The type without the charset."""
        return self.content_type.partition(";")[0]

    @property
    def is_text(self) -> bool:
        """Whether compression pays."""
        return not self.content_type.startswith(("image/jpeg", "image/png", "application/octet-stream"))

    def matches(self, path: str) -> bool:
        """Return True if the file at `path` is of this pattern; an earlier kind may match it too."""
        return re.fullmatch(self.pattern, path, re.ASCII) is not None


KINDS: Final = (
    Kind(r"assets/.+\.css", "text/css; charset=utf-8", FOR_EVER),
    Kind(r"assets/.+\.js", "text/javascript; charset=utf-8", FOR_EVER),
    Kind(r"assets/.+\.png", "image/png", FOR_EVER),
    Kind(r"assets/.+\.svg", "image/svg+xml", FOR_EVER),
    Kind(r"log/tile/.+", "application/octet-stream", FOR_EVER),
    Kind(r"log/(?:checkpoint|keys)", "text/plain; charset=utf-8", ALWAYS_ASK),
    Kind(r"stories/[^/]+/archive/.+\.atom", "application/atom+xml; charset=utf-8"),
    Kind(r".+\.atom", "application/atom+xml; charset=utf-8", is_topic=True),
    Kind(r".+\.rss", "application/rss+xml; charset=utf-8", is_topic=True),
    Kind(r"(?:.+/)?(?:feed|corrections)\.json", "application/feed+json; charset=utf-8", is_topic=True),
    Kind(r".+\.json", "application/json; charset=utf-8"),
    Kind(r".+\.jsonl", "application/jsonl; charset=utf-8"),
    Kind(r".+\.ics", "text/calendar; charset=utf-8"),
    Kind(r".+\.opml", "text/x-opml; charset=utf-8"),
    Kind(r".+\.html", "text/html; charset=utf-8"),
    Kind(r".+\.png", "image/png"),
    Kind(r".+\.jpg", "image/jpeg"),
)


def kind_of(path: str) -> Kind | None:
    """Return the kind of the file at `path` in the output; None for a file that writethru does not make."""
    return next((kind for kind in KINDS if kind.matches(path)), None)


def hub_link(self_url: str, hub: str) -> str:
    """Return the header Link of a feed: hubs take no feed without it (w3.org/TR/websub, section 4)."""
    return f'<{hub}>; rel="hub", <{self_url}>; rel="self"'
