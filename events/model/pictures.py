"""Pictures of the newsroom: `media:NAME` instead of an address (events/README.md#pictures-of-the-newsroom). Pure.

A name is the SHA-256 of the file's bytes and the ending of its type. So an event commits to the bytes that it names.
"""

import re
from collections.abc import Iterable
from typing import Final

from events.model.events import AnyEvent, DevelopmentCorrected, DevelopmentReported, Erased
from events.model.parts import PICTURE_TYPES, Media

_NAMED = re.compile(r'"url":"media:([0-9a-f]{64}\.(?:jpg|png))"')  # in canonical JSON, where a text has \" for "
NAME: Final = re.compile(r"[0-9a-f]{64}\.(?:jpg|png)")
SCHEME: Final = "media:"


def picture_name(url: str) -> str | None:
    """Return the name of the picture that `url` stands for; None if it is an address on the web."""
    return url.removeprefix(SCHEME) if url.startswith(SCHEME) else None


def media_type(name: str) -> str:
    """Return the media type of the picture `name`."""
    return PICTURE_TYPES[name.rpartition(".")[2]]


def pictures_of(media: Iterable[Media]) -> dict[str, None]:
    """Return the names of all pictures of the newsroom among `media`, with their smaller sizes, in order."""
    urls = (url for item in media for url in (item.url, *(size.url for size in item.sizes)))
    return {name: None for url in urls if (name := picture_name(url)) is not None}


def media_of(event: AnyEvent | Erased) -> tuple[Media, ...]:
    """Return the media that `event` states."""
    match event:
        case DevelopmentReported(media=media):
            return media
        case DevelopmentCorrected(set=amendment):
            return amendment.media
        case _:
            return ()


def pictures_in(body: str) -> set[str]:
    """Return the names of the pictures that a stored body names, without reading it whole."""
    return set(_NAMED.findall(body))
