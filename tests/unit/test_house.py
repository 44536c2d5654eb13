"""Rules of the house that no linter knows. Each is a test, so that nobody has to remember them."""

import ast
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@cache
def modules(*folders: str) -> dict[str, ast.Module]:
    """Return the syntax tree of each module in `folders`, by its path from the root."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for path in paths
        if "node_modules" not in path.parts
    }


def test_no_module_imports_a_test_module() -> None:
    """What several tests need is a module of its own, named for what it holds."""
    imports = [
        (path, node.module)
        for path, module in modules("tests").items()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module and ".test_" in node.module
    ]
    assert imports == []
