"""Which values of the header Host are answered, and which headers say that a proxy passed a request on. Pure.

A page on another site could otherwise lead its name to this machine, and read what only this machine reaches.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

FORWARDED: Final = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cdn-loop"}
)
FORWARDED_STARTS: Final = ("x-forwarded", "x-original-", "x-envoy-", "x-amzn-", "cf-", "fastly-", "fly-", "tailscale-")
"""What proxies, tunnels and networks of caches add, and browsers never send."""
_HOST: Final = re.compile(rb"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names of a site in lower case, beside those of this machine."""

    names: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Hosts":
        """Return the hosts with these names or addresses."""
        return cls(frozenset(_plain(name) for name in ("localhost", *names)))

    def allow(self, header: bytes, address: str) -> bool:
        """Return True for a host that is one of them, of the loopback network, or the `address` that was called."""
        name = host_name(header)
        return name is not None and (name in self.names or name == address or is_loopback(name))


def is_forwarded(names: Iterable[str]) -> bool:
    """Return True if headers with these names, in lower case, say that a proxy passed the request on."""
    return any(name in FORWARDED or name.startswith(FORWARDED_STARTS) for name in names)


def host_name(header: bytes) -> str | None:
    """Return the name or address of a host in lower case, without its port; None if it is none."""
    match = _HOST.fullmatch(header)
    return None if match is None else _plain((match[1] or match[2]).decode())


def is_loopback(host: str) -> bool:
    """Return True if only this machine can call `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")
