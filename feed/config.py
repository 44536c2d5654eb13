"""The newsroom's configuration: parses and checks `writethru.toml`, and reports every problem in it.

Each setting declares whether it is PUBLISHED or INTERNAL (feed/README.md#settings-that-rebuild). No setting need hold a
secret: it names a file that does, such as `log.key`, or an environment variable.
"""

import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from events.errors import InvalidError, Problem
from events.model.codec import canonical
from events.model.text import URL_CHARS_MAX, Instant, Language, Name, Summary, Url
from events.model.validation import problems_of
from events.rules.clock import MAX_JUMP
from feed.ledger_table import DEFAULT_SCHEMA, checked_schema, checked_url, toml_string
from feed.mirror_table import CommandLine, Endpoint, MirrorUrl, Region, without_secrets
from feed.site_address import desk_address, public_address, site_address

ENTRIES_MAX = 500
JUMP_DAYS_MAX = 36_500
PATH_CHARS_MAX = 4_096
UNDO_WINDOW_S_MAX = 300
NO_TEMPLATES: Mapping[str, str] = MappingProxyType({})
ORIGIN_CHARS_MAX = 200
KEY_NAME = re.compile(rf"[^\s+\x00-\x1f]{{1,{ORIGIN_CHARS_MAX}}}")
"""The names that a log's key may have (c2sp.org/signed-note). The log's origin is the name of its key."""
LOCAL_BASE_URL = "http://localhost:8000/"

OWN_NAMES: Final = frozenset(
    {"desk.db", "inbox.db", "ledger.db", "metrics.lock", "sync.key", "sync.toml", "writethru.toml"}
)
"""The files of a newsroom's folder: neither the output nor a copy may take the place of one."""
PUBLISHED: Final = "reaches the bytes of the output: a new value rebuilds it"
INTERNAL: Final = "reaches no byte of the output: a new value rebuilds nothing"

_DAYS: Final = r"([0-9]{1,6}) ?(?:d|days?)"
_HEARTBEAT: Final = r"env:[A-Za-z_][A-Za-z0-9_]*|file:[^\n]+|https?://[^\s/?#@]+(?:/[!-~]*)?"
_HOST: Final = r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}"


def _folder(name: str) -> str:
    parts = name.split("/")
    if parts[0] in OWN_NAMES or not name.isprintable() or any(part in {"", ".", ".."} for part in parts):
        raise ValueError(f'must be a folder inside the newsroom, such as "public", not {name!r}')
    return name


def _origin(name: str) -> str:
    if not KEY_NAME.fullmatch(name):
        raise ValueError(f"must be a name without spaces and +, such as news.example/log, not {name!r}")
    return name


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # unknown ones, odd characters, a folder such as Europe
        raise ValueError(
            f'must be the name of a time zone of this machine, such as "Europe/Berlin", not {name!r}'
        ) from None
    return name


def _heartbeat(source: str) -> str:
    if not re.fullmatch(_HEARTBEAT, source):
        raise ValueError('must be "env:NAME", "file:PATH", or an http or https address')
    return source


def _metrics_file(name: str) -> str:
    if not name.endswith(".prom") or not name.isprintable():
        raise ValueError(f'must be a file whose name ends in ".prom": node_exporter reads no other; not {name!r}')
    return name


def _host(name: str) -> str:
    if not re.fullmatch(_HOST, name):
        raise ValueError(f'must be the name or the address of a machine, such as "news.example", not {name!r}')
    return name


def _days(value: object) -> object:
    """Return the number of "400 days" or "400d"; anything else as it is."""
    match = re.fullmatch(_DAYS, value) if isinstance(value, str) else None
    return value if match is None else int(match[1])


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class NewsroomIdentity(_Table):
    """[newsroom]: who publishes. `writethru init` makes `id`, and it never changes: all entry ids derive from it."""

    id: Annotated[UUID, Field(strict=False), PUBLISHED]
    created_at: Annotated[Instant, PUBLISHED]


