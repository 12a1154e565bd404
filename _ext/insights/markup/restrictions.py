"""What no text may hold, whoever wrote it: HTML unless conf.py lets it, files from elsewhere, nesting that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from insights.source import essay_slug

logger = logging.getLogger(__name__)

#: What Markdown itself becomes: a line that is broken, words that are struck out.
HARMLESS = frozenset({"<br />\n", "\\\\\n", "<s>", "</s>"})
#: Where a link may lead: to pages, and to a letter.
SCHEMES = frozenset({"", "http", "https", "mailto"})
#: How deep lists, quotes and boxes may stand in each other. The reader of Markdown leaves out what is deeper than twenty, where
#: a list counts twice, and says nothing; Python gives up on fences in fences a little later.
DEEPEST = 8
CONTAINERS = (nodes.block_quote, nodes.list_item, nodes.definition, nodes.Admonition, nodes.container, nodes.footnote)
FENCE = re.compile(rf"^[ >]*(?::{{{DEEPEST + 4}}}|`{{{DEEPEST + 4}}}|~{{{DEEPEST + 4}}})", re.MULTILINE)
#: In reStructuredText every further space may be a level.
INDENTED = re.compile(r"^ {80}", re.MULTILINE)


def forbid_inclusion(app: Sphinx) -> None:
    """Let no directive put a file, or HTML, into a text; docutils says so with file and line."""
    app.env.settings |= {"file_insertion_enabled": False, "raw_enabled": False}


def check_fences(app: Sphinx, docname: str, source: list[str]) -> None:
    """Leave out what stands in fences, or in reStructuredText, so deep that reading it would fail."""
    if found := FENCE.search(source[0]) or ("{eval-rst}" in source[0] and INDENTED.search(source[0])):
        line = source[0].count("\n", 0, found.start()) + 1
        _say((docname, line), f"blocks in blocks, more than {DEEPEST} deep; make paragraphs of the innermost")
        source[0] = source[0][: found.start()]


def check_text(app: Sphinx, doctree: nodes.document) -> None:
    """Report what a text must not hold."""
    docname = app.env.docname
    for raw in doctree.findall(nodes.raw):
        if (html := raw.astext()).startswith("<!--"):
            _say(raw, f"a comment that would be published: {_short(html)}; begin the line with % and it is not")
        elif html not in HARMLESS and essay_slug(docname) not in app.config.insights_html:
            _say(raw, f"HTML: {_short(html)}; write it in Markdown, or let this essay have it: insights_html in conf.py")
    for meta in doctree.findall(nodes.meta):
        _say(meta, "a directive for the head of the page; take it out, for the header says all that belongs there")
    for reference in doctree.findall(nodes.reference):
        if urlsplit(reference.get("refuri", "")).scheme.lower() not in SCHEMES:
            allowed = ", ".join(sorted(SCHEMES - {""}))
            _say(reference, f"a link to {_short(reference['refuri'])}; allowed are {allowed} and files of the publication")
        if reference.get("refuri", "").startswith(app.config.html_baseurl) and not Path(reference["refuri"]).suffix:
            _say(reference, f"a link to {_short(reference['refuri'])}, a page of ours; write its file, /essays/SLUG/index.md")
    root = Path(app.srcdir).resolve()
    for node, name in list(_files(app, docname, doctree)):
        if not (root / name).resolve().is_relative_to(root):
            _say(node, f"{name} is no file of the publication; copy it beside the text")
            # A device has no end, so that it is not even to be copied.
            node.parent.remove(node)
            for noted in (app.env.images, app.env.dlfiles):
                noted.pop(name, None)  # type: ignore[call-overload] # their keys are strings, whatever their types say
    for depth, node in _depths(doctree):
        if depth == DEEPEST + 1:
            _say(node, f"lists, quotes and boxes more than {DEEPEST} deep; make paragraphs of the innermost")
            node.clear()


def _files(app: Sphinx, docname: str, doctree: nodes.document) -> Iterator[tuple[nodes.Element, str]]:
    """The files that a text shows or offers, from the root."""
    for image in doctree.findall(nodes.image):
        candidates: dict[str, str] = image.get("candidates", {})
        yield from ((image, path) for path in candidates.values() if "://" not in path)
    for download in doctree.findall(addnodes.download_reference):
        if "://" not in download["reftarget"]:
            yield download, app.env.relfn2path(download["reftarget"], docname)[0]


def _depths(doctree: nodes.document) -> Iterator[tuple[int, nodes.Element]]:
    """Every list item, quote and box, with how many of them it stands in, itself included."""
    pending: list[tuple[int, nodes.Element]] = [(0, doctree)]
    while pending:
        depth, node = pending.pop()
        if isinstance(node, CONTAINERS):
            depth += 1
            yield depth, node
        pending += [(depth, child) for child in node.children if isinstance(child, nodes.Element)]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else f"{text[:59]}…")


def _say(where: nodes.Node | tuple[str, int], what: str) -> None:
    logger.error("%s", what, location=where)


def setup(app: Sphinx) -> None:
    """Look at each text when it is read."""
    app.connect("builder-inited", forbid_inclusion)
    app.connect("source-read", check_fences)
    app.connect("doctree-read", check_text, priority=700)  # once Sphinx has found the files that the text names
