"""Reports of an archive: on the page and in the archive under their own dates, and announced to nobody."""

import json
import re
from typing import Any

from feed.output.check import OutputCheck
from feed.pages.history import History
from tests.builders import BASE_URL, STORY, Scenario, claim
from tests.pages import rows_of
from tests.properties.growth import entries_of, files_of

PORT = "Ana Ruiz (Port)"
OLD, OLDER = "2021-03-01T10:00:00Z", "2020-03-01T10:00:00Z"
FOLDER = f"stories/{STORY}/"
CURRENT = re.compile(r"(.*/)?(feed|corrections)\.\w+|.*/facts/.*")


def a_story(**fields: Any) -> Scenario:
    """Return a story with one report, of today."""
    facts = {"hurt": {"follow": True}}
    return Scenario(facts=facts).report("d1", claim("hurt", 5), headline="Five hurt", by=PORT, **fields)


def with_archive(story: Scenario, name: str = "old", hurt: int = 1, reported: str = OLD, **fields: Any) -> Scenario:
    return story.report(
        name, claim("hurt", hurt), headline=f"{name}!", by=PORT, reported=reported, archive=True, **fields
    )


def current(story: Scenario) -> dict[str, bytes]:
    """Return every current feed."""
    return {file.path: file.data for file in files_of(story.public()) if CURRENT.fullmatch(file.path)}


def text(story: Scenario, name: str) -> str:
    return next(file.data.decode() for file in files_of(story.public()) if file.path == f"{FOLDER}{name}")


def names(story: Scenario) -> set[str]:
    return {file.path.removeprefix(FOLDER) for file in files_of(story.public())}


def kinds(story: Scenario) -> list[str]:
    """Return the kinds of the news, newest first."""
    return [entry.kind for entry in story.entries()]


def test_archive_report_changes_no_current_feed() -> None:
    story = a_story()
    before = current(story)
    with_archive(story)
    assert len(before) == 10
    assert current(story) == before


def test_archive_report_is_on_page_in_state_and_archive() -> None:
    story = with_archive(a_story())
    for name in ("index.html", "state.json", "history.json", "updates.jsonl", "archive/0001.atom"):
        assert "old!" in text(story, name), name
    [old] = [item for item in json.loads(text(story, "state.json"))["developments"] if item["id"] == "old"]
    assert (old["archive"], old["reported_at"]) == (True, OLD)


def test_archive_report_has_its_own_date_everywhere() -> None:
    story = with_archive(a_story())
    page = text(story, "index.html")
    metadata = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert metadata["coverageStartTime"] == OLD
    assert metadata["liveBlogUpdate"][-1]["datePublished"] == metadata["liveBlogUpdate"][-1]["dateModified"] == OLD
    assert f'id="old" data-kind="report" data-at="{OLD}" data-archive' in page
    assert (
        re.findall("<(?:updated|published)>(2021[^<]*)", text(story, "archive/0001.atom"))
        == [OLD.replace("Z", "+00:00")] * 2
    )


def test_coverage_of_a_closed_archive_ended_by_its_own_dates() -> None:
    assert f'"coverageEndTime":"{OLD}"' in text(with_archive(Scenario()).close(), "index.html")
    assert f'"coverageEndTime":"{OLD}"' not in text(with_archive(a_story()).close(), "index.html")


def test_archive_report_stands_on_the_page_where_its_date_does() -> None:
    story = with_archive(with_archive(a_story()), "older", reported=OLDER).report("d2")
    assert re.findall('<article class="[^"]*" (?:data-entry|id)="([^"]*)" data-kind', text(story, "index.html")) == [
        "d2",
        "d2",
        "d1",
        "old",
        "older",
    ]


def test_next_news_links_the_pages_of_an_archive() -> None:
    story = with_archive(with_archive(a_story()), "older", reported=OLDER)
    assert "prev-archive" not in text(story, "feed.atom")
    assert f'"{BASE_URL}{FOLDER}archive/0002.atom"' in text(story.report("d2"), "feed.atom")
    assert f'"{BASE_URL}{FOLDER}archive/0001.atom"' in text(story, "archive/0002.atom")


def test_archive_that_comes_with_its_story_is_linked_at_once() -> None:
    story = Scenario().report("old", at="2026-03-02T08:00:00Z", reported=OLD, archive=True)
    assert "archive/0001.atom" in text(story, "feed.atom")
    assert "<entry>" not in text(story, "feed.atom")


def test_correction_of_an_archive_report_nobody_saw_is_no_news() -> None:
    story = with_archive(a_story())
    before = current(story)
    story.correct("old", headline="Old and right").hold("old").release("old").retract("old")
    assert current(story) == before
    assert "Retracted" in text(story, "archive/0005.atom")


def test_correction_of_an_archive_report_that_news_quotes_is_news() -> None:
    story = with_archive(a_story()).report("d2", by="Lee (Clinic)", disputes=[{"development": "old", "kind": "denies"}])
    story.correct("old", facts=[claim("hurt", 2)]).retract("old")
    assert kinds(story) == ["retraction", "correction", "report", "report"]
    assert 'id="old"' not in text(story, "feed.atom")


