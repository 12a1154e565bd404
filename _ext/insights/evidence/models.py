"""An essay's model: run once for what it holds, its results and charts kept by a digest of all that made them."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import inspect
import io
import json
import os
import re
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from insights.cache import code_version
from insights.problems import Problem
from insights.source import ESSAY_TEXT

from . import charts
from .charts import Cell, Chart
from .svg import ChartError

# Numpy adds up in another order on another number of cores, and the last digits differ. For models as small as ours, one does.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

#: Packages whose version decides what a model computes and how a chart is drawn.
LIBRARIES = ("matplotlib", "numpy")
#: Seconds that a model may compute, whatever else the machine does meanwhile.
PATIENCE = 20


class Evidence(NamedTuple):
    """What a model gives: its results by name, its charts by the name of the function that draws them, and a digest of both."""

    digest: str
    results: dict[str, Cell]
    charts: dict[str, Chart]


class ModelError(Exception):
    """A model that cannot be run, or gives what a page cannot show; the message names the file, the line and the fault."""


class Overtime(BaseException):
    """A model has run for too long. No exception of the usual kind, which a model may catch."""

    def __str__(self) -> str:
        return f"it had computed for {PATIENCE} seconds; let it do less"


def model_evidence(model: Path, cache: Path) -> Evidence:
    """The results and charts of ``model``, from ``cache`` where its content has been run before, else run and kept there.

    Raises ModelError.
    """
    digest = _digest(model)
    kept = cache / f"{model.parent.name}-{digest}.json"
    if kept.exists():
        return _read(kept, digest)
    results, drawn = _run(model)
    cache.mkdir(parents=True, exist_ok=True)
    for stale in cache.glob(f"{model.parent.name}-*.json"):
        if len(stale.stem) == len(kept.stem):
            stale.unlink(missing_ok=True)
    # Written beside and moved, so that a build that is interrupted leaves no half of it, and two at once do not mix.
    part = kept.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps({"results": results, "charts": {name: chart._asdict() for name, chart in drawn.items()}}))
    part.replace(kept)
    # Read back, so that a first build shows exactly what the next one will.
    return _read(kept, digest)


def model_sources(model: Path) -> list[Path]:
    """The files a model is made of: all that lie beside the text, for it may import and read any of them."""
    return sorted(path for path in model.parent.iterdir() if path.is_file() and path.name != ESSAY_TEXT and path.name[0] != ".")


def _read(kept: Path, digest: str) -> Evidence:
    stored = json.loads(kept.read_text())
    return Evidence(digest, stored["results"], {name: Chart(**chart) for name, chart in stored["charts"].items()})


def _digest(model: Path) -> str:
    """A digest of everything that decides what ``model`` gives."""
    digest = hashlib.sha256(drawing_version())
    for path in model_sources(model):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def drawing_version() -> bytes:
    """What decides it for every model: the code that draws, and the versions of what models compute with."""
    versions = [f"{library} {importlib.metadata.version(library)}".encode() for library in LIBRARIES]
    return b"\0".join([code_version().encode(), *versions, b""])


def _run(model: Path) -> tuple[dict[str, Cell], dict[str, Chart]]:
    with _contained(model):
        module = load_model(model)
        if not callable(results := getattr(module, "results", None)):
            raise ModelError(f"{model.name} has no function results(); add one that returns a dict of names and numbers")
        if not isinstance(given := results(), Mapping):
            what = f"results() returns {type(given).__name__}; let it return a dict of names and numbers"
            raise ModelError(f"{_written(results, model)}: {what}")
        numbers = {name: _shown(f"the result {name}", results, model, charts.native, value) for name, value in given.items()}
        drawn = {
            name: _shown(f"the chart {name}", function, model, charts.draw, f"{model.parent.name}-{name}", function)
            for name, function in _chart_functions(module)
        }
    return numbers, drawn


@contextlib.contextmanager
def _contained(model: Path) -> Iterator[None]:
    """Run a model: what it prints is not shown, what it warns of is an error, and it comes to an end. Raises ModelError."""

    def stop(*_: object) -> None:
        raise Overtime

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE, 1)
    try:
        nowhere = io.StringIO()
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere), warnings.catch_warnings():
            for kind in (RuntimeWarning, UserWarning):
                warnings.simplefilter("error", kind)
            # A browser has more letters than matplotlib, which only measures them here.
            warnings.filterwarnings("ignore", "Glyph")
            yield
    except (ModelError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise ModelError(_fault(model, error)) from error
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _shown(what: str, function: Callable[..., Any], model: Path, show: Callable[..., Any], *given: object) -> Any:
    """What ``show`` makes of what was ``given`` by a ``function`` of the model. Raises ModelError, with its line and ``what``."""
    try:
        return show(*given)
    except ChartError as error:
        raise ModelError(f"{_written(function, model)}: {what}: {error}") from error


def _written(function: Callable[..., Any], model: Path) -> str:
    """The file and the line in which a function of the model stands."""
    code = getattr(function, "__code__", None)
    return f"{Path(code.co_filename).name}, line {code.co_firstlineno}" if code else model.name


def load_model(model: Path) -> ModuleType:
    """The module in the file ``model``, run afresh, with its folder importable while it runs. Raises ModelError."""
    name = f"insights_model_{model.parent.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, model)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    before = set(sys.modules)
    sys.modules[name] = module  # dataclasses look their module up by name
    sys.path.insert(0, str(model.parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ModelError(_fault(model, error)) from error
    finally:
        sys.path.remove(str(model.parent))
        # What the model imported from its own folder must not answer another essay's import of the same name.
        for added in set(sys.modules) - before:
            if (file := getattr(sys.modules[added], "__file__", None)) and Path(file).parent == model.parent:
                del sys.modules[added]
    return module


def _chart_functions(module: ModuleType) -> list[tuple[str, charts.ChartFunction]]:
    """The public functions of a model that take axes, in the order they are written."""
    functions = inspect.getmembers(module, inspect.isfunction)
    drawing = [(n, f) for n, f in functions if not n.startswith("_") and list(inspect.signature(f).parameters) == ["axes"]]
    return sorted(drawing, key=lambda pair: pair[1].__code__.co_firstlineno)


def _fault(model: Path, error: BaseException) -> str:
    """One line of a traceback: where in the model's own folder it was raised, and what."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == model.parent]
    if isinstance(error, SyntaxError):
        return f"{model.name}, line {error.lineno}: {error.msg}"
    where = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else model.name
    if isinstance(error, SystemExit):
        return f"{where}: it ends Python here; take that out"
    if isinstance(error, Overtime):
        return f"{where}: {error}"
    return f"{where}: {type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")


def model_problem(model: Path, error: ModelError) -> tuple[Path, Problem]:
    """Where a fault of ``model`` is to be mended, and what its author is told of it."""
    place = re.match(r"([\w.-]+\.py)(?:, line (\d+))?: ", str(error))
    said = f"{str(error).removeprefix(place[0] if place else '')}; run it by hand: make evidence essay={model.parent.name}"
    return model.with_name(place[1] if place else model.name), Problem(int(place[2] or 1) if place else 1, said)
