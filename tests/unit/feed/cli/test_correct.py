"""The commands that change what was recorded: the event that each appends, and what redact prints."""

from typing import Any

import click
import pytest

from events.commands import correct, hold, report
from events.errors import InvalidError
from tests.desk import FIRE, DeskRunner

CASES: list[tuple[str, dict[str, Any]]] = [
    (
        'correct harbour-fire two --set headline=Three --set facts=[{"key":"hurt","value":3}] --note Miscounted.',
        {
            "type": "development_corrected",
            "development": "two",
            "set": {"headline": "Three", "facts": [{"key": "hurt", "value": 3}]},
            "note": "Miscounted.",
        },
    ),
    (
        "correct harbour-fire two --set body= --note No. --level clarification",
        {
            "type": "development_corrected",
            "development": "two",
            "set": {"body": None},
            "note": "No.",
            "level": "clarification",
        },
    ),
    ("hold harbour-fire two --reason Odd.", {"type": "development_held", "development": "two", "reason": "Odd."}),
    ("release harbour-fire two", {"type": "development_released", "development": "two"}),
    (
        "retract harbour-fire two --reason False. --substitute five",
        {"type": "development_retracted", "development": "two", "reason": "False.", "substitute": "five"},
    ),
    ("pin harbour-fire two", {"type": "development_pinned", "development": "two"}),
    ("unpin harbour-fire pinned", {"type": "development_unpinned", "development": "pinned"}),
    ("close harbour-fire --reason Out.", {"type": "story_closed", "reason": "Out."}),
    ("redact harbour-fire two --reason Child.", {"type": "event_redacted", "development": "two", "reason": "Child."}),
    (
        "redact harbour-fire --event e-five --reason Child. --authority Court",
        {"type": "event_redacted", "event": "e-five", "reason": "Child.", "authority": "Court"},
    ),
]


@pytest.fixture
def hurt(fire: DeskRunner) -> DeskRunner:
    fire.record(report(FIRE, "Two hurt", development="two", body="By smoke."))
    fire.record(report(FIRE, "Five hurt", development="five", id="e-five"))
    fire.record(report(FIRE, "What to do", development="pinned"))
    fire.output("pin", FIRE, "pinned")
    return fire


@pytest.mark.parametrize("line", [line for line, _ in CASES if not line.startswith("release")])
def test_dry_run_of_command_records_nothing(hurt: DeskRunner, line: str) -> None:
    with hurt.site.ledger() as ledger:
        before = list(ledger.events())
    assert "would be position" in hurt.output(*line.split(), "--dry-run").splitlines()[0]
    with hurt.site.ledger() as ledger:
        assert list(ledger.events()) == before


def test_dry_run_of_release_knows_its_embargo(hurt: DeskRunner) -> None:
    embargoed = report(FIRE, "Later", development="later", embargoed_until="2030-01-01T00:00:00Z")
    hurt.record(embargoed)
    assert "published on the next run" in hurt.run("release", FIRE, "later", "--dry-run").stderr
    hurt.output("hold", FIRE, "later")
    assert "still under embargo, until 2030" in hurt.run("release", FIRE, "later", "--dry-run").stderr


@pytest.mark.parametrize(("line", "event"), CASES, ids=[line for line, _ in CASES])
def test_command_appends_its_event(hurt: DeskRunner, line: str, event: dict[str, Any]) -> None:
    if line.startswith("release"):
        hurt.output("hold", FIRE, "two")
    hurt.output(*line.split())
    assert _last_event(hurt) == {"story": FIRE, **event}


def test_reopen_follows_close(fire: DeskRunner) -> None:
    fire.output("close", FIRE)
    fire.output("reopen", FIRE, "--reason", "It burns again.")
    assert _last_event(fire) == {"story": FIRE, "type": "story_reopened", "reason": "It burns again."}


@pytest.mark.parametrize("line", ["retract harbour-fire two", "redact harbour-fire two"])
def test_missing_reason_is_a_usage_error(hurt: DeskRunner, line: str) -> None:
    result = hurt.run(*line.split())
    assert result.exit_code == 2
    assert "Missing option" in result.stderr


def test_redact_prints_what_is_not_erased(hurt: DeskRunner) -> None:
    lines = hurt.output("redact", FIRE, "two", "--reason", "Child.").splitlines()
    assert lines[-4:] == [
        "The text of development two is erased from the ledger. Its position and its digest stay.",
        "To remove it from the output as well: writethru publish",
        "Reasons of holds, releases and retractions stay in the ledger; they are not published.",
        "Not erased: backups, exports, mirrors of the output, and what readers have already fetched.",
    ]


def _last_event(runner: DeskRunner) -> dict[str, Any]:
    with runner.site.ledger() as ledger:
        *_, recorded = ledger.events(FIRE)
    added = {"id", "actor"} | ({"reported_at"} if recorded.reported_at == recorded.recorded_at else set())
    fields: dict[str, Any] = recorded.event.model_dump(mode="json", exclude_defaults=True, exclude=added)
    return {**fields, "type": recorded.event.type}


