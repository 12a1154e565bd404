"""What no text may hold: HTML (unless conf.py allows it), files from outside the publication, blocks nested too deep to read."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin

from docutils import nodes
from docutils.utils import get_source_line
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from insights.addresses import parts_of, refused_scheme, scheme_of
from insights.source import essay_slug, refusal

from .links import SITE_LINKS, SiteLink, allowed_schemes
from .patience import UNREAD
from .raw_html import AllowedHtml, html_problem

logger = logging.getLogger(__name__)

#: The HTML that Markdown itself makes: line breaks.
OWN_HTML = frozenset({"<br />\n", "\\\\\n"})
#: How deep lists, quotes and boxes may be nested. The Markdown parser silently drops what is deeper than twenty, where a list
#: counts twice, and Python's recursion limit is reached by fences a little deeper.
DEEPEST = 8
CONTAINERS = (nodes.block_quote, nodes.list_item, nodes.definition, nodes.Admonition, nodes.container, nodes.footnote)
#: Of sphinx-design's containers, those that are a box each; the others are parts of one.
DESIGN_BOXES = {"card", "grid-item", "tab-item", "dropdown", "aside", "div"}
#: A directive around so many others; a row of marks alone may be part of code.
MANY = DEEPEST + 4
FENCE = re.compile(rf"^[ >]*(?::{{{MANY},}}[ \t]*[\w{{]|(?:`{{{MANY},}}|~{{{MANY},}})[ \t]*\{{)", re.MULTILINE)
#: The longest line, in characters. Patterns look for the end of what begins in a line, and may do so at each of its characters.
WIDEST = 10_000
#: In reStructuredText every space of an indent may be a level.
INDENTED = re.compile(r"^ {80}", re.MULTILINE)
NESTED = f"are nested more than {DEEPEST} deep; turn the innermost into paragraphs"


def forbid_raw(app: Sphinx) -> None:
    """Let no directive write HTML; docutils reports those that try, with file and line."""
    app.env.settings |= {"raw_enabled": False}


def check_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Report fences, or indents in reStructuredText, that are nested so deep that parsing would fail, and endless lines.

    The text is cut off there.
    """
    text = source[0]
    if deep := FENCE.search(text) or ("{eval-rst}" in text and INDENTED.search(text)):
        _report((docname, text.count("\n", 0, deep.start()) + 1), f"blocks {NESTED}")
        source[0] = text = text[: deep.start()]
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > WIDEST:
            _report((docname, number), f"a line of {len(line):,} characters; allowed are {WIDEST:,}: break it")
            source[0] = "\n".join(text.split("\n")[: number - 1])
            app.env.current_document[UNREAD] = True
            return


def check_text(app: Sphinx, doctree: nodes.document) -> None:
    """Report what the text that has been read must not hold, and remove what would break the rest of the build."""
    docname = app.env.docname
    _check_html(app, doctree, allowed=essay_slug(docname) in app.config.insights_html)
    for meta in doctree.findall(nodes.meta):
        _report(meta, "metadata for the head of the page; remove it, since the page takes its metadata from the front matter")
    schemes = allowed_schemes(app)
    for reference in doctree.findall(nodes.reference):
        url = reference.get("refuri", "")
        parts = parts_of(url)
        if refused_scheme(url, schemes):
            _report(reference, f"a link to {_short(url)}; allowed are {', '.join(schemes)} and files of the publication")
        elif scheme_of(url) and parts.path == url:
            _report(reference, f"a link to {_short(url)}, whose host is none; correct it")
        elif parts.netloc and not parts.scheme:
            _report(reference, f"a link to {_short(url)}, which has no scheme; write {_short(f'https:{url}')}")
    for node, name in list(_files(app, docname, doctree)):
        path = Path(app.srcdir, name)
        if path.exists() and (why := refusal(Path(app.srcdir), Path(app.env.doc2path(docname)), path)):
            _report(node, f"{name} {why}")
            # The file may be a device that never ends, so the build must not even copy it.
            node.parent.remove(node)
            app.env.images.pop(name, None)
            app.env.dlfiles.pop(Path(name), None)
    for node in [node for node in doctree.findall(nodes.Element) if isinstance(node, CONTAINERS)]:
        if _depth(node) == DEEPEST + 1:
            _report(node, f"lists, quotes and boxes {NESTED}")
            node.clear()


