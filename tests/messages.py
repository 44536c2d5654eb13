"""Collects the messages of the code, and brings the catalogues up to date: `python -m tests.messages`.

A catalogue keeps its translations and gets the messages that are new, without a translation; those that are gone are
taken out. feed/languages/messages.pot has all of them, for a new language.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from events.fold.development import REMOVED
from feed.languages.choice import our_languages
from feed.pages.script import english_words

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "feed/languages"
KEYWORDS: Final[dict[str, Any]] = {
    "gettext": (1,), "_": (1,), "plain": (1,), "message": (1,), "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2), "Term": ((1, "c"), 2),
}  # fmt: skip
_WIDTH: Final = 116


def messages() -> Iterator[tuple[str | None, str | tuple[str, str]]]:
    """Yield each message of the code with its context: a text, or the singular and the plural."""
    for path in sorted([*ROOT.glob("events/**/*.py"), *ROOT.glob("feed/**/*.py"), *ROOT.glob("feed/**/*.jinja")]):
        method = "jinja2.ext:babel_extract" if path.suffix == ".jinja" else "python"
        with path.open("rb") as file:
            for _, text, _, context in extract(method, file, KEYWORDS, options={"trimmed": "yes"}):
                yield context, (text[0], text[1]) if isinstance(text, tuple) else text
    yield None, REMOVED
    yield from ((None, text) for text in _script_messages(english_words()))


def _script_messages(words: Any) -> Iterator[str | tuple[str, str]]:
    match words:
        case dict():
            for part in words.values():
                yield from _script_messages(part)
        case [one, other]:
            yield one, other
        case _:
            yield words


def template() -> Catalog:
    """Return a catalogue of all messages without translations."""
    catalog = Catalog(charset="utf-8")
    for context, text in messages():
        catalog.add(text, context=context)
    return catalog


def write(catalog: Catalog, path: Path) -> None:
    """Write a catalogue with the header fields that mean something here, and no dates."""
    with path.open("wb") as file:
        write_po(
            file, catalog, width=_WIDTH, sort_output=True, ignore_obsolete=True, no_location=True, omit_header=True
        )


def update(language: str) -> None:
    """Bring one of our catalogues up to date."""
    path = FOLDER / f"{language}.po"
    text = path.read_text(encoding="utf-8")
    header, _, _ = text.partition("\n\n")
    with path.open("rb") as file:
        catalog = read_po(file)
    catalog.update(template(), no_fuzzy_matching=True)
    write(catalog, path)
    path.write_text(f"{header}\n\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


HEADER: Final = """\
# The words that writethru writes in what it publishes. A newsroom puts its translation into templates/LANGUAGE.po.
# Placeholders, such as {count}, stand in every translation, in any order. A plural form that is of one number alone may
# leave its number out. X-Reviewed-By names the speaker who has read this file, or says "nobody yet".
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"X-Reviewed-By: nobody yet\\n"
"""


def write_template(path: Path) -> None:
    """Write all messages without translations, under a header to complete."""
    write(template(), path)
    path.write_text(f"{HEADER}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


if __name__ == "__main__":
    write_template(FOLDER / "messages.pot")
    for name in our_languages():
        update(name)
