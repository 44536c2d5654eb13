"""SHELL: a newsroom as it lies on disk: its folder, its configuration, its ledger. What publishes it is `feed.publish`.

Commands that only read or record need no more than this, and start the sooner for it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

from events.errors import StoreError
from events.ledger import Ledger, utc_now
from feed.config import NO_TEMPLATES, Config, parse_config
from feed.mark import CONFIG_NAME, LEDGER_NAME, TEMPLATES_NAME, read_exactly, replaced_names


class Newsroom:
    """A newsroom in its `folder`. `clock` tells its ledger what time it is."""

    def __init__(
        self,
        folder: Path,
        config_text: str,
        *,
        templates: Mapping[str, str] = NO_TEMPLATES,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.folder = folder
        self.config_text = config_text
        self.config: Config = parse_config(config_text, where=CONFIG_NAME, templates=templates)
        self.clock = clock

    @classmethod
    def open(cls, folder: Path | str, *, clock: Callable[[], datetime] = utc_now) -> Self:
        """Open the newsroom in `folder`. StoreError where there is none, InvalidError for its configuration."""
        place = Path(folder)
        try:
            # Exactly as it stands in the file: the mark holds the same text, and cron compares them unparsed.
            text = read_exactly(str(place / CONFIG_NAME))
            templates = {name: read_exactly(str(place / TEMPLATES_NAME / name)) for name in replaced_names(str(place))}
        except (FileNotFoundError, NotADirectoryError):
            raise StoreError(str(place), "there is no newsroom here.", remedy="Make one: writethru init") from None
        except UnicodeDecodeError:
            raise StoreError(str(place / CONFIG_NAME), "the configuration or a template is not UTF-8.") from None
        return cls(place, text, templates=templates, clock=clock)

    @property
    def settings(self) -> str:
        """Give what the mark remembers of configuration and templates, as `feed.mark.settings_text` reads it."""
        replaced = "".join(f"\0{name}\n{text}" for name, text in sorted(self.config.templates.items()))
        return f"{self.config_text}{replaced}"

    @property
    def root(self) -> Path:
        """Give the output's folder."""
        return self.folder / self.config.output.folder

    def ledger(self) -> Ledger:
        """Open the newsroom's ledger."""
        return Ledger.open(self.folder / LEDGER_NAME, actor=self.config.recording.actor, clock=self.clock)
