"""Answers with files that change while they are asked for, and requests that are larger than they need be."""

import asyncio
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from feed.serve import app, files
from feed.serve.app import Application, FileApp
from feed.serve.files import LARGE_BYTES, Files
from feed.serve.hosts import Hosts

Answer = tuple[int, bytes]


@pytest.fixture
def file_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileApp:
    """Return an application that does not look again at a file that it has just looked at."""
    monkeypatch.setattr(files, "LOOK_S", 3600.0)
    return FileApp(Files(tmp_path, base_url="https://news.example/"), "/")


def replace(file: Path, letter: str, length: int = LARGE_BYTES + 1) -> None:
    file.parent.mkdir(exist_ok=True)
    new = file.with_name(".new")
    new.write_text(letter * length)
    new.replace(file)


def request(path: str, host: str = "localhost", **headers: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": host, **headers}.items()],
        "server": ("127.0.0.1", 8000),
    }


async def ask(application: ASGIApp, path: str, host: str = "localhost", **headers: str) -> Answer:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await application(request(path, host, **headers), None, send)  # type: ignore[arg-type] # nothing is received
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)[:1]


def test_large_file_just_replaced_is_sent_again(file_app: FileApp, tmp_path: Path) -> None:
    async def answers() -> list[Answer]:
        replace(tmp_path / "large.txt", "a")
        before = [await ask(file_app, "/large.txt") for _ in range(2)]
        replace(tmp_path / "large.txt", "b")
        return [*before, await ask(file_app, "/large.txt")]

    assert asyncio.run(answers()) == [(200, b"a"), (200, b"a"), (200, b"b")]


def test_large_file_whose_folder_is_a_link_now_is_gone(file_app: FileApp, tmp_path: Path) -> None:
    file = tmp_path / "folder/large.txt"

    async def answers() -> list[Answer]:
        replace(file, "a")
        before = [await ask(file_app, "/folder/large.txt") for _ in range(2)]
        file.parent.rename(tmp_path / ".moved")
        file.parent.symlink_to(tmp_path / ".moved")
        return [*before, await ask(file_app, "/folder/large.txt")]

    assert asyncio.run(answers()) == [(200, b"a"), (200, b"a"), (404, b"T")]


def test_file_replaced_at_each_try_is_not_missing(
    file_app: FileApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(tmp_path / "large.txt", "a")
    monkeypatch.setattr(app, "version_of", lambda _: ())
    assert asyncio.run(ask(file_app, "/large.txt")) == (503, b"")


def test_large_files_open_at_once_are_limited(
    file_app: FileApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(tmp_path / "large.txt", "a")
    (tmp_path / "small.txt").write_text("small")
    monkeypatch.setattr(app, "OPEN_MAX", 1)

    async def answers() -> list[Answer]:
        has_begun, may_go_on = asyncio.Event(), asyncio.Event()

        async def send(_message: Any) -> None:
            has_begun.set()
            await may_go_on.wait()

        slow = asyncio.create_task(file_app(request("/large.txt"), None, send))  # type: ignore[arg-type] # as in ask
        await has_begun.wait()
        meanwhile = [await ask(file_app, path) for path in ("/large.txt", "/small.txt")]
        may_go_on.set()
        await slow
        return [*meanwhile, await ask(file_app, "/large.txt")]

    assert asyncio.run(answers()) == [(503, b""), (200, b"s"), (200, b"a")]


def test_publication_is_seen_in_files_just_looked_at(tmp_path: Path, file_app: FileApp) -> None:
    async def answers() -> list[Answer]:
        replace(tmp_path / "small.txt", "a", 10)
        before = [await ask(file_app, "/small.txt") for _ in range(2)]
        replace(tmp_path / "small.txt", "b", 10)
        file_app._files.expect_changes()
        return [*before, await ask(file_app, "/small.txt")]

    assert asyncio.run(answers()) == [(200, b"a"), (200, b"a"), (200, b"b")]


@pytest.mark.parametrize("name", ["path", "host", "accept-encoding"])
def test_what_strangers_send_is_not_remembered(file_app: FileApp, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("a" * 1_000)
    application = Application(file_app, {}, Hosts.of([]))

    async def used() -> int:
        await ask(application, "/a.txt")
        tracemalloc.start()
        for number in range(64):
            long = f"{number}{'a' * 60_000}"
            await ask(application, **{"path": "/a.txt", name: f"/{long}" if name == "path" else long})
        return tracemalloc.get_traced_memory()[0]

    try:
        assert asyncio.run(used()) < 64 * 30_000
    finally:
        tracemalloc.stop()
