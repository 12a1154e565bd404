"""Copies of every text file as servers send them, compressed at publication."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

import brotli

#: What is worth it: text, from the size at which it takes fewer packets.
PACKED = frozenset({".html", ".xml", ".json", ".js", ".css", ".svg", ".csv", ".py", ".txt"})
SMALLEST = 1000
#: The last step of either costs many times as much as all before it: of brotli's, 26 ms a page in place of 0.6, for a twelfth of
#: the size; of gzip's, twice the time for a two-hundredth. What every page loads is worth it.
BEST, GOOD = {"quality": 11}, {"quality": 9, "lgwin": 16}
SHARED = frozenset({".js", ".css"})
GZIP = 6


def pack(path: Path) -> dict[Path, bytes]:
    """The compressed copies of a file, by their paths; none where it is not worth it.

    The same bytes in give the same bytes out: a gzip header has room for a time, which stays empty.
    """
    if path.suffix not in PACKED or path.stat().st_size < SMALLEST:
        return {}
    content = path.read_bytes()
    return {
        path.with_name(f"{path.name}.gz"): gzip.compress(content, GZIP, mtime=0),
        path.with_name(f"{path.name}.br"): small(content, path.suffix),
    }


def version() -> str:
    """What changes when the same files could be compressed otherwise: with what is written here, and with what compresses."""
    libraries = f"{brotli.__version__} {zlib.ZLIB_RUNTIME_VERSION}"
    return hashlib.sha256(Path(__file__).read_bytes() + libraries.encode()).hexdigest()


def small(content: bytes, suffix: str) -> bytes:
    """``content`` of a file with the ``suffix``, as brotli compresses it here."""
    return bytes(brotli.compress(content, **(BEST if suffix in SHARED else GOOD)))
