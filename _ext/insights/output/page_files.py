"""The pages of a site as they were written, for what is made of them; a page is read again only if it was written again."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from insights.cache import Store, file_names
from insights.csp import inline_scripts


class PageFile(NamedTuple):
    """A page as it was written: the digest of its content, and the scripts in it."""

    digest: str
    scripts: list[str]


def page_files(out: Path, store: Store) -> dict[str, PageFile]:
    """Every page in ``out``, by the name of its file."""
    names = [name for name in file_names(out) if name.endswith(".html")]
    pages = store.by_file("pages", [f"{out}/{name}" for name in names], _page_file)
    return {name: pages[f"{out}/{name}"] for name in names}


def _page_file(path: str) -> PageFile:
    content = Path(path).read_bytes()
    return PageFile(hashlib.sha256(content).hexdigest(), inline_scripts(content.decode()))


def scripts_of(site: Path) -> set[str]:
    """The scripts in the pages of a built site."""
    pages = [site / name for name in file_names(site) if name.endswith(".html")]
    return {script for page in pages for script in inline_scripts(page.read_text(encoding="utf-8"))}
