"""The file for Caddy. Pure.

Its blocks `handle` exclude one another, so the first kind that matches a file is the only one: a general `header` would
win over that of the assets.
"""

import re
import shlex
from urllib.parse import urlsplit

from events.errors import InvalidError, Problem
from feed.hosting.newsroom import GZIP_TYPES, HostedNewsroom, is_plain, render
from feed.output.headers import INDEX, KINDS, Kind, hub_link


def caddy_files(newsroom: HostedNewsroom) -> dict[str, str]:
    """Return the file by its path. InvalidError if Caddy cannot name the output's folder."""
    site = newsroom.config.site
    path = f"/etc/caddy/conf.d/{newsroom.name}.caddyfile"
    scheme = "" if newsroom.is_secure else "http://"
    port = "" if newsroom.port is None else f":{newsroom.port}"
    text = render(
        "Caddyfile.jinja",
        newsroom=newsroom,
        path=path,
        address=f"{scheme}{newsroom.host}{port}",
        prefix=urlsplit(site.base_url).path[:-1],
        desk_address=_desk_address(newsroom),
        desk_prefix=newsroom.desk_path.removesuffix("/desk/"),
        gzip_types=GZIP_TYPES,
        kinds=[(kind, _pattern(kind), _is_page(kind)) for kind in KINDS],
        link="" if site.hub is None else hub_link(f"{site.base_url[:-1]}{{path}}", site.hub),
        index=INDEX,
        below=lambda prefix: _word(f"^{_literal(prefix)}"),
        exactly=lambda prefix: _word(f"^{_literal(prefix)}$"),
        word=_word,
        shell=shlex.quote,
    )
    if set(newsroom.root) >= {"`", "\\"} or set(newsroom.root) & set("{}"):
        message = "a Caddyfile cannot name this path: it has braces, or both a backtick and a backslash."
        raise InvalidError(Problem(where=newsroom.root, check="path", message=message, remedy="Rename the folder."))
    return {path: text}


def _desk_address(newsroom: HostedNewsroom) -> str:
    """Return the desk's address as Caddy has it, if it has a host of its own: https is its default."""
    address = urlsplit(newsroom.desk_url or "")
    scheme = "http://" if address.scheme == "http" else ""
    return f"{scheme}{newsroom.desk_host}{f':{address.port}' if address.port else ''}"


def _pattern(kind: Kind) -> str:
    """Return the pattern of a kind for paths of requests: a folder's is that of its page."""
    return f"^/(?:{kind.pattern}|(?:.+/)?)$" if _is_page(kind) else f"^/{kind.pattern}$"


def _is_page(kind: Kind) -> bool:
    return kind.matches(INDEX)


def _literal(text: str) -> str:
    """Return a regular expression for `text`, without what Caddyfiles read themselves."""
    return re.sub(
        "[`{}]", lambda match: rf"\x{ord(match[0]):02x}", re.escape(text).replace(r"\{", "{").replace(r"\}", "}")
    )


def _word(text: str) -> str:
    """Return `text` as Caddy reads it. Between backticks nothing has a meaning."""
    if is_plain(text):
        return text
    return f"`{text}`" if "`" not in text else '"{}"'.format(text.replace('"', '\\"'))
