"""Which texts are read again, and which pages are written again."""

from sphinx.application import Sphinx

from . import outdated_texts, page_digests


def setup(app: Sphinx) -> None:
    """Decide for each text and each page."""
    outdated_texts.setup(app)
    page_digests.setup(app)
