"""Style sheets and scripts: minified, addressed by a hash of their content, and linked only by the pages that use them."""

import hashlib
import re
from functools import cache
from pathlib import Path

import rcssmin
import rjsmin
import sphinx.search
import sphinx_design
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from insights.palette import light_dark

#: The style sheets and scripts of a page, by their addresses; of a script, whether it is a module.
Assets = tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]
STATIC = "_static"
#: Our scripts are modules. That of sphinx-design is not: it looks for its own script element.
MODULES = {"insights.js", "search.js"}
#: The first two are on every page, the third on the search page, the last two where a text uses sphinx-design, or its tabs.
LINKED_ASSETS = SHEET, SCRIPT, SEARCH, DESIGN, TABS = (
    "insights.css", "insights.js", "search.js", "sphinx-design.min.css", "design-tabs.js",
)  # fmt: skip
#: Our styles for those components; published at the end of sphinx-design's sheet.
DESIGN_STYLES = "design.css"
#: The key in the metadata of a text for those of the last two that its page loads.
NEEDED = "insights_assets"
#: Scripts of Sphinx published at the start of one of ours: the search stems words as its index does.
PREPENDED = {SEARCH: ("base-stemmer.js", "porter-stemmer.js")}
#: What the build joins into our sheets, in ``_static/``: published in them, and not by itself.
SHEET_SOURCES = ("insights/", DESIGN_STYLES)
#: In a style sheet, what the build replaces: by a section of the sheet, and by a colour.
IMPORT, COLOUR = re.compile(r'@import "(.+?)";'), re.compile(r"palette\(([\w-]+)\)")


def _minified(path: Path) -> bytes:
    """A file without spaces and comments if it is a style sheet or a script, else as it is."""
    if path.suffix not in {".css", ".js"}:
        return path.read_bytes()
    text: str = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        text = rjsmin.jsmin(text, keep_bang_comments=True)
    else:
        text = IMPORT.sub(lambda section: (path.parent / section[1]).read_text(encoding="utf-8"), text)
        text = rcssmin.cssmin(COLOUR.sub(lambda colour: light_dark(colour[1]), text))
    return text.encode()


@cache
def content(app: Sphinx, name: str) -> bytes:
    """The content of the published file ``name``, read once a build."""
    ours, theirs = Path(app.confdir) / STATIC, Path(sphinx_design.__file__).parent / "static"
    paths = {DESIGN: [theirs / DESIGN, ours / DESIGN_STYLES], TABS: [theirs / TABS]}.get(name, [ours / name])
    stemmers = Path(sphinx.search.__file__).parent / "minified-js"
    return b"\n".join(map(_minified, [*(stemmers / part for part in PREPENDED.get(name, ())), *paths]))


@cache
def address(app: Sphinx, name: str) -> str:
    """The path of a file from the root of the site. It changes with the content, so that browsers may cache it for ever."""
    return f"{STATIC}/{name}?v={hashlib.sha256(content(app, name)).hexdigest()[:8]}"


def store_needed(app: Sphinx, doctree: nodes.document) -> None:
    """Store which assets the sphinx-design components of a text need. Buttons need none: our own sheet styles them."""
    components = set[str]()
    for node in doctree.findall(nodes.Element):
        classes: list[str] = [*node.get("classes", []), *(["sd-"] if "design_component" in node else [])]
        if "sd-btn" not in classes:
            components |= {name for name in classes if name.startswith("sd-")}
    if components:
        app.env.metadata[app.env.docname][NEEDED] = [DESIGN, *([TABS] if "sd-tab-set" in components else [])]


def linked(app: Sphinx, docname: str) -> Assets:
    """The style sheets and scripts of a page, in the order in which they load."""
    names = [*_needed(app.env, docname), SHEET, *([SEARCH] if docname == "search" else [])]
    sheets = tuple(address(app, name) for name in names if name.endswith(".css"))
    return sheets, tuple((address(app, name), name in MODULES) for name in [SCRIPT, *names] if name.endswith(".js"))


def _needed(env: BuildEnvironment, docname: str) -> list[str]:
    needed: list[str] = env.metadata.get(docname, {}).get(NEEDED, [])
    return needed


def unlinked(app: Sphinx) -> set[str]:
    """Of the assets that only some pages link, those that none does."""
    return {DESIGN, TABS}.difference(*(_needed(app.env, docname) for docname in app.env.found_docs))


def write_assets(app: Sphinx) -> set[str]:
    """Write the files that pages link and we make. Return their names."""
    needed = {name for docname in app.env.found_docs for name in _needed(app.env, docname)}
    names = {SHEET, SCRIPT, SEARCH, *needed}
    for name in names:
        Path(app.outdir, STATIC, name).write_bytes(content(app, name))
    return {f"{STATIC}/{name}" for name in names}
