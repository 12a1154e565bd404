"""An essay's model: run once for its content. Its results and charts are kept in the store under a digest of their sources."""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import inspect
import io
import json
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from insights.cache import Store
from insights.problems import Problem
from insights.source import ESSAY_TEXT

from . import charts
from .charts import Cell, Chart
from .svg import ChartError

# On another number of cores, numpy adds up in another order, and the last digits differ. One core is enough for our models.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

#: How many seconds of CPU a model may take.
PATIENCE = 20


class Evidence(NamedTuple):
    """The results of a model by name, its charts by the name of the function that draws them, and a digest of their sources."""

    digest: str
    results: dict[str, Cell]
    charts: dict[str, Chart]


class ModelError(Exception):
    """A model that cannot be run, or returns what a page cannot show: a problem in a file in the folder of the model."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path.name}, line {line}: {reason}")
        self.path = path
        self.problem = Problem(line, f"{reason}; run it by hand: make evidence essay={path.parent.name}")


class Overtime(BaseException):
    """A model has run for too long. Not an Exception, which the model might catch."""


def model_evidence(model: Path, store: Store) -> Evidence:
    """The results and charts of ``model``: from ``store`` if a model with this content has been run before. Raises ModelError."""
    digest, name = _digest(model), f"evidence/{model.parent.name}"
    evidence: Evidence | None = store.read(name, None)
    if evidence is None or evidence.digest != digest:
        # Through JSON, because a value may be of a class of the model, which another process cannot load.
        results, drawn = json.loads(json.dumps(_run(model)))
        evidence = Evidence(digest, results, {function: Chart(*fields) for function, fields in drawn.items()})
        store.write(name, evidence)
    return evidence


def model_sources(model: Path) -> list[Path]:
    """The source files of a model: all files beside the text, because it may import or read any of them."""
    return sorted(path for path in model.parent.iterdir() if path.is_file() and path.name != ESSAY_TEXT and path.name[0] != ".")


def _digest(model: Path) -> str:
    """A digest of everything besides our own code that decides the evidence of ``model``."""
    digest = hashlib.sha256(library_versions().encode())
    for path in model_sources(model):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def library_versions() -> str:
    """The versions of the packages that decide what a model computes and how a chart is drawn."""
    return "".join(f"{library} {importlib.metadata.version(library)}\0" for library in ("matplotlib", "numpy"))


def _run(model: Path) -> tuple[dict[str, Cell], dict[str, Chart]]:
    with _limits(model):
        module = load_model(model)
        if not callable(results := getattr(module, "results", None)):
            raise ModelError(model, 1, "model.py has no function results(); add one that returns a dict of names and numbers")
        if not isinstance(values := results(), Mapping):
            what = f"results() returns {type(values).__name__}; let it return a dict of names and numbers"
            raise ModelError(*_place(results, model), what)
        numbers = {name: _checked(f"the result {name}", results, model, charts.native, value) for name, value in values.items()}
        drawn = {
            name: _checked(f"the chart {name}", function, model, charts.draw, f"{model.parent.name}-{name}", function)
            for name, function in _chart_functions(module)
        }
    return numbers, drawn


@contextlib.contextmanager
def _limits(model: Path) -> Iterator[None]:
    """Run a model without its output, with warnings as errors, and for a limited time. Raises ModelError."""

    def stop(*_: object) -> None:
        raise Overtime(f"it had computed for {PATIENCE} seconds; let it do less")

    handler = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE, 1)
    try:
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), warnings.catch_warnings():
            for kind in (RuntimeWarning, UserWarning):
                warnings.simplefilter("error", kind)
            # Browsers have more letters than matplotlib's fonts, with which texts are only measured.
            warnings.filterwarnings("ignore", "Glyph")
            yield
    except (ModelError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise _fault(model, error) from error
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler)


def _checked(what: str, function: Callable[..., Any], model: Path, check: Callable[..., Any], *values: object) -> Any:
    """What ``check`` returns for ``values`` of a ``function`` of the model. Raises ModelError, with its line and ``what``."""
    try:
        return check(*values)
    except ChartError as error:
        raise ModelError(*_place(function, model), f"{what}: {error}") from error


def _place(function: Callable[..., Any], model: Path) -> tuple[Path, int]:
    """The file and the line of a function of the model."""
    code = getattr(function, "__code__", None)
    return (model.with_name(Path(code.co_filename).name), code.co_firstlineno) if code else (model, 1)


def load_model(model: Path) -> ModuleType:
    """The module in the file ``model``, executed anew, with its folder on sys.path meanwhile. Raises ModelError."""
    name = f"insights_model_{model.parent.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, model)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    loaded = set(sys.modules)
    sys.modules[name] = module  # dataclasses look their module up by name
    sys.path.insert(0, str(model.parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise _fault(model, error) from error
    finally:
        sys.path.remove(str(model.parent))
        # Modules from the folder of this model must not be found by another model that imports the same name.
        for added in set(sys.modules) - loaded:
            if (file := getattr(sys.modules[added], "__file__", None)) and Path(file).parent == model.parent:
                del sys.modules[added]
    return module


def _chart_functions(module: ModuleType) -> list[tuple[str, charts.ChartFunction]]:
    """The public functions of a model with the one parameter ``axes``, in their order in the file."""
    functions = inspect.getmembers(module, inspect.isfunction)
    drawing = [(n, f) for n, f in functions if not n.startswith("_") and list(inspect.signature(f).parameters) == ["axes"]]
    return sorted(drawing, key=lambda pair: pair[1].__code__.co_firstlineno)


def _fault(model: Path, error: BaseException) -> ModelError:
    """What a model has raised, where it did so in its own folder."""
    if isinstance(error, SyntaxError):
        return ModelError(model, error.lineno or 1, error.msg)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == model.parent]
    path, line = (Path(frames[-1].filename), frames[-1].lineno or 1) if frames else (model, 1)
    if isinstance(error, SystemExit):
        return ModelError(path, line, "it ends Python here; take that out")
    if isinstance(error, Overtime):
        return ModelError(path, line, str(error))
    return ModelError(path, line, f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": "))
