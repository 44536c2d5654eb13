"""What somebody remembers of a log: a checkpoint, a feed that has one, or "SIZE ROOT"."""

import re
from base64 import b64decode
from pathlib import Path

from .errors import LogError, printable
from .files import CHECKPOINT
from .keys import Head
from .notes import DASH, checkpoint_head, parse_note
from .parsers import json_checkpoint, xml_checkpoint
from .report import Memory
from .stories import LINE_BYTES_MAX


def parse_since(text: str) -> Head:
    """Return the remembered head of a checkpoint, a feed, or "SIZE ROOT"; ValueError if there is none."""
    return parse_memory(text.encode()).head


def parse_memory(data: bytes) -> Memory:
    """Return what is remembered: a checkpoint, a feed, or "SIZE ROOT". ValueError if there is nothing of the kind."""
    text = data.decode(errors="replace").replace("\r\n", "\n")
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:2]
    try:
        if start[:1] in {b"<", b"\xff", b"\xfe"}:
            return Memory(_expected_head(xml_checkpoint(data, whole=True)[0]), signed=True)
        if start[:1] == b"{":
            return Memory(_expected_head(json_checkpoint(data, whole=True)[0]), signed=True)
        short = re.fullmatch(r"\s*([0-9]{1,16})[\s:]([A-Za-z0-9+/]{43}=)\s*", text)
        if short:
            return Memory(Head("", int(short[1]), b64decode(short[2])))
        if DASH not in text:
            return Memory(checkpoint_head(text.partition("\n\n")[0].rstrip("\n") + "\n"))
        note = parse_note(CHECKPOINT, text.rstrip("\n") + "\n")
        return Memory(checkpoint_head(note.text), signed=True, checkpoint=note)
    except (LogError, ValueError) as error:
        why = error.message if isinstance(error, LogError) else str(error)
        raise ValueError(
            f"no checkpoint in this ({printable(why)[:200]}): expected one, a feed that has one, or 'SIZE ROOT'"
        ) from None


def _expected_head(head: Head | None) -> Head:
    if head is None:
        raise ValueError("the feed has none")
    return head


def bytes_or_file(argument: str) -> bytes:
    """Return the bytes of the file that `argument` names, otherwise `argument` itself."""
    try:
        path = Path(argument)
        if not path.is_file():
            return argument.encode(errors="replace")
        with path.open("rb") as file:
            return file.read(LINE_BYTES_MAX)
    except (OSError, ValueError):
        return argument.encode(errors="replace")
