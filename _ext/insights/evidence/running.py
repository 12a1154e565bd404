"""Run a model: its results, its charts, and what it looked at, or what is wrong with it. This runs in a process of its own."""

import contextlib
import importlib.metadata
import importlib.util
import inspect
import io
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from insights.processes import MEMORY

from . import charts
from .inputs import Input
from .numbers import Cell, native
from .svg import ChartError
from .watch import LOADED, Refused, SourceLoader, Watch


class Fault(Exception):  # noqa: N818 (what is wrong with a model is no error of ours)
    """What is wrong with a model: a ``reason``, in a file and at a line."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path.name}, line {line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


class Overtime(BaseException):
    """A model has run for too long. Not an Exception, which the model might catch."""

    reason = "it has run for {} seconds; let it compute less, and read what it waits for from a file beside it"


class Run(NamedTuple):
    """What a model computed and drew, its inputs, the packages it used, and the place of each of its functions."""

    results: dict[str, Cell]
    charts: dict[str, charts.Chart]
    inputs: list[Input]
    packages: list[str]
    places: dict[str, tuple[str, int]]


def run(model: Path, patience: float, watch: Watch, *, again: bool) -> Run:
    """Run a ``model`` for at most so many seconds, in this process. ``again``: without pictures of its charts. Raises Fault."""
    with _limits(model, patience):
        watch.begin()
        watch.note("content", model)
        sys.path.insert(0, str(model.parent))
        module = _executed(model)
        if not callable(results := getattr(module, "results", None)):
            raise Fault(model, 1, "model.py has no function results(); add one that returns a dict of names and numbers")
        if not isinstance(values := results(), Mapping):
            what = f"results() returns {type(values).__name__}; let it return a dict of names and numbers"
            raise Fault(*_place(results, model), what)
        places = {"": _place(results, model)}
        numbers = {str(name): _checked(f"the result {name}", results, model, native, value) for name, value in values.items()}
        drawn = {}
        functions = _chart_functions(module)
        boards = [board for board in charts.ARTBOARDS if board != charts.SPARE or len(functions) > 1]
        for name, function in functions:
            draw = charts.draw_again if again else partial(charts.draw, f"{model.parent.name}-{name}", boards=boards)
            drawn[name] = _checked(f"the chart {name}", function, model, draw, function)
            places[name] = _place(function, model)
        inputs = watch.end()
    where = {name: (str(path), line) for name, (path, line) in places.items()}
    return Run(numbers, drawn, inputs, _packages(), where)


def load_model(model: Path) -> ModuleType:
    """The module in the file ``model``, executed anew, with its folder on sys.path meanwhile. Raises Fault.

    Modules that it imports from its folder are forgotten, so that another model that imports the same names finds its own.
    """
    loaded = dict(sys.modules)
    sys.path.insert(0, str(model.parent))
    try:
        return _executed(model)
    finally:
        sys.path.remove(str(model.parent))
        for name in set(sys.modules) - set(loaded):
            paths = [getattr(sys.modules[name], "__file__", None), *getattr(sys.modules[name], "__path__", ())]
            if any(path and Path(path).is_relative_to(model.parent) for path in paths):
                del sys.modules[name]


def _executed(model: Path) -> ModuleType:
    name = f"insights_model_{model.parent.name.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, model, loader=SourceLoader(name, str(model)))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up by name
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise _fault(model, error) from error
    return module


@contextlib.contextmanager
def _limits(model: Path, patience: float) -> Iterator[None]:
    """Run a model without its output, with warnings as errors, and for a limited time. Raises Fault."""

    def stop(*_: object) -> None:
        raise Overtime(Overtime.reason.format(patience))

    handler = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, patience, 1)
    try:
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), warnings.catch_warnings():
            for kind in (RuntimeWarning, UserWarning):
                warnings.simplefilter("error", kind)
            # Browsers have more letters than matplotlib's fonts, with which texts are only measured.
            warnings.filterwarnings("ignore", "Glyph")
            yield
    except (Fault, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise _fault(model, error) from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def _checked(what: str, function: Callable[..., Any], model: Path, check: Callable[..., Any], *values: object) -> Any:
    """What ``check`` returns for ``values`` of a ``function`` of the model. Raises Fault, with its line and ``what``."""
    try:
        return check(*values)
    except ChartError as error:
        path, line = _place(function, model)
        raise Fault(path, error.line or line, f"{what}: {error}") from error


def _place(function: Callable[..., Any], model: Path) -> tuple[Path, int]:
    """The file and the line of a function of the model."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    path = Path(code.co_filename) if code else model
    return (path, code.co_firstlineno) if code and path.is_relative_to(model.parents[1]) else (model, 1)


def _chart_functions(module: ModuleType) -> list[tuple[str, charts.ChartFunction]]:
    """The public functions of a model with the one parameter ``axes``, in their order in the file."""
    functions = inspect.getmembers(module, inspect.isfunction)
    drawing = [(n, f) for n, f in functions if not n.startswith("_") and list(inspect.signature(f).parameters) == ["axes"]]
    return sorted(drawing, key=lambda pair: pair[1].__code__.co_firstlineno)


def _fault(model: Path, error: BaseException) -> Fault:
    """What a model has raised, where it did so in its own folder, or else in the publication."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(model.parents[1]):
        return Fault(Path(error.filename), error.lineno or 1, error.msg)
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(model.parents[1])
    ]
    path, line = (Path(frames[-1].filename), frames[-1].lineno or 1) if frames else (model, 1)
    if isinstance(error, SystemExit):
        return Fault(path, line, "it ends Python here; take that out")
    if isinstance(error, Overtime | Refused):
        return Fault(path, line, str(error))
    if isinstance(error, MemoryError):
        return Fault(path, line, f"it needs more than {MEMORY >> 30} GB of memory; let it keep less at a time")
    reason = f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
    if isinstance(error, FileNotFoundError) and error.filename and (model.parent / str(error.filename)).exists():
        reason += f"; a path is looked up from where Python was started: write Path(__file__).with_name({str(error.filename)!r})"
    if isinstance(error, PermissionError):
        reason += "; a model only computes: it reads files of the publication, and changes nothing outside its own memory"
    if isinstance(error, ImportError) and "relative import" in str(error):
        reason += "; a model is no package: write `import name` for the file name.py beside it"
    return Fault(path, line, reason)


def _packages() -> list[str]:
    """The packages that the model has loaded besides those that every model has."""
    loaded = {name.partition(".")[0] for name in LOADED}
    names = {name.partition(".")[0] for name in sys.modules} - loaded - sys.stdlib_module_names
    files = [getattr(sys.modules.get(name), "__file__", None) or "" for name in names]
    if not any("site-packages" in file or "dist-packages" in file for file in files):
        return []
    distributions = importlib.metadata.packages_distributions()
    return sorted({distribution for name in names for distribution in distributions.get(name, [])})
