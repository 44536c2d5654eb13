"""What the outsider's check says of logs that nobody makes by mistake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from events import commands
from feed.site import Site
from feed.transparency.chain import is_note_signed, is_signed, new_announcements
from feed.transparency.keys import load_key, make_key
from feed.transparency.note import note_head, sign_note, succession
from feed.transparency.verifier import check as checks
from feed.transparency.verifier.check import verify
from feed.transparency.verifier.encoding import b64
from feed.transparency.verifier.errors import StoppedError
from feed.transparency.verifier.files import Files
from feed.transparency.verifier.keys import Head
from feed.transparency.verifier.notes import SIGNATURES_MAX
from feed.transparency.verifier.report import PROBLEMS_MAX, Report
from tests.builders import HOUR, ORIGIN, Clock, newsroom, signing
from tests.sites import record


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = signing(newsroom(tmp_path / "newsroom", Clock()), tmp_path / "key")
    record(made, commands.open_story("fire", "Fire"), commands.report("fire", "Two hurt", development="d1", id="one"))
    made.publish()
    return made


def problems(site: Site, **options: Any) -> list[str]:
    return [str(problem) for problem in verify(str(site.root), **options).problems]


def change(path: Path, edit: Callable[[str], str]) -> None:
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_checkpoint_without_signatures_in_a_log_with_keys(site: Site) -> None:
    change(site.root / "log/checkpoint", lambda text: text.partition("\n\n")[0] + "\n\n")
    assert problems(site)[0] == "log/checkpoint: is not signed, although the log has keys"


def test_checkpoint_with_very_many_signatures(site: Site) -> None:
    change(site.root / "log/checkpoint", lambda text: text + "— witness AAAA\n" * SIGNATURES_MAX)
    assert f"log/checkpoint: has more than {SIGNATURES_MAX} signatures" in problems(site)[0]


def test_keys_of_another_log(site: Site, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other", origin="other.example/log", newsroom=site.folder)
    own = load_key(tmp_path / "key", newsroom=site.folder)
    change(site.root / "log/keys", lambda text: f"{text}\n{sign_note(succession(other.key), own.key, own.sign)}")
    assert problems(site)[0] == "log/keys: has keys of different logs"
    foreign = sign_note(succession(other.key), other.key, other.sign)
    change(site.root / "log/keys", lambda _: foreign)
    assert problems(site)[0] == "log/checkpoint: is not of other.example/log, as its keys are"


def test_memory_of_another_log_or_without_its_keys(site: Site, tmp_path: Path) -> None:
    memory = (site.root / "log/checkpoint").read_text(encoding="utf-8")
    kept = tmp_path / "kept"
    kept.write_text(memory.replace(ORIGIN, "other.example/log"), encoding="utf-8")
    assert f"log/checkpoint: is of {ORIGIN}; what you remember is of other.example/log" in problems(
        site, since=str(kept)
    )
    kept.write_text(memory, encoding="utf-8")
    (site.root / "log/keys").unlink()
    assert problems(site, since=str(kept))[0] == "log/keys: cannot be read (No such file or directory)"


def test_memory_that_is_a_folder_is_no_checkpoint(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no checkpoint in this"):
        problems(site, since=str(tmp_path))


@pytest.mark.parametrize("name", ["feed.atom", "feed.json"])
def test_feed_with_two_checkpoints(site: Site, name: str) -> None:
    def twice(text: str) -> str:
        if name == "feed.json":
            return text.replace('"_writethru":', '"_writethru":{"checkpoint":{}},"_writethru":', 1)
        start, end = text.index("<writethru:checkpoint"), text.index("/>", text.index("<writethru:checkpoint")) + 2
        return text[:end] + text[start:end] + text[end:]

    change(site.root / name, twice)
    assert problems(site) != []


def test_text_that_is_shown_although_withdrawn(site: Site) -> None:
    def withdraw(text: str) -> str:
        first, second = text.splitlines()
        line = orjson.loads(second) | {"withdrawn": "retracted"}
        return f"{first}\n{orjson.dumps(line, option=orjson.OPT_SORT_KEYS).decode()}\n"

    change(site.root / "stories/fire/updates.jsonl", withdraw)
    assert any("says that its body is withdrawn, but shows it" in problem for problem in problems(site))


def test_check_that_finds_very_much_stops() -> None:
    report = Report("")
    for number in range(PROBLEMS_MAX - 1):
        report.add("feed.atom", f"problem {number}")
    with pytest.raises(StoppedError, match=f"{PROBLEMS_MAX} problems were found; the check ended here"):
        report.add("feed.atom", "one more")


def test_log_that_grows_while_it_is_read_is_read_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []
    check = checks.check

    def publishing(files: Files, report: Report, *arguments: Any) -> None:
        times.append(1)
        check(files, report, *arguments)
        if len(times) == 1:
            report.add("feed.atom", "was not written yet")
            site.clock.go(HOUR)  # type: ignore[attr-defined]  # a clock of tests
            record(site, commands.report("fire", "Three hurt"))
            site.publish()

    monkeypatch.setattr(checks, "check", publishing)
    assert problems(site) == []
    assert len(times) == 2


@pytest.mark.parametrize("text", [f"{ORIGIN}\n1\n{b64(bytes(31))}\n", f"{ORIGIN}\n1\nnone\n"])
def test_checkpoint_whose_root_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"32 bytes|base64"):
        note_head(text)
    with pytest.raises(ValueError, match="shorter"):
        note_head(text + "x" * 30_000)


@pytest.fixture
def notes(site: Site) -> list[str]:
    """Return the note of the log's key."""
    return [(site.root / "log/keys").read_text(encoding="utf-8")]


def test_damaged_notes_announce_nothing(notes: list[str], site: Site, tmp_path: Path) -> None:
    key = load_key(tmp_path / "key", newsroom=site.folder).key
    text = Head(ORIGIN, 1, bytes(32)).text
    assert not is_note_signed(f"{text}\n— {ORIGIN} none\n", [key], unverifiable=True)
    assert not is_signed(key, bytes(64), text, unverifiable=True)
    assert [*new_announcements("another\n\nlog\n", notes, ORIGIN, key)] == []
    for more in ("not a key\n\n— x y\n", f"{succession(key)}\n— {ORIGIN} {b64(key.id + bytes(64))}\n"):
        assert [*new_announcements(f"{notes[0]}\n{more}", notes, ORIGIN, key)] == []
