"""Which texts have changed since they were read: by what is in them, where Sphinx goes by the times of their files.

A file that is restored from a backup, or moved to its place, is older than the build that read what stood there before.
"""

import hashlib
from collections.abc import Iterable, Set
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from insights.cache import file_signature

#: Where the metadata of a text keeps what was read: its digest, and the stamps of the files that it was in.
READ = "insights_read"


def note(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the digest of a text that has been read, and of all that it depends on."""
    paths = _paths(app.env, app.env.docname)
    app.env.metadata[app.env.docname][READ] = _digest(paths), list(map(file_signature, paths))


def outdated(app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]) -> list[str]:
    """The texts that are no longer as they were read."""
    return [name for name in env.all_docs if name in env.found_docs and not _as_read(env, name)]


def _as_read(env: BuildEnvironment, docname: str) -> bool:
    digest, stamps = env.metadata[docname].get(READ, ("", []))
    paths = _paths(env, docname)
    now = list(map(file_signature, paths))
    return (now == stamps and None not in now) or digest == _digest(paths)


def _paths(env: BuildEnvironment, docname: str) -> list[str]:
    """The file of a text, and all that it depends on."""
    return [str(env.doc2path(docname)), *sorted(f"{env.srcdir}/{name}" for name in env.dependencies.get(docname, ()))]


def _digest(paths: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in map(Path, paths):
        digest.update(path.read_bytes() if path.is_file() else b"")
        digest.update(b"\0")
    return digest.hexdigest()


def setup(app: Sphinx) -> None:
    """Look at every text before it is read, or is not."""
    app.connect("doctree-read", note, priority=900)  # once all that it depends on is known
    app.connect("env-get-outdated", outdated)
