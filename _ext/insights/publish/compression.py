"""Copies of every text file as servers send them, compressed at publication."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable
from pathlib import Path

import brotli

from insights.cache import code_version

#: What is worth it: text, from the size at which it takes fewer packets.
PACKED = frozenset({".html", ".xml", ".json", ".js", ".css", ".svg", ".csv", ".py", ".txt"})
SMALLEST = 1000
#: The last steps of brotli cost many times as much as all before them. Of a page: 0.6 ms to quality 8, 8 to 10, which spares a
#: sixteenth of the size, 24 to 11, which spares a fiftieth more. What every page loads is worth the last one, a page the last but
#: one unless there are so many that all wait for it, and a document of a feed, for which 10 takes 84 ms, neither.
BEST, BETTER, GOOD = 11, 10, 8
FEW = 300
#: The logarithm of how far back brotli looks for what it has had: a quarter of a megabyte, more than any file of ours.
WINDOW = 18
#: Of gzip's, twice the time for a two-hundredth.
GZIP = 6
#: The qualities of brotli, by the suffixes of files; of others it is GOOD.
Qualities = dict[str, int]


def qualities(names: Iterable[str]) -> Qualities:
    """How the files of a site are compressed, by their ``names``."""
    pages = sum(name.endswith(".html") for name in names)
    return {".js": BEST, ".css": BEST, ".html": BETTER if pages <= FEW else GOOD}


def pack(path: Path, qualities: Qualities) -> dict[Path, bytes]:
    """The compressed copies of a file, by their paths; none where it is not worth it.

    The same bytes in give the same bytes out: a gzip header has room for a time, which stays empty.
    """
    if path.suffix not in PACKED or path.stat().st_size < SMALLEST:
        return {}
    content = path.read_bytes()
    return {
        path.with_name(f"{path.name}.gz"): gzip.compress(content, GZIP, mtime=0),
        path.with_name(f"{path.name}.br"): small(content, qualities.get(path.suffix, GOOD)),
    }


def version() -> str:
    """What changes when the same files could be compressed otherwise: with what is written here, and with what compresses."""
    libraries = f"{brotli.__version__} {zlib.ZLIB_RUNTIME_VERSION}"
    return hashlib.sha256(code_version().encode() + libraries.encode()).hexdigest()


def small(content: bytes, quality: int) -> bytes:
    """``content`` as brotli compresses it here."""
    return bytes(brotli.compress(content, quality=quality, lgwin=WINDOW))
