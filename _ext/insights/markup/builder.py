"""Sphinx's builder of folders, with our addresses of files, in which a fault of the machinery stops one page and no other."""

import contextlib
import time
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from docutils import nodes
from pybtex.database import InvalidNameString
from pybtex.scanner import PybtexSyntaxError
from sphinx.application import Sphinx
from sphinx.builders import _write_docname
from sphinx.environment import _CurrentDocument
from sphinx.environment.collectors.title import TitleCollector
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util import logging
from sphinx.util.docutils import new_document

from insights.problems import causes, crash_in

from .files import FilesBuilder
from .patience import UNREAD, lines_of

logger = logging.getLogger(__name__)

#: What is wrong with the bibliography is no fault of the machinery, and of no text; it is told once, at its entry.
OF_BIBLIOGRAPHY = (PybtexSyntaxError, InvalidNameString)
#: What the page of a text says that cannot be read, below its name.
LEFT_OUT = "This text could not be read; the message of the build says why."


class SiteBuilder(FilesBuilder):
    """The builder of this site. A page that cannot be read or written is told, and the others go on."""

    def init(self) -> None:
        """Begin with all texts and pages."""
        super().init()
        self.left_out = set[str]()
        self.pages_failed = False

    def read_doc(self, docname: str, *, _cache: bool = True) -> None:  # type: ignore[misc] # final: nothing else stops at a text
        """Read a text; one that cannot be read becomes a short page."""
        with told(self._app, "read this text", docname):
            super().read_doc(docname, _cache=_cache)
            return
        self.left_out.add(docname)
        self._forget(docname)
        with contextlib.suppress(Exception):
            super().read_doc(docname, _cache=_cache)
            return
        # What fails does so with any text: the page is made without transforms, and without those who listen.
        self._forget(docname)
        self.env.prepare_settings(docname)
        document = new_document(self.env.doc2path(docname))
        document += nodes.section(
            "", nodes.title("", docname), nodes.paragraph("", LEFT_OUT), ids=["left-out"], names=["left-out"]
        )
        for collector in (TitleCollector(), TocTreeCollector()):
            collector.process_doc(self._app, document)
        self.env.domains._process_doc(self.env, docname, document)
        self.env.all_docs[docname] = time.time_ns() // 1000
        self.env.current_document = _CurrentDocument()
        self.write_doctree(docname, document, _cache=_cache)

    def _forget(self, docname: str) -> None:
        self.events.emit("env-purge-doc", self.env, docname)
        self.env.clear_doc(docname)

    def write_documents(self, docnames: Set[str]) -> None:
        """Write the pages of texts; if that fails, each by itself, to tell which."""
        try:
            super().write_documents(docnames)
        except Exception:
            for docname in sorted(docnames):
                with told(self._app, "wrote this text", docname, of_page=True):
                    _write_docname(docname, env=self.env, builder=self, tags=self.tags)

    def handle_page(self, pagename: str, *arguments: Any, **options: Any) -> None:
        """Write a page; one that is no text, such as a list, stops no other."""
        if pagename in self.env.all_docs:
            super().handle_page(pagename, *arguments, **options)
        else:
            with told(self._app, f"wrote the page /{self.get_target_uri(pagename)}", of_page=True):
                super().handle_page(pagename, *arguments, **options)

    def copy_image_files(self) -> None:
        """Copy the pictures of the pages that were written."""
        with told(self._app, "copied pictures"):
            super().copy_image_files()

    def copy_download_files(self) -> None:
        """Copy the downloads of all texts."""
        with told(self._app, "copied files"):
            super().copy_download_files()

    def gen_pages_from_extensions(self) -> None:
        """Write the pages that are no texts."""
        finished = False
        with told(self._app, "wrote the lists"):
            super().gen_pages_from_extensions()
            finished = True
        self.pages_failed |= not finished


@contextlib.contextmanager
def told(app: Sphinx, work: str, docname: str = "", *, of_page: bool = False) -> Iterator[None]:
    """Do a part of the ``work`` of a build; tell an exception, at the text ``docname`` if it is about one, and go on.

    What fails after a page (``of_page``) has failed only follows from that, and is not told.
    """
    builder = app.builder
    try:
        yield
    except Exception as error:
        if any(isinstance(cause, OF_BIBLIOGRAPHY) for cause in causes(error)):
            raise
        if isinstance(builder, SiteBuilder):
            if builder.pages_failed and not of_page:
                return
            builder.pages_failed |= of_page
        problem = crash_in(work, error, Path(app.srcdir))
        line = [1, *(line for cause in causes(error) for line in lines_of(cause))][-1]
        where = (docname, line) if docname else f"{problem.path}:{problem.line}"
        logger.error("%s", problem.message, location=where, type="insights", subtype=problem.kind.rpartition(".")[2])


def leave_out(app: Sphinx, docname: str, source: list[str]) -> None:
    """Replace a text that could not be read by one that can."""
    if docname in getattr(app.builder, "left_out", ()):
        source[0] = f"# {docname}\n\n{LEFT_OUT}\n"
        app.env.current_document[UNREAD] = True


def setup(app: Sphinx) -> None:
    """Build with this builder."""
    app.add_builder(SiteBuilder, override=True)
    app.connect("source-read", leave_out, priority=900)  # after the front matter is taken
