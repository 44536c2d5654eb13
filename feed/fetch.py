"""What an address holds: read with limits on size and time, asked for only if it has changed, and never from inside.

An address that somebody else controls could lead to a machine that only this one can reach. So each host is looked up
once, and only public addresses are connected to, of redirects too: a name that changes its address in between changes
nothing.
"""

import re
import shlex
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import MappingProxyType
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from events.errors import InvalidError, Problem
from events.rules.admission import has_user_info

IDLE_SECONDS_MAX: Final = 15
REDIRECTS_MAX: Final = 5
CHUNK_BYTES: Final = 64 * 1024
NO_VALIDATORS: Final[Mapping[str, str]] = MappingProxyType({})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_VALIDATORS: Final = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
_GLOBAL_UNICAST: Final = ip_network("2000::/3")
_EMBEDDING: Final = tuple(map(ip_network, ("2001::/32", "2002::/16")))  # Teredo and 6to4 hold an IPv4 address
_WHERE: Final = re.compile(r" \(_ssl\.c:[0-9]+\)")
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})  # so does an interface identifier that begins with one of these
_NOT_PUBLIC: Final = ip_network("192.0.0.0/24")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How an address is asked.

    contact: where its owner learns who asks
    allow: networks that are not public, and that it may lead to nevertheless
    how_to_allow: what a person does to allow the smallest NETWORK that would do; URL stands for the address
    bytes_max, seconds_max: what is read of it, and how long
    too_large: what to do about one that holds more
    """

    contact: str
    bytes_max: int
    seconds_max: float
    allow: Sequence[str] = ()
    how_to_allow: str
    too_large: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answers, after redirects: the body only with the status 200."""

    status: int
    headers: Mapping[str, str]
    address: str
    body: bytes = b""

    @property
    def validators(self) -> dict[str, str]:
        """The headers with which a later request asks whether it has changed."""
        return {asks: self.headers[name] for name, asks in _VALIDATORS if name in self.headers}

    @property
    def media_type(self) -> str:
        """What the server says that it is."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().casefold()


class UnreachableError(InvalidError):
    """Nothing answers at an address, or not in time. Another time, something may."""


def is_public(text: str, allow: Sequence[str] = ()) -> bool:
    """Return True if everybody can reach this IP address, or if it is in a network of `allow`."""
    address = _address(text)
    if any(address in ip_network(network) for network in allow):
        return True
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _NOT_PUBLIC
    embeds = any(address in network for network in _EMBEDDING) or (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP
    return address.is_global and address in _GLOBAL_UNICAST and not embeds


def fetch(url: str, access: Access, validators: Mapping[str, str] = NO_VALIDATORS) -> Answer:
    """Return what a server answers: 304, if nothing has changed since `validators` were given. InvalidError if none."""
    headers = {"User-Agent": f"writethru (+{access.contact})", "Accept-Encoding": "gzip", **validators}
    limit = _TimeLimit(access.seconds_max)
    try:
        with limit:
            answer = _followed(url, _pools(access.allow, limit), headers, access)
            limit.check()
            return answer
    except _NotPublicError as error:
        remedy = access.how_to_allow.replace("NETWORK", _network(str(error))).replace("URL", shlex.quote(url))
        raise fault(url, f"it leads to {error}, which is not a public address.", remedy) from None
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        reason = limit.message if limit.is_over else _reason(error)
        message, remedy = f"it cannot be read: {reason}.", "Check the address, and try again later."
        problem = Problem(where=url, check="address", message=message, remedy=remedy)
        raise UnreachableError(problem) from None


def _network(host: str) -> str:
    """Return the network that has this address alone; for a name, an example of one."""
    try:
        return str(ip_network(_address(host)))
    except ValueError:
        return "10.0.0.0/8"


def _address(text: str) -> IPv4Address | IPv6Address:
    """Return an IP address: an IPv4 address that is written as one of IPv6 leads to the former. ValueError if none."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def fault(url: str, message: str, remedy: str) -> InvalidError:
    """Return the refusal of an address."""
    return InvalidError(Problem(where=url, check="address", message=message, remedy=remedy))


