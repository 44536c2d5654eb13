"""A newsroom that signs its log, and loses its ledger, its output or both."""

import shutil
from contextlib import closing
from pathlib import Path

from events import commands
from events.integrity import backup as copies
from events.store.sqlite import SqliteStore
from feed.cli.program import run
from feed.site import Site
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.encoding import b64
from tests.builders import HOUR, Clock, newsroom, signing


class Desk:
    """A newsroom that signs, the copies of what it had, and every head that it has signed."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.folder, self.keep = folder / "desk", folder / "kept"
        self.keep.mkdir(parents=True)
        self.site = signing(newsroom(self.folder, self.clock), folder / "key")
        self.reports = 0
        self.signed: dict[int, str] = {}
        self.report(commands.open_story("fire", "Fire"))

    @property
    def web(self) -> Path:
        """What readers have: a copy of the newest output."""
        return self.keep / "web"

    def report(self, *events: object) -> None:
        """Record one more report."""
        self.clock.go(HOUR)
        self.reports += 1
        with self.site.ledger() as ledger:
            ledger.append(*events, commands.report("fire", f"Report {self.reports}"))  # type: ignore[arg-type]  # events

    def publish(self, *, after_restore: bool | str = False, ledger_is_newest: bool = False) -> None:
        """Publish, and fail if another root of a size is signed than before."""
        self.clock.go(HOUR)
        self.site = Site.open(self.folder, clock=self.clock)
        self.site.publish(after_restore=after_restore, ledger_is_newest=ledger_is_newest)
        report = verify(str(self.site.root))
        assert report.head is not None
        root_ = b64(report.head.root)
        assert self.signed.setdefault(report.head.size, root_) == root_, "two signed roots of one size"
        shutil.rmtree(self.web, ignore_errors=True)
        shutil.copytree(self.site.root, self.web)

    def back_up(self, name: str) -> None:
        """Keep a backup of the ledger, and a copy of the output beside it."""
        with closing(SqliteStore(self.folder / "ledger.db")) as store:
            copies.backup(store, self.keep / f"{name}.db", replace=True)
        shutil.rmtree(self.keep / name, ignore_errors=True)
        shutil.copytree(self.site.root, self.keep / name)

    def lose_ledger(self, name: str, *, by: str) -> None:
        """Put a backup in place of the ledger: by the command, or by hand."""
        for path in self.folder.glob("ledger.db*"):
            path.unlink()
        if by == "hand":
            shutil.copy(self.keep / f"{name}.db", self.folder / "ledger.db")
        else:
            # 5: it names an output that is newer than the ledger.
            assert run(["-C", str(self.folder), "restore", str(self.keep / f"{name}.db")]) in {0, 5}

    def lose_output(self, name: str | None) -> None:
        """Remove the output, or put an older copy in its place."""
        shutil.rmtree(self.site.root, ignore_errors=True)
        if name is not None:
            shutil.copytree(self.keep / name, self.site.root)
