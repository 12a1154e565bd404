"""Subscribers get each essay whole, in a form that reads well without our pages, and find the feeds from anywhere."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import bare
import feedparser
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, Site, build, project, served
from insights.commands.permalinks import add_permalinks
from insights.feeds.entry_body import entry_body
from playwright.sync_api import Browser

BASE = "https://insights.example/"
APPROVED = ROOT / "tests/fixtures/approved"
TODAY = ("-D", "insights_today=2026-06-01")
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
def test_an_entry_reads_as_it_was_approved(kitchen: Site, slug: str) -> None:
    """Everything an essay can hold. When a change is meant, look at the new text and copy it over the approved one."""
    approved = APPROVED / f"{slug}.html"
    found = body(kitchen, slug)
    if found != approved.read_text(encoding="utf-8"):
        approved.with_suffix(".new.html").write_text(found, encoding="utf-8")
    assert found == approved.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "of_no_use",
    [
        "<button>Copy</button>", "<input type=radio>", "<script>x()</script>", "<style>a {}</style>", "<nav>Here</nav>",
        "<svg><text>x</text></svg>", "<template><p>x</p></template>", "<!-- x -->", "<p><a class=headerlink href=#a>¶</a></p>",
        '<div class="system-message"><p>/home/somebody/index.md:1: x</p></div>', '<p class="call">Subscribe</p>', "<p> </p>",
    ],
)  # fmt: skip
def test_what_is_of_no_use_in_a_reader_app_goes_with_all_that_is_in_it(of_no_use: str) -> None:
    page = f"<html><body><main><article><p>Before.</p>\n{of_no_use}\n<p>After.</p></article></main></body></html>"
    assert entry_body(page, BASE) == "<p>Before.</p>\n<p>After.</p>\n"


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
    for body in bodies:
        tags = BeautifulSoup(body, "lxml").find_all(True)
        found += [str(value) for tag in tags for name, value in tag.attrs.items() if name in HTML]
    return found


def is_there(files: dict[str, bytes], address: str) -> bool:
    """Whether a site has the file at an address of its own, and in it the place that the address names."""
    where = urlsplit(address)
    file = where.path.lstrip("/") + ("index.html" if where.path.endswith("/") else "")
    return file in files and (not where.fragment or bool(BeautifulSoup(files[file], "lxml").find(id=where.fragment)))


@pytest.mark.parametrize("built", ["kitchen", "many", "publication"])
def test_every_address_in_a_feed_is_absolute_and_those_of_the_site_lead_somewhere(
    built: str, request: pytest.FixtureRequest
) -> None:
    site: Site = request.getfixturevalue(built)
    files = site.files()
    for path in feeds(site):
        found = set(addresses(files[path]))
        assert [address for address in found if not re.match(r"https?://|mailto:", address)] == [], path
        assert [address for address in found if address.startswith(BASE) and not is_there(files, address)] == [], path


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


def test_an_entry_says_of_its_essay_what_the_page_says(kitchen: Site) -> None:
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


def test_what_is_older_than_the_feed_is_in_its_archive(many: Site) -> None:
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


def test_a_correction_and_a_new_essay_move_no_identity_and_no_date(tmp_path: Path) -> None:
    """Wherever the essay is, in the feed or in its archive: no subscriber sees one twice."""
    source = with_many_essays(tmp_path / "source")
    before = dates(build(source, tmp_path / "html", options=TODAY))
    texts = {slug: source / f"essays/{slug}/index.md" for slug in ("e0", "e17", "new")}
    text = texts["e0"].read_text(encoding="utf-8")
    for slug in ("e0", "e17"):
        texts[slug].write_text(texts[slug].read_text(encoding="utf-8") + "\nA correction.\n", encoding="utf-8")
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


def test_a_feed_that_is_gone_leads_to_another(tmp_path: Path) -> None:
    """As when a category gets another name, and when so many essays are taken away that the archive goes too."""
    source, out = with_many_essays(tmp_path / "source"), tmp_path / "html"
    assert build(source, out, options=TODAY).errors == []
    add_permalinks(source / "permalinks.lock", tmp_path / "doctrees/permalinks.lock")
    before = feeds(Site(out, 0, []))
    assert {f"/{path}" for path in before} <= set((source / "permalinks.lock").read_text(encoding="utf-8").splitlines())

    for path, old, new in (
        ("conf.py", '"System Design": """', '"Design": """'),
        ("essays/second/index.md", "category: System Design", "category: Design"),
    ):
        text = (source / path).read_text(encoding="utf-8")
        (source / path).write_text(text.replace(old, new), encoding="utf-8")
    for number in (0, 1):
        shutil.rmtree(source / f"essays/e{number}")
    asked = dict(re.findall(r'insights_redirects = \{"(.*?)": "(.*?)"\}', "\n".join(build(source, out, options=TODAY).errors)))
    gone = {f"/{path}" for path in before if "archive" in path or "system-design" in path}
    assert {old for old in asked if "." in old} == gone
    assert all(asked[old] == f"/…/{old.rpartition('/')[2]}" for old in gone)

    there = {"/archive/1/": "/", "/essays/category/system-design/": "/essays/category/design/"}
    redirects = {old: f"{there[old[: old.rindex('/') + 1]]}{old.rpartition('/')[2]}" for old in gone}
    redirects |= dict.fromkeys(asked.keys() - gone, "/essays/")
    settings = (source / "conf.py").read_text(encoding="utf-8")
    settings = settings.replace("insights_redirects: dict[str, str] = {}", f"insights_redirects = {redirects}")
    (source / "conf.py").write_text(settings, encoding="utf-8")
    mended = build(source, out, options=TODAY)
    assert mended.errors == []
    files = mended.files()
    assert all(files[old.strip("/")] == files[redirects[old].strip("/")] for old in gone)
    assert b"/archive/1/atom.xml /atom.xml 301\n" in files["_redirects"]


def test_a_category_has_a_feed_of_its_essays_and_names_it_first(kitchen: Site) -> None:
    entries = items(kitchen, "/essays/category/infrastructure/feed.json")
    assert [entry["url"].split("/")[-2] for entry in entries] == ["third", "first"]
    page = kitchen.page("/essays/category/infrastructure/")
    assert [link["href"] for link in page.find_all("link", rel="alternate")] == [
        "atom.xml", "rss.xml", "feed.json", "../../../atom.xml", "../../../rss.xml", "../../../feed.json",
    ]  # fmt: skip


def test_every_page_names_the_feeds_its_own_first_and_links_to_where_they_are_explained(kitchen: Site) -> None:
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


def test_an_essay_ends_with_the_way_to_the_next(kitchen: Site) -> None:
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


# -- As a reader app shows it ---------------------------------------------------------------------------------------------------

TOO_WIDE = """[...document.querySelectorAll('section *')].filter(element => !element.closest('pre, table') &&
  element.getBoundingClientRect().right > element.closest('section').getBoundingClientRect().right + 1).map(element => element.outerHTML)"""


@pytest.mark.parametrize("built", ["publication", "kitchen"])
def test_bare_entries_fit_a_narrow_column_and_show_their_pictures(
    built: str, request: pytest.FixtureRequest, browser: Browser, tmp_path: Path
) -> None:
    site = shutil.copytree(request.getfixturevalue(built).folder, tmp_path / "html")
    bare.write(site)
    with served(site) as at:
        page = browser.new_page()
        page.goto(f"{at}/{bare.PAGE}")
        assert page.locator("article").count() == len(json.loads((site / "feed.json").read_text())["items"])
        assert page.evaluate(TOO_WIDE) == []
        assert page.locator("img").count() > 0
        assert page.evaluate("[...document.images].filter(image => !image.naturalWidth).map(image => image.src)") == []
        page.close()


def test_the_picture_of_a_chart_keeps_a_margin_of_white(kitchen: Site, browser: Browser) -> None:
    """A reader app shows it on whatever ground it has."""
    with served(kitchen.folder) as at:
        page = browser.new_page()
        for name in ("growth", "rise", "decay"):
            page.goto(f"{at}/essays/second/{name}.svg")
            ground = page.locator("rect").first
            assert (ground.get_attribute("fill"), ground.get_attribute("width"), ground.get_attribute("height")) == (
                "#ffffff", "100%", "100%",
            )  # fmt: skip
            boxes = [text.bounding_box() for text in page.locator("text").all()]
            assert boxes
            for box in filter(None, boxes):
                assert min(box["x"], box["y"], 480 - box["x"] - box["width"], 360 - box["y"] - box["height"]) >= 8, (name, box)
        page.close()
