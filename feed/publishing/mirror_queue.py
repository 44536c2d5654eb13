"""What a mirror of the output still lacks, as the ledger stores it: feed/README.md#mirror. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import md5, sha256
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from feed.checkpoint import NEVER
from feed.config import Config
from feed.output.headers import KINDS
from feed.publishing.retries import FAILURES_MAX, RETRY_S, SECOND_US, is_pause, retry_us

NOW: Final = 0
"""When it is due at once. The ledger may be ahead of the clock."""
ABSENT, UNKNOWN = "", "?"
"""The tag of a file that the mirror does not have; of one that it may have."""
FILES_MAX: Final = 10_000
"""How many files may wait by name. Of more, all are compared."""
Conditions = Literal["unknown", "tags", "versions", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorQueue:
    """What waits, and when a run is to put it. Instants are microseconds since 1970.

    log_size, published_us: the size of the public log, and the instant, of the publication that the files are of
    target: a digest of where the mirror is, and of the headers of its files
    is_new: whether it may be there for the first time: what others have there is left alone
    compare_us: since when all files must be compared; None if the files below are all that differ
    is_overwriting: whether that replaces also files with the same bytes: their headers may be others
    writing_us: the instant of a publication that has begun to write files; None after it
    due_us: when a run puts what waits, if the publication itself has not; None if nothing waits
    failures: how often in a row the mirror took nothing; until `due_us`, publications do not try it
    conditions: what the server makes of conditional writes: it obeys them, and its tags are MD5 ("tags") or something
        else ("versions"); or it ignores them ("none")
    files: the tag of what the mirror has of each file that changed, by its path: the MD5 of its bytes
    withdrawn: the stories of which something was taken back: their files go first
    purges: the paths of which a CDN must drop its copies
    """

    log_size: int = 0
    published_us: int = 0
    target: str = ""
    is_new: bool = False
    compare_us: int | None = None
    is_overwriting: bool = False
    writing_us: int | None = None
    due_us: int | None = None
    failures: int = 0
    conditions: Conditions = "unknown"
    files: Mapping[str, str] = field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()
    purges: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return True if the mirror has everything."""
        return not self.files and not self.purges and self.compare_us is None

    @property
    def stamp(self) -> tuple[int, int]:
        """What each object carries, so that an older publication does not replace it."""
        return self.log_size, self.published_us

    def is_due(self, now_us: int) -> bool:
        """Return True if a run is to put what waits."""
        return self.due_us is not None and not is_pause(now_us, self.due_us)

    def is_ready(self, now_us: int) -> bool:
        """Return True if a publication is to put what waits."""
        return not self.is_empty and (self.failures == 0 or self.is_due(now_us))

    def is_urgent(self, path: str) -> bool:
        """Return True if a file may show text that was taken back: those of its story, and those over all stories."""
        folder, _, rest = path.partition("/")
        return bool(self.withdrawn) and (
            rest.partition("/")[0] in self.withdrawn if folder == "stories" else folder not in {"assets", "log"}
        )

    def before_writing(self, now_us: int) -> "MirrorQueue":
        """Return the queue when a publication begins to write: if that is killed, all files must be compared."""
        return replace(self._after_kill(now_us), writing_us=now_us)

    def after_publication(
        self,
        now_us: int,
        files: Mapping[str, str],
        *,
        target: str,
        log_size: int,
        withdrawn: Collection[str],
        is_behind: bool,
    ) -> "MirrorQueue":
        """Return the queue after a publication that changed `files`: each with its tag before that.

        If the output `is_behind` what was published last, others than these may differ.
        """
        queue = self if self.writing_us == now_us else self._after_kill(now_us)
        if target != self.target or is_behind:
            is_overwriting = self.is_overwriting or self.target not in {"", target}
            is_new = self.is_new or target != self.target
            queue = replace(queue, is_new=is_new, compare_us=now_us, is_overwriting=is_overwriting)
        merged = {**files, **self.files}  # what the mirror has is what it had first
        queue = replace(queue, withdrawn=tuple(sorted({*self.withdrawn, *withdrawn})))
        queue = replace(queue, writing_us=None, published_us=now_us, log_size=log_size)
        if len(merged) > FILES_MAX:
            merged = {path: tag for path, tag in merged.items() if queue.is_urgent(path)}
            queue = replace(queue, compare_us=now_us)
        conditions: Conditions = self.conditions if target == self.target else "unknown"
        queue = replace(queue, files=merged, target=target, conditions=conditions)
        is_pausing = self.failures > 0 and not withdrawn
        return queue.due(self.due_us if is_pausing and self.due_us is not None else NOW)

    def after_slice(self, now_us: int, done: Collection[str], purges: Collection[str]) -> "MirrorQueue":
        """Return the queue once the mirror has taken the files `done`. No other run begins with the rest at once."""
        files = {path: tag for path, tag in self.files.items() if path not in done}
        return replace(self, files=files, purges=tuple(sorted(purges))).due(now_us + RETRY_S * SECOND_US)

    def after_success(self) -> "MirrorQueue":
        """Return the queue once the mirror has taken all that it was given."""
        return replace(self, failures=0)

    def after_failure(self, now_us: int) -> "MirrorQueue":
        """Return the queue once the mirror has refused something, or is away."""
        failures = min(self.failures + 1, FAILURES_MAX)
        return replace(self, failures=failures).due(retry_us(now_us, failures))

    def due(self, now_us: int) -> "MirrorQueue":
        """Return the queue, due at an instant if anything waits."""
        withdrawn = self.withdrawn if self.compare_us is not None or any(map(self.is_urgent, self.files)) else ()
        return replace(self, withdrawn=withdrawn, due_us=None if self.is_empty else now_us)

    def text(self) -> str:
        """Return the text of the note: when it is due on the first line, for cron, and JSON on the second."""
        return f"{NEVER if self.due_us is None else self.due_us}\n{_adapter().dump_json(self).decode()}"

    def _after_kill(self, now_us: int) -> "MirrorQueue":
        return self if self.writing_us is None else replace(self, compare_us=now_us)


@cache
def _adapter() -> TypeAdapter[MirrorQueue]:
    return TypeAdapter(MirrorQueue)


def parse_mirror_queue(text: str) -> MirrorQueue | None:
    """Return the queue in the text of a note; None if it is not ours."""
    due, _, rest = text.partition("\n")
    try:
        queue = _adapter().validate_json(rest, strict=True)
    except ValidationError:
        return None
    return queue if due == (NEVER if queue.due_us is None else str(queue.due_us)) else None


def mirror_target(config: Config) -> str:
    """Return a digest of where a mirror is, and of the headers of its files."""
    kinds = [(kind.pattern, kind.content_type, kind.cache_control) for kind in KINDS]
    return sha256(repr((config.mirror.url, config.mirror.endpoint, kinds)).encode()).hexdigest()[:16]


def tag_of(data: bytes | None) -> str:
    """Return the tag of a file with these bytes, as servers make it of what was put in one part."""
    return ABSENT if data is None else md5(data, usedforsecurity=False).hexdigest()
