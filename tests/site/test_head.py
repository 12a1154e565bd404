"""What machines read of a page: its records, its policy, the sitemap, the picture of a preview."""

from __future__ import annotations

import io
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from audit import head_problems
from bs4 import BeautifulSoup
from conftest import Site as BuiltSite
from insights import csp
from insights.catalog import Essay, Site
from insights.output import permalinks, sitemap, social_images
from insights.output.social_images import Words
from insights.pages import structured_data
from insights.pages.head import LONGEST, shortened
from insights.source import Revision
from matplotlib import get_data_path
from PIL import Image, ImageFont

SITE = Site(
    name="Insights", url="https://a.example/", description="Writing.", language="en", author="Insights", rights="", repository="",
    authority="a.example,2026", preview=False, root_doc="index",
)  # fmt: skip
ESSAY = Essay(
    docname="essays/x/index", slug="x", id="x", title="50% & more: <b>", summary="S.", category="System Design",
    tags=("latency",), published=date(2026, 4, 28), revisions=(Revision.model_validate({"date": "2026-05-01", "note": "More."}),), related=(),
    featured=False, status="published", minutes=6, words=1200, links=(), results=(), charts=(), anchors=(),
    sources=("https://doi.org/10.1/x",), evidence="",
)  # fmt: skip
URL = "https://a.example/essays/x/"


def test_nothing_in_a_record_can_end_the_element_that_it_stands_in() -> None:
    text = structured_data.script(
        structured_data.blog_posting(SITE, replace(ESSAY, summary="</script><script>alert(1)</script>"), URL, f"{URL}social.png")
    )
    assert "<" not in text
    assert json.loads(text)["description"] == "</script><script>alert(1)</script>"


def test_a_reference_manager_reads_the_entry_of_an_essay() -> None:
    from pybtex.database import parse_string

    entry = parse_string(structured_data.bibtex(SITE, ESSAY, URL, "insights-x"), "bibtex").entries["insights-x"]
    assert entry.fields["title"] == r"{50\% \& more: <b>}"
    assert (entry.fields["year"], entry.fields["month"], entry.fields["url"]) == ("2026", "April", URL)
    assert entry.fields["note"] == "Revised 2026-05-01"
    assert str(entry.persons["author"][0]) == "{Insights}"


def test_a_policy_lets_run_the_scripts_of_the_page_and_no_other() -> None:
    html = '<script>a()</script><script src="b.js"></script><script type="application/ld+json">{}</script>'
    assert csp.inline_scripts(html) == ["a()"]
    found = csp.content_policy(csp.inline_scripts(html))
    assert "script-src 'self' 'sha256-qVpDBgj7bpq5hMAcGp3AOc79J3Y1Z4HvySTwKrWDoy4='; " in found
    assert "unsafe" not in found
    assert found.startswith("default-src 'none'; ")


def test_a_sitemap_says_when_a_page_changed_where_that_is_known() -> None:
    found = ET.fromstring(sitemap.sitemap([("https://a.example/b/", None), ("https://a.example/a/", date(2026, 1, 2))]))
    name = f"{{{sitemap.NAMESPACE}}}"
    assert [[(child.tag.removeprefix(name), child.text) for child in url] for url in found] == [
        [("loc", "https://a.example/a/"), ("lastmod", "2026-01-02")],
        [("loc", "https://a.example/b/")],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short.", "Short."),
        ("One sentence. " + "word " * 60, "One sentence."),
        ("word " * 60, "word " * 31 + "word…"),
    ],
)
def test_a_description_ends_where_a_sentence_or_a_word_does(text: str, expected: str) -> None:
    assert shortened(text) == expected
    assert len(shortened(text)) <= LONGEST + 1


@pytest.mark.parametrize("title", ["Short", "A Title of a Middling Length, With a Turn", "W" * 60, "Many words " * 20])
def test_the_picture_of_a_preview_has_the_size_that_previews_ask_for(title: str) -> None:
    words = Words(title, "System Design", "Insights")
    drawn = social_images.draw(words)
    assert Image.open(io.BytesIO(drawn)).size == (1200, 630)
    assert len(drawn) < 40_000
    assert drawn == social_images.draw(words)


