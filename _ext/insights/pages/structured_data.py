"""What search engines, link previews and reference managers read of a page: schema.org records and BibTeX, as pure functions."""

from __future__ import annotations

import json
import re
from datetime import date as Day
from typing import Any, NamedTuple

from babel.dates import format_date

Data = dict[str, Any]


class Site(NamedTuple):
    """The publication: its name, its address, what it is."""

    name: str
    url: str
    description: str
    language: str


class Article(NamedTuple):
    """An essay, with absolute addresses."""

    title: str
    url: str
    image: str
    summary: str
    section: str
    keywords: tuple[str, ...]
    published: Day
    updated: Day
    words: int
    minutes: int
    sources: tuple[str, ...]


def publisher(site: Site) -> Data:
    """The publication as the author and publisher of what is in it."""
    return {"@type": "Organization", "name": site.name, "url": site.url}


def website(site: Site) -> Data:
    """The front page: the site, and the blog that it is."""
    return {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": kind, "@id": f"{site.url}#{kind.lower()}", "name": site.name, "url": site.url,
             "description": site.description, "inLanguage": site.language, "publisher": publisher(site)}
            for kind in ("WebSite", "Blog")
        ],
    }  # fmt: skip


def blog_posting(site: Site, article: Article) -> Data:
    """An essay (https://schema.org/BlogPosting)."""
    return {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": article.url,
        "url": article.url,
        "mainEntityOfPage": article.url,
        "headline": article.title,
        "description": article.summary,
        "image": article.image,
        "datePublished": article.published.isoformat(),
        "dateModified": article.updated.isoformat(),
        "author": publisher(site),
        "publisher": publisher(site),
        "inLanguage": site.language,
        "articleSection": article.section,
        "keywords": list(article.keywords),
        "wordCount": article.words,
        "timeRequired": f"PT{article.minutes}M",
        "isAccessibleForFree": True,
        "isPartOf": {"@id": f"{site.url}#blog"},
        "citation": list(article.sources),
    }


def breadcrumbs(trail: list[tuple[str, str]]) -> Data:
    """The way to a page: the name and the address of each page on it, the page itself last."""
    items = [{"@type": "ListItem", "position": number, "name": name, "item": url} for number, (name, url) in enumerate(trail, 1)]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def script(data: Data) -> str:
    """A record as the content of a script element, which nothing in it can end."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def bibtex(site: Site, article: Article, key: str) -> str:
    """An essay as an entry of a bibliography."""
    title = re.sub(r"([&%#_$])", r"\\\1", article.title)
    fields = {
        "author": f"{{{{{site.name}}}}}",
        "title": f"{{{{{title}}}}}",
        "year": f"{{{article.published.year}}}",
        "month": format_date(article.published, "MMM", locale="en").lower(),
        "url": f"{{{article.url}}}",
    }
    if article.updated != article.published:
        fields["note"] = f"{{Revised {article.updated}}}"
    return "\n".join([f"@online{{{key},", *(f"  {name:6} = {value}," for name, value in fields.items()), "}"])
