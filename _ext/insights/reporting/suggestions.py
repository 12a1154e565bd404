"""What a text can refer to, as the build knows it: for "did you mean", and for lists of what is allowed."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from docutils.parsers.rst import directives, roles
from docutils.parsers.rst.languages import en
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from insights.source import ESSAY_TEXT, essay_slug

# What is told as available: not everything that is registered, but what essays are made of.
ROLES = ("result", "cite", "term", "math", "eq", "ref", "doc", "abbr", "sub", "sup", "kbd")
DIRECTIVES = (
    "chart", "mermaid", "math", "figure", "image", "note", "warning", "admonition", "code-block", "list-table", "epigraph",
    "table",
)  # fmt: skip
LANGUAGES = (
    "python", "sh", "console", "json", "yaml", "toml", "text", "output", "sql", "go", "rust", "java", "c", "cpp", "javascript",
)  # fmt: skip


_ADD = "add {} to extensions in conf.py"
_SHOW = "or write the diagram in {mermaid}, or save it as an SVG file and show it: ![words](file.svg)"
_BY_NAMES = {
    "sidenote marginnote margin": "write a footnote, [^name], or a box beside the text: {sidebar}",
    "youtube vimeo iframe": "the content policy blocks what is on other hosts; link to it: [words](https://…)",
    "video audio": "a page plays no films or sounds; link to the file beside the text: [words](film.mp4)",
    "code-cell glue": "write python without braces for code, and a model with a {chart} for what it computes",
    "graphviz graph digraph": f"{_ADD.format('sphinx.ext.graphviz')}, {_SHOW}",
    "uml plantuml": _SHOW.removeprefix("or "),
    "automodule autoclass autofunction": f"{_ADD.format('sphinx.ext.autodoc')}, or write {{py:class}} or {{py:function}}",
    "todo": f"{_ADD.format('sphinx.ext.todo')}, or write a comment: % words",
    "prf": "write {admonition} with its name as the title, as {admonition} Theorem 1",
    "prompt": "write console without braces, and $ before each command",
    "tab tabs": "write {tab-set}, and {tab-item} for each tab",
    "toggle details": "write {dropdown} with a title",
}
#: Directives of other packages, by the part of their names before a colon: what has them, or what to write instead.
OTHER_DIRECTIVES = {name: instead for names, instead in _BY_NAMES.items() for name in names.split()}


class Targets(NamedTuple):
    """What a text can refer to: documents (those that readers may not see yet apart), their anchors, terms and sources.

    ``equations``: the documents that have an equation of each name. ``roles`` and ``directives``: the names that are registered.
    ``root``: the source folder.
    """

    documents: Sequence[str] = ()
    hidden: Sequence[str] = ()
    anchors: Mapping[str, Sequence[str]] = MappingProxyType({})
    terms: Sequence[str] = ()
    sources: Sequence[str] = ()
    equations: Mapping[str, Sequence[str]] = MappingProxyType({})
    roles: Sequence[str] = ROLES
    directives: Sequence[str] = DIRECTIVES
    root: Path | None = None


def targets(app: Sphinx | None) -> Targets:
    """All targets that a build has found so far."""
    if app is None or not hasattr(app, "env"):
        return Targets()
    env = app.env
    targets, objects, equations = (
        env.domaindata[domain][table] for domain, table in (("std", "anonlabels"), ("std", "objects"), ("math", "objects"))
    )
    # The title is no target: a link to it is one to the text.
    anchors = {name: list(env.metadata[name].get("myst_slugs", {}))[1:] for name in env.found_docs}
    for label, (name, _) in targets.items():
        # ABlog notes each post by its folder, which is no anchor.
        if name in anchors and label not in {essay_slug(name), *env.metadata[name].get("myst_slugs", {})}:
            anchors[name].append(label)
    hidden = [name.removesuffix(".md") for name in app.config.exclude_patterns if name.endswith(f"/{ESSAY_TEXT}")]
    return Targets(
        documents=sorted({*env.found_docs, *hidden}),
        hidden=hidden,
        anchors=anchors,
        terms=[name for kind, name in objects.of if kind == "term"],
        equations={name: sorted(values) for name, values in equations.of.items()},
        sources=list(cast("Any", env.get_domain("cite")).bibdata.data.entries),
        roles=_registered("roles", ROLES, {**en.roles, **cast("Any", roles)._roles}, env),
        directives=_registered("directives", DIRECTIVES, {**en.directives, **cast("Any", directives)._directives}, env),
        root=Path(app.srcdir),
    )


def _registered(kind: str, first: Sequence[str], everywhere: Iterable[str], env: BuildEnvironment) -> list[str]:
    """The names of one ``kind``, which domains have with their prefix; of two that are as near, one of ``first`` wins."""
    names = [(domain.name, name) for domain in env.domains.sorted() for name in getattr(domain, kind)]
    plain = (name for domain, name in names if domain == "std")
    return list(dict.fromkeys([*first, *everywhere, *plain, *(f"{domain}:{name}" for domain, name in names)]))
