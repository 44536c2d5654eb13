"""The newsroom's configuration: `writethru.toml`, checked whole, with a sentence for everything wrong in it."""

import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from events.errors import InvalidError, Problem
from events.model.text import URL_CHARS_MAX, Instant, Language, Name, Summary, Url
from events.model.validation import problems_of

ENTRIES_MAX = 500
PATH_CHARS_MAX = 4_096
NO_TEMPLATES: Mapping[str, str] = MappingProxyType({})
ORIGIN_CHARS_MAX = 200
KEY_NAME = re.compile(rf"[^\s+\x00-\x1f]{{1,{ORIGIN_CHARS_MAX}}}")
"""What a log's key may be called (c2sp.org/signed-note): it is the log's origin too."""
LOCAL_BASE_URL = "http://localhost:8000/"

_BASE_URL = re.compile(r"https?://[^\s/?#\"<>\\^`{|}]+(/[^\s?#\"<>\\^`{|}]*)?\Z")


def _base_url(url: str) -> str:
    if not _BASE_URL.match(url):
        raise ValueError(f"must be an http or https address without query, not {url!r}")
    return url if url.endswith("/") else url + "/"


def _folder(name: str) -> str:
    parts = name.split("/")
    taken = parts[0] in {"ledger.db", "writethru.toml"}
    if taken or not name.isprintable() or any(part in {"", ".", ".."} for part in parts):
        raise ValueError(f'must be a folder inside the newsroom, such as "public", not {name!r}')
    return name


def _origin(name: str) -> str:
    if not KEY_NAME.fullmatch(name):
        raise ValueError(f"must be a name without spaces and +, such as news.example/log, not {name!r}")
    return name


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class NewsroomIdentity(_Table):
    """Who publishes. `id` is made once by `writethru init` and never changes: all entry ids are derived from it."""

    id: Annotated[UUID, Field(strict=False)]
    created_at: Instant


class SiteSettings(_Table):
    """How the output introduces itself, and where it will stand. `base_url` ends in "/".

    `hub` is the WebSub hub that feeds name (w3.org/TR/websub); whoever runs the newsroom tells it of new feeds.
    """

    title: Name = "News updates"
    base_url: Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(_base_url)] = LOCAL_BASE_URL
    description: Summary = "Running stories: what is known, who says so, and what changed."
    language: Language = "en"
    author: Name = "The news desk"
    hub: Url | None = None


class Output(_Table):
    """How much is written, and where: `folder` is below the newsroom; `entries` bounds each feed.

    `share_images` makes a picture of each story for whoever shares its page: it needs the extra `share`.
    """

    folder: Annotated[str, AfterValidator(_folder)] = "public"
    entries: Annotated[int, Field(ge=1, le=ENTRIES_MAX)] = 50
    share_images: bool = False


class Recording(_Table):
    """Defaults for what is recorded: `actor` is never published."""

    actor: Name | None = None


class Log(_Table):
    """The public log. `key` is the file that signs it, outside the newsroom; `origin` its name, for ever.

    A relative `key` starts from the newsroom's folder, `~` at the home folder.
    """

    key: Annotated[str, Field(min_length=1, max_length=PATH_CHARS_MAX)] | None = None
    origin: Annotated[str, AfterValidator(_origin)] | None = None


class Config(_Table):
    """All of `writethru.toml`, and the texts of the `templates` that the newsroom replaces, by name."""

    newsroom: NewsroomIdentity
    site: SiteSettings = SiteSettings()
    output: Output = Output()
    recording: Recording = Recording()
    log: Log = Log()

    _templates: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def templates(self) -> Mapping[str, str]:
        """The text of each page template, and of the stylesheet, that stands for ours."""
        return self._templates

    @property
    def log_origin(self) -> str:
        """The name of the public log: as configured, else the site's address without its scheme."""
        return self.log.origin or self.site.base_url.partition("://")[2] + "log"


def parse_config(text: str, *, where: str = "writethru.toml", templates: Mapping[str, str] = NO_TEMPLATES) -> Config:
    """Return the configuration, or raise InvalidError with every problem, each as `FILE:LINE` where it has one."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidError(
            Problem(where=where, check="toml", message=str(error), remedy="See https://toml.io for the syntax.")
        ) from None
    try:
        config = Config.model_validate(table)
    except ValidationError as error:
        raise InvalidError(
            *(problem.at(place_of(text, problem.where, where)) for problem in problems_of(error, Config))
        ) from None
    config._templates.update(templates)  # noqa: SLF001 - they are no part of the file
    return config


def new_config(newsroom: UUID, *, created_at: str, base_url: str, title: str) -> str:
    """Return the text of a new `writethru.toml`, every setting shown with its default.

    `created_at` is RFC 3339. Raises InvalidError where `base_url` or `title` is unfit.
    """
    text = _NEW.format(
        id=newsroom,
        created_at=created_at,
        base_url=_toml_string(base_url),
        title=_toml_string(title),
        folder=Output().folder,
        entries=Output().entries,
        language=SiteSettings().language,
        author=_toml_string(SiteSettings().author),
        description=_toml_string(SiteSettings().description),
    )
    parse_config(text)
    return text


_NEW = """\
# The configuration of this newsroom. Times are RFC 3339, languages BCP 47.

[newsroom]
id = "{id}"          # made once; every entry's id derives from it: never change it
created_at = "{created_at}"

[site]
title = {title}
base_url = {base_url}          # where the output will stand; moving it later re-announces nothing
description = {description}
language = "{language}"
author = {author}
# hub = "https://hub.example/"          # a WebSub hub, where there is one: feeds name it

[output]
folder = "{folder}"
entries = {entries}          # at most so many in each feed
share_images = false          # a picture for whoever shares a page: pip install 'writethru[share]'

[recording]
# actor = "night desk"          # who records; never published. Default: the system's user
"""


def _toml_string(text: str) -> str:
    """Return `text` as a TOML basic string."""
    escaped = "".join(
        f"\\u{ord(char):04x}" if ord(char) < 0x20 or char in '"\\' or ord(char) == 0x7F else char for char in text
    )
    return f'"{escaped}"'


def place_of(text: str, location: str, where: str) -> str:
    """Return `FILE:LINE` of the dotted `location`, as well as lines can tell."""
    table, _, key = location.partition(".")
    header = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]")
    setting = re.compile(rf"\s*\"?{re.escape(key or table)}\"?\s*=")
    inside = not key
    for number, line in enumerate(text.splitlines(), start=1):
        if key and line.lstrip().startswith("["):
            inside = bool(header.match(line))
        if (inside and setting.match(line)) or (not key and header.match(line)):
            return f"{where}:{number}: {location}"
    return f"{where}: {location}"
