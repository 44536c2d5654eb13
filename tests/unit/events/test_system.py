"""Files that survive a power loss: written, synced, renamed, and the folder synced."""

import os
from pathlib import Path

import pytest

from events.system import write_atomically


@pytest.fixture
def operations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the operations that reach the disk, as they come."""
    done: list[str] = []
    replace, sync = Path.replace, os.fsync

    def watched_replace(path: Path, target: Path) -> Path:
        done.append(f"rename {path.name} to {target.name}")
        return replace(path, target)

    def watched_sync(descriptor: int) -> None:
        done.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        sync(descriptor)

    monkeypatch.setattr(Path, "replace", watched_replace)
    monkeypatch.setattr(os, "fsync", watched_sync)
    return done


def test_write_atomically_syncs_file_renames_syncs_folder(tmp_path: Path, operations: list[str]) -> None:
    with write_atomically(tmp_path / "a") as part:
        part.write_bytes(b"new")
    assert operations == ["sync .a.part", "rename .a.part to a", f"sync {tmp_path.name}"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"new"}


def test_write_atomically_leaves_folder_sync_to_caller(tmp_path: Path, operations: list[str]) -> None:
    with write_atomically(tmp_path / "a", sync_folder=False) as part:
        part.write_bytes(b"new")
    assert operations == ["sync .a.part", "rename .a.part to a"]


def test_write_atomically_failing_keeps_former_file(tmp_path: Path) -> None:
    def fail() -> None:
        with write_atomically(tmp_path / "a") as part:
            part.write_bytes(b"ne")
            raise OSError("full")

    (tmp_path / "a").write_bytes(b"former")
    with pytest.raises(OSError, match="full"):
        fail()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"former"}


def test_write_atomically_without_replace_names_new_file(tmp_path: Path) -> None:
    with write_atomically(tmp_path / "a", replace=False) as part:
        part.write_bytes(b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"new"}


def test_write_atomically_without_replace_keeps_existing_file(tmp_path: Path) -> None:
    def race() -> None:
        with write_atomically(tmp_path / "a", replace=False) as part:
            part.write_bytes(b"new")
            (tmp_path / "a").write_bytes(b"made meanwhile")

    with pytest.raises(FileExistsError):
        race()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"made meanwhile"}


def test_write_atomically_shared_has_own_temporary_path(tmp_path: Path) -> None:
    with write_atomically(tmp_path / "a", shared=True) as part:
        part.write_bytes(b"new")
        assert part.name == f".a.{os.getpid()}.part"


def test_unwritable_path_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "copy.db"
    with pytest.raises(FileNotFoundError) as caught, write_atomically(path):
        pass
    assert caught.value.filename == str(path)
