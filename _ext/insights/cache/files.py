"""Folders of many files: what is in them, by name, and writing files so that nothing is left half written."""

import os
from collections.abc import Container
from pathlib import Path


def file_names(folder: Path) -> list[str]:
    """The names of all files below ``folder``, with slashes, in order."""
    return sorted(below + name for below, names in _walk(folder) for name in names)


def remove_others(folder: Path, kept: Container[str]) -> None:
    """Delete all files below ``folder`` except those named in ``kept``, and folders that this leaves empty."""
    for below, names in reversed(_walk(folder)):
        here = folder / below
        others = [name for name in names if below + name not in kept]
        for name in others:
            (here / name).unlink()
        if below and len(others) == len(names) and not any(here.iterdir()):
            here.rmdir()


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file under another name, then rename it, so that an interrupted build leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def write_if_changed(path: str, content: bytes) -> None:
    """Write a file unless it has this content already, so that its signature stays."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (for thousands of files; a Path takes twice the time)
            if file.read() == content:
                return
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)


def inodes(folder: Path) -> dict[str, int]:
    """The inode of each file below ``folder``, by name."""
    return {below + name: inode for below, names in _walk(folder) for name, inode in names.items()}


def _walk(folder: Path) -> list[tuple[str, dict[str, int]]]:
    """Each folder, outer ones first: its name with a slash at the end, and the inodes of its files and links by name."""
    folders: list[tuple[str, dict[str, int]]] = []
    below = [""] if folder.is_dir() else []
    for name in below:
        names = {}
        with os.scandir(f"{folder}/{name}") as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    below.append(f"{name}{entry.name}/")
                else:
                    names[entry.name] = entry.inode()
        folders.append((name, names))
    return folders
