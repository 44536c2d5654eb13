"""Nothing of an embargoed event is published before its instant, and nothing of a withdrawn text afterwards."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from events import commands
from events.model.events import AnyEvent
from feed.output.tree import files_of
from feed.paths import TOKEN_NAME
from feed.site import Site
from tests.builders import Clock, newsroom
from tests.sites import output, record

pytestmark = pytest.mark.slow

UNTIL = "2026-03-02T20:00:00Z"
Script = Iterable[tuple[str, AnyEvent]]


def looked_at(site: Site) -> dict[str, tuple[bytes, int]]:
    """Return what a visitor can see: bytes and times of all files but the token's."""
    files = {path: site.root / path for path in files_of(site.root) if path != TOKEN_NAME}
    return {path: (file.read_bytes(), file.stat().st_mtime_ns) for path, file in files.items()}


def story() -> list[tuple[str, AnyEvent]]:
    promise = {"id": "e1", "what": "Ferries run", "due": "2026-03-01"}
    return [
        ("2026-03-02T08:00:00Z", commands.open_story("fire", "Fire", id="o1")),
        ("2026-03-02T09:00:00Z", commands.report("fire", "Two hurt", id="r1", development="d1", facts=[fact(2)])),
        ("2026-03-02T12:00:00Z", commands.report("fire", "Ferries", id="r2", development="d2", expects=[promise])),
        ("2026-03-02T14:00:00Z", commands.report("fire", "Sunk", id="r3", development="d3", facts=[fact(4)])),
    ]


def fact(value: int) -> dict[str, Any]:
    return {"key": "hurt", "value": value, "said_by": ["Ana (Port)"]}


OPEN = commands.open_story("secret", "SECRET story", id="s0", embargoed_until=UNTIL, subjects=["SECRET"])
REPORT = commands.report(
    "fire",
    "SECRET report",
    id="s1",
    embargoed_until=UNTIL,
    facts=[fact(3)],
    corroborates=[{"development": "d1"}],
    expects=[{"what": "SECRET promise", "due": "2026-03-01"}, {"id": "e1", "due": "2026-03-09"}],
    said_by=["Bo (City)"],
    resolves=[{"expectation": "e1", "outcome": "met"}],
    sources=[{"name": "SECRET source"}],
    media=[{"url": "https://a.example/SECRET.png", "type": "image/png", "alt": "SECRET"}],
)
SECRETS: dict[str, list[tuple[str, AnyEvent]]] = {
    "a report": [("2026-03-02T13:00:00Z", REPORT)],
    "a report, corrected and pinned": [
        ("2026-03-02T13:00:00Z", commands.report("fire", "X", id="s1", development="s", embargoed_until=UNTIL)),
        ("2026-03-02T13:30:00Z", commands.correct("fire", "s", {"headline": "SECRET"}, "SECRET", id="s2")),
        ("2026-03-02T14:30:00Z", commands.pin("fire", "s")),
    ],
    "a report, held and released": [
        ("2026-03-02T13:00:00Z", commands.report("fire", "SECRET", id="s1", development="s", embargoed_until=UNTIL)),
        ("2026-03-02T13:30:00Z", commands.hold("fire", "s", reason="SECRET")),
        ("2026-03-02T14:30:00Z", commands.release("fire", "s", reason="SECRET")),
    ],
    "a correction": [
        (
            "2026-03-02T13:00:00Z",
            commands.correct("fire", "d1", {"body": "SECRET"}, "SECRET", id="s1", embargoed_until=UNTIL),
        )
    ],
    "a retraction": [
        ("2026-03-02T14:30:00Z", commands.retract("fire", "d1", "SECRET", id="s1", embargoed_until=UNTIL)),
    ],
    "a substitute": [
        ("2026-03-02T13:00:00Z", commands.report("fire", "SECRET", id="s1", development="s", embargoed_until=UNTIL)),
    ],
    "a revision": [
        ("2026-03-02T13:00:00Z", commands.revise_story("fire", headline="SECRET", id="s1", embargoed_until=UNTIL)),
    ],
    "a closing": [("2026-03-02T14:30:00Z", commands.close_story("fire", reason="SECRET", embargoed_until=UNTIL))],
    "a story": [
        ("2026-03-02T13:00:00Z", OPEN),
        ("2026-03-02T13:30:00Z", commands.report("secret", "SECRET report", id="s1", urgency=1)),
        ("2026-03-02T14:30:00Z", commands.revise_story("secret", summary="SECRET")),
    ],
}


def run(folder: Path, script: Script, *, often: bool) -> tuple[Site, Clock]:
    """Record `script`, publishing after each step or at its end."""
    clock = Clock("2026-03-02T07:00:00Z")
    site = newsroom(folder, clock)
    for moment, event in sorted(script, key=lambda step: step[0]):
        clock.go(moment)
        record(site, event)
        if often:
            site.publish()
    clock.go("2026-03-02T19:59:59Z")
    site.publish()
    return site, clock


