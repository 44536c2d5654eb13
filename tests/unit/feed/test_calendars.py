"""Calendars of promises: what becomes of an expectation, as an independent reader of iCalendar sees it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from icalendar import Calendar

from events import commands
from feed.calendars import CALENDAR_EVENTS_MAX, calendar_events_in, calendar_text, render_calendar
from feed.config import parse_config
from feed.entries.builder import Address
from feed.entries.calendar import calendar_events
from feed.entries.model import CalendarEvent
from feed.entries.story import StoryEntries
from feed.syndication.ics import ics
from tests.builders import BASE_URL, HOUR, NEWSROOM, STORY, Clock, Scenario, newsroom
from tests.properties.growth import CONFIG_TEXT
from tests.sites import output, record

ADDRESS = Address(newsroom=NEWSROOM, base_url=BASE_URL)
PATH = f"stories/{STORY}/expected.ics"


def promise(**fields: Any) -> dict[str, Any]:
    return {"id": "ferries", "what": "Ferries run again", "due": "2026-03-05", **fields}


def promised(**fields: Any) -> Scenario:
    return Scenario().report("d1", expects=[promise(**fields)])


def events_of(scenario: Scenario, now: str | None = None) -> tuple[CalendarEvent, ...]:
    public = scenario.public(now)
    return calendar_events(StoryEntries(public, ADDRESS), public.items, ADDRESS)


def read(data: bytes) -> list[Any]:
    """Return the events of a calendar, as the library reads them, if it finds nothing wrong."""
    assert max(map(len, data.split(b"\r\n"))) <= 75
    assert data.count(b"\n") == data.count(b"\r\n")
    calendar: Any = Calendar.from_ical(data)
    assert calendar.errors == []
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    found = list(calendar.walk("VEVENT"))
    assert all(event.errors == [] for event in found)
    return found


def one(scenario: Scenario, now: str | None = None) -> Any:
    events = events_of(scenario, now)
    [event] = read(ics(events, name="A story", language="en"))
    return event


def seen(event: Any) -> tuple[str, str, str, int]:
    return str(event["summary"]), str(event["status"]), str(event.decoded("dtstart")), event["sequence"]


def test_promise_is_an_event_of_whole_days() -> None:
    event = one(promised(due="2026-03-05/2026-03-08", by="Blue Line", condition="If it is calm"))
    assert seen(event) == ("Ferries run again", "CONFIRMED", "2026-03-05", 2)
    assert event.decoded("dtend") == date(2026, 3, 9)
    assert event["description"] == (
        "by Blue Line\ndue 5–8 March 2026\non condition: If it is calm\nFire at the harbour"
    )
    assert event["url"] == f"{BASE_URL}stories/{STORY}/#d1"
    assert event.decoded("dtstamp").isoformat() == "2026-03-02T09:00:00+00:00"


@pytest.mark.parametrize(
    ("due", "starts"),
    [
        ("../2026-03-05", date(2026, 3, 5)),
        ("2026-03", date(2026, 3, 1)),
        ("2026-03-05T23:30:00-05:00", date(2026, 3, 6)),
    ],
)
def test_event_begins_on_the_first_day_of_the_window(due: str, starts: date) -> None:
    assert one(promised(due=due)).decoded("dtstart") == starts


def test_promise_without_an_end_is_in_no_calendar() -> None:
    assert events_of(promised(due="2026-03-05/..")) == ()
    assert events_of(promised(due=None)) == ()
    assert events_of(Scenario().report("d1")) == ()


@pytest.mark.parametrize(
    ("outcome", "title", "status"),
    [
        ("met", "Met: Ferries run again", "CONFIRMED"),
        ("partly_met", "Met in part: Ferries run again", "CONFIRMED"),
        ("missed", "Missed: Ferries run again", "CONFIRMED"),
        ("cancelled", "Cancelled: Ferries run again", "CANCELLED"),
    ],
)
def test_outcome_is_told_in_the_title(outcome: str, title: str, status: str) -> None:
    story = promised()
    uid = str(one(story)["uid"])
    story.report("d2", resolves=[{"expectation": "ferries", "outcome": outcome}])
    event = one(story)
    assert (*seen(event), str(event["uid"])) == (title, status, "2026-03-05", 3, uid)


def test_moved_promise_keeps_its_uid_and_says_so() -> None:
    story = promised()
    before = one(story)
    story.report("d2", expects=[promise(due="2026-03-09")])
    event = one(story)
    assert seen(event) == ("Moved: Ferries run again", "CONFIRMED", "2026-03-09", 3)
    assert "due 5 March 2026 → due 9 March 2026" in event["description"]
    assert event["uid"] == before["uid"]


def test_overdue_promise_is_told_from_time_alone() -> None:
    story = promised()
    assert seen(one(story, "2026-03-06T11:59:59Z")) == ("Ferries run again", "CONFIRMED", "2026-03-05", 2)
    event = one(story, "2026-03-06T12:00:00Z")
    assert seen(event) == ("Overdue: Ferries run again", "CONFIRMED", "2026-03-05", 3)
    assert event.decoded("last-modified").isoformat() == "2026-03-06T12:00:00+00:00"


@pytest.mark.parametrize("how", ["retract", "hold", "redact"])
def test_withdrawn_promise_is_cancelled_without_its_words(how: str) -> None:
    story = promised(by="Blue Line").report("d2")
    uid, before = one(story)["uid"], one(story)["sequence"]
    if how == "redact":
        story.redact(development="d1")
    else:
        getattr(story, how)("d1")
    events = events_of(story)
    assert b"Ferries" not in ics(events, name="A story", language="en")
    event = one(story)
    became = "Withheld pending checks" if how == "hold" else "No longer expected"
    title = f"{became}: a promise in the story “Fire at the harbour”"
    assert seen(event) == (title, "CANCELLED", "2026-03-02", 4)
    assert (event["uid"], before) == (uid, 2)


def test_promise_without_a_date_any_more_is_still_expected() -> None:
    story = promised().report("d2", expects=[promise(due=None)])
    assert seen(one(story)) == ("Date withdrawn: Ferries run again", "CANCELLED", "2026-03-02", 3)


def test_held_promise_that_is_released_is_back() -> None:
    story = promised().hold("d1").release("d1")
    assert seen(one(story)) == ("Ferries run again", "CONFIRMED", "2026-03-05", 4)


def test_sequence_never_falls_as_words_are_withdrawn_and_erased() -> None:
    story = promised()
    sequences = [one(story)["sequence"]]
    story.report("d2", expects=[promise(due="2026-03-09")])
    sequences.append(one(story)["sequence"])
    story.report("d3", resolves=[{"expectation": "ferries", "outcome": "met"}])
    sequences.append(one(story)["sequence"])
    for name in ("d3", "d2", "d1"):
        story.retract(name)
        sequences.append(one(story)["sequence"])
        story.redact(development=name)
        sequences.append(one(story)["sequence"])
    assert sequences == sorted(sequences)


def test_revised_headline_raises_the_sequence() -> None:
    story = promised()
    story.record(commands.revise_story(STORY, headline="Harbour fire"))
    assert (one(story)["sequence"], "Harbour fire" in one(story)["description"]) == (3, True)


def test_text_is_escaped_and_folded_between_characters() -> None:
    what = "Fähren; “morgen”, \\ 再開する" * 6
    assert one(promised(what=what))["summary"] == what


def test_calendar_of_the_last_day_has_no_end() -> None:
    [event] = events_of(promised())
    [found] = read(ics([event.model_copy(update={"ends_on": date.max})], name="A story", language="en"))
    assert "dtend" not in found


@pytest.mark.slow
def test_calendar_of_all_stories_has_those_that_changed_last() -> None:
    [event] = events_of(promised())
    events = tuple(
        event.model_copy(update={"sequence": number, "changed_at": event.changed_at + number * HOUR})
        for number in range(CALENDAR_EVENTS_MAX + 1)
    )
    assert calendar_events_in(_line(events[:2])) == events[:2]
    [file] = render_calendar(parse_config(CONFIG_TEXT), [_line(events)])
    assert sorted(found["sequence"] for found in read(file.data)) == list(range(1, CALENDAR_EVENTS_MAX + 1))
    assert file.updated == events[-1].changed_at
    assert list(render_calendar(parse_config(CONFIG_TEXT), [_line(())])) == []


def _line(events: tuple[CalendarEvent, ...]) -> str:
    return orjson.dumps({"calendar": calendar_text(events)}).decode()


@pytest.mark.slow
def test_calendars_follow_the_stories(tmp_path: Path) -> None:
    clock = Clock()
    site = newsroom(tmp_path, clock)
    record(site, commands.open_story(STORY, "Fire"), commands.open_story("flood", "Flood"))
    site.publish()
    assert not [path for path in output(site) if path.endswith(".ics")]
    # A promise brings both, linked from the pages
    clock.go(HOUR)
    record(site, commands.report(STORY, "Ferries stop", development="d1", expects=[promise()]))
    site.publish()
    files = output(site)
    assert len(read(files[PATH])) == len(read(files["expected.ics"])) == 1
    assert b'href="https://news.example/expected.ics"' in files["index.html"]
    # A report that promises nothing leaves them alone
    clock.go(HOUR)
    record(site, commands.report("flood", "Rain"))
    assert not [path for path in site.publish().changed if path.endswith(".ics")]
    # Nothing of an embargoed promise is there before its time
    secret = promise(id="secret", what="SECRET", due="2026-03-04")
    record(site, commands.report(STORY, "S", embargoed_until=clock.now + HOUR, expects=[secret]))
    clock.go(timedelta(minutes=1))
    site.publish()
    assert output(site)["expected.ics"] == files["expected.ics"]
    clock.go(HOUR)
    assert set(site.publish().changed) >= {PATH, "expected.ics"}
    assert len(read(output(site)["expected.ics"])) == 2
    assert site.verify_rebuild() == ()
    # What is erased leaves both
    record(site, commands.redact(STORY, "A court.", development="d1"))
    clock.go(HOUR)
    site.publish()
    assert not [path for path, data in output(site).items() if b"Ferries" in data]
    assert site.verify_rebuild() == ()
    assert site.output_problems() == ()


def test_promises_in_the_same_words_are_described_by_their_headlines() -> None:
    story = Scenario().report("d1", headline="Mill Road", expects=[{"id": "a", "what": "Pave", "due": "2026-03-05"}])
    story.report("d2", headline="Quay", expects=[{"id": "b", "what": "Pave", "due": "2026-03-06"}])
    described = [event["description"].split("\n")[0] for event in read(ics(events_of(story), name="A", language="en"))]
    assert described == ["Mill Road: Pave", "Quay: Pave"]
