"""Make a chart legible on a phone: labels that lie over each other or beyond the edge, and letters that are too small."""

import contextlib
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from .svg import TITLE, ChartError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: The smallest letters, in CSS pixels.
SMALLEST = 13
#: The space between two labels of an axis.
BETWEEN = 4
#: How far a text may reach over the edge: it is measured in another font than browsers have, which is wider.
OVER = 6


def parts_of(artist: Any) -> Iterator[Any]:
    """An artist and all that it consists of, without minor ticks that have no labels: findobj would make them each time."""
    from matplotlib.axis import Axis
    from matplotlib.ticker import NullFormatter

    yield artist
    if isinstance(artist, Axis) and isinstance(artist.get_minor_formatter(), NullFormatter):
        children = [artist.label, artist.offsetText, *artist.get_major_ticks()]
    else:
        children = artist.get_children()
    for child in children:
        yield from parts_of(child)


def axes_of(part: Any) -> "list[Axes]":
    """The axes of a figure or of axes, with those that lie in them."""
    inner = part.child_axes if hasattr(part, "child_axes") else part.axes
    return [each for axes in inner for each in (axes, *axes_of(axes))]


def printed_legibly(figure: "Figure", lines: dict[str, int], write: Callable[[], str]) -> str:
    """What ``write`` prints of a ``figure``: with larger letters, fewer or turned labels, and titles in lines, as far as needed.

    Raises ChartError for what does not fit even so.
    """
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.text import Text

    parts = list(parts_of(figure))
    for text in parts:
        if isinstance(text, Text) and float(text.get_fontsize()) < SMALLEST:
            text.set_fontsize(SMALLEST)
    every = [part for part in parts if isinstance(part, Axes)]
    axles = [part for part in parts if isinstance(part, Axis)]
    for axis in axles:
        size = axis.get_tick_params(which="major").get("labelsize")
        if isinstance(size, int | float) and size < SMALLEST:
            axis.set_tick_params(labelsize=SMALLEST)
    places = [(part, part.get_position(original=True), part.get_position()) for part in figure.axes]
    with _room():
        text = write()
    changed = _break_titles(figure, every)
    if changed:
        _lay_out(figure)
    for axis in axles:
        changed |= _part_labels(figure, axis)
    _check_edges(figure, every, lines)
    if not changed:
        return text
    # The layout is computed anew from here, and comes out the same as if it had not been looked at.
    for part, original, active in places:
        part._set_position(original, "original")  # type: ignore[attr-defined]
        part._set_position(active, "active")  # type: ignore[attr-defined]
    return write()


def _lay_out(figure: "Figure") -> None:
    """Find the place of everything on the chart."""
    with _room():
        figure.draw_without_rendering()


@contextlib.contextmanager
def _room() -> Iterator[None]:
    """Raise ChartError if the labels of a chart leave no room for its axes."""
    try:
        yield
    except UserWarning as warning:
        if "constrained_layout" not in str(warning):
            raise
        message = "its texts and its legend leave no room for the axes on a phone; shorten them, or move them onto the axes"
        raise ChartError(message) from warning


def _break_titles(figure: "Figure", every: "list[Axes]") -> bool:
    """Break titles and labels of axes that are longer than the chart is wide; whether there were any."""
    width, broken = figure.bbox.width, False
    for part in every:
        texts = (part.title, part._left_title, part._right_title, part.xaxis.label)  # type: ignore[attr-defined]
        for text in texts:
            box = text.get_window_extent()
            if text.get_gid() == TITLE:
                box = box.translated(-box.x0, 0)
            if text.get_text() and (box.width > width or box.x1 > width + OVER or box.x0 < -OVER):
                centre = (box.x0 + box.x1) / 2
                room = width - max(box.x0, 0) if text.get_horizontalalignment() == "left" else 2 * min(centre, width - centre)
                text.set_text(_broken(text.get_text(), room / box.width))
                broken = True
        label, height = part.yaxis.label, figure.bbox.height
        if label.get_text() and (box := label.get_window_extent()).height > height:
            label.set_text(_broken(label.get_text(), height / box.height))
            broken = True
    return broken


def _broken(text: str, share: float) -> str:
    """A text in lines that are at most this ``share`` of its length."""
    import textwrap

    longest = max(map(len, text.splitlines()))
    width = max(8, int(longest * share) - 1)
    return "\n".join(part for line in text.splitlines() for part in textwrap.wrap(line, width, break_long_words=False) or [""])


