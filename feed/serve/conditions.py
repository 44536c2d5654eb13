"""What a request says of the answer that it wants: its encoding, and what it has already."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from feed.serve.files import ServedFile, Variant

ACCEPT_BYTES_MAX: Final = 300
"""No browser sends as many, and what strangers send is cached."""
_TAG = re.compile(rb'"[^"]*"')
_WEIGHT = re.compile(rb"q=([0-9.]+)")


def variant_for(served: ServedFile, headers: Mapping[bytes, bytes]) -> Variant:
    """Return the encoding of a file that a request prefers."""
    if served.compressed is not None and accepts_gzip(headers.get(b"accept-encoding", b"")):
        return served.compressed
    return served.plain


def accepts_gzip(accept_encoding: bytes) -> bool:
    """Return True if an Accept-Encoding header, of no more than some hundred bytes, allows gzip (RFC 9110, 12.5.3)."""
    return len(accept_encoding) <= ACCEPT_BYTES_MAX and _accepts_gzip(accept_encoding)


@lru_cache(maxsize=64)
def _accepts_gzip(accept_encoding: bytes) -> bool:
    weights: dict[bytes, bool] = {}
    for item in accept_encoding.lower().split(b","):
        name, _, parameters = item.partition(b";")
        weight = _WEIGHT.search(parameters)
        weights[name.strip()] = weight is None or any(digit in weight[1] for digit in b"123456789")
    return weights.get(b"gzip", weights.get(b"*", False))


def is_unmodified(served: ServedFile, headers: Mapping[bytes, bytes]) -> bool:
    """Return True if the client has the file already, in any encoding (RFC 9110, section 13.1).

    A date must be ours exactly, as for nginx: a file's time only tells its versions apart.
    """
    tags = headers.get(b"if-none-match")
    if tags is None:
        return headers.get(b"if-modified-since") == served.modified
    return tags in served.tags or tags.strip() == b"*" or any(tag in served.tags for tag in _TAG.findall(tags))
