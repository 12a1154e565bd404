"""The search in a build: each text's share of the index is kept when its page is written, and the index is made of all shares.

So an edit of one essay reads no other essay again.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from insights.cache import Store, build_store, remove_others, write_atomic, write_if_changed
from insights.catalog import NOT_FOUND, SEARCH, Publication, publication_of

from . import index
from .documents import glossary_documents, page_document

#: The folder in the store that keeps the share of each text: for each of its documents, a line of terms and a line to be shown.
SHARES = "search"


@dataclass(frozen=True)
class SearchView:
    """What the page of the search tells its script: words that are not searched for, and the keys of the files of terms."""

    common: str
    keys: str


def keep_share(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Keep the share of a text whose page is being written."""
    publication = publication_of(app.env)
    if doctree is None or pagename in (publication.site.root_doc, NOT_FOUND):
        return
    place = publication.place.get(pagename)
    essay = publication.essays[place] if place is not None else None
    title, address = publication.texts[pagename], publication.path(pagename)
    page = page_document(essay, title, address, context["view"].head.summary, doctree)
    documents = [page, *glossary_documents(title, address, doctree)]
    lines = [_json(line) for document in documents for line in (document.terms, document.shown())]
    write_atomic(_shares(app) / _share(pagename), "\n".join(lines).encode())


def _shares(app: Sphinx) -> Path:
    return build_store(app.doctreedir).folder(SHARES)


def _share(docname: str) -> str:
    """The name of the file that keeps the share of a text."""
    return f"{docname.replace('/', '.')}.txt"


def _json(data: object) -> str:
    # Escaped as in a page, so that no file holds a tag or a style by mistake.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _docnames(publication: Publication) -> list[str]:
    """The texts in the order of their numbers: essays last, in the order of publication, so that a new one changes no number."""
    others = publication.texts.keys() - publication.place.keys() - {publication.site.root_doc, NOT_FOUND}
    return [*sorted(others), *(essay.docname for essay in reversed(publication.essays))]


@cache
def _index(publication: Publication, shares: Path) -> tuple[dict[str, dict[str, index.Postings]], list[str]]:
    """The files of terms of this build, and what is shown of each document, as JSON."""
    lines = [(shares / _share(docname)).read_text(encoding="utf-8").split("\n") for docname in _docnames(publication)]
    terms = index.term_files(json.loads(line) for of_text in lines for line in of_text[::2])
    return terms, [line for of_text in lines for line in of_text[1::2]]


def write_search(publication: Publication, out: Path, store: Store) -> set[str]:
    """Write the index of the site in ``out``; the names of its files."""
    shares = store.folder(SHARES)
    remove_others(shares, set(map(_share, _docnames(publication))))
    terms, shown = _index(publication, shares)
    files = {f"search/documents/{number}.json": line for number, line in enumerate(shown)}
    files |= {f"search/terms/{key}.json": _json(of_key) for key, of_key in terms.items()}
    for name, text in files.items():
        write_if_changed(f"{out}/{name}", text.encode())
    return set(files)


def search_pages(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """The page of the search, for Sphinx to write."""
    publication = publication_of(app.env)
    terms, _ = _index(publication, _shares(app))
    about = f"Find an essay of {publication.site.name} by its title, a subject, or any word in it."
    search = SearchView(" ".join(sorted(index.COMMON)), " ".join(terms))
    return [(SEARCH, {"title": "Search", "about": about, "search": search}, "search.html")]


def replace_index(app: Sphinx) -> None:
    """Make no index of Sphinx's: it is one file with every word of every page, which a reader would load whole."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False
