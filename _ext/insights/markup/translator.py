"""The HTML of a text: Sphinx's, with what a keyboard, a strict content policy and an HTML checker ask for besides."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.images import get_image_size
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

#: Classes that Sphinx puts on nearly every element, and that no style sheet of ours asks for.
IDLE = {"align-default", "container", "docutils", "notranslate", "simple"}
CLASSES = re.compile(r' class="([^"]*)"')
TAG = re.compile(r"<[^>]*>")
#: What parts a word from what follows, and not a tag.
SPACE = re.compile(r"(?<![>\s])\s+$")
#: As many signs of a formula as fit a line of any window.
SIGNS = 12


def _in_use(found: re.Match[str]) -> str:
    kept = " ".join(name for name in found[1].split() if name not in IDLE)
    return f' class="{kept}"' if kept else ""


class Translator(HTML5Translator):
    """Writes a text as HTML that needs no inline style, with names for what scrolls and sizes for what loads."""

    def starttag(self, node: Any, tagname: str, suffix: str = "\n", empty: bool = False, **attributes: Any) -> str:
        """A start tag without ``style``, which the policy of every page refuses, and without idle classes."""
        attributes.pop("style", None)
        if attributes.get("role") == "doc-biblioentry":
            attributes["role"] = "listitem"  # the role that DPUB-ARIA 1.1 asks for in its place
        if tagname == "label":
            attributes.pop("aria-controls", None)  # sphinx-design's tabs; a label labels, and controls nothing
        tag = CLASSES.sub(_in_use, super().starttag(node, tagname, suffix, empty, **attributes), count=1)
        return tag.replace(" />", ">") if empty else tag

    def visit_section(self, node: nodes.section) -> None:
        """The text of a page is no section of it: its title is that of the page, and stands in the article itself."""
        if isinstance(node.parent, nodes.document):
            self.section_level += 1
            self.body.append(self.starttag(node, "div"))
        else:
            super().visit_section(node)

    def depart_section(self, node: nodes.section) -> None:
        """The end of either."""
        if isinstance(node.parent, nodes.document):
            self.section_level -= 1
            self.body.append("</div>\n")
        else:
            super().depart_section(node)

    def depart_colspec(self, node: nodes.colspec) -> None:
        """No widths: columns are as wide as what is in them."""

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        """Code may be wider than the page: it scrolls, and so takes focus and has a name."""
        before = len(self.body)
        language = node.get("language", "default")
        name = "Code" if language in ("default", "none", "text") else f"Code: {language}"
        try:
            super().visit_literal_block(node)
        finally:
            named = f'<pre tabindex="0" role="group" aria-label="{escape(name)}">'
            self.body[before:] = [part.replace("<pre>", named, 1) for part in self.body[before:]]

    def visit_math(self, node: nodes.math, math_env: str = "") -> None:
        """A formula in a line may be wider than the page too; where it may, it takes focus, but for one that is in a link."""
        before = len(self.body)
        try:
            super().visit_math(node, math_env)
        finally:
            formula = "".join(self.body[before:])
            wide = len(TAG.sub("", formula)) > SIGNS and not isinstance(node.parent, nodes.reference)
            focus = ' tabindex="0"' if wide else ""
            self.body[before:] = [f'<span class="formula"{focus}>{formula}</span>']

    def visit_inline(self, node: nodes.inline) -> None:
        """The number of a source stays in the line of the word before it."""
        if "bibtex-citation" in node["classes"]:
            self.body[-1] = SPACE.sub("\N{NO-BREAK SPACE}", self.body[-1])
        super().visit_inline(node)

    def visit_reference(self, node: nodes.Element) -> None:
        """A link whose words are its address says so, for the printed page to spell it once."""
        if node.astext() == node.get("refuri"):
            node["classes"].append("autolink")
        super().visit_reference(node)

    def depart_label(self, node: nodes.label) -> None:
        """The ways back from a note that several places lead to, in words; docutils writes their numbers and nothing else."""
        super().depart_label(node)
        ways: list[str] = node.parent.get("backrefs", [])
        if len(ways) > 1:
            links = [f'<a role="doc-backlink" href="#{way}">mention {number}</a>' for number, way in enumerate(ways, 1)]
            self.body[-1] = f'<span class="backrefs">Back to {", ".join(links)}</span>\n'

    def visit_image(self, node: nodes.image) -> None:
        """A picture says how large it is before it has come, and comes when it is about to be seen."""
        file = self.builder.srcdir / node["uri"]
        if "://" in node["uri"]:
            logger.error("a picture on another host: %s; put a copy of it beside the text", node["uri"], location=node)
        natural = get_image_size(file)
        if natural is None and file.is_file() and file.suffix != ".svg":
            logger.error("%s is no picture; allowed are PNG, JPEG, WebP and SVG files", node["uri"], location=node)
        sides: dict[str, float] = {}
        for side in ("width", "height"):
            if side in node:
                sides[side], unit = nodes.parse_measure(node[side])
                if unit not in ("", "px"):
                    logger.error("%s %s of a picture; write it in pixels, such as 480px", side, node[side], location=node)
        if natural and len(sides) < 2:
            ratio = natural[0] / natural[1]
            width = sides.get("width") or (sides["height"] * ratio if "height" in sides else natural[0])
            sides = {"width": width, "height": width / ratio}
        elif len(sides) < 2 and file.suffix == ".svg" and file.is_file():
            logger.error("the size of %s is not known; write :width: and :height: in pixels", node["uri"], location=node)
        node.attributes.update({side: str(round(pixels)) for side, pixels in sides.items()})
        node["loading"] = "lazy"
        super().visit_image(node)


class scroller(nodes.General, nodes.Element):
    """What may be wider than the page, and scrolls: it has a name, and takes focus."""


def name_tables(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Take over the wrappers that Furo puts around tables and formulas; each repeats the ids of what is in it."""
    for wrapper in list(doctree.findall(nodes.container)):
        if "math-wrapper" in wrapper["classes"]:
            wrapper.replace_self(wrapper.children)
        elif "table-wrapper" in wrapper["classes"]:
            table = wrapper.next_node(nodes.table)
            assert table is not None, "Furo wraps nothing else so"
            table.attributes.pop("width", None)
            title = table.next_node(nodes.title)
            name = f"Table: {title.astext()}" if title else "Table"
            wrapper["ids"], wrapper["names"] = [], []
            wrapper.replace_self(scroller("", *wrapper.children, name=name, classes=["table-wrapper"]))


def visit_scroller(self: HTML5Translator, node: scroller) -> None:
    """The start of what scrolls."""
    self.body.append(self.starttag(node, "div", role="group", tabindex="0", **{"aria-label": node["name"]}))


def depart_scroller(self: HTML5Translator, node: scroller) -> None:
    """Its end."""
    self.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    """Make it the translator of the site."""
    app.set_translator("dirhtml", Translator)
    app.add_node(scroller, html=(visit_scroller, depart_scroller))
    app.connect("doctree-resolved", name_tables)
