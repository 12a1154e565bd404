"""Style sheets and scripts: minified, addressed by a hash of their content, and linked only by the pages that use them."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import rcssmin
import rjsmin
import sphinx.search
import sphinx_design
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from insights.palette import Colour, chosen_colours, light_dark
from insights.settings import css_variables

from .theme_styles import theme_styles

#: The style sheets and scripts of a page, by their addresses; of a script, whether it is a module.
Assets = tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]
STATIC = "_static"
#: Our scripts are modules. That of sphinx-design is not: it looks for its own script element.
MODULES = {"insights.js", "search.js"}
#: The first two are on every page, the third on the search page, the next two where a text uses sphinx-design, or its tabs, and
#: the last where it has anything that few texts have.
LINKED_ASSETS = SHEET, SCRIPT, SEARCH, DESIGN, TABS, UNCOMMON = (
    "insights.css", "insights.js", "search.js", "sphinx-design.min.css", "design-tabs.js", "uncommon.css",
)  # fmt: skip
#: Our styles for those components; published at the end of sphinx-design's sheet.
DESIGN_STYLES = "design.css"
#: The key in the metadata of a text for those of the last three that its page loads.
NEEDED = "insights_assets"
#: Scripts of Sphinx published at the start of one of ours: the search stems words as its index does.
PREPENDED = {SEARCH: ("base-stemmer.js", "porter-stemmer.js")}
#: What the build joins into our sheets, in ``_static/``: published in them, and not by itself.
SHEET_SOURCES = ("insights/", DESIGN_STYLES)
#: The extensions that the publication is made of.
HOUSE = {"insights_speed", "ablog", "myst_parser", "sphinx_design", "sphinxcontrib.bibtex", "insights"}
#: What needs the style sheet for what few texts have: kinds of nodes, classes, and attributes that align.
UNCOMMON_NODES = (
    nodes.line_block, nodes.field_list, nodes.option_list, nodes.classifier, nodes.sidebar, addnodes.desc, addnodes.hlist,
    addnodes.versionmodified, addnodes.centered,
)  # fmt: skip
UNCOMMON_CLASSES = {
    "epigraph", "pull-quote", "highlights", "only-light", "only-dark", "sized", "fit", "guilabel", "menuselection",
}  # fmt: skip
#: The classes of the button that our own sheet styles.
OWN_BUTTON = {"sd-sphinx-override", "sd-btn", "sd-btn-primary", "sd-text-wrap"}
#: In the sheet for what few texts have, what the build replaces by a rule for each share of the column.
SHARES_HERE, SHARES = ".w- {}", "".join(f".w-{n}{{--w:{n}}}" for n in range(1, 101))
#: In a style sheet, what the build replaces: by a section of the sheet, and by a colour.
IMPORT, COLOUR = re.compile(r'@import "(.+?)";'), re.compile(r"palette\(([\w-]+)\)")


def _minified(path: Path, colours: Mapping[str, Colour]) -> bytes:
    """A file without spaces and comments if it is a style sheet or a script, else as it is. ``colours``: those of the site."""
    if path.suffix not in {".css", ".js"}:
        return path.read_bytes()
    text: str = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        text = rjsmin.jsmin(text, keep_bang_comments=True)
    else:
        text = IMPORT.sub(lambda section: (path.parent / section[1]).read_text(encoding="utf-8"), text)
        text = text.replace(SHARES_HERE, SHARES)
        text = rcssmin.cssmin(COLOUR.sub(lambda colour: light_dark(colours[colour[1]]), text))
    return text.encode()


@cache
def content(app: Sphinx, name: str) -> bytes:
    """The content of the published file ``name``, read once a build."""
    ours, theirs = Path(app.confdir) / STATIC, Path(sphinx_design.__file__).parent / "static"
    paths = {DESIGN: [theirs / DESIGN, ours / DESIGN_STYLES], TABS: [theirs / TABS]}.get(name, [ours / name])
    stemmers = Path(sphinx.search.__file__).parent / "minified-js"
    colours = chosen_colours(*css_variables(app.config))
    parts = [_minified(path, colours) for path in [*(stemmers / part for part in PREPENDED.get(name, ())), *paths]]
    if name == SHEET and (styles := theme_styles(app, aliases=has_additions(app))):
        parts.append(rcssmin.cssmin(styles).encode())
    return b"\n".join(parts)


def has_additions(app: Sphinx) -> bool:
    """Whether conf.py has extensions, style sheets or scripts that are not ours."""
    return bool({*app.config.extensions} - HOUSE or app.config.html_css_files or app.config.html_js_files)


@cache
def address(app: Sphinx, name: str) -> str:
    """The path of a file from the root of the site. It changes with the content, so that browsers may cache it for ever."""
    return f"{STATIC}/{name}?v={hashlib.sha256(content(app, name)).hexdigest()[:8]}"


def store_needed(app: Sphinx, doctree: nodes.document) -> None:
    """Store which assets a text needs: for sphinx-design's components, except plain buttons, and for what few texts have."""
    components, uncommon = set[str](), False
    for node in doctree.findall(nodes.Element):
        classes: list[str] = [*node.get("classes", []), *(["sd-"] if "design_component" in node else [])]
        named = {name for name in classes if name.startswith("sd-")}
        if "sd-btn" not in named or not named <= OWN_BUTTON:
            components |= named
        uncommon = uncommon or _is_uncommon(node)
    design = [DESIGN] if components else []
    tabs = [TABS] if "sd-tab-set" in components else []
    if needed := [*design, *tabs, *([UNCOMMON] if uncommon else [])]:
        app.env.metadata[app.env.docname][NEEDED] = needed


def _is_uncommon(node: nodes.Element) -> bool:
    if isinstance(node, nodes.literal_block):
        return "hl_lines" in node.get("highlight_args", ())
    if isinstance(node, nodes.image | nodes.figure | nodes.table) and node.get("align", "default") != "default":
        return True
    return isinstance(node, UNCOMMON_NODES) or not UNCOMMON_CLASSES.isdisjoint(node.get("classes", ()))


def linked(app: Sphinx, docname: str) -> Assets:
    """The style sheets and scripts of a page, in the order in which they load."""
    needed = _needed(app.env, docname)
    after = [UNCOMMON] if UNCOMMON in needed else []  # its rules come after those of our own sheet
    names = [*(name for name in needed if name != UNCOMMON), SHEET, *after, *([SEARCH] if docname == "search" else [])]
    sheets = tuple(address(app, name) for name in names if name.endswith(".css"))
    return sheets, tuple((address(app, name), name in MODULES) for name in [SCRIPT, *names] if name.endswith(".js"))


def _needed(env: BuildEnvironment, docname: str) -> list[str]:
    needed: list[str] = env.metadata.get(docname, {}).get(NEEDED, [])
    return needed


def unlinked(app: Sphinx) -> set[str]:
    """Of the assets that only some pages link, those that none does."""
    return {DESIGN, TABS, UNCOMMON}.difference(*(_needed(app.env, docname) for docname in app.env.found_docs))


def write_assets(app: Sphinx) -> set[str]:
    """Write the files that pages link and we make. Return their names."""
    needed = {name for docname in app.env.found_docs for name in _needed(app.env, docname)}
    names = {SHEET, SCRIPT, SEARCH, *needed}
    for name in names:
        Path(app.outdir, STATIC, name).write_bytes(content(app, name))
    return {f"{STATIC}/{name}" for name in names}
