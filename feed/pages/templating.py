"""The templates of the pages, ours or a newsroom's own, and the words and filters that they are given.

Jinja escapes whatever it is told to show. A filter here puts a value into words and returns text that may be hostile
still; only `safe_html` marks what is safe already.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemBytecodeCache, PackageLoader, TemplateSyntaxError
from jinja2.bccache import Bucket
from markupsafe import Markup

from events.errors import InvalidError, Problem
from events.wording import values as words
from feed.pages.charts import HEIGHT, WIDTH
from feed.pages.direction import direction

# Only what the page itself needs. Pictures may stand anywhere on the web, since sources' pictures do.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' https: http:; "
    "base-uri 'none'; form-action 'none'"
)
DESCRIPTION_CHARS_MAX = 300  # of the meta description: longer ones are cut by every reader of them
CORRECTIONS_MAX, PIECES_MAX, HISTORY_STEPS_MAX = 50, 10, 50
HISTORY_OPEN_MAX = 4  # a longer history of one fact is folded away behind its last value

_CONTROLS = re.compile("[\x7f-\x9f]")


def render(template: str, *, templates: Mapping[str, str], **context: Any) -> bytes:
    """Return `template` rendered with `context`; `templates` holds the newsroom's own templates by name."""
    page = _environment(tuple(sorted(templates.items()))).get_template(template).render(context)
    # Controls that no HTML may hold: html.spec.whatwg.org, control-character-in-input-stream.
    return (_CONTROLS.sub("\ufffd", page.rstrip()) + "\n").encode()


def template_names() -> list[str]:
    """Return the names of our templates, which a newsroom may replace."""
    return _environment(()).list_templates()


def check_templates(replaced: Mapping[str, str]) -> None:
    """Raise InvalidError where a newsroom's template has a mistake in its syntax, or a name that nothing has."""
    known = {*template_names(), "style.css"}
    problems = [
        Problem(
            where=f"templates/{name}",
            check="template",
            message="nothing of ours has this name.",
            remedy=f"It could replace: {', '.join(sorted(known))}.",
        )
        for name in sorted(replaced.keys() - known)
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
    """Return the place of a numbered page below its story's folder."""
    return f"page/{number:04}.html"


def claim_words(claim: Mapping[str, Any], unit: str | None = None) -> str:
    """Say a claim's value; `unit` is the fact's, for claims that leave it out."""
    return words.value_words(
        claim.get("value"), claim.get("unit") or unit or None, claim.get("of"), claim.get("literal")
    )


def web_address(url: str | None) -> str | None:
    """Return `url` where it is an address on the web, else None."""
    # Events hold no other scheme; a page that says so itself needs to trust nobody.
    return url if url and url.startswith(("https://", "http://")) else None


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, kept where Python keeps its own: compiling them takes longer than publishing a story."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where the folder may be written."""
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
    environment.filters |= {
        "claim": claim_words,
        "day": words.day_words,
        "direction": direction,
        "due": words.due_words,
        "field": lambda value, field: words.field_words(field, value),
        "field_name": words.field_name_words,
        "iso": _iso,
        "key": words.key_words,
        "kind": words.kind_words,
        "listing": words.listing,
        "page_path": page_path,
        "instant": words.instant_words,
        "relation": words.relation_words,
        "safe_html": Markup,
        "speaker": words.speaker_words,
        "speakers": words.speakers_words,
        "status": words.status_words,
        "teaser": _teaser,
        "voice": _voice,
        "when": words.when_words,
        "web": web_address,
    }
    environment.globals |= {
        "CONTENT_SECURITY_POLICY": CONTENT_SECURITY_POLICY,
        "CHART_HEIGHT": HEIGHT,
        "CHART_WIDTH": WIDTH,
        "CORRECTIONS_MAX": CORRECTIONS_MAX,
        "HISTORY_OPEN_MAX": HISTORY_OPEN_MAX,
        "HISTORY_STEPS_MAX": HISTORY_STEPS_MAX,
        "PIECES_MAX": PIECES_MAX,
        "fragment": _fragment,
        "standing_words": words.standing_words,
    }
    return environment


def _voice(item: Mapping[str, Any], reports: Mapping[str, Mapping[str, Any]]) -> str:
    """Say who stands behind a claim or a doubt: its speakers, else the outlets of its report."""
    if item.get("said_by"):
        return words.speakers_words(item["said_by"])
    if item.get("name") or item.get("role") or item.get("org"):
        return words.speaker_words(item)
    report = reports.get(str(item.get("development"))) or {}
    outlets = dict.fromkeys(source["name"] for source in report.get("sources") or ())
    return words.listing(list(outlets)) or "an unattributed report"


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _fragment(anchor: str) -> str:
    return f"#{quote(anchor, safe=':~')}"


def _teaser(text: str) -> str:
    """Cut at a word for a meta description."""
    text = " ".join(text.split())
    if len(text) <= DESCRIPTION_CHARS_MAX:
        return text
    return text[:DESCRIPTION_CHARS_MAX].rpartition(" ")[0] + " …"
