"""Subscribers get every essay in full, readable without our pages, and find the feeds from any page."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, TODAY, Site, append, build, edit, project
from insights.commands.permalinks import add_permalinks

BASE = "https://insights.example/"
APPROVED = ROOT / "tests/fixtures/approved"
CATEGORIES = ["system-design", "infrastructure", "engineering-thinking"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The fixture site with so many essays that its feed has an archive."""
    folder = tmp_path_factory.mktemp("many")
    built = build(with_many_essays(folder / "source"), folder / "html", options=TODAY)
    assert built.errors == []
    return built


def with_many_essays(source: Path) -> Path:
    """The fixture site with eighteen essays more; they are older than its own three."""
    project(source)
    for number in range(18):
        text = source / f"essays/e{number}/index.md"
        text.parent.mkdir()
        day = date(2024, 1, 1) + timedelta(days=number)
        header = f"---\ndate: {day}\ncategory: Infrastructure\nsummary: Essay {number}.\n---\n"
        text.write_text(f"{header}# Essay {number}\n\nText.\n", encoding="utf-8")
    return source


def items(site: Site, path: str = "/feed.json") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(site.files()[path.strip("/")])["items"]
    return found


def body(site: Site, slug: str) -> str:
    return str(next(item["content_html"] for item in items(site) if item["url"] == f"{BASE}essays/{slug}/"))


def feeds(site: Site) -> list[str]:
    """Every document of every feed, by its path."""
    return [path for path in site.files() if re.search(r"(^|/)(atom\.xml|rss\.xml|feed\.json)$", path)]


@pytest.mark.parametrize("slug", ["kitchen-sink", "second"])
def test_an_entry_is_as_it_was_approved(kitchen: Site, slug: str) -> None:
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
                    "href", "title", "src", "alt", "width", "height", "start", "value", "align", "datetime", "class", "colspan",
                    "rowspan",
                }  # fmt: skip
                assert "class" not in tag.attrs or (tag.name == "code" and tag["class"][0].startswith("language-"))
        assert "¶" not in item["content_html"]


#: What holds an address: attributes in HTML, attributes and elements in XML, fields in JSON.
HTML = {"href", "src", "srcset", "cite", "poster", "data", "action"}
ATTRIBUTES = {"href", "src", "url", "scheme", "domain", "{http://www.w3.org/XML/1998/namespace}base"}
ELEMENTS = {"link", "{http://www.w3.org/2005/Atom}uri", "{http://www.w3.org/2005/Atom}icon", "{http://www.w3.org/2005/Atom}logo"}
FIELDS = {"url", "home_page_url", "feed_url", "next_url", "external_url", "image", "banner_image", "icon", "favicon", "avatar"}


