"""What Sphinx keeps of every text until the build ends, let go in time, so that memory hardly grows with the number of essays.

Sphinx 9 holds each text that it has read until its page is written, and each that it has fetched from disk for ever. Both are
in private attributes; should they go away, so does all that this module does.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

#: As many texts are kept between reading and writing, which spares fetching them from disk; the first ones read.
KEPT = 300


def read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Keep no more texts than these; the last one is dropped when the next is read."""
    kept = getattr(app.env, "_write_doc_doctree_cache", {})
    if len(kept) > KEPT:
        kept.popitem()


def written(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Drop a text that has been fetched for the page that is being written."""
    getattr(app.env, "_pickled_doctree_cache", {}).pop(docname, None)


def setup(app: Sphinx) -> None:
    """Listen while texts are read and pages written."""
    app.connect("source-read", read)
    app.connect("doctree-resolved", written)
