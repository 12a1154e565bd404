"""Subscribers get each essay whole, in a form that reads well without our pages, and find the feeds from anywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, Site, build, project

BASE = "https://insights.example/"
APPROVED = ROOT / "tests/approved"


def items(site: Site, path: str = "/feed.json") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(site.files()[path.strip("/")])["items"]
    return found


def body(site: Site, slug: str) -> str:
    return str(next(item["content_html"] for item in items(site) if item["url"] == f"{BASE}essays/{slug}/"))


def feeds(site: Site) -> list[str]:
    return [path for path in site.files() if re.search(r"(^|/)(atom\.xml|rss\.xml|feed\.json)$", path)]


@pytest.mark.parametrize("slug", ["kitchen-sink", "second"])
def test_an_entry_reads_as_it_was_approved(kitchen: Site, slug: str) -> None:
    """Everything an essay can hold. When a change is meant, look at the new text and copy it over the approved one."""
    approved = APPROVED / f"{slug}.html"
    found = body(kitchen, slug)
    if found != approved.read_text(encoding="utf-8"):
        approved.with_suffix(".new.html").write_text(found, encoding="utf-8")
    assert found == approved.read_text(encoding="utf-8")


def test_no_entry_needs_our_styles_or_scripts(kitchen: Site) -> None:
    for item in items(kitchen):
        entry = BeautifulSoup(item["content_html"], "lxml")
        assert not entry.find_all(
            ["script", "style", "svg", "button", "input", "label", "details", "nav", "div", "span", "section"]
        )
        for tag in entry.find_all(True):
            if tag.name not in ("html", "body") and not tag.find_parent("math") and tag.name != "math":
                assert set(tag.attrs) <= {
                    "href", "title", "src", "alt", "width", "height", "start", "value", "align", "datetime", "class", "colspan", "rowspan",
                }  # fmt: skip
                assert "class" not in tag.attrs or (tag.name == "code" and tag["class"][0].startswith("language-"))
        assert "¶" not in item["content_html"]


def test_every_address_in_a_feed_is_absolute_and_those_of_the_site_lead_somewhere(kitchen: Site) -> None:
    files = kitchen.files()
    for path in feeds(kitchen):
        addresses = re.findall(rb'(?:href|src)=\\?"([^"\\]*)', files[path]) if path.endswith("json") else []
        if not addresses:
            text = "".join(ET.fromstring(files[path]).itertext())
            addresses = [a.encode() for a in re.findall(r'(?:href|src)="([^"]*)"', text)]
        assert addresses
        for address in {a.decode() for a in addresses}:
            assert re.match(r"https?://|mailto:", address), (path, address)
            if address.startswith(BASE):
                where = urlsplit(address)
                file = where.path.lstrip("/") + ("index.html" if where.path.endswith("/") else "")
                assert file in files, (path, address)
                if where.fragment:
                    assert BeautifulSoup(files[file], "lxml").find(id=where.fragment), (path, address)


def test_charts_are_pictures_with_a_size_and_words_for_those_who_cannot_see_them(kitchen: Site) -> None:
    pictures = BeautifulSoup(body(kitchen, "second"), "lxml").find_all("img")
    assert [(str(p["src"]).rpartition("/")[2], p["width"], p["height"]) for p in pictures] == [
        ("growth.svg", "480", "360"),
        ("rise.svg", "480", "360"),
        ("decay.svg", "480", "360"),
    ]
    assert pictures[0]["alt"] == "The line doubles with every step; the answer is 42.0."
    assert kitchen.files()["essays/second/growth.svg"].startswith(b"<?xml")


def test_a_revised_essay_says_first_what_was_changed_and_nothing_else_moves_its_date(kitchen: Site) -> None:
    entry = next(item for item in items(kitchen) if item["url"].endswith("/second/"))
    assert entry["content_html"].startswith("<p><em>Revised on 10 May 2026: Added a source.</em>")
    assert (entry["date_published"][:10], entry["date_modified"][:10]) == ("2026-02-03", "2026-05-10")
    other = next(item for item in items(kitchen) if item["url"].endswith("/first/"))
    assert other["date_published"] == other["date_modified"]


def test_the_feed_is_as_new_as_its_newest_change(kitchen: Site) -> None:
    feed = feedparser.parse(kitchen.files()["atom.xml"])
    assert not feed.bozo
    assert feed.feed.updated == max(entry.updated for entry in feed.entries)


def test_each_feed_has_an_identity_and_an_address_of_its_own(kitchen: Site) -> None:
    found = [feedparser.parse(kitchen.files()[path]).feed for path in feeds(kitchen) if path.endswith("atom.xml")]
    assert [feed.id for feed in found] == [
        "tag:insights.example,2026:feed",
        "tag:insights.example,2026:feed/engineering-thinking",
        "tag:insights.example,2026:feed/infrastructure",
        "tag:insights.example,2026:feed/system-design",
    ]
    addresses = [next(link.href for link in feed.links if link.rel == "self") for feed in found]
    assert addresses == [BASE + path for path in feeds(kitchen) if path.endswith("atom.xml")]


def test_a_category_has_a_feed_of_its_essays_and_names_it_first(kitchen: Site) -> None:
    entries = items(kitchen, "/essays/category/infrastructure/feed.json")
    assert [entry["url"].split("/")[-2] for entry in entries] == ["third", "first"]
    page = kitchen.page("/essays/category/infrastructure/")
    assert [link["href"] for link in page.find_all("link", rel="alternate")] == [
        "atom.xml", "rss.xml", "feed.json", "../../../atom.xml", "../../../rss.xml", "../../../feed.json",
    ]  # fmt: skip


def test_every_page_names_the_feeds_and_links_to_where_they_are_explained(kitchen: Site) -> None:
    for address, page in kitchen.pages():
        named = {
            link["type"]: urljoin(f"{BASE}{address.lstrip('/')}", link["href"]) for link in page.find_all("link", rel="alternate")
        }
        assert {BASE + "atom.xml", BASE + "rss.xml", BASE + "feed.json"} <= set(named.values()) or "category" in address
        targets = {urlsplit(urljoin(f"{BASE}{address.lstrip('/')}", a["href"])).path for a in page.find_all("a", href=True)}
        assert address == "/subscribe/index.html" or "/subscribe/" in targets, address


def test_the_page_about_feeds_lists_each_with_its_formats(kitchen: Site) -> None:
    rows = [row.get_text(" ", strip=True) for row in kitchen.page("/subscribe/").find(class_="feeds").find_all("li")]
    assert rows == [
        "All essays : Atom · RSS · JSON Feed",
        "System Design : Atom · RSS · JSON Feed",
        "Infrastructure : Atom · RSS · JSON Feed",
        "Engineering Thinking : Atom · RSS · JSON Feed",
    ]


def test_an_essay_that_was_renamed_keeps_its_identity(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    (source / "essays/third").rename(source / "essays/renamed")
    text = source / "essays/renamed/index.md"
    text.write_text(text.read_text(encoding="utf-8").replace("---\n", "---\nid: third\n", 1), encoding="utf-8")
    related = source / "essays/second/index.md"
    related.write_text(related.read_text(encoding="utf-8").replace("third", "renamed"), encoding="utf-8")
    built = build(source, tmp_path / "html", options=("-D", "insights_today=2026-06-01"))
    assert built.errors == []
    entry = next(item for item in items(built) if item["url"] == f"{BASE}essays/renamed/")
    assert entry["id"] == "tag:insights.example,2026:essays/third"


def test_two_essays_cannot_have_one_identity(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    text = source / "essays/third/index.md"
    text.write_text(text.read_text(encoding="utf-8").replace("---\n", "---\nid: first\n", 1), encoding="utf-8")
    built = build(source, tmp_path / "html", options=("-D", "insights_today=2026-06-01"))
    assert built.errors == [
        "essays/third/index.md:2: ERROR: `id` is 'first', which is that of first; take it out of one of them"
    ]  # fmt: skip
