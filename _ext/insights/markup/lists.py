"""The lists that a text gets without asking: of the sources that it cites, and of its notes.

A list stands below the heading that its author writes for it, as ``## Further reading`` above a ``{bibliography}``; otherwise at
the foot of the text, below a heading of its own.
"""

import ast
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, cast

from docutils import nodes
from myst_parser.slugs import github_slugify
from pybtex.plugin import PluginNotFound, find_plugin
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinxcontrib.bibtex.directives import BibliographyDirective, BibliographyKey, BibliographyValue
from sphinxcontrib.bibtex.nodes import bibliography

from .citations import READING_LIST, EssayReferences

logger = logging.getLogger(__name__)

#: The headings of the lists; the second where the author has a heading of the first name, and so on.
SOURCES, NOTES = ("References", "Sources", "Works cited"), ("Notes", "Footnotes", "End notes")
#: What RegisterNotes looks for.
KINDS = (nodes.footnote, nodes.footnote_reference, nodes.citation_reference)
#: The options of a ``{bibliography}`` that is only the place of the list of references.
PLAIN = {"style", "labelprefix", "cited"}
#: The filter that has the same meaning as none.
OWN_SOURCES = "docname in docnames"


class sources_here(nodes.General, nodes.Element):
    """The place that an author has chosen for the list of references, with the ``options`` of its directive."""


class Bibliography(BibliographyDirective):
    """The place of the list of references; or, with ``:filter:``, ``:all:``, ``:list:`` or keys, another list of sources."""

    def run(self) -> Sequence[nodes.Node]:
        """The list, or its place: what the rest of the text cites is not known yet."""
        style = self.options.get("style")
        try:
            find_plugin("pybtex.style.formatting", style or self.config.bibtex_default_style)
        except PluginNotFound:
            known = "alpha, insights, plain, unsrt and unsrtalpha"
            logger.error("no style '%s' for a list of sources; there are %s", style, known, location=self.get_location())
            return []
        if self.options.get("filter") == OWN_SOURCES:
            del self.options["filter"]
        if not self.content and not self.arguments and self.options.keys() <= PLAIN:
            place = sources_here(options=self.options)
            self.set_source_info(place)
            return [place]
        domain = cast("EssayReferences", self.env.get_domain("cite"))
        with domain.other_ids():
            made = super().run()
        key = BibliographyKey(self.env.docname, made[-1]["ids"][0])  # type: ignore[index]
        listed: BibliographyValue = domain.bibliographies[key]
        if listed.list_ == "citation" and "all" not in self.options and not listed.keyprefix:
            domain.bibliographies[key] = listed._replace(list_=READING_LIST)
        return made


class RegisterNotes(SphinxTransform):
    """Let the document know the notes that were parsed in a document of their own, as those in ``{eval-rst}`` are."""

    default_priority = 610  # before MyST sorts the notes, and docutils numbers them

    def apply(self, **kwargs: Any) -> None:
        """Note each that is not noted, with an id that nothing else has."""
        document = self.document
        footnotes = [*document.footnotes, *document.autofootnotes, *document.symbol_footnotes]
        references = [*document.autofootnote_refs, *document.symbol_footnote_refs, *chain(*document.footnote_refs.values())]
        known = set(map(id, [*footnotes, *references]))
        for node in list(document.findall(nodes.Element)):
            if not isinstance(node, KINDS) or id(node) in known:
                continue
            noted = node["ids"] and document.ids.get(node["ids"][0]) is node
            node["ids"] = node["ids"] if noted else []
            note, of_reference = {1: "autofootnote", "*": "symbol_footnote"}.get(node.get("auto"), "footnote"), ""
            if isinstance(node, nodes.citation_reference):
                document.set_id(node)
                continue
            if isinstance(node, nodes.footnote_reference):
                of_reference = "_ref"
                if node.get("auto") and "refname" in node:
                    document.note_footnote_ref(node)
            elif node["names"] and not noted:
                document.note_explicit_target(node, node)
            getattr(document, f"note_{note}{of_reference}")(node)


class KeepPlaces(SphinxTransform):
    """Remember which notes stand in a ``{footbibliography}`` below a heading, before MyST moves all to the end."""

    default_priority = 621

    def apply(self, **kwargs: Any) -> None:
        """Note the place in each note."""
        for note in self.document.findall(nodes.footnote):
            if isinstance(place := note.parent, nodes.container):
                place["notes"] = True
                if _below_heading(place):
                    note["place"] = place


