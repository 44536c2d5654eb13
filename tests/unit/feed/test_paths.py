"""What is asked of files by their paths alone."""

from pathlib import Path

from feed.paths import file_version, is_regular


def test_file_that_is_missing_has_no_version_and_is_not_regular(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert file_version(missing) is None
    assert not is_regular(missing)


def test_version_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("one", encoding="utf-8")
    before = file_version(str(path))
    path.write_text("three", encoding="utf-8")
    assert file_version(str(path)) not in {before, None}
    assert is_regular(str(path))
    assert not is_regular(str(tmp_path))
