"""What machines read of a page: its records, its content policy, the sitemap, the image of a link preview."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from audit import head_problems
from bs4 import BeautifulSoup
from conftest import Site, edit
from insights import csp
from insights.output import permalinks, social_images
from insights.output.social_images import Words


def meta(page: BeautifulSoup, name: str) -> str | None:
    found = page.find("meta", attrs={"name": name}) or page.find("meta", attrs={"property": name})
    return str(found["content"]) if found else None


def test_every_head_has_what_search_engines_and_feed_readers_need(publication: Site) -> None:
    folder = publication.folder
    assert {str(page): found for page in folder.rglob("*.html") if (found := head_problems(folder, page))} == {}


def test_a_redirect_page_needs_no_metadata(site: Site, tmp_path: Path) -> None:
    copy = shutil.copytree(site.folder, tmp_path / "html")
    page = copy / "old/index.html"
    page.parent.mkdir()
    page.write_text(permalinks.redirect_page("https://insights.example/", "/old/", "/about/"), encoding="utf-8")
    assert head_problems(copy, page) == []


def test_no_two_pages_have_the_same_title_or_description(publication: Site) -> None:
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
def test_a_head_that_lacks_something_is_reported(
    site: Site, tmp_path: Path, path: str, old: str, new: str, problems: list[str]
) -> None:
    copy = shutil.copytree(site.folder, tmp_path / "html")
    edit(copy / path, old, new)
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
        "essays/second/social.png": ("The Second Essay: Evidence & More", "System Design  ·  February 2026  ·  1 min read"),
        "search/social.png": ("Search", ""),
    }.items(),
)
def test_a_social_image_shows_the_title_of_its_page_and_the_publication_once(
    site: Site, path: str, words: tuple[str, str]
) -> None:
    assert site.files()[path] == social_images.draw(Words(*words, "Insights"))


def test_an_essay_has_the_record_of_a_blog_posting(site: Site) -> None:
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
def test_a_page_names_the_pages_above_it(site: Site, address: str, above: list[str]) -> None:
    page = site.page(address)
    items = records(page)[-1]["itemListElement"]
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    *trail, here = [f"{item['name']} {item['item'].removeprefix('https://insights.example')}" for item in items]
    assert trail == above
    assert here == f"{meta(page, 'og:title')} {address}"


def test_the_front_page_has_the_records_of_a_site_and_a_blog(site: Site) -> None:
    [record] = records(site.page("/"))
    assert [item["@type"] for item in record["@graph"]] == ["WebSite", "Blog"]


def test_the_sitemap_lists_every_page_with_the_day_of_its_content(site: Site) -> None:
    text = site.files()["sitemap.xml"].decode()
    found = dict(re.findall(r"<loc>https://insights\.example(/[^<]*)</loc>(?:\s*<lastmod>([^<]+))?", text))
    pages = {address.removesuffix("index.html") for address, _ in site.pages()} - {"/404.html", "/search/"}
    assert set(found) == pages
    assert found["/essays/second/"] == found["/essays/category/system-design/"] == "2026-05-10"
    assert found["/"] == found["/essays/"] == "2026-06-01"
    assert found["/about/"] == ""
    assert b"Sitemap: https://insights.example/sitemap.xml" in site.files()["robots.txt"]


def test_a_page_allows_only_its_own_scripts(publication: Site, kitchen: Site) -> None:
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


def test_a_page_loads_only_the_style_sheets_and_scripts_it_uses(kitchen: Site) -> None:
    def loaded(address: str) -> list[str]:
        page = kitchen.page(address)
        links = [link["href"] for link in page.find_all("link", rel="stylesheet")]
        scripts = [script["src"] for script in page.find_all("script", src=True)]
        return [re.sub(r".*/|\?.*", "", path) for path in [*links, *scripts]]

    ours = ["insights.css", "insights.js"]
    assert loaded("/") == loaded("/essays/") == loaded("/essays/second/") == loaded("/start/") == ours
    assert loaded("/search/") == [*ours, "search.js"]
    assert loaded("/essays/kitchen-sink/") == [
        "sphinx-design.min.css", "insights.css", "uncommon.css", "insights.js", "design-tabs.js",
    ]  # fmt: skip


def test_an_essay_can_be_cited(site: Site) -> None:
    cite = site.page("/essays/second/").find(id="cite")
    assert cite.p.get_text().startswith("Insights. “The Second Essay: Evidence & More.” 3 February 2026, revised 10 May 2026.")
    assert "@online{insights-second," in cite.pre.get_text()
    assert cite.find("a", string="Suggest an edit") is None  # no repository is set
