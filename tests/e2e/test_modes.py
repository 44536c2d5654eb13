"""Who may read the files of a newsroom: the ledger and its copies hold what is not public yet."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from feed.cli.program import run

COPIES = ("backup", "copy.db"), ("export", "-o", "copy.jsonl")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Path]:
    former = os.umask(0o022)
    try:
        folder = tmp_path / "newsroom"
        assert run(["init", str(folder), "--base-url", "https://news.example/"]) == 0
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setenv("WRITETHRU_DIR", str(folder))
            assert run(["open", "fire", "Fire"]) == 0
            yield folder
    finally:
        os.umask(former)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_ledger_is_for_its_owner_alone(room: Path) -> None:
    assert mode(room / "ledger.db") == 0o600
    assert {mode(path) for path in room.glob("ledger.db*")} == {0o600}


@pytest.mark.parametrize("command", COPIES, ids=["backup", "export"])
def test_copy_gets_the_mode_of_the_ledger(room: Path, command: tuple[str, ...]) -> None:
    copy = room.parent / command[-1]
    assert run([*command]) == 0
    assert mode(copy) == 0o600
    copy.unlink()
    (room / "ledger.db").chmod(0o640)
    assert run([*command]) == 0
    assert mode(copy) == 0o640


def test_published_file_keeps_its_mode_whatever_the_umask(room: Path) -> None:
    assert run(["publish"]) == 0
    page = room / "public" / "index.html"
    assert mode(page) == 0o644
    os.umask(0o077)
    assert run(["report", "fire", "Two hurt", "--publish"]) == 0
    assert "Two hurt" in page.read_text(encoding="utf-8")
    assert mode(page) == 0o644


def test_new_published_file_is_read_by_those_who_read_its_folder(room: Path) -> None:
    assert run(["publish"]) == 0
    os.umask(0o077)
    assert run(["open", "flood", "Flood"]) == 0
    assert run(["report", "flood", "River rises", "--publish"]) == 0
    public = room / "public"
    assert {mode(path) for path in public.rglob("*") if path.is_file()} == {0o644}
    assert {mode(path) for path in public.rglob("*") if path.is_dir()} == {0o755}
    public.chmod(0o750)
    assert run(["open", "storm", "Storm", "--publish"]) == 0
    (public / "feed.atom").unlink()
    assert run(["rebuild"]) == 0
    assert mode(public / "feed.atom") == 0o640


def test_link_at_a_temporary_name_is_not_followed(room: Path) -> None:
    assert run(["publish"]) == 0
    canary = room.parent / "canary"
    canary.write_text("untouched", encoding="utf-8")
    (room / "public" / ".index.html.part").symlink_to(canary)
    assert run(["report", "fire", "Two hurt", "--publish"]) == 0
    assert canary.read_text(encoding="utf-8") == "untouched"
    assert "Two hurt" in (room / "public" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "target", ["ledger.db", "ledger.db-journal", "writethru.toml", "public/copy.db", "public", "link"]
)
@pytest.mark.parametrize("command", [("backup", "--replace"), ("export", "-o")], ids=["backup", "export"])
def test_copy_never_replaces_what_it_is_a_copy_of(
    room: Path, command: tuple[str, ...], target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (room / "link").hardlink_to(room / "ledger.db")
    before = {path: path.read_bytes() for path in room.iterdir() if path.is_file()}
    assert run([*command, str(room / target)]) == 1
    assert "Name another file." in capsys.readouterr().err
    assert {path: path.read_bytes() for path in room.iterdir() if path.is_file()} == before
    assert run([*command, str(room / "copy.db")]) == 0


@pytest.mark.parametrize("command", [("backup",), ("export", "-o")], ids=["backup", "export"])
def test_newsroom_with_a_wrong_configuration_can_be_copied(room: Path, command: tuple[str, ...]) -> None:
    if command[0] == "backup":  # an export is made by the newsroom's own ledger
        (room / "writethru.toml").write_text("[")
    assert run([*command, str(room / "public")]) == 1
    assert run([*command, str(room / "copy")]) == 0
