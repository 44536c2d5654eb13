"""The templates of the pages, ours or a newsroom's own, and their filters.

Jinja escapes everything that a template shows. A filter that puts a value into words returns text that may still be
hostile; only `safe_html` marks text as safe.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Final
from urllib.parse import quote

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemBytecodeCache, PackageLoader, TemplateSyntaxError
from jinja2.bccache import Bucket
from markupsafe import Markup

from events.errors import InvalidError, Problem
from events.model.edtf import instant
from events.wording.catalogue import (
    UNATTRIBUTED,
    day_words,
    dispute_words,
    field_name_words,
    instant_words,
    listing,
    question_words,
    relation_words,
    status_words,
)
from events.wording.claims import claim_speakers, claim_value, fact_name, target_words
from events.wording.direction import direction
from events.wording.stances import according_to, objections, verifications
from events.wording.values import due_words, speakers_words, when_words
from feed.entries.graphemes import cut
from feed.entries.html import replaced_words
from feed.pages.charts import HEIGHT, WIDTH

# Only what the page itself needs. Pictures may come from anywhere on the web, since sources' pictures do.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' https: http:; "
    "base-uri 'none'; form-action 'none'"
)
DESCRIPTION_CHARS_MAX = 300  # search engines and readers cut longer ones
CORRECTIONS_MAX, PIECES_MAX, HISTORY_STEPS_MAX = 50, 10, 50
LONG_VALUE_CHARS, LONG_SUMMARY_CHARS = 24, 90  # longer ones are set smaller, and cut on a phone

_CONTROLS = re.compile("[\x7f-\x9f]")


def render(template: str, *, templates: Mapping[str, str], **context: Any) -> bytes:
    """Return `template` rendered with `context`; `templates` are the newsroom's own, by name."""
    page = _environment(tuple(sorted(templates.items()))).get_template(template).render(context)
    # Control characters that HTML must not contain: html.spec.whatwg.org, control-character-in-input-stream.
    return (_CONTROLS.sub("\ufffd", page.rstrip()) + "\n").encode()


def template_names() -> list[str]:
    """Return the names of our templates, which a newsroom may replace."""
    return _environment(()).list_templates()


def check_templates(replaced: Mapping[str, str]) -> None:
    """Raise InvalidError for each of a newsroom's templates that has a syntax error, or that replaces nothing."""
    names = {*template_names(), "style.css"}
    problems = [
        Problem(
            where=f"templates/{name}",
            check="template",
            message="there is no template with this name.",
            remedy=f"These can be replaced: {', '.join(sorted(names))}.",
        )
        for name in sorted(replaced.keys() - names)
    ]
    for name, text in sorted(replaced.items()):
        try:
            if name.endswith(".jinja"):
                _environment(()).parse(text)
        except TemplateSyntaxError as error:
            where = f"templates/{name}:{error.lineno}"
            problems.append(Problem(where=where, check="template", message=f"{error.message}."))
    if problems:
        raise InvalidError(*problems)


def page_path(number: int) -> str:
    """Return the path of a numbered page in its story's folder."""
    return f"page/{number:04}.html"


def web_address(url: str | None) -> str | None:
    """Return `url` if its scheme is http or https, else None. Events have no other; a page does not rely on that."""
    return url if url and url.startswith(("https://", "http://")) else None


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates beside Python's compiled modules: compiling them takes longer than publishing a story."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Cache a compiled template, if the folder can be written."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


@cache
def _environment(replaced: tuple[tuple[str, str], ...]) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([DictLoader(dict(replaced)), PackageLoader("feed.pages", "templates")]),
        bytecode_cache=_Compiled(str(resources.files("feed.pages").joinpath("__pycache__")), "jinja-%s.cache"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= FILTERS
    environment.globals |= GLOBALS
    return environment


def _sentence(words: str) -> str:
    """Return words with a capital at their beginning. Jinja's `capitalize` lowers all other letters."""
    return words[:1].upper() + words[1:]


def _moment_words(at: str) -> str:
    """Return the instant of a row of the history in words."""
    return instant_words(instant(at))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _fragment(anchor: str) -> str:
    return f"#{quote(anchor, safe=':~')}"


def _teaser(text: str) -> str:
    """Cut at a word for a meta description."""
    text = " ".join(text.split())
    if len(text) <= DESCRIPTION_CHARS_MAX:
        return text
    part = cut(text, DESCRIPTION_CHARS_MAX)
    return (part.rpartition(" ")[0] or part) + " …"  # not every script has spaces


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "claim_value": claim_value,
    "day": day_words,
    "direction": direction,
    "dispute": dispute_words,
    "due": due_words,
    "fact_name": fact_name,
    "field": replaced_words,
    "field_name": field_name_words,
    "instant": instant_words,
    "iso": _iso,
    "listing": listing,
    "moment": _moment_words,
    "page_path": page_path,
    "question": question_words,
    "relation": relation_words,
    "safe_html": Markup,
    "sentence": _sentence,
    "speakers": speakers_words,
    "status": status_words,
    "teaser": _teaser,
    "when": when_words,
    "who": claim_speakers,
    "web": web_address,
}
GLOBALS: Final[Mapping[str, Any]] = {
    "CONTENT_SECURITY_POLICY": CONTENT_SECURITY_POLICY,
    "CHART_HEIGHT": HEIGHT,
    "CHART_WIDTH": WIDTH,
    "CORRECTIONS_MAX": CORRECTIONS_MAX,
    "HISTORY_STEPS_MAX": HISTORY_STEPS_MAX,
    "LONG_SUMMARY_CHARS": LONG_SUMMARY_CHARS,
    "LONG_VALUE_CHARS": LONG_VALUE_CHARS,
    "PIECES_MAX": PIECES_MAX,
    "fragment": _fragment,
    "UNATTRIBUTED": UNATTRIBUTED.text,
    "according_to": according_to,
    "objections": objections,
    "target_words": target_words,
    "verifications": verifications,
}
