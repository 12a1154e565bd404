"""Which texts are read again, and which pages are written again."""

from sphinx.application import Sphinx

from . import outdated_texts, page_digests


def setup(app: Sphinx) -> None:
    """Note what is read and written, and tell Sphinx what to read and write again."""
    app.connect("doctree-read", outdated_texts.note_content, priority=900)  # when all dependencies are known
    app.connect("env-get-outdated", outdated_texts.outdated_texts)
    app.connect("env-updated", page_digests.outdated_pages, priority=600)  # once the publication is made
    app.connect("html-collect-pages", page_digests.outdated_lists)
    app.connect("build-finished", page_digests.save_digests, priority=600)  # only what has been written whole
