"""Real web servers on loopback, started with the files that `writethru config` prints."""

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
from click.testing import CliRunner

from events.system import utc_now
from feed.cli.desk import Desk
from feed.cli.program import command


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Message
    body: bytes


def need(program: str, package: str = "") -> str:
    """Return the path of a program; skip the test if it is not installed."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed (apt-get install {package or program})")
    return path


def printed(folder: Path, *arguments: str) -> str:
    """Return what `config` prints for the newsroom in `folder`."""
    result = CliRunner().invoke(command("config"), arguments, obj=Desk(named=str(folder), now=utc_now()))
    assert result.exit_code == 0, result.exception or result.output
    return result.stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def ask(port: int, path: str, **headers: str) -> Reply:
    """Send a GET of `path` as it is, and return the answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())


def run(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    """Run a command that must succeed, and return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def nginx_command(folder: Path, text: str) -> list[str]:
    """Return the command of an nginx whose http block is that of Debian with the file `text`."""
    need("nginx", "nginx-light")
    text = text.replace("listen 80;", "listen 8080;").replace("listen [::]:80;", "listen [::]:8080;")  # not only root's
    (folder / "site.conf").write_text(text, encoding="utf-8")
    temporary = "".join(
        f'{name}_temp_path "{folder}/{name}";\n' for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
    (folder / "nginx.conf").write_text(
        f'{user}daemon off; pid "{folder}/pid"; error_log stderr;\nevents {{}}\n'
        f"http {{ access_log off; include /etc/nginx/mime.types; default_type application/octet-stream;\n{temporary}"
        f'include "{folder}/site.conf"; }}\n',
        encoding="utf-8",
    )
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy_command(folder: Path, verb: str, text: str) -> list[str]:
    """Return the command of a Caddy with the file `text`, without its port for administrators."""
    need("caddy")
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" * (verb == "run") + text, encoding="utf-8")
    return ["caddy", verb, "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[None]:
    """Run a server in a block; fail if it does not listen within ten seconds."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 10
        while not _listens(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
