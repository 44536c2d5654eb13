"""The command that reads one article into the inbox: read."""

import shlex
from datetime import date
from hashlib import sha256
from typing import Final

import click

from events.errors import InvalidError, Problem
from events.ledger import Ledger
from events.model.addresses import is_web_address
from events.wording.values import value_words
from feed.cli.addresses import allow_option, typed_address
from feed.cli.desk import Desk, command, json_option, parse_day, pass_desk, read_input
from feed.cli.extras import check_extra
from feed.cli.printings import printing_line
from feed.cli.terminal.output import echo, echo_json, warn
from feed.cli.text_drafts import field_lines, purge, text_json
from feed.intake.drafts import TextDraft
from feed.intake.inbox import Inbox
from feed.intake.items import kind_of
from feed.reading.article import ARTICLE_BYTES_MAX, Article, article_text
from feed.reading.model import Text
from feed.reading.numbers import StoryFact
from feed.reading.reading import publication, read

REMOVED_SHOWN: Final = 20
SECONDS_MAX: Final = 10


@command("read")
@click.argument("source", metavar="FILE|URL|-")
@click.option("--story", metavar="STORY", default="", help="The story that it belongs to: its facts are compared.")
@click.option(
    "--published",
    metavar="DATE",
    callback=lambda _context, _option, text: None if text is None else parse_day(text),
    help="The day of its publication, if it does not state one. Without it, “Tuesday” stays open.",
)
@allow_option
@json_option
@pass_desk
def read_article(
    desk: Desk, /, source: str, *, story: str, published: date | None, allow: tuple[str, ...], as_json: bool
) -> None:
    """Read one article into the inbox.

    Its source, quotes, dates and numbers are each printed above the sentence that proves them, and what is open is a
    question. Nothing is recorded: that is what take does.

    \b
      writethru read article.html --story harbour-fire
      writethru read https://post.example/ferry --published 2015-01-06
      writethru read - --published "6 January 2015" < pasted.txt
    """
    url = typed_address(source) if is_web_address(source) else ""
    if allow and not url:
        raise click.UsageError("--allow belongs to an address: leave it out.")
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        facts = _facts(ledger, story) if story else []
        article = _downloaded(desk, url, allow) if url else _file(source)
        text = _text(article, url or source, link=url, published=published, facts=facts)
        purge(box, desk.now)
        is_new = box.add(text, story=story, at=desk.now) is not None
        draft = box.version(text)
        printings = [printing_line(ledger, printing) for printing in box.printings(draft)]
    if as_json:
        echo_json(text_json(draft, whole=True))
        return
    _print(draft, text, is_new=is_new)
    for line in printings:
        warn(line)
    if draft.state == "new":
        show = f" To see both texts: writethru inbox show {draft.number}" if printings else ""
        warn(f"Nothing is recorded. To decide: writethru take {draft.number}.{show}")


COMMANDS = (read_article,)


def _file(name: str) -> Article:
    body = read_input(name, most=ARTICLE_BYTES_MAX + 1)
    _refuse_feed(body, name, f"import --from feed {shlex.quote(name)}")
    return article_text(body, name=name)


def _downloaded(desk: Desk, url: str, allow: tuple[str, ...]) -> Article:
    """Return the article at an address."""
    check_extra(url, otherwise="Or save the page, and read the file.")
    from feed.fetch import Access, fault, fetch  # noqa: PLC0415 - urllib3 takes 0.1 s, and is an extra

    access = Access(
        contact=desk.newsroom.config.site.base_url,
        bytes_max=ARTICLE_BYTES_MAX,
        seconds_max=SECONDS_MAX,
        allow=allow,
        how_to_allow="If this machine should read it: writethru read URL --allow NETWORK",
        too_large="Save the article alone, and read that.",
    )
    answer = fetch(url, access)
    if answer.status != 200:
        raise fault(url, f"the server answers {answer.status}.", "Check the address, or save the page.")
    _refuse_feed(answer.body, url, f"source add {shlex.quote(url)}")
    return article_text(answer.body, name=url, media_type=answer.media_type)


def _refuse_feed(body: bytes, name: str, command: str) -> None:
    if kind_of(body, "") == "feed":
        message = "this is a feed, not an article."
        raise InvalidError(Problem(where=name, check="article", message=message, remedy=f"Run: writethru {command}"))


def _text(article: Article, source: str, *, link: str, published: date | None, facts: list[StoryFact]) -> Text:
    """Return what an article says and proves. Its versions have one name; of stdin, each text is an article."""
    when = publication(article, published)
    digest = sha256(article.text.encode(errors="replace")).hexdigest()
    return Text(
        kind="article",
        address=source,
        name=digest if source == "-" else source,
        title=article.title,
        link=link,
        text=article.text,
        published=when.text,
        note=_note(article),
        fields=tuple(read(article, when, url=link, facts=facts)),
    )


def _facts(ledger: Ledger, story: str) -> list[StoryFact]:
    """Return what a story knows: its numbers."""
    facts = [(key, item.fact.current) for key, item in ledger.story(story).facts.items()]
    return [
        StoryFact(key, value_words(claim.value, claim.unit, claim.of), claim.value, claim.of)
        for key, claim in facts
        if claim is not None
    ]


def _note(article: Article) -> str:
    if not article.removed:
        return ""
    more = f" … and {len(article.removed) - REMOVED_SHOWN} more" if len(article.removed) > REMOVED_SHOWN else ""
    return "Left out as parts of the site: " + " · ".join(article.removed[:REMOVED_SHOWN]) + more


def _print(draft: TextDraft, text: Text, *, is_new: bool) -> None:
    state = f"{draft.state} before" if draft.state != "new" else "in the inbox already" if not is_new else "made"
    echo(f"Draft {draft.number} {state}: {text.title or text.address}")
    for line in field_lines(text.fields):
        echo(line)
    if text.note:
        warn(text.note)
