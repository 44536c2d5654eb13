"""What has no end is left in time: stdin, and a line of a large file."""

from pathlib import Path

import pytest

from events.files import importer
from feed.cli.commands import import_files
from tests.desk import DeskRunner

MIB = 2**20


def test_line_without_end_is_refused_and_not_held(tmp_path: Path) -> None:
    file = tmp_path / "endless.jsonl"
    file.write_bytes(b'{"type": "' + b"x" * 9 * MIB)
    result = DeskRunner(tmp_path / "desk").run("import", str(file))
    assert result.exit_code == 1
    assert "endless.jsonl:1: size: the line has 2,097,154 bytes; the limit is 2,097,152." in result.output


def test_stdin_is_read_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def endless(name: str, *, most: int) -> bytes:
        assert name == "-"
        asked.append(most)
        return b"x" * most

    monkeypatch.setitem(importer.FILE_BYTES_MAX, "jsonl", 1_000)
    monkeypatch.setattr(import_files, "read_input", endless)
    result = DeskRunner(tmp_path).run("import", "-")
    assert (result.exit_code, asked) == (1, [1_001])
    assert "-:1: size: the file has more than 1,000 bytes, which is the limit." in result.output
