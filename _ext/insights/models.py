"""An essay's model: run once for what it holds, its results and charts kept by a digest of all that made them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import inspect
import json
import os
import re
import sys
import traceback
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from . import charts, svg
from .charts import Cell, Chart
from .front_matter import Problem
from .manuscripts import TEXT
from .svg import ChartError

#: Packages whose version decides what a model computes and how a chart is drawn.
LIBRARIES = ("matplotlib", "numpy")


class Evidence(NamedTuple):
    """What a model gives: its results by name, its charts by the name of the function that draws them, and a digest of both."""

    digest: str
    results: dict[str, Cell]
    charts: dict[str, Chart]


class ModelError(Exception):
    """A model that cannot be run, or gives what a page cannot show; the message names the file, the line and the fault."""


def evidence(model: Path, cache: Path) -> Evidence:
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


def sources(model: Path) -> list[Path]:
    """The files a model is made of: all that lie beside the text, for it may import and read any of them."""
    return sorted(path for path in model.parent.iterdir() if path.is_file() and path.name != TEXT and path.name[0] != ".")


def _read(kept: Path, digest: str) -> Evidence:
    stored = json.loads(kept.read_text())
    return Evidence(digest, stored["results"], {name: Chart(**chart) for name, chart in stored["charts"].items()})


def _digest(model: Path) -> str:
    """A digest of everything that decides what ``model`` gives."""
    digest = hashlib.sha256(_machinery())
    for path in sources(model):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@cache
def _machinery() -> bytes:
    """What decides it for every model: the code that draws, and the versions of what models compute with."""
    code = [Path(module.__file__ or "").read_bytes() for module in (charts, svg)]
    versions = [f"{library} {importlib.metadata.version(library)}".encode() for library in LIBRARIES]
    return b"\0".join([*code, Path(__file__).read_bytes(), *versions, b""])


def _run(model: Path) -> tuple[dict[str, Cell], dict[str, Chart]]:
    module = load(model)
    if not callable(results := getattr(module, "results", None)):
        raise ModelError(f"{model.name} has no function results(); add one that returns a dict of names and numbers")
    try:
        numbers = {name: charts.plain(value) for name, value in results().items()}
        drawn = {name: charts.draw(f"{model.parent.name}-{name}", function) for name, function in _chart_functions(module)}
    except ChartError as error:
        raise ModelError(f"{model.name}: {error}") from error
    except Exception as error:
        raise ModelError(_fault(model, error)) from error
    return numbers, drawn


def load(model: Path) -> ModuleType:
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
    except Exception as error:
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
    return f"{where}: {type(error).__name__}: {error}"


def fault(model: Path, error: ModelError) -> tuple[Path, Problem]:
    """Where a fault of ``model`` is to be mended, and what its author is told of it."""
    place = re.match(r"([\w.-]+\.py)(?:, line (\d+))?: ", str(error))
    said = f"{str(error).removeprefix(place[0] if place else '')}; run it by hand: make evidence essay={model.parent.name}"
    return model.with_name(place[1] if place else model.name), Problem(int(place[2] or 1) if place else 1, said)
