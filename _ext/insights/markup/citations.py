"""Lists of references, in the order in which an essay cites them; titles keep their capitals, and a DOI replaces a URL."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import takewhile
from typing import Any, ClassVar, cast

from docutils import nodes
from pybtex.database import Entry
from pybtex.plugin import find_plugin, register_plugin
from pybtex.richtext import Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.labels.number import LabelStyle as Numbers
from pybtex.style.names.plain import NameStyle as PlainNames
from pybtex.style.sorting.none import SortingStyle as Unsorted
from pybtex.style.template import FieldIsMissing, field, href, optional, sentence, words
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinxcontrib.bibtex.citation_target import parse_citation_targets
from sphinxcontrib.bibtex.domain import BibtexDomain, Citation
from sphinxcontrib.bibtex.foot_roles import FootCiteRole
from sphinxcontrib.bibtex.roles import CitationRef, CiteRole

from insights.addresses import parts_of

from .bibtex import ascii_address, complete, marked

logger = logging.getLogger(__name__)

#: The kinds of sources that the list of references can print.
SOURCE_KINDS = sorted(name[4:-9] for name in vars(UnsrtStyle) if name.startswith("get_") and name.endswith("_template"))
#: The kind of a list of sources that no citation leads to.
READING_LIST = "reading"
#: The roles that print the number of a source, and nothing else.
MARKS = {"p", "ps", "alp", "alps", "label", "labelpar"}


class ReferenceStyle(UnsrtStyle):  # type: ignore[misc]
    """pybtex's plain style, but titles keep their capitals, and each entry has one link, whose words say where it leads."""

    # Classes rather than names: pybtex would search all installed packages for each name, three times an essay.
    default_name_style = PlainNames
    default_label_style = Numbers
    default_sorting_style = Unsorted

    def format_title(self, entry: Any, which_field: str, as_sentence: bool = True) -> Any:
        """The title as in the source, but with a capital at its start, since a full stop precedes it."""
        # Unless its first word is a name such as eBPF.
        title = field(which_field, apply_func=lambda text: text.capfirst() if str(text).partition(" ")[0].islower() else text)
        return sentence[title] if as_sentence else title

    def format_web_refs(self, entry: Any) -> Any:
        """A link to the DOI or, without one, to the URL, shown as its host, and the day on which it was visited."""
        if (url := source_url(entry.fields)) is None:
            return Text()
        host = (parts_of(entry.fields.get("url", url)).hostname or url).removeprefix("www.")
        link = href(url)[f"doi:{entry.fields['doi']}" if "doi" in entry.fields else host]
        return sentence[words[link, optional["(visited on ", field("urldate"), ")"]]]

    def format_entry(self, label: str, entry: Any, bib_data: Any = None) -> FormattedEntry:
        """A source as it is printed; one of a kind that is unknown, which is an error, as an @misc."""
        if not hasattr(self, f"get_{entry.type}_template"):
            logger.error("unknown type %s of %s", entry.type, entry.key, type="bibtex", subtype="unknown_type")
            entry = Entry("misc", fields=entry.fields, persons=entry.persons)
        made = super().format_entry(label, entry, bib_data)
        return FormattedEntry(made.key, marked(made.text), made.label)


def source_url(fields: Mapping[str, str]) -> str | None:
    """The address of a source: its DOI, which does not change, or its URL."""
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}"
    return ascii_address(fields["url"]) if "url" in fields else None


class FormattedSource:
    """A source as the list of references shows it. It is formatted when needed, since most builds write few pages."""

    def __init__(self, key: str, label: str, make: Callable[[], Any]) -> None:
        self.key, self.label, self._make = key, label, make

    @cached_property
    def text(self) -> Text:
        """The formatted source, or what the source lacks."""
        try:
            return self._make().text
        except FieldIsMissing as error:
            logger.error("%s", error, type="bibtex", subtype="missing_field")
            return Tag("b", str(error))


class CiteKeys(CiteRole):
    """The role of a citation, which reports what it cannot read."""

    def result_nodes(self, document: nodes.document, env: BuildEnvironment, node: nodes.Element, is_ref: bool) -> Any:
        """The citation, or what was written."""
        try:
            return super().result_nodes(document, env, node, is_ref)  # type: ignore[no-untyped-call]
        except ValueError:
            message = "%r is no list of sources; part their keys by commas: {cite}`one, two`"
            logger.error(message, self.target, location=(env.docname, self.lineno))
            return [nodes.literal("", self.text)], []


class FootCiteKeys(FootCiteRole):
    """The role of a citation in a footnote, which reports a source that cannot be printed."""

    def run(self) -> Any:
        """The mark of the footnote, or nothing."""
        try:
            return super().run()
        except FieldIsMissing as error:
            logger.error("%s", error, type="bibtex", subtype="missing_field", location=(self.env.docname, self.lineno))
            return [], []


