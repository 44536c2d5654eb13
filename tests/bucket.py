"""Object storage on loopback: a server of S3's protocol in this process that records and refuses what a test wants."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from feed.output.tree import files_of
from feed.paths import TOKEN_NAME
from feed.site import Site
from tests.builders import reconfigured
from tests.server import in_background

BUCKET, PREFIX = "news", "site"
KEYS = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "only-for-tests"}


@dataclass
class StoredObject:
    data: bytes
    headers: dict[str, str]

    @property
    def tag(self) -> str:
        return f'"{hashlib.md5(self.data).hexdigest()}"'


@dataclass
class Bucket:
    """A bucket: its objects by path, and the requests that it got, each as "METHOD path".

    refuse: returns the status with which a request is refused; 0 takes it
    on_request: is called with each request before it is answered
    obeys: whether it knows conditional writes
    """

    url: str = ""
    objects: dict[str, StoredObject] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    refuse: Callable[[str], int] = lambda _: 0
    on_request: Callable[[str], object] = lambda _: None
    obeys: bool = True
    lock: Lock = field(default_factory=Lock)

    def asked(self) -> list[str]:
        """Return the requests since the last call."""
        requests, self.requests = self.requests, []
        return requests

    def files(self) -> dict[str, bytes]:
        return {path: stored.data for path, stored in self.objects.items()}

    def status_of(self, path: str, headers: Any) -> int:
        """Return the status of a write, by its conditions."""
        there, expected = self.objects.get(path), headers.get("If-Match")
        if not self.obeys or (expected is None and headers.get("If-None-Match") is None):
            return 200
        if expected is None:
            return 200 if there is None else 412
        return 404 if there is None else 200 if there.tag == expected else 412


@contextmanager
def bucket(port: int = 0) -> Iterator[Bucket]:
    """Run a server of one bucket in a block."""
    state = Bucket()

    class Handler(_Handler):
        bucket = state

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    with in_background(server):
        yield state


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def log_message(self, *_: object) -> None:
        pass

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self._begins("PUT"):
            with self.bucket.lock:
                status = self.bucket.status_of(self._path, self.headers)
                names = [
                    name for name in self.headers if name.lower().startswith(("x-amz-meta-", "cache-", "content-t"))
                ]
                stored = StoredObject(data, {name.title(): self.headers[name] for name in names})
                if status == 200:
                    self.bucket.objects[self._path] = stored
            self._answer(status, headers={"ETag": stored.tag})

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query and self._begins("LIST"):
            self._answer(200, _listing(self.bucket.objects))
        elif "list-type" not in query and self._begins(self.command):
            stored = self.bucket.objects.get(self._path)
            if stored is None:
                self._answer(404)
            else:
                dated = {"ETag": stored.tag, "Last-Modified": "Sun, 29 Nov 2026 10:00:00 GMT"}
                self._answer(200, stored.data, {**stored.headers, **dated})

    do_HEAD = do_GET  # noqa: N815 - as http.server calls it

    def do_DELETE(self) -> None:
        if self._begins("DELETE"):
            self.bucket.objects.pop(self._path, None)
            self._answer(204)

    @property
    def _path(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}/{PREFIX}/")

    def _begins(self, method: str) -> bool:
        request = f"{method} {self._path}" if method in {"DELETE", "GET", "HEAD", "PUT"} else method
        self.bucket.requests.append(request)
        self.bucket.on_request(request)
        status = self.bucket.refuse(request)
        if status:
            self._answer(status)
        return not status

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _listing(objects: dict[str, StoredObject]) -> bytes:
    root = Element("ListBucketResult")
    SubElement(root, "IsTruncated").text = "false"
    for path, stored in sorted(objects.items()):
        item = SubElement(root, "Contents")
        fields = {"Key": f"{PREFIX}/{path}", "ETag": stored.tag, "Size": str(len(stored.data))}
        for name, text in {**fields, "LastModified": "2026-11-29T10:00:00.000Z"}.items():
            SubElement(item, name).text = text
    return tostring(root)


def with_mirror(site: Site, endpoint: str, *, url: str = f"s3://{BUCKET}/{PREFIX}", purge: str = "") -> Site:
    """Return the newsroom with a mirror."""
    lines = ["[mirror]", f'url = "{url}"', *([f'endpoint = "{endpoint}"', 'region = "us-east-1"'] if endpoint else [])]
    lines += [f"purge = '{purge}'"] if purge else []
    return reconfigured(site, "[output]", "\n".join([*lines, "", "[output]"]))


def published(site: Site) -> dict[str, bytes]:
    """Return what a mirror must have: each file of the output, by its path."""
    return {path: (site.root / path).read_bytes() for path in files_of(site.root) if path != TOKEN_NAME}
