"""Runs Python modules in processes forked from a warm one, which has loaded the packages of others: a second less for each build.

Our own modules are not among them: each test has a copy of them, and may change it. What depends on how Python starts, such as
the seed of its hashes, needs a process of its own, as ``tests/tools/verify.py`` has.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock

#: One module runs at a time in each process of tests.
LOCK = Lock()


def run(command: tuple[str | Path, ...], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ``python -m``, with the rest of the ``command``, in ``folder``."""
    words = [str(word) for word in command]
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err, LOCK:
        server = _server()
        assert server.stdin
        assert server.stdout
        print(json.dumps([words, str(folder), dict(environment), [out.name, err.name]]), file=server.stdin, flush=True)
        status = int(server.stdout.readline())
        return subprocess.CompletedProcess(words, status, *(Path(file.name).read_text(encoding="utf-8") for file in (out, err)))


@cache
def _server() -> subprocess.Popen[str]:
    """The warm process. It ends with this one, which holds the other end of its standard input."""
    from insights.preview.live import WARM  # here, because the warm process runs this file too

    command, pipe = [sys.executable, __file__, *WARM], subprocess.PIPE
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)
    atexit.register(server.communicate)
    return server


def become(folder: str, environment: dict[str, str], files: list[str]) -> None:
    """Give this process what a new one has: a folder, an environment and files that it prints to."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for number, name in enumerate([os.devnull, *files]):
        os.dup2(os.open(name, os.O_RDWR), number)
    sys.path[:0] = [folder, *environment.get("PYTHONPATH", "").split(os.pathsep)]


def serve(modules: list[str]) -> None:
    """Load ``modules``; then run in a fork what each line of the standard input says, and print its status."""
    del sys.path[0]  # the folder of this file
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in modules:
            import_module(module)
    gc.freeze()
    for line in sys.stdin:
        command, *place = json.loads(line)
        if child := os.fork():
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
            continue
        become(*place)
        sys.argv = command
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)
        return


if __name__ == "__main__":
    serve(sys.argv[1:])
