"""Files of the output are opened relative to the handle of their folder: no link is followed, nothing is waited for."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.errors import StoreError
from feed.fast_path import nothing_to_do
from feed.output.tree import Tree, TreeFiles, files_of
from feed.transparency.recover import read_checkpoint
from tests.builders import at
from tests.sites import EMBARGO, a_site

UPDATED = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an output with one file, beside a folder that is not ours."""
    (tmp_path / "mine/s").mkdir(parents=True)
    (tmp_path / "mine/s/feed.atom").write_text("mine")
    tree = Tree(tmp_path / "public")
    tree.write("stories/s/feed.atom", b"ours", updated=UPDATED)
    return tmp_path / "public"


@pytest.mark.parametrize(
    "path",
    [
        "../a",
        "a/../../b",
        "/etc/passwd",
        "a//b",
        "",
        ".",
        "..",
        "a/.",
        "a\0b",
        "stories/../a",
        "stories/A b/feed.atom",
        "stories/-s/feed.atom",
        "stories/s\n/feed.atom",
    ],
)
def test_path_that_leaves_the_output_is_refused(root: Path, path: str) -> None:
    tree = Tree(root)
    for use in (lambda: tree.write(path, b"", updated=UPDATED), lambda: tree.remove(path), lambda: tree.read(path)):
        with pytest.raises(StoreError, match="not a path of the output"):
            use()
    assert files_of(root.parent) == ["mine/s/feed.atom", "public/stories/s/feed.atom"]


def test_linked_folder_is_neither_written_nor_read_nor_emptied(root: Path) -> None:
    (root / "stories").rename(root / "moved")
    (root / "stories").symlink_to(root.parent / "mine")
    tree = Tree(root)
    for use in (
        lambda: tree.write("stories/s/feed.atom", b"", updated=UPDATED),
        lambda: tree.remove("stories/s/feed.atom"),
        lambda: tree.keep_only("stories/s/", (), ours=lambda _: True),
    ):
        with pytest.raises(StoreError, match="this is a link, which is not followed"):
            use()
    assert (root.parent / "mine/s/feed.atom").read_text() == "mine"
    assert list(TreeFiles(root)) == ["moved/s/feed.atom"]


def test_linked_root_is_followed(root: Path) -> None:
    root.rename(root.parent / "elsewhere")
    root.symlink_to(root.parent / "elsewhere")
    Tree(root).write("index.html", b"page", updated=UPDATED)
    assert (root.parent / "elsewhere/index.html").read_bytes() == b"page"


def test_linked_file_is_replaced_and_its_target_stays(root: Path) -> None:
    target, file = root.parent / "mine/s/feed.atom", root / "stories/s/feed.atom"
    file.unlink()
    file.symlink_to(target)
    assert Tree(root).read("stories/s/feed.atom") is None
    assert Tree(root).write("stories/s/feed.atom", b"mine", updated=UPDATED)
    assert (file.read_bytes(), file.is_symlink(), target.read_text()) == (b"mine", False, "mine")


def test_temporary_names_of_others_are_not_written(root: Path) -> None:
    target = root.parent / "mine/s/feed.atom"
    for name in (".feed.atom.part", ".feed.atom.0000.part"):
        (root / "stories/s" / name).symlink_to(target)
    Tree(root).write("stories/s/feed.atom", b"newer", updated=UPDATED)
    assert target.read_text() == "mine"


def test_fifo_and_folder_in_place_of_a_file_are_not_waited_for(root: Path) -> None:
    file = root / "stories/s/feed.atom"
    file.unlink()
    os.mkfifo(file)
    assert Tree(root).read("stories/s/feed.atom") is None
    assert Tree(root).write("stories/s/feed.atom", b"ours", updated=UPDATED)
    assert file.read_bytes() == b"ours"
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError, match="a folder has the name of this file"):
        Tree(root).write("stories/s/feed.atom", b"ours", updated=UPDATED)
    assert [path for path in files_of(root) if path.endswith(".part")] == []


def test_file_in_place_of_a_folder_is_refused(root: Path) -> None:
    (root / "log").write_text("a file")
    with pytest.raises(StoreError, match="this is not a folder"):
        Tree(root).write("log/checkpoint", b"", updated=UPDATED)


def test_leftovers_of_a_killed_run_are_removed(root: Path) -> None:
    for path in ("stories/s/.feed.atom.part", "stories/s/archive/.0001.atom.1234abcd.part", ".index.html.part"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text("a redacted text")
    tree = Tree(root)
    tree.keep_only("stories/s/", {"stories/s/feed.atom"}, ours=lambda _: False)
    assert files_of(root) == [".index.html.part", "stories/s/feed.atom"]
    tree.remove_parts()
    assert files_of(root) == ["stories/s/feed.atom"]


@pytest.mark.parametrize("path", ["log/checkpoint", ".writethru"])
def test_fifo_in_the_output_is_not_waited_for_by_publish(tmp_path: Path, path: str) -> None:
    site, _ = a_site(tmp_path, "harbour-fire")
    site.publish()
    (site.root / path).unlink()
    os.mkfifo(site.root / path)
    assert not nothing_to_do(str(tmp_path), at(EMBARGO).timestamp()) or path == "log/checkpoint"
    assert read_checkpoint(site.root) == "" or path != "log/checkpoint"
    site.publish(everything=True)
    assert (site.root / path).is_file()