class AddLists(SphinxTransform):
    """Add the list of references and that of notes to a text that has any."""

    default_priority = 630  # after MyST has moved the notes to the end, before it makes anchors of headings

    def apply(self, **kwargs: Any) -> None:
        """Put each list at its place."""
        self._add_sources()
        notes = list(self.document.findall(nodes.footnote))
        for note in notes:
            if place := note.attributes.pop("place", None):
                note.parent.remove(note)
                place.append(note)
        for place in list(self.document.findall(nodes.container)):
            if place.attributes.pop("notes", False) and not place.children:
                place.parent.remove(place)
        if any(note.parent is self.document for note in notes):
            # The notes follow it, at the end of the document.
            self._section(NOTES)

    def _add_sources(self) -> None:
        domain = cast("EssayReferences", self.env.get_domain("cite"))
        docname = self.env.docname
        places = list(self.document.findall(sources_here))
        place = next(filter(_below_heading, places), None)
        keys = domain.cited_keys(docname)
        listed = [value for key, value in domain.bibliographies.items() if key.docname == docname and value.list_ == "citation"]
        if keys and not any(not value.keyprefix for value in listed):
            options = (place or next(iter(places), sources_here(options={})))["options"]
            made = self._sources(domain, keys, options)
            if place:
                place.replace_self(made)
            else:
                self._section(SOURCES).append(made)
        elif places:
            message = (
                "nothing is cited here, so that the list is empty; cite a source, or write :all: or :filter: for other sources"
            )
            logger.error("%s", message, location=places[0])
        for other in list(self.document.findall(sources_here)):
            other.parent.remove(other)

    def _sources(self, domain: EssayReferences, keys: Sequence[str], options: dict[str, str]) -> bibliography:
        """The list of the sources ``keys``, which is filled when all texts have been read."""
        node = bibliography("", docname=self.env.docname)
        self.document.note_explicit_target(node, node)
        entries: dict[str, nodes.Element] = {}
        for key in keys:
            name = self.config.bibtex_cite_id.format(key=key, bibliography_count=1)
            entries[key] = nodes.citation(ids=[nodes.make_id(name)] if name else [])
            self.document.note_explicit_target(entries[key], entries[key])
        for file in domain.bibdata.bibfiles:
            self.env.note_dependency(str(file))
        domain.bibliographies[BibliographyKey(self.env.docname, node["ids"][0])] = BibliographyValue(
            line=self.document.line or 1, bibfiles=[], style=options.get("style", self.config.bibtex_default_style),
            list_="citation", enumtype="arabic", start=1, labelprefix=options.get("labelprefix", ""), keyprefix="",
            filter_=ast.parse("cited"), citation_nodes=entries, keys=list(keys),
        )  # fmt: skip
        return node

    def _section(self, titles: Sequence[str]) -> nodes.Element:
        """A section for a list: one that its author has left empty for it, or a new one at the end."""
        document = self.document
        top: nodes.Element = next((node for node in document.children if isinstance(node, nodes.section)), document)
        sections = [node for node in top.children if isinstance(node, nodes.section)]
        for section in sections:
            if len(section) == 1 and section.astext() in titles:
                return section
        slugs = getattr(document, "myst_slugs", {})
        title = next((title for title in titles if github_slugify(title) not in {*slugs, *document.ids}), titles[-1])
        slug = github_slugify(title)
        section = nodes.section("", nodes.title("", title), ids=[slug], names=[slug], slug=slug)
        section.document, section.source, section.line = document, top.source, None
        document.ids[slug] = section
        slugs[slug] = (None, slug, title)
        top.append(section)
        return section


def _below_heading(node: nodes.Node) -> bool:
    """Whether a heading is right above ``node``."""
    siblings: Sequence[nodes.Node] = node.parent.children if node.parent else []
    before: Iterator[nodes.Node] = (other for other in siblings[: siblings.index(node)] if not isinstance(other, nodes.comment))
    return isinstance(node.parent, nodes.section) and all(isinstance(other, nodes.title | nodes.target) for other in before)


def setup(app: Sphinx) -> None:
    """Place the lists of references and of notes."""
    app.add_directive("bibliography", Bibliography, override=True)
    for transform in (RegisterNotes, KeepPlaces, AddLists):
        app.add_transform(transform)
