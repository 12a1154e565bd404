"""Which pages are written again: those whose view has changed, or what their links lead to, since they were last written."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from insights.cache import build_store
from insights.catalog import labelled_pages, publication_of
from insights.markup import link_targets
from insights.pages import list_page, page_views

#: The digests of the pages in the store.
DIGESTS = "page-digests"
#: The settings that show in a page, by how their names begin.
SETTINGS = ("author", "blog_", "copyright", "extensions", "html_", "insights_", "language", "post_", "project", "pygments_")


def outdated_pages(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The texts whose pages would show something new, though the texts are the same."""
    if app.builder.format != "html":
        return []
    return [docname for docname in publication_of(env).texts if docname in _changed(app)]


def outdated_lists(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The lists of essays whose pages would show something new, for Sphinx to write."""
    publication = publication_of(app.env)
    for listing in publication.listings:
        if listing.docname in _changed(app) or not Path(app.outdir, publication.file(listing.docname)).exists():
            yield list_page(listing)


def save_digests(app: Sphinx, exception: Exception | None) -> None:
    """Keep the digests of the pages once they have all been written."""
    if exception is None and app.builder.format == "html":
        build_store(app.doctreedir).write(DIGESTS, _digests(app))


@cache
def _changed(app: Sphinx) -> set[str]:
    """The pages whose digests are not those of the last build."""
    previous: dict[str, str] = build_store(app.doctreedir).read(DIGESTS, {})
    return {docname for docname, digest in _digests(app).items() if previous.get(docname) != digest}


@cache
def _digests(app: Sphinx) -> dict[str, str]:
    """The digest of each page: of its view, of what its links find, and of the settings, templates and static files."""
    settings = [(value.name, value.value) for value in app.config if value.name.startswith(SETTINGS)]
    folders = [Path(app.confdir) / folder for folder in (*app.config.templates_path, "_static", *app.config.html_static_path)]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    labels = labelled_pages(app)
    shared = _digest(settings, [(path.name, hashlib.sha256(path.read_bytes()).digest()) for path in files])
    return {docname: _digest(shared, view, link_targets(app.env, docname, labels)) for docname, view in page_views(app).items()}


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
