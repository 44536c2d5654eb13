"""What the workflow's pip installs: the commit that is installed here, or nothing."""

import json
from typing import Any

import pytest

from feed.hosting.pages import package

URL = "https://github.com/ana/writethru.git"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
GIT = {"vcs": "git", "commit_id": COMMIT}


@pytest.mark.parametrize("info", [GIT, {**GIT, "requested_revision": "main"}])
def test_installed_commit_is_what_is_installed(info: dict[str, str]) -> None:
    text = json.dumps({"url": URL, "vcs_info": info})
    assert package(text) == f"writethru[intake,log,share] @ git+{URL}@{COMMIT}"


@pytest.mark.parametrize(
    "origin",
    [
        None,
        {"url": "file:///srv/writethru", "dir_info": {"editable": True}},
        {"url": "https://files.example/writethru-1-py3-none-any.whl", "archive_info": {}},
        {"url": "file:///srv/writethru", "vcs_info": GIT},
        {"url": "ssh://git@github.com/ana/writethru", "vcs_info": GIT},
        {"url": "https://ana:${TOKEN}@github.com/ana/writethru", "vcs_info": GIT},
        {"url": URL, "vcs_info": {**GIT, "vcs": "hg"}},
        {"url": URL, "vcs_info": {**GIT, "commit_id": "main"}},
    ],
)
def test_origin_that_a_workflow_cannot_reach_names_nothing(origin: dict[str, Any] | None) -> None:
    assert package(None if origin is None else json.dumps(origin)) == ""
