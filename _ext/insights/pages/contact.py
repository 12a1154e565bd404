"""``{contact}``: a prepared e-mail to the publication, at the address that conf.py gives."""

from urllib.parse import quote, urlsplit

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx_design.shared import PassthroughTextElement

from insights.placeholders import is_placeholder

logger = logging.getLogger(__name__)


class ContactDirective(SphinxDirective):
    """A button that opens an e-mail. The argument is its label, the content its text; ``:subject:`` its subject."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"subject": directives.unchanged_required}  # noqa: RUF012 (docutils reads it from the class)

    def run(self) -> list[nodes.Node]:
        address = self.config.insights_email
        placeholder = is_placeholder(address.partition("@")[2])
        if placeholder and not is_placeholder(urlsplit(self.config.html_baseurl).hostname or ""):
            logger.error(
                "insights_email is the placeholder %r, but the site is built for %s; set INSIGHTS_EMAIL, or change conf.py",
                address, self.config.html_baseurl, location=self.get_location(),
            )  # fmt: skip
        body = "\r\n".join(self.content)
        uri = f"mailto:{address}?subject={quote(self.options.get('subject', ''))}&body={quote(body)}"
        button = nodes.reference("", self.arguments[0], refuri=uri, classes=["sd-btn", "sd-btn-primary", "button"])
        link = nodes.reference("", address, refuri=f"mailto:{address}")
        plain = nodes.paragraph("", "The address is ", link, nodes.Text("."))
        note = "This copy of the site has no address yet: set insights_email in conf.py."
        notes = [nodes.note("", nodes.paragraph("", note))] if placeholder else []
        return [nodes.paragraph("", "", PassthroughTextElement("", "", button)), plain, *notes]


def write_addresses_plainly(app: Sphinx) -> None:
    """Keep docutils from writing ``@`` as ``%40`` in mail links, which some mail programs do not read."""
    app.env.settings["cloak_email_addresses"] = False
