"""A picture beside a text: its kind, its size on a page, what is published of it, and what its author should know."""

import re
import warnings
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from . import notes
from .notes import NotAPictureError

#: The kinds of pictures that every browser shows, with the suffixes by which servers know them.
SUFFIXES = {
    **dict.fromkeys(("PNG", "JPEG", "GIF", "WebP", "AVIF"), (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".avif")),
    "SVG": (".svg",),
}  # fmt: skip
OWN_SUFFIX = {f".{kind.lower()}": kind for kind in ("PNG", "JPEG", "GIF", "WebP", "AVIF")} | {".jpg": "JPEG"}
#: Kinds that some browsers do not show, by how their files begin.
OTHER_KINDS = {
    b"BM": "BMP", rb"II\*\x00": "TIFF", rb"MM\x00\*": "TIFF", b"....ftyphei[cx]": "HEIC", b"\0\0\1\0": "icon",
    b"8BPS": "Photoshop", b"\xff\x0a": "JPEG XL", b"%PDF": "PDF", b"%!PS": "PostScript", b"\x1f\x8b": "compressed",
}  # fmt: skip
ALLOWED = "allowed are PNG, JPEG, GIF, WebP, AVIF and SVG"
#: The largest picture, in bytes. A photograph that fills a large screen has a tenth of it.
LARGEST = 4_000_000


def is_picture(path: Path) -> bool:
    """Whether a file is a picture, other than an SVG, by its content. Raises OSError."""
    with path.open("rb") as file:
        try:
            notes.picture_kind(file.read(32))
        except NotAPictureError:
            return False
    return True


class Picture(NamedTuple):
    """What is published of a picture, its width and height in pixels (an SVG may have none), mistakes, and advice."""

    content: bytes
    size: tuple[float, float] | None
    mistakes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def read_picture(path: Path) -> Picture:
    """The picture in the file ``path``. Raises OSError."""
    status = path.stat()
    if not S_ISREG(status.st_mode):  # a device may never end
        return Picture(b"", None, (f"{path.name} is not a file",))
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, _time: int, size: int) -> Picture:
    """``_time`` and ``size`` make a file that has changed another one."""
    name = path.name
    if size > LARGEST:
        return Picture(b"", None, (f"{name} has {size:,} bytes; allowed are {LARGEST:,}: save it smaller, or as WebP",))
    content = path.read_bytes()
    try:
        svg = is_svg(path, content)
        picture, kind = (_svg(name, content), "SVG") if svg else (_raster(path, content), notes.picture_kind(content))
    except NotAPictureError as error:
        return Picture(b"", None, (f"{name} is {error}; {ALLOWED} files",))
    if path.suffix.lower() not in SUFFIXES[kind]:
        fix = f"rename it to {path.stem}{SUFFIXES[kind][0] if kind == 'SVG' else '.' + kind.lower()}"
        return picture._replace(mistakes=(f"{name} is {'an' if kind == 'SVG' else 'a'} {kind} picture; {fix}", *picture.mistakes))
    return picture


def is_svg(path: Path, content: bytes) -> bool:
    """Whether a file with this ``content`` is an SVG, or should be one by its name."""
    if any(re.match(start, content, re.DOTALL) for start in (*notes.SIGNATURES.values(), *OTHER_KINDS)):
        return False
    return path.suffix.lower() == ".svg" or re.search(rb"<svg[\s>]|<!DOCTYPE svg", content[:10_000]) is not None


def _raster(path: Path, content: bytes) -> Picture:
    from PIL import Image  # here, because most builds read no picture

    name = path.name
    for signature, other in OTHER_KINDS.items():
        if re.match(signature, content, re.DOTALL):
            raise NotAPictureError(f"a {other} file, which not every browser shows")
    kind = notes.picture_kind(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of notes that are damaged
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            published, has_place = notes.without_notes(content)
            with Image.open(path) as image:
                width, height = image.size
                turned = image.getexif().get(notes.ORIENTATION) if kind == "AVIF" else notes.orientation(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        limit = f"allowed are {Image.MAX_IMAGE_PIXELS:,} pixels"
        return Picture(b"", None, (f"{name} is too large for the memory of a phone; {limit}: save it smaller",))
    except Exception:  # Pillow raises a dozen kinds for files that are damaged, or too large for any memory
        raise NotAPictureError("damaged") from None
    size = (height, width) if turned in (5, 6, 7, 8) else (width, height)
    advice = [f"{name} says where it was taken; the build takes that out of the published copy"] if has_place else []
    if path.suffix.lower() in OWN_SUFFIX and OWN_SUFFIX[path.suffix.lower()] != kind:
        advice.append(f"{name} is a {kind} picture; it is shown, but rename it to {path.stem}.{kind.lower()}")
    return Picture(published, size, (), tuple(advice))


def _svg(name: str, content: bytes) -> Picture:
    from .svg import read_svg  # here, because it loads a parser

    try:
        svg = read_svg(content)
    except ValueError as error:
        raise NotAPictureError(str(error)) from None
    lost = (
        f"{name} loads {svg.lost[0][:80]}, which a page does not show; embed it in the picture, or take it out"
        if svg.lost
        else ""
    )
    advice = []
    if svg.fonts:
        advice.append(f"{name} loads a font, which a page does not; its words are shown in another one, unless you embed it")
    if svg.scripts:
        advice.append(f"{name} has a script, which does not run in a page; the published copy is without it")
    return Picture(svg.content, svg.size, (lost,) if lost else (), tuple(advice))
