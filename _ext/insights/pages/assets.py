"""Style sheets and scripts: made small, named by their content, and linked only by the pages that use them."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path

import rcssmin
import rjsmin
import sphinx.search
import sphinx_design
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

STATIC = "_static"
#: Scripts of ours are modules; that of sphinx-design is not, and asks for the element it stands in.
MODULES = {"insights.js", "search.js"}
#: On every page; on the page of the search; where an author uses components of sphinx-design, and tabs among them.
LINKED_ASSETS = SHEET, SCRIPT, SEARCH, DESIGN, TABS = (
    "insights.css", "insights.js", "search.js", "sphinx-design.min.css", "design-tabs.js",
)  # fmt: skip
#: What we say of those components; it is published at the end of their own sheet.
OURS = "design.css"
#: In the metadata of a text: which of the last two its page loads.
NEEDED = "insights_assets"
#: What stands above a script of ours: for the search, the stemmer of its index, as Sphinx brings it for browsers.
ABOVE = {SEARCH: ("base-stemmer.js", "porter-stemmer.js")}


@cache
def _small(path: Path, _changed: float) -> bytes:
    shrink = {".css": rcssmin.cssmin, ".js": partial(rjsmin.jsmin, keep_bang_comments=True)}.get(path.suffix)
    return shrink(path.read_text(encoding="utf-8")).encode() if shrink else path.read_bytes()


def content(app: Sphinx, name: str) -> bytes:
    """What is published under ``name``: style sheets and scripts without spaces and comments, all else as it is."""
    ours, theirs = Path(app.confdir) / STATIC, Path(sphinx_design.__file__).parent / "static"
    paths = {DESIGN: [theirs / DESIGN, ours / OURS], TABS: [theirs / TABS]}.get(name, [ours / name])
    above = [Path(sphinx.search.__file__).parent / "minified-js" / part for part in ABOVE.get(name, ())]
    return b"\n".join(_small(path, path.stat().st_mtime) for path in (*above, *paths))


def address(app: Sphinx, name: str) -> str:
    """The path of a file from the root of the site; it changes with the content, so that a browser may keep it for ever."""
    return f"{STATIC}/{name}?v={hashlib.sha256(content(app, name)).hexdigest()[:8]}"


def note(app: Sphinx, doctree: nodes.document) -> None:
    """Note whether a text has components of sphinx-design, but for buttons, which our own sheet dresses; and tabs among them."""
    found = set[str]()
    for node in doctree.findall(nodes.Element):
        classes: list[str] = [*node.get("classes", []), *(["sd-"] if "design_component" in node else [])]
        if "sd-btn" not in classes:
            found |= {name for name in classes if name.startswith("sd-")}
    if found:
        app.env.metadata[app.env.docname][NEEDED] = [DESIGN, *([TABS] if "sd-tab-set" in found else [])]


def used(env: BuildEnvironment, pagename: str) -> tuple[list[str], list[str]]:
    """The style sheets and scripts of a page, in the order of their loading."""
    linked = [*_needed(env, pagename), SHEET, *([SEARCH] if pagename == "search" else [])]
    return [name for name in linked if name.endswith(".css")], [SCRIPT, *(name for name in linked if name.endswith(".js"))]


def _needed(env: BuildEnvironment, pagename: str) -> list[str]:
    needed: list[str] = env.metadata.get(pagename, {}).get(NEEDED, [])
    return needed


def write_assets(app: Sphinx) -> set[str]:
    """Write the files that pages link, and the pictures beside them, in the place of what Sphinx has copied; their names."""
    pictures = {path.name for path in (Path(app.confdir) / STATIC).iterdir() if path.suffix in {".svg", ".png"}}
    needed = {name for pagename in app.env.found_docs for name in _needed(app.env, pagename)}
    written = {f"{STATIC}/{name}": content(app, name) for name in {SHEET, SCRIPT, SEARCH, *needed, *pictures}}
    for path, file in written.items():
        Path(app.outdir, path).write_bytes(file)
    return set(written)


def setup(app: Sphinx) -> None:
    """Note what each text uses."""
    app.connect("doctree-read", note)
