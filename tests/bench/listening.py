"""Many listeners to the event stream of `writethru serve` in one process: when each heard of each publication.

    python -m tests.bench.listening PORT STREAMS COUNT

It says "ready" once all streams are open. When all have heard so many notifications, or after a minute, it prints when:
the instants of each, of the monotonic clock, which all processes of a machine share, as JSON. Then it waits for the end
of all streams, and prints how many ended politely. One loop over epoll, so that it takes little of what it measures.
"""

import json
import resource
import selectors
import socket
import sys
import time

REQUEST = b"GET /~events HTTP/1.1\r\nHost: localhost\r\n\r\n"
PATIENCE_S = 60


def main(port: int, streams: int, notifications: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with selectors.DefaultSelector() as selector:
        for _ in range(streams):
            stream = socket.create_connection(("127.0.0.1", port))
            stream.sendall(REQUEST)
            selector.register(stream, selectors.EVENT_READ, data=[0, b""])
        _read(selector, count=streams, word=b"event: hello")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        heard = [_read(selector, count=streams, word=b'data: {"story"') for _ in range(notifications)]
        sys.stdout.write(json.dumps(heard) + "\n")
        sys.stdout.flush()
        sys.stdout.write(f"{len(_read(selector, count=streams, word=b': bye'))}\n")


def _read(selector: selectors.BaseSelector, *, count: int, word: bytes) -> list[float]:
    """Return when each of `count` streams said `word`; fewer if a minute passes."""
    instants: list[float] = []
    ends = time.monotonic() + PATIENCE_S
    while len(instants) < count and time.monotonic() < ends:
        for key, _ in selector.select(timeout=1):
            assert isinstance(key.fileobj, socket.socket)
            said = key.fileobj.recv(65_536)
            instants += [time.monotonic()] * said.count(word)
            if not said:
                selector.unregister(key.fileobj)
    return instants


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
