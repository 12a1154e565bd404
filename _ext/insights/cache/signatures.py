"""Whether a file is still what it was when it was read: by what the file system notes of it, so that it is not read again."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from .files import write_atomic

#: When its content and when anything else of it changed last, in nanoseconds since 1970; how many bytes it has; which file it is.
#: An author can set the first, as whoever restores a backup does; nobody sets the second.
FileSignature = tuple[int, int, int, int]
#: In so many nanoseconds a file can change twice and keep its times: file systems look at the clock some hundred times a second.
TICK = 50_000_000

Found = TypeVar("Found")
#: By the paths of files: their stamps, and what was found in them.
FileCache = dict[str, tuple[FileSignature | None, Found]]


def file_signature(path: str | os.PathLike[str]) -> FileSignature | None:
    """The stamp of a file; None if it changed a moment ago, or is not there, so that nothing can be told by it."""
    try:
        status = os.stat(path)  # noqa: PTH116 (of thousands, and a Path takes twice the time)
    except OSError:
        return None
    if time.time_ns() - status.st_ctime_ns < TICK:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def unless_changed(
    path: str | os.PathLike[str], before: FileCache[Found], find: Callable[[], Found]
) -> tuple[FileSignature | None, Found]:
    """What was found in a file ``before``, under its path, or what ``find`` finds now; with its stamp, to be kept."""
    now = file_signature(path)
    kept = before.get(os.fspath(path))
    return kept if now and kept and kept[0] == now else (now, find())


def load_file_cache(path: Path | None, reader: object = None) -> FileCache[Any]:
    """What the file ``path`` keeps of an earlier build; nothing if another ``reader`` found it, or there is no whole file."""
    try:
        by, found = pickle.loads(path.read_bytes()) if path else (reader, {})  # noqa: S301 (kept below)
    except Exception:  # a pickle of a class that is no more may raise anything
        return {}
    return found if by == reader else {}


def save_file_cache(path: Path | None, found: FileCache[Any], reader: object = None) -> None:
    """Keep what a ``reader`` has ``found`` in a file, if there is to be one."""
    if path:
        write_atomic(path, pickle.dumps((reader, found)))