class SiteSettings(_Table):
    """[site]: how the output describes itself, and its address. `base_url` ends in "/".

    `hub` is the WebSub hub that feeds name (w3.org/TR/websub), and that is told of each feed that changes.
    """

    title: Annotated[Name, PUBLISHED] = "News updates"
    base_url: Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(site_address), PUBLISHED] = LOCAL_BASE_URL
    description: Annotated[Summary, PUBLISHED] = "Running stories: what is known, who says so, and what changed."
    language: Annotated[Language, PUBLISHED] = "en"
    author: Annotated[Name, PUBLISHED] = "The news desk"
    hub: Annotated[Annotated[Url, AfterValidator(public_address)] | None, PUBLISHED] = None


class OutputSettings(_Table):
    """[output]: `folder` is where files are written, below the newsroom; `entries` limits each feed.

    `share_images` adds a picture of each story for link previews. It needs the extra `share`.
    """

    folder: Annotated[str, AfterValidator(_folder), PUBLISHED] = "public"
    entries: Annotated[int, Field(ge=1, le=ENTRIES_MAX), PUBLISHED] = 50
    share_images: Annotated[bool, PUBLISHED] = False


class RecordingSettings(_Table):
    """[recording]: defaults for what is recorded. `actor` is never published; `time_zone` is that of typed times."""

    actor: Annotated[Name | None, INTERNAL] = None
    time_zone: Annotated[Annotated[str, AfterValidator(_time_zone)] | None, INTERNAL] = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone, if one is configured."""
        return None if self.time_zone is None else ZoneInfo(self.time_zone)


class PublishingSettings(_Table):
    """[publishing]: `max_jump` is how many days the clock may be after all that the ledger knows of."""

    max_jump: Annotated[int, BeforeValidator(_days), Field(ge=1, le=JUMP_DAYS_MAX), INTERNAL] = MAX_JUMP.days


class LogSettings(_Table):
    """[log]: the public log. `key` is the path of the key that signs it; `origin` is the log's permanent name.

    The key must be outside the newsroom. A relative path starts from the newsroom's folder, and `~` is the home folder.
    The path may change as long as it leads to the same key.
    """

    key: Annotated[Annotated[str, Field(min_length=1, max_length=PATH_CHARS_MAX)] | None, INTERNAL] = None
    origin: Annotated[Annotated[str, AfterValidator(_origin)] | None, PUBLISHED] = None


class _InternalTable(_Table):
    """A table of which nothing is published: it is no part of the digest."""


class LedgerSettings(_InternalTable):
    """[ledger]: the PostgreSQL database that holds the ledger, without its password. Default: `ledger.db`.

    `schema` is the schema in it: one for each newsroom, which holds nothing else.
    """

    url: Annotated[Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(checked_url)] | None, INTERNAL] = None
    schema_name: Annotated[str, Field(alias="schema"), AfterValidator(checked_schema), INTERNAL] = DEFAULT_SCHEMA


class MirrorSettings(_InternalTable):
    """[mirror]: `url` is the bucket or folder that gets a copy of the output, `endpoint` and `region` its server.

    `purge` is a command that reads from its input the URLs of which a CDN must drop its copies: text was taken away.
    """

    url: Annotated[MirrorUrl | None, INTERNAL] = None
    endpoint: Annotated[Endpoint | None, INTERNAL] = None
    region: Annotated[Region | None, INTERNAL] = None
    purge: Annotated[CommandLine | None, INTERNAL] = None

    _check = model_validator(mode="before")(without_secrets)


class MetricsSettings(_InternalTable):
    """[metrics]: `file` is where each publication writes its metrics, for Prometheus. Never in the output.

    A relative path starts from the newsroom's folder, and `~` is the home folder.
    """

    file: Annotated[
        Annotated[str, Field(max_length=PATH_CHARS_MAX), AfterValidator(_metrics_file)] | None,
        INTERNAL,
    ] = None


class HeartbeatSettings(_InternalTable):
    """[heartbeat]: `url` is where each run signals that publishing is alive, as healthchecks.io has it.

    The address is a secret: who has it can signal too. So `url` should name its file or its environment variable.
    """

    url: Annotated[
        Annotated[str, Field(max_length=PATH_CHARS_MAX), AfterValidator(_heartbeat)] | None,
        INTERNAL,
    ] = None


class ServeSettings(_InternalTable):
    """[serve]: `hosts` are names by which `writethru serve` may be called, beside that of the site's address.

    `all_metrics` serves those too that say when embargoes end, and how much is recorded that is not public.
    """

    hosts: Annotated[list[Annotated[str, AfterValidator(_host)]], INTERNAL] = []
    all_metrics: Annotated[bool, INTERNAL] = False


class DeskSettings(_InternalTable):
    """[desk]: `url` is the address at which people open the desk; their passkeys belong to its host. None: no login.

    `undo_window` is how many seconds a report waits before it is published, so that it can be taken back; 0: none.
    """

    url: Annotated[
        Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(desk_address)] | None,
        INTERNAL,
    ] = None
    undo_window: Annotated[int, Field(ge=0, le=UNDO_WINDOW_S_MAX), INTERNAL] = 10


class ConfigFile(_Table):
    """The tables of `writethru.toml`."""

    newsroom: NewsroomIdentity
    site: SiteSettings = SiteSettings()
    output: OutputSettings = OutputSettings()
    recording: RecordingSettings = RecordingSettings()
    publishing: PublishingSettings = PublishingSettings()
    ledger: LedgerSettings = LedgerSettings()
    log: LogSettings = LogSettings()
    mirror: MirrorSettings = MirrorSettings()
    metrics: MetricsSettings = MetricsSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    serve: ServeSettings = ServeSettings()
    desk: DeskSettings = DeskSettings()


class Config(ConfigFile, defer_build=True):
    """A newsroom's whole configuration: its file, and its own `templates`, text by file name, that replace ours.

    `typed_base_url` is `site.base_url` as the file has it: the log's permanent name, if none is configured.
    """

    templates: Mapping[str, str] = NO_TEMPLATES
    typed_base_url: str = LOCAL_BASE_URL

    @property
    def log_origin(self) -> str:
        """The name of the public log: as configured, otherwise the site's address without its scheme, and `log`."""
        return self.log.origin or f"{self.typed_base_url.removesuffix('/').partition('://')[2]}/log"

    @property
    def reports_to(self) -> str:
        """Where a run reports, if it has nothing to publish: the metrics file, then the heartbeat; "" if nowhere."""
        file, url = self.metrics.file or "", self.heartbeat.url or ""
        return f"{file}\n{url}" if file or url else ""

    def digest(self, *, signing_key: str | None) -> str:
        """Return a digest of everything here that reaches the output's bytes.

        `signing_key` is the verifier key of the log's key, which `log.key` only leads to.
        """
        published = {
            name: table.model_dump(mode="json", include=_published_fields(type(table)))
            for name, table in self
            if isinstance(table, _Table) and not isinstance(table, _InternalTable)
        }
        return sha256(canonical([published, dict(self.templates), signing_key])).hexdigest()


