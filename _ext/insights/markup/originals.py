"""Links of a text that appeared elsewhere first: what this site has not, they find on the site of the original.

The field ``original`` of the front matter says where that is. A link is resolved against it as a browser does on that page. What
this site has always wins, and a link that only this site can have meant stays an error.
"""

import difflib
import re
from collections.abc import Set
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from docutils import nodes
from markdown_it.common.normalize_url import normalizeLink
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from insights.source import ESSAYS_FOLDER

from .attachments import ORIGINAL, found_file

#: The key in the metadata of a text for what this site has where its links lead.
PLACES = "insights_places"
#: Addresses that the build makes of no text.
GENERATED = frozenset({"search", "atom.xml", "rss.xml", "feed.json", "sitemap.xml", "robots.txt"})
#: What is no address on the site of the original, but the mark of a program, or the name of a source.
NO_ADDRESS = re.compile(r"[a-z][\w+.-]*:|//|www\.|@/|.*[{}]|[^#?]*\.(?:md|mdx|markdown|rst|ipynb)(?:[#?]|$)", re.IGNORECASE)


def text_at(env: BuildEnvironment, path: str) -> str | None:
    """The text at a path from the root, as a file or as an address."""
    path = path.strip("/")
    names = (path.removesuffix(".md"), f"{path}/index", path.removesuffix("index.html") + "index")
    return next((name for name in names if name.strip("/") in env.found_docs), None) if path else env.config.root_doc


def place_at(env: BuildEnvironment, path: str) -> str:
    """What this site has at a path from the root: a text, a file, or a page that no text becomes; empty if it has nothing."""
    if text := text_at(env, path):
        return text
    root, name = Path(env.srcdir), path.strip("/")
    extra = (root / folder / name for folder in env.config.html_extra_path)
    moved = {old.strip("/") for old in env.config.insights_redirects}
    there = name in GENERATED | moved or any(file.is_file() for file in (root / name, *extra))
    return name if there else ""


def places_changed(env: BuildEnvironment, docname: str) -> bool:
    """Whether this site has other things than before where the links of a text lead."""
    return any(place_at(env, path) != place for path, place in env.metadata[docname].get(PLACES, ()))


def original_address(transform: SphinxTransform, written: str, path: str) -> str:
    """The address of what a link has ``written`` on the site of the original, or nothing if it has to lead to this site.

    ``path``: from the root of this site, where the link leads here.
    """
    env = transform.env
    metadata = env.metadata[env.docname]
    if not (original := metadata.get(ORIGINAL)) or NO_ADDRESS.match(written) or found_file(env, env.docname, written):
        return ""
    if path:
        place = place_at(env, path)
        metadata.setdefault(PLACES, []).append((path, place))
        if place or urlsplit(written).path.startswith(f"/{ESSAYS_FOLDER}/"):
            return ""
    return normalizeLink(urljoin(original, written))


def original_anchor(transform: SphinxTransform, anchor: str, names: Set[str]) -> str:
    """The address of an anchor on the page of its original; nothing if the text has it among its ``names``, or nearly."""
    if anchor in names or difflib.get_close_matches(anchor, names, 1, 0.8):
        return ""
    return original_address(transform, f"#{anchor}", "")


def lead_to_original(node: nodes.Element, address: str) -> None:
    """Make a link lead to the site of the original."""
    words = node[0].children if len(node) == 1 and isinstance(node[0], nodes.inline) and not node[0]["ids"] else node.children
    link = nodes.reference("", "", *(words or [nodes.Text(unquote(address))]), refuri=address, classes=node["classes"])
    link.source, link.line = node.source, node.line
    link.attributes |= {key: node[key] for key in ("reftitle", "ids", "names") if node.get(key)}
    node.replace_self(link)
