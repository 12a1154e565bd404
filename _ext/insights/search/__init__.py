"""Search without a server: an index in small files that the page reads as it needs them."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import documents
from .documents import search_pages, write_search


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    documents.setup(app)
