"""The colours of a diagram: the names of ours for those that authors write and the layout takes."""

import colorsys
import re

from PIL import ImageColor

#: The names of our colours that the classes of a page have.
NAMES = frozenset({"c0", "c1", "c2", "c3", "c4", "ink", "muted", "rule", "paper", "sheet", "wash"})
#: Greys by their least lightness, and other colours by the greatest angle of their hue.
GREYS = (("sheet", 0.97), ("wash", 0.88), ("rule", 0.6), ("muted", 0.3), ("ink", 0.0))
HUES = (("c0", 38), ("c3", 70), ("c4", 190), ("c1", 290), ("c0", 361))


def named(value: str) -> tuple[str, bool]:
    """The name of our colour for one of CSS, and whether it is only a tint of it; "none" for none.

    A colour that is not ours becomes the nearest: what an author made red stays red.
    """
    value = value.strip().lower()
    if value in NAMES:
        return value, False
    if value in {"none", "transparent"}:
        return "none", False
    rgb = _rgb(value)
    if rgb is None:
        return "ink", False
    hue, light, saturation = colorsys.rgb_to_hls(*rgb)
    if saturation < 0.15 or light > 0.985 or light < 0.06:
        return next(name for name, least in GREYS if light >= least), False
    hue *= 360
    return next(name for name, most in HUES if hue < most), True


def _rgb(value: str) -> tuple[float, float, float] | None:
    if match := re.fullmatch(r"#([0-9a-f]{3,8})", value):
        digits = match[1] if len(match[1]) > 4 else "".join(digit * 2 for digit in match[1])
        return tuple(int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))  # type: ignore[return-value]
    numbers = [float(part) for part in re.findall(r"-?[\d.]+", value)]
    if value.startswith("rgb") and len(numbers) >= 3:
        return tuple(max(0.0, min(1.0, part / 255)) for part in numbers[:3])  # type: ignore[return-value]
    if value.startswith("hsl") and len(numbers) >= 3:
        return colorsys.hls_to_rgb(numbers[0] % 360 / 360, numbers[2] / 100, numbers[1] / 100)
    try:
        return tuple(part / 255 for part in ImageColor.getrgb(value)[:3])  # type: ignore[return-value]
    except ValueError:
        return None
