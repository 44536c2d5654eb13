"""The publish checkpoint: what the last publication covered. Imports nothing, since every cron run reads it."""

RENDERERS = "12"
"""The version of the code that turns events into bytes. Raise it if the same ledger gives other output."""
NEVER = "never"
CHECKPOINT_NOTE = "mark"
"""The name under which the store keeps the checkpoint."""
REPORTS_NOTE = "reports"
"""The name under which the store keeps where a run reports that has nothing to publish."""
HUB_NOTE = "hub"
"""The name under which the store keeps which feeds a hub is still to be told of. Its first line says when."""
MIRROR_NOTE = "mirror"
"""The name under which the store keeps which files a mirror lacks. Its first line says when it is to get them."""
RETRY_PAUSE_S_MAX = 15 * 60
"""The longest pause before a hub is told again, or a mirror tried."""
_FIELDS = ("renderers", "position", "next_us", "token", "folder", "digest", "settings")


def format_checkpoint(
    *, position: int, next_us: int | None, token: str, folder: str, digest: str, settings: str
) -> str:
    """Return the publish checkpoint as text: one line for each field, then the settings as they are in their files.

    `digest` covers the settings that reach the output. Not JSON: its parser takes longer to import than the fast path
    takes to decide.
    """
    next_at = NEVER if next_us is None else str(next_us)
    return "\n".join((RENDERERS, str(position), next_at, token, folder, digest, settings))


def parse_checkpoint(text: str) -> dict[str, str] | None:
    """Return the fields of a checkpoint by name; None if other renderers wrote it, or if it is not a checkpoint."""
    fields = text.split("\n", len(_FIELDS) - 1)
    if fields[0] != RENDERERS or len(fields) != len(_FIELDS):
        return None
    return dict(zip(_FIELDS, fields, strict=True))


def settings_text(config: str, templates: dict[str, str]) -> str:
    """Return the text of the configuration and of the newsroom's own templates, unparsed, as a checkpoint keeps it."""
    return config + "".join(f"\0{name}\n{text}" for name, text in sorted(templates.items()))
