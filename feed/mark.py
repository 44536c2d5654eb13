"""The published mark, and the names of a newsroom's files. Imports next to nothing: `feed.cron` reads marks too."""

import os

FOLDER_VARIABLE = "WRITETHRU_DIR"
CONFIG_NAME = "writethru.toml"
TEMPLATES_NAME = "templates"
REPLACEABLE = (".jinja", ".css")
LEDGER_NAME = "ledger.db"
TOKEN_NAME = ".writethru"  # noqa: S105 - a file name
CHECKPOINT_NAME = "log/checkpoint"
RENDERERS = "6"
"""The version of whatever turns events into bytes: raise it when output changes for the same ledger."""
NEVER = "never"


def format_mark(*, position: int, next_us: int | None, token: str, folder: str, config: str) -> str:
    """Give the published mark as text: a line for each field, the configuration last and whole.

    Not JSON: importing a parser would cost more than the decision.
    """
    next_at = NEVER if next_us is None else str(next_us)
    return "\n".join((RENDERERS, str(position), next_at, token, folder, config))


def parse_mark(text: str) -> dict[str, str]:
    """Give the fields of a mark by name; ValueError where it is none."""
    names = ("renderers", "position", "next_us", "token", "folder", "config")
    return dict(zip(names, text.split("\n", len(names) - 1), strict=True))


def read_settings(folder: str) -> tuple[str, dict[str, str]]:
    """Give all that a newsroom sets besides its events: its configuration, and the templates that it replaces, by name.

    Exactly as they stand in their files: marks hold the same texts, and are compared with them unparsed.
    """
    config = read_exactly(os.path.join(folder, CONFIG_NAME))
    return config, {name: read_exactly(os.path.join(folder, TEMPLATES_NAME, name)) for name in _replaced_names(folder)}


def settings_text(config: str, templates: dict[str, str]) -> str:
    """Give what a mark keeps of a newsroom's settings."""
    return config + "".join(f"\0{name}\n{text}" for name, text in sorted(templates.items()))


def read_exactly(path: str) -> str:
    """Give a file's text as it stands there: no line end is changed."""
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def find_newsroom(start: str) -> str | None:
    """Give the newsroom's folder: `start` or the nearest one above it that holds a configuration."""
    folder = os.path.abspath(start)
    while not os.path.exists(os.path.join(folder, CONFIG_NAME)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _replaced_names(folder: str) -> list[str]:
    """Give the names of the files in a newsroom's folder of templates; none where there is no such folder."""
    try:
        return sorted(name for name in os.listdir(os.path.join(folder, TEMPLATES_NAME)) if name.endswith(REPLACEABLE))
    except (FileNotFoundError, NotADirectoryError):
        return []
