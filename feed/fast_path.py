"""Decides from the publish checkpoint, the settings and the clock whether there is anything to publish.

Cron asks this every minute and `publish --watch` several times a second, so it imports almost nothing: importing
pydantic alone takes longer than the decision.
"""

import os
import time

from feed.checkpoint import (
    CHECKPOINT_NOTE,
    HUB_NOTE,
    MIRROR_NOTE,
    NEVER,
    REPORTS_NOTE,
    RETRY_PAUSE_S_MAX,
    parse_checkpoint,
    settings_text,
)
from feed.paths import (
    LEDGER_NAME,
    LOG_CHECKPOINT_NAME,
    TOKEN_NAME,
    file_version,
    is_regular,
    read_exactly,
    read_settings,
)

AHEAD_S_MAX = 60
"""How far the ledger may be ahead of the clock, as events.rules.clock says."""
SECOND_CHARS = len("2026-03-02T08:00:00")
STEPS_MAX = 100_000
SHAPE = (4, 4_787)
"""The version of the schema, and the length of the SQL of its tables, indexes and triggers; there are no views."""
_SHAPE = (
    "SELECT (SELECT user_version FROM pragma_user_version), sum(length(sql)) FROM sqlite_schema "
    "WHERE type IN ('trigger', 'view') OR tbl_name IN ('events', 'bodies', 'links', 'leaves', 'log_keys', 'notes', "
    "'snapshots', 'overviews', 'published')"
)


def nothing_to_do(folder: str, now_s: float) -> bool:
    """Return True if everything that is due in the newsroom `folder` at `now_s` (Unix time) is published."""
    return idle_reports(folder, now_s) is not None


def idle_reports(folder: str, now_s: float) -> str | None:
    """Return where a run reports that has nothing to publish ("" if nowhere), or None if there may be something.

    Reads only: no file is created or locked, not even briefly. On any doubt it returns None, and the full check in
    `feed.publishing.publication` decides and reports.
    """
    ledger = os.path.join(folder, LEDGER_NAME)
    try:
        if not is_regular(ledger):
            return None
        version = _file_version(ledger)
        remembered = _read_ledger(ledger)
        is_whole = version is not None and version == _file_version(ledger)
        return reports_if_idle(folder, now_s, *remembered) if is_whole else None
    except Exception:  # noqa: BLE001 - on any error the full check runs, and reports it
        return None


def reports_if_idle(
    folder: str, now_s: float, text: str, position: int, log_size: int, passed: str, reports: str, *dues: str
) -> str | None:
    """Return what `idle_reports` does, if `_read_ledger` returned all but the first two. It may raise any error."""
    checkpoint = parse_checkpoint(text)
    if checkpoint is None:
        return None
    config, templates = read_settings(folder)
    output = os.path.join(folder, checkpoint["folder"])
    is_idle = (
        checkpoint["position"] == str(position)
        and checkpoint["settings"] == settings_text(config, templates)
        and _are_configured(reports, config)
        and checkpoint["token"] == read_exactly(os.path.join(output, TOKEN_NAME)).strip()
        # A longer published log means that the ledger was restored from an older copy.
        and _published_log_size(os.path.join(output, LOG_CHECKPOINT_NAME)) <= log_size
        # A ledger that is ahead of the clock is reported. Two such texts sort by time.
        and passed[:SECOND_CHARS] <= time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now_s + AHEAD_S_MAX))
        and (checkpoint["next_us"] == NEVER or now_s * 1_000_000 < int(checkpoint["next_us"]))
        # As `retries.is_pause` has it.
        and all(due in {"", NEVER} or now_s < int(due) / 1_000_000 <= now_s + RETRY_PAUSE_S_MAX for due in dues)
    )
    return reports if is_idle else None


def _are_configured(reports: str, config: str) -> bool:
    """Return True if the configuration says itself where a run reports: a stranger may have made the ledger.

    That it reports nowhere can make nobody write.
    """
    if not reports:
        return True
    file, _, url = reports.rpartition("\n")
    lines = [f'\n{key} = "{value}"' for key, value in (("file", file), ("url", url)) if value]
    outside = "".join(config.split('"""')[::2])  # of texts of several lines, which may quote such a line
    if all(line in outside for line in lines) and "'''" not in config:
        return True  # as `writethru init` spells settings: importing a parser takes as long as all else here
    import tomllib  # noqa: PLC0415

    tables = tomllib.loads(config)
    return (file, url) == (tables.get("metrics", {}).get("file", ""), tables.get("heartbeat", {}).get("url", ""))


def _file_version(ledger: str) -> tuple[int, int, int] | None:
    """Return a value that changes when the ledger is written; None while somebody writes to it."""
    if os.path.exists(f"{ledger}-wal") or os.path.exists(f"{ledger}-journal"):
        return None
    return file_version(ledger)


def _published_log_size(path: str) -> int:
    """Return how many items the published log has; 0 if there is no readable log."""
    try:
        return int(read_exactly(path).split("\n", 2)[1])
    except (FileNotFoundError, ValueError, IndexError):
        return 0


def _read_ledger(ledger: str) -> tuple[str, int, int, str, str, str, str]:
    """Return the publish checkpoint, the newest position, the size of the public log, when publishing last ran.

    And last, where an idle run reports, when a hub is to be told of something, and when a mirror is to get something.
    """
    # The C module itself, since the package sqlite3 imports datetime and more. "immutable" takes no lock and creates
    # no file; _file_version makes sure that nobody writes meanwhile.
    import _sqlite3  # noqa: PLC0415 - not needed if there is no ledger

    name = ledger.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = _sqlite3.connect(f"file:{name}?mode=ro&immutable=1", uri=True)
    # A stranger's file? Reading three values takes about 100 steps; a file that takes more is no ledger of ours.
    connection.set_progress_handler(lambda: True, STEPS_MAX)
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        if connection.execute(_SHAPE).fetchone() != SHAPE:
            return "", 0, 0, "", "", "", ""
        checkpoint, position, log_size, passed, reports, hub, mirror = connection.execute(
            "SELECT (SELECT text FROM notes WHERE name = ?), (SELECT coalesce(max(position), 0) FROM events), "
            "(SELECT coalesce(max(place) + 1, 0) FROM leaves), (SELECT text FROM notes WHERE name = 'passed'), "
            "(SELECT text FROM notes WHERE name = ?), (SELECT substr(text, 1, 20) FROM notes WHERE name = ?), "
            "(SELECT substr(text, 1, 20) FROM notes WHERE name = ?)",
            (CHECKPOINT_NOTE, REPORTS_NOTE, HUB_NOTE, MIRROR_NOTE),
        ).fetchone()
    finally:
        connection.close()
    dues = ((note or "").partition("\n")[0] for note in (hub, mirror))
    return checkpoint or "", position, log_size, passed or "", reports or "", *dues
