"""What search engines, link previews and reference managers read of a page: schema.org records and BibTeX, as pure functions."""

import json
import re
from typing import Any

from insights.catalog import Essay, Site

Data = dict[str, Any]
#: The months as BibTeX abbreviates them.
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def publisher(site: Site) -> Data:
    """The publication as the author and publisher of what is in it."""
    return {"@type": "Organization", "name": site.name, "url": site.url}


def author(site: Site) -> Data:
    """The author of all essays: the publication, unless conf.py names another."""
    return publisher(site) if site.author == site.name else {"@type": "Person", "name": site.author}


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


def blog_posting(site: Site, essay: Essay, url: str, image: str) -> Data:
    """An essay at the address ``url`` (https://schema.org/BlogPosting)."""
    return {
        "@context": "https://schema.org", "@type": "BlogPosting", "@id": url, "url": url, "mainEntityOfPage": url,
        "headline": essay.title, "description": essay.summary, "image": image,
        "datePublished": essay.published.isoformat(), "dateModified": essay.updated.isoformat(),
        "author": author(site), "publisher": publisher(site), "inLanguage": site.language,
        "articleSection": essay.category, "keywords": list(essay.tags),
        "wordCount": essay.words, "timeRequired": f"PT{essay.minutes}M",
        "isAccessibleForFree": True, "isPartOf": {"@id": f"{site.url}#blog"}, "citation": list(essay.sources),
        **({"isBasedOn": essay.original} if essay.original else {}),
    }  # fmt: skip


def breadcrumbs(trail: list[tuple[str, str]]) -> Data:
    """The way to a page: the name and the address of each page on it, the page itself last."""
    items = [{"@type": "ListItem", "position": number, "name": name, "item": url} for number, (name, url) in enumerate(trail, 1)]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def script(data: Data) -> str:
    """A record as the content of a script element, which nothing in it can end."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def bibtex(site: Site, essay: Essay, url: str, key: str) -> str:
    """An essay as an entry of a bibliography."""
    title = re.sub(r"([&%#_$])", r"\\\1", essay.title)
    fields = {
        "author": f"{{{{{site.author}}}}}", "title": f"{{{{{title}}}}}", "year": f"{{{essay.published.year}}}",
        "month": MONTHS[essay.published.month - 1], "url": f"{{{url}}}",
    }  # fmt: skip
    if essay.updated != essay.published:
        fields["note"] = f"{{Revised {essay.updated}}}"
    return "\n".join([f"@online{{{key},", *(f"  {name:6} = {value}," for name, value in fields.items()), "}"])
