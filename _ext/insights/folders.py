"""What is in a folder, and what is no longer to be; by names, for the site of a thousand essays has ten thousand files."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path


def files(folder: Path) -> list[str]:
    """The names of all files below ``folder``, with slashes, in order."""
    return sorted(below + name for below, names in _walk(folder) for name in names)


def prune(folder: Path, kept: Container[str]) -> None:
    """Take away all files below ``folder`` but those ``kept``, and the folders in which nothing is left."""
    for below, names in reversed(_walk(folder)):
        here = folder / below
        gone = [name for name in names if below + name not in kept]
        for name in gone:
            (here / name).unlink()
        if below and len(gone) == len(names) and not any(here.iterdir()):
            here.rmdir()


def put(path: Path, content: bytes) -> None:
    """Write a file beside its place, and move it there: whoever interrupts a build leaves no half of what it keeps."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def _walk(folder: Path) -> list[tuple[str, list[str]]]:
    """Every folder from the outermost inward, as (its name with a slash at its end, its files, and links wherever they lead)."""
    start, found = len(os.fspath(folder)) + 1, []
    for path, folders, names in os.walk(folder):
        links = [name for name in folders if Path(path, name).is_symlink()]
        found.append((f"{below.replace(os.sep, '/')}/" if (below := path[start:]) else "", [*names, *links]))
    return found
