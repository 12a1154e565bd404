"""File signatures: what the file system knows about a file without reading it, to tell whether it has changed."""

import os
import time

#: Modification time and change time in nanoseconds since 1970, size in bytes, inode. Programs can set only the first.
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