def test_what_follows_news_about_an_archive_report_is_news() -> None:
    story = with_archive(a_story()).report("d2", corroborates=[{"development": "old"}]).hold("old")
    story.retract("d2").release("old")
    assert {"restored", "withheld"} < {*kinds(story)}


def test_erasing_an_archive_report_announces_nothing() -> None:
    story = with_archive(a_story()).redact(development="old")
    assert kinds(story) == ["report"]
    assert "deleted-entry" not in "".join(data.decode() for data in current(story).values())
    assert "deleted-entry" in text(story, "archive/0001.atom")


def test_promise_due_before_the_archive_came_in_is_not_announced() -> None:
    promise = {"id": "crane", "what": "The crane works", "due": "2021-04-01"}
    story = a_story()
    before = current(story)
    with_archive(story, expects=[promise])
    assert current(story) == before
    assert "expected.ics" not in names(story)
    [notice] = [row for row in json.loads(text(story, "history.json"))["items"] if "Overdue" in row.get("title", "")]
    assert (notice["archive"], notice["dated"]) == (True, "2021-04-02T12:00:00Z")


def test_promise_of_an_archive_due_later_is_announced() -> None:
    promise = {"id": "crane", "what": "The crane works", "due": "2026-03-03"}
    story = with_archive(a_story(), expects=[promise])
    assert "The crane works" in text(story, "expected.ics")
    story.report("d2", at="2026-03-09")
    assert kinds(story) == ["report", "overdue", "report"]


def test_late_archive_that_settles_an_overdue_promise_edits_its_notice() -> None:
    story = a_story(expects=[{"id": "crane", "what": "The crane works", "due": "2026-03-03"}]).report(
        "d2", at="2026-03-09"
    )
    outcome = [{"expectation": "crane", "outcome": "met"}]
    with_archive(story, reported="2026-03-02T15:00:00Z", resolves=outcome)
    assert story.entries()[0].title == "Met in time, reported late: The crane works (due 3 March 2026)"


def test_archive_makes_no_entry_in_the_feed_of_a_fact() -> None:
    story = with_archive(Scenario(facts={"hurt": {"follow": True}})).report("d1", claim("hurt", 5), by=PORT)
    feed = text(story, "facts/hurt.atom")
    assert feed.count("<entry>") == 1
    assert "<title>Hurt: 1 → 5 (one origin: Port; not independently confirmed)</title>" in feed


def test_value_of_a_late_archive_is_told_with_the_next_news() -> None:
    story = with_archive(a_story(), hurt=6, reported="2026-03-02T09:00:00Z").report("d2", claim("hurt", 7), by=PORT)
    titles = re.findall("<title>Hurt: ([0-9→ ]*)", text(story, "facts/hurt.atom"))
    assert titles == ["5 → 7 ", "5 "]


def test_history_gives_what_was_known_by_the_dates_of_an_archive() -> None:
    story = with_archive(with_archive(a_story()), "older", hurt=0, reported=OLDER)
    public = story.public()
    rows = rows_of(History(entries_of(public), public))
    values = {row.get("dated", row["at"]): row["set"]["fact:hurt"]["value"] for row in rows if "entry" in row}
    assert sorted(values.values()) == ["0", "1", "5"]
    assert [values[date] for date in sorted(values)] == ["0", "1", "5"]
    assert rows[0]["dated"] == OLDER


def test_story_of_an_archive_alone_is_listed_at_its_newest_date() -> None:
    story = with_archive(with_archive(Scenario()), "older", reported=OLDER)
    assert entries_of(story.public()).news_at.isoformat() == "2021-03-01T10:00:00+00:00"
    news = with_archive(a_story())
    assert entries_of(news.public()).news_at == news.recorded[1].recorded_at


def test_urgent_archive_report_is_no_breaking_news() -> None:
    assert "Breaking" not in text(with_archive(Scenario(), urgency=1), "index.html")


def chain_problems(story: Scenario, *, cut: str = "") -> list[str]:
    """Return what the check says of the archive, once the file `cut` has lost its link to the page before."""
    files = {file.path: file.data for file in files_of(story.public())}
    if cut:
        files[FOLDER + cut] = re.sub(rb'<link rel="prev-archive"[^>]*>', b"", files[FOLDER + cut])
    problems = OutputCheck(files, base_url=BASE_URL, now=story.clock).problems(STORY)
    return [f"{item.where}: {item.message}" for item in problems if item.check == "archive-chain"]


def test_pages_of_an_archive_may_wait_to_be_linked() -> None:
    story = with_archive(with_archive(a_story()), "older", reported=OLDER)
    assert chain_problems(story) == []
    with_archive(story.report("d2"), "oldest", reported="2019-03-01T10:00:00Z")
    assert chain_problems(story) == []


def test_pages_of_an_archive_that_lead_nowhere_are_found() -> None:
    story = with_archive(with_archive(a_story()), "older", reported=OLDER)
    assert chain_problems(story, cut="archive/0002.atom") == [
        f"{FOLDER}archive/0001.atom: cannot be reached from {FOLDER}feed.atom."
    ]
    assert len(chain_problems(story.report("d2"), cut="feed.atom")) == 2
