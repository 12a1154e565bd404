"""The machinery of *Insights*: what Sphinx, ABlog and Furo do not do for a publication of essays.

Each package below is a room, and its ``__init__.py`` the door: what others may use. ``_ext/README.md`` has the map.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set up the rooms, in the order in which a build comes through them."""
    # Here and not above: some commands need no room that takes part in a build, and none of Sphinx.
    from insights import catalog, check, configuration, evidence, feeds, incremental, markup, output, pages, reporting, search
    from insights.cache import code_version
    from insights.settings import register_settings

    reporting.setup(app)
    register_settings(app)
    configuration.setup(app)
    for room in (check, incremental, markup, catalog, evidence, pages, feeds, search, output):
        room.setup(app)

    root = Path(app.confdir)
    # Sphinx reads every text again when this number changes, as it must when what they all depend on has.
    paths = sorted(path for path in (*root.glob("_templates/**/*.html"), *root.glob("essays/*.bib")) if path.is_file())
    texts = [path.read_text(encoding="utf-8-sig", errors="replace") for path in paths]
    version = zlib.crc32("\0".join([code_version(), *texts]).encode())
    return {"version": "1", "env_version": version, "parallel_read_safe": True, "parallel_write_safe": True}
