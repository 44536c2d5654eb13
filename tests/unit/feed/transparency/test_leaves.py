"""The leaf of each public item, and its line in updates.jsonl."""

import json
from typing import Any

import pytest

from events.errors import StoreDamagedError
from events.model.codec import body_digest, canonical
from feed.entries.builder import Address
from feed.transparency.leaves import StoryLog, Update, checkpoint, parse_leaf, updates_file, updates_of
from tests.builders import BASE_URL, NEWSROOM, SALT, STORY, Scenario, claim

ADDRESS = Address(newsroom=NEWSROOM, base_url=BASE_URL)
UNTIL = "2026-03-20T00:00:00Z"
PROMISE = {"id": "ferries", "what": "Ferries run", "due": "2026-03-04"}


def updates(story: Scenario, now: str | None = None, *, erased: bool = False) -> tuple[Update, ...]:
    salts = {} if erased else {recorded.position: SALT for recorded in story.recorded}
    return updates_of(story.slug, story.public(now).items, ADDRESS, salts)


def leaves_of(every: tuple[Update, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((number + 6, update.leaf(story=STORY, number=number)) for number, update in enumerate(every, start=1))


def lines(log: StoryLog) -> list[dict[str, Any]]:
    return [json.loads(line) for line in updates_file(log).splitlines()]


def lines_of(story: Scenario, now: str | None = None) -> list[dict[str, Any]]:
    every = updates(story, now)
    return lines(StoryLog(updates=every, leaves=leaves_of(every)))


def test_line_has_what_an_outsider_needs_to_check_it() -> None:
    opening, report = lines_of(Scenario().report("d1", claim("hurt", 2), by="Ana (Port)"))
    assert (opening["number"], report["number"], report["place"], report["kind"]) == (1, 2, 8, "development_reported")
    assert report["body"]["headline"] == "Report d1"
    assert report["digest"] == body_digest(report["salt"], canonical(report["body"]).decode())
    assert opening["salt"] != report["salt"]
    assert {"position", "version", "actor", "recorded_at"}.isdisjoint({*report, *report["body"]})


def test_leaf_contains_nothing_of_the_text() -> None:
    (_, update) = updates(Scenario().report("d1", headline="Gorgon", body="Gorgon"))
    assert update.leaf(story=STORY, number=2).count("Gorgon") == 0
    assert set(json.loads(update.leaf(story=STORY, number=2))) == {
        "at", "development", "digest", "id", "kind", "number", "story",
    }  # fmt: skip


def test_correction_before_publication_is_merged_in() -> None:
    story = Scenario().report("d1", headline="Wrong", embargoed_until=UNTIL).correct("d1", headline="Right")
    (_, report) = lines_of(story, UNTIL)
    assert report["body"]["headline"] == "Right"
    assert "Wrong" not in json.dumps(lines_of(story, UNTIL))


def test_embargoed_report_leaves_no_gap_in_the_numbers() -> None:
    story = Scenario().report("d1", embargoed_until=UNTIL).report("d2")
    assert [(line["number"], line.get("development")) for line in lines_of(story)] == [(1, None), (2, "d2")]
    assert [line.get("development") for line in lines_of(story, UNTIL)] == [None, "d2", "d1"]


def test_reference_to_something_not_public_is_left_out() -> None:
    story = (
        Scenario()
        .report("d0", "a=1", expects=[PROMISE], embargoed_until=UNTIL)
        .report(
            "d1",
            corroborates=[{"development": "d0"}],
            disputes=[{"development": "d0", "kind": "denies"}],
            expects=[{"id": "ferries", "due": "2026-03-05"}, {"id": "own", "what": "Own"}],
            resolves=[{"expectation": "ferries", "outcome": "met"}, {"expectation": "own", "outcome": "met"}],
        )
        .correct("d1", corroborates=[{"development": "d0", "keys": ["a"]}], headline="Better")
        .report("d2")
        .retract("d2", substitute="d0")
    )
    _, report, correction, _, retraction, _ = lines_of(story, UNTIL)
    assert {"corroborates", "disputes"}.isdisjoint(report["body"])
    assert [item["id"] for item in report["body"]["expects"]] == ["own"]
    assert [item["expectation"] for item in report["body"]["resolves"]] == ["own"]
    assert correction["body"]["set"] == {"corroborates": None, "headline": "Better"}
    assert "substitute" not in retraction["body"]


def test_reference_to_something_public_is_kept() -> None:
    story = (
        Scenario()
        .report("d1", expects=[PROMISE])
        .report("d2", corroborates=[{"development": "d1"}], resolves=[{"expectation": "ferries", "outcome": "met"}])
        .retract("d1", substitute="d2")
    )
    *_, report, retraction = lines_of(story)
    assert report["body"]["corroborates"] == [{"development": "d1"}]
    assert report["body"]["resolves"] == [{"expectation": "ferries", "outcome": "met"}]
    assert retraction["body"] == {"reason": "It was wrong.", "substitute": "d2"}


def test_reasons_and_origins_of_the_desk_are_left_out() -> None:
    story = Scenario(origins={"Port": ["Gorgon"]}).report("d1").hold("d1", reason="Gorgon").release("d1")
    assert [line["body"] for line in lines_of(story)[2:]] == [{}, {}]
    assert "Gorgon" not in json.dumps(lines_of(story))


def test_overdue_notice_quotes_nothing() -> None:
    story = Scenario().report("d1", expects=[PROMISE])
    *_, notice = lines_of(story, "2026-03-06")
    assert (notice["kind"], notice["development"]) == ("overdue", "d1")
    assert notice["body"] == {"expectation": "ferries", "window_ended_at": "2026-03-05T12:00:00Z"}
    assert notice["digest"] == body_digest(notice["salt"], canonical(notice["body"]).decode())


def withdrawals(story: Scenario) -> list[tuple[str, str | None]]:
    return [(line["kind"].removeprefix("development_"), line.get("withdrawn")) for line in lines_of(story)[1:]]


def test_held_text_is_withdrawn_until_its_release() -> None:
    story = Scenario().report("d1").correct("d1", headline="Better").hold("d1")
    assert withdrawals(story) == [("reported", "withheld"), ("corrected", "withheld"), ("held", None)]
    assert not [line for line in lines_of(story)[1:3] if {"body", "salt"} & line.keys()]
    before = lines_of(Scenario().report("d1").correct("d1", headline="Better"))
    assert lines_of(story.release("d1"))[:3] == before


def test_retracted_text_is_withdrawn_for_good() -> None:
    story = Scenario().report("d1").correct("d1", headline="Better").hold("d1").retract("d1")
    assert [why for _, why in withdrawals(story)] == ["retracted", "retracted", None, None]
    assert lines_of(story)[-1]["body"] == {"reason": "It was wrong."}


@pytest.mark.parametrize("target", [{"development": "d1"}, {"event": "event-2"}])
def test_redacted_report_keeps_only_its_leaf(target: dict[str, str]) -> None:
    story = Scenario().report("d1").correct("d1", headline="Better").retract("d1")
    assert story.recorded[1].id == "event-2"
    leaves = leaves_of(updates(story))
    story.redact(**target)
    now = updates(story)
    log = StoryLog(updates=now, leaves=(*leaves, *leaves_of(now)[len(leaves) :]))
    _, report, correction, retraction, redaction = lines(log)
    assert (report["withdrawn"], correction["withdrawn"]) == ("redacted", "redacted")
    assert canonical({name: report[name] for name in json.loads(leaves[1][1])}).decode() == leaves[1][1]
    assert {"body", "salt"}.isdisjoint(report)
    assert retraction["body"] == {"reason": "It was wrong."}
    assert redaction["body"]["reason"] == "A court ordered it."


def test_redacted_correction_leaves_its_report() -> None:
    story = Scenario().report("d1").correct("d1", headline="Better").redact(event="event-3")
    _, report, correction, redaction = lines_of(story)
    assert (report["body"]["headline"], correction["withdrawn"]) == ("Report d1", "redacted")
    assert "digest" not in correction
    assert redaction["body"]["redacts"] == correction["id"]


def test_stored_leaf_wins_over_a_computed_one() -> None:
    story = Scenario().report("d1", headline="As it was told").report("d2")
    before = leaves_of(updates(story))
    # Given a release that folds otherwise: another text, one item fewer
    corrected = Scenario().report("d1", headline="As it should have been")
    one, two, three = lines(StoryLog(updates=updates(corrected), leaves=before))
    assert "withdrawn" not in one
    assert (two["withdrawn"], two["body"]["headline"]) == ("superseded", "As it should have been")
    assert "salt" not in two
    assert (three["withdrawn"], "body" in three) == ("lost", False)
    assert [(line["number"], line["place"]) for line in (one, two, three)] == [(1, 7), (2, 8), (3, 9)]


def test_redaction_withdraws_before_it_is_public() -> None:
    story = Scenario().report("d1")
    leaves = leaves_of(updates(story))
    story.redact(development="d1", at="2026-03-03T08:00:00Z")
    (_, report) = lines(StoryLog(updates=updates(story, "2026-03-02T10:00:00Z"), leaves=leaves))
    assert report["withdrawn"] == "superseded"
    assert {"body", "salt"}.isdisjoint(report)


def test_dates_of_a_report_are_public() -> None:
    (_, report) = lines_of(
        Scenario().report("d1", published_at="2015-01-06T08:00:00Z", reported="2015-01-06T09:00:00Z")
    )
    assert (report["body"]["published_at"], report["body"]["reported_at"]) == (
        "2015-01-06T08:00:00Z",
        "2015-01-06T09:00:00Z",
    )


def test_entry_has_the_log_size_of_its_last_change() -> None:
    story = Scenario().report("d1").report("d2").correct("d1", headline="Better")
    every = updates(story)
    log = StoryLog(updates=every, leaves=leaves_of(every))
    sizes = {(entry.kind, entry.anchor): entry.log_size for entry in log.with_sizes(story.entries())}
    assert sizes["report", "d1"] == 11
    assert sizes["report", "d2"] == 10
    assert log.size_at(story.recorded[0].recorded_at.replace(year=2000)) == 0
    assert checkpoint(None, 9) is None


@pytest.mark.parametrize("leaf", ["{", "[]", '{"id": "a"}', '{"id": 1, "at": "2026-03-02"}'])
def test_leaf_without_id_or_instant_is_damage(leaf: str) -> None:
    with pytest.raises(StoreDamagedError, match="a leaf of the public log is unreadable"):
        parse_leaf(leaf)
