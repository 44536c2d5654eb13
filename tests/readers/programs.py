"""Real feed readers behind one interface: what they fetch, which entries are unread, and what an entry shows."""

import json
import os
import shutil
import sqlite3
import subprocess
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import HTTPError

import feedparser
from reader import make_reader

NODE = Path(__file__).parents[1] / "node"


class Program(ABC):
    """A reader that is subscribed to one feed and has its files in `folder`."""

    name: ClassVar[str]
    formats: ClassVar[tuple[str, ...]]

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    @classmethod
    def missing(cls) -> str | None:
        """Return the name of a program or package that it needs and that is not installed, or None."""
        return None

    @abstractmethod
    def poll(self) -> list[str]:
        """Fetch the feed as the reader does, mark all as read, and return the titles that were unread, sorted."""

    @abstractmethod
    def shown(self, entry_id: str) -> tuple[str, str]:
        """Return title and content of an entry as the reader has it now."""

    def move(self, url: str) -> None:
        """Subscribe to the same feed at another address, as a user would."""
        self.url = url


class Polling(Program):
    """A program on a parsing library: it fetches with the last ETag, and recognizes an entry by its id."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, url)
        self._tag: str | None = None
        self._entries: dict[str, tuple[str, str]] = {}

    @abstractmethod
    def parse(self, data: bytes) -> Iterable[tuple[str, str, str]]:
        """Return (id, title, content) of each entry."""

    def poll(self) -> list[str]:
        entries = list(self.parse(self._fetch()))
        unread = sorted(title for entry_id, title, _ in entries if entry_id not in self._entries)
        self._entries |= {entry_id: (title, content) for entry_id, title, content in entries}
        return unread

    def shown(self, entry_id: str) -> tuple[str, str]:
        return self._entries[entry_id]

    def move(self, url: str) -> None:
        super().move(url)
        self._tag = None

    def _fetch(self) -> bytes:
        request = urllib.request.Request(self.url, headers={"If-None-Match": self._tag} if self._tag else {})
        try:
            with urllib.request.urlopen(request) as answer:
                self._tag = answer.headers["ETag"]
                return bytes(answer.read())
        except HTTPError as error:
            with error:
                if error.code != HTTPStatus.NOT_MODIFIED:
                    raise
            return b""


class Feedparser(Polling):
    """The parser on which most Python readers are built."""

    name = "feedparser"
    formats = ("atom", "rss")

    def parse(self, data: bytes) -> Iterable[tuple[str, str, str]]:
        document = feedparser.parse(data)
        assert not data or not document.bozo
        return [(entry.id, entry.title, entry.content[0].value) for entry in document.entries]


class Feedsmith(Polling):
    """A strict parser from npm, run by node."""

    name = "feedsmith"
    formats = ("atom", "rss", "json")

    @classmethod
    def missing(cls) -> str | None:
        if shutil.which("node") is None:
            return "node"
        return None if (NODE / "node_modules/feedsmith").is_dir() else "feedsmith (npm install --prefix tests/node)"

    def parse(self, data: bytes) -> Iterable[tuple[str, str, str]]:
        if not data:
            return []
        result = subprocess.run(["node", NODE / "feedsmith.mjs"], input=data, capture_output=True, check=True)
        return [(entry["id"], entry["title"], entry["content"]) for entry in json.loads(result.stdout)]


class Reader(Program):
    """The library `reader`, with its own storage and its own requests."""

    name = "reader"
    formats = ("atom", "rss", "json")

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, url)
        self._reader = make_reader(str(folder / "reader.db"))
        self._reader._parser.do_lazy_init()
        retriever: Any = self._reader._parser.retrievers["https://"]
        retriever.session.verify = os.environ["SSL_CERT_FILE"]
        self._reader.add_feed(url)

    def poll(self) -> list[str]:
        self._reader.update_feed(self.url)
        unread = list(self._reader.get_entries(read=False))
        for entry in unread:
            self._reader.mark_entry_as_read(entry)
        return sorted(entry.title or "" for entry in unread)

    def shown(self, entry_id: str) -> tuple[str, str]:
        entry = self._reader.get_entry((self.url, entry_id))
        return entry.title or "", next(iter(entry.content)).value

    def move(self, url: str) -> None:
        self._reader.change_feed_url(self.url, url)
        super().move(url)


class Newsboat(Program):
    """The terminal reader of Debian, run as a user would: `newsboat -x reload`."""

    name = "newsboat"
    formats = ("atom", "rss")

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, url)
        (folder / "config").write_text("ssl-verifypeer no\nssl-verifyhost no\n")
        self.move(url)

    @classmethod
    def missing(cls) -> str | None:
        return None if shutil.which("newsboat") else "newsboat"

    def poll(self) -> list[str]:
        self._run("reload")
        with self._cache() as cache:
            unread = [title for (title,) in cache.execute("SELECT title FROM rss_item WHERE unread = 1")]
            cache.execute("UPDATE rss_item SET unread = 0")
        return sorted(unread)

    def shown(self, entry_id: str) -> tuple[str, str]:
        with self._cache() as cache:
            [(title, content)] = cache.execute("SELECT title, content FROM rss_item WHERE guid = ?", [entry_id])
        return title, content

    def move(self, url: str) -> None:
        super().move(url)
        (self.folder / "urls").write_text(f"{url}\n")

    def _run(self, command: str) -> None:
        files = {"-C": "config", "-u": "urls", "-c": "cache.db"}
        options = [part for flag, name in files.items() for part in (flag, str(self.folder / name))]
        environment = {"HOME": str(self.folder), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        subprocess.run(
            ["newsboat", *options, "-x", command], env=environment, check=True, capture_output=True, timeout=60
        )

    def _cache(self) -> "_Closing":
        return _Closing(self.folder / "cache.db")


class _Closing:
    """A SQLite connection that is committed and closed at the end of its block."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.commit()
        self._connection.close()


PROGRAMS: Mapping[str, type[Program]] = {one.name: one for one in (Feedparser, Reader, Newsboat, Feedsmith)}
