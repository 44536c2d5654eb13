"""The words that the page's script writes.

They are part of the script, in English. A page in another language has them in an element of JSON.
"""

from functools import cache
from importlib import resources
from typing import Any, Final

import orjson

from events.wording.language import Words

PLURAL_NUMBERS: Final = range(200)
"""The numbers whose plural forms a page lists: those of larger ones repeat with their last two digits."""


@cache
def english_words() -> dict[str, Any]:
    """Return the script's words by name: a text, two plural forms, or a table of texts."""
    words: dict[str, Any] = orjson.loads(resources.files("feed.pages").joinpath("assets/words.json").read_bytes())
    return words


def script_words(words: Words) -> dict[str, Any]:
    """Return the script's words in another language, and `plural`, a digit for the form of each number."""
    return {
        **{name: _translation(text, words) for name, text in english_words().items()},
        "plural": "".join(str(words.plural(number)) for number in PLURAL_NUMBERS),
    }


def _translation(text: Any, words: Words) -> Any:
    match text:
        case dict():
            return {name: _translation(part, words) for name, part in text.items()}
        case [one, *_]:
            return words.forms(one) or text
        case _:
            return words.gettext(text)
