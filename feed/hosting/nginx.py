"""The file for nginx. Pure.

A block of nginx takes the headers of the block around it only if it has none of its own, so each kind of file has all.
"""

import re
import shlex
from typing import Final
from urllib.parse import urlsplit

from feed.hosting.newsroom import GZIP_TYPES, UTF8_TYPES, HostedNewsroom, is_plain, render
from feed.output.headers import INDEX, KINDS, hub_link

HTML = "text/html"
"""Always among the types that are compressed or get a charset: nginx warns if it is named."""

HTTPS: Final = 443
CERTIFICATES: Final = "/etc/letsencrypt/live"
"""Where certbot puts them."""


def nginx_files(newsroom: HostedNewsroom) -> dict[str, str]:
    """Return the file by its path."""
    site = newsroom.config.site
    adds_certbot = newsroom.is_secure and newsroom.port in {None, HTTPS}
    path = f"/etc/nginx/sites-available/{newsroom.name}"
    text = render(
        "nginx.conf.jinja",
        newsroom=newsroom,
        path=path,
        port=newsroom.port if newsroom.port and not adds_certbot else 80,
        adds_certbot=adds_certbot,
        certificates=f"{CERTIFICATES}/{newsroom.host}",
        desk_server=_desk_server(newsroom),
        index=INDEX,
        kinds=KINDS,
        charset_types=[media_type for media_type in UTF8_TYPES if media_type != HTML],
        gzip_types=[media_type for media_type in GZIP_TYPES if media_type != HTML],
        home=_value(urlsplit(site.base_url).path),
        link=_link(site.base_url, site.hub),
        has_dollar="$" in newsroom.root + site.base_url + (site.hub or ""),
        below=lambda pattern: _word(f"^{re.escape(newsroom.prefix)}{pattern}"),
        word=_word,
        value=_value,
        shell=shlex.quote,
    )
    return {path: text}


def _desk_server(newsroom: HostedNewsroom) -> dict[str, object]:
    """Return where the desk listens, if it has a host of its own."""
    address = urlsplit(newsroom.desk_url or "")
    is_secure, adds_certbot = address.scheme == "https", address.port in {None, HTTPS}
    return {
        "port": address.port if address.port and not (is_secure and adds_certbot) else 80,
        "adds_certbot": is_secure and adds_certbot,
        "ssl": is_secure and not adds_certbot,
        "certificates": f"{CERTIFICATES}/{newsroom.desk_host}",
    }


def _link(base_url: str, hub: str | None) -> str:
    """Return the value of a feed's header Link: $1 is the path that its block matched."""
    return "" if hub is None else _word(hub_link(_dollars(base_url) + "$1", _dollars(hub)))


def _word(text: str) -> str:
    """Return `text` as nginx reads it. It replaces variables in some values: see `_value`."""
    return text if is_plain(text) else '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))


def _value(text: str) -> str:
    """Return `text` for a value in which nginx replaces variables."""
    return _word(_dollars(text))


def _dollars(text: str) -> str:
    return text.replace("$", "${dollar}")
