"""Which texts are read again and which pages are written again."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import texts


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    texts.setup(app)
