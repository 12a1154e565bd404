"""Parallel work: a function for each of many tasks, on all cores of the machine."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

from insights.processes import end_with_parent

#: From this number of tasks on, starting processes is worth it.
MANY = 100

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
    end_with_parent()  # otherwise it would wait for ever for tasks of a parent that was killed


def _do(task: Any) -> Any:
    return _work(task)
