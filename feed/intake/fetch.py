"""A table at an address: read with limits on size and time, asked for only if it has changed, and never from inside.

An address that somebody else controls could lead to a machine that only this one can reach. So each host is looked up
once, and only public addresses are connected to, of redirects too: a name that changes its address in between changes
nothing.
"""

import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final, Self
from urllib.parse import parse_qs, urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from events.errors import InvalidError, Problem
from events.rules.admission import has_user_info
from feed.intake.tables import FORMATS, MEDIA_TYPES, TABLE_BYTES_MAX, Format, Source, format_of

SECONDS_MAX: Final = 60
IDLE_SECONDS_MAX: Final = 15
REDIRECTS_MAX: Final = 5
CHUNK_BYTES: Final = 64 * 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GLOBAL_UNICAST: Final = ip_network("2000::/3")
_EMBEDDING: Final = tuple(map(ip_network, ("2001::/32", "2002::/16")))  # Teredo and 6to4 hold an IPv4 address
_NOT_PUBLIC: Final = ip_network("192.0.0.0/24")


def is_public(text: str, allow: Sequence[str] = ()) -> bool:
    """Return True if everybody can reach this IP address, or if it is in a network of `allow`."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in ip_network(network) for network in allow):
        return True
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _NOT_PUBLIC
    return address.is_global and address in _GLOBAL_UNICAST and not any(address in net for net in _EMBEDDING)


def fetch(url: str, *, validators: Mapping[str, str], allow: Sequence[str], contact: str) -> Source | None:
    """Return what an address holds, None if that has not changed since `validators` were given. InvalidError if not."""
    headers = {"User-Agent": f"writethru (+{contact})", "Accept-Encoding": "gzip", **validators}
    try:
        with _TimeLimit() as limit:
            page = _followed(url, _pools(allow, limit.sockets), headers)
            limit.check()
            return page
    except _NotPublicError as error:
        remedy = 'If this machine should read it: allow = ["10.0.0.0/8"] in the map, with its network.'
        raise _fault(url, f"it leads to {error}, which is not a public address.", remedy) from None
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        message = f"it cannot be read: {_reason(error)}."
        raise _fault(url, message, "Check the address, and try again later.") from None


def _followed(url: str, pools: urllib3.PoolManager, headers: Mapping[str, str]) -> Source | None:
    """Return what an address holds, after its redirects."""
    address = url
    for _ in range(REDIRECTS_MAX + 1):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or has_user_info(address):
            raise _fault(url, "it leads to something else than a public http or https address.", "Check the address.")
        response = pools.request(
            "GET", address, headers=headers, redirect=False, retries=False, preload_content=False
        )  # fmt: skip
        with response:
            if response.status in _REDIRECTS and "Location" in response.headers:
                address = urljoin(address, response.headers["Location"])
                continue
            if response.status == 304:
                return None
            if response.status != 200:
                raise _fault(url, f"the server answers {response.status}.", _remedy(response))
            form = _format(url, response.headers.get("Content-Type", ""))
            names = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
            validators = {asks: response.headers[name] for name, asks in names if name in response.headers}
            return Source(_body(url, response), form, validators)
    raise _fault(url, f"it redirects more than {REDIRECTS_MAX} times.", "Check the address.")


def _body(url: str, response: urllib3.BaseHTTPResponse) -> bytes:
    data = bytearray()
    while chunk := response.read(CHUNK_BYTES):
        data += chunk
        if len(data) > TABLE_BYTES_MAX:
            limit = f"{TABLE_BYTES_MAX // 1024**2} MiB"
            raise _fault(url, f"the table has more than {limit}.", "Divide it into several tables.")
    return bytes(data)


def _format(url: str, media_type: str) -> Format:
    """Return the format: as the server says, else as the address says, else CSV."""
    kind = media_type.partition(";")[0].strip().casefold()
    if kind == "text/html":
        remedy = "Of a Google Sheet: File, Share, Publish to web, as comma-separated values."
        raise _fault(url, "this is a web page, not a table.", remedy)
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    named = [FORMATS.get(f".{values[0]}") for name in ("output", "format") if (values := asked.get(name))]
    says = (MEDIA_TYPES.get(kind), format_of(parts.path), *named)
    return next((form for form in says if form is not None), "csv")


def _remedy(response: urllib3.BaseHTTPResponse) -> str:
    after = response.headers.get("Retry-After", "")
    if response.status in {429, 503} and after:
        return f"It asks to be left alone for {after[:40]}: run sync less often."
    return "Check the address: is the table still published?"


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", None) or error
    return (" ".join(str(inner).split()) or type(inner).__name__).rpartition(": ")[2].rstrip(".")[:200]


class _NotPublicError(Exception):
    """An address that only this machine, or its network, can reach."""


class _TimeLimit:
    """Shuts down its sockets after SECONDS_MAX: a server that sends a byte a second would never end."""

    def __init__(self) -> None:
        self.sockets: list[socket.socket] = []
        self.is_over = False
        self._timer = threading.Timer(SECONDS_MAX, self._stop)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def check(self) -> None:
        """Raise TimeoutError if the time is over: what was read so far may be cut short."""
        if self.is_over:
            raise TimeoutError(f"it takes more than {SECONDS_MAX} s")

    def _stop(self) -> None:
        self.is_over = True
        for connection in self.sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _pools(allow: Sequence[str], sockets: list[socket.socket]) -> urllib3.PoolManager:
    """Return pools whose connections go to public addresses alone."""

    class Guarded(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self.host, self.port or 80, allow, sockets)

    class GuardedTls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self.host, self.port or 443, allow, sockets)

    plain = type("Plain", (urllib3.HTTPConnectionPool,), {"ConnectionCls": Guarded})
    tls = type("Tls", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": GuardedTls})
    pools = urllib3.PoolManager(timeout=urllib3.Timeout(connect=IDLE_SECONDS_MAX, read=IDLE_SECONDS_MAX))
    pools.pool_classes_by_scheme = {"http": plain, "https": tls}
    return pools


def _connected(host: str, port: int, allow: Sequence[str], sockets: list[socket.socket]) -> socket.socket:
    """Return a socket that is connected to one of a host's public addresses."""
    failure: Exception = _NotPublicError(host)
    looked_up: Any = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, address in looked_up:
        if not is_public(address[0], allow):
            failure = _NotPublicError(address[0])
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(IDLE_SECONDS_MAX)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            sockets.append(connection)
            return connection
    raise failure


def _fault(url: str, message: str, remedy: str) -> InvalidError:
    return InvalidError(Problem(where=url, check="address", message=message, remedy=remedy))
