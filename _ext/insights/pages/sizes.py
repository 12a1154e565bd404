"""The size of a picture of any kind, in CSS pixels."""

import re
from pathlib import Path

from sphinx.util.images import get_image_size

#: CSS pixels per unit of length in an SVG file.
UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3}


def picture_size(file: Path) -> tuple[int, int] | None:
    """The width and height of the picture in ``file``; None if it is not there, or does not say."""
    if size := get_image_size(file):
        return size
    if file.suffix != ".svg" or not file.is_file():
        return None
    root = re.search(r"<svg\b[^>]*>", file.read_text(encoding="utf-8", errors="replace"))
    sides = [re.search(rf'\s{side}="([\d.]+)(px|pt)?"', root[0]) if root else None for side in ("width", "height")]
    lengths = [float(side[1]) * UNITS[side[2] or ""] for side in sides if side]
    if len(lengths) < 2 and root and (box := re.search(r'\sviewBox="[\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"', root[0])):
        lengths = [float(box[1]), float(box[2])]
    return (round(lengths[0]), round(lengths[1])) if len(lengths) == 2 else None
