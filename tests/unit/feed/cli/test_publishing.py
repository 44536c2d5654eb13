"""Cron's line publishes as the command `publish` does, without click."""

import errno
from pathlib import Path

import pytest

from events.errors import BusyError, ClockError, Problem, StoreBusyError, StoreDamagedError, StoreError
from feed.cli import exit_codes
from feed.cli.program import run
from feed.cli.publishing import publish_due
from feed.site import Published, Site
from tests.sites import a_site

ODD = Problem(where="mirror", check="mirror", message="it is away.")


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Published(changed=("index.html",)), exit_codes.DONE),
        (Published(changed=(), failed=(("fire", "it is damaged."),)), exit_codes.SOME_FAILED),
        (Published(changed=(), problems=(ODD,)), exit_codes.SOME_FAILED),
        (BusyError(ODD), exit_codes.DONE),
        (ClockError(ODD), exit_codes.CLOCK),
        (StoreBusyError("ledger.db", "is locked."), exit_codes.LOCKED),
        (StoreDamagedError("ledger.db", "is damaged."), exit_codes.DAMAGED),
        (StoreError("ledger.db", "is odd."), exit_codes.REFUSED),
        (OSError(errno.ENOSPC, "x", "out"), exit_codes.REFUSED),
        (KeyboardInterrupt(), exit_codes.INTERRUPTED),
    ],
)
def test_same_message_and_exit_code_as_the_command(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    outcome: Published | BaseException,
    code: int,
) -> None:
    def publish(_: Site, **__: object) -> Published:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    a_site(tmp_path, "fire")
    monkeypatch.setattr(Site, "publish", publish)
    assert run(["-C", str(tmp_path), "publish"]) == code
    said = capsys.readouterr()
    assert publish_due(str(tmp_path)) == code
    assert capsys.readouterr() == said


def test_wrong_configuration_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, _ = a_site(tmp_path, "fire")
    (made.folder / "writethru.toml").write_text("[site", encoding="utf-8")
    assert publish_due(str(tmp_path)) == exit_codes.REFUSED
    assert "writethru.toml" in capsys.readouterr().err
