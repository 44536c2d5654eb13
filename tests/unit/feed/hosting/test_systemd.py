"""The files for systemd. tests/hosting lets systemd read them."""

from feed.hosting.systemd import systemd_files
from tests.hosted import hosted

UNITS = "/etc/systemd/system/"


def test_units_are_named_for_the_newsroom() -> None:
    names = ["writethru-night-desk.service", "writethru-night-desk.timer", "writethru-night-desk-serve.service"]
    files = systemd_files(hosted(folder="/srv/Night Desk"))
    assert list(files) == [UNITS + name for name in names]
    assert [text.partition("\n")[0] for text in files.values()] == [f"# {path}" for path in files]


def test_command_names_program_and_newsroom() -> None:
    publish, _, serve = systemd_files(
        hosted(program=("/opt/a $b/python", "-m", "feed"), folder='/srv/100% "$x" \\')
    ).values()
    start = r'ExecStart="/opt/a $b/python" -m feed -C "/srv/100%% \"$$x\" \\" '
    assert f"\n{start}publish\n" in publish
    assert f"\n{start}serve --port 8000 --watch\n" in serve
    assert r'ReadWritePaths="/srv/100%% \"$x\" \\"' in publish


def test_only_who_calls_somebody_has_the_network() -> None:
    publish, _, serve = systemd_files(hosted()).values()
    assert "PrivateNetwork=yes" in publish
    assert "IPAddressDeny=any" in serve
    publish, _, serve = systemd_files(hosted(hub="https://hub.example/")).values()
    assert "PrivateNetwork" not in publish + serve
    assert "IPAddressDeny" not in serve


def test_address_of_the_heartbeat_comes_from_a_file() -> None:
    publish, _, serve = systemd_files(hosted(tables='[heartbeat]\nurl = "env:SIGNAL"')).values()
    assert "# SIGNAL=https://…\nEnvironmentFile=-/etc/writethru/news.env\n" in publish
    assert "EnvironmentFile" in serve
    publish, _, _ = systemd_files(hosted(tables='[heartbeat]\nurl = "file:/etc/signal"')).values()
    assert "EnvironmentFile" not in publish


def test_folder_of_the_metrics_can_be_written() -> None:
    publish, _, _ = systemd_files(hosted(also_written=("/var/lib/prometheus",))).values()
    assert "ReadWritePaths=/srv/news\nReadWritePaths=/var/lib/prometheus\n" in publish


def test_newsroom_in_tmp_sees_it() -> None:
    assert "PrivateTmp" not in "".join(systemd_files(hosted(folder="/tmp/news")).values())
    assert "PrivateTmp=yes" in "".join(systemd_files(hosted()).values())
