"""The peer in JavaScript that renders sites: Eleventy's input, made once from a corpus, and the program itself.

python peer_eleventy.py UPDATES.jsonl SITE_FOLDER

It makes a page for each update, a list and RSS for each story, as Hugo does. npm installs it in the folder of the site.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

PACKAGE = "@11ty/eleventy@3.1.8"
NPM = ("install", "--no-audit", "--no-fund", "--silent", "--fetch-retries=1", "--fetch-timeout=60000")
NPM_TIMEOUT_S = 180
CONFIG = """\
module.exports = (config) => {
  config.setQuietMode(true);
  return { dir: { input: "content", includes: "../layouts", output: "public" } };
};
"""
SINGLE = """\
<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><time>{{ page.date.toISOString() }}</time>
{{ content | safe }}
"""
LIST = """\
<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>
{% for page in collections[story] | reverse %}<h2><a href="{{ page.url }}">{{ page.data.title }}</a></h2>{% endfor %}
"""
FEED = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{{ title }}</title><link>https://news.example/{{ story }}/</link>
<description>{{ title }}</description>
{% for page in (collections[story] | reverse) %}{% if loop.index <= 50 %}<item><title>{{ page.data.title }}</title>
<link>https://news.example{{ page.url }}</link><guid>https://news.example{{ page.url }}</guid>
<pubDate>{{ page.date.toUTCString() }}</pubDate><description>{{ page.content }}</description></item>
{% endif %}{% endfor %}</channel></rss>
"""


def main(corpus: Path, site: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed")
    (site / "layouts").mkdir(parents=True)
    (site / "eleventy.config.js").write_text(CONFIG, encoding="utf-8")
    (site / "layouts" / "single.njk").write_text(SINGLE, encoding="utf-8")
    try:
        subprocess.run([npm, *NPM, "--prefix", site, PACKAGE], capture_output=True, check=True, timeout=NPM_TIMEOUT_S)
    except subprocess.SubprocessError:
        sys.exit(f"{PACKAGE} could not be installed")
    with corpus.open(encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            _write_page(site / "content" / event["story"], event)


def _write_page(folder: Path, event: dict[str, Any]) -> None:
    story = event["story"]
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / f"{story}.json").write_text(json.dumps({"story": story}), encoding="utf-8")
    if "development" in event:
        matter = {"title": event["headline"], "date": event["reported_at"], "layout": "single.njk", "tags": [story]}
        _write(folder / f"{event['development']}.md", matter, event.get("body", ""))
        return
    apart = {"title": event["headline"], "eleventyExcludeFromCollections": True}
    _write(folder / "index.njk", {**apart, "permalink": f"{story}/index.html"}, LIST)
    _write(folder / "feed.njk", {**apart, "permalink": f"{story}/feed.xml"}, FEED)


def _write(place: Path, matter: dict[str, Any], text: str) -> None:
    place.write_text(f"---json\n{json.dumps(matter, ensure_ascii=False)}\n---\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
