"""The usual files of AWS are read as its own tools read them."""

from pathlib import Path

import pytest

from feed.mirror.credentials import aws_settings

CREDENTIALS = """\
[default]
aws_access_key_id = a
aws_secret_access_key = b%c
[desk]
aws_access_key_id = d
aws_secret_access_key = e
aws_session_token = f
"""
CONFIG = "[default]\nregion = eu-central-1\n[profile desk]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:1\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text(CREDENTIALS)
    (tmp_path / ".aws" / "config").write_text(CONFIG)
    return tmp_path


def test_default_profile_is_read(home: Path) -> None:
    expected = {"access_key_id": "a", "secret_access_key": "b%c", "region": "eu-central-1"}
    assert aws_settings({"HOME": str(home)}) == expected


def test_profile_is_that_of_the_environment(home: Path) -> None:
    settings = aws_settings({"HOME": str(home), "AWS_PROFILE": "desk"})
    assert (settings["access_key_id"], settings["session_token"]) == ("d", "f")
    assert (settings["region"], settings["endpoint"]) == ("us-east-1", "http://127.0.0.1:1")


def test_environment_wins(home: Path) -> None:
    environment = {"HOME": str(home), "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "z"}
    assert aws_settings(environment) == {}


def test_files_may_be_elsewhere_or_missing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("[")
    files = {"AWS_SHARED_CREDENTIALS_FILE": str(home / ".aws/credentials"), "AWS_CONFIG_FILE": str(tmp_path / "broken")}
    assert aws_settings({"HOME": "/nowhere", **files}) == {"access_key_id": "a", "secret_access_key": "b%c"}
    assert aws_settings({"HOME": "/nowhere"}) == {}
