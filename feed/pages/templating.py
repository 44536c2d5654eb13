"""The templates of the pages, ours or a newsroom's own, and their filters.

Jinja escapes everything that a template shows. A filter that puts a value into words returns text that may still be
hostile; only `safe_html` marks text as safe.
"""

from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from functools import cache, cached_property, partial
from importlib import resources
from typing import Any, Final
from urllib.parse import quote

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemBytecodeCache, PackageLoader, TemplateSyntaxError
from jinja2.bccache import Bucket
from markupsafe import Markup

from events.errors import InvalidError, Problem
from events.model.addresses import is_web_address, public_url
from feed.entries.graphemes import cut
from feed.entries.pictures import ROOT
from feed.languages.choice import EXTENSION, check_catalogues
from feed.pages.charts import HEIGHT, WIDTH
from feed.pages.words import WORD_FILTERS, WORD_FUNCTIONS
from feed.reuse import ReuseCache

# Only what the page itself needs. Pictures may come from anywhere on the web, since sources' pictures do.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' https: http:; "
    "base-uri 'none'; form-action 'none'"
)
DESCRIPTION_CHARS_MAX = 300  # search engines and readers cut longer ones
CORRECTIONS_MAX, PIECES_MAX, HISTORY_STEPS_MAX = 50, 10, 20
LONG_VALUE_CHARS, LONG_SUMMARY_CHARS = 24, 90  # longer ones are set smaller, and cut on a phone
PARTS: Final = ReuseCache[Markup](1_000)
"""Parts of pages, of 1 KB each. A template marks one: {% call reuse(line, site.language) %}…{% endcall %}"""

_CONTROLS: Final = dict.fromkeys(range(0x7F, 0xA0), "\ufffd")
"""Control characters that HTML must not contain: html.spec.whatwg.org, control-character-in-input-stream."""


def render(template: str, *, templates: Mapping[str, str], **context: Any) -> bytes:
    """Return `template` rendered with `context`; `templates` are the newsroom's own, by name."""
    page = _environment(tuple(sorted(templates.items()))).get_template(template).render(context).rstrip()
    if any(chr(control) in page for control in _CONTROLS):  # a search for each is faster than one for any
        page = page.translate(_CONTROLS)
    if ROOT in page:
        page = page.replace(ROOT, str(context["root"]))
    return page.encode() + b"\n"


def template_names() -> list[str]:
    """Return the names of our templates, which a newsroom may replace."""
    return _environment(()).list_templates()


def check_templates(replaced: Mapping[str, str]) -> None:
    """Raise InvalidError for each of a newsroom's templates that has a syntax error, or that replaces nothing."""
    check_catalogues(replaced)
    names = {*template_names(), "style.css"}
    problems = [
        Problem(
            where=f"templates/{name}",
            check="template",
            message="there is no template with this name.",
            remedy=f"These can be replaced: {', '.join(sorted(names))}.",
        )
        for name in sorted(replaced.keys() - names)
        if not name.endswith(EXTENSION)
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
    """Return `url`, encoded, if its scheme is http or https, else None. A page does not rely on the events for that."""
    return public_url(url) if url and is_web_address(url) else None


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates beside Python's compiled modules: compiling them takes longer than publishing a story.

    Where the installation cannot be written, they are in a folder that Jinja makes for this user alone.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a compiled template if there is one."""
        super().load_bytecode(bucket)
        if bucket.code is None:
            with suppress(OSError, RuntimeError):  # no folder is safe: the template is compiled
                self._of_user.load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Cache a compiled template if a folder can be written."""
        try:
            super().dump_bytecode(bucket)
        except OSError:
            with suppress(OSError, RuntimeError):
                self._of_user.dump_bytecode(bucket)

    @cached_property
    def _of_user(self) -> FileSystemBytecodeCache:
        return FileSystemBytecodeCache(pattern=self.pattern)


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
    environment.globals |= {**GLOBALS, "reuse": partial(_reuse, replaced)}
    return environment


def _reuse(*made_of: Hashable, caller: Callable[[], Markup]) -> Markup:
    """Return a part of a page, rendered by `caller` unless it was before: `made_of` is all that it depends on."""
    return PARTS.get(made_of, caller)


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
    **WORD_FILTERS,
    "page_path": page_path,
    "safe_html": Markup,
    "teaser": _teaser,
    "web": web_address,
}
GLOBALS: Final[Mapping[str, Any]] = {
    **WORD_FUNCTIONS,
    "CONTENT_SECURITY_POLICY": CONTENT_SECURITY_POLICY,
    "CHART_HEIGHT": HEIGHT,
    "CHART_WIDTH": WIDTH,
    "CORRECTIONS_MAX": CORRECTIONS_MAX,
    "HISTORY_STEPS_MAX": HISTORY_STEPS_MAX,
    "LONG_SUMMARY_CHARS": LONG_SUMMARY_CHARS,
    "LONG_VALUE_CHARS": LONG_VALUE_CHARS,
    "PIECES_MAX": PIECES_MAX,
    "fragment": _fragment,
}
