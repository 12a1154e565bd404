"""The publication as data: its essays, lists, feeds and addresses, made once a build."""

from sphinx.application import Sphinx

from . import ablog, reading
from .ablog import term_slug
from .channels import ATOM, FORMATS, JSON_FEED, RSS, Channel, Format
from .essay import OPENING, Card, Essay, Figure, Link, long_date
from .listings import ALL_ESSAYS, Listing
from .publication import NOT_FOUND, SEARCH, SOCIAL_IMAGE, Page, Publication, Site, make_publication, publication_of


def setup(app: Sphinx) -> None:
    """Read the essays, and make the publication once every text has been read."""
    ablog.setup(app)
    reading.setup(app)
    app.connect("env-updated", make_publication)
