"""A PostgreSQL server for tests, in a temporary folder, that listens on a Unix socket alone.

Its databases sort text by the rules of English, so that whatever leaves the order to the database differs from SQLite.
"""

import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

MISSING = "PostgreSQL is missing: install Debian's package postgresql, and psycopg: pip install 'writethru[postgres]'"
PROGRAMS_VARIABLE = "POSTGRES_PROGRAMS"
SETTINGS = {"max_connections": "60", "shared_buffers": "16MB", "log_min_messages": "panic"}


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest; None if it is not installed, or psycopg is not.

    The environment may name another one.
    """
    with suppress(ImportError):
        import psycopg  # noqa: PLC0415, F401 - an extra

        if PROGRAMS_VARIABLE in os.environ:
            return Path(os.environ[PROGRAMS_VARIABLE])
        found = shutil.which("initdb")
        debian = Path("/usr/lib/postgresql").glob("*/bin")
        folders = sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
        folders += [Path(found).resolve().parent] if found else []
        return next((folder for folder in folders if (folder / "initdb").exists()), None)
    return None


@dataclass(frozen=True)
class Server:
    """A server whose data, socket and log are in `folder`. It listens at `address` too, if there is one."""

    bin: Path
    folder: Path
    address: str = ""

    @property
    def url(self) -> str:
        return f"postgresql:///postgres?host={quote(str(self.folder))}&user=postgres"

    def run(self, *command: object, **options: Any) -> None:
        """Run one of PostgreSQL's programs as a user whom it accepts: it does not run as root."""
        name, *arguments = map(str, command)
        with (self.folder / "errors").open("w+") as errors:
            done = subprocess.run(
                [self.bin / name, *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=self.folder,
                **options,
                **as_user(),
            )
            errors.seek(0)
            if done.returncode:
                raise subprocess.CalledProcessError(done.returncode, name, stderr=errors.read().strip())

    def start(self) -> None:
        settings = " ".join(
            f"-c {name}={shlex.quote(str(value))}"
            for name, value in (
                SETTINGS | {"unix_socket_directories": self.folder, "listen_addresses": self.address}
            ).items()
        )
        self.run("pg_ctl", "-D", self.folder / "data", "-o", settings, "-l", self.folder / "log", "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "stop")


def as_user() -> dict[str, Any]:
    """Return the options that run a program as an unprivileged user, if this process is root."""
    if os.geteuid() != 0:
        return {}
    user = _user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give(folder: Path) -> None:
    """Let the user who runs the server own `folder`."""
    if os.geteuid() == 0:
        os.chown(folder, _user().pw_uid, _user().pw_gid)


def _user() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def _initialize(server: Server) -> None:
    options = ("-D", server.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    try:
        server.run("initdb", *options, "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
    except subprocess.CalledProcessError as error:
        if "ICU is not supported" not in error.stderr:
            raise
        server.run("initdb", *options, "--locale=C.UTF-8")  # text is sorted by code point then


@contextmanager
def server(bin_folder: Path, *, durable: bool = False, address: str = "") -> Iterator[Server]:
    """Start a server, and stop it at the end. Unless it is `durable`, it does not wait for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="writethru-pg-"))
    give(folder)
    started = Server(bin_folder, folder, address)
    try:
        _initialize(started)
        if not durable:
            with (folder / "data" / "postgresql.conf").open("a") as conf:
                conf.write("fsync = off\nfull_page_writes = off\n")
        if address:
            with (folder / "data" / "pg_hba.conf").open("a") as hosts:
                hosts.write("host all all samenet trust\n")
        started.start()
        yield started
    finally:
        with suppress(subprocess.CalledProcessError):
            started.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
