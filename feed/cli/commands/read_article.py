"""The command that reads one article into the inbox: read."""

from datetime import date
from hashlib import sha256
from typing import Final

import click

from events.ledger import Ledger
from events.model.addresses import is_web_address
from events.wording.values import value_words
from feed.cli.desk import Desk, command, json_option, parse_day, pass_desk, read_input
from feed.cli.extras import check_extra
from feed.cli.printings import printing_line
from feed.cli.terminal.output import echo, echo_json, warn
from feed.cli.text_drafts import field_lines, purge, text_json
from feed.intake.drafts import TextDraft
from feed.intake.inbox import Inbox
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
@json_option
@pass_desk
def read_article(desk: Desk, /, source: str, *, story: str, published: date | None, as_json: bool) -> None:
    """Read one article into the inbox.

    Its source, quotes, dates and numbers are each printed above the sentence that proves them, and what is open is a
    question. Nothing is recorded: that is what take does.

    \b
      writethru read article.html --story harbour-fire
      writethru read https://post.example/ferry --published 2015-01-06
      writethru read - --published "6 January 2015" < pasted.txt
    """
    with Inbox(desk.folder) as box, desk.ledger() as ledger:
        facts = _facts(ledger, story) if story else []
        article, url = _article(desk, source)
        when = publication(article, published)
        fields = read(article, when, url=url, facts=facts)
        text = Text(
            kind="article",
            address=source,
            name=_name(source, article.text),
            title=article.title,
            link=url,
            text=article.text,
            published=when.text,
            note=_note(article),
            fields=tuple(fields),
        )
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


def _article(desk: Desk, source: str) -> tuple[Article, str]:
    """Return an article, and the address that it is at; "" if it is a file."""
    if not is_web_address(source):
        return article_text(read_input(source, most=ARTICLE_BYTES_MAX + 1), name=source), ""
    check_extra(source, otherwise="Or save the page, and read the file.")
    from feed.fetch import Access, fault, fetch  # noqa: PLC0415 - urllib3 takes 0.1 s, and is an extra

    access = Access(
        contact=desk.newsroom.config.site.base_url,
        bytes_max=ARTICLE_BYTES_MAX,
        seconds_max=SECONDS_MAX,
        how_to_allow="Save the page, and read the file.",
        too_large="Save the article alone, and read that.",
    )
    answer = fetch(source, access)
    if answer.status != 200:
        raise fault(source, f"the server answers {answer.status}.", "Check the address, or save the page.")
    return article_text(answer.body, name=source, media_type=answer.media_type), source


def _name(source: str, text: str) -> str:
    """Return what an article is called; its versions share that. Of stdin, each text is an article of its own."""
    return sha256(text.encode(errors="replace")).hexdigest() if source == "-" else source


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
