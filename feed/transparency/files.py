"""The public log as files: the tiles that new leaves have changed, the keys, and last the checkpoint."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from events.errors import Problem, WritethruError
from feed.output.file import File
from feed.paths import LOG_CHECKPOINT_NAME
from feed.transparency.keys import Signer
from feed.transparency.log import PublicLog
from feed.transparency.note import SUCCESSION, sign_note, succession
from feed.transparency.verifier.tiles import tiles

KEYS = "log/keys"


def log_files(
    log: PublicLog, *, since: int, signer: Signer | None, keys: Sequence[str], created_at: datetime
) -> Iterator[File]:
    """Yield the files that differ from those of the log at size `since`.

    `keys` are the notes that announce its keys, up to the one that signs.
    """
    updated = log.changed_at(log.size) or created_at
    for tile in tiles(log.size, since=since):
        yield File(tile.path, log.tile(tile), updated)
    if signer is not None:
        yield File(KEYS, "\n".join(keys).encode(), updated)
    text = log.head(log.size).text
    checkpoint = f"{text}\n" if signer is None else sign_note(text, signer.key, signer.sign)
    yield File(LOG_CHECKPOINT_NAME, checkpoint.encode(), updated)


def published_keys(notes: Sequence[str], signer: Signer | None) -> Sequence[str]:
    """Return the notes that announce the log's keys, up to that of `signer`; WritethruError if it has none.

    Notes on the keys of another log, which the ledger had before it began this one, are left out.
    """
    if signer is None:
        return ()
    own = [note for note in notes if note.startswith(f"{SUCCESSION}\n{signer.key.name}+")]
    for number, note in enumerate(own, start=1):
        if note.startswith(succession(signer.key)):
            return own[:number]
    raise WritethruError(
        Problem(
            where=str(signer.key),
            check="key",
            message="the ledger does not know this key of the public log.",
            remedy="Use the key that writethru keygen made for this newsroom, or make one with it.",
        )
    )


def partial_tiles(log: PublicLog, *, since: int) -> Iterator[tuple[str, str]]:
    """Yield (folder, name of the current version or "") of each tile that was partial since the log had size `since`.

    All other versions are to be removed (feed/transparency/README.md#partial-tiles).
    """
    for tile in tiles(log.size, since=since):
        yield tile.parts, tile.path.removeprefix(tile.parts) if tile.path.startswith(tile.parts) else ""
