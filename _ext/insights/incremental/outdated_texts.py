"""Which texts have changed since they were read: by content, because Sphinx compares only the times of files.

A file that was restored from a backup, or moved into place, is older than the build that read the previous one.
"""

import hashlib
from collections.abc import Iterable, Set
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from insights.cache import file_signature
from insights.evidence import EVIDENCE_DIGEST, MODEL_INPUTS, evidence_is_current
from insights.markup import places_changed

#: The key in the metadata of a text for the digest of what was read, and the signatures of the files it was read from.
READ = "insights_read"


def note_content(app: Sphinx, doctree: nodes.document) -> None:
    """Note the digest of a text that has been read, with everything that it depends on."""
    paths = _paths(app.env, app.env.docname)
    app.env.metadata[app.env.docname][READ] = _digest(paths), list(map(file_signature, paths))


def outdated_texts(app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]) -> list[str]:
    """The texts that have changed since they were read, or whose dependencies have."""
    return [name for name in env.all_docs if name in env.found_docs and not _current(env, name)]


def _current(env: BuildEnvironment, docname: str) -> bool:
    return _unchanged(env, docname) and _same_evidence(env, docname) and not places_changed(env, docname)


def _unchanged(env: BuildEnvironment, docname: str) -> bool:
    digest, signatures = env.metadata[docname].get(READ, ("", []))
    paths = _paths(env, docname)
    current = list(map(file_signature, paths))
    return (current == signatures and None not in current) or digest == _digest(paths)


def _same_evidence(env: BuildEnvironment, docname: str) -> bool:
    """Whether the model of a text would find everything as it did; a text without a model has nothing that could change."""
    metadata = env.metadata[docname]
    if MODEL_INPUTS not in metadata:
        return True
    inputs, packages = metadata[MODEL_INPUTS]
    return evidence_is_current(metadata[EVIDENCE_DIGEST], inputs, packages, Path(env.srcdir))


def _paths(env: BuildEnvironment, docname: str) -> list[str]:
    """The file of a text, and the files that it depends on."""
    return [str(env.doc2path(docname)), *sorted(f"{env.srcdir}/{name}" for name in env.dependencies.get(docname, ()))]


def _digest(paths: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in map(Path, paths):
        digest.update(path.read_bytes() if path.is_file() else b"")
        digest.update(b"\0")
    return digest.hexdigest()