@pytest.mark.usefixtures("same_salts")
@pytest.mark.parametrize("often", [True, False], ids=["published often", "published once"])
@pytest.mark.parametrize("name", SECRETS)
def test_embargo_leaks_nowhere_and_ends_from_time_alone(tmp_path: Path, name: str, *, often: bool) -> None:
    # Given two newsrooms that differ in what is under embargo alone
    plain = story()
    if name == "a substitute":
        plain.append(("2026-03-02T16:00:00Z", commands.retract("fire", "d1", "It was wrong.", id="x1")))
        secret = [
            *story(),
            ("2026-03-02T16:00:00Z", commands.retract("fire", "d1", "It was wrong.", substitute="s", id="x1")),
        ]
    else:
        secret = [*plain]
    without, _ = run(tmp_path / "without", plain, often=often)
    within, clock = run(tmp_path / "within", [*secret, *SECRETS[name]], often=often)
    # Then before its instant nobody can tell them apart: bytes, names, and times of files
    before = looked_at(within)
    assert {path: data for path, (data, _) in before.items()} == output(without)
    if not often or name != "a story":
        assert before == looked_at(without)
    assert not [path for path, (data, _) in before.items() if b"SECRET" in data]
    # And at its instant it is out, from time alone
    clock.go(UNTIL)
    assert within.publish().changed
    after = output(within)
    if name == "a closing":
        assert b'"status": "closed"' in after["stories/fire/state.json"]
    else:
        assert [path for path, data in after.items() if b"SECRET" in data]
    assert within.verify_rebuild() == ()


# What was withdrawn.

WORDS = ("Gorgon", "Medusa", "Perseus", "98765", "98,765", "Stheno", "Euryale", "gorgoneion")


def withdrawable() -> list[AnyEvent]:
    """Return a story in which one report's words stand wherever words can stand."""
    speaker = {"name": "Medusa", "org": "Stheno"}
    return [
        commands.open_story("fire", "Fire", id="o1"),
        commands.report("fire", "Calm", id="r0", development="d0", facts=[fact(1)], said_by=["Ana (Port)"]),
        commands.report(
            "fire",
            "Gorgon seen",
            id="r1",
            development="d1",
            body="The **Gorgon** was there.",
            said_by=[speaker],
            facts=[{"key": "hurt", "value": 98765, "literal": "Gorgon many"}, {"key": "who", "value": "Perseus"}],
            quotes=[{"text": "Gorgon!", "speaker": speaker}],
            expects=[
                {
                    "id": "e1",
                    "what": "Perseus comes",
                    "by": "Euryale",
                    "due": {"edtf": "2026-03-02", "literal": "gorgoneion"},
                }
            ],
            sources=[{"name": "Euryale", "url": "https://a.example/Gorgon", "title": "Gorgon", "via": ["Stheno"]}],
            media=[{"url": "https://a.example/Gorgon.png", "type": "image/png", "alt": "Medusa", "credit": "Stheno"}],
            disputes=[{"development": "d0", "kind": "denies", "statement": "Medusa denies"}],
            urgency=1,
        ),
        commands.correct("fire", "d1", {"headline": "Gorgon seen twice"}, "Gorgon count.", id="c1"),
        commands.correct(
            "fire", "d1", {"body": "The Gorgon again."}, "Clearer Gorgon.", level="clarification", id="c2"
        ),
        commands.report(
            "fire", "Other", id="r2", development="d2", facts=[fact(5)], expects=[{"id": "e1", "due": "2026-03-03"}]
        ),
        commands.hold("fire", "d1", id="h1"),
        commands.release("fire", "d1", id="h2"),
        commands.report("fire", "More", id="r3", development="d3", facts=[fact(6), {"key": "who", "value": "nobody"}]),
        commands.report("fire", "Done", id="r4", development="d4", resolves=[{"expectation": "e1", "outcome": "met"}]),
    ]


WITHDRAWALS: dict[str, list[AnyEvent]] = {
    "retracted": [commands.retract("fire", "d1", "It was a rope.", id="x1")],
    "retracted with a substitute": [commands.retract("fire", "d1", "It was a rope.", substitute="d3", id="x1")],
    "redacted": [commands.redact("fire", "A court said so.", development="d1", id="x2")],
    "retracted, then redacted": [
        commands.retract("fire", "d1", "It was a rope.", id="x1"),
        commands.redact("fire", "A court said so.", development="d1", id="x2"),
    ],
    "held": [commands.hold("fire", "d1", id="x1")],
}


@pytest.mark.parametrize("overdue", [False, True], ids=["in time", "overdue"])
@pytest.mark.parametrize("withdrawal", WITHDRAWALS)
def test_withdrawn_text_is_removed_from_every_file(tmp_path: Path, withdrawal: str, *, overdue: bool) -> None:
    clock = Clock("2026-03-02T07:00:00Z")
    site = newsroom(tmp_path, clock)
    events = withdrawable()
    for number, event in enumerate(events):
        clock.go(f"2026-03-0{5 if overdue and number > 2 else 2}T{7 + number:02}:00:00Z")
        record(site, event)
        site.publish()
    everything = b"".join(output(site).values())
    assert [word for word in WORDS if word.encode() not in everything] == []
    # When it is withdrawn
    for event in WITHDRAWALS[withdrawal]:
        clock.go("2026-03-06")
        record(site, event)
    site.publish()
    # Then none of its words is left anywhere, in old files or new ones
    left = {path: [word for word in WORDS if word.encode() in data] for path, data in output(site).items()}
    assert {path: words for path, words in left.items() if words} == {}
    assert site.verify_rebuild() == ()


def test_redacted_correction_leaves_none_of_its_text(tmp_path: Path) -> None:
    clock = Clock("2026-03-02T07:00:00Z")
    site = newsroom(tmp_path, clock)
    record(site, commands.open_story("fire", "Fire"), commands.report("fire", "Calm", development="d1"))
    site.publish()
    clock.go("2026-03-02T08:00:00Z")
    record(site, commands.correct("fire", "d1", {"headline": "Gorgon", "body": "Gorgon"}, "Gorgon", id="c1"))
    site.publish()
    assert b"Gorgon" in output(site)["corrections.atom"]
    clock.go("2026-03-02T09:00:00Z")
    record(site, commands.redact("fire", "A court said so.", event="c1"))
    site.publish()
    assert not [path for path, data in output(site).items() if b"Gorgon" in data]
    assert b"deleted-entry" in output(site)["corrections.atom"]
