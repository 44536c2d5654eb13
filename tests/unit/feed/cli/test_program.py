"""The program: its help, misspelt commands, and how errors become messages and exit codes."""

import errno
import shlex
from inspect import cleandoc
from pathlib import Path

import click
import pytest

from events.errors import BusyError, Problem, StoreBusyError, StoreDamagedError, StoreError
from feed.cli import exit_codes, program
from feed.cli.desk import Desk
from feed.cli.program import SECTIONS, run

NAMES = [name for modules in SECTIONS.values() for names in modules.values() for name in names]


@pytest.mark.parametrize("name", NAMES)
def test_help_has_an_example(name: str) -> None:
    help_text = cleandoc(program.command(name).help or "")
    assert "\b\n  writethru " in help_text or "\b\n  * * * * *" in help_text


def test_short_help_of_each_command_is_a_whole_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == exit_codes.DONE
    assert "..." not in capsys.readouterr().out.partition("Options:")[2]


def test_misspelt_command_is_corrected(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reprot"]) == exit_codes.USAGE
    assert "there is no command 'reprot'. Did you mean report?" in capsys.readouterr().err
    assert run(["xyzzy"]) == exit_codes.USAGE
    assert "there is no command 'xyzzy'. See: writethru --help" in capsys.readouterr().err


def test_missing_newsroom_is_refused_with_how_to_create_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(tmp_path), "log"]) == exit_codes.REFUSED
    refusal = capsys.readouterr().err
    assert f"{tmp_path}: newsroom: there is no newsroom here" in refusal
    assert f"writethru init {shlex.quote(str(tmp_path))}\n" in refusal


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (BusyError(Problem(where="", check="lock", message="busy.")), exit_codes.DONE, ""),
        (StoreBusyError("ledger.db", "is locked."), exit_codes.LOCKED, "ledger.db: is locked."),
        (StoreDamagedError("ledger.db", "is damaged."), exit_codes.DAMAGED, "ledger.db: is damaged."),
        (StoreError("ledger.db", "is odd."), exit_codes.REFUSED, "ledger.db: is odd."),
        (OSError(errno.ENOSPC, "x", "out"), exit_codes.REFUSED, "out: the disk is full. What was recorded is safe."),
        (OSError(errno.EACCES, "x", "out"), exit_codes.REFUSED, "out: permission denied. Check who owns it"),
        (OSError(errno.EIO, "Input/output error"), exit_codes.REFUSED, "output: input/output error."),
        (click.Abort(), exit_codes.INTERRUPTED, ""),
    ],
)
def test_error_becomes_a_message_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, code: int, message: str
) -> None:
    def fail(_: Desk) -> None:
        raise error

    monkeypatch.setattr(Desk, "ledger", fail)
    assert run(["log"]) == code
    assert capsys.readouterr().err.startswith(message)


@pytest.mark.parametrize(
    ("name", "meant"), [("edit", "correct"), ("delete", "retract"), ("discard", "undo"), ("ls", "stories")]
)
def test_name_that_people_try_leads_to_a_safe_command(
    name: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([name, "fire", "d1"]) == exit_codes.USAGE
    assert f"there is no command {name!r}. Did you mean {meant}?" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["redct", "redcat", "releas", "relase"])
def test_irreversible_command_is_never_suggested(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "fire", "d1"]) == exit_codes.USAGE
    hint = capsys.readouterr().err.partition("there is no command")[2]
    assert "redact" not in hint
    assert "release" not in hint
