"""Rules of the house that no linter knows. Each is a test, so that nobody has to remember them."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from events.system import gc_disabled
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
COUNT: Final = re.compile(
    r" (\w+ )?(bytes|characters|claims|days|entries|events|files|hashes|items|leaves|problems|seconds|stories|texts)\b"
)
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


Rule = Callable[[ast.AST], Iterator[str]]


def imported_test_modules(node: ast.AST) -> Iterator[str]:
    # What several tests need is a module of its own, named for what it holds.
    if isinstance(node, ast.ImportFrom) and ".test_" in (node.module or ""):
        yield str(node.module)


def commanding_docstrings(node: ast.AST) -> Iterator[str]:
    # A function returns or yields; a property is a noun phrase.
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        docstring = ast.get_docstring(node) or ""
        if re.match(r"(Give|Tell)s?\b", docstring):
            yield docstring.partition(".")[0]


def long_functions(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX:
        yield node.name


def identifiers(node: ast.AST) -> Iterator[str]:
    """Yield the name that the code gives to something."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.alias(asname=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name


def bare_participles(node: ast.AST) -> Iterator[str]:
    # A name says what the thing is: `change`, `claim`, `message`; not what happened to it.
    yield from (name for name in identifiers(node) if PARTICIPLE.fullmatch(name) and name not in DICTATED)


def places(node: ast.AST) -> Iterator[str]:
    # It is a path, an index, a position, a location or a sort key.
    yield from (name for name in identifiers(node) if name.strip("_") in {"place", "places"})


def counts_without_a_singular(node: ast.AST) -> Iterator[str]:
    # `f"{size} leaves"` would say "1 leaves": `quantity` knows both. A limit in capitals is never one.
    if not isinstance(node, ast.JoinedStr):
        return
    for number, text in pairwise(node.values):
        if isinstance(number, ast.FormattedValue) and isinstance(text, ast.Constant) and COUNT.match(str(text.value)):
            message = ast.unparse(node)
            is_never_one = re.search(r"[A-Z]{3}|quantity|count|len\(indexes\)", ast.unparse(number.value))
            if not (is_never_one or NEVER_ONE.search(message)):
                yield message


def is_naming(node: ast.AST) -> bool:
    """Return True if a rule for our code may find something in `node`: most nodes only read a name."""
    if isinstance(node, ast.Name | ast.Attribute):
        return isinstance(node.ctx, ast.Store)
    kinds = ast.FunctionDef | ast.ClassDef | ast.arg | ast.alias | ast.MatchAs | ast.MatchStar | ast.JoinedStr
    return isinstance(node, kinds)


OF_STATEMENTS: Final = (imported_test_modules, commanding_docstrings, long_functions)
OF_OUR_CODE: Final = (bare_participles, places, counts_without_a_singular)


def statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the statements in a body, at any depth. To look at each expression of the tests too would take seconds."""
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from statements(getattr(node, name, ()) if not isinstance(node, ast.expr) else ())


def findings() -> dict[str, list[str]]:
    """Return what each rule finds, by its name. Each module is read once, and its tree is not kept."""
    found: dict[str, list[str]] = {rule.__name__: [] for rule in (*OF_STATEMENTS, *OF_OUR_CODE)}
    with gc_disabled():  # or each million of nodes is searched again and again
        for path, text in texts("events", "feed", "tests").items():
            tree = ast.parse(text) if path.endswith(".py") else ast.Module([], [])
            looks = [(rule, node) for node in statements([tree]) for rule in OF_STATEMENTS]
            if not path.startswith("tests/"):
                naming = [node for node in ast.walk(tree) if is_naming(node)]
                looks += [(rule, node) for node in naming for rule in OF_OUR_CODE]
            for rule, node in looks:
                found[rule.__name__] += [f"{path}:{getattr(node, 'lineno', 1)}: {what}" for what in rule(node)]
    return found


def test_code_keeps_the_rules_of_names_and_sizes() -> None:
    """One test for all: two workers would both read a million nodes."""
    assert {rule: found for rule, found in findings().items() if found} == {}


def test_code_cites_no_section_that_is_not_here() -> None:
    cited = [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts("events", "feed", "tests").items()
        if path != "tests/unit/test_house.py" and MISSING_SECTION.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if MISSING_SECTION.search(line)
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


def test_no_module_has_more_than_400_lines() -> None:
    long = {
        path
        for path, text in texts("events", "feed", "tests").items()
        if path.endswith((".js", ".py")) and text.count("\n") > MODULE_LINES_MAX
    }
    assert long == set()


def test_coverage_of_the_core_names_files_that_exist() -> None:
    """A file that was moved would otherwise leave the coverage report, and the 100 %, unnoticed."""
    names = (ROOT / ".ci/core").read_text(encoding="utf-8").splitlines()
    assert [name for name in names if not (ROOT / name).is_file()] == []
    assert names == sorted(set(names))