def test_a_picture_is_drawn_once(tmp_path: Path) -> None:
    words = Words("Title", "Label", "Insights")
    (first,) = social_images.draw_social_images([words], tmp_path).values()
    first.write_bytes(b"kept")
    others = [words, Words("Another", "Label", "Insights"), Words("Title", "", "Insights"), Words("Title", "Label", "Name")]
    found = social_images.draw_social_images(others, tmp_path)
    assert found[words] == first
    assert first.read_bytes() == b"kept"
    assert len(set(found.values())) == 4


def test_the_words_of_a_title_stay_in_the_picture() -> None:
    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/{social_images.SERIF}", 78)
    lines = social_images.wrapped("What Most Developers Miss About Streaming Architecture", font, 1032)
    assert " ".join(lines) == "What Most Developers Miss About Streaming Architecture"
    assert all(font.getlength(line) <= 1032 for line in lines)


# -- The pages ----------------------------------------------------------------------------------------------------------------


def meta(page: BeautifulSoup, name: str) -> str | None:
    found = page.find("meta", attrs={"name": name}) or page.find("meta", attrs={"property": name})
    return str(found["content"]) if found else None


def test_every_page_says_what_it_is_about_and_where_it_is(publication: BuiltSite) -> None:
    folder = publication.folder
    assert {str(page): found for page in folder.rglob("*.html") if (found := head_problems(folder, page))} == {}


def test_an_address_that_has_moved_has_nothing_to_say(site: BuiltSite, tmp_path: Path) -> None:
    copy = shutil.copytree(site.folder, tmp_path / "html")
    page = copy / "old/index.html"
    page.parent.mkdir()
    page.write_text(permalinks.redirect_page("https://insights.example/", "/old/", "/about/"), encoding="utf-8")
    assert head_problems(copy, page) == []


def test_no_two_pages_are_called_or_described_alike(publication: BuiltSite) -> None:
    for name in ("og:title", "description", "og:image:alt"):
        said = [meta(page, name) for address, page in publication.pages() if address != "/404.html"]
        assert len(set(said)) == len(said), name


@pytest.mark.parametrize(
    ("path", "old", "new", "problems"),
    [
        ("about/index.html", ' lang="en"', "", ["lang"]),
        ("about/index.html", "<title>", "<title>documentation ", ["one title, without “documentation”"]),
        ("about/index.html", 'name="description"', 'name="words"', ["description", "og:description"]),
        ("about/index.html", 'rel="canonical"', 'rel="else"', ["canonical, or noindex"]),
        ("404.html", 'content="noindex"', 'content="index"', ["canonical, or noindex"]),
        ("essays/index.html", "/essays/social.png", "/social.png", ["og:image of its own"]),
        ("essays/first/index.html", '"BlogPosting"', '"Thing"', ["records"]),
        ("essays/first/index.html", 'href="../../rss.xml"', 'href="rss.xml"', ["files that it links"]),
        ("essays/first/index.html", 'href="../../rss.xml"', 'href="../../atom.xml"', ["feeds"]),
    ],
)
def test_a_head_that_lacks_something_is_noticed(
    site: BuiltSite, tmp_path: Path, path: str, old: str, new: str, problems: list[str]
) -> None:
    copy = shutil.copytree(site.folder, tmp_path / "html")
    text = (copy / path).read_text(encoding="utf-8")
    assert old in text
    (copy / path).write_text(text.replace(old, new), encoding="utf-8")
    assert head_problems(copy, copy / path) == problems


@pytest.mark.parametrize(
    ("path", "words"),
    {
        "social.png": ("Technical writing for people building serious systems.", ""),
        "about/social.png": ("About Insights", ""),
        "essays/social.png": ("All essays", ""),
        "essays/tag/latency/social.png": ("latency", "Tag"),
        "essays/2025/social.png": ("2025", "Year"),
        "essays/category/system-design/social.png": ("System Design", "Category"),
        "essays/second/social.png": (
            "The Second Essay: Evidence & More",
            "System Design  ·  February 2026  ·  1 min read",
        ),
        "search/social.png": ("Search", ""),
    }.items(),
)
def test_a_preview_shows_the_title_of_its_page_and_the_name_of_the_publication_once(
    site: BuiltSite, path: str, words: tuple[str, str]
) -> None:
    assert site.files()[path] == social_images.draw(Words(*words, "Insights"))


