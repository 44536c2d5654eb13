"""The peer that renders sites: Hugo's input, made once from a corpus. A page an update, a list and RSS a story.

python peer_hugo.py UPDATES.jsonl SITE_FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

CONFIG = """\
baseURL = "https://news.example/"
title = "News"
disableKinds = ["taxonomy", "term"]
[services.rss]
limit = 50
"""
LIST = """\
<!doctype html><title>{{ .Title }}</title><h1>{{ .Title }}</h1>
{{ range .Pages }}<h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>{{ end }}
"""
SINGLE = """\
<!doctype html><title>{{ .Title }}</title><h1>{{ .Title }}</h1><time>{{ .Date }}</time>{{ .Content }}
"""


def main(corpus: Path, site: Path) -> None:
    layouts = site / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (site / "hugo.toml").write_text(CONFIG, encoding="utf-8")
    (layouts / "list.html").write_text(LIST, encoding="utf-8")
    (layouts / "single.html").write_text(SINGLE, encoding="utf-8")
    with corpus.open(encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            _write_page(site / "content" / event["story"], event)


def _write_page(folder: Path, event: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    matter = json.dumps({"title": event["headline"], "date": event["reported_at"]}, ensure_ascii=False)
    text = event.get("body") or event.get("summary", "")
    (folder / f"{event.get('development', '_index')}.md").write_text(f"{matter}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
