"""Whether a file is still what it was when it was read: by what the file system notes of it, so that it is not read again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

#: When its content and when anything else of it changed last, in nanoseconds since 1970; how many bytes it has; which file it is.
#: An author can set the first, as whoever restores a backup does; nobody sets the second.
Stamp = tuple[int, int, int, int]
#: In so many nanoseconds a file can change twice and keep its times: file systems look at the clock some hundred times a second.
TICK = 50_000_000

Found = TypeVar("Found")


def stamp(path: str | os.PathLike[str]) -> Stamp | None:
    """The stamp of a file; None if it changed a moment ago, or is not there, so that nothing can be told by it."""
    try:
        status = os.stat(path)  # noqa: PTH116 (of thousands, and a Path takes twice the time)
    except OSError:
        return None
    if time.time_ns() - status.st_ctime_ns < TICK:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def known(
    path: str | os.PathLike[str], before: Mapping[str, tuple[Stamp | None, Found]], find: Callable[[], Found]
) -> tuple[Stamp | None, Found]:
    """What was found in a file ``before``, under its path, or what ``find`` finds now; with its stamp, to be kept."""
    now = stamp(path)
    kept = before.get(os.fspath(path))
    return kept if now and kept and kept[0] == now else (now, find())
