"""Charts in the house style.

A chart is a function of a model. It draws on the matplotlib axes passed to it and returns the numbers it drew, as a dict from the
names of columns to their values. It is called once for each artboard: wide, narrow (text keeps its size on a phone), and file.
"""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

from .svg import CYCLE, ChartError, simplified

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Cell = float | int | str
Table = Mapping[str, Sequence[Cell]]
ChartFunction = Callable[["Axes"], Table]

#: Width and height of each artboard in CSS pixels: the column of text on a desktop, a phone of 360 px without its margins, and a
#: size between the two for the file, which feed readers show on both.
ARTBOARDS = {"wide": (680, 400), "narrow": (328, 300), "file": (480, 360)}
#: Space around the chart in a file, in CSS pixels: a feed reader may show the white picture on black, without a margin.
PADDING = 16
#: The style as matplotlib's rcParams. A point is a CSS pixel, because matplotlib writes SVG at 72 dpi.
STYLE: dict[str, Any] = {
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none", "figure.constrained_layout.use": True,
    "svg.fonttype": "none", "svg.hashsalt": "insights", "text.parse_math": False,
    "font.size": 13, "axes.labelsize": 13, "xtick.labelsize": 13, "ytick.labelsize": 13,
    "axes.titlesize": 14, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 12,
    "axes.labelcolor": "grey", "axes.edgecolor": "grey", "xtick.color": "grey", "ytick.color": "grey",
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.grid": True, "axes.grid.axis": "y", "axes.grid.which": "major", "axes.axisbelow": True,
    "grid.color": "lightgrey", "grid.linewidth": 1,
    "xtick.minor.size": 0, "ytick.minor.size": 0, "xtick.major.size": 4, "ytick.major.size": 0, "xtick.major.width": 1,
    "axes.linewidth": 1, "lines.linewidth": 2.25, "lines.markersize": 6, "lines.solid_capstyle": "round",
    "patch.linewidth": 0, "legend.frameon": False, "axes.prop_cycle": f"cycler(color={CYCLE})",
}  # fmt: skip


class Chart(NamedTuple):
    """A drawn chart: its SVG for each artboard, and the numbers that it shows."""

    wide: str
    narrow: str
    file: str
    table: dict[str, list[Cell]]


def draw(name: str, function: ChartFunction) -> Chart:
    """Draw ``function`` on every artboard. Ids in the SVG start with ``name``, which must be unique on a page.

    Raises ChartError for empty axes, for a colour outside the palette, and for a table that is empty or has uneven columns.
    """
    (wide, table), (narrow, _), (file, _) = (_svg(function, artboard) for artboard in ARTBOARDS)
    pages = simplified(wide, f"{name}-w", in_page=True), simplified(narrow, f"{name}-n", in_page=True)
    return Chart(*pages, simplified(file, name, in_page=False), _checked(table))


def plain_number(value: float) -> str:
    """A number for readers: four significant digits, the whole part in full, thousands separators, no exponent, a true minus.

    >>> [plain_number(x) for x in (5256, 0.5256, 1e-6, -3, 12345.678, 0)]
    ['5,256', '0.5256', '0.000001', '−3', '12,346', '0']
    """
    if value == 0:
        return "0"
    decimals = max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def _svg(function: ChartFunction, artboard: str) -> tuple[ElementTree.Element, Table]:
    """Draw ``function`` on an artboard. Returns matplotlib's parsed SVG, and the table that the function returned."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogFormatter, NullFormatter, ScalarFormatter

    width, height = ARTBOARDS[artboard]
    # Not pyplot: it takes its backend from the environment and keeps every figure alive.
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        if artboard == "file":
            figure.set_layout_engine("constrained", w_pad=PADDING / 72, h_pad=PADDING / 72)
        axes = figure.add_subplot()
        table = function(axes)
        if not any(part.has_data() for part in figure.axes):
            raise ChartError("nothing is drawn on its axes; call axes.plot and the like")
        for axis in (axes.xaxis, axes.yaxis):
            # Matplotlib's defaults label ticks with powers of ten and offsets. A formatter set by the model stays.
            if isinstance(axis.get_major_formatter(), ScalarFormatter | LogFormatter):
                axis.set_major_formatter(lambda value, _: plain_number(value))
                axis.set_minor_formatter(NullFormatter())
        buffer = io.StringIO()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(buffer, metadata=metadata)  # type: ignore[no-untyped-call]
    return ElementTree.fromstring(buffer.getvalue()), table


def _checked(table: Table) -> dict[str, list[Cell]]:
    """The table with Python's own numbers. Raises ChartError if it is empty or its columns differ in length."""
    if not isinstance(table, Mapping) or not table:
        raise ChartError("no numbers: return what is drawn as a dict, from the name of each column to its values")
    for name, values in table.items():
        if isinstance(values, str) or not hasattr(values, "__len__"):
            raise ChartError(f"the column {name} is {values!r}; write a list of what is drawn")
    columns = {str(name): [native(value) for value in values] for name, values in table.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1 or not min(lengths.values()):
        raise ChartError(f"columns of different or no length: {', '.join(f'{k} has {v}' for k, v in lengths.items())}")
    return columns


def native(value: object) -> Cell:
    """A number of Python or numpy as Python's own; a text unchanged. Raises ChartError for any other value."""
    if isinstance(value, str):
        return value
    number = value.item() if hasattr(value, "item") and getattr(value, "size", 1) == 1 else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise ChartError(f"{value!r} is neither text nor a finite number")
    return number