def _published_fields(table: type[BaseModel]) -> set[str]:
    return {name for name, field in table.model_fields.items() if PUBLISHED in field.metadata}


def parse_config(text: str, *, where: str = "writethru.toml", templates: Mapping[str, str] = NO_TEMPLATES) -> Config:
    """Return the configuration, or raise InvalidError with every problem, each at `FILE:LINE` if it has a line."""
    try:
        raw = tomllib.loads(text)
        tables = ConfigFile.model_validate(raw)
    except tomllib.TOMLDecodeError as error:
        raise InvalidError(
            Problem(where=where, check="toml", message=str(error), remedy="See https://toml.io for the syntax.")
        ) from None
    except ValidationError as error:
        raise InvalidError(
            *(problem.at(location_of(text, problem.where, where)) for problem in problems_of(error, ConfigFile))
        ) from None
    typed = raw.get("site", {}).get("base_url", LOCAL_BASE_URL)
    # All parts are valid. To validate them again, each command would first build another validator.
    return Config.model_construct(**dict(tables), templates=templates, typed_base_url=typed)


def new_config(newsroom: UUID, *, created_at: str, base_url: str, title: str, ledger: str = "") -> str:
    """Return the text of a new `writethru.toml`, with every setting and its default.

    `created_at` is RFC 3339. `ledger` is the table [ledger], "" for `ledger.db`. Raises InvalidError if a text is not
    valid.
    """
    text = _NEW.format(
        id=newsroom,
        created_at=created_at,
        base_url=toml_string(base_url),
        title=toml_string(title),
        folder=OutputSettings().folder,
        entries=OutputSettings().entries,
        language=SiteSettings().language,
        author=toml_string(SiteSettings().author),
        description=toml_string(SiteSettings().description),
        max_jump=PublishingSettings().max_jump,
        ledger=ledger or _NO_LEDGER,
    )
    parse_config(text)
    return text


