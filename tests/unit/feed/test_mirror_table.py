"""The table [mirror]: an address, and never a secret."""

import pytest

from events.errors import InvalidError
from feed.config import MirrorSettings, parse_config
from tests.builders import NEWSROOM


def mirror(line: str) -> MirrorSettings:
    text = f'[newsroom]\nid = "{NEWSROOM}"\ncreated_at = "2026-03-01T00:00:00Z"\n[mirror]\n{line}\n'
    return parse_config(text).mirror


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/a/b/", "s3://bucket/a/b"),
        ("gs://bucket/a", "gs://bucket/a"),
        ("az://container/a", "az://container/a"),
        ("file:///srv/copy", "file:///srv/copy"),
        ("../copy", "../copy"),
    ],
)
def test_mirror_is_a_bucket_or_a_folder(url: str, expected: str) -> None:
    assert mirror(f'url = "{url}"').url == expected


@pytest.mark.parametrize(
    "line",
    [
        'url = "ftp://bucket"',
        'url = "s3://bucket/../other"',
        'url = "s3://bucket/a?x=1"',
        'url = "s3://"',
        'url = ""',
        'endpoint = "s3.example"',
        'region = "EU"',
        'purge = ""',
        """purge = "unclosed '" """,
    ],
)
def test_setting_of_another_form_is_refused(line: str) -> None:
    with pytest.raises(InvalidError, match=r"must be|is no command line"):
        mirror(line)


@pytest.mark.parametrize(
    "line",
    [
        'access_key_id = "a"',
        'aws_secret_access_key = "a"',
        'session_token = "a"',
        'password = "a"',
        'url = "s3://key:secret@bucket"',
        'endpoint = "https://key:secret@s3.example"',
    ],
)
def test_secret_is_refused_with_where_it_belongs(line: str) -> None:
    with pytest.raises(InvalidError, match=r"a secret.*AWS_SECRET_ACCESS_KEY, or from the file ~/\.aws/credentials"):
        mirror(line)
