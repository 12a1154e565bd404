"""The machinery of *Insights*: what Sphinx, ABlog and Furo do not do for a publication of essays."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path

import ablog.post
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from . import (
    cards,
    contact,
    essay,
    evidence,
    freshness,
    markup,
    maths,
    outputs,
    pages,
    reading,
    references,
    safety,
    search,
    subscribe,
)


def setup(app: Sphinx) -> ExtensionMetadata:
    """The publication, in the order it is built."""
    app.setup_extension("ablog")
    app.add_config_value("insights_categories", {}, "env", types=frozenset({dict}))
    app.add_config_value("insights_tags", [], "env", types=frozenset({list}))
    app.add_config_value("insights_redirects", {}, "", types=frozenset({dict}))
    app.add_config_value("insights_hsts", "", "html", types=frozenset({str}))
    app.add_config_value("insights_repository", "", "html", types=frozenset({str}))
    app.add_config_value("insights_preview", False, "env", types=frozenset({bool}))
    app.add_config_value("insights_today", "", "", types=frozenset({str}))

    freshness.setup(app)
    safety.setup(app)
    references.setup(app)
    contact.setup(app)
    evidence.setup(app)
    maths.setup(app)
    cards.setup(app)
    subscribe.setup(app)
    markup.setup(app)
    search.setup(app)

    app.connect("config-inited", reading.check_headers, priority=400)  # before ABlog looks for posts
    app.connect("builder-inited", pages.keep_templates)
    app.connect("source-read", reading.read_header)
    app.connect("doctree-read", reading.read_text, priority=600)  # after ABlog has noted the post
    app.connect("env-merge-info", reading.merge)
    app.connect("env-updated", essay.register)
    app.connect("env-updated", pages.stale, priority=600)  # once the essays are known
    app.add_node(pages.essay_title, html=(pages.skip, None))
    app.connect("doctree-resolved", pages.take_title)
    app.connect("html-page-context", pages.add_context)
    _replace(app, "html-collect-pages", ablog.post.generate_archive_pages, pages.archive_pages)
    app.connect("build-finished", outputs.finish, priority=550)  # after Furo has added a sheet that no page links
    app.connect("build-finished", pages.remember, priority=600)  # only what has been written whole

    # With the hook env-merge-info above, ABlog may read in parallel; it declares that it may not.
    app.extensions["ablog"].parallel_read_safe = True
    root = Path(app.confdir)
    sources = [*Path(__file__).parent.glob("*.py"), *root.glob("_templates/**/*.html"), *root.glob("essays/*.bib")]
    return {
        "version": "1",
        # Sphinx reads every text again when this number changes, as it must when what they all depend on has.
        "env_version": _digest(sources),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _replace(app: Sphinx, event: str, old: object, new: object) -> None:
    """Connect ``new`` in the place of a handler that another extension has connected."""
    listener = next(listener for listener in app.events.listeners[event] if listener.handler is old)
    app.disconnect(listener.id)
    app.connect(event, new)  # type: ignore[call-overload]


def _digest(paths: Iterable[Path]) -> int:
    """A number that changes with what text files say; not with their line ends, for Sphinx publishes it in the search index."""
    return zlib.crc32(
        "\0".join(path.read_text(encoding="utf-8-sig", errors="replace") for path in sorted(paths) if path.is_file()).encode()
    )
