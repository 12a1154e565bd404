"""Files and folders of many files: names, signatures, locks, and writing so that nothing is left half written."""

import fcntl
import os
import time
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

#: What the file system knows about a file without reading it, to tell whether it has changed: modification time and change time
#: in nanoseconds since 1970, size in bytes, inode. Programs can set only the first.
FileSignature = tuple[int, int, int, int]
#: File systems read the clock some hundred times a second; a file can change twice within so many nanoseconds and keep its times.
TICK = 50_000_000


def file_signature(path: str | os.PathLike[str]) -> FileSignature | None:
    """The signature of a file, or None if there is no file, or it changed so recently that its times cannot be trusted."""
    try:
        status = os.stat(path)  # noqa: PTH116 (for thousands of files; a Path takes twice the time)
    except OSError:
        return None
    if time.time_ns() - status.st_ctime_ns < TICK:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def file_names(folder: Path) -> list[str]:
    """The names of all files below ``folder``, with slashes, in order."""
    return sorted(inodes(folder))


def inodes(folder: Path) -> dict[str, int]:
    """The inode of each file below ``folder``, by name."""
    return {below + name: inode for below, names in _walk(folder) for name, inode in names.items()}


def remove_others(folder: Path, kept: Container[str]) -> None:
    """Delete all files below ``folder`` except those named in ``kept``, and folders that this leaves empty."""
    for below, names in reversed(_walk(folder)):
        here = folder / below
        others = [name for name in names if below + name not in kept]
        for name in others:
            (here / name).unlink()
        if below and len(others) == len(names) and not any(here.iterdir()):
            here.rmdir()


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


@contextmanager
def exclusive(lock: Path, waiting: str = "Waiting until another build has ended …") -> Iterator[None]:
    """Hold the file ``lock``; if another process holds it, say ``waiting``, and wait.

    A process that ends, even killed, releases its locks.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                print(waiting, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
