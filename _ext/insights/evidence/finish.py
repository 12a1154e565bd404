"""Finish what a model drew: house style where matplotlib would use its own, and what can be read on a phone.

A chart is refused with a ChartError if it shows nothing, or something that cannot be drawn in the colours of the site.
"""

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .legible import axes_of, parts_of
from .numbers import tick_labels
from .svg import CYCLE, TITLE, ChartError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: The line in the model that made each artist, by the id of the artist's group in the SVG.
Lines = dict[str, int]

#: The steps of a colour map, and how opaque its first step is, in an area and as a line.
STEPS, FAINTEST, FAINTEST_LINE = 16, 0.12, 0.45
#: The most cells of a picture that is drawn from numbers.
MOST_CELLS = 10_000
#: The colour maps of matplotlib whose middle is a neutral colour.
DIVERGING = {
    "PiYG", "PRGn", "BrBG", "PuOr", "RdGy", "RdBu", "RdYlBu", "RdYlGn", "Spectral", "coolwarm", "bwr", "seismic", "berlin",
    "managua", "vanimo",
}  # fmt: skip
#: A formula between dollars, which matplotlib would set, and a browser would not.
FORMULA = re.compile(r"\$[^$]*[\\^_{][^$]*\$")


def register_colour_maps() -> None:
    """Give matplotlib a colour map from paper to each series, and from C1 over paper to C0."""
    import matplotlib
    from matplotlib.colors import ListedColormap, to_rgb

    if "C0" in matplotlib.colormaps:
        return
    for faintest, suffix in ((FAINTEST, ""), (FAINTEST_LINE, " lines")):
        opacities = [faintest + (1 - faintest) * step / (STEPS - 1) for step in range(STEPS)]
        ramps = {f"C{n}": [(*to_rgb(colour), opacity) for opacity in opacities] for n, colour in enumerate(CYCLE)}
        both = [*reversed(ramps["C1"][1::2]), *ramps["C0"][1::2]]
        for name, ramp in {**ramps, "C1-C0": both}.items():
            matplotlib.colormaps.register(ListedColormap(ramp, name + suffix))
            matplotlib.colormaps.register(ListedColormap(ramp[::-1], f"{name}_r{suffix}"))


@contextlib.contextmanager
def noted_lines(function: Callable[..., Any]) -> Iterator[Lines]:
    """While a model draws, note the line that makes each artist, and give the artist an id."""
    from matplotlib.artist import Artist

    lines: Lines = {}
    file, original = getattr(getattr(function, "__code__", None), "co_filename", ""), Artist.__init__

    def noted(self: Artist) -> None:
        original(self)
        frame: Any = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != file:
            frame = frame.f_back
        if frame is not None:
            self.set_gid(name := f"{type(self).__name__}-{len(lines)}")
            lines[name] = frame.f_lineno

    Artist.__init__ = noted  # type: ignore[method-assign]
    try:
        yield lines
    finally:
        Artist.__init__ = original  # type: ignore[method-assign]


def finish(figure: "Figure", size: tuple[int, int], lines: Lines) -> None:
    """Finish a ``figure`` that a model has drawn on. Raises ChartError."""
    from matplotlib.text import Text

    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot and pyplot.get_fignums():
        pyplot.close("all")
        raise ChartError("it draws with pyplot, on a figure that nobody sees; draw on axes: axes.plot(…) instead of plt.plot(…)")
    if [round(side * 72) for side in figure.get_size_inches()] != list(size):
        raise ChartError("it changes the size of its figure; charts are as wide as the text, so leave that out")
    every = axes_of(figure)
    if not any(part.has_data() or part.patches or part.texts for part in every):
        raise ChartError("nothing is drawn on its axes; call axes.plot and the like")
    for part in every:
        _finish_axes(part, figure.axes[0] if figure.axes else part, lines)
    for artist in parts_of(figure):
        if getattr(artist, "get_rasterized", lambda: False)():
            artist.set_rasterized(False)
        if isinstance(artist, Text) and (formula := FORMULA.search(artist.get_text())):
            fix = "write the characters, such as β or 10³"
            raise ChartError(f"{formula[0]} would be printed as it is typed; {fix}", line_of(artist, lines))
    if not any(_can_be_seen(artist, part) for part in every for artist in part.get_children() if artist.get_visible()):
        raise ChartError("nothing can be seen on its axes: what it draws has no numbers, or lies beyond their limits")


