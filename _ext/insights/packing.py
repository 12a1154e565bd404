"""Copies of every text file as servers send them, compressed once at publication and as far as it goes."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli

#: What is worth it: text, from the size at which it takes fewer packets.
PACKED = frozenset({".html", ".xml", ".json", ".js", ".css", ".svg", ".csv", ".py", ".txt"})
SMALLEST = 1000


def pack(site: Path, before: Path) -> None:
    """Write ``.gz`` and ``.br`` beside each file of ``site``; what is the same in ``before``, an older site, is taken from there.

    The same bytes in give the same bytes out: a gzip header without a time, and the highest quality of both.
    """
    for path in sorted(site.rglob("*")):
        if path.suffix not in PACKED or path.stat().st_size < SMALLEST:
            continue
        content = path.read_bytes()
        old = before / path.relative_to(site)
        packed = _packed_before(old, content) or (gzip.compress(content, 9, mtime=0), brotli.compress(content))
        for name, small in zip((".gz", ".br"), packed, strict=True):
            path.with_name(path.name + name).write_bytes(small)


def _packed_before(old: Path, content: bytes) -> tuple[bytes, bytes] | None:
    try:
        if old.read_bytes() != content:
            return None
        return old.with_name(f"{old.name}.gz").read_bytes(), old.with_name(f"{old.name}.br").read_bytes()
    except OSError:  # a new file, or a site from before there were copies
        return None
