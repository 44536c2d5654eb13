"""keygen, verify-log and publish --after-restore, as they print on a terminal."""

import os
import stat
import sys
from pathlib import Path

import pytest

from events import commands
from feed.cli.exit_codes import DONE, REFUSED, USAGE
from feed.cli.program import run
from feed.transparency.verifier.__main__ import main
from tests.builders import SALT, Clock, newsroom
from tests.conftest import Golden


class Terminal:
    """Runs the program in a newsroom of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.site = newsroom(folder, Clock("2026-03-02T08:00:00Z"))
        with self.site.ledger() as ledger:
            ledger.append(commands.open_story("fire", "Fire", id="o1"))
            ledger.append(commands.report("fire", "Two hurt", id="r1", development="d1"))

    def run(self, *arguments: str, code: int = DONE) -> str:
        assert run(["-C", str(self.folder), *arguments]) == code
        captured = self.capsys.readouterr()
        return captured.out + captured.err

    def configure(self, printed: str) -> None:
        """Put the table that keygen printed into the configuration."""
        lines = printed.splitlines()
        table = lines.index("[log]")
        config = self.folder / "writethru.toml"
        config.write_text(config.read_text().partition("[log]")[0] + "\n".join(lines[table : table + 3]) + "\n")


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("events.recorder._new_salt", lambda: SALT)
    return Terminal(tmp_path / "desk", capsys)


def test_origin_with_a_quote_makes_a_valid_configuration(desk: Terminal) -> None:
    desk.configure(desk.run("keygen", "--origin", 'the"desk"/log'))
    assert desk.run("publish") == ""


def test_key_is_readable_by_its_owner_alone_and_signs_the_next(desk: Terminal, tmp_path: Path) -> None:
    printed = desk.run("keygen")
    (key,) = (tmp_path / "config" / "writethru").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert f'key = "{key}"\norigin = "news.example/log"' in printed
    desk.configure(printed)
    assert desk.run("publish") == ""
    assert "verified" in desk.run("verify-log", str(desk.site.root), "--key", printed.splitlines()[-1])
    # And a second one beside it, signed by the first
    again = desk.run("keygen")
    desk.configure(again)
    assert desk.run("publish") == ""
    assert "verified" in desk.run("verify-log", str(desk.site.root), "--key", printed.splitlines()[-1])
    assert len(list(key.parent.iterdir())) == 2


def test_verification_equals_the_golden_file(desk: Terminal, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed.transparency.keys.os.urandom", lambda count: bytes(range(count)))
    desk.configure(desk.run("keygen"))
    site = type(desk.site).open(desk.folder, clock=desk.site.clock)
    site.publish()
    updates = site.root / "stories/fire/updates.jsonl"
    golden(updates.read_text(), "log/updates.jsonl")
    golden((site.root / "log/checkpoint").read_text(), "log/checkpoint.txt")
    golden((site.root / "log/keys").read_text(), "log/keys.txt")
    reports = [desk.run("verify-log", str(site.root))]
    updates.write_bytes(updates.read_bytes().replace(b"Two", b"Ten"))
    reports.append(desk.run("verify-log", str(site.root), code=REFUSED))
    reports.append(desk.run("verify-log", str(site.root), "--json", code=REFUSED))
    (site.root / "log/tile/0/000.p/2").unlink()
    reports.append(desk.run("verify-log", str(site.root), code=REFUSED))
    golden("\n".join(reports), "log/verify.txt")


def test_path_of_a_key_is_printed_as_toml_reads_it(desk: Terminal, tmp_path: Path) -> None:
    desk.configure(desk.run("keygen", "--key", str(tmp_path / 'our "desk".key')))
    assert desk.run("publish") == ""


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("desk/own.key", "a key inside the newsroom would be backed up with it"),
        ("taken.key", "the file exists, and was not changed."),
    ],
)
def test_key_in_the_newsroom_or_over_a_file_is_refused(
    desk: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.key").write_text("mine")
    assert message in desk.run("keygen", "--key", path, code=REFUSED)
    assert (tmp_path / "taken.key").read_text() == "mine"
    assert not (desk.folder / "own.key").exists()


def test_local_address_is_refused_as_the_name_of_a_log(desk: Terminal) -> None:
    config = desk.folder / "writethru.toml"
    config.write_text(config.read_text().replace("https://news.example/", "http://localhost:8000/"))
    assert "the log's permanent name would come from the site's address" in desk.run("keygen", code=REFUSED)
    assert "no spaces and no +" in desk.run("keygen", "--origin", "two words", code=USAGE)
    assert 'origin = "news.example/log"' in desk.run("keygen", "--origin", "news.example/log")


def test_other_name_for_a_log_is_refused(desk: Terminal) -> None:
    desk.configure(desk.run("keygen"))
    assert "the name of this log is news.example/log, and cannot change" in desk.run(
        "keygen", "--origin", "x/y", code=REFUSED
    )


def test_new_key_needs_the_former_key_or_the_option_lost(desk: Terminal) -> None:
    desk.run("keygen")
    assert "the configuration does not name it" in desk.run("keygen", code=REFUSED)
    assert "[log]" in desk.run("keygen", "--lost")


def test_publish_names_what_is_wrong_with_the_key(desk: Terminal, tmp_path: Path) -> None:
    key = tmp_path / "own.key"
    desk.configure(desk.run("keygen", "--key", str(key)))
    line = key.read_text()
    key.chmod(0o644)
    assert "other users may read the key" in desk.run("publish", code=REFUSED)
    key.chmod(0o600)
    key.write_text(line.replace("+", "-"))
    assert "this is not a key" in desk.run("publish", code=REFUSED)
    key.write_text(line.replace(line.split("+")[3], "00000000"))
    assert "the key of the public log is damaged" in desk.run("publish", code=REFUSED)
    key.unlink()
    assert "cannot be read: No such file or directory" in desk.run("publish", code=REFUSED)
    key.write_text(line)
    key.chmod(0o600)
    config = desk.folder / "writethru.toml"
    config.write_text(config.read_text().replace('"news.example/log"', '"other.example/log"'))
    assert "the key signs for news.example/log, not for other.example/log" in desk.run("publish", code=REFUSED)


def test_missing_library_is_named_with_how_to_install_it(
    desk: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk.configure(desk.run("keygen"))
    desk.run("publish")
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    assert "pip install '.[log]'" in desk.run("keygen", "--lost", "--key", str(tmp_path / "x"), code=REFUSED)
    assert not (tmp_path / "x").exists()
    printed = desk.run("verify-log", str(desk.site.root), code=REFUSED)
    assert "its signature cannot be checked without: pip install cryptography" in printed


def test_after_restore_with_dry_run_is_a_usage_error(desk: Terminal) -> None:
    assert "cannot be used with --dry-run" in desk.run("publish", "--after-restore", "--dry-run", code=USAGE)
    assert desk.run("publish", "--after-restore") == ""


def test_bad_checkpoint_or_key_is_a_usage_error(desk: Terminal) -> None:
    desk.run("publish")
    assert "no checkpoint in this" in desk.run("verify-log", str(desk.site.root), "--since", "may", code=USAGE)
    assert "verifier key" in desk.run("verify-log", str(desk.site.root), "--key", "may", code=USAGE)


def test_verify_module_runs_as_a_program(desk: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    desk.run("publish")
    root = str(desk.site.root)
    assert main([root]) == DONE
    assert main([root + os.sep + "nowhere", "--json"]) == REFUSED
    assert '"holds": false' in capsys.readouterr().out
    with pytest.raises(SystemExit) as exit_:
        main([root, "--since", "may"])
    assert exit_.value.code == USAGE
