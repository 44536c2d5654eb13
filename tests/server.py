"""A web server on loopback for a published folder: it answers conditional requests as nginx does, and records them."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urlsplit

TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request and its answer: the path, the status, and the size of the body."""

    path: str
    status: int
    body_bytes: int


@dataclass
class Server:
    """A running server. With `moved`, it redirects every request to another address, permanently."""

    root: Path
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    moved: str | None = None

    def answer(self, path: str, tag: str | None) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for a request of `path` with the ETag `tag`."""
        if self.moved is not None:
            return HTTPStatus.MOVED_PERMANENTLY, {"Location": f"{self.moved}{path.removeprefix('/')}"}, b""
        name = unquote(urlsplit(path).path).removeprefix("/")
        file = self.root / (f"{name}index.html" if name == "" or name.endswith("/") else name)
        if not file.is_file():
            return HTTPStatus.NOT_FOUND, {}, b"not found"
        stat = file.stat()
        # As nginx, Caddy and Starlette make it: from whole seconds and the size.
        headers = {
            "ETag": f'"{int(stat.st_mtime):x}-{stat.st_size:x}"',
            "Last-Modified": formatdate(int(stat.st_mtime), usegmt=True),
            "Content-Type": TYPES.get(file.suffix, "application/octet-stream"),
        }
        if tag == headers["ETag"]:
            return HTTPStatus.NOT_MODIFIED, headers, b""
        return HTTPStatus.OK, headers, file.read_bytes()


class Quiet:
    """For handlers of requests: they log none."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(root: Path, *, certificate: Path | None = None) -> Iterator[Server]:
    """Serve the folder `root` in a block: over https with a `certificate` (a PEM file that has its key too)."""
    server = Server(root)

    class Handler(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = server.answer(self.path, self.headers.get("If-None-Match"))
            server.requests.append(Request(self.path, int(status), len(body)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != HTTPStatus.NOT_MODIFIED:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host, scheme = "127.0.0.1", "http"
    if certificate is not None:
        host, scheme = _encrypted(http, certificate)
    server.url = f"{scheme}://{host}:{http.server_port}/"
    with in_background(http):
        yield server


def _encrypted(server: ThreadingHTTPServer, certificate: Path) -> tuple[str, str]:
    """Let a server answer over https, and return its host and scheme."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return "localhost", "https"


@contextmanager
def in_background(server: ThreadingHTTPServer) -> Iterator[None]:
    """Serve in a thread for a block, and close the server after it."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(
    answer: Answer, host: str = "127.0.0.1", *, certificate: Path | None = None
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve what `answer` sends, over https with a `certificate`. Yield the address, and each request's headers."""
    requests: list[dict[str, str]] = []

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(dict(self.headers))
            with suppress(OSError):  # the client has gone
                answer(self)

    server = ThreadingHTTPServer((host, 0), Handler)
    scheme = "http"
    if certificate is not None:
        host, scheme = _encrypted(server, certificate)
    with in_background(server):
        yield f"{scheme}://{host}:{server.server_port}/pub", requests


def sends(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, header in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), header)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def slow_look_up(*_: object, **__: object) -> NoReturn:
    """Look up a host as `socket.getaddrinfo` does if the name server does not answer."""
    time.sleep(60)
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
