"""A model for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEPS = [0, 1, 2, 3]


def results() -> dict[str, float | int | str]:
    """Every kind of result there is."""
    read = float(Path(__file__).with_name("read.txt").read_text(encoding="utf-8-sig"))
    return {"answer": 42, "root": np.sqrt(42), "share": 0.125, "debt": -1234.5, "name": "a name", "read": read, "unused": 1}


def growth(axes: Axes) -> dict[str, list[float]]:
    """A line that rises."""
    values = [2.0**step for step in STEPS]
    axes.plot(STEPS, values)
    axes.annotate("twice a step", (3, 8), xytext=(6, 0), textcoords="offset points", color="C0", annotation_clip=False)
    axes.set_title("Size")
    axes.set_xlabel("Steps")
    return {"Step": list(STEPS), "Size": values}


def rise(axes: Axes) -> dict[str, list[float]]:
    """A line that rises evenly."""
    values = [float(step) for step in STEPS]
    axes.plot(STEPS, values)
    axes.set_title("Size")
    return {"Step": list(STEPS), "Size": values}


def decay(axes: Axes) -> dict[str, list[float]]:
    """A line that falls."""
    values = [0.5**step for step in STEPS]
    axes.plot(STEPS, values, color="C1")
    axes.set_title("Size")
    return {"Step": list(STEPS), "Size": values}


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:12} {value}")
