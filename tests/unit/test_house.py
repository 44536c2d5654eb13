"""Rules of the house that no linter knows. Each is a test, so that nobody has to remember them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Final

from tests.docs import Document

ROOT: Final = Path(__file__).parents[2]
MODULE_LINES_MAX, FUNCTION_LINES_MAX = 400, 40
PARTICIPLE: Final = re.compile("_*(found|given|gone|heard|kept|known|noticed|said|shown|taken|told|wanted)_*")
DICTATED: Final = {"noticed"}  # a field of event_redacted: events/README.md#event_redacted
MISSING_SECTION: Final = re.compile(
    r"\([12]\.\d(\.\d+)?[,)]|\b[12]\.[1-9]\.\d+\b"
    r"|\b(vocabulary|publication|design|contract of) \d\.\d|command page|\bSHELL:"
)
NEVER_ONE: Final = re.compile(
    "the limit is|which is the limit|bytes in base64|leaves are (not )?those|files cannot be imported"
)
"""What messages say that count more than one, or say something else of one."""
ANCHOR: Final = re.compile(r"\b((?:[\w-]+/)*[\w-]+\.md)#([\w-]+)")


@cache
def texts(*folders: str) -> dict[str, str]:
    """Return the text of each file of code in `folders`, by its path from the root."""
    code = {".css", ".html", ".jinja", ".js", ".mjs", ".py", ".pyi", ".sql"}
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in code and "node_modules" not in path.parts
    }


@cache
def nodes_in(folder: str) -> list[tuple[str, ast.AST]]:
    """Return every node of every module in `folder`, with the module's path from the root."""
    trees = ((path, ast.parse(text)) for path, text in texts(folder).items() if path.endswith(".py"))
    return [(path, node) for path, tree in trees for node in ast.walk(tree)]


def nodes(kinds: type[ast.AST] | tuple[type[ast.AST], ...], *folders: str) -> Iterator[tuple[str, Any]]:
    """Yield every node of these kinds, with where it is."""
    for path, node in chain.from_iterable(map(nodes_in, folders)):
        if isinstance(node, kinds):
            yield f"{path}:{getattr(node, 'lineno', 1)}", node


def identifiers() -> Iterator[tuple[str, str]]:
    """Yield every name that the code gives to something, with where it is."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.arg, ast.Name, ast.Attribute, ast.alias, ast.MatchAs, ast.MatchStar)
    for where, node in nodes(kinds, "events", "feed"):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield where, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield where, name
            case ast.alias(asname=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield where, name


def test_no_module_imports_a_test_module() -> None:
    """What several tests need is a module of its own, named for what it holds."""
    imports = [
        f"{where}: {node.module}"
        for where, node in nodes(ast.ImportFrom, "tests")
        if node.module and ".test_" in node.module
    ]
    assert imports == []


def test_no_docstring_begins_with_give_or_tell() -> None:
    """A function returns or yields; a property is a noun phrase."""
    docstrings = [
        f"{where}: {docstring.partition('.')[0]}"
        for where, node in nodes((ast.Module, ast.ClassDef, ast.FunctionDef), "events", "feed", "tests")
        if (docstring := ast.get_docstring(node)) and re.match(r"(Give|Tell)s?\b", docstring)
    ]
    assert docstrings == []


def test_no_identifier_is_a_bare_participle() -> None:
    """A name says what the thing is: `change`, `claim`, `message`; not what happened to it."""
    names = [f"{where}: {name}" for where, name in identifiers() if PARTICIPLE.fullmatch(name) and name not in DICTATED]
    assert names == []


def test_nothing_is_called_place() -> None:
    """It is a path, an index, a position, a location or a sort key."""
    assert [f"{where}: {name}" for where, name in identifiers() if name.strip("_") in {"place", "places"}] == []


def test_code_cites_no_section_that_is_not_here() -> None:
    cited = [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts("events", "feed", "tests").items()
        for number, line in enumerate(text.splitlines(), start=1)
        if path != "tests/unit/test_house.py" and MISSING_SECTION.search(line)
    ]
    assert cited == []


def test_every_anchor_that_code_cites_exists() -> None:
    anchors = cache(lambda name: Document(name).anchors())
    dead = [
        f"{path}: {name}#{anchor}"
        for path, text in texts("events", "feed", "tests").items()
        for name, anchor in ANCHOR.findall(text)
        if path != "tests/unit/test_docs.py" and anchor not in anchors(name)
    ]
    assert dead == []


def test_no_message_counts_without_a_singular() -> None:
    """`f"{size} leaves"` would say "1 leaves": `quantity` knows both. A limit in capitals is never one."""
    nouns = "bytes|characters|claims|days|entries|events|files|hashes|items|leaves|problems|seconds|stories|texts"
    counts = [
        f"{where}: {ast.unparse(node)}"
        for where, node in nodes(ast.JoinedStr, "events", "feed")
        for number, text in pairwise(node.values)
        if isinstance(number, ast.FormattedValue) and isinstance(text, ast.Constant)
        if re.match(rf" (\w+ )?({nouns})\b", str(text.value))
        if not re.search(r"[A-Z]{3}|quantity|count|len\(indexes\)", ast.unparse(number.value))
    ]
    assert [count for count in counts if not NEVER_ONE.search(count)] == []


def test_no_module_has_more_than_400_lines() -> None:
    long = {
        path
        for path, text in texts("events", "feed", "tests").items()
        if path.endswith((".js", ".py")) and text.count("\n") > MODULE_LINES_MAX
    }
    assert long == set()


def test_no_function_has_more_than_40_lines() -> None:
    long = [
        f"{where}: {node.name}"
        for where, node in nodes(ast.FunctionDef, "events", "feed", "tests")
        if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX
    ]
    assert long == []


def test_coverage_of_the_core_names_files_that_exist() -> None:
    """A file that was moved would otherwise leave the coverage report, and the 100 %, unnoticed."""
    names = (ROOT / ".ci/core").read_text(encoding="utf-8").splitlines()
    assert [name for name in names if not (ROOT / name).is_file()] == []
    assert names == sorted(set(names))
