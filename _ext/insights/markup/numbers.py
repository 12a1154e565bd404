"""The numbers of figures, tables and listings, from 1 in each text, and `{numref}`, which refers to them.

Sphinx numbers what stands below a table of contents of the whole site; a publication has none. A caption shows its number if
`numfig` is on, or if the text refers to the number of one of that kind, as {numref} or in words. Charts always show theirs.
"""

import re
from collections import defaultdict
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from .names import names_of

#: The words of a link that has the number of a caption, as [Table 1](#costs).
NUMBERED = re.compile(r"(?:Figure|Fig\.|Table|Tabelle|Tab\.|Listing|Abbildung|Abb\.|Code)\s\d+", re.IGNORECASE)
#: Keys in the metadata of a text: the kind, the number and the caption of all that has a number, by id; and what Sphinx is to
#: print in captions, by kind and id.
NUMBERS, PRINTED = "insights_numbers", "insights_printed_numbers"


def number_captions(app: Sphinx, doctree: nodes.document) -> None:
    """Number the captions of a text that has been read."""
    env, standard = app.env, app.env.domains.standard_domain
    captioned = [(standard.get_enumerable_node_type(node), node) for node in doctree.findall(nodes.Element)]
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for kind, node in captioned:
        if kind in ("figure", "table", "code-block") and node["ids"] and standard.get_numfig_title(node):
            by_kind[kind].append(node)
    wanted = {xref["reftarget"] for xref in doctree.findall(addnodes.pending_xref) if xref["reftype"] == "numref"}
    wanted |= {link.get("refid") for link in doctree.findall(nodes.reference) if NUMBERED.fullmatch(link.astext())}
    numbers: dict[str, tuple[str, int, str]] = {}
    printed: dict[str, dict[str, tuple[int]]] = defaultdict(dict)
    for kind, found in by_kind.items():
        all_numbered = app.config.numfig or any(wanted & {*node["ids"], *node["names"]} for node in found)
        numbered = [node for node in found if all_numbered or "chart" in node["classes"]]
        for number, node in enumerate(numbered, 1):
            title = str(standard.get_numfig_title(node))
            if "chart" in node["classes"]:
                caption = node.next_node(nodes.caption)
                caption[0].replace_self(nodes.strong("", f"Figure {number}."))
            else:
                printed[kind][node["ids"][0]] = (number,)
            numbers |= dict.fromkeys(node["ids"], (kind, number, title))
    env.metadata[env.docname] |= {NUMBERS: numbers, PRINTED: dict(printed)}


def show_numbers(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Hand Sphinx the numbers that the captions of a text show, right before it writes the text."""
    app.env.toc_fignumbers[docname] = app.env.metadata[docname].get(PRINTED, {})


class NumberReferences(SphinxPostTransform):
    """Resolve `{numref}` to the numbers of captions; those of sections are left to Sphinx, which has none."""

    default_priority = 5

    def run(self, **arguments: Any) -> None:
        """Replace the references by links."""
        for xref in list(self.document.findall(addnodes.pending_xref)):
            if xref["reftype"] == "numref" and (found := self._number(xref["reftarget"])):
                docname, name, (kind, number, caption) = found
                words = xref.astext() if xref["refexplicit"] else self.config.numfig_format[kind]
                text = words.replace("%s", "{number}").format_map(defaultdict(str, number=str(number), name=caption))
                shown = nodes.inline(text, text, classes=["std", "std-numref"])
                xref.replace_self(make_refnode(self.app.builder, self.env.docname, docname, name, shown))

    def _number(self, target: str) -> tuple[str, str, tuple[str, int, str]] | None:
        """The text, the id and the number that ``target`` names: in the text that is written, or a label of another."""
        own, labels = self.env.docname, names_of(self.env, "std", "anonlabels", self.env.docname)
        slugs = self.env.metadata[own].get("myst_slugs", {})
        places = [(own, target), (own, slugs.get(target, ("", ""))[1]), labels.get(target, ("", ""))]
        for docname, name in places:
            if numbered := self.env.metadata[docname].get(NUMBERS, {}).get(name) if docname else None:
                return docname, name, numbered
        return None


def setup(app: Sphinx) -> None:
    """Number what has been read, and resolve references when it is written."""
    app.connect("doctree-read", number_captions)
    app.connect("doctree-resolved", show_numbers)
    app.add_post_transform(NumberReferences)
