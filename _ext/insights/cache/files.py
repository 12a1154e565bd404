"""What is in a folder, and what is no longer to be; by names, for the site of a thousand essays has ten thousand files."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path


def file_names(folder: Path) -> list[str]:
    """The names of all files below ``folder``, with slashes, in order."""
    return sorted(below + name for below, names in _walk(folder) for name in names)


def remove_others(folder: Path, kept: Container[str]) -> None:
    """Take away all files below ``folder`` but those ``kept``, and the folders in which nothing is left."""
    for below, names in reversed(_walk(folder)):
        here = folder / below
        gone = [name for name in names if below + name not in kept]
        for name in gone:
            (here / name).unlink()
        if below and len(gone) == len(names) and not any(here.iterdir()):
            here.rmdir()


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file beside its place, and move it there: whoever interrupts a build leaves no half of what it keeps."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def write_if_changed(path: str, content: bytes) -> None:
    """Write a file, unless it has this content already: then its time stays, and whoever goes by that has less to do."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (of thousands, and a Path takes twice the time)
            if file.read() == content:
                return
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)


def inodes(folder: Path) -> dict[str, int]:
    """The number of each file below ``folder`` in its file system, by name."""
    return {below + name: number for below, names in _walk(folder) for name, number in names.items()}


def _walk(folder: Path) -> list[tuple[str, dict[str, int]]]:
    """Every folder from the outermost inward: its name with a slash at its end, its files, and links wherever they lead."""
    found: list[tuple[str, dict[str, int]]] = []
    below = [""] if folder.is_dir() else []
    for name in below:
        names = {}
        with os.scandir(f"{folder}/{name}") as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    below.append(f"{name}{entry.name}/")
                else:
                    names[entry.name] = entry.inode()
        found.append((name, names))
    return found
