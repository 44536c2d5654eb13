"""The order in which files go to a mirror: what is linked to goes first, and text that was taken back before all."""

import pytest

from feed.mirror.stages import is_ours, stage_of, steps
from feed.output.foreign import served_kind
from feed.publishing.mirror_queue import ABSENT

STAGES = [
    [
        "assets/style.0a.css",
        "stories/fire/media/0a.jpg",
        "stories/fire/media/0b.png",
        "share.png",
        "stories/fire/share.png",
    ],
    [
        "stories/fire/archive/0001.atom",
        "stories/fire/page/0001.html",
        "stories/fire/history/0001.json",
        "log/tile/0/000",
    ],
    ["stories/fire/state.json", "stories/fire/updates.jsonl", "stories/fire/index.html", "stories/fire/expected.ics"],
    ["stories/fire/feed.atom", "stories/fire/feed.json", "stories/fire/facts/hurt.atom"],
    ["feed.atom", "feed.rss", "corrections.json"],
    ["stories.opml", "expected.ics", "log/keys", "robots.txt"],
    ["index.html"],
    ["log/checkpoint"],
]


@pytest.mark.parametrize(("stage", "paths"), list(enumerate(STAGES)))
def test_each_file_has_its_stage(stage: int, paths: list[str]) -> None:
    assert [stage_of(path) for path in paths] == [stage] * len(paths)


def order(files: dict[str, str], *, gone: tuple[str, ...] = (), urgent: tuple[str, ...] = ()) -> list[list[str]]:
    exists = files.keys() - set(gone)
    return [paths for _, paths in steps(files, exists=exists, is_urgent=lambda path: path in urgent)]


def test_first_build_goes_stage_by_stage() -> None:
    files = dict.fromkeys([path for paths in STAGES for path in paths], ABSENT)
    assert order(files) == [sorted(paths) for paths in STAGES]


def test_new_files_go_before_changed_ones_and_deletions_last() -> None:
    files = {"stories/fire/index.html": "aa", "stories/fire/facts/hurt.atom": ABSENT, "index.html": "aa", "gone": "?"}
    assert order(files, gone=("gone",)) == [
        ["stories/fire/facts/hurt.atom"],
        ["stories/fire/index.html"],
        ["index.html"],
        ["gone"],
    ]


def test_withdrawn_text_goes_first() -> None:
    fire, page, index = "stories/fire/index.html", "stories/fire/page/0001.html", "index.html"
    files = {"stories/other/index.html": "aa", "stories/new/index.html": ABSENT, fire: "aa", page: "aa", index: "aa"}
    files |= {"stories/fire/page/0002.html": ABSENT, "assets/style.0b.css": ABSENT, "assets/style.0a.css": "aa"}
    gone = page, "assets/style.0a.css"
    assert order(files, gone=gone, urgent=(fire, page, index, "stories/fire/page/0002.html")) == [
        ["assets/style.0b.css"],
        ["stories/fire/page/0002.html"],
        [fire],
        [page],
        ["stories/new/index.html"],
        [index],
        ["stories/other/index.html"],
        ["assets/style.0a.css"],
    ]


def test_files_of_stories_and_of_the_log_are_ours() -> None:
    ours = ["stories/fire/index.html", "stories/fire/page/0002.html", "log/tile/0/000.p/2"]
    others = ["robots.txt", "stories/fire/other.html", "assets/logo.svg", "stories/index.html"]
    assert [path for path in ours + others if is_ours(path)] == ours


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("robots.txt", "text/plain; charset=utf-8"),
        ("logo.gif", "image/gif"),
        ("a.tar.gz", "application/octet-stream"),
        ("CNAME", "application/octet-stream"),
        ("index.html", "text/html; charset=utf-8"),
    ],
)
def test_foreign_file_is_served_by_its_extension(path: str, expected: str) -> None:
    assert served_kind(path).content_type == expected
