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
                "insights_email is %r, at which nobody reads, but the site is built for %s; set INSIGHTS_EMAIL or conf.py",
                address, self.config.html_baseurl, location=self.get_location(),
            )  # fmt: skip
        body = "\r\n".join(self.content)
        uri = f"mailto:{address}?subject={quote(self.options.get('subject', ''))}&body={quote(body)}"
        button = nodes.reference("", self.arguments[0], refuri=uri, classes=["sd-btn", "sd-btn-primary", "button"])
        found: list[nodes.Node] = [nodes.paragraph("", "", PassthroughTextElement("", "", button))]
        written = nodes.paragraph("", "The address is ")
        written += [nodes.reference("", address, refuri=f"mailto:{address}"), nodes.Text(".")]
        found.append(written)
        if placeholder:
            note = "This copy of the site has no address yet: set insights_email in conf.py."
            found.append(nodes.note("", nodes.paragraph("", note)))
        return found


def write_addresses_plainly(app: Sphinx) -> None:
    """docutils writes ``@`` as ``%40`` in links of mail, which hides nothing from anybody but some mail programs."""
    app.env.settings["cloak_email_addresses"] = False


def setup(app: Sphinx) -> None:
    """The setting and the directive."""
    app.add_directive("contact", ContactDirective)
    app.connect("builder-inited", write_addresses_plainly)
