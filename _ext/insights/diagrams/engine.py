"""Draw a diagram in a process of its own: contained as an essay's model, and stopped when it takes too long."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

from insights import processes

#: The version of the package that lays diagrams out, on which every drawing depends.
LAYOUT = version("mmdr")
WORKER = Path(__file__).with_name("worker.py")
#: How many seconds a diagram may take to draw.
PATIENCE = 20


class DiagramError(Exception):
    """A diagram that cannot be drawn. The message says why, and what to write. ``line``: that of the diagram, from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class OvertimeError(DiagramError):
    """A diagram that takes too long, which may be because the machine is busy."""


class Variants(TypedDict):
    """The ways in which a diagram can be laid out, each a configuration as front matter and a text; and its greatest width."""

    variants: list[tuple[str, str]]
    most: float


def drawings(boards: Sequence[Variants]) -> list[str]:
    """The SVG of each board: the first variant that is not too wide, or else the narrowest. Raises DiagramError."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        command = [sys.executable, "-P", processes.__file__, scratch, scratch, str(PATIENCE), str(WORKER)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=scratch,
            env=processes.environment(Path(scratch)),
        )  # fmt: skip
        late = False
        try:
            output, _ = process.communicate(json.dumps(boards).encode(), PATIENCE)
        except subprocess.TimeoutExpired:
            late = True
            process.kill()
            output, _ = process.communicate()
    try:
        answer = json.loads(output.splitlines()[-1])
    except (ValueError, IndexError):
        if late:
            raise OvertimeError(f"it takes more than {PATIENCE} seconds to draw; split it into smaller ones") from None
        raise DiagramError("it cannot be drawn; split it into smaller ones, or simplify it") from None
    if "problem" in answer:
        raise DiagramError(answer["problem"], answer["line"])
    return [str(drawing) for drawing in answer["drawings"]]
