"""The publish checkpoint: what the last publication had seen. Imports nothing: cron's first look reads it."""

RENDERERS = "6"
"""The version of whatever turns events into bytes: raise it when output changes for the same ledger."""
NEVER = "never"


def format_mark(*, position: int, next_us: int | None, token: str, folder: str, config: str) -> str:
    """Return the published mark as text: a line for each field, the configuration last and whole.

    Not JSON: importing a parser would cost more than the decision.
    """
    next_at = NEVER if next_us is None else str(next_us)
    return "\n".join((RENDERERS, str(position), next_at, token, folder, config))


def parse_mark(text: str) -> dict[str, str]:
    """Return the fields of a mark by name; ValueError where it is none."""
    names = ("renderers", "position", "next_us", "token", "folder", "config")
    return dict(zip(names, text.split("\n", len(names) - 1), strict=True))


def settings_text(config: str, templates: dict[str, str]) -> str:
    """Return what a mark keeps of a newsroom's settings."""
    return config + "".join(f"\0{name}\n{text}" for name, text in sorted(templates.items()))
