"""What a model depends on: the files and folders that it looked at, and in which state they were."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from insights.cache import FileSignature, file_signature


class Input(NamedTuple):
    """Something that a model looked at. ``path`` is relative to the publication; ``kind`` says which `state` of it counts.

    ``signature``: that of the file, or of the folder that was searched, when the state was noted.
    """

    kind: str
    path: str
    state: str
    signature: FileSignature | None


def note(kind: str, path: str, root: Path) -> Input:
    """The path as it is now, below ``root``."""
    place = os.path.dirname(path) if kind == "module" else path  # noqa: PTH120 (called for each file a model opens)
    return Input(kind, os.path.relpath(path, root), state(kind, path), file_signature(place))


def unchanged(inputs: Iterable[Input], root: Path) -> bool:
    """Whether everything below ``root`` that a model looked at is still as it was."""
    return all(_same(noted, f"{root}/{noted.path}") for noted in inputs)


def _same(noted: Input, path: str) -> bool:
    if noted.signature and noted.kind not in {"type", "tree"}:  # a folder keeps its times when a file in it changes
        place = os.path.dirname(path) if noted.kind == "module" else path  # noqa: PTH120
        if file_signature(place) == noted.signature:
            return True
    return state(noted.kind, path) == noted.state


def state(kind: str, path: str) -> str:
    """The state of a path; it is the same text as long as a model that looked at the path would find the same.

    The kinds are: ``content`` of a file; ``names`` in a folder; ``module``, the files by which a module can be found;
    ``type``, whether it is a file or a folder; ``size``, the type and the size; ``tree``, the content of all files in a folder.
    """
    if kind == "content":
        try:
            return hashlib.sha256(Path(path).read_bytes()).hexdigest()
        except OSError:
            return _type(path)
    if kind == "names":
        return "\n".join(_names(path))
    if kind == "module":
        folder, _, name = path.rpartition("/")
        return "\n".join(found for found in _names(folder) if found == name or found.startswith(f"{name}."))
    if kind == "tree":
        files = sorted(file for file in Path(path).rglob("*") if file.suffix != ".md" and file.is_file() and not _hidden(file))
        return hashlib.sha256("".join(f"{file}\0{state('content', str(file))}\0" for file in files).encode()).hexdigest()
    if kind == "size":
        size = os.path.getsize(path) if os.path.isfile(path) else 0  # noqa: PTH113, PTH202
        return f"{_type(path)} {size}"
    return _type(path)


def editors_file(name: str) -> bool:
    """Whether a file is one that editors, systems and Python write beside others, and not part of an essay.

    >>> [editors_file(name) for name in ("index.md~", "#index.md#", ".index.md.swp", "__pycache__", "data.csv")]
    [True, True, True, True, False]
    """
    return name.startswith((".", "#")) or name.endswith(("~", ".swp", ".tmp", ".part", ".bak", ".orig")) or name == "__pycache__"


def files_beside(text: Path) -> list[Path]:
    """All files in the folder of a ``text``, besides it, that code in the text can import or read."""
    return sorted(file for file in text.parent.rglob("*") if file != text and file.is_file() and not _hidden(file, text.parent))


def _hidden(path: Path, folder: Path = Path()) -> bool:
    return any(map(editors_file, path.relative_to(folder).parts if folder != Path() else (path.parent.name, path.name)))


def _names(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not editors_file(name))  # noqa: PTH208
    except OSError:
        return []


def _type(path: str) -> str:
    return "folder" if os.path.isdir(path) else "file" if os.path.exists(path) else ""  # noqa: PTH110, PTH112
