"""The targets of a text's links: when one changes its title or address, the pages that link to it are written again."""

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import docname_join

#: The key under which the metadata of a text keeps the targets of its links: (kind, name, id in a page).
TARGETS = "insights_targets"


def save_targets(app: Sphinx, doctree: nodes.document) -> None:
    """Save where a text links to, when it has been read."""
    targets = set()
    for link in doctree.findall(addnodes.pending_xref):
        kind, name = link.get("refdomain") or "", link["reftarget"]
        if (kind, link["reftype"]) == ("std", "doc"):
            kind, name = "doc", docname_join(app.env.docname, name)
        targets.add((kind, name, link.get("reftargetid") or ""))
    app.env.metadata[app.env.docname][TARGETS] = sorted(targets)


def link_targets(env: BuildEnvironment, docname: str) -> list[object]:
    """What each link of ``docname`` leads to now: a page, a heading or figure in it, a formula, a label or a term."""
    return [_resolve(env, *target) for target in env.metadata[docname].get(TARGETS, ())]


def _resolve(env: BuildEnvironment, kind: str, name: str, anchor: str) -> object:
    if kind == "doc":
        title = env.titles.get(name)
        _, *heading = env.metadata[name].get("myst_slugs", {}).get(anchor, (None,))  # without its line
        return title and title.astext(), heading
    if kind == "math":
        return env.domains.math_domain.equations.get(name)
    standard = env.domains.standard_domain
    terms = [standard.objects.get(("term", word)) for word in (name, name.lower())]
    return standard.anonlabels.get(name), standard.labels.get(name), terms


def setup(app: Sphinx) -> None:
    """Save the link targets of every text that is read."""
    app.connect("doctree-read", save_targets)
