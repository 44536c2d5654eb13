"""`import --from KIND`: records what files of other programs say, and names what of them cannot be read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from events.errors import InvalidError, Problem, RefusedError
from events.ledger import Ledger
from events.model.events import DevelopmentReported
from events.system import gc_disabled
from feed.cli.desk import Desk, read_input
from feed.cli.terminal.output import echo, quantity, warn
from feed.importers.kinds import CSTATE, read_foreign
from feed.importers.model import FILE_BYTES_MAX, ForeignFile, ForeignStory
from feed.importers.recording import Located, new_events


def record_foreign(
    desk: Desk, kind: str, names: tuple[str, ...], *, story: str | None, archive: bool, dry_run: bool
) -> bool:
    """Record files of `kind`; `story` is the slug of their one story. Return True if all of them could be recorded."""
    whole = True
    with desk.ledger() as ledger:
        for name in _files(kind, names):
            try:
                data = read_input(name, most=FILE_BYTES_MAX + 1)
                file = read_foreign(kind, data, name=name, times=desk.file_times, now=desk.now)
                file = file if story is None else _named(file, story, name)
            except InvalidError as error:
                warn(str(error))
                whole = False
            else:
                whole &= _record(desk, ledger, name, file, archive=archive, dry_run=dry_run)
    return whole


def _files(kind: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the files; of a folder of cState's, all issues in it."""
    for name in names:
        if kind == CSTATE and Path(name).is_dir():
            issues = (path for path in sorted(Path(name).rglob("*.md")) if path.is_file() and path.name[0] != "_")
            yield from map(str, issues)
        else:
            yield name


def _named(file: ForeignFile, story: str, name: str) -> ForeignFile:
    if len(file.stories) != 1:
        message = f"it holds {quantity(len(file.stories), 'story', 'stories')}, so that one name is not enough."
        raise InvalidError(Problem(where=name, check="story", message=message, remedy="Leave out --story."))
    return ForeignFile([replace(file.stories[0], slug=story)], file.problems)


@gc_disabled()
def _record(desk: Desk, ledger: Ledger, name: str, file: ForeignFile, *, archive: bool, dry_run: bool) -> bool:
    problems = [*file.problems]
    events: list[Located] = []
    for story in file.stories:
        fresh, wrong = _new_events(desk, ledger, story)
        events += [_as_archive(item) for item in fresh] if archive else fresh
        problems += wrong
    items = ((item.event, item.where, None) for item in events)
    refused: list[RefusedError] = []
    new = ledger.append_stream(items, dry_run=dry_run, on_refusal=refused.append).new if events else 0
    problems += [problem for error in refused for problem in error.problems]
    for problem in problems:
        warn(str(problem))
    verb = "would be recorded" if dry_run else "recorded"
    echo(f"{name}: {quantity(new, 'event')} {verb}, {quantity(len(problems), 'problem')}.")
    return not problems


def _new_events(desk: Desk, ledger: Ledger, story: ForeignStory) -> tuple[list[Located], list[Problem]]:
    exists = story.slug in ledger.stories()
    recorded = [*ledger.events(story.slug)] if exists else []
    closed = exists and ledger.story(story.slug).status == "closed"
    return new_events(story, recorded, closed=closed, now=desk.now)


def _as_archive(item: Located) -> Located:
    if not isinstance(item.event, DevelopmentReported):
        return item
    return item._replace(event=item.event.model_copy(update={"archive": True}))
