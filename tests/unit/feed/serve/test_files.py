"""Files in memory: bounded, never older than the disk, read once for many."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from feed.serve.files import ENTRY_BYTES, Files


def files(root: Path, bytes_max: int = 1_000_000) -> Files:
    return Files(root, base_url="https://news.example/", bytes_max=bytes_max)


def test_memory_is_bounded_however_many_files_are_asked_for(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.txt").write_text("x" * 1_000)
    memory = files(tmp_path, bytes_max=10 * (ENTRY_BYTES + 1_100))

    async def ask() -> list[int]:
        return [memory.size for number in range(50) if await memory.find(f"{number}.txt")]

    sizes = asyncio.run(ask())
    assert len(sizes) == 50
    assert max(sizes) <= 10 * (ENTRY_BYTES + 1_100)
    assert memory.current("49.txt") is not None
    assert memory.current("0.txt") is None


def test_file_asked_for_by_many_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("x")
    memory = files(tmp_path)
    reads: list[str] = []
    load = memory._load

    def counted(path: str) -> Any:
        reads.append(path)
        return load(path)

    monkeypatch.setattr(memory, "_load", counted)

    async def ask() -> None:
        await asyncio.gather(*(memory.find("a.txt") for _ in range(100)))

    asyncio.run(ask())
    assert reads == ["a.txt"]


def test_file_that_somebody_replaces_by_a_link_is_gone(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "public"
    root.mkdir()
    (root / "a.txt").write_text("x")
    memory = files(root)
    assert asyncio.run(memory.find("a.txt")) is not None
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to(tmp_path / "secret")
    memory.expect_changes()
    assert asyncio.run(memory.find("a.txt")) is None
