"""The output tree: files are written only if they differ, atomically, with a time that changes every ETag."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feed.output.tree import Tree, differences, files_of

UPDATED = datetime(2026, 3, 2, 8, 0, 0, 999_999, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def seconds(file: Path) -> float:
    return file.stat().st_mtime


def test_file_is_written_with_the_time_of_its_content(tmp_path: Path) -> None:
    tree = Tree(tmp_path / "public")
    assert tree.write("stories/a/feed.rss", b"one", updated=UPDATED)
    file = tmp_path / "public/stories/a/feed.rss"
    assert file.read_bytes() == b"one"
    assert seconds(file) == int(UPDATED.timestamp())
    assert tree.changed == ["stories/a/feed.rss"]


def test_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    Tree(tmp_path).write("a", b"one", updated=UPDATED)
    before = (tmp_path / "a").stat()
    tree = Tree(tmp_path)
    assert not tree.write("a", b"one", updated=LATER)
    after = (tmp_path / "a").stat()
    assert (after.st_mtime_ns, after.st_ino, tree.changed) == (before.st_mtime_ns, before.st_ino, [])


@pytest.mark.parametrize(
    ("updated", "expected"), [(UPDATED, int(UPDATED.timestamp()) + 1), (LATER, int(LATER.timestamp()))]
)
def test_other_bytes_of_the_same_size_get_another_second(tmp_path: Path, updated: datetime, expected: int) -> None:
    Tree(tmp_path).write("a", b"one", updated=UPDATED)
    assert Tree(tmp_path).write("a", b"two", updated=updated)
    assert seconds(tmp_path / "a") == expected


def test_write_leaves_nothing_but_the_files(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    (tmp_path / ".a.part").write_bytes(b"left by a run that was killed")
    tree.write("a", b"one", updated=UPDATED)
    tree.write("b/c", b"one", updated=UPDATED)
    tree.settle()
    assert files_of(tmp_path) == ["a", "b/c"]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    Tree(tmp_path / "out/public").write("x/y", b"", updated=UPDATED)
    assert files_of(tmp_path) == ["out/public/x/y"]


def test_reader_with_the_old_file_open_keeps_it_whole(tmp_path: Path) -> None:
    Tree(tmp_path).write("a", b"old", updated=UPDATED)
    with (tmp_path / "a").open("rb") as reader:
        Tree(tmp_path).write("a", b"newer", updated=LATER)
        assert reader.read() == b"old"


def grown(root: Path, data: bytes = b"one\ntwo\n") -> Tree:
    """Write more lines to the file `a`, which had one."""
    tree = Tree(root)
    assert tree.write("a", data, updated=UPDATED, grows=True)
    tree.settle()
    assert (root / "a").read_bytes() == data
    assert (root / "a").lstat().st_nlink == 1
    return tree


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """Return a file that grows, with one line."""
    Tree(tmp_path).write("a", b"one\n", updated=UPDATED, grows=True)
    return tmp_path / "a"


def test_file_that_grows_is_appended_to_in_place(line: Path) -> None:
    line.chmod(0o640)
    before = line.stat()
    assert grown(line.parent).changed == ["a"]
    after = line.stat()
    assert (after.st_ino, after.st_mode, after.st_mtime) == (before.st_ino, before.st_mode, before.st_mtime + 1)


@pytest.mark.parametrize("other", [b"One\n", b"one\ntwo, and more\n", b"one\n\0\0", b""])
def test_file_that_grows_is_replaced_if_it_had_other_lines(line: Path, other: bytes) -> None:
    line.write_bytes(other)
    before = line.stat().st_ino
    grown(line.parent)
    assert line.stat().st_ino != before


def test_line_that_a_killed_run_has_begun_is_completed(line: Path) -> None:
    line.write_bytes(b"one\ntw")
    before = line.stat().st_ino
    grown(line.parent)
    assert line.stat().st_ino == before


def test_copy_by_a_second_name_does_not_grow(line: Path) -> None:
    copy = line.parent / "copy"
    copy.hardlink_to(line)
    grown(line.parent)
    assert copy.read_bytes() == b"one\n"


def test_target_of_a_link_does_not_grow(line: Path) -> None:
    line.rename(line.parent / "mine")
    line.symlink_to("mine")
    grown(line.parent)
    assert (line.parent / "mine").read_bytes() == b"one\n"


def test_file_that_cannot_be_opened_for_writing_is_replaced(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opens = os.open

    def refuse(name: str, flags: int, *arguments: int, dir_fd: int | None = None) -> int:
        if name == "a" and flags & os.O_WRONLY:
            raise PermissionError(errno.EACCES, "not mine", name)
        return opens(name, flags, *arguments, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)
    grown(line.parent)


def test_failed_append_is_taken_back(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        assert line.read_bytes() == b"one\ntwo\n"
        raise OSError(errno.EIO, "broken")

    before = line.stat()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="broken"):
            Tree(line.parent).write("a", b"one\ntwo\n", updated=UPDATED, grows=True)
    assert line.read_bytes() == b"one\n"
    assert line.stat().st_mtime_ns == before.st_mtime_ns
    grown(line.parent)


def test_removing_a_file_removes_its_empty_folders(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    for path in ("stories/a/one", "stories/a/two", "stories/b/one"):
        tree.write(path, b"", updated=UPDATED)
    tree.settle()
    tree.remove("stories/b/one")
    tree.remove("stories/a/one")
    tree.remove("stories/a/none")
    tree.settle()
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "stories",
        "stories/a",
        "stories/a/two",
    ]
    assert tree.changed[3:] == ["stories/b/one", "stories/a/one"]
    tree.remove("stories/a/two")
    assert list(tmp_path.iterdir()) == []


def test_settle_ignores_a_folder_that_was_removed(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.write("a/b", b"", updated=UPDATED)
    tree.remove("a/b")
    tree.settle()
    assert list(tmp_path.iterdir()) == []


def test_dry_tree_lists_changes_and_writes_nothing(tmp_path: Path) -> None:
    Tree(tmp_path).write("a", b"one", updated=UPDATED)
    before = seconds(tmp_path / "a")
    tree = Tree(tmp_path, dry=True)
    assert tree.write("a", b"two", updated=LATER)
    assert tree.write("b", b"two", updated=LATER)
    assert not tree.write("a", b"one", updated=LATER)
    tree.remove("a")
    assert tree.changed == ["a", "b", "a"]
    assert files_of(tmp_path) == ["a"]
    assert (seconds(tmp_path / "a"), (tmp_path / "a").read_bytes()) == (before, b"one")


def test_differences_are_changed_and_missing_files(tmp_path: Path) -> None:
    one, other = Tree(tmp_path / "one"), Tree(tmp_path / "other")
    for path, data in {"same": b"1", "other": b"1", "gone": b"1"}.items():
        one.write(path, data, updated=UPDATED)
    for path, data in {"same": b"1", "other": b"2"}.items():
        other.write(path, data, updated=UPDATED)
    assert differences(one.root, other.root, ["gone", "neither", "other", "same"]) == ["gone", "other"]
