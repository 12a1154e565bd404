"""The lists of references: in the order of citing, titles as their authors wrote them, a DOI before an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from pybtex.plugin import register_plugin
from pybtex.richtext import Text
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.labels.number import LabelStyle as Numbers
from pybtex.style.names.plain import NameStyle as PlainNames
from pybtex.style.sorting.none import SortingStyle as Unsorted
from pybtex.style.template import field, href, sentence
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinxcontrib.bibtex.domain import BibtexDomain

STYLE = "insights"


class ReferenceStyle(UnsrtStyle):  # type: ignore[misc]
    """pybtex's plain style without its lower-casing of titles, and with one link an entry, its words saying where it goes."""

    # Classes in place of their names, which pybtex looks up among all that is installed, three times an essay.
    default_name_style = PlainNames
    default_label_style = Numbers
    default_sorting_style = Unsorted

    def format_title(self, entry: Any, which_field: str, as_sentence: bool = True) -> Any:
        """The title with the capitals of its source."""
        title = field(which_field)
        return sentence[title] if as_sentence else title

    def format_web_refs(self, entry: Any) -> Any:
        """A link to the DOI, else to the page."""
        url = address(entry.fields)
        if url is None:
            return Text()
        return sentence[href[url, f"doi:{entry.fields['doi']}" if "doi" in entry.fields else _host(url)]]


def address(fields: Mapping[str, str]) -> str | None:
    """Where a source is: its DOI, which does not move, else its page."""
    return f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url")


def _host(url: str) -> str:
    """The host of an address, which tells a reader more than its path."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


class EssayReferences(BibtexDomain):
    """sphinxcontrib-bibtex's domain with each essay's sources numbered as it cites them.

    The domain's own order is that of citing in the whole site: a source that an earlier essay cites too would come first.
    """

    def get_sorted_entries(self, bibliography_key: Any, docnames: list[str]) -> Any:
        """The entries of one essay's list, in the order of that essay."""
        own = bibliography_key.docname
        return super().get_sorted_entries(bibliography_key, [own, *(name for name in docnames if name != own)])

    def get_formatted_entries(self, bibliography_key: Any, docnames: list[str], tooltips: bool, tooltips_style: str) -> Any:
        """The entries as printed, and as tooltips, which are the same: the domain formats each twice."""
        for entry, printed, _ in super().get_formatted_entries(bibliography_key, docnames, False, tooltips_style):
            yield entry, printed, printed if tooltips else None


def cited(env: BuildEnvironment, docname: str) -> tuple[str, ...]:
    """The addresses of the sources that a text cites, in the order of citing, each once."""
    domain = cast("BibtexDomain", env.get_domain("cite"))
    entries = domain.bibdata.data.entries
    keys = [target.key for ref in domain.citation_refs if ref.docname == docname for target in ref.targets]
    found = (address(entries[key].fields) for key in keys if key in entries)
    return tuple(dict.fromkeys(url for url in found if url))


def setup(app: Sphinx) -> None:
    """Make the style known to pybtex under its name, and the order to Sphinx."""
    register_plugin("pybtex.style.formatting", STYLE, ReferenceStyle)
    app.setup_extension("sphinxcontrib.bibtex")
    app.add_domain(EssayReferences, override=True)
