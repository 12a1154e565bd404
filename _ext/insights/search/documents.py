"""The documents of the search: the terms that find each text or glossary entry, and what a result shows of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes

from insights.catalog import Essay, long_date
from insights.markup import drawing_in_words, words

from . import index

#: Nodes that are no part of a sentence: comments, HTML, and the numbers of footnotes.
SILENT = (nodes.Invisible, nodes.raw, nodes.label, nodes.footnote_reference)


class Passage(NamedTuple):
    """Some words of a text, with the anchor and the words of the heading above them; both empty above the first heading."""

    anchor: str
    heading: str
    text: str


class Document(NamedTuple):
    """What a result shows of a page or of a glossary entry, and the terms that find it, with their weights."""

    title: str
    address: str
    facts: str
    tags: tuple[str, ...]
    summary: str
    passages: list[Passage]
    terms: Mapping[str, int]

    def shown(self) -> list[object]:
        """What a result shows, with its passages grouped by heading."""
        parts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for anchor, heading, text in self.passages:
            parts[anchor, heading].append(text)
        return [self.title, self.address, self.facts, self.tags, self.summary, [[*part, texts] for part, texts in parts.items()]]


def page_document(essay: Essay | None, title: str, address: str, summary: str, doctree: nodes.document) -> Document:
    """The document of a text."""
    passages = list(_passages(doctree))
    text = "\n".join(passage.text for passage in passages)
    headings = {passage.heading for passage in passages}
    if essay is None:
        return Document(title, address, "", (), summary, passages, index.term_weights(title, [], headings, text))
    facts = [essay.category, *essay.tags, long_date(essay.published, essay.language), essay.published.isoformat()]
    weights = index.term_weights(essay.title, facts, [*headings, summary], text)
    return Document(essay.title, address, f"{essay.category} · {essay.month}", essay.tags, summary, passages, weights)


def glossary_documents(title: str, address: str, doctree: nodes.document) -> Iterator[Document]:
    """A document for each glossary entry of a text."""
    for explained in doctree.findall(addnodes.glossary):
        for item in explained.findall(nodes.definition_list_item):
            names = [child for child in item.children if isinstance(child, nodes.term)]
            word = ", ".join(map(words, names))
            meaning = " ".join(passage.text for part in item.findall(nodes.definition) for passage in _passages(part))
            weights = index.term_weights(word, [], [], meaning)
            yield Document(word, f"{address}#{names[0]['ids'][0]}", title, (), meaning, [], weights)


def _passages(node: nodes.Element, anchor: str = "", heading: str = "") -> Iterator[Passage]:
    """A text by paragraphs, list items and table rows, without headings and glossary entries."""
    for child in node.children:
        if isinstance(child, nodes.section):
            title = child.next_node(nodes.title)
            if title is None or isinstance(node, nodes.document):
                yield from _passages(child)
                continue
            head = Passage(child["ids"][0], words(title), "")
            passages = list(_passages(child, head.anchor, head.heading))
            if all(passage.anchor != head.anchor for passage in passages):  # a heading right above another
                yield head
            yield from passages
        elif isinstance(child, nodes.row):
            cells = (" ".join(passage.text for passage in _passages(cell)) for cell in child.findall(nodes.entry))
            yield Passage(anchor, heading, " · ".join(filter(None, cells)))
        elif isinstance(child, drawing_in_words):
            yield Passage(anchor, heading, " · ".join(child["words"]))
        elif isinstance(child, nodes.TextElement):
            if not isinstance(child, SILENT) and not (isinstance(child, nodes.title) and isinstance(node, nodes.section)):
                yield Passage(anchor, heading, words(child))
        elif isinstance(child, nodes.Element) and not isinstance(child, addnodes.glossary):
            yield from _passages(child, anchor, heading)
