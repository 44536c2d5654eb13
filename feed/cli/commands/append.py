"""Recording one event and reporting what it changed: what the recording commands share."""

from events.diff import DevelopmentChanged
from events.ledger import Ledger
from events.model.edtf import format_instant
from events.model.events import AnyEvent, DevelopmentReleased, DevelopmentReported
from events.model.parts import Speaker
from events.recorder import Appended
from feed.cli.commands.publish import publish_now
from feed.cli.desk import Desk
from feed.cli.terminal.output import echo, warn


def record(desk: Desk, event: AnyEvent, *, publish: bool) -> None:
    """Record one event; print its position and what it changed."""
    with desk.ledger() as ledger:
        [appended] = ledger.append(event)
        say_where(appended)
        for change in appended.changes:
            if not isinstance(change, DevelopmentChanged):
                echo(f"  {change}")
        _advise(event, appended, ledger)
    if publish:
        publish_now(desk)


def say_where(appended: Appended) -> None:
    """Say where an event stands, and by which ids its expectations go."""
    recorded = appended.recorded
    name = recorded.development or recorded.event.story
    kind = recorded.event.type.replace("_", " ")
    if not appended.new:
        echo(f"{recorded.event.story}: {name}: recorded already at position {recorded.position}; nothing changed.")
        return
    echo(f"{recorded.event.story}: {name}: {kind}, position {recorded.position}.")
    if isinstance(recorded.event, DevelopmentReported):
        for expectation in recorded.event.expects:
            echo(f"  {expectation.id}: {expectation.what or 'restated'}")


def _advise(event: AnyEvent, appended: Appended, ledger: Ledger) -> None:
    """Say what a careful colleague would say."""
    until, recorded_at = appended.recorded.event.embargoed_until, appended.recorded.recorded_at
    if until is not None and until > recorded_at:
        warn(f"Under embargo: nothing of it is published before {format_instant(until)}.")
    elif until is not None:
        warn(f"The embargo has passed ({format_instant(until)}): nothing holds this back.")
    if isinstance(event, DevelopmentReleased):
        released = ledger.story(event.story).development(event.development)
        still = released.embargoed_until if released else None
        held_back = still is not None and still > recorded_at
        until_words = f"It is still under embargo, until {format_instant(still)}." if held_back and still else ""
        warn(until_words or "Nothing holds it back any more: it is out with the next publication.")
    if isinstance(event, DevelopmentReported) and any(not _states_origin(speaker) for speaker in event.said_by):
        warn("A speaker without (ORG) states no origin, so it confirms nothing: NAME, ROLE (ORG).")


def _states_origin(speaker: Speaker) -> bool:
    return speaker.org is not None or speaker.origin is not None
