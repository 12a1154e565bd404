"""Where pages are."""

from __future__ import annotations

from sphinx.application import Sphinx

#: The picture for link previews, beside the page that it is of.
SOCIAL_IMAGE = "social.png"


def page_url(app: Sphinx, docname: str) -> str:
    """The absolute address of a page."""
    return f"{app.config.html_baseurl}{app.builder.get_target_uri(docname)}"


def page_file(app: Sphinx, pagename: str) -> str:
    """The name of the file of a page."""
    return f"{app.builder.get_target_uri(pagename)}index.html"
