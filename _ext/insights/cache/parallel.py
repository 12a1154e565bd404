"""The same work on many things, on all cores of the machine where there are so many that it is worth more processes."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from typing import Any, TypeVar

#: So many are worth it.
MANY = 100
#: How the processes begin: as copies of this one, so that the work may be any function, and know all that this one knows.
FORK = "fork"

#: What Linux calls the wish for a signal when the process that began this one ends (linux/prctl.h).
DIE_WITH_PARENT = 1

Task = TypeVar("Task")
Done = TypeVar("Done")


def parallel_map(work: Callable[[Task], Done], tasks: Sequence[Task]) -> list[Done]:
    """What ``work`` gives for each of the ``tasks``, in their order. Raises what it raises."""
    if len(tasks) < MANY or FORK not in get_all_start_methods():
        return list(map(work, tasks))
    with ProcessPoolExecutor(mp_context=get_context(FORK), initializer=_begin, initargs=(work,)) as pool:
        return list(pool.map(_do, tasks, chunksize=MANY // 5))


#: In a process of the pool: its work.
_work: Callable[[Any], Any]


def _begin(work: Callable[[Any], Any]) -> None:
    global _work
    _work = work
    # Who waits for work from a process that was killed would wait for ever.
    if prctl := getattr(ctypes.CDLL(None), "prctl", None):
        prctl(DIE_WITH_PARENT, signal.SIGKILL)


def _do(task: Any) -> Any:
    return _work(task)
