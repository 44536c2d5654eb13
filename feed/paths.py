"""The names of a newsroom's files, and where a newsroom is. Imports next to nothing: cron's first look needs it."""

import os

FOLDER_VARIABLE = "WRITETHRU_DIR"
CONFIG_NAME = "writethru.toml"
TEMPLATES_NAME = "templates"
REPLACEABLE = (".jinja", ".css")
LEDGER_NAME = "ledger.db"
TOKEN_NAME = ".writethru"  # noqa: S105 - a file name
CHECKPOINT_NAME = "log/checkpoint"


def find_newsroom(start: str) -> str | None:
    """Return the newsroom's folder: `start` or the nearest one above it that holds a configuration."""
    folder = os.path.abspath(start)
    while not os.path.exists(os.path.join(folder, CONFIG_NAME)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def read_settings(folder: str) -> tuple[str, dict[str, str]]:
    """Return a newsroom's settings: the text of its configuration, and of its own templates by name.

    Exactly as they stand in their files: marks hold the same texts, and are compared with them unparsed.
    """
    config = read_exactly(os.path.join(folder, CONFIG_NAME))
    return config, {name: read_exactly(os.path.join(folder, TEMPLATES_NAME, name)) for name in _replaced_names(folder)}


def read_exactly(path: str) -> str:
    """Return a file's text as it stands there: no line end is changed."""
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def _replaced_names(folder: str) -> list[str]:
    """Return the names of the files in a newsroom's folder of templates; none where there is no such folder."""
    try:
        return sorted(name for name in os.listdir(os.path.join(folder, TEMPLATES_NAME)) if name.endswith(REPLACEABLE))
    except (FileNotFoundError, NotADirectoryError):
        return []
