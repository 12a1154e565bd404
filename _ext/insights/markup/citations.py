"""Lists of references, in the order in which an essay cites them; titles keep their capitals, and a DOI replaces a URL."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from itertools import takewhile
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from pybtex.richtext import Tag, Text
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.labels.number import LabelStyle as Numbers
from pybtex.style.names.plain import NameStyle as PlainNames
from pybtex.style.sorting.none import SortingStyle as Unsorted
from pybtex.style.template import FieldIsMissing, field, href, sentence
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinxcontrib.bibtex.domain import BibtexDomain, Citation

logger = logging.getLogger(__name__)


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
        """A link to the DOI or, without one, to the URL, shown as its host."""
        if (url := source_url(entry.fields)) is None:
            return Text()
        host = (urlsplit(url).hostname or url).removeprefix("www.")
        return sentence[href(url)[f"doi:{entry.fields['doi']}" if "doi" in entry.fields else host]]


def source_url(fields: Mapping[str, str]) -> str | None:
    """The address of a source: its DOI, which does not change, or its URL."""
    return f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url")


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


class EssayReferences(BibtexDomain):
    """sphinxcontrib-bibtex's domain, with the sources of each essay numbered in the order in which that essay cites them.

    The original numbers sources in the order of the whole site, so a source that an earlier essay cites too would come first. It
    also searches all citations of the site for every source of every list, which takes a minute and a half for 300 essays of five
    sources, and it keeps a node and a formatted entry for every source of every list in the environment.
    """

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self._all: list[Citation] = []
        self._by_document: dict[str, list[Citation]] = {}

    def env_updated(self) -> Any:
        """Number the sources of each essay, when all texts have been read."""
        self.cited: dict[str, dict[str, None]] = defaultdict(dict)
        for reference in self.citation_refs:
            self.cited[reference.docname] |= {target.key: None for target in reference.targets}
        updated = super().env_updated()
        self._by_document = defaultdict(list)
        for citation in self._all:
            self._by_document[citation.bibliography_key.docname].append(citation)
        return updated

    @property
    def citations(self) -> list[Citation]:
        """The sources of the text that is being written, if it has a list; otherwise the sources of all lists."""
        return self._by_document.get(self.env.current_document.docname, self._all)

    def entry(self, key: str) -> Any:
        """The entry ``key`` of the bibliography, or None. pybtex ignores the case of keys, but the domain does not."""
        entry = self.bibdata.data.entries.get(key)
        return entry if entry and entry.key == key else None

    def get_entries(self, bibfiles: list[Path]) -> Any:
        """The entries that the text being read has cited so far. Its list is at its end, and needs no others."""
        own = takewhile(lambda ref: ref.docname == self.env.docname, reversed(self.citation_refs))
        keys = dict.fromkeys(target.key for ref in own for target in ref.targets)
        return [entry for key in keys if (entry := self.entry(key))]

    def get_formatted_entries(self, bibliography_key: Any, docnames: list[str], tooltips: bool, tooltips_style: str) -> Any:
        """Each entry of one essay's list, as (entry, text, tooltip), in the order in which the essay cites them."""
        style = ReferenceStyle()
        entries = [entry for key in self.cited.get(bibliography_key.docname, ()) if (entry := self.entry(key))]
        for number, entry in enumerate(entries, 1):
            formatted = FormattedSource(entry.key, str(number), partial(style.format_entry, str(number), entry))
            yield entry, formatted, formatted if tooltips else None


def cited_sources(env: BuildEnvironment, docname: str) -> tuple[str, ...]:
    """The addresses of the sources that a text cites, in the order of citation, without duplicates."""
    domain = cast("EssayReferences", env.get_domain("cite"))
    urls = (source_url(entry.fields) for key in domain.cited.get(docname, ()) if (entry := domain.entry(key)))
    return tuple(dict.fromkeys(url for url in urls if url))
