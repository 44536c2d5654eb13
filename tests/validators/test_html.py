"""The Nu HTML checker (validator.w3.org/nu) finds no error in any page, with hostile texts and addresses."""

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest

from tests.golden.stories import stories
from tests.validators.sites import published_site

JAR = Path(__file__).parents[1] / "node" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(which("java") is None, reason="needs java: apt-get install default-jre-headless"),
    pytest.mark.skipif(not JAR.is_file(), reason="needs vnu-jar: npm install --prefix tests/node"),
]


@pytest.mark.parametrize("name", [*stories(), "odd"])
def test_html_checker_finds_no_error(name: str, tmp_path: Path) -> None:
    site = published_site(name, tmp_path)
    pages = sorted(site.root.rglob("*.html"))
    command = ["java", "-Xss4m", "-jar", str(JAR), "--errors-only", "--format", "json", *map(str, pages)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300)
    found = json.loads(done.stderr)["messages"]
    assert [(item["url"].removeprefix(f"file:{site.root}"), item["message"]) for item in found] == []
    assert pages
    if name == "odd":
        assert "and four more" in (site.root / "stories" / "long-lists" / "index.html").read_text()
