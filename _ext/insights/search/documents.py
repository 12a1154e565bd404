"""What each text is found by, and what a result shows of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree as ET

from docutils import nodes
from sphinx import addnodes

from insights.catalog import Essay, long_date
from insights.markup import mathml

from . import index

#: What is no part of a sentence: notes to oneself, HTML, and the numbers of footnotes.
UNSAID = (nodes.Invisible, nodes.raw, nodes.label, nodes.footnote_reference)


class Passage(NamedTuple):
    """Some words of a text, with the id and the words of the heading that they stand under; above the first, of none."""

    anchor: str
    heading: str
    text: str


class Document(NamedTuple):
    """What a result shows of a page, or of a word that the glossary explains; and what finds it: terms with weights."""

    title: str
    address: str
    facts: str
    tags: tuple[str, ...]
    summary: str
    passages: list[Passage]
    terms: Mapping[str, int]

    def shown(self) -> list[object]:
        """What a result shows, the passages heading by heading."""
        parts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for anchor, heading, text in self.passages:
            parts[anchor, heading].append(text)
        found = [[*part, texts] for part, texts in parts.items()]
        return [self.title, self.address, self.facts, self.tags, self.summary, found]


def page_document(essay: Essay | None, title: str, address: str, summary: str, doctree: nodes.document) -> Document:
    """The page of a text."""
    passages = list(_passages(doctree))
    text = "\n".join(passage.text for passage in passages)
    headings = {passage.anchor: passage.heading for passage in passages}.values()
    if essay is None:
        return Document(title, address, "", (), summary, passages, index.term_weights(title, [], headings, text))
    facts = [essay.category, *essay.tags, long_date(essay.published), essay.published.isoformat()]
    weights = index.term_weights(essay.title, facts, [*headings, summary], text)
    return Document(essay.title, address, f"{essay.category} · {essay.month}", essay.tags, summary, passages, weights)


def glossary_documents(title: str, address: str, doctree: nodes.document) -> Iterator[Document]:
    """Each word that a text explains."""
    for explained in doctree.findall(addnodes.glossary):
        for item in explained.findall(nodes.definition_list_item):
            words = [child for child in item.children if isinstance(child, nodes.term)]
            word = ", ".join(map(_said, words))
            meaning = " ".join(passage.text for part in item.findall(nodes.definition) for passage in _passages(part))
            weights = index.term_weights(word, [], [], meaning)
            yield Document(word, f"{address}#{words[0]['ids'][0]}", title, (), meaning, [], weights)


def _passages(node: nodes.Element, anchor: str = "", heading: str = "") -> Iterator[Passage]:
    """A text by paragraphs, items, and rows of tables; without its headings, and what its glossary explains."""
    for child in node.children:
        if isinstance(child, nodes.section):
            title = child.next_node(nodes.title)
            if title is None or isinstance(node, nodes.document):
                yield from _passages(child)
                continue
            head = Passage(child["ids"][0], _said(title), "")
            found = list(_passages(child, head.anchor, head.heading))
            if all(passage.anchor != head.anchor for passage in found):  # a heading right above another
                yield head
            yield from found
        elif isinstance(child, nodes.row):
            cells = (" ".join(passage.text for passage in _passages(cell)) for cell in child.findall(nodes.entry))
            yield Passage(anchor, heading, " · ".join(filter(None, cells)))
        elif isinstance(child, nodes.TextElement):
            if not isinstance(child, UNSAID) and not (isinstance(child, nodes.title) and isinstance(node, nodes.section)):
                yield Passage(anchor, heading, _said(child))
        elif isinstance(child, nodes.Element) and not isinstance(child, addnodes.glossary):
            yield from _passages(child, anchor, heading)


def _said(node: nodes.Element) -> str:
    """The words of a paragraph on one line, its formulas as they are read and not as they were written."""
    parts = []
    for text in node.findall(nodes.Text):
        if isinstance(text.parent, nodes.math | nodes.math_block):
            parts.append(_formula(text.astext()))
        elif isinstance(text.parent, nodes.raw):
            parts.append(" ")  # in place of a line's break
        elif not isinstance(text.parent, UNSAID):
            parts.append(text.astext())
    return " ".join("".join(parts).split())


def _formula(latex: str) -> str:
    try:
        return "".join(ET.fromstring(mathml(latex, "inline")).itertext())
    except ValueError:  # which is said where the page is written
        return ""
