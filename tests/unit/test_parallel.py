"""Work on many things is done on all cores, and gives what it gives on one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT
from insights.cache.parallel import MANY, parallel_map


@pytest.mark.parametrize("count", [0, 1, MANY - 1, MANY, 3 * MANY])
def test_results_come_in_the_order_of_the_tasks(count: int) -> None:
    factor = 3  # which no other process could know, unless it were a copy of this one
    assert parallel_map(lambda number: number * factor, range(count)) == [number * 3 for number in range(count)]


#: Prints whether so many tasks were all done in the process that asked for them. A process of its own, for that of a test may
#: have threads.
HERE = """
import os, sys
from insights.cache.parallel import parallel_map

print(set(parallel_map(lambda _: os.getpid(), range(int(sys.argv[1])))) == {os.getpid()})
"""


@pytest.mark.parametrize(("count", "here"), [(MANY - 1, "True"), (MANY, "False")])
def test_only_many_tasks_use_other_processes(count: int, here: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "_ext")}
    command = [sys.executable, "-c", HERE, str(count)]
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip() == here


def test_a_process_with_threads_is_not_copied() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert set(parallel_map(lambda _: os.getpid(), range(MANY))) == {os.getpid()}
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("count", [1, MANY])
def test_an_exception_arrives_whole(count: int) -> None:
    def work(number: int) -> int:
        if number == count - 1:
            raise FileNotFoundError(2, "No such file or directory", f"page-{number}")
        return number

    with pytest.raises(FileNotFoundError, match=f"page-{count - 1}") as raised:
        parallel_map(work, range(count))
    assert raised.value.filename == f"page-{count - 1}"


WAITING = """
import os, sys, time
from insights.cache.parallel import MANY, parallel_map

def work(number):
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(600)

parallel_map(work, range(MANY))
"""


def gone(process: int) -> bool:
    """Whether a process has ended, though nobody may have asked yet how."""
    try:
        return "State:\tZ" in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True


def test_a_killed_process_leaves_no_workers() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "_ext")}
    killed = subprocess.Popen([sys.executable, "-c", WAITING], env=environment, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    worker = int(killed.stdout.readline())
    killed.kill()
    killed.wait()
    killed.stdout.close()
    until = time.monotonic() + 60
    while not gone(worker):
        assert time.monotonic() < until, "it still waits"
        time.sleep(0.01)
