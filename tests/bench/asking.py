"""Ask a server for a file that has not changed, again and again over some connections, and print how many answers came.

    python -m tests.bench.asking PORT PATH ETAG SECONDS

For machines without `wrk`. A client in Python takes as much time as a server, so both sides look more alike than they
are.
"""

import selectors
import socket
import sys
import time

CONNECTIONS = 64


def main(port: int, path: str, tag: str, seconds: float) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: {tag}\r\n\r\n".encode()
    answers = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(request)
            selector.register(connection, selectors.EVENT_READ)
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            for key, _ in selector.select():
                assert isinstance(key.fileobj, socket.socket)
                if not key.fileobj.recv(65_536).startswith(b"HTTP/1.1 304"):
                    sys.exit("another answer than 304")
                answers += 1
                key.fileobj.sendall(request)
        sys.stdout.write(f"{answers}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
