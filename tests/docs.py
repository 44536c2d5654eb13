"""Documents whose output is real: marked blocks are made again by the tests, and rewritten by `--update-golden`.

A marker is an HTML comment in the line before a fenced block; it says how the block's content is made:

    <!-- help: report -->            the help of a command; <!-- help --> that of the program
    <!-- manual -->                  up to <!-- end -->: the help of the program and of every command
    <!-- run: writethru show … -->   what the command prints in the demo's newsroom; `| head -9` keeps its first lines
    <!-- fold -->                    a story in short notation, and what is known after it (lines that begin with →)
    <!-- public -->                  the same notation, and the public sequence
    <!-- state -->                   the state after all events shown in the document
    <!-- stored -->                  the first of those events as the ledger stores it
    <!-- test: library -->           Python, run beside a new newsroom; the next text block is what it prints

Where a `run` block begins with `$ ` it shows its command too. Every block of jsonl, yaml or markdown is a file of
events. The short notation is one line a step, in columns parted by two spaces: DAY, then a report (ID, WHO, and what it
holds), or a verb such as `retract` with its development.
"""

import io
import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import orjson
from freezegun import freeze_time

from events import commands
from events.files.importer import FORMATS, Format, read_events
from events.fold.diff import Change
from events.ledger import Ledger
from events.model.codec import encode
from events.model.edtf import format_instant
from events.public.sequence import OverdueNotice, PublicItem
from feed.cli import short_forms
from feed.cli.commands.setup import make_newsroom
from feed.cli.program import run, sections
from tests.builders import SALT, Clock, Scenario, at

ROOT: Final = Path(__file__).parents[1]
DOCUMENTS: Final = ("README.md", "events/README.md", "feed/README.md")
FROZEN: Final = "2026-11-22T12:00:00Z"
STORY_BEGINS: Final = "2026-03-01T08:00:00Z"
DEMO: Final = "writethru-demo"
HOME: Final = "~"
LANGUAGES: Final[Mapping[str, Format]] = {"jsonl": "jsonl", "yaml": "yaml", "markdown": "md"}

