"""The queue of the mirror as the ledger has it, while the lock is held."""

from hashlib import sha256

from events.errors import Problem, RefusedError
from events.ledger import Ledger
from events.store.base import MIRRORS, Reading
from feed.checkpoint import MIRROR_NOTE
from feed.output.tree import Tree
from feed.publishing.mirror_queue import MirrorQueue
from feed.publishing.remembered import Remembered
from feed.publishing.tree_state import shows_published
from feed.site import Site


def read_queue(site: Site, ledger: Ledger) -> MirrorQueue | None:
    """Return what waits; None if the output is not, whole, what the ledger published last: of that, nothing is put.

    So no output of another ledger is put, nor one that a run was writing when it was killed. One that another host has
    published is put, if this one's shows the same: that host may be gone.
    """
    with ledger.store.reading() as reading:
        remembered = Remembered(reading, site.config.site.base_url, sound_only=True)
        checkpoint, queue = remembered.checkpoint(), remembered.mirror_queue()
        is_settled = checkpoint is not None and shows_published(reading, checkpoint, Tree(site.root).token)
    return queue if is_settled and queue is not None and queue.writing_us is None else None


def store_queue(ledger: Ledger, former: MirrorQueue, queue: MirrorQueue) -> MirrorQueue:
    """Replace the queue that was read, and return the new one.

    Another one stays: a redaction has deleted it, or another host publishes by now, since this one was stopped.
    """
    with ledger.store.writing() as writing:
        if writing.note(MIRROR_NOTE) == former.text():
            writing.put_note(MIRROR_NOTE, queue.text())
    return queue


def has_mirrored(site: Site, address: str) -> bool:
    """Return True if this newsroom has begun to put files to an address."""
    with site.ledger() as ledger, ledger.store.reading() as reading:
        return _digest(address) in _mirrors(reading)


def remember_mirror(ledger: Ledger, address: str) -> None:
    """Remember an address before the first file is put there."""
    with ledger.store.reading() as reading:
        mirrors = _mirrors(reading)
    if _digest(address) not in mirrors:
        with ledger.store.writing() as writing:
            writing.put_note(MIRRORS, "\n".join([*mirrors, _digest(address)]))


def _mirrors(reading: Reading) -> list[str]:
    return (reading.note(MIRRORS) or "").split()


def _digest(address: str) -> str:
    return sha256(address.encode()).hexdigest()[:16]


def check_settled(queue: MirrorQueue | None) -> MirrorQueue:
    """Return the queue; RefusedError if there is none that may be put."""
    if queue is None:
        message = "the output is not what this ledger has published last, or no mirror was configured then."
        remedy = "Publish: writethru publish"
        raise RefusedError(Problem(where="mirror", check="output", message=message, remedy=remedy))
    return queue
