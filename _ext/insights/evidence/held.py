"""What a drawn figure holds, to tell whether a model draws the same when it is run again: cheaper than to draw it twice."""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def held(figure: "Figure") -> str:
    """A digest of the data, the texts and the looks of all artists of a ``figure``, and of the labels of its axes."""
    seen: set[int] = set()
    digest = hashlib.sha256()
    for artist in _artists(figure):
        digest.update(repr(_plain(artist, seen)).encode())
    return digest.hexdigest()


def _artists(artist: Any) -> Iterator[Any]:
    """An artist and all that it consists of. Of the ticks of an axis, those that are made already, and the labels of all."""
    from matplotlib.axis import Axis

    yield artist
    if isinstance(artist, Axis):
        yield artist.get_major_formatter().format_ticks([*artist.get_majorticklocs()])
        children = [artist.label, *vars(artist).get("majorTicks", ())]
    else:
        children = artist.get_children()
    for child in children:
        yield from _artists(child)


def _plain(value: Any, seen: set[int], *, inner: bool = False) -> Any:
    """The numbers and texts of a ``value`` and, if it is an object of matplotlib, of its attributes.

    ``seen``: objects that were there already. ``inner``: the value is an attribute, and not an artist that comes by itself.
    """
    import numpy as np
    from matplotlib.artist import Artist

    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return value
    if isinstance(value, np.ndarray):
        whole = np.ma.filled(value)
        return (
            [_plain(each, seen, inner=True) for each in whole.flat] if whole.dtype == object else (whole.shape, whole.tobytes())
        )
    if isinstance(value, np.generic):
        return value.tobytes()
    if isinstance(value, list | tuple):
        return [_plain(each, seen, inner=True) for each in value]
    if isinstance(value, dict):
        return [(key, _plain(each, seen, inner=True)) for key, each in value.items() if isinstance(key, str)]
    ours = type(value).__module__.startswith("matplotlib.") and hasattr(value, "__dict__")
    if not ours or id(value) in seen or (inner and isinstance(value, Artist)):
        return type(value).__name__
    seen.add(id(value))
    return type(value).__name__, _plain(vars(value), seen)
