"""What Sphinx keeps of every text until the build ends, let go in time, so that memory hardly grows with the number of essays.

Sphinx 9 holds each text that it has read until its page is written, and each that it has fetched from disk for ever. Both are
in private attributes; should they go away, so does all that this module does.
"""

from __future__ import annotations

import pickle
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

#: As many texts are kept between reading and writing, which spares fetching them from disk; the first ones read.
KEPT = 300


class Contents(dict[str, nodes.bullet_list]):
    """The tables of contents of texts, each as bytes until it is asked for: they are half of what Sphinx keeps of a site.

    To load and store them so takes a twentieth of a build after an edit.
    """

    def __getitem__(self, docname: str) -> nodes.bullet_list:
        """A table, which stays what it is for who asks again."""
        found = super().__getitem__(docname)
        if isinstance(found, bytes):
            self[docname] = pickle.loads(found)  # noqa: S301 (stored below)
        return super().__getitem__(docname)

    def __reduce__(self) -> tuple[Any, ...]:
        """Every table as bytes, which are stored sooner than nodes."""
        packed = ((name, one if isinstance(one, bytes) else pickle.dumps(one)) for name, one in self.items())
        return Contents, (), None, None, packed


def pack(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Keep tables of contents so."""
    if type(env.tocs) is dict:
        env.tocs = Contents(env.tocs)


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
    app.connect("env-before-read-docs", pack)
    app.connect("source-read", read)
    app.connect("doctree-resolved", written)
