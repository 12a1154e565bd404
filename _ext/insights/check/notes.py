"""What the build has understood of each text, noted for the rules: one parse, by the configured parser with all extensions.

A note lies in the folder of the doctrees. It names the text that it is about by a digest, so that none is used after a change.
"""

import hashlib
import pickle
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from markdown_it.renderer import RendererHTML
from sphinx.application import Sphinx
from sphinx.util import logging

from insights.cache import code_version, write_atomic
from insights.markup import UNREAD, limited
from insights.source import create_parser, split_front_matter

from .fences import Contents, read_contents
from .lost_words import lost_words
from .prose_rules import ALWAYS, fences_are_closed, tables_are_whole
from .slips import emphasis_is_closed, slips
from .words import Block, prose_blocks

logger = logging.getLogger(__name__)

#: Where the document that is being read keeps its text as it is in the file.
WRITTEN = "insights_written"


class Note(NamedTuple):
    """What the build has understood of a text."""

    digest: str
    blocks: list[Block]
    contents: Contents


def digest(text: str) -> str:
    """The digest of a ``text``, under one version of our code."""
    return hashlib.sha256(f"{code_version()}\0{text}".encode(errors="surrogatepass")).hexdigest()


def keep_text(app: Sphinx, docname: str, source: list[str]) -> None:
    """Keep the text as it is in its file, before others change it."""
    app.env.current_document[WRITTEN] = source[0].removeprefix("\ufeff")


def take_note(app: Sphinx, doctree: nodes.document) -> None:
    """Note what the build has understood of the text that it has just read, and report what breaks a rule that always holds."""
    if UNREAD not in doctree and UNREAD not in app.env.current_document:
        with limited(doctree):
            _take_note(app, doctree)


def _take_note(app: Sphinx, doctree: nodes.document) -> None:
    written: str = app.env.current_document[WRITTEN]
    note = note_of(app, written, doctree)
    write_atomic(note_path(Path(app.doctreedir), app.env.docname), pickle.dumps(note))
    for kind, problems in (
        ("prose", (problem for rule in ALWAYS for problem in rule(note.blocks))),
        ("markup", fences_are_closed(note.contents.fences)),
        ("markup", tables_are_whole(note.contents.rows)),
        ("markup", slips(written, note.contents)),
        ("markup", emphasis_is_closed(written, note.blocks)),
    ):
        for problem in dict.fromkeys(problems):  # one of a kind in a line is enough
            report = logger.warning if problem.warning else logger.error
            report("%s", problem.message, location=(app.env.docname, problem.line), type="insights", subtype=kind)
    _, length = split_front_matter(written)
    for problem in lost_words(written, length, note.contents, doctree):
        logger.warning("%s", problem.message, location=(app.env.docname, problem.line))


def note_of(app: Sphinx, written: str, doctree: nodes.document) -> Note:
    """The note about a text as it was ``written``, of which the build has made the ``doctree``."""
    lines = written.splitlines()
    _, length = split_front_matter(written)
    body = "\n".join([*[""] * length, *lines[length:], ""])
    parser = create_parser(app.env.myst_config, RendererHTML)  # type: ignore[attr-defined] # MyST adds it
    literals = [node.astext() for node in doctree.findall(nodes.FixedTextElement)]
    contents = read_contents(parser, body, literals)
    return Note(digest(written), prose_blocks(doctree, lines), contents)


def note_path(doctrees: Path, docname: str) -> Path:
    """The file with the note about the text ``docname``."""
    return doctrees / f"{docname}.note"


def read_note(doctrees: Path, docname: str, written: str) -> Note | None:
    """The note about a text as it is ``written``; None if no build in ``doctrees`` has read it so."""
    try:
        note: Note = pickle.loads(note_path(doctrees, docname).read_bytes())  # noqa: S301 (written by `take_note`)
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, TypeError):
        return None
    return note if note.digest == digest(written) else None


def setup(app: Sphinx) -> None:
    """Take a note of every text before anything else changes it."""
    app.connect("source-read", keep_text, priority=1)
    app.connect("doctree-read", take_note, priority=1)
