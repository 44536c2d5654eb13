"""The files that `config` prints, as nginx, Caddy and systemd read them: for plain newsrooms and for odd ones."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from feed.cli.program import command
from tests.builders import newsroom, reconfigured
from tests.certificates import certificate
from tests.web_servers import caddy_command, need, nginx_command, printed, run

FOLDERS = {
    "plain": "newsroom",
    "quotes": 'it\'s "the" desk',
    "marks": "a;b #c $HOME %h {d} ü*?[e]",
    "backslash": "a\\b\\",
}
ADDRESSES = {
    "https": "https://news.example/",
    "path": "https://news.example/updates/",
    "odd path": "https://news.example/n%C3%A9ws%20$x/v;1/a%22b%60%7Bc%7D*/",
    "port": "http://news.example:8080/",
    "beyond ASCII": "https://nüws.example/",
    "IPv6": "http://[::1]:8080/",
    "local": "http://localhost:8000/",
}
HUB = 'hub = "https://hub.example/?a=$b"'


def newsroom_at(folder: Path, base_url: str, settings: str = "") -> Path:
    reconfigured(newsroom(folder, base_url=base_url), "# hub = ", f"{settings}\n# hub = ")
    return folder


def units_of(newsroom: Path, folder: Path) -> list[Path]:
    """Write all units: that which publishes, its timer, that which serves."""
    paths = [printed(newsroom, "systemd", *serve, "-o", str(folder)).splitlines() for serve in ((), ("--serve",))]
    return [Path(path) for some in paths for path in some]


@pytest.fixture(params=list(ADDRESSES))
def base_url(request: pytest.FixtureRequest) -> str:
    return ADDRESSES[request.param]


@pytest.mark.parametrize("folder", list(FOLDERS))
def test_nginx_reads_its_file_without_a_warning(tmp_path: Path, folder: str, base_url: str) -> None:
    path = newsroom_at(tmp_path / FOLDERS[folder], base_url, HUB)
    said = run(*nginx_command(tmp_path, printed(path, "nginx")), "-t")
    assert "warn" not in said


def test_nginx_reads_its_file_for_https_on_another_port(tmp_path: Path) -> None:
    text = printed(newsroom_at(tmp_path / "newsroom", "https://news.example:8443/"), "nginx")
    text = re.sub(r"/etc/letsencrypt/live/\S*\.pem", f'"{certificate(tmp_path)}"', text)
    assert "warn" not in run(*nginx_command(tmp_path, text), "-t")


@pytest.mark.parametrize("folder", list(FOLDERS))
def test_caddy_reads_its_file(tmp_path: Path, folder: str, base_url: str) -> None:
    name = FOLDERS[folder].replace("{d}", "")
    path = newsroom_at(tmp_path / name, base_url, HUB)
    run(*caddy_command(tmp_path, "validate", printed(path, "caddy")))


@pytest.mark.parametrize("folder", list(FOLDERS))
def test_systemd_reads_its_files_without_a_warning(tmp_path: Path, folder: str) -> None:
    need("systemd-analyze", "systemd")
    path = newsroom_at(tmp_path / FOLDERS[folder], "https://news.example/")
    units = units_of(path, tmp_path / "units")
    assert len(units) == 3
    assert run("systemd-analyze", "verify", *units) == ""


@pytest.mark.parametrize("folder", list(FOLDERS))
def test_systemd_reads_the_paths_as_they_are(tmp_path: Path, folder: str) -> None:
    need("systemd-analyze", "systemd")
    path = newsroom_at(tmp_path / FOLDERS[folder], "https://news.example/%20/")
    service = units_of(path, tmp_path / "units")[0]
    dump = subprocess.run(
        ["systemd-analyze", "verify", service],
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "debug"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    line = re.search(r"Command Line: (.+)", dump)
    assert line is not None
    words = [word.replace("$$", "$") for word in shlex.split(line[1].replace(r"\$", "$"))]  # variables come later
    assert words[1:] == ["-C", str(path), "publish"]
    assert f"ReadWritePaths: {path}\n" in dump
    assert "Description: Publish https://news.example/%20/\n" in dump


@pytest.mark.parametrize("folder", list(FOLDERS))
def test_commands_of_the_units_can_be_parsed(tmp_path: Path, folder: str) -> None:
    path = newsroom_at(tmp_path / FOLDERS[folder], "https://news.example/")
    found = []
    for unit in units_of(path, tmp_path / "units"):
        for line in re.findall(r"^ExecStart=(.+)", unit.read_text(encoding="utf-8"), re.MULTILINE):
            words = shlex.split(line.replace("$$", "$").replace("%%", "%"))
            option, newsroom_folder, name, *rest = words[words.index("-C") :]
            command(name).make_context(name, rest).close()  # or UsageError
            found.append((option, newsroom_folder, name))
    assert found == [("-C", str(path), "publish"), ("-C", str(path), "serve")]


@pytest.mark.parametrize(("settings", "most"), [("", 1.6), (HUB, 2.5)])
def test_services_are_hardened(tmp_path: Path, settings: str, most: float) -> None:
    need("systemd-analyze", "systemd")
    path = newsroom_at(tmp_path / "newsroom", "https://news.example/", settings)
    for service in units_of(path, tmp_path / "units")[::2]:
        said = run("systemd-analyze", "security", "--offline=true", service)
        exposure = re.search(r"Overall exposure level for .*: ([0-9.]+)", said)
        assert exposure is not None
        assert float(exposure[1]) <= most + 0.5 * service.stem.endswith("-serve"), said
