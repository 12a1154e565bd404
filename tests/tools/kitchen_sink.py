"""Serve a page with everything a text can contain (`make kitchen-sink`), and a feed as readers show it (`make feed-preview`)."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from html import escape
from pathlib import Path

from conftest import ROOT, build, project
from insights.preview.server import serve_folder

SLUG = "kitchen-sink"
FEED_PAGE = "feed-preview.html"
#: What feed readers have in common: a narrow column in which images shrink, and code and tables scroll.
STYLE = """
body { margin: 0; font: 17px/1.5 system-ui, sans-serif }
article { display: grid; grid-template-columns: 400px 400px }
section { width: 400px; padding: 16px; box-sizing: border-box; color: canvastext }
.white { color-scheme: light; background: #fff }
.black { color-scheme: dark; background: #000 }
figure { margin: 1em 0 }
img { max-width: 100%; height: auto }
pre, table { display: block; overflow-x: auto }
"""


def with_sources(text: str) -> str:
    """``text`` with the source of each section below it, as code."""
    head, *sections = re.split(r"^(?=\(.+\)=\n## )|(?<!=\n)^(?=## )", text, flags=re.MULTILINE)  # a heading with its target
    return head + "".join(f"{section.rstrip()}\n\n``````markdown\n{section.strip()}\n``````\n\n" for section in sections)


def write_feed_page(site: Path) -> None:
    """Add a page to ``site`` that shows each entry of its feed twice, on white and on black."""
    feed = json.loads((site / "feed.json").read_text(encoding="utf-8"))
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Feed preview</title><style>{STYLE}</style>'
    for item in feed["items"]:
        entry = f"<h1>{escape(item['title'])}</h1>\n{item['content_html'].replace(feed['home_page_url'], '/')}"
        page += f'<article><section class="white">{entry}</section><section class="black">{entry}</section></article>\n'
    (site / FEED_PAGE).write_text(page, encoding="utf-8")


def kitchen_sink(source: Path) -> Path:
    """The fixture site in ``source``, with the kitchen-sink essay and its sources."""
    page = shutil.copytree(ROOT / "tests/fixtures" / SLUG, project(source) / "essays" / SLUG) / "index.md"
    page.write_text(with_sources(page.read_text(encoding="utf-8")), encoding="utf-8")
    return source


def main(port: str, site: str = "") -> None:
    """Serve a copy of ``site``, or the fixture site with the kitchen-sink essay, with the page of feed entries."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if site:
            shutil.copytree(site, folder / "html")
        elif (built := build(kitchen_sink(folder / "source"), folder / "html")).returncode:
            raise SystemExit("\n".join(built.errors))
        write_feed_page(folder / "html")
        pages = f"/{FEED_PAGE} shows the feed." if site else f"/essays/{SLUG}/ is the page; /{FEED_PAGE} shows the feed."
        print(f"{pages} Run this again after a change.")
        serve_folder(folder / "html", int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
