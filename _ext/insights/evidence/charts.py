"""Charts in the house style.

A chart is a function of a model. It draws on the matplotlib axes passed to it and returns the numbers it drew, as a dict from the
names of columns to their values. It is called once for each artboard, so that its text can be read wherever it is shown.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

from . import finish
from .held import held
from .legible import is_cramped, printed_legibly
from .numbers import Cell, native, shown
from .svg import CYCLE, PADDING, ChartError, simplified

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Table = Mapping[str, Sequence[Cell]]
ChartFunction = Callable[["Axes"], Table]

#: Width and height of each artboard in CSS pixels: the column of text on a desktop; a phone of 320 px without its margins; half
#: of that, for one of several panels; and, without its padding, the file, which feed readers show on both. The smallest letters
#: have 13 pixels, and an artboard is shown at 12/13 of its size or more, as the style sheet says.
ARTBOARDS = {"wide": (620, 365), "narrow": (292, 270), "small": (142, 190), "file": (448, 328)}
#: The artboard on which two runs of a model are compared.
SAMPLE = "narrow"
#: The artboard that a chart can do without: figures with such a panel have one under the other on a phone.
SPARE = "small"
#: The size of a chart in a file.
FILE_SIZE = tuple(side + 2 * PADDING for side in ARTBOARDS["file"])
#: The style as matplotlib's rcParams. A point is a CSS pixel, because matplotlib writes SVG at 72 dpi.
STYLE: dict[str, Any] = {
    "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none", "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0,
    "svg.fonttype": "none", "svg.hashsalt": "insights", "text.parse_math": False,
    "font.size": 13, "axes.labelsize": 13, "xtick.labelsize": 13, "ytick.labelsize": 13,
    "axes.titlesize": 13, "axes.titleweight": "normal", "axes.titlelocation": "left", "axes.titlepad": 12,
    "axes.labelcolor": "grey", "axes.edgecolor": "grey", "xtick.color": "grey", "ytick.color": "grey",
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.grid": True, "axes.grid.axis": "y", "axes.grid.which": "major", "axes.axisbelow": True,
    "grid.color": "lightgrey", "grid.linewidth": 1,
    "xtick.minor.size": 0, "ytick.minor.size": 0, "xtick.major.size": 4, "ytick.major.size": 0, "xtick.major.width": 1,
    "axes.linewidth": 1, "lines.linewidth": 2.25, "lines.markersize": 6, "lines.solid_capstyle": "round",
    "patch.linewidth": 1, "hatch.linewidth": 1, "legend.frameon": False, "legend.edgecolor": "lightgrey",
    "axes.prop_cycle": f"cycler(linestyle=['-', '--']) * cycler(color={CYCLE})", "image.cmap": "C0",
    "boxplot.medianprops.color": CYCLE[0], "boxplot.meanprops.color": CYCLE[1], "boxplot.meanprops.markerfacecolor": CYCLE[1],
    "boxplot.meanprops.markeredgecolor": CYCLE[1], "date.converter": "concise", "polaraxes.grid": True,
}  # fmt: skip


class Chart(NamedTuple):
    """A drawn chart: its SVG for each artboard, the numbers that it shows, and a digest of what was drawn.

    ``small`` is empty if the chart cannot be read at that size.
    """

    wide: str
    narrow: str
    small: str
    file: str
    table: dict[str, list[Cell]]
    held: str = ""


def draw(name: str, function: ChartFunction, boards: Sequence[str] = tuple(ARTBOARDS)) -> Chart:
    """Draw ``function`` on the ``boards``. Ids in the SVG start with ``name``, which must be unique on a page.

    Raises ChartError for a chart that shows nothing, or cannot be read on an artboard other than SPARE, or not on every artboard
    the same; for a colour outside the palette; and for a table that is empty or has uneven columns.
    """
    tables, drawn, same = [], {}, ""
    for board in boards:
        with _figure(function, board) as (figure, table, lines):
            tables.append(_checked(table))
            same = held(figure) if board == SAMPLE else same
            try:
                finish.finish(figure, ARTBOARDS[board], lines)
                svg = printed_legibly(figure, lines, partial(_printed, figure))
            except ChartError:
                if board != SPARE:
                    raise
                continue
            if board == SPARE and is_cramped(figure):
                continue
        ids = name if board == "file" else f"{name}-{board[0]}"
        drawn[board] = simplified(ElementTree.fromstring(svg), ids, lines, in_page=board != "file")
    if any(table != tables[0] for table in tables):
        fix = "make the random generator in the function that draws, with a seed"
        raise ChartError(f"it returns other numbers each time that it draws, once for a desktop, a phone and a file; {fix}")
    wide, narrow, small, file = (drawn.get(board, "") for board in ARTBOARDS)
    return Chart(wide, narrow, small, file, tables[0], same)


def draw_again(function: ChartFunction) -> Chart:
    """What ``draw`` gives for a chart, without its pictures: enough to see whether it is the same."""
    with _figure(function, SAMPLE) as (figure, table, _):
        return Chart("", "", "", "", _checked(table), held(figure))


@contextmanager
def _figure(function: ChartFunction, board: str) -> Iterator[tuple["Figure", Table, finish.Lines]]:
    """What ``function`` draws on an artboard, the table that it returns, and which of its lines drew what."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    width, height = ARTBOARDS[board]
    finish.register_colour_maps()
    # Not pyplot: it takes its backend from the environment and keeps every figure alive.
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)  # type: ignore[arg-type]
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        FigureCanvasSVG(figure)  # which also measures texts, for the layout
        axes = figure.add_subplot()
        with finish.noted_lines(function) as lines:
            table = function(axes)
        yield figure, table, lines


def _printed(figure: "Figure") -> str:
    buffer = io.StringIO()
    figure.canvas.print_svg(buffer, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))  # type: ignore[attr-defined]
    return buffer.getvalue()


def _checked(table: Table) -> dict[str, list[Cell]]:
    """The table with Python's own numbers. Raises ChartError if it is empty or its columns differ in length."""
    if not isinstance(table, Mapping) or not table:
        raise ChartError("no numbers: return what is drawn as a dict, from the name of each column to its values")
    for name, values in table.items():
        if isinstance(values, str) or not hasattr(values, "__len__"):
            raise ChartError(f"the column {name} is {shown(values)}; write a list of what is drawn")
    columns = {str(name): [native(value) for value in values] for name, values in table.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1 or not min(lengths.values()):
        raise ChartError(f"columns of different or no length: {', '.join(f'{k} has {v}' for k, v in lengths.items())}")
    return columns


def chart_csv(chart: Chart) -> str:
    """The numbers behind a chart as CSV (RFC 4180, but with line feeds), at full precision."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([chart.table, *zip(*chart.table.values(), strict=True)])
    return out.getvalue()
