"""What columns are taken for → the text of the map that its owner reads and corrects. Pure.

Most columns take a line each. One with many settings has a section of its own, after the others.
"""

import json
import re
from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Any, Final

from feed.sync.guess import Guess

LINE_CHARS_MAX: Final = 100
ALIGNED_CHARS_MAX: Final = 44
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_COMMENTS: Final = {
    "met": "words in lower or upper case; what is in none of these lists leaves it open, too",
    "open": "words that leave it open on purpose: sync warns of any others",
}


def map_text(guesses: Sequence[Guess], *, name: str, slug: str, title: str) -> str:
    """Return the map for the table of the file `name`; `slug` and `title` are what its story is called first."""
    roles = {role for guess in guesses for role in guess.roles}
    lines = [
        f"# What the columns of {name} mean. Change what is wrong, then look: writethru sync {quote(name)} --dry-run",
        "# All settings: docs/sync.md#the-map",
        "",
        f"table = {_toml(slug)}  # the name of this table in the ledger; never change it",
        *_source_lines(roles, title),
        '# announce_from = "2026-01-01"  # without it, the first run is an archive, which announces nothing',
    ]
    if "story" not in roles:
        lines += [
            "",
            "[story]  # all rows are on one page",
            f"id = {_toml(slug)}  # in its address; never change it",
            f"headline = {_toml(title)}  # its title: write your own",
        ]
    short = [guess for guess in guesses if len(_line(guess)) <= LINE_CHARS_MAX]
    long = [guess for guess in guesses if guess not in short]
    lines += ["", "[columns]", *_advice(roles)]
    width = min(ALIGNED_CHARS_MAX, max((len(_line(guess)) for guess in short), default=0))
    lines += [f"{_line(guess):<{width}}  # {_meaning(guess)}" for guess in short]
    for guess in long:
        lines += ["", f"[columns.{_key(guess.header)}]  # {_meaning(guess)}"]
        lines += [f"{key} = {_toml(value)}{_comment(key)}" for key, value in _settings(guess).items()]
    return "\n".join(lines) + "\n"


def _source_lines(roles: set[str], title: str) -> Iterator[str]:
    """Yield who is named as the source: without a name for it, an address of the source has none."""
    if "source" not in roles:
        hash_mark = "" if "source_url" in roles else "# "
        yield f"{hash_mark}source = {_toml(title)}  # no column names a source: write who is named as that of each row"


def _advice(roles: set[str]) -> Iterator[str]:
    """Yield what is most often added to a column."""
    yield '# To leave a column out: as = "ignore"'
    yield "# public_id = true: the page lists the facts of each row, and addresses show its name."
    yield "#   Leave it false where rows are only numbered, or are people, who should not be found by their names."
    yield "#   Never change it after the first run, nor the columns that name the rows: all rows would be new."
    if "status" in roles:
        yield "# A status says what became of a promise by the day of the run, not when. A completion date is a fact."
    if "fact" in roles:
        yield '# A number can have a unit and a total: unit = "people", of = 400, or of = "ANOTHER COLUMN"'


def _settings(guess: Guess) -> dict[str, Any]:
    roles = guess.roles or ("ignore",)
    return {"as": roles[0] if len(roles) == 1 else roles} | guess.settings


def _line(guess: Guess) -> str:
    settings = ", ".join(f"{key} = {_toml(value)}" for key, value in _settings(guess).items())
    return f"{_key(guess.header)} = {{ {settings} }}"


def _meaning(guess: Guess) -> str:
    return f"{guess.words} – {guess.examples or 'empty'}"


def _comment(setting: str) -> str:
    return f"  # {_COMMENTS[setting]}" if setting in _COMMENTS else ""


def _key(header: str) -> str:
    return header if _BARE_KEY.fullmatch(header) else _toml(header)


def _toml(value: Any) -> str:
    """Return a value as TOML. Its strings are escaped as in JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
