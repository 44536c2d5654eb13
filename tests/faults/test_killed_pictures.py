"""Publications and redactions with pictures that are killed at any step: the next run completes them."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from events import commands
from feed.output.tree import Tree
from feed.site import Site
from tests.pictures import added, names, shown, stored
from tests.sites import EMBARGO, a_site, record

pytestmark = pytest.mark.slow
STEPS = 40
P = ParamSpec("P")
T = TypeVar("T")


class Killed(BaseException):
    """Nothing catches it."""


class Killer:
    """Kills at the step of this number: a file that is written, replaced or removed."""

    def __init__(self, step: int, patch: pytest.MonkeyPatch) -> None:
        self.left = step
        for name in ("replace", "rename", "unlink", "remove"):
            patch.setattr(os, name, self.counted(getattr(os, name)))
        for method in ("write", "remove"):
            patch.setattr(Tree, method, self.counted(getattr(Tree, method)))

    def counted(self, function: Callable[P, T]) -> Callable[P, T]:
        """Return `function` as one of the steps."""

        def step(*arguments: P.args, **options: P.kwargs) -> T:
            self.left -= 1
            if self.left == 0:
                raise Killed
            return function(*arguments, **options)

        return step


def steps(config: pytest.Config) -> range:
    return range(1, STEPS, 1 if config.getoption("--long") else 7)


def prepared(folder: Path) -> tuple[Site, set[str], set[str]]:
    """Make a newsroom with a public picture, one under embargo, one redacted since, and one not published yet.

    Return the names of the first, and of the last.
    """
    site, _ = a_site(folder, "fire", "flood")
    red, blue, black, white = (added(site, color) for color in ("red", "blue", "black", "white"))
    for name, media, until in (("d2", red, None), ("d3", blue, EMBARGO), ("d4", black, None)):
        record(site, commands.report("fire", name, development=name, media=[media], embargoed_until=until))
    site.publish()
    record(site, commands.report("flood", "New", development="d2", media=[white]))
    record(site, commands.redact("fire", "Names a child.", development="d4"))
    return site, names(red), names(white)


def test_killed_publication_is_completed(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    for step in steps(pytestconfig):
        site, red, white = prepared(tmp_path / str(step))
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            Killer(step, patch)
            site.publish()
        site.publish()
        assert shown(site) == red | white
        assert site.verify_rebuild() == ()
        assert site.output_problems() == ()


def test_killed_redaction_is_completed_by_the_next_run(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    for step in range(1, 6, 1 if pytestconfig.getoption("--long") else 2):
        site, red, white = prepared(tmp_path / str(step))
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            Killer(step, patch)
            record(site, commands.redact("fire", "Names a child.", development="d2"))
        with site.ledger() as ledger:
            report = ledger.story("fire").development("d2")
        assert report is not None
        erased = report.status == "canceled"
        site.publish()
        assert stored(site) & red == (set() if erased else red)
        assert shown(site) == white | (set() if erased else red)
        assert site.verify_rebuild() == ()