def _can_be_seen(artist: Any, axes: Any) -> bool:
    """Whether an artist that a model has drawn has a place on its axes; those of the axes themselves do not count."""
    import numpy as np
    from matplotlib.collections import Collection
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.table import Table
    from matplotlib.text import Text

    own = {axes.patch, axes.title, axes._left_title, axes._right_title, *axes.spines.values()}
    if artist in own or not isinstance(artist, AxesImage | Collection | Line2D | Patch | Table | Text):
        return False
    if isinstance(artist, Collection):
        # Marks have one path and many places, areas a path for each; arrows get theirs when they are drawn.
        places = _filled(artist.get_offsets())
        return (len(artist.get_paths()) > 0 or hasattr(artist, "U")) and bool(np.isfinite(places).any())
    if isinstance(artist, Line2D):
        x, y = (_filled(values) for values in artist.get_data(orig=False))
        (left, right), (low, high) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
        placed = np.isfinite(x) & np.isfinite(y)
        of_axes = artist.get_transform() != axes.transData
        return of_axes or bool(placed.any() and x[placed].max() >= left and x[placed].min() <= right
                               and y[placed].max() >= low and y[placed].min() <= high)  # fmt: skip
    return not isinstance(artist, Text) or bool(artist.get_text().strip())


def _filled(values: Any) -> Any:
    """Values as floats, with NaN for those that are left out."""
    import numpy as np

    return np.ma.filled(np.ma.asarray(values, float), np.nan)


def _round_locator() -> type:
    from matplotlib.projections.polar import RadialLocator

    return RadialLocator


def line_of(artist: Any, lines: Lines) -> int | None:
    """The line in the model that made an ``artist``."""
    return lines.get(artist.get_gid() or "")


def _finish_axes(part: "Axes", first: "Axes", lines: Lines) -> None:
    from matplotlib.collections import Collection, PolyCollection, QuadMesh
    from matplotlib.contour import ContourSet

    if part is not first and part in first._twinned_axes.get_siblings(first):  # type: ignore[attr-defined]
        part.grid(visible=False)  # two grids that do not meet
    elif part in first.child_axes and hasattr(part, "patch") and type(part).__name__ == "Axes":
        part.set_facecolor("white")  # an inset covers what is behind it
    if part.name == "polar":
        part.grid(visible=True)
        if isinstance(part.yaxis.get_major_locator(), _round_locator()):
            part.yaxis.get_major_locator().base.set_params(nbins=4)  # type: ignore[attr-defined]
    title, place = part._left_title, part.get_subplotspec()  # type: ignore[attr-defined]
    if place is not None and place.colspan.start == 0 and title.get_position()[0] == 0:
        title.set_gid(TITLE)
    for axis in part._axis_map.values():
        _finish_axis(axis)
    for artist in (*part.patches, *part.collections):
        _leave_out_edge(artist)
    for image in list(part.images):
        _draw_cells(part, image, lines)
    for artist in parts_of(part):
        if isinstance(artist, Collection) and artist.get_array() is not None:
            outline = isinstance(artist, ContourSet) and not artist.filled
            # An opacity of the whole would take the place of those of the map.
            artist.set_cmap(_house_map(artist.cmap, artist.get_alpha(), outline=outline))
            artist.set_alpha(None)
            if isinstance(artist, QuadMesh | PolyCollection) or (isinstance(artist, ContourSet) and artist.filled):
                part.grid(visible=False)  # it would lie over the cells


def _leave_out_edge(artist: Any) -> None:
    """Draw no edge around an area of the same colour: color= sets both, and matplotlib's edge would make the area larger."""
    import numpy as np
    from matplotlib.collections import PolyCollection
    from matplotlib.patches import Circle, Polygon, Rectangle, Wedge

    if isinstance(artist, PolyCollection | Circle | Polygon | Rectangle | Wedge) and not artist.get_hatch():
        edge, face = artist.get_edgecolor(), artist.get_facecolor()
        if np.shape(edge) == np.shape(face) and np.array_equal(edge, face) and np.all(np.equal(artist.get_linewidth(), 1)):
            artist.set_linewidth(0)