class EssayReferences(BibtexDomain):
    """sphinxcontrib-bibtex's domain, with the sources of each essay numbered in the order in which that essay cites them.

    A citation leads to the list of its own text, and a filter knows only what that text cites. The original numbers sources in
    the order of the whole site, so a source that an earlier essay cites too would come first. It also searches all citations of
    the site for every source of every list, which takes a minute and a half for 300 essays of five sources, and it keeps a node
    and a formatted entry for every source of every list in the environment.
    """

    roles: ClassVar = {name: CiteKeys() for name in BibtexDomain._role_names}

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self._all: list[Citation] = []
        #: None while the lists are made.
        self._by_document: dict[str, list[Citation]] | None = {}
        self._reader: str | None = None
        entries = self.bibdata.data.entries
        for key, entry in dict(entries).items():
            # Those of an environment that was stored are complete.
            if not hasattr(entry, "complete"):
                entries[key] = complete(entry, entries)
                entries[key].complete = True

    def env_updated(self) -> Any:
        """Number the sources of each essay, when all texts have been read."""
        self.cited: dict[str, dict[str, None]] = defaultdict(dict)
        for reference in self.citation_refs:
            self.cited[reference.docname] |= {target.key: None for target in reference.targets}
        self._by_document = None
        updated = super().env_updated()
        self._by_document = defaultdict(list)
        for citation in self._all:
            self._by_document[citation.bibliography_key.docname].append(citation)
        return updated

    @property
    def citations(self) -> list[Citation]:
        """The sources in the lists of the text that is being written."""
        if self._by_document is None:
            return self._all
        return self._by_document.get(self._reader or self.env.current_document.docname, [])

    @property
    def citation_refs(self) -> list[CitationRef]:
        """The citations of all texts; of one while a list of that text is made, or a citation resolved."""
        references: list[CitationRef] = self.data["citation_refs"]
        return references if self._reader is None else [ref for ref in references if ref.docname == self._reader]

    def entry(self, key: str) -> Any:
        """The entry ``key`` of the bibliography, or None. pybtex ignores the case of keys, but the domain does not."""
        entry = self.bibdata.data.entries.get(key)
        return entry if entry and entry.key == key else None

    def cited_keys(self, docname: str) -> list[str]:
        """The sources that the text being read has cited so far, in the order of its citations."""
        own = list(takewhile(lambda ref: ref.docname == docname, reversed(self.citation_refs)))
        return list(dict.fromkeys(target.key for ref in reversed(own) for target in ref.targets if self.entry(target.key)))

    @contextmanager
    def other_ids(self) -> Iterator[None]:
        """Give the sources of a list other ids than those in the list of references."""
        config, name = self.env.config, self.env.config.bibtex_cite_id
        config.bibtex_cite_id = "list-{bibliography_count}-{key}"
        try:
            yield
        finally:
            config.bibtex_cite_id = name

    def get_formatted_entries(self, bibliography_key: Any, docnames: list[str], tooltips: bool, tooltips_style: str) -> Any:
        """Each entry of a list, as (entry, text, tooltip): those that a text cites, in the order in which it cites them."""
        made = self.bibliographies[bibliography_key]
        if made.bibfiles:
            yield from self._other_list(bibliography_key, docnames, tooltips, tooltips_style)
            return
        cited = [entry for key in self.cited.get(bibliography_key.docname, ()) if (entry := self.entry(key))]
        style = ReferenceStyle() if made.style == "insights" else find_plugin("pybtex.style.formatting", made.style)()
        entries = list(style.sort(cited))
        for label, entry in zip(style.format_labels(entries), entries, strict=True):
            formatted = FormattedSource(entry.key, made.labelprefix + label, partial(style.format_entry, label, entry))
            yield entry, formatted, formatted if tooltips else None

    def _other_list(self, bibliography_key: Any, *options: Any) -> Iterator[Any]:
        """The entries of a list that its author has filtered, as the original makes it from the citations of that text."""
        self._reader = bibliography_key.docname
        try:
            entries = list(super().get_formatted_entries(bibliography_key, *options))
        finally:
            self._reader = None
        if not entries:
            message = "the {bibliography} is empty: no source of the bibliography is what it asks for"
            logger.error(message, location=(bibliography_key.docname, self.bibliographies[bibliography_key].line))
        for entry, formatted, tooltip in entries:
            yield entry, FormattedEntry(formatted.key, marked(formatted.text), formatted.label), tooltip

    def resolve_xref(  # type: ignore[override]
        self, env: BuildEnvironment, fromdocname: str, builder: Any, typ: str, target: str, node: Any, contnode: Any
    ) -> nodes.Element:
        """The words of a citation. Only a number is a mark like that of a note."""
        self._reader = fromdocname
        try:
            result = super().resolve_xref(env, fromdocname, builder, typ, target, node, contnode)
        finally:
            self._reader = None
        if typ not in MARKS or any(cited.pre or cited.post for cited in parse_citation_targets(target)):
            result["classes"] = ["citation-words"]
        return result


def cited_sources(env: BuildEnvironment, docname: str) -> tuple[str, ...]:
    """The addresses of the sources that a text cites, in the order of citation, without duplicates."""
    domain = cast("EssayReferences", env.get_domain("cite"))
    urls = (source_url(entry.fields) for key in domain.cited.get(docname, ()) if (entry := domain.entry(key)))
    return tuple(dict.fromkeys(url for url in urls if url))


def setup(app: Sphinx) -> None:
    """Put our style, domain and roles in place of those of sphinxcontrib-bibtex."""
    register_plugin("pybtex.style.formatting", "insights", ReferenceStyle)
    app.setup_extension("sphinxcontrib.bibtex")
    app.add_domain(EssayReferences, override=True)
    app.add_role("cite", CiteKeys(), override=True)
    for role in ("footcite", *(f"footcite:{form}" for form in ("p", "ps", "t", "ts", "ct", "cts"))):
        app.add_role(role, FootCiteKeys(), override=True)
