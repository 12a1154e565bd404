"""The pages of a site as they were written, for what else is made of them: read again only where they were written again."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import NamedTuple

from insights.cache import FileCache, file_names, load_file_cache, save_file_cache, unless_changed
from insights.csp import inline_scripts

#: The file, beside the doctrees, that keeps what was found in each page.
KEPT = "written.pickle"


class PageDigest(NamedTuple):
    """A page that was written: the digest of its content; the scripts that stand in it."""

    digest: str
    scripts: list[str]


def page_digests(out: Path, doctrees: Path) -> dict[str, PageDigest]:
    """Every page in ``out`` by its name."""
    before: FileCache[PageDigest] = load_file_cache(doctrees / KEPT)
    paths = {name: f"{out}/{name}" for name in file_names(out) if name.endswith(".html")}
    now = {path: unless_changed(path, before, partial(_page, Path(path))) for path in paths.values()}
    if now != before:
        save_file_cache(doctrees / KEPT, now)
    return {name: now[path][1] for name, path in paths.items()}


def _page(path: Path) -> PageDigest:
    content = path.read_bytes()
    return PageDigest(hashlib.sha256(content).hexdigest(), inline_scripts(content.decode()))


def scripts_of(site: Path) -> set[str]:
    """The scripts that stand in the pages of a built site, from the files as they were written."""
    pages = [site / name for name in file_names(site) if name.endswith(".html")]
    return {text for page in pages for text in inline_scripts(page.read_text(encoding="utf-8"))}
