"""The feeds: records, their files in each format, the bodies of entries, and the list of feeds in a page."""

from sphinx.application import Sphinx

from . import feed_list
from .records import ARCHIVE_FOLDER
from .writer import feed_addresses, feed_changes, write_feeds


def setup(app: Sphinx) -> None:
    """Offer the list of feeds, and check the identity of the site."""
    app.add_directive("feeds", feed_list.FeedsDirective)
    app.add_node(feed_list.feed_list)
    app.connect("builder-inited", feed_list.check_authority)
    app.connect("doctree-resolved", feed_list.fill)
