"""The pages that templates write: essays, lists, the landing page, and what is in the head of each."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import assets, cards, contact, views
from .assets import LINKED_ASSETS, STATIC, write_assets
from .cards import render_cards


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    assets.setup(app)
    cards.setup(app)
    contact.setup(app)
    views.setup(app)
