"""What the files for web servers and systemd say of one newsroom. Pure."""

import re
import shlex
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from events.errors import InvalidError, Problem, as_slug
from feed.config import Config
from feed.output.headers import KINDS

SERVER_PORT, OTHER_PORT = 8000, 8001
"""Where `writethru serve` listens behind a web server: elsewhere if the site itself is on that port."""
GZIP_TYPES: Final = tuple(dict.fromkeys(kind.media_type for kind in KINDS if kind.is_text))
UTF8_TYPES: Final = tuple(dict.fromkeys(kind.media_type for kind in KINDS if kind.content_type.endswith("utf-8")))
BASE_URL: Final = "writethru.toml: site.base_url"
_PLAIN: Final = re.compile("[A-Za-z0-9/._+-]+")
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Line breaks and other controls, overrides of direction, and bytes that are not UTF-8."""


@dataclass(frozen=True, kw_only=True)
class HostedNewsroom:
    """A newsroom on a machine.

    folder: the newsroom's absolute path
    root: that of its output
    program: the command line that starts writethru, in words
    user: who owns the newsroom, and publishes
    also_written: the other folders that publishing writes to, such as that of the metrics
    ipv6: whether the machine can listen on IPv6
    desk_url: the address of its desk, if anybody may enter it
    """

    folder: str
    root: str
    config: Config
    program: tuple[str, ...]
    user: str
    version: str
    also_written: tuple[str, ...] = ()
    ipv6: bool = False
    desk_url: str | None = None

    def __post_init__(self) -> None:
        """Refuse what such files cannot name."""
        for path in (self.folder, self.root, *self.program, *self.also_written):
            if has_control(path):
                message = "the path has a line break or another control character, which such a file cannot name."
                raise _problem(ascii(path)[1:-1], message, "Rename the folder.")
        address = urlsplit(self.config.site.base_url)
        parts = unquote(address.path)[1:-1].split("/")
        if parts != [""] and ({"", ".", ".."} & set(parts) or any(map(has_control, parts))):
            message = f"no web server can match the path of {self.config.site.base_url}."
            raise _problem(BASE_URL, message, "Use one such as https://news.example/updates/.")
        try:
            self.port  # noqa: B018 - it is read when it is asked for
        except ValueError:
            message = f"{address.netloc.rpartition(':')[2]} is not a port."
            raise _problem(BASE_URL, message, "Use one from 1 to 65535, or leave it out.") from None

    @property
    def name(self) -> str:
        """The newsroom's name in file names: that of its folder, as a slug."""
        return as_slug(self.folder.rpartition("/")[2]) or "newsroom"

    @property
    def is_secure(self) -> bool:
        """Whether readers come by https."""
        return self.config.site.base_url.startswith("https:")

    @property
    def host(self) -> str:
        """The host of the site's address, in brackets if it is an IPv6 address."""
        host = urlsplit(self.config.site.base_url).hostname or ""
        return f"[{host}]" if ":" in host else host

    @property
    def port(self) -> int | None:
        """The port of the site's address, if it names one."""
        return urlsplit(self.config.site.base_url).port

    @property
    def prefix(self) -> str:
        """The path of the site's address, decoded. It begins and ends with a slash."""
        return unquote(urlsplit(self.config.site.base_url).path)

    @property
    def desk_path(self) -> str:
        """The path of the desk's address, decoded. It ends in `/desk/`."""
        return unquote(urlsplit(self.desk_url or "").path)

    @property
    def desk_host(self) -> str:
        """The host of the desk's address, if the site's address has another host, scheme or port; otherwise empty."""
        desk, site = urlsplit(self.desk_url or ""), urlsplit(self.config.site.base_url)
        return "" if (desk.scheme, desk.netloc) == (site.scheme, site.netloc) else desk.hostname or ""

    def made_by(self, program: str) -> str:
        """Return the line of a file that says who made it, for which newsroom."""
        return f"# Made by writethru {self.version}. {self._remake(program)}"

    def has_made(self, text: str, program: str) -> bool:
        """Return True if `text` is a file for this newsroom and `program`, of any version."""
        head = text.split("\n", 3)[:3]
        return any(line.startswith("# Made by writethru ") and line.endswith(self._remake(program)) for line in head)

    def _remake(self, program: str) -> str:
        return f"To make it again: writethru -C {shlex.quote(self.folder)} config {program}"

    @property
    def server_port(self) -> int:
        """The port of `writethru serve`."""
        return OTHER_PORT if self.port == SERVER_PORT else SERVER_PORT

    @property
    def needs_network(self) -> bool:
        """Whether publishing opens connections: to a heartbeat, a hub or a database."""
        return bool(self.config.heartbeat.url or self.config.site.hub or self.config.ledger.url)


def render(template: str, **context: object) -> str:
    """Return a template of this package with `context`, as text."""
    return _environment().get_template(template).render(context)


@cache
def _environment() -> Environment:
    return Environment(  # noqa: S701 - none of these files is HTML
        loader=PackageLoader("feed.hosting"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def has_control(text: str) -> bool:
    """Return True if no configuration file can hold `text`."""
    return _CONTROLS.search(text) is not None


def is_plain(text: str) -> bool:
    """Return True if `text` is a word without quotes in each of these formats."""
    return _PLAIN.fullmatch(text) is not None


def _problem(where: str, message: str, remedy: str) -> InvalidError:
    return InvalidError(Problem(where=where, check="config", message=message, remedy=remedy))
