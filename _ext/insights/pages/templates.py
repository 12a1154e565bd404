"""The templates of pages: each gets one frozen view, and a few functions to print it."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.writers.html5 import HTML5Translator

from insights.catalog import OPENING, Listing, long_date, publication_of
from insights.csp import content_policy
from insights.evidence import plain_number

from . import assets
from .cards import SHOWS_CARDS, render_cards
from .head import Assets
from .views import AllView, EssayView, View, essay_view, frame_of, list_view, page_view, text_view

#: The views of the texts and lists of a build, by docname.
_VIEWS: WeakKeyDictionary[BuildEnvironment, dict[str, View]] = WeakKeyDictionary()


def page_views(app: Sphinx) -> dict[str, View]:
    """What each text and each list shows, by docname, once the publication is made."""
    if app.env not in _VIEWS:
        _VIEWS[app.env] = dict(_views(app))
    return _VIEWS[app.env]


def _views(app: Sphinx) -> Iterable[tuple[str, View]]:
    publication, linked = publication_of(app.env), partial(_linked, app)
    frame = frame_of(publication)
    for docname in publication.texts:
        metadata = app.env.metadata[docname]
        if (place := publication.place.get(docname)) is not None:
            yield docname, essay_view(publication, frame, linked, publication.essays[place])
        else:
            cards = SHOWS_CARDS in metadata
            yield docname, text_view(publication, frame, linked, docname, metadata.get(OPENING, ""), cards=cards)
    for listing in publication.listings:
        yield listing.docname, list_view(publication, frame, linked, listing)


def _linked(app: Sphinx, docname: str) -> Assets:
    """The addresses of the style sheets and scripts that a page links."""
    sheets, scripts = assets.used(app.env, docname)
    return (
        tuple(assets.address(app, name) for name in sheets),
        tuple((assets.address(app, name), name in assets.MODULES) for name in scripts),
    )


def list_page(app: Sphinx, listing: Listing) -> tuple[str, dict[str, Any], str]:
    """The page of a list, for Sphinx to write: docname, context, template."""
    view = page_views(app)[listing.docname]
    return listing.docname, {"title": listing.title}, f"ablog/{'catalog' if isinstance(view, AllView) else 'collection'}.html"


def add_view(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> str | None:
    """Give the template of a page its view, and choose the template of the landing page and of essays."""
    view = page_views(app).get(pagename)
    if view is None:  # a page that another part of the machinery collects, such as that of the search
        publication = publication_of(app.env)
        frame, linked = frame_of(publication), partial(_linked, app)
        view = page_view(publication, frame, linked, pagename, context["title"], context.get("about", ""))
    context |= {
        "view": view,
        "cards": lambda cards, level: render_cards(app, cards, pagename, level),
        "content_policy": lambda *scripts: content_policy(scripts),
        "long_date": long_date,
        "plain_number": plain_number,
    }
    return "essay.html" if isinstance(view, EssayView) else "landing.html" if pagename == app.config.root_doc else None


class essay_title(nodes.title):
    """A title that the text does not print; search still finds the essay by it."""


def take_title(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Leave an essay's title to its template, which puts it between the facts above and the summary below."""
    if docname in publication_of(app.env).place:
        title = next(iter(doctree.findall(nodes.title)))
        title.replace_self(essay_title(title.rawsource, "", *title.children))


def skip(self: HTML5Translator, node: essay_title) -> None:
    """Print nothing."""
    raise nodes.SkipNode


def keep_templates(app: Sphinx) -> None:
    """Keep compiled templates between builds: compiling them takes a quarter of a second."""
    if isinstance(app.builder, StandaloneHTMLBuilder) and isinstance(app.builder.templates, BuiltinTemplateLoader):
        folder = Path(app.doctreedir) / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        app.builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def setup(app: Sphinx) -> None:
    """Give every page its view."""
    app.connect("builder-inited", keep_templates)
    app.add_node(essay_title, html=(skip, None))
    app.connect("doctree-resolved", take_title)
    app.connect("html-page-context", add_view)
