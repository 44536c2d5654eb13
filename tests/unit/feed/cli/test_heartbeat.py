"""`[heartbeat] url`: a dead man's switch learns that runs start, succeed or fail. It never fails a publication."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event
from types import SimpleNamespace

import pytest

from events import commands
from events.errors import InvalidError, WritethruError
from feed import cron
from feed.cli.exit_codes import DONE, SOME_FAILED
from feed.health import client, reporting
from feed.health.heartbeat import Heartbeat, warning
from feed.health.reporting import Reporter
from tests.builders import reconfigured
from tests.desk import FIRE, DeskRunner
from tests.sites import break_story, everything, lock_held, output
from tests.switch import SECRET, Switch, heartbeat, switch

pytestmark = pytest.mark.slow  # each test has a server of its own

GOOD_RUN = [("GET", "/start", ""), ("GET", "", "")]


@pytest.fixture
def deadman() -> Iterator[Switch]:
    with switch() as state:
        yield state


@pytest.fixture
def desk(fire: DeskRunner, deadman: Switch) -> DeskRunner:
    """Return a newsroom with a heartbeat that has published."""
    file = fire.site.folder.parent / "heartbeat"
    file.write_text(f"{deadman.url}\n")
    file.chmod(0o600)
    heartbeat(fire, f"file:{file}")
    assert fire.run("publish").exit_code == DONE
    assert deadman.taken() == GOOD_RUN
    return fire


def is_idle(desk: DeskRunner) -> bool:
    return cron._is_idle(str(desk.site.folder), desk.clock().timestamp() + 60)


def test_run_signals_its_start_and_its_success(desk: DeskRunner, deadman: Switch) -> None:
    desk.record(commands.report(FIRE, "Three hurt"))
    assert desk.run("publish").exit_code == DONE
    assert deadman.taken() == GOOD_RUN


@pytest.mark.parametrize("query", ["?k=1", "/?k=1"])
def test_address_without_a_path_is_signalled_at_its_root(desk: DeskRunner, deadman: Switch, query: str) -> None:
    address = deadman.url.removesuffix(f"/{SECRET}") + query
    signals = Heartbeat(str(desk.site.folder), address)
    signals.start()
    signals.end()
    assert (signals.failure(), deadman.taken()) == ("", [("GET", "/start?k=1", ""), ("GET", "/?k=1", "")])


def test_idle_minute_signals_success_and_changes_no_file(desk: DeskRunner, deadman: Switch) -> None:
    before = everything(desk.site.folder)
    assert is_idle(desk)
    assert deadman.taken() == [("GET", "", "")]
    assert everything(desk.site.folder) == before


def test_failed_story_signals_failure_and_names_no_story(desk: DeskRunner, deadman: Switch) -> None:
    break_story(desk.site)
    for _ in range(2):
        assert desk.run("publish").exit_code == SOME_FAILED
        assert deadman.taken()[1:] == [("POST", "/fail", "1 story was not published.\nSee: writethru doctor")]


def test_run_that_fails_signals_why(desk: DeskRunner, deadman: Switch) -> None:
    (desk.site.folder / "ledger.db").unlink()
    assert desk.run("publish").exception is not None
    [start, (method, path, body)] = deadman.taken()
    assert (start, method, path) == (GOOD_RUN[0], "POST", "/fail")
    assert "there is no ledger here" in body


def test_run_that_finds_the_lock_held_signals_no_end(desk: DeskRunner, deadman: Switch) -> None:
    desk.record(commands.report(FIRE, "Three hurt"))
    with lock_held(desk.site.folder):
        desk.run("publish")
    until = time.monotonic() + 5
    while not deadman.signals and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.2)
    assert deadman.taken() == GOOD_RUN[:1]


def test_query_of_the_address_stays(fire: DeskRunner, deadman: Switch) -> None:
    heartbeat(fire, f"{deadman.url}/?rid=7")
    fire.run("publish")
    assert deadman.taken() == [("GET", "/start?rid=7", ""), ("GET", "?rid=7", "")]


def test_address_comes_from_the_environment(fire: DeskRunner, deadman: Switch, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat(fire, "env:HEARTBEAT_OF_THE_TEST")
    result = fire.run("publish")
    assert (result.exit_code, deadman.taken()) == (DONE, [])
    assert "HEARTBEAT_OF_THE_TEST is not set" in result.stderr
    monkeypatch.setenv("HEARTBEAT_OF_THE_TEST", deadman.url)
    assert is_idle(fire)
    assert deadman.taken() == [("GET", "", "")]


def refuse(state: Switch) -> None:
    state.status = 404


def redirect(state: Switch) -> None:
    state.status = 301


def dawdle(state: Switch) -> None:
    state.seconds = 1


LOST = [
    (refuse, "its server answers 404", 5.0),
    (redirect, "its server answers 301", 5.0),
    (dawdle, "there was no answer within 0.2 s", 0.2),
]


@pytest.mark.parametrize(("fault", "words", "seconds"), LOST)
def test_signal_that_is_lost_is_a_warning_without_the_secret(
    desk: DeskRunner,
    deadman: Switch,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: Callable[[Switch], object],
    words: str,
    seconds: float,
) -> None:
    monkeypatch.setattr(client, "SECONDS_MAX", seconds)
    fault(deadman)
    desk.record(commands.report(FIRE, "Three hurt"))
    result = desk.run("publish")
    assert (result.exit_code, result.stdout) == (DONE, "")
    assert result.stderr.startswith(f"heartbeat: {words}.\n")
    assert b"Three hurt" in (desk.site.root / "feed.rss").read_bytes()
    assert is_idle(desk)
    message = capsys.readouterr().err
    assert message.startswith(f"heartbeat: {words}.\n")
    assert SECRET not in result.stderr + message


def test_process_that_keeps_failing_signals_it_once_a_minute(
    desk: DeskRunner, deadman: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_story(desk.site)
    warnings: list[str] = []
    reporter = Reporter(warnings.append)
    for _ in range(3):
        reporter.publish(desk.site)
    assert [path for _, path, _ in deadman.taken()] == ["/start", "/fail"]
    monkeypatch.setattr(reporting, "REPORT_S", 0.0)
    refuse(deadman)
    for _ in range(2):
        reporter.publish(desk.site)
    assert [path for _, path, _ in deadman.taken()] == ["/start", "/fail"] * 2
    assert warnings == [warning("its server answers 404")]  # each loss would be said every two seconds


def test_process_that_succeeds_again_signals_it_at_once(fire: DeskRunner, deadman: Switch) -> None:
    heartbeat(fire, deadman.url)
    reporter = Reporter(lambda _: None)
    ledger = fire.site.folder / "ledger.db"
    ledger.rename(ledger.with_suffix(".away"))
    with pytest.raises(WritethruError):
        reporter.publish(fire.site)
    ledger.with_suffix(".away").rename(ledger)
    reporter.publish(fire.site)
    assert [path for _, path, _ in deadman.taken()] == ["/start", "/fail", ""]


def test_idle_process_waits_for_no_slow_switch(
    desk: DeskRunner, deadman: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, warnings = Event(), list[str]()
    deadman.status = 404
    monkeypatch.setattr("tests.switch.time", SimpleNamespace(sleep=lambda _: answers.wait(60)))
    monkeypatch.setattr(client, "SECONDS_MAX", 120)
    reporter = Reporter(warnings.append)
    source = f"\n{desk.site.config.heartbeat.url}"
    assert reporter.idle(str(desk.site.folder), source)
    assert (warnings, deadman.signals) == ([], [])
    answers.set()
    assert reporter.idle(str(desk.site.folder), source)
    assert warnings == [warning("its server answers 404")]


def test_switch_that_is_down_is_a_warning(desk: DeskRunner, capsys: pytest.CaptureFixture[str]) -> None:
    (desk.site.folder.parent / "heartbeat").write_text(f"http://127.0.0.1:1/{SECRET}")
    assert is_idle(desk)
    assert capsys.readouterr().err.startswith("heartbeat: its server cannot be reached: Connection refused.\n")


@pytest.mark.parametrize(
    "text",
    [
        *("", "ftp://hc.example/x", "https://", f"https://[{SECRET}", f"{SECRET}\nhttps://x/"),
        *(f"https://hc.example {SECRET}", f"https://hc.example:{SECRET}/", "http://hc.example:0/"),
    ],
)
def test_file_without_an_address_is_a_warning(desk: DeskRunner, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (desk.site.folder.parent / "heartbeat").write_text(text)
    assert is_idle(desk)
    assert capsys.readouterr().err == (
        "heartbeat: heartbeat.url leads to no http or https address.\n"
        "  Nothing else is wrong with this run. See: writethru doctor\n"
    )


@pytest.mark.parametrize("source", [f"ftp://{SECRET}/", "env:", "env:A-B", "file:", f"https://{SECRET}@host/", "x"])
def test_wrong_setting_is_refused_and_not_quoted(fire: DeskRunner, source: str) -> None:
    with pytest.raises(InvalidError) as refused:
        heartbeat(fire, source)
    assert "env:NAME" in str(refused.value)
    assert SECRET not in str(refused.value)


def test_heartbeat_and_metrics_change_no_byte_of_the_output(fire: DeskRunner, deadman: Switch) -> None:
    fire.record(commands.report(FIRE, "Two hurt"))
    fire.site.publish()
    before = output(fire.site)
    heartbeat(fire, deadman.url)
    fire.site = reconfigured(fire.site, "[output]", '[metrics]\nfile = "writethru.prom"\n\n[output]')
    fire.run("publish")
    fire.clock.go(timedelta(minutes=1))
    assert is_idle(fire)
    assert output(fire.site) == before
    assert deadman.taken() == [*GOOD_RUN, ("GET", "", "")]