class Terminal:
    """Stands for stdin, so that commands take it for a terminal or for a script."""

    def __init__(self, *, answers: list[bool]) -> None:
        self.answers = answers
        self.questions: list[str] = []

    def __call__(self, question: str, **_: object) -> None:
        self.questions.append(question)
        if not self.answers.pop(0):
            raise click.Abort


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    asked = Terminal(answers=[False])
    monkeypatch.setattr("feed.cli.desk.on_terminal", lambda: True)
    monkeypatch.setattr("click.confirm", asked)
    return asked


def test_redact_on_a_terminal_asks_first(fire: DeskRunner, terminal: Terminal) -> None:
    fire.record(report(FIRE, "Two hurt", development="two"))
    fire.record(report(FIRE, "Ferries stop"), correct(FIRE, "two", {"headline": "Two are hurt"}, "Grammar."))
    arguments = "redact", FIRE, "two", "--reason", "Names a child."
    asked = fire.run(*arguments)
    assert asked.exit_code != 0
    assert [line.split("  ")[-1].strip() for line in asked.stderr.splitlines()[:2]] == [
        "two: Two hurt",
        "two: headline (correction): Grammar.",
    ]
    assert terminal.questions == ["Erase the text of development two for good? It cannot be undone."]
    assert "Two hurt" in fire.output("show", FIRE)
    assert fire.run(*arguments, "--yes").exit_code == 0
    assert "Two hurt" not in fire.output("show", FIRE)


def test_redaction_that_is_refused_is_not_asked_about(fire: DeskRunner, terminal: Terminal) -> None:
    assert "there is no development two" in str(fire.run("redact", FIRE, "two", "--reason", "R").exception)
    assert terminal.questions == []


def test_ending_an_embargo_on_a_terminal_asks_first(fire: DeskRunner, terminal: Terminal) -> None:
    fire.record(report(FIRE, "Budget", development="budget", embargoed_until="2030-01-01T00:00:00Z"))
    assert fire.run("release", FIRE, "budget").exit_code != 0
    assert terminal.questions == ["End the embargo of budget now? It cannot be undone."]
    assert fire.run("release", FIRE, "budget", "--yes").exit_code == 0


def test_releasing_a_hold_asks_nothing(fire: DeskRunner, terminal: Terminal) -> None:
    fire.record(report(FIRE, "Two hurt", development="two"), hold(FIRE, "two"))
    assert fire.run("release", FIRE, "two").exit_code == 0
    assert terminal.questions == []


@pytest.fixture
def counted(fire: DeskRunner) -> DeskRunner:
    facts = [
        {"key": "hurt", "value": 2, "unit": "people", "of": 10},
        {"key": "berths", "value": 4},
        {"key": "berths", "value": 5, "said_by": [{"name": "Ana Ruiz"}]},
    ]
    return fire.record(report(FIRE, "Two hurt", development="two", facts=facts))


def test_correcting_one_fact_leaves_the_rest_as_it_was(counted: DeskRunner) -> None:
    counted.output("correct", FIRE, "two", "--fact", "hurt=3", "--note", "Miscounted.")
    with counted.site.ledger() as ledger:
        development = ledger.story(FIRE).development("two")
    assert development is not None
    assert development.report is not None
    assert [claim.model_dump(mode="json", exclude_defaults=True) for claim in development.report.facts] == [
        {"key": "hurt", "value": 3, "unit": "people", "of": 10},
        {"key": "berths", "value": 4},
        {"key": "berths", "value": 5, "said_by": [{"name": "Ana Ruiz"}]},
    ]


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ("hrut=3", "two makes no claim about hrut; its keys are: berths, hurt."),
        ("berths=3", "two makes 2 claims about berths; its keys are: berths, hurt."),
    ],
)
def test_correcting_a_fact_that_is_not_one_claim_is_refused(counted: DeskRunner, fact: str, message: str) -> None:
    result = counted.run("correct", FIRE, "two", "--fact", fact, "--note", "Miscounted.")
    assert isinstance(result.exception, InvalidError)
    assert message in str(result.exception)


def test_corrected_denial_needs_its_stance(counted: DeskRunner) -> None:
    counted.output("report", FIRE, "Not so", "--id", "no", "--fact", "hurt!denies=2")
    result = counted.run("correct", FIRE, "no", "--fact", "hurt=3:people", "--note", "Miscounted.")
    assert "has the stance denies.\n  Write hurt!denies=3:people, or hurt!asserts=3:people." in str(result.exception)
    counted.output("correct", FIRE, "no", "--fact", "hurt!denies=3", "--note", "Miscounted.")


@pytest.mark.parametrize("options", [(), ("--fact", "hurt=3", "--set", "facts=[]")])
def test_correction_of_nothing_or_of_facts_twice_is_refused(counted: DeskRunner, options: tuple[str, ...]) -> None:
    assert counted.run("correct", FIRE, "two", *options, "--note", "n").exit_code == 2
