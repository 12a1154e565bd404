"""The picture of a page that a link preview shows: the title of the page, in our style, 1200 by 630 pixels."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, partial
from importlib.metadata import distribution
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import PIL
from PIL import Image, ImageColor, ImageDraw, ImageFont

from insights.cache import parallel_map, write_atomic
from insights.palette import COLOURS
from insights.problems import about

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
#: The fonts of a title: a sign comes from the first that has it.
TITLE_FONTS = (SERIF, "DejaVuSans-Bold.ttf")
#: No font has a sign for this, so its picture is that of any sign that is missing.
MISSING = "\uffff"
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

    def write(of_page: Words) -> None:
        with about(f"the title “{of_page.title}”"):
            write_atomic(paths[of_page], draw(of_page))

    parallel_map(write, missing)
    return paths


def draw(words: Words) -> bytes:
    """The picture as PNG: the publication's name below a rule, the label above, the title in as many lines as it needs."""
    title, label, name = drawable(words.title), words.label, words.name
    image = Image.new("L", SIZE, 0)
    canvas = ImageDraw.Draw(image)
    width = SIZE[0] - 2 * MARGIN
    for size, most in TITLE:
        length = partial(_length, title, size)
        lines = wrapped(title, length, width)
        if len(lines) <= most and " ".join(lines) == title:
            break
    canvas.text((MARGIN, 78), label, font=_font(SANS, 30), fill=LABEL)
    top = (140 if label else 78) + _font(SERIF, size).getmetrics()[0]
    for number, line in enumerate(shortened(lines, most, length, width)):
        left: float = MARGIN
        for text, font in _runs(title, size, line):
            canvas.text((left, top + number * size * 1.12), text, font=font, fill=STEPS, anchor="ls")
            left += font.getlength(text)
    canvas.text((MARGIN, 546), name, font=_font(SERIF, 44), fill=STEPS)
    canvas.rectangle((MARGIN, 524, SIZE[0] - MARGIN, 527), fill=STEPS + 1)
    image.putpalette(PALETTE)
    out = BytesIO()
    # Sixteen colours are enough for text, and two fit into a byte. Z_RLE takes a third of the time of zlib's default; the files
    # are as small, within 2%.
    image.save(out, "PNG", bits=4, compress_type=RLE)
    return out.getvalue()


def drawable(title: str) -> str:
    """``title`` without what no font has: emoji, and words in scripts that we cannot set. All of it if little would be left.

    >>> drawable("Ship it \N{ROCKET} \N{CJK UNIFIED IDEOGRAPH-65E5}\N{CJK UNIFIED IDEOGRAPH-672C}")
    'Ship it'
    """
    title = unicodedata.normalize("NFC", title)
    missing = {sign for sign in title if not sign.isspace() and not any(_has(font, sign) for font in TITLE_FONTS)}
    words = (word for word in title.split() if not any(sign.isalpha() for sign in missing.intersection(word)))
    left = ("".join(sign for sign in word if sign not in missing) for word in words)
    kept = " ".join(word for word in left if word)
    return kept if 2 * _letters(kept) >= _letters(title) else ""


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def wrapped(text: str, length: Callable[[str], float], width: float) -> list[str]:
    """``text`` in lines of at most ``width``, as ``length`` measures them; a longer word goes on in the next line."""
    lines: list[str] = []
    for word in text.split():
        if lines and length(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
            continue
        lines.append("")
        for sign in word:
            if length(lines[-1] + sign) > width:
                lines.append("")
            lines[-1] += sign
    return lines


def shortened(lines: list[str], most: int, length: Callable[[str], float], width: float) -> list[str]:
    """The first ``most`` lines, with an ellipsis at the end if there are more."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while length(f"{last}…") > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:–—')}…"]


def _length(title: str, size: int, text: str) -> float:
    return sum(font.getlength(part) for part, font in _runs(title, size, text))


def _runs(title: str, size: int, text: str) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """The parts of ``text`` that are in one font, each with its font: that of ``title``, or another for a sign that it lacks."""
    first = _font_of(title)
    runs = groupby(text, lambda sign: next((name for name in (first, *TITLE_FONTS) if _has(name, sign)), first))
    return [("".join(signs), _font(name, size)) for name, signs in runs]


@cache
def _font_of(title: str) -> str:
    """The first font that has all letters of a title."""
    return next((name for name in TITLE_FONTS if all(_has(name, sign) for sign in title if sign.isalnum())), SERIF)


@cache
def _has(name: str, sign: str) -> bool:
    """Whether a font has a sign that we can set. Pillow cannot set scripts from right to left, nor place marks over letters."""
    if unicodedata.category(sign) in {"Cc", "Cf", "Mn", "Me"} or unicodedata.bidirectional(sign) in {"R", "AL"}:
        return False
    font = _font(name, 64)
    return sign.isspace() or bytes(font.getmask(sign)) != bytes(font.getmask(MISSING))


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    path = MATPLOTLIB.locate_file(f"matplotlib/mpl-data/fonts/ttf/{name}")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