def _check_html(app: Sphinx, doctree: nodes.document, *, allowed: bool) -> None:
    """Report HTML that no text can have or, where HTML is allowed, what the policy of the page blocks, and what is not there."""
    opened: set[str] = set()
    for raw in doctree.findall(nodes.raw):
        html = raw.astext()
        closing = re.fullmatch(r"</([\w-]+)\s*>", html.strip())
        # The end of an element follows from its beginning.
        if html not in OWN_HTML and not (closing and closing[1] in opened):
            opened |= set(re.findall(r"<([\w-]+)", html))
            for problem in _allowed_html(app, doctree, raw) if allowed else [html_problem(html)]:
                _report(raw, problem)


def _allowed_html(app: Sphinx, doctree: nodes.document, raw: nodes.raw) -> Iterator[str]:
    """What is wrong with HTML that conf.py allows; the files that it names are published, and its links to pages noted."""
    docname, html, schemes = app.env.docname, AllowedHtml(raw.astext()), allowed_schemes(app)
    yield from html.problems
    for address in html.files:
        if problem := _publish_file(app, docname, address):
            yield problem
    for link in html.links:
        parts = parts_of(link)
        path, anchor = unquote(parts.path), unquote(parts.fragment)
        if scheme_of(link) or parts.netloc:
            if refused_scheme(link, schemes):
                yield f"a link to {_short(link)}; allowed are {', '.join(schemes)} and files of the publication"
        elif not path:
            if anchor and anchor not in doctree.ids and anchor not in app.env.metadata[docname].get("myst_slugs", {}):
                yield f"no anchor '#{anchor}' in this text"
        elif path.endswith("/") or _publish_file(app, docname, path):
            # It is no file beside the text, so that it has to be a page, which the complete site has or has not.
            place = urljoin(f"/{app.builder.get_target_uri(docname)}", path)
            found = app.env.metadata[docname].setdefault(SITE_LINKS, [])
            found.append(SiteLink(link, place.lstrip("/"), anchor, get_source_line(raw)[1] or 1))


def _publish_file(app: Sphinx, docname: str, address: str) -> str:
    """Publish the file at an ``address`` in HTML of a text; what is wrong with it, or nothing."""
    name, path = app.env.relfn2path(unquote(address.partition("?")[0]), docname)
    app.env.note_dependency(name)
    if Path(path).exists() and (why := refusal(Path(app.srcdir), Path(app.env.doc2path(docname)), Path(path))):
        return f"{name} {why}"
    if not Path(path).is_file():
        return f"no file {address!r}; add the file, or write its path relative to this text"
    app.env.dlfiles.add_file(docname, name)
    return ""


def _files(app: Sphinx, docname: str, doctree: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """The images and downloads of a text, each with its path from the root."""
    for image in doctree.findall(nodes.image):
        candidates: dict[str, str] = image.get("candidates", {})
        yield from ((image, path) for path in candidates.values() if "://" not in path)
    for download in doctree.findall(addnodes.download_reference):
        if "://" not in download["reftarget"]:
            yield download, app.env.relfn2path(download["reftarget"], docname)[0]


def _depth(node: nodes.Node | None) -> int:
    """In how many lists, quotes and boxes ``node`` is, including itself. A component of sphinx-design is several containers."""
    if node is None:
        return 0
    counts = isinstance(node, CONTAINERS) and node.get("design_component", "div") in DESIGN_BOXES
    return counts + _depth(node.parent)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else f"{text[:59]}…")


def _report(where: nodes.Node | tuple[str, int], message: str) -> None:
    logger.error("%s", message, location=where)


def setup(app: Sphinx) -> None:
    """Check each text before and after it is read."""
    app.connect("builder-inited", forbid_raw)
    app.connect("source-read", check_source)
    app.connect("doctree-read", check_text, priority=700)  # after Sphinx has collected the files that the text names
