"""What other packages do slowly, done otherwise. Without this extension the site is the same, to the byte, and takes longer."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from . import memory, patches


def setup(app: Sphinx) -> ExtensionMetadata:
    """Patch the packages, and let go in time of what they keep."""
    patches.setup(app)
    memory.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
