"""A text that takes too long to read, or is nested too deep, is told and left out; the others are built."""

import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from docutils import nodes
from docutils.utils import get_source_line
from markdown_it.tree import SyntaxTreeNode
from sphinx.util import logging

logger = logging.getLogger(__name__)

#: How many seconds of computing it may take to parse a text, and how many to take notes of it for the rules.
PATIENCE = 4
#: The attribute of a document that was not read to its end.
UNREAD = "insights_unread"


class TooLongError(Exception):
    """A text is read for too long."""


@contextmanager
def limited(document: nodes.document) -> Iterator[None]:
    """Work on the text of a ``document``; if that takes too long or goes too deep, tell its line, and mark the document."""

    def stop(*_: object) -> None:
        raise TooLongError

    timed = threading.current_thread() is threading.main_thread()  # no other gets signals
    if timed:
        handler = signal.signal(signal.SIGVTALRM, stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    except (TooLongError, RecursionError) as error:
        place = f"{document['source']}:{next(lines_of(error), 1)}"
        what = "it takes too long to read" if isinstance(error, TooLongError) else "it is nested too deep to read"
        logger.error("%s what is here: split it, or put it in a fence called text", what, location=place)
        document[UNREAD] = True
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, handler)


def lines_of(error: BaseException) -> Iterator[int]:
    """The lines of the tokens, blocks and nodes that were being read when an ``error`` came, from the outermost."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        names = frame.f_locals
        if span := getattr(names.get("token"), "map", None):
            yield int(span[0]) + (not isinstance(names["token"], SyntaxTreeNode))  # MyST counts from 1
        elif frame.f_code.co_name == "tokenize" and "startLine" in names:
            yield int(names.get("line", 0)) + 1
        elif isinstance(number := names.get("number"), int):
            yield max(1, number)
        elif isinstance(node := names.get("node"), nodes.Element) and (line := get_source_line(node)[1]):
            yield line