_NEW = """\
# The configuration of this newsroom. Times are RFC 3339, languages BCP 47.

[newsroom]
id = "{id}"          # never change it: the ids of all entries derive from it
created_at = "{created_at}"

[site]
title = {title}
base_url = {base_url}          # the address of the output; a new one announces nothing again
description = {description}
language = "{language}"
author = {author}
# hub = "https://hub.example/"          # a WebSub hub: feeds name it, and it is told of each change

[output]
folder = "{folder}"
entries = {entries}          # the most entries in a feed
share_images = false          # pictures for link previews; needs the extra share: pip install '.[share]'

[recording]
# actor = "night desk"          # who records; never published. Default: your user name
# time_zone = "Europe/Berlin"          # of times that you type without a zone, such as 14:30; none refuses them

[publishing]
max_jump = {max_jump}          # days: a clock that is further ahead of the ledger is taken to be wrong

{ledger}
# [mirror]
# url = "s3://bucket/prefix"          # a copy of the output in object storage; needs the extra s3
# purge = "/usr/local/bin/purge"          # reads the URLs of which a CDN must drop its copies

# [metrics]
# file = "/var/lib/prometheus/node-exporter/writethru.prom"          # how each run went, for Prometheus

# [heartbeat]
# url = "file:/etc/writethru/heartbeat"          # the address that each run signals to

# [serve]
# hosts = ["feed.internal"]          # further names under which `writethru serve` answers
# all_metrics = true                 # its /metrics say when embargoes end: only if nobody else can reach it

# [desk]
# url = "https://news.example/desk/"          # where people open the desk; their passkeys belong to its host
# undo_window = 10          # seconds in which a report can be taken back before it is published
"""


_NO_LEDGER = """\
# [ledger]
# url = "postgresql:///news"          # a database instead of ledger.db: writethru move --to URL
# schema = "writethru"
"""


def location_of(text: str, setting: str, where: str) -> str:
    """Return `FILE:LINE: SETTING` of a dotted setting; `FILE: SETTING` if a search line by line does not find it."""
    table, _, key = setting.partition(".")
    header = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]")
    assignment = re.compile(rf"\s*\"?{re.escape(key or table)}\"?\s*=")
    inside = not key
    for number, line in enumerate(text.splitlines(), start=1):
        if key and line.lstrip().startswith("["):
            inside = bool(header.match(line))
        if (inside and assignment.match(line)) or (not key and header.match(line)):
            return f"{where}:{number}: {setting}"
    return f"{where}: {setting}"
