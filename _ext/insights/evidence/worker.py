"""The process that runs models: it has loaded what every model needs, and copies itself for each model.

On a line it reads a request, an object in JSON, and on a line it answers. It ends when its input does, as when the process at the
other end is killed. A model runs in a copy, which is contained, so that nothing that it imports, changes or leaves behind
meets another; what the copy answers is not looked into here.
"""

import faulthandler
import json
import os
import re
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from insights.processes import contain, end_with_parent, environment

from . import clock
from .running import Fault, Overtime, run
from .watch import LOADED, Watch

#: How many bytes an answer may have.
LARGEST = 32 << 20
#: How many seconds after its time a model is stopped that does not stop itself; and how many later it is killed.
STOPPED, KILLED = 1, 2
#: A line of the traceback that faulthandler writes.
FRAME = re.compile(r'File "(.*)", line (\d+) in ')


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = os.fdopen(os.dup(0)), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    _load()
    for line in requests:
        content = _answer(requests.fileno(), **json.loads(line)) + b"\n"
        while content:
            content = content[os.write(answers, content) :]


def _load() -> None:
    """Load what models and charts need."""
    import matplotlib.style
    import numpy as np
    from matplotlib.backends import backend_svg
    from matplotlib.figure import Figure

    # Drawing loads fonts, and the modules that it uses.
    backend_svg.FigureCanvasSVG(Figure()).print_svg(os.devnull)  # type: ignore[no-untyped-call]
    matplotlib.get_configdir()
    assert np
    LOADED.update(sys.modules)


def _answer(requests: int, model: str, patience: float, again: bool) -> bytes:
    """What a model in a process of its own answers, or why it does not. Ends this process if there are no more ``requests``."""
    scratch = tempfile.mkdtemp(prefix="insights-model-")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(writing, 3)
            os.closerange(4, 256)
            _run(Path(model), patience, again, Path(scratch))
        finally:
            os._exit(1)
    os.close(writing)
    content = bytearray()
    until = time.monotonic() + patience + STOPPED + KILLED
    while (left := until - time.monotonic()) > 0 and len(content) < LARGEST:
        ready = select.select([reading, requests], [], [], left)[0]
        if requests in ready or not (part := os.read(reading, 1 << 16)):
            break
        content += part
    os.close(reading)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    shutil.rmtree(scratch, ignore_errors=True)
    if requests in ready:
        os._exit(0)
    answered = status == 0 and b"\n" not in content
    return bytes(content) if answered else _fault(model, patience, status, bytes(content))


def _fault(model: str, patience: float, status: int, content: bytes) -> bytes:
    """Why the process of a model ended as it did."""
    line, reason = 1, "it ends Python; take that out"
    if content.startswith(b"Timeout"):
        reason = Overtime.reason.format(patience)
        line = next((int(line) for path, line in FRAME.findall(content.decode(errors="replace")) if path == model), 1)
    elif os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        reason = f"it crashes Python ({signal.Signals(number).name}); take out what does"
        if number in {signal.SIGKILL, signal.SIGXCPU}:
            reason = Overtime.reason.format(patience)
    return json.dumps({"fault": [model, line, reason], "inputs": []}).encode()


def _run(model: Path, patience: float, again: bool, scratch: Path) -> None:
    """Run one model in this process, contained; write what came of it."""
    end_with_parent()
    root = model.parents[2]
    os.environ.clear()
    os.environ.update(environment(scratch))
    tempfile.tempdir = str(scratch)
    if again:
        clock.go_on()
    contain(root, scratch, patience)
    # This stops what Python cannot interrupt, such as a sum of a trillion numbers, and writes where that was.
    faulthandler.dump_traceback_later(patience + STOPPED, file=3, exit=True)
    watch = Watch(model.parent, root, scratch)
    answer: dict[str, Any]
    try:
        answer = run(model, patience, watch, again=again)._asdict()
    except Fault as fault:
        answer = {"fault": (str(fault.path), fault.line, fault.reason), "inputs": list(watch.inputs.values())}
    except BaseException as error:  # ours
        answer = {"fault": (str(model), 1, f"{type(error).__name__}: {error}"), "inputs": []}
    watch.asleep = True
    content = json.dumps(answer).encode()
    while content:
        content = content[os.write(3, content) :]
    os._exit(0)


if __name__ == "__main__":
    main()
