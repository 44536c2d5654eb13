"""Canonical JSON and base64, as the log has them."""

import json
from base64 import b64decode, b64encode
from typing import Any

from .errors import LogError

LEAF_BYTES_MAX = 1_000
JSON_PARTS_MAX = 300_000
DEPTH_MAX = 64


def canonical(value: object) -> bytes:
    """Return RFC 8785 JSON of what updates hold, which has no floats. ValueError if it is nested too deeply."""
    return json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":")).encode()


def _sorted(value: object, depth: int = 0) -> object:
    if depth > DEPTH_MAX:
        raise ValueError("nested too deeply")
    match value:
        case dict():
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))
            return {name: _sorted(value[name], depth + 1) for name in names}
        case list():
            return [_sorted(item, depth + 1) for item in value]
        case float():
            raise ValueError("has a number that is not an integer")
        case _:
            return value


def parse_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object that `data` is the canonical form of; an empty one if it is not canonical."""
    try:
        value = {} if _is_complex(data) else json.loads(data)
        valid = isinstance(value, dict) and canonical(value) == data
    except (ValueError, RecursionError):
        return {}
    return value if valid else {}


def _is_complex(data: bytes) -> bool:
    """Return True if the values in `data` could take far more memory than `data` itself."""
    return sum(data.count(mark) for mark in (b"{", b"[", b",")) > JSON_PARTS_MAX


def b64(data: bytes) -> str:
    """Return base64."""
    return b64encode(data).decode()


def unb64(where: str, text: str) -> bytes:
    """Return the bytes of base64; LogError if `text` is empty or not the canonical form."""
    try:
        data = b64decode(text.encode(), validate=True)
    except ValueError:
        data = b""
    if not data or b64(data) != text:
        raise LogError(where, "has something that is not base64")
    return data
