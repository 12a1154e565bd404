"""The feeds: one record, three formats, and the bodies of their entries."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import feed_list
from .formats import ARCHIVE_FOLDER
from .writer import feed_addresses, write_feeds


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    feed_list.setup(app)