def _finish_axis(axis: Any) -> None:
    """Plain numbers where matplotlib labels ticks with powers of ten and offsets. A formatter set by the model stays."""
    from matplotlib.ticker import Formatter, LogFormatter, LogitFormatter, NullFormatter, NullLocator, ScalarFormatter

    class Plain(Formatter):
        def format_ticks(self, values: Any) -> list[str]:
            return tick_labels([float(value) for value in values])

        def __call__(self, value: float, pos: int | None = None) -> str:
            return tick_labels([float(value)])[0]

    if isinstance(axis.get_major_formatter(), ScalarFormatter | LogFormatter | LogitFormatter):
        axis.set_major_formatter(Plain())
        low, high = sorted(axis.get_view_interval())
        major = [tick for tick in axis.get_majorticklocs() if low <= tick <= high]
        # A logarithmic axis of less than two powers of ten has its numbers at the minor ticks.
        axis.set_minor_formatter(NullFormatter() if len(major) > 1 or axis.get_scale() == "linear" else _Some(Plain()))
    minor = axis.get_tick_params(which="minor")
    if (
        not minor.get("length")
        and not minor["gridOn"]
        and not any(axis.get_minor_formatter().format_ticks(axis.get_minorticklocs()))
    ):
        axis.set_minor_locator(NullLocator())  # matplotlib would make and place each tick, which nobody sees


def _Some(plain: Any) -> Any:  # noqa: N802 (makes an object of a class that needs matplotlib)
    """A formatter that labels 1, 2, 3, 4, 6 and 8 of each power of ten."""
    from matplotlib.ticker import Formatter

    class Some(Formatter):
        def format_ticks(self, values: Any) -> list[str]:
            return [
                label if re.sub(r"[.,−0]", "", label)[:1] in {"1", "2", "3", "4", "6", "8"} else ""
                for label in plain.format_ticks(values)
            ]

        def __call__(self, value: float, pos: int | None = None) -> str:
            return str(plain(value))

    return Some()


def _house_map(cmap: Any, opacity: Any, *, outline: bool) -> Any:
    """The colour map of the house for one of matplotlib; a map of the model's own that has our colours stays."""
    import matplotlib
    from matplotlib.colors import ListedColormap

    name = cmap.name
    if name not in matplotlib.colormaps or cmap != matplotlib.colormaps[name]:
        return cmap
    base = name.removesuffix(" lines")
    reverse = "_r" if base.endswith("_r") else ""
    base = base.removesuffix("_r")
    if base not in {*(f"C{n}" for n in range(5)), "C1-C0"}:
        base = "C1-C0" if base in DIVERGING else "C0"
    house: Any = matplotlib.colormaps[f"{base}{reverse}{' lines' if outline else ''}"]
    if isinstance(opacity, int | float):
        house = ListedColormap([(*colour[:3], colour[3] * opacity) for colour in house.colors], f"{name}, {opacity}")
    return house


def _draw_cells(part: "Axes", image: Any, lines: Lines) -> None:
    """Draw a picture of numbers, as imshow makes it, as cells: pixels would keep their colours in the dark."""
    import numpy as np

    values, line = image.get_array(), line_of(image, lines)
    if type(image).__name__ != "AxesImage" or values is None or values.ndim != 2:
        raise ChartError("a picture of pixels; put it beside the text, and write ![what it shows](name.png)", line)
    if values.size > MOST_CELLS:
        raise ChartError(f"{values.size:,} cells; {MOST_CELLS:,} can be told apart at most: take means, or leave some out", line)
    if image.get_interpolation() not in {"auto", "antialiased", "nearest", "none"}:
        raise ChartError(f"interpolation={image.get_interpolation()!r}; cells have one colour each, so leave it out", line)
    left, right, bottom, top = image.get_extent()
    rows, columns = values.shape
    first, last = (top, bottom) if image.origin == "upper" else (bottom, top)
    limits, zorder = (part.get_xlim(), part.get_ylim()), image.get_zorder()
    grids = np.linspace(left, right, columns + 1), np.linspace(first, last, rows + 1)
    mesh = part.pcolormesh(*grids, values, cmap=image.cmap, norm=image.norm, alpha=image.get_alpha(), zorder=zorder)
    mesh.set_gid(image.get_gid())
    part.set_xlim(limits[0])
    part.set_ylim(limits[1])
    image.remove()
