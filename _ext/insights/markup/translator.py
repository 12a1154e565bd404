"""The HTML of a text: Sphinx's, adapted to keyboards, to a strict content policy and to HTML checkers."""

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from insights.pictures import read_picture

from .sizes import COLUMN
from .spacing import spaced_texts
from .tables import table_name

logger = logging.getLogger(__name__)

#: Classes that Sphinx puts on nearly every element, and that none of our style sheets uses.
UNUSED_CLASSES = {"align-default", "container", "docutils", "notranslate", "simple"}
CLASSES = re.compile(r' class="([^"]*)"')
TAG = re.compile(r"<[^>]*>")
#: The space between a word and what follows it, but not between tags.
SPACE = re.compile(r"(?<![>\s])\s+$")
PRE = re.compile(r"<pre\b")
HEAD = re.compile(r'<th scope="\w+"')
#: A citation that is a mark, such as [1, 12]: not the name of an author, nor a year.
MARK = re.compile(r"\[?\d{1,3}(, ?\d{1,3})*\]?")
#: What HTML calls the numbers of lists, by the names of docutils. Arabic ones are the default.
NUMBERS = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
#: A picture can be enlarged if it is so much wider than it is shown.
LARGER = 1.2
PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg)$", re.IGNORECASE)
#: The most characters of a formula that fit a line of any window.
SHORT_FORMULA = 12


def _used_classes(attribute: re.Match[str]) -> str:
    names = " ".join(name for name in attribute[1].split() if name not in UNUSED_CLASSES)
    return f' class="{names}"' if names else ""


def _has_words(node: nodes.Element) -> bool:
    return any(not isinstance(text.parent, nodes.raw) for text in node.findall(nodes.Text))


def _is_linked(node: nodes.Node) -> bool:
    """Whether a picture is part of a link, or of a heading or a card, which are links elsewhere."""
    while (node := node.parent) is not None:
        if isinstance(node, nodes.reference | nodes.title) or "sd-card" in getattr(node, "attributes", {}).get("classes", ()):
            return True
    return False


def _is_headed(node: nodes.Node) -> bool:
    """Whether a figure has its caption above what it shows."""
    return isinstance(node, nodes.figure) and len(node) > 1 and isinstance(node[0], nodes.caption)


class scroller(nodes.General, nodes.Element):
    """A block that scrolls where it is wider than the page. ``name``: what screen readers call it."""


