"""The picture of a page that a link preview shows: the title of the page, in our style, 1200 by 630 pixels."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import PIL
from PIL import Image, ImageColor, ImageDraw, ImageFont

from insights.cache import parallel_map, write_atomic
from insights.palette import COLOURS

SIZE = (1200, 630)
MARGIN = 84
#: The colours of the PNG: fifteen steps from paper to ink, of which the label takes the tenth, then the accent for the rule.
PAPER, INK, ACCENT = (ImageColor.getrgb(COLOURS[name].light) for name in ("paper", "ink", "accent"))
STEPS, LABEL = 14, 9
PALETTE = [round(p + (i - p) * n / STEPS) for n in range(STEPS + 1) for p, i in zip(PAPER, INK, strict=True)] + [*ACCENT]
#: zlib's Z_RLE: a strategy that looks for runs of equal bytes only.
RLE = 3
#: Fonts that matplotlib brings, so that the picture is the same on every machine. To import it would take a third of a second.
MATPLOTLIB = distribution("matplotlib")
SERIF, SANS = "STIXGeneralBol.ttf", "DejaVuSans.ttf"
#: Sizes of the title in pixels, and at each, how many lines it may have. The first size at which it fits is used.
TITLE = ((92, 3), (78, 4), (64, 5))


class Words(NamedTuple):
    """The text of a picture: the title of a page, the label above it, the name of the publication."""

    title: str
    label: str
    name: str


def draw_social_images(words: Iterable[Words], folder: Path) -> dict[Words, Path]:
    """The files with the pictures of ``words``, in a ``folder`` of the store; those that it lacks are drawn."""
    versions = PIL.__version__, MATPLOTLIB.version
    paths = {of_page: folder / f"{hashlib.sha256(repr([of_page, versions]).encode()).hexdigest()[:24]}.png" for of_page in words}
    names = {path.name for path in folder.glob("*.png")}
    missing = [of_page for of_page, path in paths.items() if path.name not in names]
    parallel_map(lambda of_page: write_atomic(paths[of_page], draw(of_page)), missing)
    return paths


def draw(words: Words) -> bytes:
    """The picture as PNG: the publication's name below a rule, the label above, the title in as many lines as it needs."""
    title, label, name = words
    image = Image.new("L", SIZE, 0)
    canvas = ImageDraw.Draw(image)
    for size, most in TITLE:
        lines = wrapped(title, _font(SERIF, size), SIZE[0] - 2 * MARGIN)
        if len(lines) <= most:
            break
    canvas.text((MARGIN, 78), label, font=_font(SANS, 30), fill=LABEL)
    top = 140 if label else 78
    for number, line in enumerate(lines[:most]):
        canvas.text((MARGIN, top + number * size * 1.12), line, font=_font(SERIF, size), fill=STEPS)
    canvas.text((MARGIN, 546), name, font=_font(SERIF, 44), fill=STEPS)
    canvas.rectangle((MARGIN, 524, SIZE[0] - MARGIN, 527), fill=STEPS + 1)
    image.putpalette(PALETTE)
    out = BytesIO()
    # Sixteen colours are enough for text, and two fit into a byte. Z_RLE takes a third of the time of zlib's default; the files
    # are as small, within 2%.
    image.save(out, "PNG", bits=4, compress_type=RLE)
    return out.getvalue()


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """``text`` in lines no wider than ``width`` pixels; a word that is wider has a line of its own."""
    lines: list[list[str]] = [[]]
    room = width
    for word in text.split():
        room -= font.getlength(f" {word}" if lines[-1] else word)
        if lines[-1] and room < 0:
            lines.append([])
            room = width - font.getlength(word)
        lines[-1].append(word)
    return [" ".join(words) for words in lines]


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    path = MATPLOTLIB.locate_file(f"matplotlib/mpl-data/fonts/ttf/{name}")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
