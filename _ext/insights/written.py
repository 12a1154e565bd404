"""The pages of a site as they were written, for what else is made of them: read again only where they were written again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from . import policy
from .folders import files, put

#: The file, beside the doctrees, that keeps what was found in each page.
KEPT = "written.json"


class Page(NamedTuple):
    """A page that was written: when, in nanoseconds, and how many bytes; their digest; the scripts that stand in it."""

    time: int
    size: int
    digest: str
    scripts: list[str]


def pages(out: Path, doctrees: Path) -> dict[str, Page]:
    """Every page in ``out`` by its name."""
    kept = doctrees / KEPT
    before = json.loads(kept.read_text()) if kept.exists() else {}
    now = {name: _page(out / name, before.get(name)) for name in files(out) if name.endswith(".html")}
    put(kept, json.dumps(now).encode())
    return now


def _page(path: Path, before: list[object] | None) -> Page:
    status = path.stat()
    if before and before[:2] == [status.st_mtime_ns, status.st_size]:
        return Page(*before)  # type: ignore[arg-type]
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Page(status.st_mtime_ns, status.st_size, digest, policy.inline_scripts(content.decode()))
