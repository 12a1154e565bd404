"""The list of all feeds, for the page that says how to subscribe."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from insights.catalog import FORMATS, Channel, publication_of
from insights.placeholders import is_placeholder

logger = logging.getLogger(__name__)


class feed_list(nodes.General, nodes.Element):
    """The place of the list of feeds in a page."""


class FeedsDirective(SphinxDirective):
    """Every feed with its address in the first format, to be copied, and links to the others."""

    def run(self) -> list[nodes.Node]:
        return [feed_list()]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the list in its place, once the essays are known."""
    for place in list(doctree.findall(feed_list)):
        items = nodes.definition_list(classes=["feeds"])
        for channel in publication_of(app.env).channels:
            page = app.builder.get_relative_uri(docname, channel.docname)
            label = nodes.term("", "", nodes.reference("", channel.label, internal=True, refuri=page))
            addresses = nodes.paragraph("", "", *_addresses(app, channel, docname))
            items += nodes.definition_list_item("", label, nodes.definition("", addresses))
        place.replace_self(items)


def _addresses(app: Sphinx, channel: Channel, docname: str) -> Iterator[nodes.Node]:
    here = app.builder.get_target_uri(docname)
    for before, form in zip(("", ", or as ", " or "), FORMATS, strict=True):
        path = channel.path(form.name)
        words = form.label if before else app.config.html_baseurl + path
        yield nodes.Text(before)
        yield nodes.reference("", words, internal=True, refuri=relative_uri(here, path))


def check_authority(app: Sphinx) -> None:
    """Refuse placeholder identities in a real site: they would have to change, and readers would show every essay again."""
    config = app.config
    authority = config.insights_tag_authority.partition(",")[0]
    if is_placeholder(authority) and not is_placeholder(urlsplit(config.html_baseurl).hostname or ""):
        logger.error(
            "insights_tag_authority is the placeholder %r, but the site is built for %s; "
            "write a domain of yours and the year, such as 'essays.example.org,2026', once and for all",
            config.insights_tag_authority, config.html_baseurl,
        )  # fmt: skip
