"""`config`: prints the files for a web server or systemd, or writes them."""

import re
import shlex
import sysconfig
from pathlib import Path

import pytest
from click.testing import CliRunner

from feed.cli.commands import config as config_command
from feed.cli.desk import Desk
from feed.cli.program import command
from feed.config import LOCAL_BASE_URL
from feed.paths import CONFIG_NAME
from tests.builders import newsroom
from tests.desk import NOW, DeskRunner


@pytest.fixture
def desk(tmp_path: Path) -> DeskRunner:
    return DeskRunner(tmp_path / "newsroom")


@pytest.mark.parametrize("program", ["nginx", "caddy", "systemd"])
def test_config_prints_files_of_this_newsroom(desk: DeskRunner, program: str) -> None:
    text = desk.output("config", program)
    assert str(desk.site.folder) in text
    assert "https://news.example/" in text
    assert text == desk.output("config", program)


def test_config_writes_each_file(desk: DeskRunner, tmp_path: Path) -> None:
    printed = desk.output("config", "systemd")
    paths = desk.output("config", "systemd", "-o", str(tmp_path / "units")).splitlines()
    names = ["writethru-newsroom.service", "writethru-newsroom.timer"]
    assert paths == [str(tmp_path / "units" / name) for name in names]
    assert "\n".join(Path(path).read_text(encoding="utf-8") for path in paths) == printed


def test_config_of_a_service_that_serves_is_one_file(desk: DeskRunner) -> None:
    text = desk.output("config", "systemd", "--serve")
    assert text.startswith("# /etc/systemd/system/writethru-newsroom-serve.service\n")
    assert text.count("[Unit]") == 1
    assert "--serve is only for systemd" in desk.run("config", "nginx", "--serve").output


@pytest.mark.parametrize("program", ["nginx", "caddy", "systemd"])
def test_config_replaces_its_own_file(desk: DeskRunner, tmp_path: Path, program: str) -> None:
    first, *_ = (Path(path) for path in desk.output("config", program, "-o", str(tmp_path / "etc")).splitlines())
    text = first.read_text(encoding="utf-8")
    first.write_text(re.sub("writethru [0-9.]+", "writethru 0.0.1", text) + "# edited\n", encoding="utf-8")
    desk.output("config", program, "-o", str(tmp_path / "etc"))
    assert first.read_text(encoding="utf-8") == text
    assert f"writethru -C {shlex.quote(str(desk.site.folder))} config {program}\n" in text


@pytest.mark.parametrize("program", ["nginx", "caddy", "systemd"])
@pytest.mark.parametrize("whose", ["another newsroom", "an administrator", "nobody", "a link"])
def test_config_replaces_no_file_of_others(desk: DeskRunner, tmp_path: Path, program: str, whose: str) -> None:
    folder = tmp_path / "etc"
    *others, last = (Path(path) for path in desk.output("config", program, "-o", str(folder)).splitlines())
    for file in others:
        file.unlink()
    if whose == "another newsroom":
        newsroom(tmp_path / "other/newsroom")
        last.write_text(last.read_text(encoding="utf-8").replace(str(tmp_path), f"{tmp_path}/other"), encoding="utf-8")
    elif whose == "a link":
        last.rename(tmp_path / "elsewhere")
        last.symlink_to(tmp_path / "elsewhere")
    else:
        last.write_text("" if whose == "nobody" else "news.example {\n}\n", encoding="utf-8")
    before = last.read_text(encoding="utf-8")
    result = desk.run("config", program, "-o", str(folder))
    assert "the file was not made for this newsroom; nothing was written." in str(result.exception)
    assert (last.read_text(encoding="utf-8"), list(folder.iterdir())) == (before, [last])


def test_config_names_the_program_that_runs(desk: DeskRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = [line for line in desk.output("config", "systemd").splitlines() if line.startswith("ExecStart=")]
    assert shlex.split(line.removeprefix("ExecStart="))[0] == f"{sysconfig.get_path('scripts')}/writethru"
    monkeypatch.setattr(sysconfig, "get_path", lambda _: "/nowhere")
    monkeypatch.setattr(config_command, "which", lambda _: None)
    assert " -m feed -C " in desk.output("config", "systemd")


def test_config_of_a_local_address_warns_readers(tmp_path: Path) -> None:
    newsroom(tmp_path / "n", base_url=LOCAL_BASE_URL)
    desk = Desk(named=str(tmp_path / "n"), now=NOW)
    results = [CliRunner().invoke(command("config"), [name], obj=desk) for name in ("nginx", "caddy", "systemd")]
    assert [result.exit_code for result in results] == [0, 0, 0]
    assert ["is local" in result.stderr for result in results] == [True, True, False]


def test_config_lets_metrics_be_written(desk: DeskRunner, tmp_path: Path) -> None:
    file = desk.site.folder / CONFIG_NAME
    text = file.read_text(encoding="utf-8")
    for metrics, folders in (("../metrics/a.prom", [f"-{tmp_path / 'metrics'}"]), ("a.prom", [])):
        file.write_text(f'{text}\n[metrics]\nfile = "{metrics}"\n', encoding="utf-8")
        printed = desk.copy(desk.site.folder).output("config", "systemd").split("\n\n# /")[0]
        paths = [line.partition("=")[2] for line in printed.splitlines() if line.startswith("ReadWritePaths=")]
        assert [word for path in paths for word in shlex.split(path)] == [str(desk.site.folder), *folders]


def test_config_refuses_what_no_file_can_name(tmp_path: Path) -> None:
    newsroom(tmp_path / "a\nb")
    result = CliRunner().invoke(command("config"), ["nginx"], obj=Desk(named=str(tmp_path / "a\nb"), now=NOW))
    assert "line break" in str(result.exception)
    assert result.stdout == ""


def test_config_of_a_wrong_configuration_is_refused(desk: DeskRunner) -> None:
    (desk.site.folder / CONFIG_NAME).write_text("[site]\nbase_url = 1\n", encoding="utf-8")
    result = desk.run("config", "nginx")
    assert "site.base_url" in str(result.exception)
