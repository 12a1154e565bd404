"""The publication as data: its essays, lists, feeds and addresses, made once a build."""

from sphinx.application import Sphinx

from . import ablog, reading, sources
from .ablog import labelled_pages, term_slug
from .essay import OPENING, Card, Essay, Figure, Link, long_date
from .listings import ALL_ESSAYS, ATOM, FORMATS, JSON_FEED, RSS, Channel, Format, Listing
from .publication import NOT_FOUND, SEARCH, SOCIAL_IMAGE, Page, Publication, Site, make_publication, publication_of
from .sources import unreadable_sources


def setup(app: Sphinx) -> None:
    """Read the essays, and make the publication once every text has been read."""
    ablog.setup(app)
    app.connect("config-inited", sources.check_sources, priority=400)  # before ABlog looks for posts
    app.connect("source-read", sources.clean_text, priority=0)  # before anybody takes note of the text
    app.connect("source-read", reading.take_front_matter)
    app.connect("doctree-read", reading.note_text, priority=600)
    app.connect("env-updated", make_publication)
