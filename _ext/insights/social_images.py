"""The picture that a link preview shows of a page: its title, set in the house style, 1200 by 630 pixels."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from pathlib import Path

from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

#: The name of the picture, beside the page that it is of.
FILE = "social.png"
SIZE = (1200, 630)
MARGIN = 84
PAPER, INK, MUTED, ACCENT = "#fdfcfa", "#1c1a17", "#565049", "#87300f"
#: Fonts that matplotlib brings, so that the picture is the same on every machine.
SERIF, SANS = "STIXGeneralBol.ttf", "DejaVuSans.ttf"
#: Sizes of the title in pixels, the largest first; it takes the first at which it fits in the lines it may have.
TITLE = ((92, 3), (78, 4), (64, 5))


def picture(title: str, label: str, kept: Path) -> bytes:
    """The PNG for a page with ``title``, ``label`` above it, from the folder ``kept`` if it was drawn before."""
    name = hashlib.sha256("\0".join([title, label, Path(__file__).read_text(encoding="utf-8")]).encode()).hexdigest()[:24]
    path = kept / f"{name}.png"
    if not path.exists():
        kept.mkdir(parents=True, exist_ok=True)
        path.write_bytes(draw(title, label))
    return path.read_bytes()


def draw(title: str, label: str) -> bytes:
    """The picture as PNG: the publication's name below a rule, the label above, the title in as many lines as it needs."""
    image = Image.new("RGB", SIZE, PAPER)
    canvas = ImageDraw.Draw(image)
    width = SIZE[0] - 2 * MARGIN
    size, lines = next(
        ((size, lines) for size, most in TITLE if len(lines := wrapped(title, _font(SERIF, size), width)) <= most),
        (TITLE[-1][0], wrapped(title, _font(SERIF, TITLE[-1][0]), width)[: TITLE[-1][1]]),
    )
    canvas.text((MARGIN, 78), label, font=_font(SANS, 30), fill=MUTED)
    for number, line in enumerate(lines):
        canvas.text((MARGIN, 140 + number * size * 1.12), line, font=_font(SERIF, size), fill=INK)
    canvas.rectangle((MARGIN, 524, SIZE[0] - MARGIN, 527), fill=ACCENT)
    canvas.text((MARGIN, 546), "Insights", font=_font(SERIF, 44), fill=INK)
    out = BytesIO()
    # Few colours are enough for text, and make a file of a quarter of the size.
    image.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """``text`` in lines no wider than ``width`` pixels; a word that is wider has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(get_data_path()) / "fonts/ttf" / name, size, layout_engine=ImageFont.Layout.BASIC)
