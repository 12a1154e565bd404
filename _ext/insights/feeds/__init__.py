"""The feeds: one record of each essay, three formats, and the bodies of entries made of the pages as they were written."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import feed_list
from .formats import ARCHIVE_FOLDER
from .writer import feed_addresses, write_feeds


def setup(app: Sphinx) -> None:
    """Offer the list of feeds to the page that says how to subscribe."""
    feed_list.setup(app)
