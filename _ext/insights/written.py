"""The pages of a site as they were written, for what else is made of them: read again only where they were written again."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sphinx.application import Sphinx

from . import policy, stamps
from .folders import files
from .stamps import Kept, known

#: The file, beside the doctrees, that keeps what was found in each page.
KEPT = "written.pickle"


class Page(NamedTuple):
    """A page that was written: the digest of its content; the scripts that stand in it."""

    digest: str
    scripts: list[str]


def name(app: Sphinx, pagename: str) -> str:
    """The name of the file of a page."""
    return f"{app.builder.get_target_uri(pagename)}index.html"


def pages(out: Path, doctrees: Path) -> dict[str, Page]:
    """Every page in ``out`` by its name."""
    before: Kept[Page] = stamps.load(doctrees / KEPT)
    paths = {name: f"{out}/{name}" for name in files(out) if name.endswith(".html")}
    now = {path: known(path, before, partial(_page, Path(path))) for path in paths.values()}
    if now != before:
        stamps.keep(doctrees / KEPT, now)
    return {name: now[path][1] for name, path in paths.items()}


def _page(path: Path) -> Page:
    content = path.read_bytes()
    return Page(hashlib.sha256(content).hexdigest(), policy.inline_scripts(content.decode()))
