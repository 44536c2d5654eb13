"""The table [mirror] of `writethru.toml`: what it may say. It never holds a secret (feed/README.md#mirror)."""

import re
import shlex
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from events.model.text import URL_CHARS_MAX

_BUCKET: Final = r"(?:s3|gs|az)://[A-Za-z0-9][A-Za-z0-9._-]{1,62}(?:/[!-~]*)?"
_FOLDER: Final = r"file:///[^\n]+|[^:\n]+"
_REGION: Final = r"[a-z0-9-]{1,63}"
_ENDPOINT: Final = r"https?://[^\s/?#@]+(?:/[!-~]*)?"
_SECRET: Final = re.compile(r"key|secret|token|password|credential", re.IGNORECASE)
WHERE_SECRETS_ARE: Final = (
    "Leave it out: writethru reads it from the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from "
    "the file ~/.aws/credentials"
)


def without_secrets(table: object) -> object:
    """Return the table as it is; ValueError if one of its keys is that of a secret."""
    secrets = [name for name in table if _SECRET.search(name)] if isinstance(table, dict) else []
    if secrets:
        raise ValueError(f"has a secret, {secrets[0]}, which everybody who sees it could use. {WHERE_SECRETS_ARE}")
    return table


def _mirror(url: str) -> str:
    """Return the address of a mirror, without a slash at its end; ValueError if it is none, or contains a secret."""
    if "://" in url and "@" in urlsplit(url).netloc:
        raise ValueError(f"contains a secret, which everybody who sees it could use. {WHERE_SECRETS_ARE}")
    path = url.partition("://")[2] or url
    is_clean = not {"?", "#"} & set(url) and not {"", ".", ".."} & set(path.rstrip("/").split("/"))
    if not (re.fullmatch(_BUCKET, url) and is_clean) and not re.fullmatch(_FOLDER, url):
        raise ValueError(f'must be a bucket, such as "s3://BUCKET/PREFIX", gs:// or az://, or a folder, not {url!r}')
    return url.rstrip("/")


def _endpoint(url: str) -> str:
    """Return the address of a server; ValueError if it is none, or contains a secret."""
    if "@" in urlsplit(url).netloc:
        raise ValueError(f"contains a secret, which everybody who sees it could use. {WHERE_SECRETS_ARE}")
    if not re.fullmatch(_ENDPOINT, url):
        raise ValueError(f'must be the address of a server, such as "https://s3.example", not {url!r}')
    return url.rstrip("/")


def _command(command: str) -> str:
    """Return a command line; ValueError if it cannot be split into words."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ValueError(f"is no command line: {error}") from None
    if not words:
        raise ValueError('must be a command, such as "/usr/local/bin/purge"')
    return command


def _region(name: str) -> str:
    if not re.fullmatch(_REGION, name):
        raise ValueError(f'must be the name of a region, such as "eu-central-1", not {name!r}')
    return name


MirrorUrl = Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(_mirror)]
Endpoint = Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(_endpoint)]
Region = Annotated[str, AfterValidator(_region)]
CommandLine = Annotated[str, Field(max_length=URL_CHARS_MAX), AfterValidator(_command)]
