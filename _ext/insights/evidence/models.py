"""An essay's model: run once, until something changes that it looked at. Its results and charts are kept in the store.

A model that is new or has changed is run twice, each time in a process that knows nothing of the other: on another day, and with
another order of sets. What differs between the two would be another number in every build.
"""

import atexit
import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from insights.cache import EXTENSIONS, Store
from insights.problems import Problem

from .charts import Chart
from .inputs import Input, unchanged
from .numbers import Cell
from .running import load_model

__all__ = ["Evidence", "ModelError", "library_versions", "load_model", "model_evidence"]

#: How many seconds of CPU a model may take.
PATIENCE = 20
#: The environment of the two processes in which models run. On another number of cores, numpy adds up in another order, and the
#: last digits differ; and sets of texts have the same order in every build, but not in both processes.
SAME = {"OPENBLAS_NUM_THREADS": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "MPLBACKEND": "svg"}
ORDERS = ("0", "1")


class Evidence(NamedTuple):
    """The results of a model by name, its charts by the name of the function that draws them, and what it looked at.

    ``digest``: of everything besides our own code that decides the rest.
    """

    digest: str
    results: dict[str, Cell]
    charts: dict[str, Chart]
    inputs: list[Input]
    packages: list[str]


class ModelError(Exception):
    """A model that cannot be run, or returns what a page cannot show: a problem in a file of the publication."""

    def __init__(self, model: Path, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path.name}, line {line}: {reason}")
        self.path = path
        self.problem = Problem(line, f"{reason}; run it by hand: make evidence essay={model.parent.name}")


def model_evidence(model: Path, store: Store) -> Evidence:
    """The results and charts of ``model``: from ``store`` if nothing has changed since it was run. Raises ModelError."""
    name = f"evidence/{model.parent.name}"
    evidence: Evidence | None = store.read(name, None)
    if evidence is None or not _current(evidence, model.parents[2]):
        evidence = _run(model)
        store.write(name, evidence)
    return evidence


def evidence_is_current(digest: str, inputs: list[Input], packages: list[str], root: Path) -> bool:
    """Whether a model would find everything below ``root`` as it did when its evidence had this ``digest``."""
    return digest == _digest(inputs, packages) and unchanged(inputs, root)


def _current(evidence: Evidence, root: Path) -> bool:
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


def _run(model: Path) -> Evidence:
    """Run a model twice. Raises ModelError if it fails, or differs from itself."""
    workers = [_worker(os.getpid(), order) for order in ORDERS]
    for number, worker in enumerate(workers):
        assert worker.stdin
        request = {"model": os.path.abspath(model), "patience": PATIENCE, "again": number > 0}  # noqa: PTH100 (links stay)
        worker.stdin.write(json.dumps(request).encode() + b"\n")
        worker.stdin.flush()
    first, second = (_answer(worker) or {"fault": (str(model), 1, "it ends Python; take that out")} for worker in workers)
    for answer in (first, second):
        if "fault" in answer:
            path, line, reason = answer["fault"]
            again = "" if answer is first else "when it is run again, on another day, "
            raise ModelError(model, Path(path), line, again + reason)
    _same(model, first, second)
    inputs = [
        Input(kind, path, state, tuple(signature) if signature else None) for kind, path, state, signature in first["inputs"]
    ]
    drawn = {function: Chart(*fields) for function, fields in first["charts"].items()}
    return Evidence(_digest(inputs, first["packages"]), first["results"], drawn, inputs, first["packages"])


def _same(model: Path, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Raise ModelError if two runs of a model differ."""

    def differs(name: str, what: str) -> ModelError:
        path, line = first["places"][name]
        fix = "give random generators a seed, take no time from the clock, and sort what was a set"
        return ModelError(model, Path(path), line, f"{what}; {fix}")

    for name in first["results"].keys() | second["results"].keys():
        values = [answer["results"].get(name) for answer in (first, second)]
        if values[0] != values[1]:
            told = " in one run, and ".join("nothing" if value is None else str(value) for value in values)
            raise differs("", f"the result {name} is {told} in the next")
    for name, drawn in first["charts"].items():
        again = second["charts"].get(name)
        if again is None or Chart(*drawn)[3:] != Chart(*again)[3:]:
            raise differs(name, f"the chart {name} is drawn differently in the next run")


@cache
def _worker(process: int, order: str) -> subprocess.Popen[bytes]:
    """A process for models, started by this ``process``. A set of texts has an order in it that the number ``order`` decides."""
    python_path = os.pathsep.join(filter(None, (str(EXTENSIONS), os.environ.get("PYTHONPATH"))))
    worker = subprocess.Popen(
        [sys.executable, "-P", "-X", "utf8", "-m", f"{__package__}.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, **SAME, "PYTHONPATH": python_path, "PYTHONHASHSEED": order}, start_new_session=True,
    )  # fmt: skip
    atexit.register(_end, worker)
    return worker


def _end(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdin
    assert worker.stdout
    worker.stdin.close()
    worker.wait()
    worker.stdout.close()


def _answer(worker: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What a worker answers to one request; empty if the model ended its process."""
    assert worker.stdout
    answer: dict[str, Any] = {}
    while (line := worker.stdout.readline()).strip():
        answer = json.loads(line)
    return answer
