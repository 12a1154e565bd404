"""Charts in the house style.

A chart is a function of a model that draws on the axes it is given and returns the numbers it drew, a column a key. It is drawn
three times: on a wide artboard and on a narrow one, so that its text keeps its size on a phone, and for a file.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

from . import svg
from .svg import CYCLE, ChartError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Cell = float | int | str
Table = Mapping[str, Sequence[Cell]]
ChartFunction = Callable[["Axes"], Table]

#: Size of each artboard in CSS pixels: the measure of the text on a desk, a phone of 360 px less its margins, and for the file
#: that feed readers show on either, one between.
ARTBOARDS = {"wide": (680, 400), "narrow": (328, 300), "file": (480, 360)}
#: What stays free around the chart in a file, in CSS pixels: a page has margins, but the white of a picture may end on black.
PADDING = 16


class Chart(NamedTuple):
    """One chart, drawn: SVG text for each place it appears in, and the numbers behind it."""

    wide: str
    narrow: str
    file: str
    table: dict[str, list[Cell]]


def draw(name: str, function: ChartFunction) -> Chart:
    """Draw ``function`` on every artboard; ``name`` keeps the ids of its SVG apart from those of other charts on a page.

    Raises ChartError for empty axes, a colour outside the palette, and a table that is empty or whose columns differ in length.
    """
    wide, table = _svg(function, "wide")
    narrow, _ = _svg(function, "narrow")
    file, _ = _svg(function, "file")
    return Chart(
        wide=svg.for_page(wide, f"{name}-w"),
        narrow=svg.for_page(narrow, f"{name}-n"),
        file=svg.for_file(file, name),
        table=_checked(table),
    )


def plain_number(value: float) -> str:
    """A number as a reader reads it: four significant figures at most, thousands parted, no exponent, a true minus.

    >>> [plain_number(x) for x in (5256, 0.5256, 1e-6, -3, 12345.678, 0)]
    ['5,256', '0.5256', '0.000001', '−3', '12,346', '0']
    """
    if value == 0:
        return "0"
    decimals = max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def style() -> dict[str, Any]:
    """The house style as matplotlib's rcParams. One point is one CSS pixel: an SVG of matplotlib's has 72 of them to the inch."""
    from cycler import cycler

    return {
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "figure.constrained_layout.use": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "insights",
        "text.parse_math": False,
        "font.size": 13,
        "axes.titlesize": 14,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 12,
        "axes.labelcolor": "grey",
        "axes.edgecolor": "grey",
        "xtick.color": "grey",
        "ytick.color": "grey",
        "axes.labelsize": 13,
        "xtick.labelsize": 13,
        "ytick.labelsize": 13,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.grid.which": "major",
        "axes.axisbelow": True,
        "grid.color": "lightgrey",
        "grid.linewidth": 1,
        "xtick.minor.size": 0,
        "ytick.minor.size": 0,
        "xtick.major.size": 4,
        "ytick.major.size": 0,
        "xtick.major.width": 1,
        "axes.linewidth": 1,
        "lines.linewidth": 2.25,
        "lines.markersize": 6,
        "lines.solid_capstyle": "round",
        "patch.linewidth": 0,
        "legend.frameon": False,
        "axes.prop_cycle": cycler(color=CYCLE),
    }


def _svg(function: ChartFunction, artboard: str) -> tuple[ElementTree.Element, Table]:
    """``function`` drawn on an artboard: matplotlib's SVG, parsed, and the table that the function returned."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogFormatter, NullFormatter, ScalarFormatter

    width, height = ARTBOARDS[artboard]
    # Figure and canvas instead of pyplot, which picks a backend from the environment and keeps every figure alive.
    with matplotlib.rc_context(style()):  # type: ignore[arg-type]
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        if artboard == "file":
            figure.set_layout_engine("constrained", w_pad=PADDING / 72, h_pad=PADDING / 72)
        axes = figure.add_subplot()
        table = function(axes)
        if not any(drawn.has_data() for drawn in figure.axes):
            raise ChartError("nothing is drawn on its axes; call axes.plot and the like")
        for axis in (axes.xaxis, axes.yaxis):
            # Powers of ten and offsets are for plotting libraries; readers read 1,000 and 0.01. A model's own ticks stay.
            if isinstance(axis.get_major_formatter(), ScalarFormatter | LogFormatter):
                axis.set_major_formatter(lambda value, _: plain_number(value))
                axis.set_minor_formatter(NullFormatter())
        buffer = io.StringIO()
        FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
            buffer, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    return ElementTree.fromstring(buffer.getvalue()), table


def _checked(table: Table) -> dict[str, list[Cell]]:
    """The table with plain numbers, once its columns are known to be equally long."""
    if not isinstance(table, Mapping) or not table:
        raise ChartError("no numbers: return what is drawn as a dict, from the name of each column to its values")
    for name, values in table.items():
        if isinstance(values, str) or not hasattr(values, "__len__"):
            raise ChartError(f"the column {name} is {values!r}; write a list of what is drawn")
    columns = {str(name): [plain(value) for value in values] for name, values in table.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1 or not min(lengths.values()):
        raise ChartError(f"columns of different or no length: {', '.join(f'{k} has {v}' for k, v in lengths.items())}")
    return columns


def plain(value: object) -> Cell:
    """A number of numpy's as Python's own; text as it is. Raises ChartError for anything a reader could not read."""
    if isinstance(value, str):
        return value
    number = value.item() if hasattr(value, "item") and getattr(value, "size", 1) == 1 else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise ChartError(f"{value!r} is neither text nor a finite number")
    return number
