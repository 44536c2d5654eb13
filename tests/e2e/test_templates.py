"""A newsroom's own templates and stylesheet: used, rebuilt when they change, refused if they are broken."""

import time
from pathlib import Path

import pytest

from events import commands
from events.errors import InvalidError
from feed.fast_path import nothing_to_do
from feed.output.tree import TreeFiles
from feed.paths import TOKEN_NAME
from feed.site import Site
from tests.builders import STORY, newsroom
from tests.sites import record


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = newsroom(tmp_path)
    record(site, commands.open_story(STORY, "Fire"), commands.report(STORY, "Two hurt", development="d1"))
    site.publish()
    return site


def replace(site: Site, name: str, text: str) -> Site:
    folder = site.folder / "templates"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return Site.open(site.folder, clock=site.clock)


def idle(site: Site) -> bool:
    return nothing_to_do(str(site.folder), time.time())


def test_replaced_template_changes_pages_only(site: Site) -> None:
    assert idle(site)
    before = dict(TreeFiles(site.root))
    own = replace(site, "index.html.jinja", "<!DOCTYPE html><title>{{ site.title }}</title>{{ stories[0].headline }}")
    assert not idle(own)
    own.publish()
    after = dict(TreeFiles(own.root))
    assert after["index.html"] == b"<!DOCTYPE html><title>Test desk</title>Fire\n"
    assert {path for path in after if after[path] != before.get(path)} == {"index.html", TOKEN_NAME}
    assert idle(own)
    assert own.verify_rebuild() == ()


def test_replaced_stylesheet_has_its_own_name(site: Site) -> None:
    [ours] = [path for path in TreeFiles(site.root) if path.endswith(".css")]
    own = replace(site, "style.css", "body { color: red }\n")
    own.publish()
    [theirs] = [path for path in TreeFiles(own.root) if path.endswith(".css")]
    assert theirs != ours
    assert theirs in (own.root / "index.html").read_text()
    (own.folder / "templates" / "style.css").unlink()
    assert not idle(own)
    Site.open(site.folder, clock=site.clock).publish()
    assert ours in TreeFiles(site.root)


def test_changed_template_rebuilds(site: Site) -> None:
    replace(site, "index.html.jinja", "one").publish()
    assert idle(site)
    replace(site, "index.html.jinja", "other")
    assert not idle(site)


def test_replaced_template_escapes_text(site: Site) -> None:
    record(site, commands.revise_story(STORY, headline="<script>alert(1)</script>"))
    own = replace(site, "story.html.jinja", "{{ state.headline }}")
    own.publish()
    assert (own.root / f"stories/{STORY}/index.html").read_text() == "&lt;script&gt;alert(1)&lt;/script&gt;\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("index.html.jinja", "line\n{% if %}", r"templates/index\.html\.jinja:2: template: "),
        ("page.html.jinja", "", r"templates/page\.html\.jinja: template: there is no template with this name"),
        ("print.css", "", r"templates/print\.css: template: there is no template with this name"),
    ],
)
def test_broken_template_is_refused_before_anything_is_written(site: Site, name: str, text: str, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        replace(site, name, text)


def test_other_files_among_the_templates_are_ignored(site: Site) -> None:
    replace(site, "NOTES.txt", "ask Ana")
    assert idle(site)