def test_an_essay_is_described_as_one(site: BuiltSite) -> None:
    page = site.page("/essays/second/")
    posting, trail = records(page)
    assert posting["@type"] == "BlogPosting"
    assert posting["headline"] == "The Second Essay: Evidence & More"
    assert (posting["datePublished"], posting["dateModified"]) == ("2026-02-03", "2026-05-10")
    assert posting["articleSection"] == "System Design"
    assert posting["citation"] == ["https://www.one.example/paper", "https://doi.org/10.1000/two"]
    assert posting["author"]["name"] == "Insights"
    assert trail["@type"] == "BreadcrumbList"


def records(page: Any) -> list[Any]:
    return [json.loads(found.get_text()) for found in page.find_all("script", type="application/ld+json")]


@pytest.mark.parametrize(
    ("address", "above"),
    {
        "/about/": ["Insights /"],
        "/essays/": ["Insights /"],
        "/essays/2026/": ["Insights /", "All essays /essays/"],
        "/essays/category/system-design/": ["Insights /", "All essays /essays/"],
        "/essays/second/": ["Insights /", "All essays /essays/", "System Design /essays/category/system-design/"],
    }.items(),
)
def test_a_page_names_the_pages_above_it(site: BuiltSite, address: str, above: list[str]) -> None:
    page = site.page(address)
    items = records(page)[-1]["itemListElement"]
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    *trail, here = [f"{item['name']} {item['item'].removeprefix('https://insights.example')}" for item in items]
    assert trail == above
    assert here == f"{meta(page, 'og:title')} {address}"


def test_the_front_page_is_described_as_a_site_and_a_blog(site: BuiltSite) -> None:
    [record] = records(site.page("/"))
    assert [item["@type"] for item in record["@graph"]] == ["WebSite", "Blog"]


def test_the_sitemap_lists_every_page_with_the_day_of_its_content(site: BuiltSite) -> None:
    text = site.files()["sitemap.xml"].decode()
    found = dict(re.findall(r"<loc>https://insights\.example(/[^<]*)</loc>(?:\s*<lastmod>([^<]+))?", text))
    pages = {address.removesuffix("index.html") for address, _ in site.pages()} - {"/404.html", "/search/"}
    assert set(found) == pages
    assert found["/essays/second/"] == found["/essays/category/system-design/"] == "2026-05-10"
    assert found["/"] == found["/essays/"] == "2026-06-01"
    assert found["/about/"] == ""
    assert b"Sitemap: https://insights.example/sitemap.xml" in site.files()["robots.txt"]


def test_a_page_lets_run_only_the_script_that_is_written_in_it(publication: BuiltSite, kitchen: BuiltSite) -> None:
    for built in (publication, kitchen):
        for path, content in built.files().items():
            if not path.endswith(".html"):
                continue
            html = content.decode()
            said: Any = BeautifulSoup(html, "lxml").find("meta", attrs={"http-equiv": "Content-Security-Policy"})
            assert said["content"] == csp.content_policy(csp.inline_scripts(html)), path
            assert " style=" not in html, path
            assert "<style" not in html, path
            assert not re.search(r"<[^>]+ on\w+=", html), path


def test_a_page_loads_the_sheets_and_scripts_that_it_uses_and_no_others(kitchen: BuiltSite) -> None:
    def loaded(address: str) -> list[str]:
        page = kitchen.page(address)
        links = [link["href"] for link in page.find_all("link", rel="stylesheet")]
        scripts = [script["src"] for script in page.find_all("script", src=True)]
        return [re.sub(r".*/|\?.*", "", path) for path in [*links, *scripts]]

    ours = ["insights.css", "insights.js"]
    assert loaded("/") == loaded("/essays/") == loaded("/essays/second/") == loaded("/start/") == ours
    assert loaded("/search/") == [*ours, "search.js"]
    assert loaded("/essays/kitchen-sink/") == ["sphinx-design.min.css", "insights.css", "insights.js", "design-tabs.js"]


def test_an_essay_can_be_cited_and_mended(site: BuiltSite) -> None:
    cite = site.page("/essays/second/").find(id="cite")
    assert cite.p.get_text().startswith("Insights. “The Second Essay: Evidence & More.” 3 February 2026, revised 10 May 2026.")
    assert "@online{insights-second," in cite.pre.get_text()
    assert cite.find("a", string="Suggest an edit") is None  # no repository is set
