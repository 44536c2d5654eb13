"""Which words go with a language: a newsroom's own catalogue, ours, or English."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import orjson

from events.errors import InvalidError, Problem
from events.fold.development import REMOVED
from events.wording.language import ENGLISH_PATTERNS, Catalogue, Patterns, Words, english_plural

if TYPE_CHECKING:
    from feed.languages.po import File

EXTENSION: Final = ".po"
_FILE_NAME: Final = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\.po"


def words_for(language: str, templates: Mapping[str, str]) -> Words:
    """Return the words for texts in `language` (BCP 47); English ones if there is no catalogue for it.

    `templates` has a newsroom's own files by name, catalogues among them. A regional variant (es-MX) has its own words,
    where there are any, and those of its language.
    """
    tags = tuple(_tags(language))
    own = {name.lower(): text for name, text in templates.items() if name.endswith(EXTENSION)}
    return _words(language, tags, tuple(own.get(f"{tag}{EXTENSION}", "") for tag in tags))


@cache
def has_latin_letters(language: str) -> bool:
    """Return True if a language is written in Latin letters, as far as CLDR knows it."""
    return any(letter.isascii() for letter in "".join(_patterns(tuple(_tags(language))).months) if letter.isalpha())


def check_catalogues(templates: Mapping[str, str]) -> None:
    """Raise InvalidError with what is wrong in a newsroom's own catalogues, each with its file and line."""
    catalogues = sorted((name, text) for name, text in templates.items() if name.endswith(EXTENSION))
    if not catalogues:
        return
    from feed.languages.po import CatalogueError, problems, read_po  # noqa: PLC0415 - English needs no catalogue

    wrong: list[Problem] = []
    for name, text in catalogues:
        where = f"templates/{name}"
        if not re.fullmatch(_FILE_NAME, name):
            remedy = "Name it by its language, such as fi.po or pt-BR.po."
            wrong.append(Problem(where=where, check="catalogue", message="this is no language.", remedy=remedy))
            continue
        try:
            wrong += problems(read_po(text), where)
        except CatalogueError as error:
            wrong.append(Problem(where=f"{where}:{error.line}", check="catalogue", message=f"{error}"))
    if wrong:
        raise InvalidError(*wrong)


def our_languages() -> tuple[str, ...]:
    """Return the languages that we have catalogues of, besides English."""
    files = (item.name for item in resources.files("feed.languages").iterdir())
    return tuple(sorted(name.removesuffix(EXTENSION) for name in files if name.endswith(EXTENSION)))


def our_catalogue(language: str) -> str:
    """Return the text of one of our catalogues."""
    return resources.files("feed.languages").joinpath(f"{language}{EXTENSION}").read_text(encoding="utf-8")


def _tags(language: str) -> Iterator[str]:
    """Yield a language tag and those that it falls back to: zh-hant-tw, zh-hant, zh (RFC 4647, 3.4)."""
    tag = language.lower()
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


@cache
def _words(language: str, tags: tuple[str, ...], own: tuple[str, ...]) -> Words:
    files = _catalogues(tags, own)
    if not files and tags[-1] != "en":
        language, tags = "en", ("en",)
    catalogue: Catalogue = {entry.key: entry.forms for file in files for entry in file.entries if entry.forms}
    plural = next((file.plural for file in reversed(files) if "Plural-Forms" in file.header), english_plural)
    return Words(
        language=language,
        catalogue=catalogue,
        patterns=_patterns(tags),
        plural=plural,
        marks={REMOVED: catalogue.get(REMOVED, (REMOVED,))[0]},
    )


def _catalogues(tags: tuple[str, ...], own: tuple[str, ...]) -> list["File"]:
    """Return the catalogues for `tags`, the one that counts most last: ours for each tag, and the newsroom's `own`."""
    texts: list[str] = []
    for tag, text in reversed(tuple(zip(tags, own, strict=True))):
        texts += [our_catalogue(tag)] if tag in our_languages() else []
        texts += [text] if text else []
    if not texts:
        return []
    from feed.languages.po import read_po  # noqa: PLC0415 - English needs no catalogue

    return [read_po(text) for text in texts]


def _patterns(tags: tuple[str, ...]) -> Patterns:
    """Return how the language of `tags` writes numbers, dates and lists; as English does, if CLDR does not say."""
    if tags[-1] == "en":
        return ENGLISH_PATTERNS
    lines = resources.files("feed.languages").joinpath("cldr.jsonl").read_bytes().splitlines()
    for tag in tags:
        for line in lines:
            if line.startswith(b'{"language":"%s",' % tag.encode()):
                fields = orjson.loads(line)
                del fields["language"]
                values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}
                return Patterns(**values)
    return ENGLISH_PATTERNS