def values(found: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in JSON, with the field that it stands in."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from values(value, name)
    elif isinstance(found, list):
        for value in found:
            yield from values(value, key)
    elif isinstance(found, str):
        yield key, found


def addresses(content: bytes) -> list[Any]:
    """Every address in a document of a feed, those in the texts of its entries among them."""
    if content.startswith(b"{"):
        texts = list(values(json.loads(content)))
        found = [text for name, text in texts if name in FIELDS]
        bodies = [text for name, text in texts if name == "content_html"]
    else:
        elements = list(ET.fromstring(content).iter())
        found = [value for element in elements for name, value in element.items() if name in ATTRIBUTES]
        found += [element.text for element in elements if element.tag in ELEMENTS and element.text]
        bodies = [element.text or "" for element in elements if element.tag.endswith(("}content", "}encoded"))]
    return [*found, *(address for body in bodies for address in linked(body))]


@cache
def linked(body: str) -> list[str]:
    """Every address in the text of an entry, which several feeds have."""
    tags = BeautifulSoup(body, "lxml").find_all(True)
    return [str(value) for tag in tags for name, value in tag.attrs.items() if name in HTML]


@cache
def ids(page: bytes) -> set[str]:
    """The names of the places in a page."""
    return {str(tag["id"]) for tag in BeautifulSoup(page, "lxml").find_all(id=True)}


def is_there(files: dict[str, bytes], address: str) -> bool:
    """Whether a site has the file at an address of its own, and in it the place that the address names."""
    where = urlsplit(address)
    file = where.path.lstrip("/") + ("index.html" if where.path.endswith("/") else "")
    return file in files and (not where.fragment or where.fragment in ids(files[file]))


@pytest.mark.parametrize("built", ["kitchen", "many", "publication"])
def test_every_address_in_a_feed_is_absolute_and_exists(built: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(built)
    files = site.files()
    for path in feeds(site):
        found = set(addresses(files[path]))
        assert [address for address in found if not re.match(r"https?://|mailto:", address)] == [], path
        assert [address for address in found if address.startswith(BASE) and not is_there(files, address)] == [], path


def test_charts_are_images_with_a_size_and_alt_text(kitchen: Site) -> None:
    pictures = BeautifulSoup(body(kitchen, "second"), "lxml").find_all("img")
    assert [(str(p["src"]).rpartition("/")[2], p["width"], p["height"]) for p in pictures] == [
        ("growth.svg", "480", "360"),
        ("rise.svg", "480", "360"),
        ("decay.svg", "480", "360"),
    ]
    assert pictures[0]["alt"] == "The line doubles with every step; the answer is 42.0."
    assert kitchen.files()["essays/second/growth.svg"].startswith(b"<?xml")


def test_the_entry_of_a_revised_essay_starts_with_the_revision_and_has_its_date(kitchen: Site) -> None:
    entry = next(item for item in items(kitchen) if item["url"].endswith("/second/"))
    assert entry["content_html"].startswith("<p><em>Revised on 10 May 2026: Added a source.</em>")
    assert (entry["date_published"][:10], entry["date_modified"][:10]) == ("2026-02-03", "2026-05-10")
    other = next(item for item in items(kitchen) if item["url"].endswith("/first/"))
    assert other["date_published"] == other["date_modified"]


def test_the_feed_is_as_new_as_its_newest_change(kitchen: Site) -> None:
    feed = feedparser.parse(kitchen.files()["atom.xml"])
    assert not feed.bozo
    assert feed.feed.updated == max(entry.updated for entry in feed.entries)


def test_an_entry_has_the_same_facts_as_the_page(kitchen: Site) -> None:
    entry = next(item for item in items(kitchen) if item["url"].endswith("/second/"))
    assert entry["title"] == "The Second Essay: Evidence & More"
    assert entry["summary"] == "An essay with evidence: numbers & <charts>."
    assert entry["summary"] not in BeautifulSoup(entry["content_html"], "lxml").get_text()
    assert entry["tags"] == ["System Design", "latency", "redundancy"]
    assert entry["id"] == "tag:insights.example,2026:essays/second"
    (item,) = [item for item in feedparser.parse(kitchen.files()["atom.xml"]).entries if item.link == entry["url"]]
    assert [(tag.term, tag.label, tag.scheme) for tag in item.tags] == [
        ("system-design", "System Design", f"{BASE}essays/#categories"),
        ("latency", "latency", f"{BASE}essays/#tags"),
        ("redundancy", "redundancy", f"{BASE}essays/#tags"),
    ]


def test_the_three_formats_have_the_same_entries_with_the_same_identities(kitchen: Site) -> None:
    for folder in ("", *(f"essays/category/{name}/" for name in CATEGORIES)):
        ids = [entry["id"] for entry in items(kitchen, f"{folder}feed.json")]
        assert ids
        for name in ("atom.xml", "rss.xml"):
            found = feedparser.parse(kitchen.files()[folder + name])
            assert not found.bozo
            assert [entry.id for entry in found.entries] == ids
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("built", ["kitchen", "many"])
def test_each_feed_has_an_identity_and_each_document_an_address_of_its_own(built: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(built)
    identities: dict[str, str] = {}
    for path in feeds(site):
        of = re.sub(r"(archive/\d+/)?[^/]+$", "", path)
        if path.endswith(".json"):
            assert json.loads(site.files()[path])["feed_url"] == f"{BASE}{of}feed.json"
            continue
        found = feedparser.parse(site.files()[path]).feed
        assert [link.href for link in found.links if link.rel == "self"] == [BASE + path]
        if path.endswith("atom.xml"):
            assert identities.setdefault(of, found.id) == found.id
    assert len(set(identities.values())) == len(identities)
    assert identities[""] == "tag:insights.example,2026:feed"
    assert identities["essays/category/system-design/"] == "tag:insights.example,2026:feed/system-design"


def test_older_entries_are_in_the_archive(many: Site) -> None:
    assert len(items(many)) == 20
    assert [path for path in feeds(many) if "archive" in path] == [
        "archive/1/atom.xml", "archive/1/feed.json", "archive/1/rss.xml",
    ]  # fmt: skip
    assert json.loads(many.files()["feed.json"])["next_url"] == f"{BASE}archive/1/feed.json"
    everything = {entry["id"] for path in ("feed.json", "archive/1/feed.json") for entry in items(many, path)}
    assert len(everything) == 21


def dates(site: Site) -> dict[str, dict[str, tuple[str, str]]]:
    """Of each feed with its archive, every identity, with the days of publication and of change."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for path in feeds(site):
        known = found.setdefault(re.sub(r"archive/\d+/", "", path), {})
        for entry in items(site, path) if path.endswith(".json") else feedparser.parse(site.files()[path]).entries:
            known[entry["id"]] = (
                entry.get("date_published") or entry["published"],
                entry.get("date_modified") or entry["updated"],
            )
    return found


def test_corrections_and_new_essays_change_no_identity_and_no_date(tmp_path: Path) -> None:
    """Wherever the essay is, in the feed or in its archive: no subscriber sees one twice."""
    source = with_many_essays(tmp_path / "source")
    before = dates(build(source, tmp_path / "html", options=TODAY))
    texts = {slug: source / f"essays/{slug}/index.md" for slug in ("e0", "e17", "new")}
    text = texts["e0"].read_text(encoding="utf-8")
    for slug in ("e0", "e17"):
        append(texts[slug], "\nA correction.\n")
    texts["new"].parent.mkdir()
    texts["new"].write_text(text.replace("2024-01-01", "2026-05-30"), encoding="utf-8")
    corrected = build(source, tmp_path / "html", options=TODAY)
    assert "A correction." in corrected.files()["essays/category/infrastructure/archive/1/rss.xml"].decode()
    new = {"tag:insights.example,2026:essays/new"}
    after = dates(corrected)
    assert len(before["atom.xml"]) == 21
    assert {path: {id: known for id, known in entries.items() if id not in new} for path, entries in after.items()} == before
    assert {path for path, entries in after.items() if new & entries.keys()} == {
        f"{of}{name}" for of in ("", "essays/category/infrastructure/") for name in ("atom.xml", "rss.xml", "feed.json")
    }


def test_a_removed_feed_is_redirected_to_another(tmp_path: Path) -> None:
    """As when a category gets another name, and when so many essays are taken away that the archive goes too."""
    source, out = with_many_essays(tmp_path / "source"), tmp_path / "html"
    assert build(source, out, options=TODAY).errors == []
    add_permalinks(source / "permalinks.lock", tmp_path / "doctrees/permalinks.lock")
    before = feeds(Site(out, 0, []))
    assert {f"/{path}" for path in before} <= set((source / "permalinks.lock").read_text(encoding="utf-8").splitlines())

    edit(source / "conf.py", '"System Design": """', '"Design": """')
    edit(source / "essays/second/index.md", "category: System Design", "category: Design")
    for number in (0, 1):
        shutil.rmtree(source / f"essays/e{number}")
    asked = dict(re.findall(r'insights_redirects = \{"(.*?)": "(.*?)"\}', "\n".join(build(source, out, options=TODAY).errors)))
    gone = {f"/{path}" for path in before if "archive" in path or "system-design" in path}
    assert {old for old in asked if "." in old} == gone
    assert all(asked[old] == f"/…/{old.rpartition('/')[2]}" for old in gone)

    there = {"/archive/1/": "/", "/essays/category/system-design/": "/essays/category/design/"}
    redirects = {old: f"{there[old[: old.rindex('/') + 1]]}{old.rpartition('/')[2]}" for old in gone}
    redirects |= dict.fromkeys(asked.keys() - gone, "/essays/")
    append(source / "conf.py", f"\ninsights_redirects = {redirects}\n")
    mended = build(source, out, options=TODAY)
    assert mended.errors == []
    files = mended.files()
    assert all(files[old.strip("/")] == files[redirects[old].strip("/")] for old in gone)
    assert b"/archive/1/atom.xml /atom.xml 301\n" in files["_redirects"]


def test_a_category_has_a_feed_of_its_essays_and_links_it_first(kitchen: Site) -> None:
    entries = items(kitchen, "/essays/category/infrastructure/feed.json")
    assert [entry["url"].split("/")[-2] for entry in entries] == ["third", "first"]
    page = kitchen.page("/essays/category/infrastructure/")
    assert [link["href"] for link in page.find_all("link", rel="alternate")] == [
        "atom.xml", "rss.xml", "feed.json", "../../../atom.xml", "../../../rss.xml", "../../../feed.json",
    ]  # fmt: skip


def test_every_page_links_the_feeds_its_own_first_and_the_page_about_them(kitchen: Site) -> None:
    names = {"atom.xml": "application/atom+xml", "rss.xml": "application/rss+xml", "feed.json": "application/feed+json"}
    for address, page in kitchen.pages():
        at = f"{BASE}{address.lstrip('/')}"
        own = [address.removesuffix("index.html")] if address.startswith("/essays/category/") else []
        named = [(urljoin(at, link["href"]), link["type"]) for link in page.find_all("link", rel="alternate")]
        assert named == [(f"{BASE}{of.lstrip('/')}{name}", kind) for of in [*own, "/"] for name, kind in names.items()], address
        titles = [link["title"] for link in page.find_all("link", rel="alternate")]
        assert len(set(titles)) == len(titles), address
        footer = {urljoin(at, a["href"]).removesuffix("index.html") for a in page.find(class_="site-footer").find_all("a")}
        assert f"{BASE}subscribe/" in footer, address


def test_an_essay_ends_with_a_link_to_subscribe(kitchen: Site) -> None:
    for slug in ("first", "second", "third"):
        call = kitchen.page(f"/essays/{slug}/").article.find(class_="essay-foot").find(class_="call")
        assert call.find("a", string="Subscribe")["href"] == "../../subscribe/"


def test_the_page_of_a_category_shows_its_own_feed(kitchen: Site) -> None:
    article = kitchen.page("/essays/category/infrastructure/").article
    shown = {a.get_text(): a["href"] for a in article.find(class_="call").find_all("a")}
    assert shown == {"Subscribe": "../../../subscribe/", "Atom": "atom.xml", "RSS": "rss.xml", "JSON Feed": "feed.json"}
    for page in ("/essays/", "/essays/tag/latency/", "/essays/2026/"):
        assert not kitchen.page(page).article.find(class_="call")


def test_the_page_about_feeds_lists_each_with_its_formats(kitchen: Site) -> None:
    rows = kitchen.page("/subscribe/").find(class_="feeds").find_all(["dt", "dd"])
    assert [row.get_text().strip() for row in rows] == [
        "All essays", f"{BASE}atom.xml, or as RSS or JSON Feed",
        "System Design", f"{BASE}essays/category/system-design/atom.xml, or as RSS or JSON Feed",
        "Infrastructure", f"{BASE}essays/category/infrastructure/atom.xml, or as RSS or JSON Feed",
        "Engineering Thinking", f"{BASE}essays/category/engineering-thinking/atom.xml, or as RSS or JSON Feed",
    ]  # fmt: skip
    for row in rows[1::2]:
        first, *others = [urljoin(f"{BASE}subscribe/", link["href"]) for link in row.find_all("a")]
        assert first == row.find("a").get_text()
        assert others == [first.replace("atom.xml", name) for name in ("rss.xml", "feed.json")]


def test_a_renamed_essay_keeps_its_identity(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    (source / "essays/third").rename(source / "essays/renamed")
    edit(source / "essays/renamed/index.md", "---\ndate", "---\nid: third\ndate")
    edit(source / "essays/second/index.md", "third", "renamed")
    built = build(source, tmp_path / "html", options=TODAY)
    assert built.errors == []
    entry = next(item for item in items(built) if item["url"] == f"{BASE}essays/renamed/")
    assert entry["id"] == "tag:insights.example,2026:essays/third"


def test_two_essays_cannot_have_one_identity(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    edit(source / "essays/third/index.md", "---\ndate", "---\nid: first\ndate")
    built = build(source, tmp_path / "html", options=TODAY)
    words = "`id` is 'first', which is also that of first; take it out of one of them"
    assert built.errors == [f"essays/third/index.md:2: ERROR: {words}"]
