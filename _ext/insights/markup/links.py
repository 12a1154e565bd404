"""What the links of a text lead to, and what that is called: when it changes, the page is written again, its text unread."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import docname_join

#: Where the metadata of a text keeps the targets of its links.
TARGETS = "insights_targets"


def note(app: Sphinx, doctree: nodes.document) -> None:
    """Keep where a text that has been read links to: (kind, name, id in a page)."""
    found = set()
    for link in doctree.findall(addnodes.pending_xref):
        kind, name = link.get("refdomain") or "", link["reftarget"]
        if (kind, link["reftype"]) == ("std", "doc"):
            kind, name = "doc", docname_join(app.env.docname, name)
        found.add((kind, name, link.get("reftargetid") or ""))
    app.env.metadata[app.env.docname][TARGETS] = sorted(found)


def link_targets(env: BuildEnvironment, docname: str) -> list[object]:
    """What each link of ``docname`` finds now: a page, or the heading or figure in it, a formula, a label or a term."""
    return [_found(env, *target) for target in env.metadata[docname].get(TARGETS, ())]


def _found(env: BuildEnvironment, kind: str, name: str, anchor: str) -> object:
    if kind == "doc":
        title = env.titles.get(name)
        _, *heading = env.metadata[name].get("myst_slugs", {}).get(anchor, (None,))  # but for its line
        return title and title.astext(), heading
    if kind == "math":
        return env.domains.math_domain.equations.get(name)
    standard = env.domains.standard_domain
    terms = [standard.objects.get(("term", word)) for word in (name, name.lower())]
    return standard.anonlabels.get(name), standard.labels.get(name), terms


def setup(app: Sphinx) -> None:
    """Look at the links of every text."""
    app.connect("doctree-read", note)
