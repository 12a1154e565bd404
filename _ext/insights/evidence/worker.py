"""The process that runs models: it has loaded what every model needs, and copies itself for each model.

On a line it reads a request, an object in JSON; it answers with a line for the model, and an empty line when that has ended. It
ends when its input does. A model runs in a copy, so that nothing that it imports, changes or leaves behind meets another.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from . import clock
from .running import Fault, run
from .watch import LOADED

#: Linux's PR_SET_PDEATHSIG: get a signal when the parent process ends (linux/prctl.h).
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = os.fdopen(os.dup(0)), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    _end_with_parent()
    _load()
    for line in requests:
        child = os.fork()
        if child == 0:
            _answer(answers, **json.loads(line))
        os.waitpid(child, 0)
        os.write(answers, b"\n")


def _load() -> None:
    """Load what models and charts need."""
    import matplotlib
    import numpy as np
    from matplotlib.backends import backend_svg
    from matplotlib.figure import Figure

    # Drawing loads fonts, and the modules that it uses.
    backend_svg.FigureCanvasSVG(Figure()).print_svg(os.devnull)  # type: ignore[no-untyped-call]
    matplotlib.get_configdir()
    assert np
    LOADED.update(sys.modules)


def _answer(answers: int, model: str, patience: float, again: bool) -> None:
    """Run one model, write what came of it, and end this process."""
    _end_with_parent()
    if again:
        clock.go_on()
    answer: dict[str, Any]
    try:
        answer = run(Path(model), patience, again=again)._asdict()
    except Fault as fault:
        answer = {"fault": (str(fault.path), fault.line, fault.reason)}
    except BaseException as error:  # ours
        answer = {"fault": (model, 1, f"{type(error).__name__}: {error}")}
    content = json.dumps(answer).encode() + b"\n"
    while content:
        content = content[os.write(answers, content) :]
    os._exit(0)


def _end_with_parent() -> None:
    """Otherwise a model would go on for a parent that was killed."""
    if prctl := getattr(ctypes.CDLL(None), "prctl", None):
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