_FENCE = r"```(?P<language>[a-z]*)\n(?P<body>.*?)^```$"
_BLOCK = re.compile(rf"^{_FENCE}", re.MULTILINE | re.DOTALL)
_MARKED = re.compile(rf"^<!-- (?P<kind>[a-z]+)(?:: (?P<what>[^\n]*?))? -->\n{_FENCE}", re.MULTILINE | re.DOTALL)
_LIBRARY = re.compile(
    r"^<!-- test: library -->\n```python\n(?P<code>.*?)^```\n(?:\n*```text\n(?P<printed>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
_MANUAL = re.compile(r"^(<!-- manual -->\n).*?(^<!-- end -->)$", re.MULTILINE | re.DOTALL)
_COLUMNS = re.compile(r"\s{2,}")
_HEADING = re.compile(r"^#{2,4} (.*)$", re.MULTILINE)
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_PYTHON = re.compile(r"\bpython[0-9.]*(?= -m http)")
_HEAD = re.compile(r"(.*) \| head -([0-9]+)")


class Row(NamedTuple):
    """A row of a table: the names in its first cell, and its cells."""

    names: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A Markdown file of the project."""

    name: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def renewed(self, folder: Path) -> str:
        """Return the text with every marked block made again; commands run in `folder`, which is empty."""
        demo = Demo(folder)
        makers = self._makers(folder, demo)

        def remade(found: re.Match[str]) -> str:
            make = makers.get(found["kind"])
            if make is None:
                return found[0]
            begin, end = (edge - found.start() for edge in found.span("body"))
            return f"{found[0][:begin]}{make(found['what'] or '', found['body'])}{found[0][end:]}"

        return _MANUAL.sub(lambda found: found[1] + demo.manual() + found[2], _MARKED.sub(remade, self.text))

    def marked(self, kind: str) -> list[str]:
        """Return what the markers of `kind` say."""
        return [found["what"] or "" for found in _MARKED.finditer(self.text) if found["kind"] == kind]

    def examples(self) -> Iterator[tuple[Format, str]]:
        """Yield every block that is a file of events, with its format."""
        for found in _BLOCK.finditer(self.text):
            if found["language"] in LANGUAGES:
                yield LANGUAGES[found["language"]], found["body"]

    def library(self) -> Iterator[tuple[str, str | None]]:
        """Yield each tested Python block, and what it prints where the document shows that."""
        for found in _LIBRARY.finditer(self.text):
            yield found["code"], found["printed"]

    def headings(self) -> list[str]:
        """Return the headings below the title."""
        return _HEADING.findall(self.text)

    def anchors(self) -> set[str]:
        """Return what a link into this document may name: its headings, as GitHub spells them, and each `<a id>`."""
        headings = (re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in self.headings())
        return {*headings, *_ANCHOR.findall(self.text)}

    def section(self, *names: str) -> str:
        """Return the text under the heading that holds all of `names` in code marks, or that reads as the one name."""
        parts = _HEADING.split(self.text)
        for heading, body in zip(parts[1::2], parts[2::2], strict=True):
            if heading in names or set(names) <= set(_CODE.findall(heading)):
                return body
        raise LookupError(f"{self.name} has no section on {', '.join(names)}")

    def rows(self, *names: str) -> dict[str, Row]:
        """Return the rows of the tables in a section, by each name in their first cells."""
        rows = (_row(found[1]) for found in _ROW.finditer(self.section(*names)))
        return {name: row for row in rows for name in row.names}

    def _makers(self, folder: Path, demo: "Demo") -> dict[str, Callable[[str, str], str]]:
        return {
            "help": lambda command, _: demo.output(f"writethru {command} --help"),
            "run": demo.block,
            "fold": lambda _, body: _told(body, known),
            "public": lambda _, body: _told(body, public),
            "state": lambda _, __: self._state(folder),
            "stored": lambda _, __: self._stored(folder),
        }

    def _state(self, folder: Path) -> str:
        with self._ledger(folder) as ledger:
            [story] = ledger.stories()
            state = ledger.story(story).as_json()
        return orjson.dumps(state, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"

    def _stored(self, folder: Path) -> str:
        with self._ledger(folder) as ledger:
            row = encode(next(ledger.events()), salt=SALT)
        return f"salt      {row.salt}\nbody      {row.body}\nenvelope  {row.envelope}\n"

    @contextmanager
    def _ledger(self, folder: Path) -> Iterator[Ledger]:
        """Yield a ledger that holds every event of the examples, in order."""
        with Ledger.create(folder / "examples.db", actor="night desk", clock=Clock(FROZEN)) as ledger:
            for form, text in self.examples():
                ledger.append_all([item.event for item in read_events(text.encode(), name=form, format=form)])
            yield ledger


class Demo:
    """The demo's newsroom at a frozen time, and a terminal of 80 columns in the folder around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def block(self, command: str, before: str) -> str:
        """Return what a `run` block shows."""
        shown = f"$ {command}\n" if before.startswith("$ ") else ""
        return shown + self.output(command)

    def manual(self) -> str:
        """Return the help of the program and of every command, by purpose."""
        parts: list[tuple[str, str, str | None]] = [("writethru", "###", "")]
        for title, members in sections().items():
            parts.append((title, "###", None))
            parts += [(f"writethru {command.name}", "####", command.name) for command in members]
        return "".join(
            f"\n{mark} {name}\n"
            if command is None
            else f"\n{mark} `{name}`\n\n```text\n{self.output(f'writethru {command} --help')}```\n"
            for name, mark, command in parts
        )

    def output(self, command: str) -> str:
        """Return what `command` prints on stdout and stderr."""
        whole, lines_max = (found[1], int(found[2])) if (found := _HEAD.fullmatch(command)) else (command, None)
        program, *arguments = shlex.split(whole)
        assert program == "writethru", f"only writethru is run here, not {program}"
        made = (self.folder / DEMO / "writethru.toml").exists()
        with self._terminal():
            if not made and "--help" not in arguments and arguments != ["demo"]:
                _printed(["demo", DEMO])
            text = _printed(arguments)
        text = _PYTHON.sub("python3", text.replace(str(self.folder.resolve()), HOME))
        return "".join(f"{line.rstrip()}\n" for line in text.splitlines()[:lines_max])

    @contextmanager
    def _terminal(self) -> Iterator[None]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        variables = {"COLUMNS": "80", "LOGNAME": "desk", "NO_COLOR": "1", "WRITETHRU_DIR": DEMO}
        here = Path.cwd()
        with patch.dict(os.environ, {**kept, **variables}, clear=True), freeze_time(FROZEN):
            os.chdir(self.folder)
            try:
                yield
            finally:
                os.chdir(here)


def run_library(code: str, folder: Path) -> str:
    """Run Python in `folder`, which gets a newsroom, and give what it prints."""
    here = Path.cwd()
    os.chdir(folder)
    printed = io.StringIO()
    try:
        make_newsroom(Path("newsroom"), now=at(FROZEN), base_url="http://localhost:8000/", title="Test desk")
        with redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})
    finally:
        os.chdir(here)
    return printed.getvalue()


def _printed(arguments: list[str]) -> str:
    printed = io.BytesIO()
    stream = io.TextIOWrapper(printed, encoding="utf-8", write_through=True)
    with redirect_stdout(stream), redirect_stderr(stream):
        run(arguments)
    return printed.getvalue().decode()


def _row(line: str) -> Row:
    cells = tuple(cell.strip() for cell in line.split(" | "))
    return Row(tuple(_CODE.findall(cells[0])), cells)


# The short notation.


def _told(body: str, tell: Callable[[Scenario], Iterable[str]]) -> str:
    """Return the lines of a story in short notation, with what is to be told after them."""
    steps = [line for line in body.splitlines() if not line.startswith("→")]
    scenario = Scenario("example", start=STORY_BEGINS)
    for line in steps:
        _step(scenario, [column for column in _COLUMNS.split(line.strip()) if column])
    told = [f"→ {line}" for line in tell(scenario)]
    return "".join(f"{line}\n" for line in (*steps, *told))


