"""Search without a server: an index in small files, of which a page loads those that it needs."""

from sphinx.application import Sphinx

from . import writer
from .writer import write_search


def setup(app: Sphinx) -> None:
    """Put our index in the place of Sphinx's."""
    app.connect("builder-inited", writer.replace_index)
    app.connect("html-page-context", writer.keep_share, priority=600)  # once the page has its view
    app.connect("html-collect-pages", writer.search_pages)
