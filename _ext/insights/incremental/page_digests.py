"""Which pages are written again: those whose view has changed, or what their links lead to, since they were last written."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from insights.cache import STORE, Store
from insights.catalog import publication_of
from insights.markup import link_targets
from insights.pages import list_page, page_views

#: The digests of the pages in the store.
DIGESTS = "page-digests"
#: The settings that show in a page, by how their names begin.
SETTINGS = ("author", "blog_", "html_", "insights_", "language", "project")
#: The digests of the pages of a build, made once.
_CURRENT: WeakKeyDictionary[BuildEnvironment, dict[str, str]] = WeakKeyDictionary()


def outdated_pages(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The texts whose pages would show something new, though the texts are the same."""
    previous, current = _previous(app), _current(app)
    return [docname for docname in publication_of(env).texts if previous.get(docname) != current[docname]]


def outdated_lists(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The lists of essays whose pages would show something new, for Sphinx to write."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    previous, current = _previous(app), _current(app)
    for listing in publication_of(app.env).listings:
        name = listing.docname
        if previous.get(name) != current[name] or not Path(app.builder.get_output_path(name)).exists():
            yield list_page(app, listing)


def save_digests(app: Sphinx, exception: Exception | None) -> None:
    """Keep the digests of the pages once they have all been written."""
    if exception is None and app.builder.format == "html":
        Store(Path(app.doctreedir) / STORE).write(DIGESTS, _current(app))


def _previous(app: Sphinx) -> dict[str, str]:
    return Store(Path(app.doctreedir) / STORE).read(DIGESTS, {})


def _current(app: Sphinx) -> dict[str, str]:
    """The digest of each page: of its view, of what its links find, and of what all pages share."""
    if app.env in _CURRENT:
        return _CURRENT[app.env]
    settings = [(value.name, value.value) for value in app.config if value.name.startswith(SETTINGS)]
    shared = _digest([settings, _shared_files(app)])
    views = page_views(app)
    digests = {name: _digest([shared, view, link_targets(app.env, name)]) for name, view in views.items()}
    return _CURRENT.setdefault(app.env, digests)


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _shared_files(app: Sphinx) -> list[tuple[str, str]]:
    """Templates and static files, by content."""
    folders = [Path(app.confdir) / folder for folder in (*app.config.templates_path, "_static")]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def setup(app: Sphinx) -> None:
    """Have the pages that show something new written again."""
    app.connect("env-updated", outdated_pages, priority=600)  # once the publication is made
    app.connect("html-collect-pages", outdated_lists)
    app.connect("build-finished", save_digests, priority=600)  # only what has been written whole
