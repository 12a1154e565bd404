"""`make bare`: the entries of the feed as feed readers show them, without our style sheet, in a narrow column, on white and on black."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from html import escape
from pathlib import Path

from insights.preview.server import serve_folder

#: The name of the page, beside the feed.
PAGE = "bare.html"
#: The little that reader apps have in common: a narrow column in which pictures shrink, and code and tables scroll.
SHEET = """
body { margin: 0; font: 17px/1.5 system-ui, sans-serif }
article { display: grid; grid-template-columns: 400px 400px }
section { width: 400px; padding: 16px; box-sizing: border-box; color: canvastext }
.white { color-scheme: light; background: #fff }
.black { color-scheme: dark; background: #000 }
figure { margin: 1em 0 }
img { max-width: 100%; height: auto }
pre, table { display: block; overflow-x: auto }
"""


def write(site: Path) -> None:
    """Put into the folder of a site a page that shows each entry of its feed twice, with the pictures that are in that folder."""
    feed = json.loads((site / "feed.json").read_text(encoding="utf-8"))
    articles = []
    for item in feed["items"]:
        entry = f"<h1>{escape(item['title'])}</h1>\n{item['content_html'].replace(feed['home_page_url'], '/')}"
        articles.append("".join(f'<section class="{ground}">{entry}</section>' for ground in ("white", "black")))
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Bare entries</title><style>{SHEET}</style>'
    page = head + "".join(f"<article>{article}</article>\n" for article in articles)
    (site / PAGE).write_text(page, encoding="utf-8")


def main() -> None:
    """Serve a copy of a site with that page in it."""
    with tempfile.TemporaryDirectory() as folder:
        site = shutil.copytree(sys.argv[1], Path(folder) / "html")
        write(site)
        print(f"The entries are /{PAGE}; when a text changes, stop and call again.")
        serve_folder(site, int(sys.argv[2]))


if __name__ == "__main__":
    main()
