"""The command that prints the files for a web server or for systemd: config."""

import os
import pwd
import socket
import sys
import sysconfig
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from shutil import which

import click

from events.errors import Problem, WritethruError
from events.system import write_atomically
from feed.cli.desk import Desk, command, pass_desk
from feed.cli.terminal.output import echo, warn
from feed.config import LOCAL_BASE_URL
from feed.hosting.caddy import caddy_files
from feed.hosting.newsroom import HostedNewsroom
from feed.hosting.nginx import nginx_files
from feed.hosting.systemd import publish_files, serve_files
from feed.newsroom import Newsroom
from feed.paths import CONFIG_NAME
from feed.people.people_file import has_people

WRITERS: dict[str, Callable[[HostedNewsroom], dict[str, str]]] = {
    "nginx": nginx_files,
    "caddy": caddy_files,
    "systemd": publish_files,
}


@command()
@click.argument("program", type=click.Choice(list(WRITERS)))
@click.option(
    "-o", "--output", metavar="DIR", type=click.Path(path_type=Path), help="Write the files into DIR instead."
)
@click.option("--serve", is_flag=True, help="With systemd: the service that runs serve --watch, instead of a timer.")
@pass_desk
def config(desk: Desk, program: str, *, output: Path | None, serve: bool) -> None:
    """Print the files for nginx, Caddy or systemd.

    \b
      writethru config nginx
      writethru config nginx -o /etc/nginx/sites-available
      writethru config caddy -o /etc/caddy/conf.d
      writethru config systemd -o /etc/systemd/system

    They are made for this newsroom: with them, a web server sends each kind of file with the right headers, and systemd
    publishes each minute, in a sandbox. Each file says where it belongs. With -o, a file is replaced only if it was
    made for this newsroom.
    """
    if serve and program != "systemd":
        raise click.UsageError(
            "--serve is only for systemd: the files for web servers work with writethru serve as they are."
        )
    newsroom = desk.newsroom
    if newsroom.config.site.base_url == LOCAL_BASE_URL and program != "systemd":
        warn(f"The site's address is local ({LOCAL_BASE_URL}). Set base_url in {CONFIG_NAME} before others subscribe.")
    hosted = _hosted(newsroom)
    files = (serve_files if serve else WRITERS[program])(hosted)
    if output is None:
        echo("\n".join(files.values()).removesuffix("\n"))
        return
    by_file = {output / Path(path).name: text for path, text in files.items()}
    for file in by_file:
        _check_own(file, hosted, f"{program} --serve" if serve else program)
    output.mkdir(parents=True, exist_ok=True)
    for file, text in by_file.items():
        with write_atomically(file) as part:
            part.write_text(text, encoding="utf-8")
        echo(str(file))


def _check_own(file: Path, newsroom: HostedNewsroom, program: str) -> None:
    """Raise WritethruError if `file` exists and was not made for this newsroom."""
    if not os.path.lexists(file):
        return
    if file.is_symlink() or not newsroom.has_made(file.read_text(encoding="utf-8", errors="replace"), program):
        message = "the file was not made for this newsroom; nothing was written."
        remedy = "Move it away, or name another folder with -o."
        raise WritethruError(Problem(where=str(file), check="config", message=message, remedy=remedy))


def _hosted(newsroom: Newsroom) -> HostedNewsroom:
    """Return what this machine says of a newsroom."""
    folder = newsroom.folder.absolute()
    metrics = newsroom.config.metrics.file
    written = [] if metrics is None else [(folder / Path(metrics).expanduser()).parent.resolve()]
    return HostedNewsroom(
        folder=str(folder),
        root=str(folder / newsroom.config.output.folder),
        config=newsroom.config,
        program=_program(),
        user=_owner(folder),
        version=version("writethru"),
        also_written=tuple(str(path) for path in written if not path.is_relative_to(folder.resolve())),
        ipv6=_has_ipv6(),
        desk_url=newsroom.config.desk.url if has_people(folder) else None,
    )


def _program() -> tuple[str, ...]:
    """Return the command line that starts writethru from anywhere."""
    for candidate in (Path(sysconfig.get_path("scripts"), "writethru"), which("writethru")):
        if candidate is not None and os.access(candidate, os.X_OK):
            return (str(Path(candidate).absolute()),)
    return (sys.executable, "-m", "feed")


def _owner(folder: Path) -> str:
    """Return who owns a folder: the name, or the number of a user who has none."""
    number = folder.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _has_ipv6() -> bool:
    try:
        socket.socket(socket.AF_INET6).close()
    except OSError:
        return False
    return True


COMMANDS = (config,)
