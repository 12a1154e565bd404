"""Maths as MathML, made by the build, so that neither pages nor feeds need a script."""

import re
from xml.etree import ElementTree as ET

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

MATHML = "http://www.w3.org/1998/Math/MathML"
#: An environment that the converter knows by another name, and an & that it did not understand.
ALIGNED, STRAY = re.compile(r"\\(begin|end)\{aligned\}"), re.compile(r"&(?!#?\w+;)")
#: Attributes that do more than show a formula: links, styles, scripts.
ACTIVE = re.compile(r"href|src|style|class|id|on.*|\{.*")


def mathml(latex: str, display: str) -> str:
    """``latex`` as a MathML element with its source as alttext; ``display`` is inline or block.

    Raises ValueError with two arguments: what is wrong, and how to fix it.
    """
    from latex2mathml.converter import convert  # takes a tenth of a second, and most builds convert no formula

    if not latex.strip():
        raise ValueError("nothing", "write LaTeX, or remove it")
    # The converter closes open braces where it likes.
    braces = re.sub(r"\\.", "", latex)
    if braces.count("{") != braces.count("}"):
        raise ValueError("unbalanced brace", "write as many { as }")
    try:
        markup = convert(ALIGNED.sub(r"\\\1{split}", latex), display=display)
        root = ET.fromstring(STRAY.sub("&amp;", markup))
    except Exception as error:  # the converter raises a dozen kinds, most of them without a message
        raise ValueError(str(error) or "a mistake", "look for an unbalanced brace or an unknown command") from error
    if STRAY.search(markup):
        raise ValueError("& outside an environment such as aligned", r"put the columns in one, or write \& for the sign")
    # The converter prints commands that it does not know, with their backslashes.
    if unknown := next((e.text for e in root.iter() if e.text and e.text.startswith("\\") and len(e.text) > 1), None):
        raise ValueError(f"unknown command {unknown}", "check its spelling, or write it in other commands")
    if any(element.get("linebreak") for element in root.iter()):
        raise ValueError(r"\\ outside an environment such as aligned", "put the lines in one")
    # It also copies markup from \text, and has commands that set attributes.
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{MATHML}}}")
        if not name.startswith("m"):
            raise ValueError(f"<{name}>", r"write < as \lt")
        if active := next(filter(ACTIVE.fullmatch, element.keys()), None):
            raise ValueError(f"the attribute {active}", "remove it; put a link around the formula")
    root.set("alttext", " ".join(latex.split()))
    ET.register_namespace("", MATHML)
    return ET.tostring(root, encoding="unicode")


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line."""
    self.body.append(_markup(node, "inline"))
    raise nodes.SkipNode


def visit_displaymath(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own, with its number. A wide one scrolls."""
    number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>' if node["number"] else ""
    anchor = f' id="{node["ids"][0]}"' if node["ids"] else ""
    self.body.append(f'<div class="math"{anchor} tabindex="0">{_markup(node, "block")}{number}</div>\n')
    raise nodes.SkipNode


def _markup(node: nodes.math | nodes.math_block, display: str) -> str:
    """The formula ``node`` as MathML, or nothing, after an error."""
    try:
        return mathml(node.astext(), display)
    except ValueError as error:
        problem, fix = error.args
        logger.error("%s in the formula “%s”; %s", problem, " ".join(node.astext().split()), fix, location=node)
        return ""
