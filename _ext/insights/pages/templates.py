"""The templates of pages: each gets one frozen view, and a few functions to print it."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from sphinx.application import Sphinx
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.writers.html5 import HTML5Translator

from insights.cache import build_store
from insights.catalog import OPENING, Listing, Publication, publication_of
from insights.evidence import plain_number

from .additions import added, added_metatags, page_policy
from .assets import linked
from .cards import SHOWS_CARDS, render_cards
from .furniture import icon_type, last_updated, logos, page_date, source_links
from .head import make_head
from .views import EssayView, Frame, MakeHead, TextView, View, essay_view, frame_of, list_view, text_view

#: The titles of pages that Sphinx makes without one.
GENERATED = {"genindex": "Index", "genindex-all": "Index"}


@cache
def page_views(app: Sphinx) -> dict[str, View | Exception]:
    """What each text and each list shows, by docname, once the publication is made; what went wrong in place of a view."""
    publication, frame, head = _shared(app)
    views = dict[str, Callable[[], View]]()
    for listing in publication.listings:
        views[listing.docname] = partial(list_view, publication, frame, head, listing)
    for docname in publication.texts:
        metadata = app.env.metadata[docname]
        if docname in publication.place:
            views[docname] = partial(essay_view, publication, frame, head, docname)
        else:
            opening, cards = metadata.get(OPENING, ""), SHOWS_CARDS in metadata
            views[docname] = partial(text_view, publication, frame, head, docname, opening, cards=cards)
    return {docname: _made(make) for docname, make in views.items()}


def _made(make: Callable[[], View]) -> View | Exception:
    """A view, or what went wrong: it is raised when the page is written, so that no other page is lost with it."""
    try:
        return make()
    except Exception as error:
        return error


def _shared(app: Sphinx) -> tuple[Publication, Frame, MakeHead]:
    """What every view is made with: the publication, what surrounds a page, and the function that makes its head."""
    publication = publication_of(app.env)
    return publication, frame_of(publication), partial(make_head, publication, partial(linked, app))


def list_page(listing: Listing) -> tuple[str, dict[str, Any], str]:
    """The page of a list, for Sphinx to write: docname, context, template."""
    return listing.docname, {"title": listing.title}, f"ablog/{'collection' if listing.kind else 'catalog'}.html"


def add_view(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> str | None:
    """Give the template of a page its view, and choose the template of the landing page and of essays."""
    view = page_views(app).get(pagename)
    if view is None:  # a page that another part of the machinery collects, such as that of the search
        _, frame, head = _shared(app)
        context.setdefault("title", context.get("indextitle") or GENERATED.get(pagename) or pagename.rpartition("/")[2])
        view = TextView(frame, head(pagename, context["title"], context.get("about", "")), "")
    if isinstance(view, Exception):
        raise view
    context |= {
        "view": view,
        "cards": lambda cards, level: render_cards(app, cards, pagename, level),
        "added": added,
        "added_metatags": added_metatags,
        "page_policy": page_policy,
        "logos": logos(app),
        "icon_type": icon_type,
        "source_links": _source_links(app, pagename, context),
        "last_updated": last_updated(app, view.essay.updated if isinstance(view, EssayView) else view.frame.updated),
        "long_date": partial(page_date, app),
        "show_neighbours": app.config.post_show_prev_next,
        "plain_number": plain_number,
    }
    return "essay.html" if isinstance(view, EssayView) else "landing.html" if pagename == app.config.root_doc else None


def _source_links(app: Sphinx, pagename: str, context: dict[str, Any]) -> tuple[str, str]:
    """The addresses at which readers see and edit the source of a page; "" for what there is not."""
    if not (suffix := context.get("page_source_suffix")):
        return "", ""
    copied = context["show_source"] and context["has_source"] and context["sourcename"]
    copy = context["pathto"](f"_sources/{context['sourcename']}", resource=True) if copied else ""
    return source_links(app.config.html_theme_options, f"{pagename}{suffix}", copy)


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
    templates = getattr(app.builder, "templates", None)
    if isinstance(templates, BuiltinTemplateLoader):
        folder = build_store(app.doctreedir).folder("templates")
        templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))
