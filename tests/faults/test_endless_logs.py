"""A log, a file or a server without end is left in time, and takes little memory."""

import os
import resource
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler

import pytest

from feed.transparency.verifier.check import verify
from tests.faults.publishers import Publisher, problems
from tests.server import Answer, answering

MEMORY_MAX = 256 * 2**20


def test_an_endless_log_is_not_begun(publisher: Publisher) -> None:
    note = (publisher.root / "log/checkpoint").read_text().split("\n")
    note[1] = "1000000000000000"
    (publisher.root / "log/checkpoint").write_text("\n".join(note))
    assert problems(publisher.root) == [
        "log/checkpoint: has 1000000000000000 leaves, more than 256000000 bytes; see --max-bytes"
    ]


@pytest.mark.parametrize("path", ["log/checkpoint", "log/keys", "log/tile/entries/000.p/7", "stories.opml"])
def test_a_fifo_is_not_waited_for(publisher: Publisher, path: str) -> None:
    (publisher.root / path).unlink()
    os.mkfifo(publisher.root / path)
    assert problems(publisher.root)[0] == f"{path}: cannot be read (Not a regular file)"


def test_a_device_is_not_read(publisher: Publisher) -> None:
    (publisher.root / "stories/fire/updates.jsonl").unlink()
    (publisher.root / "stories/fire/updates.jsonl").symlink_to("/dev/zero")
    assert problems(publisher.root) == ["stories/fire/updates.jsonl: cannot be read (Not a regular file)"]


def drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1_000):
        handler.wfile.write(b"a")
        time.sleep(0.05)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    for _ in range(1_000):
        handler.wfile.write(b"X-A: b\r\n")
        time.sleep(0.05)


def be_silent(_: BaseHTTPRequestHandler) -> None:
    time.sleep(5)


def never_end(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"a" * 65_536)


def redirect_to_ftp(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "ftp://127.0.0.1/x")
    handler.end_headers()


@pytest.mark.parametrize("answer", [drip_body, drip_headers, be_silent])
def test_a_server_that_is_slow_is_left(answer: Answer) -> None:
    began = time.monotonic()
    with answering(answer) as (address, _):
        [problem] = verify(address, max_seconds=0.5).problems
    assert "the check took 0.5 seconds and was ended; see --max-seconds" in str(problem)
    assert time.monotonic() - began < 4


def test_a_server_that_sends_without_end_is_left() -> None:
    with answering(never_end) as (address, _):
        [problem] = verify(address, max_bytes=10_000_000).problems
        assert "more than 10000000 bytes were read and the check was ended; see --max-bytes" in str(problem)
        [problem] = verify(address).problems
        assert "log/checkpoint: has more than" in str(problem)


def test_a_server_redirects_to_http_alone() -> None:
    with answering(redirect_to_ftp) as (address, _):
        [problem] = verify(address).problems
    assert str(problem).startswith("log/checkpoint: cannot be read (")


def test_hostile_files_take_little_memory(publisher: Publisher) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MAX, MEMORY_MAX))

    root_ = publisher.root
    for path, data in (
        ("stories/fire/updates.jsonl", b'{"a":' + b"[]," * 12_000_000),
        ("stories/fire/updates.jsonl", b"\n" * 40_000_000),
        ("stories/fire/updates.jsonl", b"{}\n" * 10_000_000),
        ("log/checkpoint", b"\n\n" * 20_000_000),
        ("log/keys", b"writethru log key\n\n" * 2_000_000),
        ("stories.opml", b"<a>" * 10_000_000),
        ("feed.json", b'{"a":[' + b"{}," * 10_000_000),
        ("feed.atom", b"<a " + b"b" * 40_000_000),
        ("log/tile/0/000.p/7", b"a" * 40_000_000),
    ):
        good = (root_ / path).read_bytes()
        (root_ / path).write_bytes(data)
        command = [sys.executable, "-m", "feed.transparency.verifier", str(root_)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, preexec_fn=limit)
        (root_ / path).write_bytes(good)
        assert (ran.returncode, ran.stderr) == (1, ""), path
        assert path in ran.stdout
