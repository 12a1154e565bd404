"""Maths as MathML, made by the build: no script, in the page as in feeds."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

MATHML = "http://www.w3.org/1998/Math/MathML"
#: An environment that the converter knows by another name, and what it makes of a & that it does not understand.
SPLIT, STRAY = re.compile(r"\\(begin|end)\{aligned\}"), re.compile(r"&(?!#?\w+;)")
#: What makes of a formula more than a formula: links, styles, scripts.
ACTIVE = re.compile(r"href|src|style|class|id|on.*|\{.*")


def mathml(latex: str, display: str) -> str:
    """``latex`` as a MathML element, ``display`` inline or block, with its source as alttext. Raises ValueError."""
    from latex2mathml.converter import convert  # takes a tenth of a second, and most builds set no formula

    # The converter closes what is left open, as it thinks fit.
    braces = re.sub(r"\\.", "", latex)
    if not latex.strip() or braces.count("{") != braces.count("}"):
        raise ValueError("unbalanced brace" if latex.strip() else "there is nothing in it")
    try:
        markup = convert(SPLIT.sub(r"\\\1{split}", latex), display=display)
        if STRAY.search(markup):
            raise ValueError("& parts columns only in an environment such as aligned; the sign is \\&")
        root = ET.fromstring(markup)
    except Exception as error:  # the converter has a dozen of them, most without a word
        raise ValueError(str(error) or "look for an unbalanced brace or an unknown command") from error
    # What the converter does not know it prints as text, backslash and all.
    if unknown := next((e.text for e in root.iter() if e.text and e.text.startswith("\\") and len(e.text) > 1), None):
        raise ValueError(f"{unknown} is unknown")
    if any(element.get("linebreak") for element in root.iter()):
        raise ValueError("\\\\ ends a line only in an environment such as aligned")
    # It also hands on any markup that stands in \\text, and has commands for attributes.
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{MATHML}}}")
        if not name.startswith("m"):
            raise ValueError(f"<{name}> is no maths; write < as \\lt")
        if active := next(filter(ACTIVE.fullmatch, element.keys()), None):
            raise ValueError(f"{active} is no part of a formula; put a link around it")
    root.set("alttext", " ".join(latex.split()))
    ET.register_namespace("", MATHML)
    return ET.tostring(root, encoding="unicode")


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """A formula in a line."""
    self.body.append(_checked(node, "inline"))
    raise nodes.SkipNode


def visit_displaymath(self: HTML5Translator, node: nodes.math_block) -> None:
    """A formula of its own, with its number, which scrolls inside itself where it is wide."""
    number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>' if node["number"] else ""
    anchor = f' id="{node["ids"][0]}"' if node["ids"] else ""
    self.body.append(f'<div class="math"{anchor} tabindex="0">{_checked(node, "block")}{number}</div>\n')
    raise nodes.SkipNode


def _checked(node: nodes.math | nodes.math_block, display: str) -> str:
    try:
        return mathml(node.astext(), display)
    except ValueError as error:
        logger.error("the formula %s cannot be set: %s", " ".join(node.astext().split()), error, location=node)
        return ""


def setup(app: Sphinx) -> None:
    """Offer this way of showing maths; conf.py chooses it."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
