"""The sizes that authors give pictures, figures and tables, without inline styles, which the content policy refuses.

A picture has its size in pixels as attributes. What is sized as a share of the column has classes for which there are rules in
``_static/uncommon.css``: ``sized w-30`` is 30% wide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.directives.patches import Figure
from sphinx.util import logging

if TYPE_CHECKING:
    from docutils.nodes import Node
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

#: The classes by which a figure, a picture or a table asks for more than the column: ours, that of sphinx-book-theme, MyST's.
WIDE = {"wide", "full-width", "col-body-outset", "col-page", "col-page-right", "col-page-inset", "col-screen"}
#: The width of the column of text on a wide page (frame.css), and the size of its letters, in pixels.
COLUMN, EM = 620, 20
#: The units of a length, in pixels.
PIXELS = {
    "": 1, "px": 1, "em": EM, "rem": 16, "ex": EM / 2, "ch": EM / 2, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "Q": 96 / 101.6,
    "pt": 96 / 72, "pc": 16,
}  # fmt: skip
#: The units of a share of the column. A page has no other width that a text could mean.
SHARES = ("%", "vw")


def take_sizes(app: Sphinx, doctree: nodes.document) -> None:
    """Turn the widths of figures and tables, and those of pictures that are shares, into classes; the rest into pixels."""
    for node in doctree.findall(nodes.Element):
        if isinstance(node, nodes.figure | nodes.table | nodes.image):
            for side in ("width", "height"):
                if side in node:
                    _take_size(node, side)
            if not WIDE.isdisjoint(node["classes"]):
                _widen(node)


def _widen(node: nodes.Element) -> None:
    """Give the class for what is wide to the block of a picture: its figure, or a paragraph that is nothing else."""
    node["classes"] = [name for name in node["classes"] if name not in WIDE]
    block = node
    while (
        isinstance(block, nodes.image | nodes.reference)
        and isinstance(block.parent, nodes.reference | nodes.figure | nodes.paragraph)
        and (len(block.parent) == 1 or isinstance(block.parent, nodes.figure))
    ):
        block = block.parent
    block["classes"].append("wide")


def _take_size(node: nodes.Element, side: str) -> None:
    measure = node.attributes.pop(side)
    picture, scale = isinstance(node, nodes.image), node.get("scale", 100) / 100
    try:
        number, unit = nodes.parse_measure(measure)
        share = number * scale if unit in SHARES and side == "width" else None
        length = number * scale * PIXELS[unit] if share is None else 0
    except (ValueError, KeyError):
        message = "the %s of a %s is %s; write it in pixels, such as 480px%s"
        or_share = ", or as a share of the column, such as 50%" if side == "width" else ""
        logger.error(message, side, "picture" if picture else node.tagname, measure, or_share, location=node)
        return
    if picture and share is None:
        node[side] = f"{length:g}px"
    elif picture and "height" in node:
        message = "a picture has a height and a width of %s; remove one of them, so that it keeps its shape"
        logger.error(message, measure, location=node)
    else:
        percent = round(100 * length / COLUMN if share is None else share)
        node["classes"] += ["sized", f"w-{min(max(percent, 1), 100)}"]


class FigureDirective(Figure):
    """Sphinx's figure, which takes ``:figwidth: image`` from a file that it looks for in the wrong folder."""

    def run(self) -> list[Node]:
        as_picture = self.options.get("figwidth") == "image"
        made = super().run()
        for figure in made:
            if as_picture and isinstance(figure, nodes.figure):
                figure["classes"].append("fit")
        return made


def setup(app: Sphinx) -> None:
    """Take the sizes out of each text when it is read."""
    app.add_directive("figure", FigureDirective, override=True)
    app.connect("doctree-read", take_sizes)
