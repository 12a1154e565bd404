"""What templates may say: the frame of every page, the head and foot of an essay, the archive pages over ABlog's catalogues."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import ablog.post
from ablog.blog import Blog, Collection
from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.writers.html5 import HTML5Translator

from . import cards, head, structured_data, subscribe, targets
from .charts import plain_number
from .essay import ALL, Essay, Shelf, essays, featured, long_date, shelf, slug
from .essay import docname as docname_of
from .listeners import replace

#: The file, beside the doctrees, that says what each page showed when it was last written.
SHOWN = "shown.json"

#: What the lists of ABlog's catalogues are called.
KINDS = {"category": "Category", "tags": "Tag", "archive": "Year"}
#: What a list without a description of its own is called in search results.
LISTED = {"Tag": "Essays tagged {}", "Year": "Essays of {}"}

#: How the settings begin that show in a page.
SETTINGS = ("author", "blog_", "html_", "insights_", "language", "project")

Page = tuple[str, dict[str, Any], str]


def add_context(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> str | None:
    """Give a page's template what it shows, and choose the template of landing page and essays."""
    context |= frame(app) | {"long_date": long_date, "plain_number": plain_number}
    if slug(pagename) is not None and doctree is not None:
        context |= around(shelf(app.env), pagename)
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
    if docname in shelf(app.env).place:
        title = next(iter(doctree.findall(nodes.title)))
        title.replace_self(essay_title(title.rawsource, "", *title.children))


def skip(self: HTML5Translator, node: essay_title) -> None:
    """Print nothing."""
    raise nodes.SkipNode


def frame(app: Sphinx) -> dict[str, Any]:
    """What is around every page."""
    memo = shelf(app.env).memo
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


def around(on: Shelf, docname: str) -> dict[str, Any]:
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


# -- Archive pages ------------------------------------------------------------------------------------------------------------


def archives(app: Sphinx) -> list[tuple[str, Collection | None, list[Essay]]]:
    """Each archive page by name, with ABlog's collection (none for all essays) and the essays that it lists."""
    found = list(essays(app.env))
    blog = Blog(app)
    collections = [collection for catalogue in (blog.category, blog.tags, blog.archive) for collection in catalogue]
    listed = [(collection, [essay for essay in found if essay.docname in collection]) for collection in collections]
    return [(blog.blog_path, None, found), *((c.docname, c, chosen) for c, chosen in listed if chosen)]


def archive_pages(app: Sphinx) -> Iterator[Page]:
    """All essays, and those of each category, tag and year; in place of ABlog's pages, which hold drafts and empty lists."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    before, now = _shown_before(app), _shown(app)
    for pagename, collection, chosen in archives(app):
        if before.get(pagename) == now[pagename] and Path(app.builder.get_output_path(pagename)).exists():
            continue
        if collection is None:
            yield pagename, _all(app, chosen, pagename), "ablog/catalog.html"
        else:
            yield pagename, _collection(app, chosen, collection), "ablog/collection.html"


def _all(app: Sphinx, found: list[Essay], pagename: str) -> dict[str, Any]:
    blog = Blog(app)
    years = groupby(found, key=lambda essay: essay.published.year)
    tags = Counter(tag for essay in found for tag in essay.tags)
    return {
        "title": ALL,
        "about": f"All {len(found)} essays of {app.config.project}, by year, category and tag.",
        "years": [(year, blog.archive[year].docname, cards.render(app, group, pagename, 3)) for year, group in years],
        "tags": [(tag, blog.tags[tag].docname, tags[tag]) for tag in sorted(tags)],
    }


def _collection(app: Sphinx, chosen: list[Essay], collection: Collection) -> dict[str, Any]:
    kind = KINDS[collection.catalog.name]
    description = app.config.insights_categories[str(collection)] if kind == "Category" else ""
    return {
        "title": str(collection),
        "kind": kind,
        "description": description,
        "about": description or f"{LISTED[kind].format(collection)}: " + "; ".join(essay.title for essay in chosen) + ".",
        "cards": cards.render(app, chosen, collection.docname, 2),
        "own_feed": subscribe.formats(app, collection.docname),
    }


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
    memo = shelf(app.env).memo
    if "shown" not in memo:
        settings = [(value.name, value.value) for value in app.config if value.name.startswith(SETTINGS)]
        version = app.extensions["insights"].metadata["env_version"]
        # As a digest, for it is a part of every page's.
        everywhere = _digest([version, settings, sorted(frame(app).items()), _frame_files(app)])
        shown = {
            docname: [everywhere, targets.shown(app.env, docname), *_beside(app, docname)]
            for docname in sorted(app.env.found_docs)
        }
        for name, collection, chosen in archives(app):
            said = LISTED if collection is None else app.config.insights_categories.get(str(collection))
            shown[name] = [everywhere, said, *map(cards.shown, chosen)]
        memo["shown"] = {name: _digest(parts) for name, parts in shown.items()}
    digests: dict[str, str] = memo["shown"]
    return digests


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _beside(app: Sphinx, docname: str) -> list[object]:
    """What the page of a text shows of other texts."""
    others = around(shelf(app.env), docname)
    shown: list[object] = []
    if others:
        near = [others["newer"], others["older"], *others["related"]]
        linking = [(cards.shown(other), link) for other, link in others["linked_from"]]
        shown += [others["essay"], [cards.shown(other) for other in near if other], linking]
    if app.env.metadata[docname].get(cards.SHOWS_CARDS):
        large = featured(essays(app.env))
        shown += [[cards.shown(essay) for essay in essays(app.env)], large and (large.docname, large.charts, large.evidence)]
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
    replace(app, "html-collect-pages", ablog.post.generate_archive_pages, archive_pages)
    app.connect("build-finished", remember, priority=600)  # only what has been written whole
