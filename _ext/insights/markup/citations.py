"""The lists of references: in the order of citing, titles as in the source but for a first capital, a DOI before an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlsplit

from pybtex.plugin import register_plugin
from pybtex.richtext import Tag, Text
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.labels.number import LabelStyle as Numbers
from pybtex.style.names.plain import NameStyle as PlainNames
from pybtex.style.sorting.none import SortingStyle as Unsorted
from pybtex.style.template import FieldIsMissing, field, href, sentence
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinxcontrib.bibtex.domain import BibtexDomain, Citation

logger = logging.getLogger(__name__)

STYLE = "insights"


class ReferenceStyle(UnsrtStyle):  # type: ignore[misc]
    """pybtex's plain style without its lower-casing of titles, and with one link an entry, its words saying where it goes."""

    # Classes in place of their names, which pybtex looks up among all that is installed, three times an essay.
    default_name_style = PlainNames
    default_label_style = Numbers
    default_sorting_style = Unsorted

    def format_title(self, entry: Any, which_field: str, as_sentence: bool = True) -> Any:
        """The title with the capitals of its source, and one at its start: a full stop stands before it."""
        title = field(which_field, apply_func=_capital)
        return sentence[title] if as_sentence else title

    def format_web_refs(self, entry: Any) -> Any:
        """A link to the DOI, else to the page."""
        url = address(entry.fields)
        if url is None:
            return Text()
        return sentence[href(url)[f"doi:{entry.fields['doi']}" if "doi" in entry.fields else _host(url)]]


def _capital(title: Any) -> Any:
    """A title that begins with a capital, unless its first word is a name such as eBPF."""
    first = str(title).partition(" ")[0]
    return title.capfirst() if first.islower() else title


def address(fields: Mapping[str, str]) -> str | None:
    """Where a source is: its DOI, which does not move, else its page."""
    return f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url")


def _host(url: str) -> str:
    """The host of an address, which tells a reader more than its path."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


class Printed:
    """A source as it is printed, its text made when it is first asked for: most builds write few pages."""

    def __init__(self, key: str, label: str, make: Callable[[], Text]) -> None:
        self.key, self.label, self._make = key, label, make

    @cached_property
    def text(self) -> Text:
        """What is printed; of a source that lacks something, what that is."""
        try:
            return self._make()
        except FieldIsMissing as error:
            logger.warning("%s", error, type="bibtex", subtype="missing_field")
            return Tag("b", str(error))


class EssayReferences(BibtexDomain):
    """sphinxcontrib-bibtex's domain with each essay's sources numbered as it cites them, and with each essay's at hand.

    The domain's own order is that of citing in the whole site: a source that an earlier essay cites too would come first. It asks
    of every source, for every list, all citations of the site: 300 essays of five sources took a minute and a half, and a minute
    again after each edit. And it keeps, for every list, a node for every source, and every entry as printed, in the environment.
    """

    _all: list[Citation]
    _near: Mapping[str, list[Citation]] = MappingProxyType({})

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self._all = []

    def env_updated(self) -> Any:
        """Make the list of each essay, once every text has been read."""
        self.cited: dict[str, dict[str, None]] = defaultdict(dict)
        for reference in self.citation_refs:
            self.cited[reference.docname] |= {target.key: None for target in reference.targets}
        updated = super().env_updated()
        near = defaultdict(list)
        for citation in self._all:
            near[citation.bibliography_key.docname].append(citation)
        self._near = near
        return updated

    @property
    def citations(self) -> list[Citation]:
        """The entries of the list in the text that is being written, where it has one; else of all lists."""
        return self._near.get(self.env.current_document.docname, self._all)

    def entry(self, key: str) -> Any:
        """The source of this name, if there is one. pybtex looks names up whatever their case, and the domain does not."""
        found = self.bibdata.data.entries.get(key)
        return found if found and found.key == key else None

    def get_entries(self, bibfiles: list[Path]) -> Any:
        """The sources that the text being read has cited: its list is its foot, and holds no node for any other."""
        own = takewhile(lambda ref: ref.docname == self.env.docname, reversed(self.citation_refs))
        keys = dict.fromkeys(target.key for ref in own for target in ref.targets)
        return [entry for key in keys if (entry := self.entry(key))]

    def get_sorted_entries(self, bibliography_key: Any, docnames: list[str]) -> Any:
        """The entries of one essay's list, in the order of that essay."""
        return [(key, entry) for key in self.cited.get(bibliography_key.docname, ()) if (entry := self.entry(key))]

    def get_formatted_entries(self, bibliography_key: Any, docnames: list[str], tooltips: bool, tooltips_style: str) -> Any:
        """The entries as printed, and as tooltips, which are the same."""
        style = ReferenceStyle()
        for number, (key, entry) in enumerate(self.get_sorted_entries(bibliography_key, docnames), 1):
            printed = Printed(key, str(number), partial(_text, style, str(number), entry))
            yield entry, printed, printed if tooltips else None


def _text(style: ReferenceStyle, label: str, entry: Any) -> Text:
    return style.format_entry(label, entry).text


def cited_sources(env: BuildEnvironment, docname: str) -> tuple[str, ...]:
    """The addresses of the sources that a text cites, in the order of citing, each once."""
    domain = cast("EssayReferences", env.get_domain("cite"))
    found = (address(entry.fields) for key in domain.cited.get(docname, ()) if (entry := domain.entry(key)))
    return tuple(dict.fromkeys(url for url in found if url))


def setup(app: Sphinx) -> None:
    """Make the style known to pybtex under its name, and the order to Sphinx."""
    register_plugin("pybtex.style.formatting", STYLE, ReferenceStyle)
    app.setup_extension("sphinxcontrib.bibtex")
    app.add_domain(EssayReferences, override=True)
