"""The machinery of *Insights*: what Sphinx, ABlog and Furo do not do for a publication of essays."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """The publication, in the order it is built."""
    # Here and not above: commands such as `python -m insights publish` need none of it, and none of Sphinx.
    from . import (
        anchors,
        assets,
        cards,
        contact,
        essay,
        evidence,
        freshness,
        markup,
        maths,
        memory,
        outputs,
        pages,
        reading,
        references,
        safety,
        search,
        subscribe,
        targets,
    )

    app.setup_extension("ablog")
    app.add_config_value("insights_categories", {}, "env", types=frozenset({dict}))
    app.add_config_value("insights_tags", [], "env", types=frozenset({list}))
    app.add_config_value("insights_redirects", {}, "", types=frozenset({dict}))
    app.add_config_value("insights_hsts", "", "html", types=frozenset({str}))
    app.add_config_value("insights_repository", "", "html", types=frozenset({str}))
    app.add_config_value("insights_preview", False, "env", types=frozenset({bool}))
    app.add_config_value("insights_today", "", "", types=frozenset({str}))

    # What is read: which texts, what may be in them, what is kept of each.
    memory.setup(app)
    freshness.setup(app)
    safety.setup(app)
    reading.setup(app)
    anchors.setup(app)
    assets.setup(app)
    targets.setup(app)
    # What a text may hold.
    references.setup(app)
    evidence.setup(app)
    maths.setup(app)
    cards.setup(app)
    contact.setup(app)
    subscribe.setup(app)
    # What is written: from the records of the essays, page by page, then whatever stands beside pages.
    essay.setup(app)
    markup.setup(app)
    pages.setup(app)
    search.setup(app)
    outputs.setup(app)

    # With what reading.merge carries home, ABlog may read in parallel; it declares that it may not.
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


def _digest(paths: Iterable[Path]) -> int:
    """A number that changes with what text files say; not with their line ends, for Sphinx publishes it in the search index."""
    return zlib.crc32(
        "\0".join(path.read_text(encoding="utf-8-sig", errors="replace") for path in sorted(paths) if path.is_file()).encode()
    )
