"""Locks: only one process builds or publishes at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold the file ``lock``; wait if another process holds it. A process that ends, even killed, releases its locks."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting until another build has ended …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
