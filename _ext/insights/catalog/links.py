"""The links of an essay to others, each in its sentence, which the page of the other quotes."""

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from insights.markup import without_breaks, words
from insights.source import essay_slug, sentence_ends

from .essay import Essay, Link

#: Private characters around the words of a link; and the first of those that stand for a reference not yet looked up.
START, END, REFERENCE = "\ue000", "\ue001", 0xE100
PLACEHOLDER = re.compile("\\s?[\ue100-\uefff]")
#: The numbers of sources, behind the names that {cite:t} writes.
NUMBERS = re.compile(r"\s*\[[^\[\]]*\d[^\[\]]*\]")


def links_of(env: BuildEnvironment, doctree: nodes.document) -> Iterator[Link]:
    """The links of the text that has been read. What a sentence refers to is looked up later, when all texts are known."""
    for paragraph in doctree.findall(nodes.paragraph):
        for reference in paragraph.findall(addnodes.pending_xref):
            target = _target(env, reference)
            if target is not None and target != essay_slug(env.docname):
                yield _link(target, paragraph, reference)


def _target(env: BuildEnvironment, reference: addnodes.pending_xref) -> str | None:
    """The slug of the essay that a reference leads to, if it is one to an essay."""
    domain, kind, target = reference.get("refdomain"), reference.get("reftype"), reference["reftarget"]
    if domain == "std" and kind == "doc":
        return essay_slug(env.relfn2path(target, env.docname)[0])
    return essay_slug(target) if domain == "doc" else None


def _link(target: str, paragraph: nodes.Element, reference: addnodes.pending_xref) -> Link:
    """The sentence around ``reference`` in ``paragraph``: what stands before it, its words, what stands after it."""
    unresolved: list[addnodes.pending_xref] = []

    def mark(found: addnodes.pending_xref) -> str:
        own = "" if _needs_lookup(found) else words(found)
        if not own:
            unresolved.append(_detached(found))
            own = chr(REFERENCE + len(unresolved) - 1)
        return f"{START}{own}{END}" if found is reference else own

    before, _, rest = words(paragraph, mark).partition(START)
    text, _, after = rest.partition(END)
    start = max(sentence_ends(f"{before}X"), default=0)  # the link begins a sentence as if it had a capital
    end = min(sentence_ends(after), default=len(after))
    return Link(target, before[start:].lstrip(), text, after[:end], tuple(unresolved))


def _needs_lookup(reference: addnodes.pending_xref) -> bool:
    """Whether the words of a reference are those of its target, or a name that readers never see."""
    kind = reference.get("refdomain"), reference["reftype"]
    return kind[0] == "cite" or (not reference.get("refexplicit") and kind in {
        ("std", "ref"), ("std", "numref"), ("std", "doc"), ("math", "eq"), ("math", "numref"),
    })  # fmt: skip


def _detached(reference: addnodes.pending_xref) -> addnodes.pending_xref:
    """A copy without the document around it, since it is kept with the text's metadata."""
    return addnodes.pending_xref("", **{name: value for name, value in reference.attributes.items() if value not in ([], None)})


def looked_up(app: Sphinx, essay: Essay) -> tuple[Link, ...]:
    """The links of an essay, each once, with the words of what their sentences refer to."""
    return tuple(dict.fromkeys(_looked_up(app, essay.docname, link) for link in essay.links))


def _looked_up(app: Sphinx, docname: str, link: Link) -> Link:
    found = [_resolve(app, docname, reference) for reference in link.unresolved]

    def fill(place: re.Match[str]) -> str:
        text = found[ord(place[0][-1]) - REFERENCE]
        return f"{place[0][:-1]}{text}" if text else ""

    before, text, after = (without_breaks(PLACEHOLDER.sub(fill, part)) for part in (link.before, link.words, link.after))
    return Link(link.target, before, text, after) if found else link


def _resolve(app: Sphinx, docname: str, reference: addnodes.pending_xref) -> str:
    domain, env = reference.get("refdomain"), app.env
    if domain == "doc":
        heading = env.metadata[reference["reftarget"]].get("myst_slugs", {}).get(reference.get("reftargetid"))
        title = env.titles.get(reference["reftarget"])
        return str(heading[2]) if heading else words(title) if title else ""
    before = env.current_document
    env.prepare_settings(docname)  # a citation is looked up in the list of the text that is current
    try:
        kind, target = reference["reftype"], reference["reftarget"]
        found = env.domains[str(domain)].resolve_xref(env, docname, app.builder, kind, target, reference, nodes.inline())
    finally:
        env.current_document = before  # it holds the domains, which cannot be kept for the next build
    return NUMBERS.sub("", words(found)) if found else ""
