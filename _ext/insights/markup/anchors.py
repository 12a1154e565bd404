"""The addresses of headings: made of their words, so that they stay when a footnote or another heading is added.

docutils numbers what it finds no name for, and MyST a second heading of the same words; one day a number leads elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docutils import nodes
from myst_parser.slugs import github_slugify
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

NUMBERED = re.compile(r"id\d+")


class HeadingAnchors(SphinxTransform):
    """Give each heading the address that MyST finds it by, before any other that it has; refuse those that could shift or clash.

    MyST adds its slugs at 700, and looks links up at 879.
    """

    default_priority = 710

    def apply(self) -> None:
        """Look at every heading of the text that has been read."""
        slugs = self.env.metadata[self.env.docname].get("myst_slugs", {})
        taken = page_ids(Path(self.app.confdir), tuple(self.config.templates_path))
        for section in self.document.findall(nodes.section):
            title, slug = section.next_node(nodes.title), section.get("slug")
            words = title.astext() if title else ""
            own = [name for name in section["ids"] if not NUMBERED.fullmatch(name) and name != slug]
            if slug in slugs:
                section["ids"] = [slug, *own]
                slugs[slug] = (slugs[slug][0], slug, slugs[slug][2])
                if slug != (plain := github_slugify(words)) and re.fullmatch(rf"{re.escape(plain)}-\d+", slug) and plain in slugs:
                    logger.error("the heading “%s” has the address #%s, as the one on line %s; word one of them otherwise",
                                 words, plain, slugs[plain][0], location=section)  # fmt: skip
            elif not own:
                logger.error("the heading “%s” has no letter to make an address of; word it otherwise", words, location=section)
            for name in sorted(taken & {*section["ids"]}):
                logger.error("#%s is a part of every page; word the heading “%s” otherwise", name, words, location=section)


def named_anchors(doctree: nodes.document) -> Iterator[str]:
    """What somebody may have linked to in a text: its headings and figures, by ids that are words."""
    for kind in (nodes.section, nodes.figure):
        for node in doctree.findall(kind):
            if not isinstance(node.parent, nodes.document):
                yield from (name for name in node["ids"] if not NUMBERED.fullmatch(name))


@cache
def page_ids(root: Path, folders: tuple[str, ...]) -> frozenset[str]:
    """The ids that templates write."""
    paths = (path for folder in folders for path in (root / folder).rglob("*.html"))
    return frozenset(name for path in paths for name in re.findall(r'\bid="([\w-]+)"', path.read_text(encoding="utf-8")))


def setup(app: Sphinx) -> None:
    """Look at the headings of every text."""
    app.add_transform(HeadingAnchors)
