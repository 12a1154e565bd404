"""Search without a server: what each text is found by, and what a result shows of it, in the small files of ``search_index``.

What one text gives is kept beside its doctree when its page is written, so that an edit of one essay reads no other again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from insights.cache import remove_others, write_if_changed
from insights.catalog import Essay, essays, long_date, publication
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


def page(essay: Essay | None, title: str, address: str, summary: str, doctree: nodes.document) -> Document:
    """The page of a text."""
    passages = list(_passages(doctree))
    text = "\n".join(passage.text for passage in passages)
    headings = {passage.anchor: passage.heading for passage in passages}.values()
    if essay is None:
        return Document(title, address, "", (), summary, passages, index.weighed(title, [], headings, text))
    facts = [essay.category, *essay.tags, long_date(essay.published), essay.published.isoformat()]
    weights = index.weighed(essay.title, facts, [*headings, summary], text)
    return Document(essay.title, address, f"{essay.category} · {essay.month}", essay.tags, summary, passages, weights)


def glossary(title: str, address: str, doctree: nodes.document) -> Iterator[Document]:
    """Each word that a text explains."""
    for explained in doctree.findall(addnodes.glossary):
        for item in explained.findall(nodes.definition_list_item):
            words = [child for child in item.children if isinstance(child, nodes.term)]
            word = ", ".join(map(_said, words))
            meaning = " ".join(passage.text for part in item.findall(nodes.definition) for passage in _passages(part))
            weights = index.weighed(word, [], [], meaning)
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


# -- In a build ---------------------------------------------------------------------------------------------------------------


#: The folder, beside the doctrees, that keeps what each text is found by, and what is shown of it.
KEPT = "search"


def _kept(docname: str) -> str:
    return f"{docname.replace('/', '.')}.txt"


def note(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Keep what a text that is being written is found by, and what is shown of it: for each document in it, two lines of JSON."""
    if doctree is None or pagename in (app.config.root_doc, "404"):
        return
    title, address = app.env.titles[pagename].astext(), app.builder.get_target_uri(pagename)
    found = [page(context.get("essay"), title, address, context["head"]["summary"], doctree), *glossary(title, address, doctree)]
    path = Path(app.doctreedir) / KEPT / _kept(pagename)
    path.parent.mkdir(exist_ok=True)
    lines = [_json(of_document) for document in found for of_document in (document.terms, document.shown())]
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")


def _json(data: object) -> str:
    # A page escapes what a text quotes of HTML; so that no file holds a tag or a style by mistake, so does this.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _docnames(app: Sphinx) -> list[str]:
    """The texts in the order of their numbers: pages first, then essays as they came out, so that a new one changes none."""
    oldest_first = [essay.docname for essay in reversed(essays(app.env))]
    return [*sorted(app.env.found_docs - set(oldest_first) - {app.config.root_doc, "404"}), *oldest_first]


def _index(app: Sphinx) -> tuple[dict[str, dict[str, index.Postings]], list[str]]:
    """The files of terms of this build, and what is shown of each document, as JSON."""
    memo = publication(app.env).memo
    if "search" not in memo:
        folder = Path(app.doctreedir) / KEPT
        kept = [(folder / _kept(docname)).read_text(encoding="utf-8").split("\n") for docname in _docnames(app)]
        terms = index.files(json.loads(line) for lines in kept for line in lines[::2])
        memo["search"] = terms, [line for lines in kept for line in lines[1::2]]
    found: tuple[dict[str, dict[str, index.Postings]], list[str]] = memo["search"]
    return found


def write_search(app: Sphinx) -> set[str]:
    """Write the index of what this build holds; the names of the files, of those too that are there already."""
    remove_others(Path(app.doctreedir) / KEPT, set(map(_kept, _docnames(app))))
    found, shown = _index(app)
    index = {f"search/documents/{number}.json": line for number, line in enumerate(shown)}
    index |= {f"search/terms/{key}.json": _json(of_key) for key, of_key in found.items()}
    for name, text in index.items():
        write_if_changed(f"{app.outdir}/{name}", text.encode())
    return set(index)


def search_pages(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """The page of the search."""
    context = {
        "title": "Search",
        "about": f"Find an essay of {app.config.project} by its title, a subject, or any word in it.",
        "common": " ".join(sorted(index.COMMON)),
        "keys": " ".join(_index(app)[0]),
    }
    return [("search", context, "search.html")]


def replace_index(app: Sphinx) -> None:
    """Sphinx's own index is one file with every word of every page, which a reader would load whole: it is not made."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def setup(app: Sphinx) -> None:
    """Our index in the place of Sphinx's."""
    app.connect("builder-inited", replace_index)
    app.connect("html-page-context", note, priority=600)  # once the page's description is known
    app.connect("html-collect-pages", search_pages)