def _step(scenario: Scenario, columns: list[str]) -> None:
    match columns:
        case ["origins", mapping]:
            origin, _, members = mapping.partition("=")
            wanted = commands.revise_story(scenario.slug, origins={origin: members.split(", ")})
            scenario.record(wanted, at=STORY_BEGINS)
        case [day, "now"]:
            scenario.clock = at(day)
        case [day, "close"]:
            scenario.close(day)
        case [day, "reopen"]:
            scenario.reopen(day)
        case [day, verb] if " " in verb:
            name, development = verb.split()
            _VERBS[name](scenario, development, day)
        case [day, correct, change] if correct.startswith("correct "):
            changes: dict[str, Any] = dict([short_forms.setting(change)])
            scenario.correct(correct.removeprefix("correct "), day, **changes)
        case [day, development, who, *items]:
            _report(scenario, day, development, who, items)
        case _:
            raise ValueError(f"no step: {columns}")


_VERBS: Final[Mapping[str, Callable[[Scenario, str, str], Scenario]]] = {
    "hold": Scenario.hold,
    "release": Scenario.release,
    "retract": Scenario.retract,
}


def _report(scenario: Scenario, day: str, development: str, who: str, items: Iterable[str]) -> None:
    fields: dict[str, Any] = {}
    facts: list[Any] = []
    for item in items:
        name, _, rest = item.partition(" ")
        match name:
            case "happened" | "said_on":
                fields[name] = rest
            case "embargo":
                fields["embargoed_until"] = rest
            case "expects":
                fields.setdefault(name, []).append(short_forms.expectation(rest))
            case "resolves":
                fields.setdefault(name, []).append(short_forms.resolution(rest))
            case "disputes":
                fields.setdefault(name, []).append(short_forms.dispute(rest))
            case "corroborates":
                fields.setdefault(name, []).append(short_forms.corroboration(rest))
            case "verifies":
                fields.setdefault("corroborates", []).append({"development": rest, "verification": True})
            case _:
                facts.append(item)
    if who.startswith("source "):
        fields["sources"] = [short_forms.source(who.removeprefix("source "))]
    elif who != "-":
        fields["by"] = who.split(" + ")
    scenario.report(development, *facts, at=day, reported=day, **fields)


def known(scenario: Scenario) -> Iterator[str]:
    """Return what is known after the steps: a line for each fact and each expectation."""
    state = scenario.state().as_json()
    for key, fact in state.get("facts", {}).items():
        yield _fact_line(key, fact)
    for item in state.get("expectations", ()):
        due = _when(item.get("due"))
        dues = [_when(change.get("due")) for change in item.get("history", ())]
        yield f"{item['id']}: {item['status']}, due {' → '.join([*dues, due])}"


def public(scenario: Scenario) -> Iterator[str]:
    """Return the public sequence after the steps: number, instant, and what it is."""
    for item in scenario.public().items:
        yield f"{item.number}  {format_instant(item.at)}  {_item_words(item)}{_changes_words(item.changes)}"


def _item_words(item: PublicItem) -> str:
    if isinstance(item, OverdueNotice):
        return f"overdue notice: {item.expectation.id}"
    return " ".join(word for word in (item.event.type, item.recorded.development) if word)


def _changes_words(changes: tuple[Change, ...]) -> str:
    return f"  ({'; '.join(map(str, changes))})" if changes else ""


def _fact_line(key: str, fact: Mapping[str, Any]) -> str:
    if "standing" in fact:
        origins = f" ({', '.join(fact['origins'])})" if "origins" in fact else ""
        parts = [f"{key}={_amount(fact)} from {fact['development']}, {fact['standing']}{origins}"]
    else:
        parts = [f"{key} unknown"]
    for name, words in (
        ("contradicted_by", "contradicted by"),
        ("denied_by", "denied by"),
        ("unconfirmed_by", "not confirmed by"),
        ("withheld_by", "withheld by"),
    ):
        if said := [item["development"] for item in fact.get(name, ())]:
            parts.append(f"{words} {', '.join(said)}")
    for item in fact.get("verified_by", ()):
        parts.append(f"verified by {item['development']}{' (its own side)' if item['own_side'] else ''}")
    history = [f"{item['development']} {item['relation']}" for item in fact.get("history", ())]
    if history:
        parts.append(f"history: {', '.join(history)}")
    return "; ".join(parts)


def _amount(fact: Mapping[str, Any]) -> str:
    total = f"/{_value(fact['of'])}" if "of" in fact else ""
    unit = f":{fact['unit']}" if "unit" in fact else ""
    return f"{_value(fact['value'])}{total}{unit}"


def _value(value: Any) -> str:
    match value:
        case {"decimal": decimal}:
            return str(decimal)
        case {"date": date}:
            return f"date:{_when(date)}"
        case {**ends} if ends:
            return f"{ends.get('min', '')}..{ends.get('max', '')}"
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _when(when: Mapping[str, str] | None) -> str:
    return "never" if when is None else when.get("edtf") or f"“{when['literal']}”"


assert set(LANGUAGES.values()) == set(FORMATS.values())
