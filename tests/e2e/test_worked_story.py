"""The worked story: each statement that it illustrates, from the ledger to the feeds."""

import json
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid5
from xml.etree import ElementTree as ET

import feedparser
import pytest

from events.files.importer import read_events
from events.fold.state import Story
from events.ledger import Ledger
from feed.cli.desk import parse_instant_or_day
from feed.output.tree import files_of
from feed.site import Published, Site
from tests.builders import NEWSROOM, Clock, frozen_at, newsroom

STORY = "cuba-53"
FILES = ("0-story.yaml", "1-some-released.yaml", "2-all-released.yaml")
FIRST, SECOND = "2015-01-06T12:00:00Z", "2015-01-12T12:00:00Z"
OVERDUE = datetime(2015, 1, 23, 12, tzinfo=UTC)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def take_in(site: Site, *names: str) -> None:
    folder = resources.files("feed").joinpath("demo", STORY)
    with site.ledger() as ledger:
        for name in names:
            data = folder.joinpath(name).read_bytes()
            ledger.append_all([incoming.event for incoming in read_events(data, name=name)])


def tell(folder: Path, *, order: tuple[int, int] = (1, 2)) -> Site:
    """Record the story as the reports came, on the 6th and the 12th; or both on the 12th, the second one first."""
    clock = Clock(FIRST if order == (1, 2) else SECOND)
    site = newsroom(folder, clock)
    take_in(site, FILES[0], FILES[order[0]])
    assert site.publish().failed == ()
    clock.go(SECOND)
    take_in(site, FILES[order[1]])
    assert site.publish().failed == ()
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return tell(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def ledger(site: Site) -> Iterator[Ledger]:
    with site.ledger() as opened:
        yield opened


def as_of(ledger: Ledger, day: str, **others: Any) -> Story:
    return ledger.story(STORY, as_of=parse_instant_or_day(day), **others)


def facts_of(story: Story) -> dict[str, Any]:
    facts: dict[str, Any] = story.as_json().get("facts", {})
    return facts


def expectation(story: Story, name: str) -> dict[str, Any]:
    return next(item for item in story.as_json()["expectations"] if item["id"] == name)


# What is known.


def test_on_5_january_the_number_is_unknown(ledger: Ledger) -> None:
    story = as_of(ledger, "2015-01-05")
    assert facts_of(story) == {}
    assert story.developments == ()


def test_on_6_january_one_origin_reports_some_free(ledger: Ledger) -> None:
    story = as_of(ledger, "2015-01-06")
    released = facts_of(story)["prisoners.released"]
    assert (released["value"], released["of"], released["literal"]) == ({"min": 1, "max": 52}, 53, "some")
    assert (released["standing"], released["origins"]) == ("reported", ["US government"])
    assert [doubt["name"] for doubt in released["unconfirmed_by"]] == ["Elizardo Sanchez"]
    assert not {"denied_by", "contradicted_by", "verified_by"} & set(released)
    assert expectation(story, "release-of-53")["status"] == "partly_met"
    talks = expectation(story, "talks")
    assert (talks["status"], talks["due"]) == (
        "pending",
        {"edtf": "2015-01-07/2015-01-31", "literal": "later this month"},
    )
    assert expectation(story, "talks-date")["status"] == "open"


def test_on_12_january_all_are_free(ledger: Ledger) -> None:
    story = as_of(ledger, "2015-01-12")
    released = facts_of(story)["prisoners.released"]
    assert (released["value"], released["of"]) == (53, 53)
    assert (released["standing"], released["origins"]) == ("reported", ["US government"])
    assert [item["own_side"] for item in released["verified_by"]] == [True]
    assert [item["relation"] for item in released["history"]] == ["new", "advances"]
    promise = expectation(story, "release-of-53")
    assert (promise["status"], promise["resolved_by"]) == ("met", "all-freed")


def test_talks_are_dated_and_not_moved(ledger: Ledger) -> None:
    story = as_of(ledger, "2015-01-12")
    talks = story.expectation("talks")
    assert talks is not None
    assert talks.due is not None
    assert talks.due.edtf == "2015-01-21/2015-01-22"
    assert [(change.how, change.development) for change in talks.history] == [("dated", "talks-this-month")]
    assert expectation(story, "talks-date")["status"] == "met"


def test_talks_are_overdue_from_23_january_noon(ledger: Ledger) -> None:
    before = ledger.story(STORY, now=datetime(2015, 1, 23, 11, 59, 59, tzinfo=UTC))
    assert [expectation(before, "talks")["status"], before.overdue] == ["pending", ()]
    after = ledger.story(STORY, now=OVERDUE)
    assert [item.id for item in after.overdue] == ["talks"]


def test_state_is_independent_of_recording_order(tmp_path: Path, ledger: Ledger) -> None:
    other = tell(tmp_path, order=(2, 1))
    with other.ledger() as reversed_ledger:
        for day in ("2015-01-05", "2015-01-06", "2015-01-12", "2015-02-01"):
            ours, theirs = (as_of(one, day).as_json() for one in (ledger, reversed_ledger))
            for part in ("facts", "expectations"):
                assert json.dumps(ours.get(part), sort_keys=True) == json.dumps(theirs.get(part), sort_keys=True)


def test_importing_again_changes_nothing(site: Site) -> None:
    before = {path: (site.root / path).read_bytes() for path in files_of(site.root)}
    take_in(site, *FILES)
    assert site.publish() == Published()
    assert {path: (site.root / path).read_bytes() for path in files_of(site.root)} == before


# What the feeds say.


def entries(site: Site, name: str = f"stories/{STORY}/feed.atom") -> list[ET.Element]:
    return ET.parse(site.root / name).getroot().findall("a:entry", ATOM)


def test_every_development_is_an_entry_with_its_date_and_id(site: Site) -> None:
    with site.ledger() as ledger:
        reports = [item for item in ledger.events(STORY) if item.event.type == "development_reported"]
    told = {entry.findtext("a:id", "", ATOM): entry for entry in entries(site)}
    assert set(told) == {uuid5(NEWSROOM, f"{STORY}/{report.id}").urn for report in reports}
    for report in reports:
        entry = told[uuid5(NEWSROOM, f"{STORY}/{report.id}").urn]
        assert report.event.published_at is not None
        assert datetime.fromisoformat(entry.findtext("a:published", "", ATOM)) == report.event.published_at


def test_what_changed_is_computed(site: Site) -> None:
    [freed] = [one for one in entries(site) if one.findtext("a:title", "", ATOM).startswith("All 53")]
    content = freed.findtext("a:content", "", ATOM)
    for words in (
        "Prisoners released",
        "1–52 of 53 people (“some”) → 53 of 53 people",
        "All 53 prisoners are freed",
        "met",
    ):
        assert words in content
    assert "one origin: US government; not independently confirmed" in content


def test_all_feeds_parse_with_the_same_content(site: Site) -> None:
    names = [path for path in files_of(site.root) if path.endswith((".atom", ".rss"))]
    assert len(names) == 6
    for name in names:
        parsed = feedparser.parse((site.root / name).read_bytes())
        assert not parsed.bozo
        data = json.loads((site.root / name).with_suffix(".json").read_bytes())
        items = data["items"]
        assert [entry.id for entry in parsed.entries] == [item["id"] for item in items]
        assert [entry.title for entry in parsed.entries] == [item["title"] for item in items]
        for entry, item in zip(parsed.entries, items, strict=True):
            published = timegm(entry.published_parsed)
            assert published == datetime.fromisoformat(item["date_published"]).timestamp()
            assert entry.link == item["url"]


@pytest.mark.slow
def test_feed_shows_overdue_talks_by_time_alone(tmp_path: Path) -> None:
    told = tell(tmp_path)
    with frozen_at("2015-01-23T11:59:59Z"):
        assert Site.open(tmp_path).publish() == Published()
    with frozen_at("2015-01-23T12:00:00Z"):
        changed = Site.open(tmp_path).publish().changed
    assert f"stories/{STORY}/feed.atom" in changed
    for name in (f"stories/{STORY}/feed.atom", "feed.atom"):
        notice = entries(told, name)[0]
        title = notice.findtext("a:title", "", ATOM)
        assert title == "Overdue: The United States and Cuba hold talks (due 21–22 January 2015)"
        for date in ("published", "updated"):
            assert datetime.fromisoformat(notice.findtext(f"a:{date}", "", ATOM)) == OVERDUE
        assert notice.findtext("a:id", "", ATOM) == uuid5(NEWSROOM, f"{STORY}/overdue/talks/2015-01-23T12:00:00Z").urn
    state = json.loads((told.root / f"stories/{STORY}/state.json").read_bytes())
    assert [item["status"] for item in state["expectations"] if item["id"] == "talks"] == ["overdue"]
    with frozen_at("2015-06-01T00:00:00Z"):
        assert Site.open(tmp_path).publish() == Published()


def test_archive_recorded_today_keeps_its_own_dates(tmp_path: Path) -> None:
    clock = Clock("2026-03-02")
    told = newsroom(tmp_path, clock)
    take_in(told, *FILES)
    told.publish()
    titles = [one.findtext("a:title", "", ATOM) for one in entries(told)]
    assert [title for title in titles if title.startswith("Overdue")] == [titles[0]]
    published = {one.findtext("a:published", "", ATOM)[:10] for one in entries(told)[1:]}
    assert published == {"2015-01-06", "2015-01-12"}


def test_public_state_equals_show_except_its_instants(site: Site, ledger: Ledger) -> None:
    public = json.loads((site.root / f"stories/{STORY}/state.json").read_bytes())
    assert public.pop("format") == 2
    shown = ledger.story(STORY, now=datetime(2015, 1, 12, 12, tzinfo=UTC)).as_json()
    different = {name for name in chain(public, shown) if public.get(name) != shown.get(name)}
    assert different <= {"opened_at", "updated_at"}
