"""The head of a page: what it is called and about, where it is, its feeds, its sheets and scripts, its policy."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from insights.catalog import ALL_ESSAYS, SOCIAL_IMAGE, Essay, feed_links, page_url
from insights.csp import content_policy
from insights.source import ESSAYS_FOLDER

from . import assets, structured_data

#: As much of a description as search engines show.
LONGEST = 160


def site(app: Sphinx) -> structured_data.Site:
    """The publication, as records name it."""
    config = app.config
    return structured_data.Site(config.project, config.html_baseurl, config.insights_description, config.language)


def article(app: Sphinx, essay: Essay) -> structured_data.Article:
    """An essay, as records describe it."""
    return structured_data.Article(
        title=essay.title,
        url=page_url(app, essay.docname),
        image=page_url(app, essay.docname) + SOCIAL_IMAGE,
        summary=essay.summary,
        section=essay.category,
        keywords=essay.tags,
        published=essay.published,
        updated=essay.updated,
        words=essay.words,
        minutes=essay.minutes,
        sources=essay.sources,
    )


def context(app: Sphinx, pagename: str, page: dict[str, Any], doctree: nodes.document | None) -> dict[str, Any]:
    """What a template writes in the head of ``pagename``, from what is known of the page."""
    essay: Essay | None = page.get("essay")
    where = page_url(app, pagename)
    sheets, scripts = assets.used(app.env, pagename)
    front, lost = pagename == app.config.root_doc, pagename == "404"
    title = essay.title if essay else app.env.titles[pagename].astext() if doctree is not None else page["title"]
    records = [structured_data.website(site(app))] if front else []
    if essay:
        records.append(structured_data.blog_posting(site(app), article(app, essay)))
    if not front and not lost:
        records.append(structured_data.breadcrumbs([*_above(app, pagename, page), (title, where)]))
    return {
        "feeds": feed_links(app, page.get("list_page", pagename)),
        "sheets": [assets.address(app, name) for name in sheets],
        "scripts": [(assets.address(app, name), name in assets.MODULES) for name in scripts],
        "policy": lambda *scripts: content_policy(scripts),
        "url": None if lost else where,
        "image": (app.config.html_baseurl if lost else where) + SOCIAL_IMAGE,
        "image_alt": f"{app.config.project}: {app.config.insights_description}" if front or lost else title,
        "summary": description(app, pagename, page, doctree),
        "records": [structured_data.script(record) for record in records],
    }


def _above(app: Sphinx, pagename: str, page: dict[str, Any]) -> list[tuple[str, str]]:
    """The way to a page: the names and addresses of the pages above it."""
    trail = [(app.config.project, app.config.root_doc)]
    if pagename.startswith(f"{ESSAYS_FOLDER}/"):
        trail.append((ALL_ESSAYS, ESSAYS_FOLDER))
    if essay := page.get("essay"):
        trail.append((essay.category, page["category_page"]))
    elif (whole := page.get("list_page", pagename)) != pagename:  # a part of a list
        trail.append((page["list_title"], whole))
    return [(name, page_url(app, docname)) for name, docname in trail]


def description(app: Sphinx, pagename: str, page: dict[str, Any], doctree: nodes.document | None) -> str:
    """One or two sentences about a page: an essay's summary, what a template says of a list, else how the text begins."""
    if essay := page.get("essay"):
        return str(essay.summary)
    if said := page.get("about"):
        return shortened(said)
    first = doctree.next_node(nodes.paragraph) if doctree is not None else None
    return shortened(first.astext() if first else app.config.insights_description)


def shortened(text: str) -> str:
    """As many whole sentences of ``text`` as fit, or as many words."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    cut = text[:LONGEST]
    ends = [found.end() for found in re.finditer(r"[.!?](?=\s)", cut)]
    return cut[: ends[-1]] if ends else cut.rsplit(" ", 1)[0].rstrip(",;:–—") + "…"