class Translator(HTML5Translator):
    """Writes HTML without inline styles; what scrolls can take focus and has a name, and images have sizes."""

    def __init__(self, document: nodes.document, builder: StandaloneHTMLBuilder) -> None:
        super().__init__(document, builder)
        # Pictures and downloads keep their paths from the root.
        page = builder.get_target_uri(builder.current_docname)
        builder.imgpath = builder.dlpath = relative_uri(page, "")
        self._spaced: tuple[nodes.Node | None, dict[int, str]] = None, {}

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802 (the name of the node)
        """Write words with their no-break spaces. What they are depends on the whole block, whose texts are looked at once."""
        block: nodes.Element = node.parent
        while isinstance(block, nodes.Inline):
            block = block.parent
        if block is not self._spaced[0]:
            self._spaced = block, {id(text): spaced for text, spaced in spaced_texts(block)}
        super().visit_Text(nodes.Text(self._spaced[1].get(id(node), node)))

    def starttag(self, node: Any, tagname: str, suffix: str = "\n", empty: bool = False, **attributes: Any) -> str:
        """A start tag without ``style``, which the content policy refuses, and without classes that nothing uses."""
        attributes.pop("style", None)
        if tagname == "section" and isinstance(node.parent, nodes.document):
            tagname = "div"  # the outermost section has the title of the page; the article around it is the section
        if attributes.get("role") == "doc-biblioentry":
            attributes["role"] = "listitem"  # DPUB-ARIA 1.1 deprecates the other role
        if tagname == "summary" and "sd-summary-title" in node["classes"] and not _has_words(node):
            attributes["aria-label"] = "More"  # a fold without a title has but an icon
        if tagname == "label":
            attributes.pop("aria-controls", None)  # sphinx-design sets it on the labels of tabs, where it is not allowed
        tag = CLASSES.sub(_used_classes, super().starttag(node, tagname, suffix, empty, **attributes), count=1)
        return tag.replace(" />", ">") if empty else tag

    def depart_section(self, node: nodes.section) -> None:
        super().depart_section(node)
        if isinstance(node.parent, nodes.document):
            self.body[-1] = "</div>\n"

    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        """Write a list with its numbers as an attribute, which feeds keep."""
        super().visit_enumerated_list(node)
        if kind := NUMBERS.get(node.get("enumtype", "")):
            self.body[-1] = self.body[-1].replace("<ol", f'<ol type="{kind}"', 1)

    def visit_classifier(self, node: nodes.Element) -> None:
        """Write the colon between a term and its classifier, which docutils leaves to a style sheet."""
        self.body.append(" : ")
        super().visit_classifier(node)

    def depart_colspec(self, node: nodes.colspec) -> None:
        """Write the widths of columns if the author gave any; otherwise browsers fit columns to their content."""
        table = node.parent.parent
        if "colwidths-given" in table["classes"] and node is self.colspecs[-1] and len(self.colspecs) == node.parent["cols"]:
            total = sum(column["colwidth"] for column in self.colspecs)
            columns = "".join(f'<col width="{column["colwidth"] / total:.1%}">' for column in self.colspecs)
            self.body.append(f"<colgroup>{columns}</colgroup>\n")

    def visit_entry(self, node: nodes.entry) -> None:
        """Write a heading with what it is that of; an empty cell, such as the corner of two heads, is none."""
        start = len(self.body)
        super().visit_entry(node)
        if self.context[-1].startswith("</th"):
            scope = "col" if isinstance(node.parent.parent, nodes.thead) else "row"
            self.body[start:] = [part.replace("<th", f'<th scope="{scope}"', 1) for part in self.body[start:]]
        if not node.astext().strip() and node.next_node(nodes.image) is None and self.context[-1].startswith("</th"):
            self.context[-1] = self.context[-1].replace("th", "td")
            self.body[start:] = [HEAD.sub("<td", part, count=1) for part in self.body[start:]]

    def depart_caption(self, node: nodes.caption) -> None:
        """Close the caption of a figure that begins with it, as that of a chart does."""
        super().depart_caption(node)
        if _is_headed(node.parent):
            self.body.append("</figcaption>\n")

    def add_permalink_ref(self, node: nodes.Element, title: str) -> None:
        """Write the link to a heading or a figure, but not in a card, which is a link as a whole."""
        if not node.get("in_card"):
            super().add_permalink_ref(node, title)

    def visit_legend(self, node: nodes.legend) -> None:
        if _is_headed(node.parent):
            self.body.append(self.starttag(node, "div", CLASS="legend"))
        else:
            super().visit_legend(node)

    def depart_figure(self, node: nodes.figure) -> None:
        if _is_headed(node):
            self.body.append("</figure>\n")
        else:
            super().depart_figure(node)

    def visit_hlist(self, node: nodes.Element) -> None:
        """Write a list in columns without a table, which screen readers would announce."""
        self.body.append('<div class="hlist">\n')

    def depart_hlist(self, node: nodes.Element) -> None:
        self.body.append("</div>\n")

    def visit_hlistcol(self, node: nodes.Element) -> None:
        """Write a column of such a list, which its style sheet arranges."""

    def depart_hlistcol(self, node: nodes.Element) -> None:
        """Write nothing."""

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        """Write code with focus and a name, since it scrolls when it is wider than the page."""
        start = len(self.body)
        language = node.get("language", "default")
        name = "Code" if language in ("default", "none", "text") else f"Code: {language}"
        try:
            super().visit_literal_block(node)
        finally:
            self._name_code(start, name)

    def visit_productionlist(self, node: nodes.Element) -> None:
        """Write a grammar as code is written."""
        start = len(self.body)
        super().visit_productionlist(node)
        self._name_code(start, "Grammar")

    def _name_code(self, start: int, name: str) -> None:
        named = f'<pre tabindex="0" role="group" aria-label="{escape(name)}"'
        self.body[start:] = [PRE.sub(named, part, count=1) for part in self.body[start:]]

    def visit_math(self, node: nodes.math, math_env: str = "") -> None:
        """Write a formula in a line; one that may be wider than the page takes focus, unless it is in a link."""
        start = len(self.body)
        try:
            super().visit_math(node, math_env)
        finally:
            formula = "".join(self.body[start:])
            wide = len(TAG.sub("", formula)) > SHORT_FORMULA and not isinstance(node.parent, nodes.reference)
            focus = ' tabindex="0"' if wide else ""
            self.body[start:] = [f'<span class="formula"{focus}>{formula}</span>']

    def visit_inline(self, node: nodes.inline) -> None:
        """Keep the number of a source on the line of the word before it, and mark a citation that is part of its sentence."""
        if "bibtex-citation" in node["classes"] and not MARK.fullmatch(node.astext()):
            node["classes"].append("cited-words")
        elif "bibtex-citation" in node["classes"]:
            self.body[-1] = SPACE.sub("\N{NO-BREAK SPACE}", self.body[-1])
        super().visit_inline(node)

    def visit_reference(self, node: nodes.Element) -> None:
        """Mark a link whose text is its address, so that the style sheet for print does not repeat the address."""
        address = node.get("refuri", "")
        if node.astext() == address:
            node["classes"].append("autolink")
        if len(node) == 1 and isinstance(node[0], nodes.image) and PICTURE.search(address) and "://" not in address:
            node["classes"].append("enlarge")
        super().visit_reference(node)

    def depart_label(self, node: nodes.label) -> None:
        """Name the links back from a footnote with several references; docutils writes bare numbers."""
        super().depart_label(node)
        backrefs: list[str] = node.parent.get("backrefs", [])
        if len(backrefs) > 1:
            links = [f'<a role="doc-backlink" href="#{name}">mention {number}</a>' for number, name in enumerate(backrefs, 1)]
            self.body[-1] = f'<span class="backrefs">Back to {", ".join(links)}</span>\n'

    def visit_image(self, node: nodes.image) -> None:
        """Write an image with its size in pixels, so that nothing moves when it loads, and load it when it comes into view."""
        uri, file = node["uri"], self.builder.srcdir / node["uri"]
        if "://" in uri:
            logger.error("a picture on another host: %s; put a copy next to the text", uri, location=node)
        natural = read_picture(file).size if file.is_file() else None
        sides = {side: nodes.parse_measure(node[side])[0] for side in ("width", "height") if side in node}
        scale = node.attributes.pop("scale", 100) / 100
        if natural:
            # In a width and a height that do not have its shape, a picture is as large as both allow.
            ratio = natural[0] / natural[1]
            widths = [*([sides["width"]] if "width" in sides else []), *([sides["height"] * ratio] if "height" in sides else [])]
            width = min(widths, default=natural[0] * scale)
            sides = {"width": width, "height": width / ratio}
        elif len(sides) < 2 and file.suffix == ".svg" and file.is_file():
            logger.error("the size of %s is unknown; write :width: and :height: in pixels", uri, location=node)
        node.attributes.update({side: str(round(pixels)) for side, pixels in sides.items()})
        node["loading"] = "lazy"
        start = len(self.body)
        super().visit_image(node)
        if natural and node.get("alt") and natural[0] > LARGER * min(sides["width"], COLUMN) and not _is_linked(node):
            address = re.search(r' src="([^"]*)"', "".join(self.body[start:]))
            assert address, "an image has an address"
            self.body.insert(start, f'<a class="image-reference enlarge" href="{address[1]}">')
            self.body.append("</a>")
        if "title" in node:
            titled = f'<img title="{escape(node["title"])}" '
            self.body[start:] = [part.replace("<img ", titled, 1) for part in self.body[start:]]

    def visit_scroller(self, node: scroller) -> None:
        self.body.append(self.starttag(node, "div", role="group", tabindex="0", **{"aria-label": node["name"]}))

    def depart_scroller(self, node: scroller) -> None:
        self.body.append("</div>\n")


def replace_wrappers(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the wrappers that Furo puts around tables and formulas, since each repeats the ids of its content."""
    for wrapper in list(doctree.findall(nodes.container)):
        if "math-wrapper" in wrapper["classes"]:
            wrapper.replace_self(wrapper.children)
        elif "table-wrapper" in wrapper["classes"]:
            table = wrapper.next_node(nodes.table)
            assert table is not None, "Furo wraps nothing but tables in these"
            name = table_name(table)
            wrapper["ids"], wrapper["names"], wrapper["classes"] = [], [], []
            classes = ["table-wrapper", *(["wide"] if "wide" in table["classes"] else [])]
            table["classes"] = [name for name in table["classes"] if name != "wide"]
            wrapper.replace_self(scroller("", *wrapper.children, name=name, classes=classes))


def setup(app: Sphinx) -> None:
    """Write pages with our translator."""
    app.set_translator("dirhtml", Translator)
    app.add_node(scroller)
    app.connect("doctree-resolved", replace_wrappers)
