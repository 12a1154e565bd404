"""The feeds: records, a module for each format, and the bodies of entries."""

from sphinx.application import Sphinx

from . import feed_list
from .records import ARCHIVE_FOLDER
from .writer import feed_addresses, feed_changes, write_feeds


def setup(app: Sphinx) -> None:
    """Offer the list of feeds to the page that says how to subscribe."""
    feed_list.setup(app)
