"""The style of lists of references: in the order of citing, titles as their authors wrote them, a DOI before an address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pybtex.plugin import register_plugin
from pybtex.richtext import Text
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.template import field, href, sentence

STYLE = "insights"


class ReferenceStyle(UnsrtStyle):  # type: ignore[misc]
    """pybtex's plain style without its lower-casing of titles, and with one link an entry, its words saying where it goes."""

    def format_title(self, entry: Any, which_field: str, as_sentence: bool = True) -> Any:
        """The title with the capitals of its source."""
        title = field(which_field)
        return sentence[title] if as_sentence else title

    def format_web_refs(self, entry: Any) -> Any:
        """A link to the DOI, else to the page."""
        if doi := entry.fields.get("doi"):
            return sentence[href[f"https://doi.org/{doi}", f"doi:{doi}"]]
        if url := entry.fields.get("url"):
            return sentence[href[url, _host(url)]]
        return Text()


def _host(url: str) -> str:
    """The host of an address, which tells a reader more than its path."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


def setup() -> None:
    """Make the style known to pybtex under its name."""
    register_plugin("pybtex.style.formatting", STYLE, ReferenceStyle)
