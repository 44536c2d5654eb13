"""The files for systemd. tests/hosting lets systemd read them."""

from typing import Any

from feed.hosting.systemd import publish_files, serve_files
from tests.hosted import hosted

UNITS = "/etc/systemd/system/"


def units(**fields: Any) -> dict[str, str]:
    """Return all units: that which publishes, its timer, that which serves."""
    newsroom = hosted(**fields)
    return {**publish_files(newsroom), **serve_files(newsroom)}


def test_units_are_named_for_the_newsroom() -> None:
    names = ["writethru-night-desk.service", "writethru-night-desk.timer", "writethru-night-desk-serve.service"]
    files = units(folder="/srv/Night Desk")
    assert list(files) == [UNITS + name for name in names]
    assert [text.partition("\n")[0] for text in files.values()] == [f"# {path}" for path in files]


def test_command_names_program_and_newsroom() -> None:
    publish, _, serve = units(program=("/opt/a $b/python", "-m", "feed"), folder='/srv/100% "$x" \\').values()
    start = r'ExecStart="/opt/a $b/python" -m feed -C "/srv/100%% \"$$x\" \\" '
    assert f"\n{start}publish\n" in publish
    assert f"\n{start}serve --port 8000 --watch\n" in serve
    assert r'ReadWritePaths="/srv/100%% \"$x\" \\"' in publish


def test_only_who_calls_somebody_has_the_network() -> None:
    publish, _, serve = units().values()
    assert "PrivateNetwork=yes" in publish
    assert "IPAddressDeny=any" in serve
    publish, _, serve = units(hub="https://hub.example/").values()
    assert "PrivateNetwork" not in publish + serve
    assert "IPAddressDeny" not in serve


def test_address_of_the_heartbeat_comes_from_a_file() -> None:
    publish, _, serve = units(tables='[heartbeat]\nurl = "env:SIGNAL"').values()
    assert "# SIGNAL=https://…\nEnvironmentFile=-/etc/writethru/news.env\n" in publish
    assert "EnvironmentFile" in serve
    publish, _, _ = units(tables='[heartbeat]\nurl = "file:/etc/signal"').values()
    assert "EnvironmentFile" not in publish


def test_folder_of_the_metrics_may_be_missing() -> None:
    publish, _, serve = units(also_written=("/var/lib/prometheus", "/srv/a b")).values()
    for text in (publish, serve):
        assert 'ReadWritePaths=/srv/news\nReadWritePaths=-/var/lib/prometheus\nReadWritePaths="-/srv/a b"\n' in text


def test_newsroom_in_tmp_sees_it() -> None:
    assert "PrivateTmp" not in "".join(units(folder="/tmp/news").values())
    assert "PrivateTmp=yes" in "".join(units().values())
