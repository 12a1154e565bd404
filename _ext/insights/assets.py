"""Style sheets and scripts: made small, named by their content, and linked only by the pages that use them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import rcssmin
import rjsmin
import sphinx_design
from docutils import nodes
from sphinx.application import Sphinx

FOLDER = "_static"
#: Scripts of ours are modules; that of sphinx-design is not, and asks for the element it stands in.
MODULES = {"insights.js", "search.js"}
#: On every page; on the page of the search; where an author uses components of sphinx-design, and tabs among them.
LINKED = SHEET, SCRIPT, SEARCH, DESIGN, TABS = (
    "insights.css", "insights.js", "search.js", "sphinx-design.min.css", "design-tabs.js",
)  # fmt: skip


@cache
def _small(path: Path, _changed: float) -> bytes:
    shrink = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}.get(path.suffix)
    return shrink(path.read_text(encoding="utf-8")).encode() if shrink else path.read_bytes()


def content(app: Sphinx, name: str) -> bytes:
    """What is published under ``name``: style sheets and scripts without spaces and comments, all else as it is."""
    own = Path(app.confdir) / FOLDER / name
    path = own if own.exists() else Path(sphinx_design.__file__).parent / "static" / name
    return _small(path, path.stat().st_mtime)


def address(app: Sphinx, name: str) -> str:
    """The path of a file from the root of the site; it changes with the content, so that a browser may keep it for ever."""
    return f"{FOLDER}/{name}?v={hashlib.sha256(content(app, name)).hexdigest()[:8]}"


def used(pagename: str, doctree: nodes.document | None) -> tuple[list[str], list[str]]:
    """The style sheets and scripts of a page, in the order of their loading."""
    classes = set[str]() if doctree is None else _components(doctree)
    sheets = [DESIGN, SHEET] if classes else [SHEET]
    scripts = [SCRIPT, *([TABS] if "sd-tab-set" in classes else []), *([SEARCH] if pagename == "search" else [])]
    return sheets, scripts


def _components(doctree: nodes.document) -> set[str]:
    """The classes of sphinx-design's components in a text, but for cards of essays and buttons, which our own sheet dresses."""
    found = set[str]()
    for node in doctree.findall(nodes.Element):
        classes: list[str] = node.get("classes", [])
        names = {name for name in classes if name.startswith("sd-")}
        if names and "sd-btn" not in names and not _in_essay_card(node):
            found |= names
    return found


def _in_essay_card(node: nodes.Node | None) -> bool:
    while node is not None:
        if isinstance(node, nodes.Element) and {"essay-card", "essay-cards"} & set(node.get("classes", [])):
            return True
        node = node.parent
    return False


def write(app: Sphinx) -> set[Path]:
    """Write the files that pages link, and the pictures beside them, in the place of what Sphinx has copied; what it wrote."""
    folder = Path(app.outdir) / FOLDER
    pictures = {path.name for path in (Path(app.confdir) / FOLDER).iterdir() if path.suffix in {".svg", ".png"}}
    written = set()
    for name in {*LINKED, *pictures}:
        (folder / name).write_bytes(content(app, name))
        written.add(folder / name)
    return written
