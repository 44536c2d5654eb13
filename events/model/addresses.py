"""Addresses in the form that outputs carry: URIs of ASCII alone (RFC 3986, RFC 3987 section 3.1).

Events keep an address as its source gave it. RSS and Atom do not allow characters beyond ASCII in one, so an output
encodes them: hosts by IDNA 2008 with the mapping of UTS 46, which is what browsers do, and everything else by percent
signs. The codec of the standard library is IDNA 2003, and leads elsewhere: it takes straße.de for strasse.de.
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

_PARTS = re.compile(
    r"(?P<scheme>https?:)//(?P<user>[^/?#]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_PORT = re.compile(r"(?::[0-9]*)?(?=[/?#]|\Z)")
_RESERVED: Final = "!#$%&'()*+,/:;=?@-._~"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_web_address(url: str) -> bool:
    """Return True if `url` begins as an http or https address does: schemes ignore case (RFC 3986 section 3.1)."""
    return url.lower().startswith(("http://", "https://"))


def ascii_url(url: str) -> str:
    """Return an http or https URL as a URI of ASCII; ValueError, with what is wrong, if its host has no such form."""
    parts = _PARTS.fullmatch(url)
    if parts is None or not parts["host"]:
        raise ValueError("the address has no host.")
    host, rest = _ascii_host(parts["host"]), parts["rest"]
    port = _PORT.match(rest)
    if port is None:
        raise ValueError("the port of the address is not a number.")
    return f"{parts['scheme']}//{_quoted(parts['user'] or '')}{host}{port[0]}{_quoted(rest[port.end() :])}"


@lru_cache(maxsize=32_768)  # a page has every source of a long story
def public_url(url: str) -> str:
    """Return the form of `url` that outputs carry. One of an older ledger whose host has no form is quoted as it is."""
    try:
        return ascii_url(url)
    except ValueError:
        return _quoted(url)


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    import idna  # noqa: PLC0415 - its tables take 10 ms, and few addresses need them

    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
        return ".".join(label if label.isascii() else idna.encode(label).decode() for label in mapped.split("."))
    except idna.IDNAError as error:
        raise ValueError(f"the host of the address is not a name of the internet ({error}).") from None


def _quoted(text: str) -> str:
    """Return `text` with everything percent-encoded that no URI may hold, and a second # too."""
    beginning, mark, fragment = _STRAY_PERCENT.sub("%25", text).partition("#")
    return quote(beginning, safe=_RESERVED) + mark + quote(fragment, safe=_RESERVED).replace("#", "%23")
