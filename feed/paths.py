"""The names of a newsroom's files, and how to find a newsroom. Imports almost nothing: every cron run needs it."""

import os

FOLDER_VARIABLE = "WRITETHRU_DIR"
CONFIG_NAME = "writethru.toml"
TEMPLATES_NAME = "templates"
REPLACEABLE = (".jinja", ".css", ".po")
LEDGER_NAME = "ledger.db"
METRICS_LOCK_NAME = "metrics.lock"
CACHE_NAME = "cache"
TOKEN_NAME = ".writethru"  # noqa: S105 - a file name
LOG_CHECKPOINT_NAME = "log/checkpoint"
_FILE_KINDS, _REGULAR = 0o170000, 0o100000  # S_IFMT and S_IFREG, without an import


def find_newsroom(start: str) -> str | None:
    """Return the newsroom's folder: `start`, or the nearest folder above it that holds a configuration."""
    folder = os.path.abspath(start)
    while not os.path.exists(os.path.join(folder, CONFIG_NAME)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def file_version(path: str) -> tuple[int, int, int] | None:
    """Return a value that changes when a file is written or replaced; None if there is none."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def is_regular(path: str) -> bool:
    """Return True if `path` is a regular file: SQLite waits for ever in opening a FIFO."""
    try:
        return os.stat(path).st_mode & _FILE_KINDS == _REGULAR
    except FileNotFoundError:
        return False


def read_settings(folder: str) -> tuple[str, dict[str, str]]:
    """Return the text of a newsroom's configuration, and the texts of its own templates by name.

    The texts are exactly those of the files: the fast path compares them unparsed with those in the checkpoint.
    """
    config = read_exactly(os.path.join(folder, CONFIG_NAME))
    return config, {name: read_exactly(os.path.join(folder, TEMPLATES_NAME, name)) for name in _template_names(folder)}


def read_exactly(path: str) -> str:
    """Return a file's text without converting line ends. OSError unless the file is regular: FIFOs can wait."""
    with open(path, encoding="utf-8", newline="", opener=_open_regular) as file:
        return file.read()


def _open_regular(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if os.fstat(descriptor).st_mode & _FILE_KINDS == _REGULAR:
        return descriptor
    os.close(descriptor)
    raise OSError(22, "this is not a regular file", path)


def _template_names(folder: str) -> list[str]:
    """Return the file names in a newsroom's folder of templates, sorted; none if there is no such folder."""
    try:
        return sorted(name for name in os.listdir(os.path.join(folder, TEMPLATES_NAME)) if name.endswith(REPLACEABLE))
    except (FileNotFoundError, NotADirectoryError):
        return []
