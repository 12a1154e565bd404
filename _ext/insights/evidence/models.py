"""An essay's model: run once, until something changes that it looked at. All builds of a publication share what came of it.

A model that is new or has changed is run twice, each time in a process that knows nothing of the other: on another day, and with
another order of sets. What differs between the two would be another number in every build.
"""

import atexit
import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from insights.cache import EXTENSIONS, build_store, exclusive
from insights.problems import CONFLICT, Problem, unresolved
from insights.processes import SAME

from .answers import Failure, read_answer
from .charts import Chart
from .inputs import Input, unchanged
from .numbers import Cell
from .running import Overtime, Run, load_model

__all__ = ["Evidence", "ModelError", "library_versions", "load_model", "model_evidence"]

#: How many seconds a model may take, and for how many seconds one that took longer is not tried again: it may still be edited.
PATIENCE, LATER = 20, 600
#: Sets of texts have the same order in every build, but not in both processes in which models run.
ORDERS = ("0", "1")
#: What the process that starts those of models needs of our environment, which may hold secrets: where it finds programs,
#: packages, and matplotlib's list of fonts.
NEEDED = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR", "TMPDIR")


class Evidence(NamedTuple):
    """The results of a model by name, its charts by the name of the function that draws them, and what it looked at.

    ``digest``: of everything besides our own code that decides the rest.
    """

    digest: str
    results: dict[str, Cell]
    charts: dict[str, Chart]
    inputs: list[Input]
    packages: list[str]


class Late(NamedTuple):
    """What is wrong with a model that runs for too long, and the time at which it was found."""

    failure: Failure
    moment: float


class ModelError(Exception):
    """A model that cannot be run, or returns what a page cannot show: a problem in a file of the publication."""

    def __init__(self, model: Path, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path.name}, line {line}: {reason}")
        self.path = path
        self.problem = Problem(line, f"{reason}; run it by hand: make evidence essay={model.parent.name}")


def model_evidence(model: Path) -> Evidence:
    """The results and charts of ``model``; it is run if something has changed since any build ran it. Raises ModelError."""
    root = model.parents[2]
    store, name = build_store(root / "_build"), f"evidence/{model.parent.name}"

    def kept() -> Evidence | Late | None:
        evidence: Evidence | Late | None = store.read(name, None)
        return evidence if evidence and _current(evidence, root) else None

    if not (evidence := kept()):
        with exclusive(store.folder("evidence") / f"{model.parent.name}.lock", waiting=""):
            if not (evidence := kept()):
                answer = _run(model)
                evidence = Late(answer, time.time()) if isinstance(answer, Failure) else answer
                # Other failures are found again at once; and a package may be installed that was missing.
                if isinstance(evidence, Evidence) or Overtime.reason.format(PATIENCE) in evidence.failure.reason:
                    store.write(name, evidence)
    if isinstance(evidence, Late):
        raise ModelError(model, *evidence.failure[:3])
    return evidence


def evidence_is_current(digest: str, inputs: list[Input], packages: list[str], root: Path) -> bool:
    """Whether a model would find everything below ``root`` as it did when its evidence had this ``digest``."""
    return digest == _digest(inputs, packages) and unchanged(inputs, root)


def _current(evidence: Evidence | Late, root: Path) -> bool:
    if isinstance(evidence, Late):
        return time.time() - evidence.moment < LATER and unchanged(evidence.failure.inputs, root)
    return evidence_is_current(evidence.digest, evidence.inputs, evidence.packages, root)


def _digest(inputs: list[Input], packages: list[str]) -> str:
    seen = [(noted.kind, noted.path, noted.state) for noted in inputs]
    return hashlib.sha256(repr((library_versions(), _versions(tuple(packages)), seen)).encode()).hexdigest()[:16]


@cache
def library_versions() -> str:
    """The versions of the packages that decide what a model computes and how a chart is drawn."""
    return f"python {platform.python_version()}\0{_versions(('matplotlib', 'numpy'))}"


@cache
def _versions(packages: tuple[str, ...]) -> str:
    return "".join(f"{package} {_version(package)}\0" for package in packages)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _run(model: Path) -> Evidence | Failure:
    """Run a model twice; its evidence, or what is wrong with it."""
    workers = [_worker(os.getpid(), order) for order in ORDERS]
    for number, worker in enumerate(workers):
        assert worker.stdin
        request = {"model": os.path.abspath(model), "patience": PATIENCE, "again": number > 0}  # noqa: PTH100 (links stay)
        with contextlib.suppress(BrokenPipeError):  # it has ended, and answers nothing
            worker.stdin.write(json.dumps(request).encode() + b"\n")
            worker.stdin.flush()
    lines = [worker.stdout.readline() if worker.stdout else b"" for worker in workers]
    if not all(lines):
        _worker.cache_clear()
    first, second = (read_answer(line, Path(os.path.abspath(model))) for line in lines)  # noqa: PTH100
    if isinstance(first, Failure):
        return _unresolved(first)
    if isinstance(second, Failure):
        return second._replace(reason=f"when it is run again, on another day, {second.reason}")
    if difference := _difference(first, second):
        name, what = difference
        path, line = first.places[name]
        fix = "give random generators a seed, take no time from the clock, and sort what was a set"
        return Failure(Path(path), line, f"{what}; {fix}", first.inputs)
    return Evidence(_digest(first.inputs, first.packages), first.results, first.charts, first.inputs, first.packages)


def _unresolved(failure: Failure) -> Failure:
    """A failure; of a file with marks of git in it, the first of them."""
    path = Path(failure.path)
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if mark := CONFLICT.search(text):
        return failure._replace(line=text.count("\n", 0, mark.start()) + 1, reason=unresolved(mark[0]))
    return failure


def _difference(first: Run, second: Run) -> tuple[str, str] | None:
    """What differs between two runs of a model: the name of the chart, and what to say."""
    for name in sorted(first.results.keys() | second.results.keys()):
        values = [run.results.get(name) for run in (first, second)]
        if values[0] != values[1]:
            # Without the values, which are others each time that it is told.
            return "", f"the result {name} is another in each run"
    for name, chart in first.charts.items():
        again = second.charts.get(name)
        if again is None or (chart.table, chart.held) != (again.table, again.held):
            return name, f"the chart {name} is drawn differently in the next run"
    return None


@cache
def _worker(process: int, order: str) -> subprocess.Popen[bytes]:
    """A process for models, started by this ``process``. A set of texts has an order in it that the number ``order`` decides."""
    needed = {name: os.environ[name] for name in NEEDED if name in os.environ}
    python_path = os.pathsep.join(filter(None, (str(EXTENSIONS), os.environ.get("PYTHONPATH"))))
    worker = subprocess.Popen(
        [sys.executable, "-P", "-X", "utf8", "-m", f"{__package__}.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**needed, **SAME, "MATPLOTLIBRC": os.devnull, "PYTHONPATH": python_path, "PYTHONHASHSEED": order},
        start_new_session=True,
    )  # fmt: skip
    atexit.register(_end, worker)
    return worker


def _end(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdin
    assert worker.stdout
    worker.stdin.close()
    worker.wait()
    worker.stdout.close()
