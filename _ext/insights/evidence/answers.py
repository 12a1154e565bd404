"""What comes from the process of a model: data, and nothing that can do harm, whatever the model has done to that process."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from .inputs import Input, note
from .running import Run
from .svg import is_plain

#: The name of a package on PyPI.
PACKAGE = re.compile(r"[A-Za-z0-9._-]+")
#: How many characters of a reason are shown.
LONGEST = 500


class Failure(NamedTuple):
    """What is wrong with a model, in a file and at a line; and what the model had looked at until then."""

    path: Path
    line: int
    reason: str
    inputs: list[Input]


class _Fault(NamedTuple):
    fault: tuple[str, int, str]
    inputs: list[Input]


def read_answer(answer: bytes, model: Path) -> Run | Failure:
    """The ``answer`` of the process of a ``model``, a line of JSON."""
    root, whole = model.parents[2], [note("tree", str(model.parent), model.parents[2])]
    if not answer.strip():
        return Failure(model, 1, "it ends the process that runs models; take that out", whole)
    try:
        read: Run | _Fault = TypeAdapter(Run | _Fault).validate_json(answer)
    except ValidationError:
        return _foreign(model, whole)
    if not all(_inside(noted.path) for noted in read.inputs):
        return _foreign(model, whole)
    if isinstance(read, _Fault):
        path, line, reason = read.fault
        inside = Path(path).is_relative_to(root) and ".." not in Path(path).parts
        plain = "".join(character for character in " ".join(reason.split()) if character.isprintable())
        return Failure(Path(path) if inside else model, max(1, line), plain[:LONGEST], read.inputs or whole)
    drawings = [svg for chart in read.charts.values() for svg in (chart.wide, chart.narrow, chart.small, chart.file)]
    if not (
        all(map(str.isidentifier, read.charts))
        and all(map(PACKAGE.fullmatch, read.packages))
        and all(is_plain(svg) for svg in drawings if svg)
        and {"", *read.charts} <= read.places.keys()
        and all(Path(path).is_relative_to(root) for path, _ in read.places.values())
    ):
        return _foreign(model, whole)
    return read


def _foreign(model: Path, inputs: list[Input]) -> Failure:
    return Failure(
        model, 1, "it changes the code of the build, which no longer understands what it returns; take that out", inputs
    )


def _inside(path: str) -> bool:
    """Whether a path is one within the publication."""
    return not os.path.isabs(path) and os.path.normpath(path).partition("/")[0] != ".."  # noqa: PTH117
