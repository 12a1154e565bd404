"""What templates may say: the frame of every page, the head and foot of an essay; and which pages are written again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ablog.post
from ablog.blog import Blog
from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.writers.html5 import HTML5Translator

from insights.catalog import Publication, all_listings, essays, long_date, publication
from insights.evidence import plain_number
from insights.markup import link_targets, replace_handler
from insights.source import essay_docname as docname_of
from insights.source import essay_slug

from . import cards, head, structured_data
from .lists import PageToWrite, listing_page, listing_shown

#: The file, beside the doctrees, that says what each page showed when it was last written.
SHOWN = "shown.json"

#: How the settings begin that show in a page.
SETTINGS = ("author", "blog_", "html_", "insights_", "language", "project")


def add_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> str | None:
    """Give a page's template what it shows, and choose the template of landing page and essays."""
    context |= frame(app) | {"long_date": long_date, "plain_number": plain_number}
    if essay_slug(pagename) is not None and doctree is not None:
        context |= around(publication(app.env), pagename)
    if essay := context.get("essay"):
        context["category_page"] = Blog(app).category[essay.category].docname
        context["tags"] = [(tag, Blog(app).tags[tag].docname) for tag in essay.tags]
        context["bibtex"] = structured_data.bibtex(head.site(app), head.article(app, essay), f"insights-{essay.id}")
        if app.config.insights_repository:
            context["edit"] = f"{app.config.insights_repository.rstrip('/')}/edit/main/{essay.docname}.md"
    context["head"] = head.context(app, pagename, context, doctree)
    if pagename == app.config.root_doc:
        return "landing.html"
    return "essay.html" if essay else None


def keep_templates(app: Sphinx) -> None:
    """Have templates compiled once and not in each build, which takes a quarter of a second of every one."""
    if isinstance(app.builder, StandaloneHTMLBuilder) and isinstance(app.builder.templates, BuiltinTemplateLoader):
        folder = Path(app.doctreedir) / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        app.builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


class essay_title(nodes.title):
    """A title that the text does not print; search still finds the essay by it."""


def take_title(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Leave an essay's title to its template, which puts it between the facts above and the summary below."""
    if docname in publication(app.env).place:
        title = next(iter(doctree.findall(nodes.title)))
        title.replace_self(essay_title(title.rawsource, "", *title.children))


def skip(self: HTML5Translator, node: essay_title) -> None:
    """Print nothing."""
    raise nodes.SkipNode


def frame(app: Sphinx) -> dict[str, Any]:
    """What is around every page."""
    memo = publication(app.env).memo
    if "frame" not in memo:
        memo["frame"] = _frame(app)
    return dict(memo["frame"])


def _frame(app: Sphinx) -> dict[str, Any]:
    counts = Counter(essay.category for essay in essays(app.env))
    blog = Blog(app)
    return {
        "categories": [
            (name, blog.category[name].docname, counts[name]) for name in app.config.insights_categories if counts[name]
        ],
        "essay_count": counts.total(),
        "preview": app.config.insights_preview,
    }


def around(on: Publication, docname: str) -> dict[str, Any]:
    """An essay and what its page says of others: its neighbours in time, what its author relates, who links to it."""
    place = on.place.get(docname)
    if place is None:
        return {}
    essay = on.essays[place]
    return {
        "essay": essay,
        "newer": on.essays[place - 1] if place else None,
        "older": on.essays[place + 1] if place + 1 < len(on.essays) else None,
        "related": [on.essays[on.place[name]] for name in map(docname_of, essay.related) if name in on.place],
        "linked_from": on.linked_from.get(essay.slug, []),
    }


def archive_pages(app: Sphinx) -> Iterator[PageToWrite]:
    """The lists of essays that show something new; in place of ABlog's pages, which hold drafts and empty lists."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    before, now = _shown_before(app), _shown(app)
    for listing in all_listings(app):
        name = listing.pagename
        if before.get(name) != now[name] or not Path(app.builder.get_output_path(name)).exists():
            yield listing_page(app, listing)


# -- Freshness ----------------------------------------------------------------------------------------------------------------


def stale(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages that would show something else than when they were last written, though their own text is the same."""
    before, now = _shown_before(app), _shown(app)
    return [docname for docname in sorted(env.found_docs) if before.get(docname) != now[docname]]


def remember(app: Sphinx, exception: Exception | None) -> None:
    """Keep what the pages showed, once they have all been written."""
    if exception is None and app.builder.format == "html":
        (Path(app.doctreedir) / SHOWN).write_text(json.dumps(_shown(app)))


def _shown(app: Sphinx) -> dict[str, str]:
    """A digest of what each page shows besides its own text, for texts and for lists."""
    memo = publication(app.env).memo
    if "shown" not in memo:
        settings = [(value.name, value.value) for value in app.config if value.name.startswith(SETTINGS)]
        version = app.extensions["insights"].metadata["env_version"]
        # As a digest, for it is a part of every page's.
        everywhere = _digest([version, settings, sorted(frame(app).items()), _frame_files(app)])
        shown = {
            docname: [everywhere, link_targets(app.env, docname), *_beside(app, docname)]
            for docname in sorted(app.env.found_docs)
        }
        shown |= {one.pagename: [everywhere, *listing_shown(app, one)] for one in all_listings(app)}
        memo["shown"] = {name: _digest(parts) for name, parts in shown.items()}
    digests: dict[str, str] = memo["shown"]
    return digests


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _beside(app: Sphinx, docname: str) -> list[object]:
    """What the page of a text shows of other texts."""
    others = around(publication(app.env), docname)
    shown: list[object] = []
    if others:
        near = [others["newer"], others["older"], *others["related"]]
        linking = [(other.card, link) for other, link in others["linked_from"]]
        shown += [others["essay"], [other.card for other in near if other], linking]
    if app.env.metadata[docname].get(cards.SHOWS_CARDS):
        large, latest = cards.landing_essays(essays(app.env))
        shown += [[essay.card for essay in latest], large and (large.card, large.charts, large.evidence)]
    return shown


def _shown_before(app: Sphinx) -> dict[str, str]:
    try:
        shown: dict[str, str] = json.loads((Path(app.doctreedir) / SHOWN).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return shown


def _frame_files(app: Sphinx) -> list[tuple[str, str]]:
    """Templates and static files, by content: a page names its style sheet by a digest of it."""
    folders = [Path(app.confdir) / folder for folder in (*app.config.templates_path, "_static")]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


# -- Wiring -------------------------------------------------------------------------------------------------------------------


def setup(app: Sphinx) -> None:
    """Give every page what it shows, and write those again that show something else."""
    app.connect("builder-inited", keep_templates)
    app.connect("env-updated", stale, priority=600)  # once the essays are known
    app.add_node(essay_title, html=(skip, None))
    app.connect("doctree-resolved", take_title)
    app.connect("html-page-context", add_context)
    replace_handler(app, "html-collect-pages", ablog.post.generate_archive_pages, archive_pages)
    app.connect("build-finished", remember, priority=600)  # only what has been written whole
