"""Which addresses a configuration may name: of the site, and of its desk. Pure."""

import re
from urllib.parse import urlsplit

from events.model.addresses import ascii_url
from events.rules.admission import has_user_info

_BASE_URL = re.compile(r"https?://[^\s/?#\"<>\\^`{|}]+(/[^\s?#\"<>\\^`{|}]*)?\Z")
_IP_ADDRESS = re.compile(r":|(^|\.)[0-9]+\.?\Z|(^|\.)0x[0-9a-f]*\.?\Z")
"""What browsers read as one: the last part of a name is never a number."""


def public_address(url: str) -> str:
    """Return an address in ASCII; ValueError if it has a user name or a password."""
    if has_user_info(url):
        raise ValueError("contains a user name or a password, which every page and feed would publish")
    return ascii_url(url)


def site_address(url: str) -> str:
    """Return an address as `site.base_url` may be: in ASCII, and with a slash at its end. ValueError if it may not."""
    if not _BASE_URL.match(url):
        raise ValueError(f"must be an http or https address without query, not {url!r}")
    return public_address(url if url.endswith("/") else url + "/")


def desk_address(url: str) -> str:
    """Return an address as `desk.url` may be: one to which passkeys can belong. It ends in `/desk/`."""
    address = site_address(url)
    host, is_secure = urlsplit(address).hostname or "", address.startswith("https:")
    if _IP_ADDRESS.search(host):
        raise ValueError(f"must name a host, such as https://news.example/desk/: no passkey belongs to {host}")
    if not is_secure and host != "localhost" and not host.endswith(".localhost"):
        raise ValueError(f"must be an https address, or http://localhost: browsers have no passkeys for {url}")
    return address if address.endswith("/desk/") else f"{address}desk/"