def _part_labels(figure: "Figure", axis: Any) -> bool:
    """Give an axis fewer labels, or turn them, until none lies over another; whether any did."""
    from matplotlib.dates import AutoDateLocator
    from matplotlib.ticker import AutoLocator, LogLocator, MaxNLocator

    if not _overlap(axis):
        return False
    locator = axis.get_major_locator()
    for ticks in (7, 6, 5, 4, 3):
        if isinstance(locator, AutoDateLocator):
            locator.minticks = 2
            locator.maxticks = dict.fromkeys(locator.maxticks, ticks)
        elif isinstance(locator, AutoLocator):
            axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
        elif isinstance(locator, LogLocator):
            locator.set_params(numticks=ticks)
        else:
            break
        _lay_out(figure)
        if not _overlap(axis):
            return True
    _turn_labels(figure, axis)
    return True


def _turn_labels(figure: "Figure", axis: Any) -> None:
    """Leave out every second number, or turn words, where the model itself has set the ticks. Raises ChartError."""
    texts = [label.get_text() for label in _labels(axis)]
    if axis.axis_name == "x" and any(any(map(str.isalpha, text)) for text in texts):
        for label in axis.get_ticklabels():
            label.set(rotation=45, horizontalalignment="right", rotation_mode="anchor")
        _lay_out(figure)
        ends = sorted(label.get_window_extent().x1 for label in _labels(axis))
        if all(after - before >= 14 for before, after in pairwise(ends)):
            return
    elif axis.axis_name == "x":
        places = [label.get_position()[0] for label in _labels(axis)]
        for step in (2, 4, 5, 10, 20, 50):
            axis.set_ticks(places, [text if number % step == 0 else "" for number, text in enumerate(texts)])
            _lay_out(figure)
            if not _overlap(axis):
                return
    fix = (
        "give it fewer ticks, or shorter labels" if axis.axis_name == "y" else "give it fewer or shorter ones, or draw axes.barh"
    )
    raise ChartError(f"the labels of its {axis.axis_name} axis lie over each other on a phone; {fix}")


def _labels(axis: Any) -> list[Any]:
    """The labels of an axis that can be seen, from left to right or from below."""
    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    labels = [label for tick in ticks for label in (tick.label1, tick.label2) if label.get_visible() and label.get_text().strip()]
    return labels if axis.get_visible() and axis.axes.axison else []


def _overlap(axis: Any) -> bool:
    """Whether labels of an axis lie over each other."""
    if axis.axis_name not in {"x", "y"} or axis.axes.name == "polar":
        return False
    boxes = [label.get_window_extent() for label in _labels(axis) if label.get_rotation() % 90 == 0]
    sides = [(box.x0, box.x1) if axis.axis_name == "x" else (box.y0 + BETWEEN, box.y1) for box in boxes]
    return any(before[1] + BETWEEN > after[0] for before, after in pairwise(sorted(sides)))


def _check_edges(figure: "Figure", every: "list[Axes]", lines: dict[str, int]) -> None:
    """Raise ChartError for a text or a legend of which a part lies beyond the edge."""
    width, height = figure.bbox.width, figure.bbox.height
    every = [part for part in every if part.get_visible()]
    legends = [*figure.legends, *(part.get_legend() for part in every)]
    texts = [*figure.texts, *(text for part in every for text in (*part.texts, part.xaxis.label, part.yaxis.label))]
    seen = (text for text in texts if text.get_visible() and text.get_text().strip() and not text.get_clip_on())
    shown: list[Any] = [*filter(None, legends), *seen]
    for artist in shown:
        box = artist.get_window_extent()
        if box.width and (box.x0 < -OVER or box.x1 > width + 3 * OVER or box.y0 < -OVER or box.y1 > height + OVER):
            what = "the legend" if artist in legends else f"the text {artist.get_text()!r}"
            fix = "label the lines at their ends" if artist in legends else "shorten it, break it with \\n, or move it inwards"
            raise ChartError(f"{what} reaches over the edge of the chart on a phone; {fix}", lines.get(artist.get_gid() or ""))


def is_cramped(figure: "Figure") -> bool:
    """Whether texts of a chart that has been printed lie over each other, or leave its axes less than a third of its height."""
    every = axes_of(figure)
    if any(part.bbox.width < figure.bbox.width / 2 or part.bbox.height < figure.bbox.height / 3 for part in figure.axes):
        return True
    axles = [axis for part in every for axis in part._axis_map.values()]
    texts: list[Any] = [*figure.texts, *(text for part in every for text in (part.title, *part.texts))]
    texts += [text for part in every for text in (part._left_title, part._right_title)]  # type: ignore[attr-defined]
    texts += [text for axis in axles for text in (axis.label, *_labels(axis))]
    boxes = []
    for text in texts:
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent()
            boxes.append(box.translated(-box.x0, 0) if text.get_gid() == TITLE else box)
    over = [
        (min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0))
        for one, other in combinations(boxes, 2)
    ]
    return any(across > OVER and down > BETWEEN for across, down in over)
