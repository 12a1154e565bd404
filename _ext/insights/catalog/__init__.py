"""The publication as data: its essays, listings, feeds and addresses, made once a build."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import essay, reading
from .channels import (
    ATOM,
    FORMATS,
    JSON_FEED,
    RSS,
    Channel,
    Format,
    all_channels,
    category_feeds,
    channel_title,
    feed_links,
    identity,
)  # fmt: skip
from .essay import ALL_ESSAYS, Essay, Publication, essays, long_date, publication, sources, today
from .listings import MOST, Listing, all_listings
from .urls import SOCIAL_IMAGE, page_file, page_url


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    reading.setup(app)
    essay.setup(app)
