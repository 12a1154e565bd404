"""Descriptions of functions, classes and settings, such as ``{py:function}`` makes."""

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.domains.std import ProductionList
from sphinx.util import logging

logger = logging.getLogger(__name__)

#: What Sphinx puts between a parameter and what it is, for its smart quotes to turn into a dash.
TYPED_DASH, DASH = " -- ", " – "


def allow_unknown_type(app: Sphinx, domain: Domain | None, node: addnodes.pending_xref) -> bool | None:
    """Accept a type in a signature, or in a field below one, that is described nowhere.

    A manual describes its types too, but an essay describes a function or two. A role that an author writes still has to lead
    somewhere: those are the links that say whether they warn.
    """
    return True if "refwarn" not in node and _is_described(node) else None


def set_dashes(app: Sphinx, doctree: nodes.document) -> None:
    """Put a dash between a parameter and what it is."""
    for text in list(doctree.findall(nodes.Text)):
        if text == TYPED_DASH and _is_described(text):
            text.parent.replace(text, nodes.Text(DASH))


def _is_described(node: nodes.Node) -> bool:
    parent: nodes.Node | None = node
    while parent is not None and not isinstance(parent, addnodes.desc):
        parent = parent.parent
    return parent is not None


class Productions(ProductionList):
    """Sphinx's list of a grammar, whose lines may stand in it, as in other directives, and not only behind its name."""

    required_arguments = 0
    optional_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The list; or nothing, which is an error."""
        self.arguments = ["\n".join([*self.arguments, *self.content])]
        if ":" in self.arguments[0]:
            return super().run()
        message = "the directive {productionlist} has no rule in it; write lines such as `sum: term ('+' term)*`"
        logger.error("%s", message, location=self.get_location())
        return []


def setup(app: Sphinx) -> None:
    """Correct each description when it is read, and accept what it names."""
    app.add_directive_to_domain("std", "productionlist", Productions, override=True)
    app.connect("doctree-read", set_dashes)
    app.connect("warn-missing-reference", allow_unknown_type)
