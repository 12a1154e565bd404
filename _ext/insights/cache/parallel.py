"""Parallel work: a function for each of many tasks, on all cores of the machine."""

import ctypes
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

#: From this number of tasks on, starting processes is worth it.
MANY = 100
#: Linux's PR_SET_PDEATHSIG: get a signal when the parent process ends (linux/prctl.h).
PR_SET_PDEATHSIG = 1

Task = TypeVar("Task")
Result = TypeVar("Result")


def parallel_map(work: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
    """The results of ``work`` for each task, in the order of ``tasks``. Raises what ``work`` raises."""
    # A process with threads is not safe to copy: another thread may hold a lock, which in the copy is never released.
    if len(tasks) < MANY or threading.active_count() > 1:
        return list(map(work, tasks))
    # Processes start as copies of this one, so that the work may be any function, closures included.
    with ProcessPoolExecutor(mp_context=get_context("fork"), initializer=_begin, initargs=(work,)) as pool:
        return list(pool.map(_do, tasks, chunksize=MANY // 5))


#: In a process of the pool, its work.
_work: Callable[[Any], Any]


def _begin(work: Callable[[Any], Any]) -> None:
    global _work
    _work = work
    # Otherwise it would wait for ever for tasks of a parent that was killed.
    if prctl := getattr(ctypes.CDLL(None), "prctl", None):
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _do(task: Any) -> Any:
    return _work(task)
