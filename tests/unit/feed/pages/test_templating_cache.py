"""Compiled templates are cached beside the package, or for the user where that cannot be written."""

import tempfile
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.bccache import Bucket

from feed.pages.templating import _Compiled, render


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def compiled(source: str = "Hello") -> Bucket:
    bucket = Bucket(Environment(autoescape=True), "page", source)
    bucket.code = compile("answer = 42", "page", "exec")
    return bucket


def empty() -> Bucket:
    return Bucket(Environment(autoescape=True), "page", "Hello")


def unwritable(tmp_path: Path) -> str:
    """Return the path of a folder that cannot be made, not even by root."""
    (tmp_path / "file").touch()
    return str(tmp_path / "missing")


def test_template_is_cached_beside_the_package(tmp_path: Path) -> None:
    _Compiled(str(tmp_path), "%s.cache").dump_bytecode(compiled())
    assert [path.name for path in tmp_path.iterdir()] == ["page.cache"]
    bucket = empty()
    _Compiled(str(tmp_path), "%s.cache").load_bytecode(bucket)
    assert bucket.code is not None


def test_template_is_cached_for_the_user_if_need_be(tmp_path: Path) -> None:
    folder = unwritable(tmp_path)
    _Compiled(folder, "%s.cache").dump_bytecode(compiled())
    bucket = empty()
    _Compiled(folder, "%s.cache").load_bytecode(bucket)
    assert bucket.code is not None


def test_template_is_compiled_where_no_folder_is_safe(tmp_path: Path) -> None:
    cache = _Compiled(unwritable(tmp_path), "%s.cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
        cache.dump_bytecode(compiled())
        bucket = empty()
        cache.load_bytecode(bucket)
    assert bucket.code is None


def test_control_characters_are_replaced_in_a_page() -> None:
    assert render("line.html", templates={"line.html": "a{{ word }}b"}, word="\x85") == "a\ufffdb\n".encode()
