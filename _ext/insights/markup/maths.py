"""The formulas of a text: numbered when it is read, and written as MathML."""

import re
from collections.abc import Iterator
from html import escape
from itertools import count

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from .latex import take_definitions, take_label
from .mathml import formula
from .wording import formula_words

logger = logging.getLogger(__name__)

#: The attribute of a formula with the macros that the formulas above it define.
MACROS = "insights_macros"
#: The label that MyST makes up for an environment of amsmath, another one in each build.
MADE_UP = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class math(nodes.math):  # writers and visitors know it by this name
    """A formula in a line. Its text is what readers see, for titles and other places that hold words only."""

    def astext(self) -> str:
        """The formula in signs, such as O(n²)."""
        return formula_words(self["latex"], self[MACROS])


class math_block(nodes.math_block):  # as above
    """A formula on lines of its own."""

    def astext(self) -> str:
        """The formula in signs."""
        return formula_words(self["latex"], self[MACROS])


class Formulas(SphinxTransform):
    r"""Let macros apply to the rest of a text, and number the formulas that have a label: the option, or ``\label``."""

    default_priority = 10

    def apply(self, **kwargs: object) -> None:
        """Change the formulas of the text, in their order."""
        macros = ""
        for found in list(_formulas(self.document)):
            node = math() if isinstance(found, nodes.math) else math_block()
            node.attributes |= found.attributes | {"latex": found.astext(), MACROS: macros}
            node.extend(found.children)
            node.rawsource, node.source, node.line = found.rawsource, found.source, found.line
            found.replace_self(node)
            try:
                defined, rest = take_definitions(node["latex"])
            except ValueError:
                continue  # reported when the page is written
            macros += defined
            if defined and not rest.strip():
                _remove(node)
            elif isinstance(node, math_block):
                self._label(node)
        numbers = count(1)
        for block in self.document.findall(math_block):
            if label := block.get("label"):
                block["number"] = next(numbers)
                self.env.domains.math_domain.equations[label] = self.env.docname, block["number"]

    def _label(self, block: math_block) -> None:
        r"""Take a made-up label away, and adopt that of a ``\label``."""
        domain = self.env.domains.math_domain
        if MADE_UP.fullmatch(block.get("label") or ""):
            domain.equations.pop(block["label"], None)
            block["label"] = block["number"] = None
            _remove(block.parent[block.parent.index(block) - 1])
        name, rest = take_label(block["latex"])
        if not name or block.get("label"):
            return
        block["label"], block["latex"] = name, rest
        domain.note_equation(self.env.docname, name, location=block)
        target = nodes.target("", "", ids=[nodes.make_id(f"equation-{name}")])
        self.document.note_explicit_target(target)
        block.parent.insert(block.parent.index(block), target)


def _formulas(document: nodes.document) -> Iterator[nodes.Element]:
    return (node for node in document.findall(nodes.Element) if isinstance(node, nodes.math | nodes.math_block))


def _remove(node: nodes.Node) -> None:
    """Remove a node, and its paragraph if nothing else is in it."""
    parent = node.parent
    parent.remove(node)
    if isinstance(parent, nodes.paragraph) and not parent.astext().strip() and not len(parent):
        parent.parent.remove(parent)


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line."""
    self.body.append(_markup(node, "inline")[0])
    raise nodes.SkipNode


def visit_displaymath(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own, with its number or tag. A wide one scrolls."""
    markup, tag = _markup(node, "block")
    if node["number"]:
        if tag:
            logger.error(r"\tag beside a label; remove one of them, since each is the number of the formula", location=node)
        tag = f"({get_node_equation_number(self, node)})"
    number = f'<span class="eqno">{escape(tag)}</span>' if tag else ""
    anchor = f' id="{node["ids"][0]}"' if node["ids"] else ""
    element = "span" if isinstance(node.parent, nodes.TextElement) else "div"
    end = "" if element == "span" else "\n"
    self.body.append(f'<{element} class="math"{anchor} tabindex="0">{markup}{number}</{element}>{end}')
    raise nodes.SkipNode


def _markup(node: nodes.math | nodes.math_block, display: str) -> tuple[str, str]:
    """The formula ``node`` as MathML, and its tag; or nothing, after an error."""
    try:
        return formula(node["latex"], display, node[MACROS])
    except ValueError as error:
        problem, fix = error.args
        logger.error("%s in the formula “%s”; %s", problem, " ".join(node["latex"].split()), fix, location=node)
        return "", ""


def setup(app: Sphinx) -> None:
    """Number the formulas of each text, and write them; conf.py selects the writer by its name."""
    app.add_transform(Formulas)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
