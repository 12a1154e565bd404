"""Search without a server: an index in small files, of which a reader's browser fetches the few that her words are in.

``search/terms/AB.json`` has the terms that begin with AB, each with numbers of documents and weights by turns;
``search/documents/N.json`` has the Nth fifty documents. ``_static/search.js`` reads them. What one text says is kept beside
its doctree when its page is written, so that an edit of one essay reads no other again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from .essay import Essay, essays

#: Documents in a file. Their numbers are in the order of publication, so that a new essay changes the last file only.
BLOCK = 50
#: What a word counts, by where it stands; in the text it counts as often as it is there, but no more often than this.
TITLE, TAG, HEADING, TEXT = 20, 12, 5, 5
#: Words that are in every text, and find nothing.
COMMON = frozenset((
    "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been", "before", "but",
    "by", "can", "do", "does", "each", "for", "from", "had", "has", "have", "how", "if", "in", "into", "is", "it", "its",
    "may", "more", "most", "much", "must", "no", "not", "of", "on", "one", "only", "or", "other", "out", "over", "so",
    "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through",
    "to", "two", "up", "was", "we", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would",
    "you", "your",
))  # fmt: skip


class Document(NamedTuple):
    """What a result shows of a page, and what the page is found by: terms with weights."""

    title: str
    address: str
    facts: str
    summary: str
    terms: Mapping[str, int]


def terms(text: str) -> list[str]:
    """The terms of a text: words of two letters or more without accents, capitals and the plural's ending."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return [_singular(word) for word in re.findall(r"[a-z0-9]{2,}", plain) if word not in COMMON]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def weighed(title: str, tags: Iterable[str], headings: Iterable[str], text: str) -> dict[str, int]:
    """The terms of a page with their weights."""
    found = Counter({term: min(count, TEXT) for term, count in Counter(terms(text)).items()})
    for words, weight in (([title], TITLE), (tags, TAG), (headings, HEADING)):
        for term in {term for word in words for term in terms(word)}:
            found[term] += weight
    return dict(sorted(found.items()))


def files(documents: list[Document]) -> dict[str, Any]:
    """The files of the index by their paths below ``search/``, as data; ``documents`` in the order of their numbers."""
    shards: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, document in enumerate(documents):
        for term, weight in document.terms.items():
            shards[term[:2]][term] += [number, weight]
    index: dict[str, Any] = {f"terms/{key}.json": dict(sorted(shards[key].items())) for key in sorted(shards)}
    for start in range(0, len(documents), BLOCK):
        block = [(d.title, d.address, d.facts, d.summary) for d in documents[start : start + BLOCK]]
        index[f"documents/{start // BLOCK}.json"] = block
    return index


# -- In a build ---------------------------------------------------------------------------------------------------------------


def _kept(app: Sphinx, pagename: str) -> Path:
    return Path(app.doctreedir) / "search" / f"{pagename.replace('/', '.')}.json"


def note(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Keep what a text that is being written is found by."""
    if doctree is None or pagename in (app.config.root_doc, "404"):
        return
    essay: Essay | None = context.get("essay")
    headings = [title.astext() for title in doctree.findall(nodes.title) if not isinstance(title.parent, nodes.document)]
    headings += [term.astext() for term in doctree.findall(nodes.term)]
    document = Document(
        essay.title if essay else context["title"],
        app.builder.get_target_uri(pagename),
        f"{essay.category} · {essay.month}" if essay else "",
        context["head"]["summary"],
        weighed(
            essay.title if essay else context["title"],
            (essay.category, *essay.tags) if essay else (),
            (*headings, essay.summary if essay else ""),
            doctree.astext(),
        ),
    )
    path = _kept(app, pagename)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def write(app: Sphinx) -> set[Path]:
    """Write the index of what this build holds; what it wrote."""
    oldest_first = [essay.docname for essay in reversed(essays(app.env))]
    pages = sorted(app.env.found_docs - set(oldest_first) - {app.config.root_doc, "404"})
    kept = [_kept(app, docname) for docname in [*pages, *oldest_first]]
    for path in set((Path(app.doctreedir) / "search").glob("*.json")) - set(kept):
        path.unlink()
    written = set()
    for name, data in files([Document(*json.loads(path.read_bytes())) for path in kept]).items():
        path = Path(app.outdir) / "search" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        written.add(path)
    return written


def pages(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """The page of the search."""
    about = f"Find an essay of {app.config.project} by its title, a subject, or any word in it."
    return [("search", {"title": "Search", "about": about, "common": " ".join(sorted(COMMON))}, "search.html")]


def replace_index(app: Sphinx) -> None:
    """Sphinx's own index is one file with every word of every page, which a reader would load whole: it is not made."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def setup(app: Sphinx) -> None:
    """Our index in the place of Sphinx's."""
    app.connect("builder-inited", replace_index)
    app.connect("html-page-context", note, priority=600)  # once the page's description is known
    app.connect("html-collect-pages", pages)
