"""A newsroom whose table is synced."""

import json
from pathlib import Path
from typing import Any, Self

from click.testing import Result

from tests.desk import DeskRunner
from tests.tables import MAP, csv_text

ROW = {"What": "Woman detained", "Status": "held", "Hurt": "2", "Source": "Harbour Radio"}


class SyncDesk(DeskRunner):
    """A newsroom with a map, and a table beside it."""

    def __init__(self, folder: Path, text: str = MAP) -> None:
        super().__init__(folder)
        self.folder = self.site.folder
        self.table = folder / "cases.csv"
        (self.folder / "sync.toml").write_text(text, encoding="utf-8")

    def sync(self, text: str | dict[str, dict[str, str]], *options: str) -> Result:
        """Run sync with a table of this text, or of these rows."""
        self.table.write_text(text if isinstance(text, str) else csv_text(text), encoding="utf-8")
        return self.run("sync", str(self.table), *options)

    def synced(self, text: str | dict[str, dict[str, str]], *options: str) -> str:
        """Run sync, which must succeed, and return what it prints."""
        result = self.sync(text, *options)
        assert result.exit_code == 0, result.output
        return result.output

    def map(self, *replacements: tuple[str, str]) -> Self:
        """Change the map."""
        text = MAP
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        (self.folder / "sync.toml").write_text(text, encoding="utf-8")
        return self

    def state(self, story: str = "cases") -> dict[str, Any]:
        """Return the state of the story."""
        state: dict[str, Any] = json.loads(self.output("show", story, "--json"))
        return state

    def headlines(self) -> list[str]:
        """Return the headlines of all developments, in the order of recording."""
        with self.site.ledger() as ledger:
            return [event.event.headline for event in ledger.events() if event.event.type == "development_reported"]

    def kinds(self) -> list[str]:
        """Return the types of all events."""
        with self.site.ledger() as ledger:
            return [event.event.type for event in ledger.events()]
