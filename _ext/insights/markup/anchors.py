"""The anchors of headings, made of their words, so that adding a footnote or another heading does not change them.

docutils numbers the headings that it finds no name for. MyST numbers the second of two equal headings, as GitHub does. Such
a number may belong to another heading after the next edit, so the author gets advice. A heading gives way to the ids of our
templates.

And the targets of a text's links: when one changes its title or address, the pages that link to it are written again.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from pathlib import Path

from docutils import nodes
from myst_parser.slugs import github_slugify
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import docname_join, logging

from .names import names_of
from .numbers import NUMBERS

logger = logging.getLogger(__name__)

NUMBERED = re.compile(r"id\d+")
#: The key under which the metadata of a text keeps the targets of its links: (kind, name, id in a page).
TARGETS = "insights_targets"


class HeadingAnchors(SphinxTransform):
    """Put the name that a heading has of its own, or MyST's slug, before its other ids, and advise about slugs that could change.

    MyST adds its slugs at priority 700, and resolves links at 879.
    """

    default_priority = 710

    def apply(self) -> None:
        slugs = self.env.metadata[self.env.docname].get("myst_slugs", {})
        reserved = template_ids(Path(self.app.confdir), tuple(self.config.templates_path))
        taken = reserved | {name for section in self.document.findall(nodes.section) for name in section["ids"]} | slugs.keys()
        for section in self.document.findall(nodes.section):
            title, slug, own = section.next_node(nodes.title), section.get("slug"), section.get("own_id")
            words = title.astext() if title else ""
            plain = github_slugify(words)
            # What docutils makes of the words of a heading may be the slug of another heading.
            others = [name for name in section["ids"] if name not in (slug, own) and not NUMBERED.fullmatch(name)]
            others = [name for name in others if name not in reserved and (name not in slugs or name != nodes.make_id(words))]
            anchor = slug if slug in slugs else "" if own or others else "section"
            if anchor in reserved or anchor == "section":
                anchor = next(name for number in count(1) if (name := f"{anchor}-{number}") not in taken)
                taken |= {anchor}
            section["ids"] = [*filter(None, [own, anchor]), *others]
            if slug in slugs:
                slugs[slug] = (slugs[slug][0], section["ids"][0], slugs[slug][2])
                if slug != plain and re.fullmatch(rf"{re.escape(plain)}-\d+", slug) and plain in slugs and not own:
                    _headings_differ(section, words, plain, slug, slugs[plain][0])


def _headings_differ(section: nodes.section, words: str, plain: str, slug: str, line: int) -> None:
    """No two headings of a text are alike, since the second has a number in its address."""
    message = (
        "two headings have the anchor #%s (the other is on line %s), so this one has #%s; "
        "reword one of them, or name it: ## %s {#a-name}"
    )
    logger.warning(message, plain, line, slug, words, location=section, type="insights", subtype="headings-alike")


def named_anchors(doctree: nodes.document) -> Iterator[str]:
    """The anchors of headings and figures that others may link to: ids made of words, without the title's."""
    for kind in (nodes.section, nodes.figure):
        for node in doctree.findall(kind):
            if not isinstance(node.parent, nodes.document):
                yield from (name for name in node["ids"] if not NUMBERED.fullmatch(name))


@cache
def template_ids(root: Path, folders: tuple[str, ...]) -> frozenset[str]:
    """The ids that our templates use, in ``folders`` below ``root``."""
    paths = (path for folder in folders for path in (root / folder).rglob("*.html"))
    return frozenset(name for path in paths for name in re.findall(r'\bid="([\w-]+)"', path.read_text(encoding="utf-8")))


def save_targets(app: Sphinx, doctree: nodes.document) -> None:
    """Save where a text links to, when it has been read."""
    targets = set()
    for link in doctree.findall(addnodes.pending_xref):
        kind, name = link.get("refdomain") or "", link["reftarget"]
        if (kind, link["reftype"]) == ("std", "doc"):
            kind, name = "doc", docname_join(app.env.docname, name)
        targets.add((kind, name, link.get("reftargetid") or ""))
    app.env.metadata[app.env.docname][TARGETS] = sorted(targets)


def link_targets(env: BuildEnvironment, docname: str, labels: Mapping[str, str]) -> list[object]:
    """What each link of ``docname`` leads to now: a page, a heading or figure in it, a formula, a label, a term, or a list.

    ``labels``: the pages of lists, by label.
    """
    targets = env.metadata[docname].get(TARGETS, ())
    return [(_resolve(env, docname, kind, name, anchor), labels.get(name)) for kind, name, anchor in targets]


def _resolve(env: BuildEnvironment, docname: str, kind: str, name: str, anchor: str) -> object:
    if kind == "doc":
        title = env.titles.get(name)
        _, *heading = env.metadata[name].get("myst_slugs", {}).get(anchor, (None,))  # without its line
        return title and title.astext(), heading
    if kind == "math":
        return names_of(env, "math", "objects", docname).get(name)
    if kind in ("py", "js", "rst"):
        return names_of(env, kind, "objects", docname).get(name)
    anonymous, labels, objects = (names_of(env, "std", table, docname) for table in ("anonlabels", "labels", "objects"))
    place = anonymous.get(name)
    numbered = env.metadata[place[0]].get(NUMBERS, {}).get(place[1]) if place else None
    return place, numbered, labels.get(name), [objects.get(("term", word)) for word in (name, name.lower())]


def setup(app: Sphinx) -> None:
    """Give headings their anchors, and note the targets of links."""
    app.add_transform(HeadingAnchors)
    app.connect("doctree-read", save_targets)
