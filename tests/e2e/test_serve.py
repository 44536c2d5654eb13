"""`writethru serve` as a command: how it starts, what it says of the newsroom, how it ends."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from events import commands
from events.system import utc_now
from feed.cli.program import program
from feed.site import Site
from tests.builders import STORY, newsroom, reconfigured
from tests.metrics import parse
from tests.served import PATIENCE_S, ROOT, TO_END_S, Serving, command, serving
from tests.sites import record

pytestmark = pytest.mark.slow

METRICS_FILE = 'file = "../writethru.prom"'
PAUSE_S = 1 + 1 / 8
"""After this the server looks again how the newsroom does."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a newsroom that has published a story, by the real clock."""
    site = Site.open(newsroom(tmp_path / "desk").folder, clock=utc_now)
    record(site, commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt", development="d1"))
    site.publish()
    return site


@pytest.fixture
def server(site: Site) -> Iterator[Serving]:
    with serving(site) as server:
        yield server


def refusal(folder: Path, *options: str) -> str:
    """Return what the command says when it does not start."""
    run = subprocess.run(command(folder, *options), cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (run.returncode, run.stdout) == (1, "")
    return run.stderr


def test_server_names_its_address_and_ends_on_sigterm(site: Site) -> None:
    with serving(site) as server:
        assert server.announcement == f"Serving {site.root} at {server.url}  Ctrl-C ends it.\n"
        began = time.monotonic()
        assert server.stop() == (0, "")
        assert time.monotonic() - began < TO_END_S


def test_port_in_use_is_named(site: Site, server: Serving) -> None:
    said = refusal(site.folder, "--port", str(server.port))
    assert said.startswith(f"127.0.0.1:{server.port}: serve: another program serves there already.\n")
    assert "--port 0" in said


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_address_of_another_machine_is_refused(site: Site, host: str) -> None:
    assert "this machine does not have that address." in refusal(site.folder, "--host", host)


def test_without_output_nothing_is_served(tmp_path: Path) -> None:
    site = newsroom(tmp_path / "desk")
    assert "nothing has been published yet.\n  Publish first: writethru publish" in refusal(site.folder)
    assert "there is no newsroom here" in refusal(tmp_path)


def test_server_that_others_reach_says_so(site: Site) -> None:
    with serving(site, "--host", "0.0.0.0") as server:
        assert server.ask("/feed.atom", Host="evil.example").status == 421
        assert server.stop()[1].startswith("Other machines can reach this server. ")


def test_endless_header_stops_nobody_else(server: Serving) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        with pytest.raises(OSError):
            connection.sendall(b"a" * 50_000_000)
    assert server.ask("/feed.atom").status == 200


def test_missing_extra_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.cli.extras.find_spec", lambda _: None)
    result = CliRunner().invoke(program, ["-C", str(site.folder), "serve"])
    assert str(result.exception).startswith("serve: extra: to serve, writethru needs starlette, uvicorn and sse-starl")
    assert str(result.exception).endswith("Install them: pip install 'writethru[serve]'")


def test_configured_host_is_answered(site: Site) -> None:
    reconfigured(site, "[output]", '[serve]\nhosts = ["feed.internal"]\n\n[output]')
    with serving(site) as server:
        assert server.ask("/feed.atom", Host="feed.internal:8000").status == 200


def test_health_is_bad_while_something_waits_or_is_gone(site: Site, server: Serving) -> None:
    answer = server.ask("/healthz")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"
    (site.root / ".writethru").write_text("another\n")
    time.sleep(PAUSE_S)
    answer = server.ask("/healthz")
    assert (answer.status, json.loads(answer.body)["status"]) == (503, "bad")
    (site.folder / "ledger.db").rename(site.folder / "gone.db")
    time.sleep(PAUSE_S)
    assert json.loads(server.ask("/healthz").body)["message"] == "The ledger or the output cannot be read."


def publish_with(site: Site, tables: str) -> None:
    reconfigured(site, "[output]", f"{tables}\n\n[output]")
    assert CliRunner().invoke(program, ["-C", str(site.folder), "publish"]).exit_code == 0


def test_metrics_say_nothing_of_what_is_not_public(site: Site) -> None:
    """A proxy without a header of its own looks like this machine, so a request may be a stranger's."""
    publish_with(site, "[metrics]\n" + METRICS_FILE)
    lifts = utc_now().replace(microsecond=0) + timedelta(hours=1)
    record(site, commands.report(STORY, "Secret", embargoed_until=lifts))
    with serving(site) as server:
        answer = server.ask("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = parse(answer.body.decode())
    assert samples == {"build_info": 1, "failed_stories": 0, "failed_runs_total": 0, "last_run_success": 1}


def test_configured_metrics_are_those_of_ledger_and_runs(site: Site) -> None:
    publish_with(site, f"[serve]\nall_metrics = true\n\n[metrics]\n{METRICS_FILE}")
    with serving(site) as server:
        samples = parse(server.ask("/metrics").body.decode())
    assert (samples["published_events_total"], samples["waiting_events"], samples["last_run_success"]) == (2, 0, 1)
    assert "last_success_timestamp_seconds" in samples


@pytest.mark.parametrize(
    "headers", [{"Host": "news.example"}, {"X_Forwarded_For": "192.0.2.1"}, {"Via": "1.1 cdn"}, {"CF_Ray": "1"}]
)
def test_metrics_are_not_for_the_public(server: Serving, headers: dict[str, str]) -> None:
    assert server.ask("/metrics", **headers).status == 404
