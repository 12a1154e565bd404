"""Which texts have changed since they were read: by what is in them, where Sphinx goes by the times of their files.

A file that is restored from a backup, or moved to its place, is older than the build that read what stood there before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Set
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

#: Where the metadata of a text keeps the digest of what was read.
READ = "insights_read"


def note(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the digest of a text that has been read, and of all that it depends on."""
    app.env.metadata[app.env.docname][READ] = _digest(app.env, app.env.docname)


def outdated(app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]) -> list[str]:
    """The texts that are no longer as they were read."""
    return [name for name in env.all_docs if name in env.found_docs and env.metadata[name].get(READ) != _digest(env, name)]


def _digest(env: BuildEnvironment, docname: str) -> str:
    paths = [Path(env.doc2path(docname)), *sorted(Path(env.srcdir) / name for name in env.dependencies[docname])]
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes() if path.is_file() else b"")
        digest.update(b"\0")
    return digest.hexdigest()


def setup(app: Sphinx) -> None:
    """Look at every text before it is read, or is not."""
    app.connect("doctree-read", note, priority=900)  # once all that it depends on is known
    app.connect("env-get-outdated", outdated)
