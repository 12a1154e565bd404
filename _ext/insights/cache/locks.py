"""One at a time: who builds or publishes waits for who does so already."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold ``lock``, once nobody else does; a process that has ended, however it did, is in nobody's way."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting until another build has ended …", flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
