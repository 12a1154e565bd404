"""The publication itself: its words, its links and its models."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Site
from insights.check.runner import check

ESSAYS = sorted(path.parent for path in (ROOT / "essays").glob("*/index.md"))


def letters(text: str) -> str:
    """A text without its spaces and its separating dots."""
    return re.sub(r"[\s·]", "", text)


def test_the_landing_page_has_the_words_of_its_owner_in_order(publication: Site) -> None:
    """Word for word, but for the figure beside the featured essay; of the essays that are not written yet, nothing."""
    main = publication.page("/").main
    for drawn in main.find_all(["figure"]) + main.find_all(class_="headerlink"):
        drawn.decompose()
    written = {essay.page_title for essay in map(Essay, ESSAYS)}
    copy = (ROOT / "tests/fixtures/landing.txt").read_text(encoding="utf-8")
    head, *cards, foot = re.split(r"(?<=Read article)\n|\n(?=\w[\w -]*April 2026)|\n(?=Want)", copy)
    kept = [part for part in cards if not re.match(r"[\w -]+April 2026", part) or any(title in part for title in written)]
    assert letters(main.get_text()) == letters("\n".join([head, *kept, foot]))


class Essay:
    """An essay's source: its title and its text."""

    def __init__(self, folder: Path) -> None:
        self.text = (folder / "index.md").read_text(encoding="utf-8")
        found = re.search(r"^# (.+)$", self.text, re.MULTILINE)
        assert found
        self.page_title = found[1]


@pytest.mark.parametrize("built", ["publication", "kitchen"])
def test_every_link_of_the_site_leads_somewhere(built: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(built).folder
    lychee = shutil.which("lychee", path=Path(sys.executable).parent)
    assert lychee
    options = ["--offline", "--include-fragments", "--no-progress", "--index-files", "index.html", "--root-dir", folder]
    pages = [path for path in folder.rglob("*.html") if "_static" not in path.parts]
    done = subprocess.run([lychee, *map(str, [*options, *pages])], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_page_shows_an_error_of_a_template(publication: Site) -> None:
    assert [address for address, page in publication.pages() if "inheriting from" in page.get_text()] == []


def test_the_site_has_every_essay(publication: Site) -> None:
    pages = {path.parent.name for path in (publication.folder / "essays").glob("*/index.html")}
    assert pages >= {folder.name for folder in ESSAYS}


def test_nothing_about_the_machine_is_published(publication: Site) -> None:
    for path, content in publication.files().items():
        assert str(ROOT).encode() not in content, path
        assert b"system-message" not in content or path.startswith("_static/"), path


#: A formula in dollars, a command with its argument, an accent of BibTeX.
LATEX = re.compile(r"\$[^$\n]*\\[a-zA-Z]|\\[a-zA-Z]+\{|\{\\")


def test_no_page_shows_latex(publication: Site) -> None:
    for path, content in publication.files().items():
        text = content.decode() if path.endswith((".html", ".xml", ".json")) and not path.startswith("_static/") else ""
        if path.endswith("feed.json"):
            text = "\n".join(item["content_html"] for item in json.loads(text)["items"])
        assert not LATEX.search(text), path


SENDS = re.compile(r"document\.cookie|sendBeacon|XMLHttpRequest|WebSocket|EventSource|RTCPeerConnection")
#: Links that are followed only on request.
LEADS = {"canonical", "alternate", "author", "search", "index", "next", "prev"}
LOADS = {"src", "srcset", "poster", "data", "action", "formaction", "ping", "background"}


def test_the_site_sends_nothing_to_anyone_as_its_about_page_says(publication: Site) -> None:
    """By what is written in the pages; test_browser.py sees the same in what a browser does."""
    text = " ".join(publication.page("/about/").article.get_text().split())
    assert "What they send about you is nothing, to nobody: they set no cookies, and no script in them " in text
    assert "speaks to anyone but this site." in text
    for address, page in publication.pages():
        for tag in page.find_all(True):
            loaded = [tag[name] for name in LOADS & tag.attrs.keys() if tag.name != "data"]
            if tag.name == "link" and not LEADS & set(tag["rel"]):
                loaded.append(tag["href"])
            assert not [url for url in loaded if re.match(r"(\w+:)?//", url)], (address, tag)
        assert not [tag for tag in page.find_all("script") if SENDS.search(tag.get_text())], address
    for script in publication.folder.rglob("*.js"):
        assert not SENDS.search(script.read_text(encoding="utf-8")), script.name


def test_no_text_breaks_a_rule() -> None:
    assert [str(problem) for problem in check(ROOT) if not problem.warning] == []


@pytest.mark.parametrize("essay", ESSAYS, ids=lambda folder: folder.name)
def test_the_command_at_the_foot_of_an_essay_prints_its_results(essay: Path) -> None:
    if not (essay / "model.py").exists():
        return
    done = subprocess.run([sys.executable, essay / "model.py"], capture_output=True, text=True, check=True, cwd=ROOT)
    assert len(done.stdout.splitlines()) > 1
    assert done.stderr == ""
