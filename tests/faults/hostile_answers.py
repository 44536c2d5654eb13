"""What hostile servers answer, by path; and the hostile addresses themselves."""

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Final

from tests.server import Answer, sends
from tests.sources import item, rss

MB: Final = 1024**2
LAUGHS: Final = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
JSON_FEED: Final = b'{"version": "https://jsonfeed.org/version/1.1", "items": '


def xml(body: bytes, doctype: bytes = b"") -> Answer:
    """Return an answer with an RSS feed that has one item with this description."""
    beginning = b'<?xml version="1.0"?>' + doctype + b'<rss version="2.0"><channel><title>x</title><item><description>'
    return sends(beginning + body + b"</description></item></channel></rss>")


def written(pieces: Callable[[], Iterator[bytes]]) -> Answer:
    """Return an answer that writes raw bytes until the other side leaves."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            for piece in pieces():
                handler.wfile.write(piece)

    return answer


def endless(first: bytes, piece: bytes, pause: float = 0) -> Answer:
    """Return an answer that goes on for a minute."""

    def pieces() -> Iterator[bytes]:
        yield first
        end = time.monotonic() + 60
        while time.monotonic() < end:
            yield piece
            time.sleep(pause)

    return written(pieces)


def redirects(inside: int) -> dict[str, str]:
    """Return the addresses that servers redirect to."""
    return {
        "redirect": f"http://127.0.0.2:{inside}/",
        "redirect, decimal": f"http://2130706434:{inside}/",
        "redirect, IPv6": f"http://[::ffff:127.0.0.2]:{inside}/",
        "redirect, a name": f"http://inside.example:{inside}/",
        "redirect, no scheme": f"//127.0.0.2:{inside}/",
        "redirect, user": f"http://127.0.0.1@127.0.0.2:{inside}/",
        "redirect, file": "file:///etc/passwd",
        "redirect, nothing": "http://",
        "redirect, metadata": "http://169.254.169.254/latest/meta-data/",
        "redirect, loop": "",
    }


def transports() -> dict[str, Answer]:
    """Return what is wrong with how something is sent, or how it is encoded."""
    ok = b"HTTP/1.1 200 OK\r\n"
    feed = ok + b"Content-Type: application/rss+xml\r\n\r\n<rss><channel>"
    return {
        "endless feed": endless(feed, b"<item><title>x</title></item>" * 2_000),
        "endless page": endless(ok + b"Content-Type: text/html\r\n\r\n<html>", b"<p>x</p>" * 10_000),
        "slow bytes": endless(feed, b" ", 0.05),
        "slow headers": endless(ok, b"X: y\r\n", 0.05),
        "slow header": endless(ok, b"x", 0.05),
        "endless headers": endless(ok, b"X: y\r\n" * 1_000),
        "endless provisional answers": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        "no answer": endless(b"", b"", 0.05),
        "no HTTP": written(lambda: iter([b"\0" * 100_000])),
        "wrong chunks": written(lambda: iter([ok + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"])),
        "cut short": written(lambda: iter([ok + b"Content-Length: 1000\r\n\r\n<rss>"])),
        "unknown encoding": sends(b'<?xml version="1.0" encoding="x-none"?>' + rss(item(1)).partition(b"\n")[2]),
        "surrogates": sends(JSON_FEED + b'[{"id": "\\ud800", "title": "\\udfff"}]}'),
        "rebinds": sends(b"", 302, Location="/again"),
        "mixed": sends(rss(item(1))),
    }


def answers(inside: int) -> dict[str, Answer]:
    """Return what is answered to a request, by the name of the case. `inside` is the port of a private server."""
    external = f'<!DOCTYPE rss SYSTEM "http://127.0.0.2:{inside}/x.dtd">'.encode()
    entity = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    moved = {name: sends(b"", 302, Location=address) for name, address in redirects(inside).items()}
    return (
        moved
        | transports()
        | {
            "gzip bomb": sends(gzip.compress(bytes(300 * MB)), Content_Encoding="gzip"),
            "gzip bomb in gzip": sends(gzip.compress(gzip.compress(bytes(300 * MB))), Content_Encoding="gzip, gzip"),
            "no gzip": sends(b"<rss/>", Content_Encoding="gzip"),
            "billion laughs": xml(b"&l9;", b'<!DOCTYPE rss [<!ENTITY l0 "ha">' + LAUGHS + b"]>"),
            "quadratic blow-up": xml(b"&a;" * 50_000, b'<!DOCTYPE rss [<!ENTITY a "' + b"a" * 50_000 + b'">]>'),
            "external entity": xml(b"&x;", entity),
            "external DTD": xml(b"x", external),
            "nested tags": xml(b"<a>" * 100_000),
            "many tags": xml(b"<a/>" * 640_000),
            "many attributes": xml(b"<a " + b"".join(b'a%d="" ' % n for n in range(100_000)) + b"/>"),
            "many items": sends(rss(*(item(n) for n in range(6_000)))),
            "tags without an end": xml(b"&lt;a " * 430_000),
            "declarations without an end": xml(b"&lt;![" * 370_000),
            "open brackets": sends(b"<rss><channel>" + b"<" * 2_600_000),
            "quotes without an end": sends(b"<rss version='2.0'><channel><title>" + b"<a x='" * 199_000),
            "entities without an end": sends(b"<rss version='2.0'><channel><title>" + b"&" * 780_000),
            "nested JSON": sends(JSON_FEED + b"[" * 1_000_000),
            "JSON of no items": sends(
                JSON_FEED + b'[1, null, [], {"id": {}}, {"id": 1, "title": []}, {"title": "x"}]}'
            ),
        }
    )


def addresses(inside: int) -> dict[str, str]:
    """Return addresses of a private server, or of none, in all notations."""
    hosts = {
        "dotted": "127.0.0.2",
        "decimal": "2130706434",
        "octal": "0177.0.0.2",
        "hexadecimal": "0x7f000002",
        "short": "127.2",
        "full-width": "１２７.0.0.2",
        "circled": "①②⑦.⓪.⓪.②",
        "a name": "inside.example",
        "any": "0.0.0.0",
        "any, IPv6": "[::]",
        "loopback, IPv6": "[::1]",
        "mapped": "[::ffff:127.0.0.2]",
        "mapped, hexadecimal": "[::ffff:7f00:2]",
        "compatible": "[::127.0.0.2]",
        "NAT64": "[64:ff9b::7f00:2]",
        "NAT64, local": "[64:ff9b:1::7f00:2]",
        "6to4": "[2002:7f00:2::1]",
        "Teredo": "[2001:0:7f00:2::1]",
        "ISATAP": "[2a00::5efe:127.0.0.2]",
        "link-local": "[fe80::1]",
        "unique local": "[fd00::1]",
        "private": "10.0.0.1",
        "metadata": "169.254.169.254",
        "shared": "100.64.0.1",
    }
    return {name: f"http://{host}:{inside}/" for name, host in hosts.items()}
