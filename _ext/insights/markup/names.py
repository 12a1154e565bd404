"""The names of an essay stay in it: targets, equations, terms and described objects of two essays may be called alike.

Sphinx has one table of names for all texts. In a build in one process it reports two of a name in whichever text it reads second;
in several processes it does not, and a reference leads to whichever text was merged last. Here a text finds its own names first,
then those of a text that is no essay, such as the glossary, then those of one other essay. A name that several others have is not
found. Nothing depends on the order in which texts are read.
"""

from collections.abc import Iterator, MutableMapping, Set
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.domains.citation import CitationDomain
from sphinx.domains.javascript import JavaScriptDomain
from sphinx.domains.math import MathDomain
from sphinx.domains.python import PythonDomain
from sphinx.domains.rst import ReSTDomain
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from insights.source import essay_slug

logger = logging.getLogger(__name__)


class Names:
    """The names of one kind: what each text that has a name calls by it. A value begins with the docname of that text."""

    def __init__(self) -> None:
        self.of: dict[Any, dict[str, Any]] = {}

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Every name with every value, for MyST, which looks for those of one text."""
        return ((name, value) for name, values in self.of.items() for value in values.values())

    def forget(self, docname: str) -> None:
        """Remove the names of a text."""
        for values in self.of.values():
            values.pop(docname, None)

    def take(self, other: "Names", docnames: Set[str]) -> None:
        """Add the names that another process has read in ``docnames``."""
        for name, values in other.of.items():
            found = {docname: value for docname, value in values.items() if docname in docnames}
            if found:
                self.of.setdefault(name, {}).update(found)


class Seen(MutableMapping[Any, Any]):
    """The names of one kind as the text ``docname`` sees them: its own and, unless ``alone``, those that one other text has."""

    def __init__(self, names: Names, docname: str, *, alone: bool = False) -> None:
        self.names, self.docname, self.alone = names, docname, alone

    def __getitem__(self, name: Any) -> Any:
        values = self.names.of.get(name, {})
        if self.docname in values:
            return values[self.docname]
        shared = {docname: value for docname, value in values.items() if essay_slug(docname) is None}
        others = list((shared or values).values())
        if len(others) != 1 or self.alone:
            raise KeyError(name)
        return others[0]

    def __setitem__(self, name: Any, value: Any) -> None:
        self.names.of.setdefault(name, {})[value[0]] = value

    def __delitem__(self, name: Any) -> None:
        del self.names.of[name][self[name][0]]

    def __iter__(self) -> Iterator[Any]:
        return (name for name in self.names.of if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class OwnNames(Domain):
    """A domain whose tables of names, ``tables`` in its data, keep those of each text apart."""

    tables: ClassVar[tuple[str, ...]] = ("objects",)
    #: While texts are read, none sees the names of another.
    reading: ClassVar[bool] = True
    #: The text that a reference is resolved for.
    viewer: str | None = None

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        for table in self.tables:
            if not isinstance(self.data.get(table), Names):
                self.data[table] = Names()

    def setup(self) -> None:
        """Add no targets for indexes: they are not built."""

    def seen(self, table: str, docname: str | None = None) -> Seen:
        """A table as the text ``docname`` sees it; by default, that which is being read or written."""
        docname = docname or self.viewer
        return Seen(self.data[table], docname or self.env.current_document.docname, alone=docname is None and self.reading)

    def resolve_xref(self, env: BuildEnvironment, fromdocname: str, *reference: Any) -> nodes.reference | None:
        """What a reference in ``fromdocname`` leads to, whichever text is being written."""
        self.viewer = fromdocname
        try:
            return super().resolve_xref(env, fromdocname, *reference)
        finally:
            self.viewer = None

    def clear_doc(self, docname: str) -> None:
        """Forget the names of a text that is read again, or gone."""
        for table in self.tables:
            self.data[table].forget(docname)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over the names that another process has read."""
        for table in self.tables:
            self.data[table].take(otherdata[table], docnames)


class OwnObjects(OwnNames):
    """A domain that has one table, of the objects that texts describe."""

    @property
    def objects(self) -> Any:
        """Where each object is described, or each equation stands."""
        return self.seen("objects")


class EssayTargets(OwnNames, StandardDomain):
    """Sphinx's standard domain: targets, figures, tables, terms, options."""

    tables = ("labels", "anonlabels", "objects", "terms", "progoptions")

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        # Sphinx has labels of its own for this page, and for the indexes, which are not built.
        self.data["labels"].of["search"] = {"search": ("search", "", "Search")}
        self.data["anonlabels"].of["search"] = {"search": ("search", "")}

    labels = property(lambda self: self.seen("labels"))
    anonlabels = property(lambda self: self.seen("anonlabels"))
    objects = property(lambda self: self.seen("objects"))
    _terms = property(lambda self: self.seen("terms"))
    progoptions = property(lambda self: self.seen("progoptions"))


class EssayEquations(OwnObjects, MathDomain):
    """Sphinx's domain of numbered equations."""

    equations = OwnObjects.objects


class EssayCitations(OwnNames, CitationDomain):
    """Sphinx's domain of the citations of reStructuredText. Which of them are referred to is a table besides."""

    tables = ("citations", "citation_refs")
    citations = property(lambda self: self.seen("citations"))

    def note_citation_reference(self, node: addnodes.pending_xref) -> None:
        """Note that a text refers to a source."""
        docname = self.env.current_document.docname
        self.seen("citation_refs")[node["reftarget"]] = (docname,)

    def check_consistency(self) -> None:
        """Report the sources to which their own text does not refer."""
        for name, (docname, _, line) in self.data["citations"].items():
            if docname not in self.data["citation_refs"].of.get(name, {}):
                message = "Citation [%s] is not referenced."
                logger.error(message, name, type="ref", subtype="citation", location=(docname, line))


class EssayPython(OwnObjects, PythonDomain):
    """Sphinx's domain of Python objects, which has a table of modules besides."""

    tables = ("objects", "modules")
    modules = property(lambda self: self.seen("modules"))


class EssayJavaScript(OwnObjects, JavaScriptDomain):
    """Sphinx's domain of JavaScript objects, which has a table of modules besides."""

    tables = ("objects", "modules")
    modules = property(lambda self: self.seen("modules"))


class EssayReST(OwnObjects, ReSTDomain):
    """Sphinx's domain of the directives and roles of reStructuredText."""


DOMAINS = (EssayTargets, EssayEquations, EssayCitations, EssayPython, EssayJavaScript, EssayReST)


def names_of(env: BuildEnvironment, domain: str, table: str, docname: str) -> Seen:
    """A table of names, such as the ``labels`` of the domain ``std``, as the text ``docname`` sees it."""
    owner = env.get_domain(domain)
    assert isinstance(owner, OwnNames)
    return owner.seen(table, docname)


def begin_reading(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """From now on, texts see their own names only."""
    OwnNames.reading = True


def end_reading(app: Sphinx, env: BuildEnvironment) -> None:
    """From now on, texts see the names of others too."""
    OwnNames.reading = False


def setup(app: Sphinx) -> None:
    """Put these domains in place of Sphinx's."""
    for domain in DOMAINS:
        app.add_domain(domain, override=True)
    app.connect("env-before-read-docs", begin_reading)
    app.connect("env-updated", end_reading, priority=0)
