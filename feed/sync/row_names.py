"""What rows are called in public ids: a code made with a key, or the row's own name if the map says `public_id`.

Lists of detentions and of cases hold names, and everybody can guess a plain hash of a name. The key is a file beside
the ledger (`key_file`). It is in no event and in no output (docs/sync.md#names-of-rows). Pure.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from hmac import digest
from typing import Final, NamedTuple

from events.errors import as_slug
from feed.sync.sheet_map import KEY_ROLES, SheetMap

NAME_CHARS_MAX: Final = 48
CODE_CHARS: Final = 12
MARK_CHARS: Final = 4
DIGEST_CHARS: Final = 20
PUBLIC_MARK: Final = "open"
"""The first characters of a row's identity that needs no key; in place of the key's own mark."""
_PLAIN = re.compile(r"[A-Za-z0-9]+([ _-][A-Za-z0-9]+)*")


class RowName(NamedTuple):
    """What a row is called.

    story: the slug of its story
    development: the slug of its first development; later ones add a number
    identity: what its event ids have: the same for every version of the row, and another for every other row
    words: its own name, if that is public
    """

    story: str
    development: str
    identity: str
    words: str = ""


@dataclass(frozen=True)
class RowNames:
    """Names rows. `key` makes the codes; `story` is the slug of the one story, if there is just one.

    A row whose story or whose own name is not public has a code in place of it.
    """

    key: bytes
    story: str | None
    public_story: bool
    public_row: bool

    def name(self, story: Sequence[str], row: Sequence[str]) -> RowName:
        """Return the name of the row with these cells in its key columns; a story of one row has none of its own."""
        slug = self.story or self._story(tuple(story))
        if self.uses_key:
            identity = self.mark + _digest(self.key, [slug, *story, *row])[:DIGEST_CHARS]
        else:
            identity = PUBLIC_MARK + sha256(_joined([slug, *story, *row])).hexdigest()[:DIGEST_CHARS]
        code = identity[MARK_CHARS : MARK_CHARS + CODE_CHARS]
        development = _public_slug(row or story) if self.public_row else f"r-{code}"
        return RowName(slug, development, identity, " ".join(row) if self.public_row else "")

    def _story(self, cells: tuple[str, ...]) -> str:
        """Return the slug of a story. Most rows have that of others."""
        if cells not in self._stories:
            code = f"s-{_digest(self.key, ['s', *cells])[:CODE_CHARS]}"
            self._stories[cells] = sys.intern(_public_slug(cells) if self.public_story else code)
        return self._stories[cells]

    @cached_property
    def _stories(self) -> dict[tuple[str, ...], str]:
        return {}

    @cached_property
    def uses_key(self) -> bool:
        """Whether some row has a code in place of its name."""
        return not (self.public_row and (self.public_story or self.story is not None))

    @cached_property
    def mark(self) -> str:
        """The first characters of an identity: they tell one key from another."""
        return _digest(self.key, ["mark"])[:MARK_CHARS]


def _public_slug(cells: Sequence[str]) -> str:
    """Return the words of cells as a slug; with a digest at the end if a slug cannot hold them whole."""
    words = " ".join(cells)
    slug = as_slug(words)
    if _PLAIN.fullmatch(words) and len(slug) <= NAME_CHARS_MAX:
        return slug
    ending = sha256(_joined(cells)).hexdigest()[:6]
    return "-".join(filter(None, (slug[: NAME_CHARS_MAX - 7].strip("-"), ending)))


def row_names(sheet_map: SheetMap, key: bytes) -> RowNames:
    """Return what names the rows of a table, as its map says."""
    public_story, public_row = (
        all(sheet_map.columns[header].public_id for header in sheet_map.headers(role)) for role in KEY_ROLES
    )
    story = None if sheet_map.story is None else sheet_map.story.id
    return RowNames(key, story, public_story, public_row if sheet_map.names_rows else public_story)


def _digest(key: bytes, cells: Sequence[str]) -> str:
    return digest(key, _joined(cells), "sha256").hex()


def _joined(cells: Sequence[str]) -> bytes:
    return "\0".join(cells).encode(errors="surrogatepass")
