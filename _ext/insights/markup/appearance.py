"""What authors say of how a text looks: boxes that fold, and what a page cannot show as it was written."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx_design.icons import fontawesome

logger = logging.getLogger(__name__)

#: The classes by which sphinx-togglebutton folds a box, and those by which it is open at first.
FOLDS, OPEN = {"dropdown", "toggle"}, {"toggle-shown", "open"}


def leave_headings_plain(app: Sphinx) -> None:
    """Let headings not link back to a list of contents in the text; feeds have no such list."""
    app.env.settings["toc_backlinks"] = False


def check_appearance(app: Sphinx, doctree: nodes.document) -> None:
    """Fold the boxes that are to fold, as the option ``:collapsible:`` of Sphinx does, and report what would not be shown."""
    for node in doctree.findall(nodes.Element):
        classes: set[str] = set(node.get("classes", ()))
        if isinstance(node, nodes.Admonition) and classes & FOLDS:
            node["collapsible"] = "open" if classes & OPEN else "closed"
        if isinstance(node, fontawesome):
            message = "the icon %s needs the font of FontAwesome, which no page loads; use {octicon} or {material-regular}"
            logger.error(message, " ".join(node["classes"]), location=node)
        if "style" in node:
            message = "the style %r, but pages have no inline styles; write a class instead, such as sd-text-danger"
            logger.error(message, node["style"], location=node)


def setup(app: Sphinx) -> None:
    """Check how each text shall look when it is read."""
    app.connect("builder-inited", leave_headings_plain)
    app.connect("doctree-read", check_appearance)
