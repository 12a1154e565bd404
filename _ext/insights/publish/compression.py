"""Compressed copies of text files, for servers that send them as they are."""

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path

import brotli

from insights.cache import code_version

#: Which files are compressed: text, from the size in bytes at which it takes fewer packets.
PACKED = frozenset({".html", ".xml", ".json", ".js", ".css", ".svg", ".csv", ".py", ".txt"})
SMALLEST = 1000
#: Qualities of brotli. A page takes 0.6 ms at quality 8, 8 ms at 10, which saves 6% of the size, and 24 ms at 11, which saves
#: 2% more. Files that every page loads get 11, pages 10 unless the site has many, feeds, which would take 84 ms at 10, get 8.
BEST, BETTER, GOOD = 11, 10, 8
#: The largest number of pages that are compressed at quality 10.
FEW = 300
#: The base-2 logarithm of brotli's window in bytes: 256 KiB, more than most files have.
WINDOW = 18
#: The level of gzip. The next one takes twice the time and saves 0.5%.
GZIP = 6
#: The quality of brotli by suffix; for other suffixes it is GOOD.
Qualities = dict[str, int]


def qualities(names: Iterable[str]) -> Qualities:
    """The qualities for a site with files of these ``names``."""
    pages = sum(name.endswith(".html") for name in names)
    return {".js": BEST, ".css": BEST, ".html": BETTER if pages <= FEW else GOOD}


def pack(path: Path, qualities: Qualities) -> dict[Path, bytes]:
    """The compressed copies of a file, by their paths; none if it is too small. The time in the header of gzip stays empty."""
    if path.suffix not in PACKED or path.stat().st_size < SMALLEST:
        return {}
    content = path.read_bytes()
    return {
        path.with_name(f"{path.name}.gz"): gzip.compress(content, GZIP, mtime=0),
        path.with_name(f"{path.name}.br"): small(content, qualities.get(path.suffix, GOOD)),
    }


def small(content: bytes, quality: int) -> bytes:
    """``content`` compressed by brotli."""
    return bytes(brotli.compress(content, quality=quality, lgwin=WINDOW))


def version() -> str:
    """What changes with our code, and with the libraries that compress."""
    return f"{code_version()} {brotli.__version__} {zlib.ZLIB_RUNTIME_VERSION}"