def _followed(url: str, pools: urllib3.PoolManager, headers: Mapping[str, str], access: Access) -> Answer:
    """Return what an address answers, after its redirects."""
    address = url
    for _ in range(REDIRECTS_MAX + 1):
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or has_user_info(address):
            raise fault(url, "it leads to something else than a public http or https address.", "Check the address.")
        response = pools.request(
            "GET", address, headers=headers, redirect=False, retries=False, preload_content=False
        )  # fmt: skip
        with response:
            if response.status in _REDIRECTS and "Location" in response.headers:
                address = urljoin(address, response.headers["Location"])
                continue
            body = _body(url, response, access) if response.status == 200 else b""
            return Answer(response.status, response.headers, address, body)
    raise fault(url, f"it redirects more than {REDIRECTS_MAX} times.", "Check the address.")


def _body(url: str, response: urllib3.BaseHTTPResponse, access: Access) -> bytes:
    data = bytearray()
    while chunk := response.read(CHUNK_BYTES):
        data += chunk
        if len(data) > access.bytes_max:
            raise fault(url, f"it has more than {access.bytes_max / 1024**2:g} MiB.", access.too_large)
    return bytes(data)


def _reason(error: BaseException) -> str:
    """Return what is wrong in the words of the innermost error."""
    inner = getattr(error, "reason", None) or next((a for a in error.args if isinstance(a, BaseException)), None)
    if isinstance(inner, BaseException):
        return _reason(inner)
    words = getattr(error, "strerror", None) or str(inner or error) or type(error).__name__
    return " ".join(_WHERE.sub("", words).split()).rpartition(": ")[2].rstrip(".")[:200]


class _NotPublicError(Exception):
    """An address that only this machine, or its network, can reach."""


@dataclass
class _TimeLimit:
    """Shuts down its sockets once the time is over: a server that sends a byte a second would never end.

    They are duplicates: TLS takes over the original ones, which then do nothing.
    """

    seconds: float
    sockets: list[socket.socket] = field(default_factory=list)
    is_over: bool = False

    def __enter__(self) -> Self:
        self._ends_at = time.monotonic() + self.seconds
        self._timer = threading.Timer(self.seconds, self._stop)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for connection in self.sockets:
            connection.close()

    @property
    def left(self) -> float:
        """How many seconds are left; TimeoutError if none."""
        self.check()
        return max(self._ends_at - time.monotonic(), 0.001)

    def check(self) -> None:
        """Raise TimeoutError if the time is over: what was read so far may be cut short."""
        if self.is_over:
            raise TimeoutError(self.message)

    @property
    def message(self) -> str:
        """What is wrong if the time is over."""
        return f"it takes more than {self.seconds:g} s"

    def _stop(self) -> None:
        self.is_over = True
        for connection in self.sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _pools(allow: Sequence[str], limit: _TimeLimit) -> urllib3.PoolManager:
    """Return pools whose connections go to public addresses alone."""

    class Guarded(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self.host, self.port or 80, allow, limit)

    class GuardedTls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self.host, self.port or 443, allow, limit)

    plain = type("Plain", (urllib3.HTTPConnectionPool,), {"ConnectionCls": Guarded})
    tls = type("Tls", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": GuardedTls})
    pools = urllib3.PoolManager(timeout=urllib3.Timeout(connect=IDLE_SECONDS_MAX, read=IDLE_SECONDS_MAX))
    pools.pool_classes_by_scheme = {"http": plain, "https": tls}
    return pools


def _connected(host: str, port: int, allow: Sequence[str], limit: _TimeLimit) -> socket.socket:
    """Return a socket that is connected to one of a host's public addresses."""
    failure: Exception = _NotPublicError(host)
    for family, kind, protocol, _, address in _looked_up(host.strip("[]"), port, limit):
        if not is_public(address[0], allow):
            failure = _NotPublicError(address[0])
            continue
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(min(IDLE_SECONDS_MAX, limit.left))
            connection.connect(address)
            limit.sockets.append(connection.dup())
            limit.check()  # it may have ended before it had this socket
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _looked_up(host: str, port: int, limit: _TimeLimit) -> list[Any]:
    """Return the addresses of a host. A name server that does not answer is left in time."""
    results: list[Any] = []

    def look_up() -> None:
        try:
            results.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            results.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(limit.left)
    if not results:
        raise TimeoutError("the name of its host is not answered in time")
    if isinstance(results[0], Exception):
        raise results[0]
    addresses: list[Any] = results[0]
    return addresses
